//! Settings that travel and settings that are forgotten, with an engine that runs.

// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod common;

use std::{fs, path::Path, sync::Arc};

use longwire_contract::{
    AppDraft, AppEdit, AppId, EventOrigin, EventQuery, FaultCode, FindingCode, Handler, JournalSettings,
    Language, LanguageChoice, LoginChange, LoginState, Phase, ReportSave, Reset, ResetKind, SettingsChange,
    SettingsText, TargetAddress, TargetDraft, TargetHealth, TargetRef, TargetSecrets, Theme, TriggerRequest,
};
use longwire_engine::{Apps, Engine, LoginItem, Options};
use longwire_host::{fake::MemoryStore, secrets};

use common::{options, secret, until};

const APP: &str = "cli_0000000000000001";
const OTHER: &str = "cli_0000000000000002";

struct Bench {
    folder: tempfile::TempDir,
    store: Arc<MemoryStore>,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), store: Arc::default() }
    }

    fn options(&self) -> Options {
        options(self.folder.path(), self.store.clone())
    }

    fn config(&self) -> String {
        fs::read_to_string(self.folder.path().join("config.toml")).unwrap_or_default()
    }

    async fn engine(&self, apps: Apps) -> Engine {
        Engine::open(Options { apps, ..self.options() }).await.unwrap()
    }
}

/// An app on a port where nobody listens.
fn app(id: &str, proxy: Option<&str>) -> AppDraft {
    AppDraft {
        app_id: id.parse().unwrap(),
        app_secret: Some(secret("planted")),
        secret_file: None,
        domain: "http://127.0.0.1:9".parse().unwrap(),
        name: String::new(),
        proxy: proxy.map(secret),
    }
}

fn target(name: &str) -> TargetDraft {
    let keys = TargetSecrets { encrypt_key: Some(secret("planted")), ..TargetSecrets::default() };
    TargetDraft {
        name: name.to_owned(),
        app_id: None,
        address: TargetAddress::Webhook("http://127.0.0.1:9/".to_owned()),
        events: Vec::new(),
        filters: Vec::new(),
        secrets: keys,
        deadline_s: None,
        remote: false,
    }
}

fn text(text: &str) -> SettingsText {
    SettingsText { text: text.to_owned() }
}

fn id(text: &str) -> AppId {
    text.parse().unwrap()
}

async fn trigger(engine: &Engine, id: &str) {
    let request = TriggerRequest {
        event_type: "im.message.receive_v1".to_owned(),
        app_id: Some(id.parse().unwrap()),
        payload: None,
        set: Vec::new(),
    };
    engine.trigger(request).await.unwrap();
}

#[tokio::test]
async fn a_theme_is_changed_kept_and_read() {
    let bench = Bench::new();
    let engine = bench.engine(Apps::Configured).await;
    assert_eq!(engine.snapshots().borrow().theme, Theme::System);
    engine.settings_change(SettingsChange { theme: Some(Theme::Dark), ..Default::default() }).await.unwrap();
    assert_eq!(engine.snapshots().borrow().theme, Theme::Dark);
    assert_eq!(bench.config(), "theme = \"dark\"\n");
    engine.close().await;
    let engine = bench.engine(Apps::Configured).await;
    assert_eq!(engine.snapshots().borrow().theme, Theme::Dark);
    engine.close().await;
}

