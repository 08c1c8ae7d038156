use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use longwire_contract::{LeaseChange, LeaseReport};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::{Ended, backup::Backup, disk::Disk};
use crate::files::ReplaceError;

/// More than a backup of any machine; a bound on what a foreign file can make us read.
const LONGEST: u64 = 4 * 1024 * 1024;
/// How long a watchdog waits for another one to go.
const WATCH_TRIES: u32 = 80;
const BETWEEN_WATCH_TRIES: Duration = Duration::from_millis(25);

/// Where the backup is kept, twice.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
}

/// What is found on it.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// A backup that is what was written.
    Whole(Backup),
    /// Files that are not; the first of them.
    Damaged(PathBuf),
}

/// What one file is.
enum Reading {
    Absent,
    Whole(Backup),
    Damaged,
}

#[derive(Deserialize, Serialize)]
struct Last {
    report: LeaseReport,
    ended_ms: u64,
}

impl Shelf {
    pub(super) fn new(dir: &Path, disk: Arc<dyn Disk>) -> Self {
        Self { dir: dir.to_owned(), disk }
    }

    pub(super) fn is_there(&self) -> bool {
        self.dir.is_dir()
    }

    pub(super) fn read(&self) -> Found {
        let (first, copy) = (self.path("proxies.json"), self.path("proxies.copy.json"));
        match (read(&first), || read(&copy)) {
            (Reading::Whole(backup), _) => Found::Whole(backup),
            (reading, copied) => match (reading, copied()) {
                (_, Reading::Whole(backup)) => Found::Whole(backup),
                (Reading::Damaged, _) => Found::Damaged(first),
                (_, Reading::Damaged) => Found::Damaged(copy),
                _ => Found::Nothing,
            },
        }
    }

    /// Writes both. Nothing may be changed that is not in both of them, so that either of them is enough.
    pub(super) fn write(&self, backup: &Backup) -> Result<(), ReplaceError> {
        let path = self.path("proxies.json");
        let bytes = backup
            .to_bytes()
            .map_err(|error| ReplaceError::Other { path: path.clone(), cause: error.to_string() })?;
        self.disk.replace(&path, &bytes)?;
        self.disk.replace(&self.path("proxies.copy.json"), &bytes)
    }

    /// The changes that can still be read in damaged files.
    pub(super) fn salvaged(&self) -> Vec<LeaseChange> {
        let files =
            ["proxies.json", "proxies.copy.json"].map(|name| bytes(&self.path(name)).unwrap_or_default());
        files.iter().flat_map(|bytes| salvaged(bytes)).collect()
    }

    /// Removes both, for good: a backup that came back after a power cut would undo what the user did since.
    pub(super) fn remove(&self) -> io::Result<()> {
        self.disk.remove(&self.path("proxies.copy.json"))?;
        self.disk.remove(&self.path("proxies.json"))?;
        self.disk.sync(&self.dir)
    }

    /// Gives both another name, under which they are kept for who wants to look at them.
    pub(super) fn set_aside(&self) -> io::Result<()> {
        for name in ["proxies.copy.json", "proxies.json"] {
            let (path, free) = (self.path(name), self.free());
            if path.symlink_metadata().is_ok() {
                self.disk.rename(&path, &free)?;
            }
        }
        self.disk.sync(&self.dir)
    }

    /// What became of the lease that was over last.
    pub(super) fn last(&self) -> Option<Ended> {
        let Last { report, ended_ms } =
            serde_json::from_slice(&bytes(&self.path("proxies.last.json")).ok()?).ok()?;
        Some(Ended { report, ended_ms })
    }

    /// Keeps word of what became of a lease; a courtesy, which no full disk makes an error.
    pub(super) fn write_last(&self, report: &LeaseReport, ended_ms: u64) {
        let last = Last { report: report.clone(), ended_ms };
        if let Ok(bytes) = serde_json::to_vec(&last) {
            self.disk.replace(&self.path("proxies.last.json"), &bytes).ok();
        }
    }

    /// Removes that word. Where it cannot be removed, it is told once more.
    pub(super) fn remove_last(&self) {
        self.disk.remove(&self.path("proxies.last.json")).ok();
    }

    /// Notes which lease has come to its end; it stays noted. A backup that is not there is lost where this does not name it.
    pub(super) fn write_ended(&self, id: &str) {
        // Who looks in vain for it puts back what is put back already, which does no harm.
        self.disk.replace(&self.path("proxies.ended"), id.as_bytes()).ok();
    }

    /// The lease that came to its end last.
    pub(super) fn ended(&self) -> Option<String> {
        String::from_utf8(bytes(&self.path("proxies.ended")).ok()?).ok()
    }

    /// Waits until no other process changes the settings. It goes on until the file is dropped.
    pub(super) fn lock(&self) -> io::Result<File> {
        let file = lock_file(&self.path("proxies.lock"))?;
        file.lock()?;
        Ok(file)
    }

    /// Takes the lock that a watchdog has for its life. One whose lease is over has it for a moment more.
    pub(super) async fn watch(&self) -> io::Result<File> {
        let file = lock_file(&self.path("proxies.watch"))?;
        for _ in 0..WATCH_TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => sleep(BETWEEN_WATCH_TRIES).await,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    /// Whether a watchdog has it. (Asked for together with others who ask.)
    pub(super) fn is_watched(&self) -> bool {
        let file = File::open(self.path("proxies.watch"));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn free(&self) -> PathBuf {
        let mut paths = (1_u32..).map(|n| self.path(&format!("proxies.damaged-{n}.json")));
        paths.find(|path| path.symlink_metadata().is_err()).unwrap_or_default()
    }
}

/// Opens a file to lock it. One that is there is not written to, so that a full disk or one without the right to write to is
/// no hindrance.
fn lock_file(path: &Path) -> io::Result<File> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
        }
        opened => opened,
    }
}

fn read(path: &Path) -> Reading {
    match bytes(path) {
        Ok(bytes) => Backup::from_bytes(&bytes).map_or(Reading::Damaged, Reading::Whole),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Reading::Absent,
        Err(_) => Reading::Damaged,
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn salvaged(bytes: &[u8]) -> Vec<LeaseChange> {
    let starts = (0..bytes.len())
        .filter_map(|start| bytes.get(start..))
        .filter(|rest| rest.starts_with(b"{\"service\""));
    starts.filter_map(|rest| serde_json::Deserializer::from_slice(rest).into_iter().next()?.ok()).collect()
}
