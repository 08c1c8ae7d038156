//! The engine over real sockets, against the simulator, with a secret store of the test's own.

// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod common;

use std::{
    os::unix::fs::{PermissionsExt, chown},
    path::Path,
    sync::{Arc, Mutex, mpsc},
};

use longwire_contract::{
    AppDraft, AppEdit, AppId, AppRef, CheckDraft, Domain, EventQuery, EventRef, FaultCode, FindingCode,
    Handler, Language, LanguageChoice, Phase, Secret, SettingsChange, SimulatedEvent, SimulatedEventKind,
    SimulatedFault, SimulatedFaultChange, Snapshot, Which,
};
use longwire_engine::{Apps, Client, Engine, Options};
use longwire_host::{fake::MemoryStore, secrets};
use longwire_openplatform::{App, EventKind, EventSpec, Running, Simulator};
use secrecy::SecretString;
use tokio::time::{Duration, timeout};

use common::{options, until};

const FIRST: &str = "cli_0000000000000001";
const SECOND: &str = "cli_0000000000000002";

struct Bench {
    folder: tempfile::TempDir,
    store: Arc<MemoryStore>,
    platform: Running,
}

impl Bench {
    async fn new() -> Self {
        let app = |id| App::new(id, SecretString::from("right"));
        let platform = Simulator::builder().app(app(FIRST)).app(app(SECOND)).start().await.unwrap();
        Self { folder: tempfile::tempdir().unwrap(), store: Arc::default(), platform }
    }

    fn options(&self) -> Options {
        options(self.folder.path(), self.store.clone())
    }

    fn domain(&self) -> Domain {
        self.platform.url().parse().unwrap()
    }

    fn draft(&self, id: &str, secret: &str) -> AppDraft {
        AppDraft {
            app_id: id.parse().unwrap(),
            app_secret: Some(common::secret(secret)),
            secret_file: None,
            domain: self.domain(),
            name: "bot".into(),
            proxy: None,
        }
    }
}

fn connected(snapshot: &Snapshot, apps: usize) -> bool {
    snapshot.apps.len() == apps && snapshot.apps.iter().all(|app| app.phase == Phase::Connected)
}

fn id(text: &str) -> AppId {
    text.parse().unwrap()
}

#[tokio::test]
async fn apps_are_added_hold_their_links_and_outlive_a_restart() {
    let bench = Bench::new().await;
    let engine = Engine::open(bench.options()).await.unwrap();
    engine.app_add(bench.draft(FIRST, "right")).await.unwrap();
    engine.app_add(bench.draft(SECOND, "right")).await.unwrap();
    let exists = engine.app_add(bench.draft(FIRST, "another")).await.unwrap_err();
    assert_eq!(exists.code, FaultCode::AppExists);
    until(&engine, |snapshot| connected(snapshot, 2)).await;
    engine.pause(Which { app_id: Some(id(SECOND)) }).await.unwrap();
    engine.close().await;
    assert_eq!(bench.platform.stats().clients, 0);

    let engine = Engine::open(bench.options()).await.unwrap();
    let snapshot = until(&engine, |snapshot| snapshot.apps[0].phase == Phase::Connected).await;
    assert_eq!(snapshot.apps[1].phase, Phase::Paused, "a pause is remembered");
    engine.resume(Which::default()).await.unwrap();
    until(&engine, |snapshot| connected(snapshot, 2)).await;
    engine.app_remove(AppRef { app_id: id(FIRST) }).await.unwrap();
    assert_eq!(bench.store.accounts(), [SECOND], "a removed app's secret is forgotten");
    until(&engine, |snapshot| connected(snapshot, 1)).await;
    engine.close().await;
}

#[tokio::test]
async fn a_refused_app_waits_for_the_user_whose_edit_mends_it() {
    let bench = Bench::new().await;
    let engine = Engine::open(bench.options()).await.unwrap();
    engine.app_add(bench.draft(FIRST, "wrong")).await.unwrap();
    let snapshot = until(&engine, |snapshot| snapshot.phase == Phase::NeedsYou).await;
    assert_eq!(snapshot.apps[0].findings[0].code, FindingCode::CredentialsWrong);
    let secret = Some(Secret::from(SecretString::from("right")));
    let edit = AppEdit {
        app_id: id(FIRST),
        app_secret: secret,
        secret_file: None,
        domain: None,
        name: Some("renamed".into()),
        proxy: None,
    };
    engine.app_edit(edit).await.unwrap();
    let snapshot = until(&engine, |snapshot| connected(snapshot, 1)).await;
    assert_eq!(snapshot.apps[0].name, "renamed");
    engine.close().await;
}