#[tokio::test]
async fn imported_settings_take_effect_at_once_and_apps_wait_for_their_secret() {
    let bench = Bench::new();
    let engine = bench.engine(Apps::ConfiguredOrSimulator).await;
    until(&engine, |snapshot| snapshot.simulator.is_some()).await;
    let given = text(
        "language = \"zh-CN\"\ntheme = \"light\"\nca_files = [\"/nowhere.pem\"]\nnew_key = 1\n[journal]\ndays = 60\n\
         [notify]\npreview = false\n[[app]]\nid = \"cli_0000000000000001\"\nname = \"bot\"\n[[target]]\nname = \"local\"\n\
         webhook = \"http://127.0.0.1:9/\"\n[[target]]\nname = \"keyed\"\nwebhook = \"http://127.0.0.1:9/\"\nheaders = [\"X-Key\"]\n",
    );
    let plan = engine.settings_plan(given.clone()).await.unwrap();
    assert_eq!(plan.settings, ["language", "theme", "journal", "notify"]);
    assert_eq!(plan.apps, [id(APP)]);
    assert_eq!(plan.unknown, ["ca_files", "new_key"]);
    assert_eq!(bench.config(), "", "a plan changes nothing");
    assert_eq!(engine.settings_import(given.clone()).await.unwrap(), plan);
    let snapshot = until(&engine, |snapshot| snapshot.phase == Phase::NeedsYou).await;
    assert_eq!(snapshot.apps.len(), 1, "the simulator has made room");
    assert_eq!(snapshot.apps[0].findings[0].code, FindingCode::SecretMissing);
    assert_eq!((snapshot.language, snapshot.theme), (Language::Chinese, Theme::Light));
    assert_eq!((snapshot.journal.settings.days, snapshot.notify.preview), (60, false));
    assert_eq!(snapshot.ca_files, []);
    let health: Vec<_> = snapshot.targets.iter().map(|target| target.health).collect();
    assert_eq!(health, [TargetHealth::Untried, TargetHealth::Paused]);
    let again = engine.settings_import(given).await.unwrap();
    assert_eq!((again.settings.len(), again.apps_here.len(), again.targets_here.len()), (0, 1, 2));
    // Its secret, entered, is all that was missing.
    let edit = AppEdit {
        app_id: id(APP),
        app_secret: Some(secret("right")),
        secret_file: None,
        domain: Some("http://127.0.0.1:9".parse().unwrap()),
        name: None,
        proxy: None,
    };
    engine.app_edit(edit).await.unwrap();
    until(&engine, |snapshot| snapshot.phase == Phase::Waiting).await;
    engine.close().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_whole_and_not_repeated() {
    let bench = Bench::new();
    let engine = bench.engine(Apps::Configured).await;
    let bad = text("theme = \"dark\"\n[[app]]\nid = \"planted-secret\"\n");
    for fault in
        [engine.settings_plan(bad.clone()).await.unwrap_err(), engine.settings_import(bad).await.unwrap_err()]
    {
        assert_eq!(fault.code, FaultCode::ImportUnreadable);
        assert!(fault.detail.contains("line 3") && !format!("{fault:?}").contains("planted"), "{fault:?}");
    }
    assert_eq!(engine.snapshots().borrow().theme, Theme::System);
    fs::write(bench.folder.path().join("config.toml"), "theme = dark").unwrap();
    let fault = engine.settings_import(text("theme = \"dark\"\n")).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::SettingsUnreadable, "ours has a mistake, theirs has none");
    engine.close().await;
}

#[tokio::test]
async fn a_reset_of_the_settings_leaves_apps_targets_and_events() {
    let bench = Bench::new();
    let engine = bench.engine(Apps::Configured).await;
    engine.app_add(app(APP, None)).await.unwrap();
    engine.target_add(target("bot")).await.unwrap();
    trigger(&engine, APP).await;
    let change = SettingsChange {
        language: Some(LanguageChoice::Chinese),
        ca_files: Some(vec!["/nowhere.pem".to_owned()]),
        journal: Some(JournalSettings { days: 365, ..Default::default() }),
        ..Default::default()
    };
    engine.settings_change(change).await.unwrap();
    for _ in 0..2 {
        engine.settings_reset(Reset { what: ResetKind::Settings }).await.unwrap();
        let snapshot = engine.snapshots().borrow().clone();
        assert_eq!((snapshot.language, snapshot.ca_files.len()), (Language::English, 0));
        assert_eq!((snapshot.apps.len(), snapshot.targets.len()), (1, 1));
        assert_eq!(snapshot.journal.settings.days, 365, "what is kept is not lost to a reset");
        assert!(!bench.config().contains("language") && bench.config().contains(APP));
        assert!(bench.config().contains("days = 365"));
    }
    assert_eq!(engine.events(EventQuery::default()).await.unwrap().events.len(), 1);
    assert_eq!(bench.store.accounts().len(), 2);
    engine.close().await;
}

