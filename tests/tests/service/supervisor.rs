use std::{
    os::unix::net::UnixDatagram,
    time::{Duration, Instant},
};

use longwire_tests::Start;
use tempfile::TempDir;

/// How long what must happen is waited for: far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// One who starts a service and hears what it says, as systemd does.
pub(crate) struct Supervisor {
    socket: UnixDatagram,
    folder: TempDir,
}

impl Supervisor {
    /// The service has to say that it lives within this time.
    pub(crate) const WATCHDOG: Duration = Duration::from_millis(1500);

    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        Self { socket, folder }
    }

    /// Has a process be started by it.
    pub(crate) fn starts(&self, start: Start) -> Start {
        start
            .variable("NOTIFY_SOCKET", self.folder.path().join("notify"))
            .variable("WATCHDOG_USEC", Self::WATCHDOG.as_micros().to_string())
    }

    /// The next thing that is said, one line an entry; `None` where nothing is within this time.
    pub(crate) fn hears(&self, within: Duration) -> Option<Vec<String>> {
        let mut bytes = [0; 4096];
        self.socket.set_read_timeout(Some(within)).unwrap();
        let length = self.socket.recv(&mut bytes).ok()?;
        Some(String::from_utf8(bytes[..length].to_vec()).unwrap().lines().map(str::to_owned).collect())
    }

    /// Hears until something wanted is said; all that was said up to there.
    pub(crate) fn until(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let (deadline, mut heard) = (Instant::now() + PATIENCE, Vec::new());
        while Instant::now() < deadline {
            let said = self.hears(PATIENCE).unwrap_or_default();
            let found = said.iter().any(|line| wanted(line));
            heard.extend(said);
            if found {
                return heard;
            }
        }
        panic!("never said; but: {heard:#?}");
    }

    /// Takes what was said before, and is in the socket still.
    pub(crate) fn forget(&self) {
        while self.hears(Duration::from_millis(50)).is_some() {}
    }
}
