use std::{
    fs::{self, File},
    path::PathBuf,
};

use longwire_host::{fake::Mac, files};
use tempfile::TempDir;

use crate::{Sandbox, Start, desktop::Session, program};

/// Where macOS has its tools. A machine that has them is a Mac, whatever it was built for.
const TOOLS: [&str; 6] = [
    "/usr/sbin/networksetup",
    "/usr/sbin/scutil",
    "/sbin/route",
    "/usr/bin/osascript",
    "/usr/bin/security",
    "/bin/launchctl",
];

/// A Mac that is kept in a file. Who sees it is told by a variable, so that a sandbox may hold many.
pub struct FakeMac {
    folder: TempDir,
}

impl FakeMac {
    /// Puts the tools of a Mac at their places in a sandbox.
    pub fn install(sandbox: &Sandbox) {
        sandbox.own("/usr/sbin");
        sandbox.own("/usr/bin");
        for tool in TOOLS {
            sandbox.put(&program("fakemac"), tool);
        }
    }

    /// One in this state.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn new(mac: &Mac) -> Self {
        let fake = Self { folder: tempfile::tempdir().expect("a folder") };
        fake.write(mac);
        fake
    }

    /// Has a process see this one.
    pub fn seen_by(&self, start: Start) -> Start {
        start.variable("LONGWIRE_FAKE_MAC", self.file())
    }

    /// Has what is started in a session from now on see this one.
    pub fn seen_in(&self, session: &mut Session) {
        session.set_variable("LONGWIRE_FAKE_MAC", self.file().to_str().expect("a plain path"));
    }

    /// As it is now, with every call so far.
    ///
    /// # Panics
    /// Where it cannot be read.
    pub fn state(&self) -> Mac {
        let bytes = fs::read(self.file()).expect("the machine's file");
        serde_json::from_slice(&bytes).expect("a machine")
    }

    /// Changes it by hand, as its user does.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn change(&self, change: impl FnOnce(&mut Mac)) {
        let lock = File::create(self.file().with_extension("lock")).expect("our own folder");
        lock.lock().expect("a lock");
        let mut mac = self.state();
        change(&mut mac);
        self.write(&mac);
    }

    fn write(&self, mac: &Mac) {
        files::replace(&self.file(), &serde_json::to_vec(mac).expect("a machine")).expect("our own folder");
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("mac.json")
    }
}
