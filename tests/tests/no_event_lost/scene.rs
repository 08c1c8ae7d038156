use std::{
    collections::HashSet,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use longwire_openplatform::{App, Builder, Running, Simulator};
use longwire_tests::{Ended, Process, Start, longwire};
use secrecy::SecretString;
use serde_json::Value;
use tempfile::TempDir;

use crate::{message::Message, record::Record, webhook::Webhook};

pub(crate) const APP_ID: &str = "cli_0123456789abcdef";
const SECRET: &str = "s";
/// How fast the platform's time goes.
const SCALE: f64 = 1e-3;
/// When the platform sends an event again, and for how long it waits for an acknowledgement: 3 s here.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_secs(5 * 60);
const ACK_DEADLINE: Duration = Duration::from_secs(3000);

/// The platform, a bot behind a webhook, and a data folder for Longwire between them.
pub(crate) struct Scene {
    pub(crate) platform: Running,
    pub(crate) webhook: Webhook,
    folder: TempDir,
}

impl Scene {
    /// A platform that does not give up because nobody is connected for a while: its time goes fast, Longwire's does not.
    pub(crate) async fn new() -> Self {
        let platform = platform().start().await.unwrap();
        let scene = Self { platform, webhook: Webhook::start().await, folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(scene.data_dir()).unwrap();
        let secret = scene.secret();
        std::fs::write(&secret, SECRET).unwrap();
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        scene
    }

    /// The folder that Longwire keeps what it has in.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// `longwire run`, which hands events to the webhook.
    pub(crate) fn forward(&self) -> Process {
        self.start().arguments(["--forward", &self.webhook.url()]).run()
    }

    /// `longwire run`, which hands events to whom the settings name.
    pub(crate) fn run(&self) -> Process {
        self.start().run()
    }

    /// Kills it, and waits until all it had posted is in the log. What it had written down as delivered.
    pub(crate) async fn kill(&self, run: Process) -> HashSet<Message> {
        run.signal("KILL");
        let ended = run.end();
        assert_eq!(ended.code, None, "it ended before it was killed: {}", ended.stderr);
        self.webhook.next_epoch().await;
        Record::of(&self.data_dir()).delivered()
    }

    /// Another command on the same data folder.
    pub(crate) fn command(&self, words: &[&str]) -> Ended {
        longwire(&self.data_dir(), words.iter().copied()).run().end()
    }

    /// What `longwire status --json` says.
    pub(crate) fn status(&self) -> Value {
        let ended = self.command(&["status", "--json"]);
        serde_json::from_str(&ended.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", ended.stdout, ended.stderr))
    }

    /// The findings of the app, by their codes.
    pub(crate) fn findings(&self) -> Vec<String> {
        let status = self.status();
        let findings = status["apps"][0]["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    }

    fn start(&self) -> Start {
        let (url, secret) = (self.platform.url(), self.secret());
        let words = ["run", "--app-id", APP_ID, "--domain", &url, "--app-secret-file", text(&secret)];
        longwire(&self.data_dir(), words)
    }

    fn secret(&self) -> PathBuf {
        self.folder.path().join("secret")
    }
}

/// Ends it as a user does; what is left is written down.
pub(crate) fn ended(run: Process) -> Ended {
    run.signal("INT");
    let ended = run.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended
}

fn platform() -> Builder {
    let pauses: Vec<_> = std::iter::once(FIRST_PAUSE).chain([PAUSE; 1000]).collect();
    Simulator::builder()
        .app(App::new(APP_ID, SecretString::from(SECRET)))
        .redelivery(pauses)
        .ack_deadline(ACK_DEADLINE)
        .time_scale(SCALE)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