#[tokio::test]
async fn a_store_that_fails_changes_nothing_and_a_missing_secret_is_named() {
    let bench = Bench::new().await;
    let engine = Engine::open(bench.options()).await.unwrap();
    bench.store.fail_with(Some(secrets::Error::Locked));
    let fault = engine.app_add(bench.draft(FIRST, "right")).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::SecretStore);
    assert!(engine.snapshots().borrow().apps.is_empty());
    bench.store.fail_with(None);
    engine.app_add(bench.draft(FIRST, "right")).await.unwrap();
    until(&engine, |snapshot| connected(snapshot, 1)).await;
    engine.close().await;

    let empty: Arc<MemoryStore> = Arc::default();
    let engine = Engine::open(options(bench.folder.path(), empty.clone())).await.unwrap();
    let snapshot = until(&engine, |snapshot| snapshot.phase == Phase::NeedsYou).await;
    assert_eq!(snapshot.apps[0].findings[0].code, FindingCode::SecretMissing);
    secrets::SecretStore::write(&*empty, FIRST, SecretString::from("right")).unwrap();
    engine.retry(Which::default()).await.unwrap();
    until(&engine, |snapshot| connected(snapshot, 1)).await;
    engine.close().await;
}

#[tokio::test]
async fn events_are_listed_whole_and_told_in_batches() {
    let bench = Bench::new().await;
    let engine = Engine::open(bench.options()).await.unwrap();
    let mut batches = engine.arrivals();
    engine.app_add(bench.draft(FIRST, "right")).await.unwrap();
    until(&engine, |snapshot| connected(snapshot, 1)).await;
    bench.platform.send(EventSpec::new(EventKind::MessageText).text("你好 hello")).unwrap();
    let batch = timeout(Duration::from_secs(20), batches.recv()).await.unwrap().unwrap();
    assert_eq!(batch[0].preview.as_deref(), Some("你好 hello"));
    assert_eq!((batch[0].seq, batch[0].delivery), (1, None));
    let whole = engine.event(EventRef { seq: 1 }).await.unwrap();
    let payload: serde_json::Value = serde_json::from_str(&whole.payload).unwrap();
    assert_eq!(payload["header"]["event_type"], "im.message.receive_v1");
    assert!(whole.headers.iter().any(|(key, _)| key == "message_id"));
    let page = engine.events(EventQuery { after: Some(1), ..EventQuery::default() }).await.unwrap();
    assert_eq!((page.events, page.more), (vec![], false));
    assert_eq!(engine.event(EventRef { seq: 2 }).await.unwrap_err().code, FaultCode::EventGone);
    let snapshot = until(&engine, |snapshot| snapshot.apps[0].events == 1).await;
    assert_eq!(snapshot.events_today, 1);
    engine.close().await;

    let engine = Engine::open(bench.options()).await.unwrap();
    let snapshot = until(&engine, |snapshot| connected(snapshot, 1)).await;
    assert_eq!((snapshot.events_today, snapshot.apps[0].events), (1, 0));
    engine.close().await;
}

