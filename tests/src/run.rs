use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use bytes::Bytes;
use longwire_contract::{
    DeliveryState, DeliveryView, EventDetail, EventQuery, EventRef, FindingCode, Snapshot, TargetView, call,
};
use longwire_engine::Client;
use longwire_openplatform::{Ack, App, Delivery, Event, Running, Simulator};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::{Ended, Process, longwire, process::Start, program};

/// How long a test waits for what must happen: far longer than it takes, so that a slow machine fails nothing.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked.
const PACE: Duration = Duration::from_millis(20);

/// `longwire run` as the one app of a platform of its own, on a data folder of its own.
pub struct Run {
    /// The platform.
    pub platform: Running,
    /// The process.
    pub process: Process,
    folder: TempDir,
}

impl Run {
    /// The one app's ID.
    pub const APP_ID: &str = "cli_0123456789abcdef";
    const SECRET: &str = "planted-5d81e0-secret";

    /// Starts both; they are connected when this returns.
    ///
    /// # Panics
    /// Where they do not connect.
    pub async fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let begin = |data_dir: &Path, words: &[&str]| longwire(data_dir, words.iter().copied());
        Self::begin(begin, arguments, variables).await
    }

    /// The same, with what it prints going into a line of the shell.
    ///
    /// # Panics
    /// As [`Run::start`].
    pub async fn piped(into: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let line = format!("\"$0\" \"$@\" | {{ {into}; }}");
        let begin = |data_dir: &Path, words: &[&str]| {
            let program = program("longwire");
            Process::start("/bin/sh".into())
                .arguments(["-c", &line, program.to_str().expect("a plain path")])
                .arguments(words.iter().copied())
                .variable("LONGWIRE_DATA_DIR", data_dir)
        };
        Self::begin(begin, arguments, variables).await
    }

    async fn begin(
        start: impl Fn(&Path, &[&str]) -> Start,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let app = App::new(Self::APP_ID, SecretString::from(Self::SECRET));
        // Large enough for the largest event in fewer parts than are put together.
        let platform = Simulator::builder().app(app).fragment(64 << 10).start().await.expect("a simulator");
        let folder = tempfile::tempdir().expect("a folder");
        let url = platform.url();
        let words = [&["run", "--app-id", Self::APP_ID, "--domain", &url], arguments].concat();
        let start = start(&folder.path().join("data"), &words).variable("LONGWIRE_APP_SECRET", Self::SECRET);
        let start = variables.iter().fold(start, |start, (name, value)| start.variable(name, value));
        let run = Self { platform, process: start.run(), folder };
        run.process.stderr_line("connected to ws://");
        run
    }

    /// Its data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes a file that nobody but us can read.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn write_private(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("our own folder");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("our own file");
        plain(&path)
    }

    /// Another `longwire` on the same data folder, to its end.
    pub fn command(&self, arguments: &[&str]) -> Ended {
        longwire(&self.data_dir(), arguments.iter().copied()).run().end()
    }

    /// The same, which must succeed; what it printed.
    ///
    /// # Panics
    /// Where it fails.
    pub fn done(&self, arguments: &[&str]) -> String {
        let ended = self.command(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}{}", ended.stdout, ended.stderr);
        ended.stdout
    }

    /// Has the platform push a payload, as it is.
    ///
    /// # Panics
    /// Never: the platform knows its app.
    pub fn push(&self, event_type: &str, event_id: &str, payload: impl Into<Bytes>) -> Delivery {
        let (event_type, event_id) = (event_type.to_owned(), event_id.to_owned());
        let event = Event { event_id, event_type, payload: payload.into() };
        self.platform.send_event(None, event).expect("the one app")
    }

    /// The running engine, to be asked.
    ///
    /// # Panics
    /// Where it does not answer.
    pub async fn client(&self) -> Client {
        Client::connect(&self.data_dir()).await.expect("a running engine")
    }

    /// The snapshot once it is as wanted.
    ///
    /// # Panics
    /// Where it never is.
    pub async fn until(&self, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let (mut client, deadline) = (self.client().await, Instant::now() + PATIENCE);
        loop {
            let snapshot = client.call::<call::ReadSnapshot>(&()).await.expect("a snapshot");
            if wanted(&snapshot) {
                return snapshot;
            }
            assert!(Instant::now() < deadline, "{:#?} {}", snapshot.targets, self.process.stderr());
            sleep(PACE).await;
        }
    }

    /// Waits until the app has this finding.
    ///
    /// # Panics
    /// Where it never has.
    pub async fn finds(&self, code: FindingCode) {
        self.until(|snapshot| snapshot.apps[0].findings.iter().any(|finding| finding.code == code)).await;
    }

    /// A target, by name, once it stands as wanted.
    ///
    /// # Panics
    /// Where it never does.
    pub async fn target(&self, name: &str, wanted: impl Fn(&TargetView) -> bool) -> TargetView {
        let this = |snapshot: &Snapshot| snapshot.targets.iter().find(|view| view.name == name).cloned();
        let snapshot = self.until(|snapshot| this(snapshot).is_some_and(|view| wanted(&view))).await;
        this(&snapshot).expect("just seen")
    }

    /// An event, by number, once what became of it at a target is as wanted: the event, and that.
    ///
    /// # Panics
    /// Where it never is.
    pub async fn event(
        &self,
        seq: u32,
        target: &str,
        wanted: impl Fn(&DeliveryView) -> bool,
    ) -> (EventDetail, DeliveryView) {
        let (mut client, deadline) = (self.client().await, Instant::now() + PATIENCE);
        loop {
            let event = client.call::<call::ReadEvent>(&EventRef { seq }).await.expect("it is kept");
            let found = event.deliveries.iter().find(|delivery| delivery.target == target).cloned();
            match found {
                Some(delivery) if wanted(&delivery) => return (event, delivery),
                _ => assert!(Instant::now() < deadline, "{event:?} {}", self.process.stderr()),
            }
            sleep(PACE).await;
        }
    }

    /// The same, once it stands so.
    ///
    /// # Panics
    /// Where it never does.
    pub async fn stands(&self, seq: u32, target: &str, state: DeliveryState) -> DeliveryView {
        self.event(seq, target, |delivery| delivery.state == state).await.1
    }

    /// The number of the newest event.
    ///
    /// # Panics
    /// Where there is none.
    pub async fn newest(&self) -> u32 {
        let query = EventQuery { limit: 1, ..EventQuery::default() };
        let page = self.client().await.call::<call::ListEvents>(&query).await.expect("a list");
        page.events.first().expect("an event").seq
    }

    /// The most memory it has had, in MiB.
    ///
    /// # Panics
    /// Where it is gone.
    pub fn most_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.pid())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells it");
        line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).expect("a number") >> 10
    }
}

/// Waits until the platform's client took it, as it does at once.
///
/// # Panics
/// Where it did not.
pub async fn acked(mut delivery: Delivery) -> Ack {
    let report = timeout(PATIENCE, delivery.attempts(1)).await.expect("an attempt ends");
    match report.attempts.into_iter().next().map(|attempt| attempt.result) {
        Some(Ok(ack)) => ack,
        other => panic!("{} {}: {other:?}", delivery.event.event_type, delivery.event.event_id),
    }
}

fn plain(path: &Path) -> String {
    path.to_str().expect("a plain path").to_owned()
}
