use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use longwire_contract::{FindingCode, Snapshot, call};
use longwire_engine::Client;
use longwire_openplatform::{App, MessageSpec, Recorded, Running, Simulator, Target, Written};
use longwire_tests::{Ended, Model, Process, Start, acked, longwire};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::time::sleep;

pub(crate) const APP_ID: &str = "cli_0123456789abcdef";
/// How long anything may take that must happen: far longer than it does.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
const PACE: Duration = Duration::from_millis(10);

/// The platform, a model's server, and a data folder for Longwire between them, whose agent is on.
pub(crate) struct Scene {
    pub(crate) platform: Running,
    pub(crate) model: Model,
    folder: TempDir,
}

impl Scene {
    pub(crate) const SECRET: &str = "planted-5d81e0-secret";

    pub(crate) async fn new() -> Self {
        Self::with("").await
    }

    /// With more lines in the agent's settings.
    pub(crate) async fn with(more: &str) -> Self {
        let app = App::new(APP_ID, SecretString::from(Self::SECRET));
        // It does not give up because nobody is connected for a while.
        let pauses = [Duration::from_millis(200); 1000];
        let platform = Simulator::builder().app(app).redelivery(pauses).start().await.unwrap();
        let scene = Self { platform, model: Model::start().await, folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(scene.data_dir()).unwrap();
        let settings = format!("[agent]\non = true\nbase_url = \"{}\"\n{more}\n", scene.model.url());
        std::fs::write(scene.data_dir().join("config.toml"), settings).unwrap();
        scene
    }

    /// The folder that Longwire keeps what it has in.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// `longwire run` with the agent's key, connected.
    pub(crate) fn run(&self) -> Process {
        connected(self.start().variable("LONGWIRE_AGENT_KEY", Model::KEY).run())
    }

    /// `longwire run`, to be started; without a bus, so that no secret store of this machine's user is asked.
    pub(crate) fn start(&self) -> Start {
        let url = self.platform.url();
        longwire(&self.data_dir(), ["run", "--app-id", APP_ID, "--domain", &url, "--log-level", "trace"])
            .variable("LONGWIRE_APP_SECRET", Self::SECRET)
            .variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    }

    /// Another command on the same data folder.
    pub(crate) fn command(&self, words: &[&str]) -> Ended {
        longwire(&self.data_dir(), words.iter().copied())
            .variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .run()
            .end()
    }

    /// Somebody writes this to the bot; it has arrived when this returns, so that what is written next comes after it.
    pub(crate) async fn write(&self, message: MessageSpec) -> Written {
        let delivery = self.platform.send_message(message).unwrap();
        let written = delivery.event.written().unwrap();
        acked(delivery).await;
        written
    }

    /// What the bot replied to a message so far, in order.
    pub(crate) fn replies(&self, to: &Written) -> Vec<Recorded> {
        let answers = |message: &Recorded| matches!(&message.target, Target::Reply { message_id, .. } if *message_id == to.message_id);
        self.platform.messages().into_iter().filter(answers).collect()
    }

    /// What the bot said in a chat so far, in order.
    pub(crate) fn said(&self, chat_id: &str) -> Vec<Recorded> {
        self.platform.messages().into_iter().filter(|message| message.chat_id == chat_id).collect()
    }

    /// The reply to a message once this text stands in it.
    pub(crate) async fn answered(&self, to: &Written, text: &str) -> Recorded {
        let mut found = None;
        until(&format!("{text:?} in a reply"), || {
            found = self.replies(to).into_iter().find(|reply| reply.words().contains(text));
            found.is_some()
        })
        .await;
        found.unwrap()
    }

    /// The snapshot once it is as wanted.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let mut client = Client::connect(&self.data_dir()).await.unwrap();
        let began = Instant::now();
        loop {
            let snapshot = client.call::<call::ReadSnapshot>(&()).await.unwrap();
            if wanted(&snapshot) {
                return snapshot;
            }
            let (agent, findings) = (&snapshot.agent, codes(&snapshot));
            assert!(began.elapsed() < PATIENCE, "{what}: {findings:?} {agent:#?} {:#?}", snapshot.targets);
            sleep(PACE).await;
        }
    }
}

/// Waits until it is connected.
pub(crate) fn connected(run: Process) -> Process {
    run.stderr_line("connected to ws://");
    run
}

/// What is found about the one app.
pub(crate) fn codes(snapshot: &Snapshot) -> Vec<FindingCode> {
    snapshot.apps[0].findings.iter().map(|finding| finding.code).collect()
}

/// Waits until it is so.
pub(crate) async fn until(what: &str, so: impl FnMut() -> bool) {
    until_within(PATIENCE, what, so).await;
}

/// The same for what takes longer.
pub(crate) async fn until_within(patience: Duration, what: &str, mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < patience, "{what}: not within {patience:?}");
        sleep(PACE).await;
    }
}