#[tokio::test]
async fn a_reset_of_everything_begins_anew() {
    let bench = Bench::new();
    fs::write(bench.folder.path().join("trusted.json"), "[]").unwrap();
    let engine = bench.engine(Apps::ConfiguredOrSimulator).await;
    engine.app_add(app(APP, Some("http://me:planted@127.0.0.1:9"))).await.unwrap();
    engine.app_add(app(OTHER, None)).await.unwrap();
    engine.target_add(target("bot")).await.unwrap();
    trigger(&engine, APP).await;
    engine.settings_change(SettingsChange { theme: Some(Theme::Dark), ..Default::default() }).await.unwrap();
    assert_eq!(bench.store.accounts().len(), 4);
    for _ in 0..2 {
        engine.settings_reset(Reset { what: ResetKind::Everything }).await.unwrap();
        let snapshot = until(&engine, |snapshot| snapshot.simulator.is_some()).await;
        assert!(snapshot.apps.iter().all(|app| app.simulated), "{:#?}", snapshot.apps);
        assert_eq!((snapshot.targets.len(), snapshot.theme), (0, Theme::System));
        assert_eq!(bench.config(), "");
        assert_eq!(bench.store.accounts(), [""; 0]);
        let kept =
            engine.events(EventQuery { app_id: Some(id(APP)), ..EventQuery::default() }).await.unwrap();
        assert!(kept.events.is_empty());
    }
    assert_eq!(fs::read_to_string(bench.folder.path().join("trusted.json")).unwrap(), "[]");
    // What follows is a first start: apps can be added again, and what the simulator sends is kept.
    until(&engine, |snapshot| snapshot.phase == Phase::Connected).await;
    until(&engine, |snapshot| snapshot.events_today > 0).await;
    let kept = engine.events(EventQuery::default()).await.unwrap().events;
    assert!(kept.iter().all(|event| event.origin == EventOrigin::Platform));
    engine.app_add(app(APP, None)).await.unwrap();
    engine.target_add(target("bot")).await.unwrap();
    engine.close().await;
}

#[tokio::test]
async fn a_store_that_fails_is_told_and_all_else_is_forgotten() {
    let bench = Bench::new();
    let engine = bench.engine(Apps::Configured).await;
    engine.app_add(app(APP, None)).await.unwrap();
    engine.target_add(target("bot")).await.unwrap();
    trigger(&engine, APP).await;
    bench.store.fail_with(Some(secrets::Error::Locked));
    let fault = engine.settings_reset(Reset { what: ResetKind::Everything }).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::SecretStore);
    let snapshot = engine.snapshots().borrow().clone();
    assert_eq!((snapshot.apps.len(), snapshot.targets.len(), bench.config().as_str()), (0, 0, ""));
    assert!(engine.events(EventQuery::default()).await.unwrap().events.is_empty());
    bench.store.fail_with(None);
    engine.settings_reset(Reset { what: ResetKind::Everything }).await.unwrap();
    engine.close().await;
}

#[tokio::test]
async fn after_a_reset_of_everything_nothing_starts_at_login_and_no_report_is_held() {
    let bench = Bench::new();
    let autostart = bench.folder.path().join("autostart");
    let login = LoginItem::entry(Path::new("/opt/longwire-app").into(), autostart.clone(), Vec::new());
    let engine = Engine::open(Options { login: Some(login), ..bench.options() }).await.unwrap();
    engine.app_add(app(APP, None)).await.unwrap();
    engine.login_change(LoginChange { on: true }).await.unwrap();
    let shown = engine.report(()).await.unwrap();
    engine.settings_reset(Reset { what: ResetKind::Settings }).await.unwrap();
    assert_eq!(engine.login(()).await.unwrap().state, LoginState::On, "the settings are not everything");
    engine.settings_reset(Reset { what: ResetKind::Everything }).await.unwrap();
    assert_eq!(engine.login(()).await.unwrap().state, LoginState::Off);
    let save = ReportSave { id: shown.id, ..ReportSave::default() };
    assert_eq!(engine.report_save(save).await.unwrap_err().code, FaultCode::ReportGone);
    assert_ne!(engine.report(()).await.unwrap().id, shown.id, "who still shows the old one saves no other");

    // A system that refuses is told, and all else is forgotten.
    engine.app_add(app(APP, None)).await.unwrap();
    fs::remove_dir_all(&autostart).unwrap();
    fs::write(&autostart, "").unwrap();
    let fault = engine.settings_reset(Reset { what: ResetKind::Everything }).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::LoginUnchanged);
    assert_eq!((bench.config().as_str(), engine.snapshots().borrow().apps.len()), ("", 0));
    assert_eq!(bench.store.accounts(), [""; 0]);
    engine.close().await;
}

