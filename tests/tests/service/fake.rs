use std::{fs, os::unix::fs::symlink, path::PathBuf};

use longwire_host::fake::Systemd;
use longwire_tests::{Ended, Process, longwire, program};
use tempfile::TempDir;

/// A user with a home and a systemd, both of their own.
pub(crate) struct User {
    pub(crate) home: TempDir,
    machine: TempDir,
}

impl User {
    pub(crate) fn new() -> Self {
        let user = Self { home: tempfile::tempdir().unwrap(), machine: tempfile::tempdir().unwrap() };
        let bin = user.machine.path().join("bin");
        fs::create_dir(&bin).unwrap();
        for tool in ["systemctl", "systemd-run", "loginctl", "id"] {
            symlink(program("fakesystemd"), bin.join(tool)).unwrap();
        }
        fs::create_dir_all(user.home.path().join(".config/other")).unwrap();
        fs::create_dir_all(user.data_dir()).unwrap();
        let folder = user.home.path().join(".config/systemd/user");
        user.write(&Systemd { folder, ..Systemd::default() });
        user
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.home.path().join(".local/share/longwire")
    }

    pub(crate) fn unit(&self) -> PathBuf {
        self.home.path().join(".config/systemd/user/longwire.service")
    }

    /// `longwire service …`
    pub(crate) fn service(&self, words: &[&str]) -> Ended {
        self.start(words).end()
    }

    fn start(&self, words: &[&str]) -> Process {
        longwire(&self.data_dir(), ["service"].into_iter().chain(words.iter().copied()))
            .variable("HOME", self.home.path())
            .variable("PATH", self.machine.path().join("bin"))
            .variable("LONGWIRE_FAKE_SYSTEMD", self.state())
            .run()
    }

    pub(crate) fn systemd(&self) -> Systemd {
        serde_json::from_slice(&fs::read(self.state()).unwrap()).unwrap()
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Systemd)) {
        let mut systemd = self.systemd();
        change(&mut systemd);
        self.write(&systemd);
    }

    fn write(&self, systemd: &Systemd) {
        fs::write(self.state(), serde_json::to_vec(systemd).unwrap()).unwrap();
    }

    fn state(&self) -> PathBuf {
        self.machine.path().join("systemd.json")
    }
}