#[tokio::test]
async fn with_no_app_the_simulator_plays_until_there_is_one() {
    let bench = Bench::new().await;
    let engine =
        Engine::open(Options { apps: Apps::ConfiguredOrSimulator, ..bench.options() }).await.unwrap();
    let snapshot = until(&engine, |snapshot| connected(snapshot, 1)).await;
    assert!(snapshot.apps[0].simulated && snapshot.simulator.is_some());
    engine.simulator_send(SimulatedEvent { kind: SimulatedEventKind::CardAction }).await.unwrap();
    until(&engine, |snapshot| snapshot.apps[0].events > 0).await;
    let refuse = |fault| engine.simulator_fault(SimulatedFaultChange { fault });
    refuse(Some(SimulatedFault::Forbidden)).await.unwrap();
    let snapshot = until(&engine, |snapshot| snapshot.phase == Phase::NeedsYou).await;
    assert_eq!(snapshot.apps[0].findings[0].code, FindingCode::Forbidden);
    refuse(None).await.unwrap();
    until(&engine, |snapshot| connected(snapshot, 1)).await;
    engine.app_add(bench.draft(FIRST, "right")).await.unwrap();
    let snapshot = until(&engine, |snapshot| connected(snapshot, 1)).await;
    assert_eq!(snapshot.apps[0].app_id, id(FIRST));
    assert!(snapshot.simulator.is_none());
    engine.close().await;
}

#[tokio::test]
async fn credentials_are_checked_without_connecting() {
    let bench = Bench::new().await;
    let engine = Engine::open(bench.options()).await.unwrap();
    let check = |secret: &str| {
        let app_secret = Some(common::secret(secret));
        engine.app_check(CheckDraft { app_id: id(FIRST), app_secret, domain: bench.domain(), proxy: None })
    };
    assert!(check("right").await.unwrap().ok);
    assert_eq!(check("wrong").await.unwrap().finding.unwrap().code, FindingCode::CredentialsWrong);
    assert_eq!(check(" ").await.unwrap_err().code, FaultCode::SecretEmpty);
    assert_eq!(bench.platform.stats().links, 0);
    engine.close().await;
}

#[tokio::test]
async fn a_second_engine_is_told_who_holds_the_folder_and_the_socket_reaches_the_first() {
    let bench = Bench::new().await;
    let engine = Engine::open(bench.options()).await.unwrap();
    let fault = Engine::open(bench.options()).await.err().unwrap();
    assert_eq!(fault.code, FaultCode::HeldByOther);
    assert_eq!(fault.values["holder"], "test");
    let mut client = Client::connect(bench.folder.path()).await.unwrap();
    let change = SettingsChange { language: Some(LanguageChoice::Chinese), ..SettingsChange::default() };
    client.call::<longwire_contract::call::ChangeSettings>(&change).await.unwrap();
    let snapshot = client.call::<longwire_contract::call::ReadSnapshot>(&()).await.unwrap();
    assert_eq!(snapshot.language, Language::Chinese);
    let unknown = AppRef { app_id: id(FIRST) };
    let fault = client.call::<longwire_contract::call::RemoveApp>(&unknown).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::AppUnknown);
    engine.close().await;
    let fault = Client::connect(bench.folder.path()).await.err().unwrap();
    assert_eq!(fault.code, FaultCode::NotRunning);
    Engine::open(bench.options()).await.unwrap().close().await;
}

#[tokio::test]
async fn a_new_language_is_told_and_kept() {
    let bench = Bench::new().await;
    let engine = Engine::open(bench.options()).await.unwrap();
    let before = engine.snapshots().borrow().rev;
    engine
        .settings_change(SettingsChange {
            language: Some(LanguageChoice::Chinese),
            ..SettingsChange::default()
        })
        .await
        .unwrap();
    let snapshot = until(&engine, |snapshot| snapshot.language == Language::Chinese).await;
    assert!(snapshot.rev > before);
    engine.close().await;
    let text = std::fs::read_to_string(bench.folder.path().join("config.toml")).unwrap();
    assert_eq!(text, "language = \"zh-CN\"\n");
}

#[tokio::test]
async fn a_new_name_does_not_cut_the_connection() {
    let bench = Bench::new().await;
    let engine = Engine::open(bench.options()).await.unwrap();
    engine.app_add(bench.draft(FIRST, "right")).await.unwrap();
    until(&engine, |snapshot| connected(snapshot, 1)).await;
    let edit = AppEdit {
        app_id: id(FIRST),
        app_secret: None,
        secret_file: None,
        domain: None,
        name: Some("renamed".into()),
        proxy: None,
    };
    engine.app_edit(edit).await.unwrap();
    until(&engine, |snapshot| snapshot.apps[0].name == "renamed" && connected(snapshot, 1)).await;
    assert_eq!(bench.platform.stats().links, 1);
    engine.close().await;
}