#[tokio::test]
async fn how_long_events_are_kept_is_shown_as_it_took_effect() {
    let bench = Bench::new();
    let engine = bench.engine(Apps::Configured).await;
    let journal = JournalSettings { days: 60, ..Default::default() };
    engine.settings_change(SettingsChange { journal: Some(journal), ..Default::default() }).await.unwrap();
    // Counting what is kept reads no settings: those it read before could undo what has taken effect since.
    fs::write(bench.folder.path().join("config.toml"), "[journal]\ndays = 3\n").unwrap();
    assert_eq!(engine.snapshot(()).await.unwrap().journal.settings, journal);
    engine.close().await;
}

#[tokio::test]
async fn settings_that_cannot_be_written_are_not_half_forgotten() {
    let bench = Bench::new();
    let engine = bench.engine(Apps::Configured).await;
    engine.app_add(app(APP, None)).await.unwrap();
    fs::write(bench.folder.path().join("config.toml"), "theme = dark").unwrap();
    for what in [ResetKind::Settings, ResetKind::Everything] {
        let fault = engine.settings_reset(Reset { what }).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::SettingsUnreadable);
    }
    assert_eq!(bench.store.accounts(), [APP]);
    assert_eq!(engine.snapshots().borrow().apps.len(), 1);
    engine.close().await;
}

#[tokio::test]
async fn an_engine_that_connects_nothing_imports_and_resets_too() {
    let bench = Bench::new();
    let engine = bench.engine(Apps::None).await;
    let given =
        text("[[app]]\nid = \"cli_0000000000000001\"\n[[target]]\nname = \"a\"\ncommand = [\"true\"]\n");
    engine.settings_import(given).await.unwrap();
    assert!(bench.config().contains(APP));
    engine.target_pause(TargetRef { name: "a".to_owned() }).await.unwrap();
    engine.settings_reset(Reset { what: ResetKind::Everything }).await.unwrap();
    assert_eq!((bench.config().as_str(), engine.snapshots().borrow().apps.len()), ("", 0));
    engine.close().await;
}

#[tokio::test]
async fn only_the_app_that_can_is_started_at_login() {
    let bench = Bench::new();
    let engine = bench.engine(Apps::Configured).await;
    assert_eq!(engine.login(()).await.unwrap().state, LoginState::Unavailable);
    let fault = engine.login_change(LoginChange { on: true }).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::LoginUnchanged);
    engine.close().await;

    let autostart = bench.folder.path().join("autostart");
    let login = LoginItem::entry(Path::new("/opt/longwire-app").into(), autostart.clone(), Vec::new());
    let engine = Engine::open(Options { login: Some(login), ..bench.options() }).await.unwrap();
    assert_eq!(engine.login(()).await.unwrap().state, LoginState::Off);
    assert_eq!(engine.login_change(LoginChange { on: true }).await.unwrap().state, LoginState::On);
    assert_eq!(engine.login_change(LoginChange { on: false }).await.unwrap().state, LoginState::Off);
    fs::remove_dir_all(&autostart).unwrap();
    fs::write(&autostart, "").unwrap();
    let fault = engine.login_change(LoginChange { on: true }).await.unwrap_err();
    assert!(
        fault.code == FaultCode::LoginUnchanged && fault.values["error"].contains("autostart"),
        "{fault:?}"
    );
    let view = engine.login(()).await.unwrap();
    assert!(view.state == LoginState::Unavailable && view.error.is_some(), "{view:?}");
    engine.close().await;
}

#[tokio::test]
async fn an_entry_of_a_program_that_is_gone_is_mended_at_the_start() {
    let bench = Bench::new();
    let autostart = bench.folder.path().join("autostart");
    let at = |program: &str| LoginItem::entry(Path::new(program).into(), autostart.clone(), Vec::new());
    at("/gone/longwire-app").change(true).unwrap();
    let login = Some(at("/opt/longwire-app"));
    let engine = Engine::open(Options { login, ..bench.options() }).await.unwrap();
    let mended = async || {
        while engine.login(()).await.unwrap().state != LoginState::On {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(tokio::time::Duration::from_secs(20), mended()).await.unwrap();
    engine.close().await;
}
