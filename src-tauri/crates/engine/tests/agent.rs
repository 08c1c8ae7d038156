//! The agent among the targets: what is its own, what is nobody else's, and what is left of it.

// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod common;

use std::{fs, path::PathBuf, sync::Arc};

use longwire_contract::{
    AgentChange, AgentSettings, AgentUsageQuery, AppDraft, FindingCode, Handler, NoticeCode, Reset,
    ResetKind, Snapshot, TargetAddress, TargetDraft, TargetKind, TargetSecrets, TriggerRequest,
};
use longwire_engine::{Apps, Engine, Options};
use longwire_host::fake::MemoryStore;

use common::{options, secret, until};

const APP: &str = "cli_0000000000000001";

struct Bench {
    folder: tempfile::TempDir,
    store: Arc<MemoryStore>,
}

impl Bench {
    async fn new() -> (Self, Engine) {
        let bench = Self { folder: tempfile::tempdir().unwrap(), store: Arc::default() };
        let engine = bench.engine().await;
        engine.app_add(app()).await.unwrap();
        (bench, engine)
    }

    async fn engine(&self) -> Engine {
        let options = options(self.folder.path(), self.store.clone());
        Engine::open(Options { apps: Apps::Configured, ..options }).await.unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Opens it anew, with `config.toml` as this leaves it.
    async fn anew(&self, engine: Engine, edit: impl FnOnce(String) -> String) -> Engine {
        engine.close().await;
        let config = self.file("config.toml");
        fs::write(&config, edit(fs::read_to_string(&config).unwrap())).unwrap();
        self.engine().await
    }
}

/// An app on a port where nobody listens.
fn app() -> AppDraft {
    AppDraft {
        app_id: APP.parse().unwrap(),
        app_secret: Some(secret("right")),
        secret_file: None,
        domain: "http://127.0.0.1:9".parse().unwrap(),
        name: String::new(),
        proxy: None,
    }
}

/// Settings whose model nobody listens for: what is to be answered waits.
fn settings(on: bool) -> AgentSettings {
    AgentSettings { on, base_url: "http://127.0.0.1:9/v1".into(), ..AgentSettings::default() }
}

async fn turn(engine: &Engine, on: bool) {
    let change = AgentChange { settings: Some(settings(on)), key: Some(secret("sk-right")) };
    engine.agent_change(change).await.unwrap();
}

/// A target that nobody listens for, and one event that waits for it.
async fn target_with_a_queue(engine: &Engine, name: &str) {
    let draft = TargetDraft {
        name: name.to_owned(),
        app_id: None,
        address: TargetAddress::Webhook("http://127.0.0.1:9/".to_owned()),
        events: Vec::new(),
        filters: Vec::new(),
        secrets: TargetSecrets::default(),
        deadline_s: None,
        remote: false,
    };
    engine.target_add(draft).await.unwrap();
    message(engine).await;
    until(engine, |snapshot| queued(snapshot, name) == Some(1)).await;
}

async fn message(engine: &Engine) {
    let request = TriggerRequest {
        event_type: "im.message.receive_v1".to_owned(),
        app_id: Some(APP.parse().unwrap()),
        payload: None,
        set: Vec::new(),
    };
    engine.trigger(request).await.unwrap();
}

fn queued(snapshot: &Snapshot, name: &str) -> Option<u32> {
    snapshot.targets.iter().find(|target| target.name == name).map(|target| target.queued)
}

fn kinds(snapshot: &Snapshot) -> Vec<(&str, TargetKind)> {
    snapshot.targets.iter().map(|target| (target.name.as_str(), target.kind)).collect()
}

/// The settings without the table of a target's.
fn without_targets(config: String) -> String {
    let begin = config.find("[[target]]").unwrap();
    let rest = &config[begin + 1..];
    let end = rest.find("\n[").map_or(config.len(), |end| begin + 1 + end);
    format!("{}{}", &config[..begin], &config[end..])
}

#[tokio::test]
async fn a_users_own_target_that_is_named_like_the_agent_keeps_what_waits_for_it() {
    for name in ["agent2", "agent07", "agent 2", "agent"] {
        let (bench, engine) = Bench::new().await;
        if name != "agent" {
            turn(&engine, true).await;
            turn(&engine, false).await;
        }
        target_with_a_queue(&engine, name).await;
        // Now there is one in any case.
        turn(&engine, true).await;
        turn(&engine, false).await;
        let engine = bench.anew(engine, without_targets).await;
        let snapshot = until(&engine, |snapshot| !snapshot.targets.is_empty()).await;
        assert_eq!((kinds(&snapshot), queued(&snapshot, name)), (vec![(name, TargetKind::Gone)], Some(1)));
        engine.close().await;
    }
}

#[tokio::test]
async fn a_name_that_has_become_free_does_not_hand_the_agent_what_waits_under_it() {
    let (bench, engine) = Bench::new().await;
    target_with_a_queue(&engine, "agent").await;
    let engine = bench.anew(engine, without_targets).await;
    turn(&engine, true).await;
    let snapshot = until(&engine, |snapshot| snapshot.agent.target.is_some()).await;
    assert_eq!(kinds(&snapshot), [("agent 2", TargetKind::Agent), ("agent", TargetKind::Gone)]);
    assert_eq!((queued(&snapshot, "agent"), queued(&snapshot, "agent 2")), (Some(1), Some(0)));
    engine.close().await;
}

#[tokio::test]
async fn a_target_that_is_given_the_agents_name_does_not_get_the_agents_queue() {
    let (bench, engine) = Bench::new().await;
    turn(&engine, true).await;
    message(&engine).await;
    until(&engine, |snapshot| queued(snapshot, "agent") == Some(1)).await;
    let mine = "\n[[target]]\nname = \"agent\"\nwebhook = \"http://127.0.0.1:9/\"\n";
    let engine = bench.anew(engine, |config| config + mine).await;
    let snapshot = until(&engine, |snapshot| queued(snapshot, "agent 2") == Some(1)).await;
    assert_eq!(kinds(&snapshot), [("agent", TargetKind::Webhook), ("agent 2", TargetKind::Agent)]);
    assert_eq!(queued(&snapshot, "agent"), Some(0));
    engine.close().await;
}

#[tokio::test]
async fn what_waits_is_dropped_when_it_is_switched_off_and_not_while_its_notebook_cannot_be_opened() {
    let (bench, engine) = Bench::new().await;
    turn(&engine, true).await;
    message(&engine).await;
    until(&engine, |snapshot| queued(snapshot, "agent") == Some(1)).await;
    engine.close().await;
    let (notebook, away) = (bench.file("agent.db"), bench.file("away"));
    fs::rename(&notebook, &away).unwrap();
    fs::create_dir(&notebook).unwrap();
    let engine = bench.engine().await;
    let snapshot = engine.snapshots().borrow().clone();
    assert!(snapshot.agent.settings.on && snapshot.agent.target.is_none());
    let told = |snapshot: &Snapshot| {
        snapshot.notices.iter().filter(|notice| notice.code == NoticeCode::TargetUnusable).count()
    };
    assert_eq!(told(&snapshot), 0, "it is none of the user's own targets, which are mended there");
    let found = snapshot.apps[0].findings.iter().find(|found| found.code == FindingCode::AgentNotebook);
    assert!(!found.unwrap().values["error"].is_empty());
    engine.close().await;
    fs::remove_dir(&notebook).unwrap();
    fs::rename(&away, &notebook).unwrap();
    let engine = bench.engine().await;
    until(&engine, |snapshot| queued(snapshot, "agent") == Some(1)).await;
    turn(&engine, false).await;
    until(&engine, |snapshot| snapshot.targets.is_empty()).await;
    turn(&engine, true).await;
    let snapshot = until(&engine, |snapshot| snapshot.agent.target.is_some()).await;
    assert_eq!((kinds(&snapshot), queued(&snapshot, "agent")), (vec![("agent", TargetKind::Agent)], Some(0)));
    engine.close().await;
}

#[tokio::test]
async fn a_reset_of_the_settings_leaves_the_agent_as_it_is() {
    let (_bench, engine) = Bench::new().await;
    let kept = AgentSettings { prompt: "Be brief.".into(), per_day: 7, ..settings(true) };
    engine.agent_change(AgentChange { settings: Some(kept.clone()), key: None }).await.unwrap();
    engine.settings_reset(Reset { what: ResetKind::Settings }).await.unwrap();
    let snapshot = engine.snapshots().borrow().clone();
    assert_eq!(snapshot.agent.settings, kept);
    assert_eq!(kinds(&snapshot), [("agent", TargetKind::Agent)]);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_of_everything_leaves_nothing_of_what_was_said_nor_writes_to_what_is_gone() {
    let (bench, engine) = Bench::new().await;
    for _ in 0..8 {
        turn(&engine, true).await;
        assert!(bench.file("agent.db").exists());
        for name in ["agent.damaged.db", "agent.damaged.db-wal"] {
            fs::write(bench.file(name), "what was said").unwrap();
        }
        // Views ask on, meanwhile.
        let readers: Vec<_> = (0..8)
            .map(|_| {
                let engine = engine.clone();
                tokio::spawn(async move {
                    for _ in 0..20 {
                        engine.agent_usage(AgentUsageQuery::default()).await.ok();
                    }
                })
            })
            .collect();
        engine.settings_reset(Reset { what: ResetKind::Everything }).await.unwrap();
        for reader in readers {
            reader.await.unwrap();
        }
        let entries = fs::read_dir(bench.folder.path()).unwrap();
        let names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert!(!names.iter().any(|name| name.starts_with("agent.")), "{names:?}");
        // Where the system tells what is open.
        for entry in fs::read_dir("/proc/self/fd").into_iter().flatten() {
            let open = fs::read_link(entry.unwrap().path()).unwrap_or_default();
            let of_agent = open.to_string_lossy().contains("agent.db");
            assert!(!(of_agent && open.starts_with(bench.folder.path())), "{open:?} is still open");
        }
    }
    engine.close().await;
}