#[tokio::test]
async fn settings_that_cannot_be_written_leave_the_secret_as_it_was() {
    let bench = Bench::new().await;
    let engine = Engine::open(bench.options()).await.unwrap();
    engine.app_add(bench.draft(FIRST, "right")).await.unwrap();
    // A mistake of the user's meanwhile: the file is not touched from now on.
    std::fs::write(bench.folder.path().join("config.toml"), "[[app\n").unwrap();
    let fault = engine.app_add(bench.draft(SECOND, "right")).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::SettingsUnreadable);
    assert_eq!(bench.store.accounts(), [FIRST]);
    let fault = engine.pause(Which::default()).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::SettingsUnreadable);
    let snapshot = until(&engine, |snapshot| snapshot.phase == Phase::Paused).await;
    assert_eq!(snapshot.apps.len(), 1, "what cannot be remembered is done all the same");
    engine.close().await;
}

/// A keychain whose question to its user stays open until the test ends.
#[derive(Debug)]
struct Asking(Mutex<mpsc::Receiver<()>>);

impl secrets::SecretStore for Asking {
    fn write(&self, _: &str, _: SecretString) -> Result<(), secrets::Error> {
        Ok(())
    }

    fn read(&self, _: &str) -> Result<Option<SecretString>, secrets::Error> {
        self.0.lock().unwrap().recv().ok();
        Ok(None)
    }

    fn delete(&self, _: &str) -> Result<(), secrets::Error> {
        Ok(())
    }
}

#[tokio::test]
async fn a_keychain_that_waits_for_its_user_keeps_nobody_else_waiting() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.toml"), format!("[[app]]\nid = \"{FIRST}\"\n")).unwrap();
    let (answer, question) = mpsc::channel();
    let options =
        Options { secrets: Arc::new(Asking(Mutex::new(question))), ..options(folder.path(), Arc::default()) };
    let engine = Engine::open(options).await.unwrap();
    let soon = Duration::from_secs(10);
    timeout(soon, engine.pause(Which::default())).await.expect("pause waits").unwrap();
    timeout(soon, engine.resume(Which::default())).await.expect("resume waits").unwrap();
    timeout(soon, engine.close()).await.expect("close waits");
    drop(answer);
}

#[tokio::test]
async fn root_runs_on_a_folder_of_another_user_and_changes_none_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    if chown(folder.path(), Some(65534), None).is_err() {
        // Only root can be such a root.
        return;
    }
    let options = options(folder.path(), Arc::default());
    let by_hand = Engine::open(Options { apps: Apps::None, ..options.clone() }).await.err().unwrap();
    assert_eq!(by_hand.code, FaultCode::NotYours);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made there");
    Engine::open(options).await.unwrap().close().await;
}

#[tokio::test]
async fn a_secret_can_move_into_a_file_and_back() {
    let bench = Bench::new().await;
    let engine = Engine::open(bench.options()).await.unwrap();
    engine.app_add(bench.draft(FIRST, "right")).await.unwrap();
    until(&engine, |snapshot| connected(snapshot, 1)).await;
    let file = bench.folder.path().join("secret");
    std::fs::write(&file, "right\n").unwrap();
    let edit = |secret: Option<&str>, file: Option<&Path>| AppEdit {
        app_id: id(FIRST),
        app_secret: secret.map(common::secret),
        secret_file: file.map(|file| file.display().to_string()),
        domain: None,
        name: None,
        proxy: None,
    };
    let open = engine.app_edit(edit(None, Some(&file))).await.unwrap_err();
    assert_eq!(open.code, FaultCode::SecretFileOpen, "others can read it");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    engine.app_edit(edit(None, Some(&file))).await.unwrap();
    assert!(bench.store.accounts().is_empty(), "it is in one place only");
    until(&engine, |snapshot| connected(snapshot, 1)).await;
    engine.app_edit(edit(Some("right"), None)).await.unwrap();
    assert_eq!(bench.store.accounts(), [FIRST]);
    until(&engine, |snapshot| connected(snapshot, 1)).await;
    let config = std::fs::read_to_string(bench.folder.path().join("config.toml")).unwrap();
    assert!(!config.contains("secret_file"), "{config}");
    engine.close().await;
}
