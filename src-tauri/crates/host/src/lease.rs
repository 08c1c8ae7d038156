//! The system's proxies set aside for a time, and always put back.
//!
//! What they were is on the disk before the first of them is changed, and stays there until it is read back from the
//! system that all of them are what they were. A process that does nothing else puts them back when the time is over or when
//! the one that holds the lease is gone.
//!
//! All of it that changes something waits for the disk, for other programs, for other processes that change the same
//! settings, and maybe for a user who is asked for a password: call it from a thread that may wait.

mod backup;
mod begin;
mod disk;
mod end;
mod moment;
mod restore;
mod shelf;
mod watch;
mod watchdog;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use longwire_contract::{LeasePhase, LeaseReport, LeaseView};

pub use self::watchdog::Watchdog;
use self::{
    backup::Backup,
    disk::{Disk, RealDisk},
    moment::{Clock, Clocks},
    shelf::{Found, Shelf},
};
use crate::keeper::{Keeper, KeeperError};

/// The lease of one data folder.
#[derive(Clone, Debug)]
pub struct Lease {
    shelf: Shelf,
    keeper: Arc<dyn Keeper>,
    clock: Arc<dyn Clock>,
    /// How long a program may go on that was started by a process which was killed then.
    orphans: Duration,
}

/// Why a lease could not be had, or changed, or ended.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LeaseError {
    /// No proxy is on.
    #[error("no proxy of the system is on")]
    Nothing,
    /// It is held already.
    #[error("the system's proxies are set aside already")]
    Held,
    /// It is not held.
    #[error("the system's proxies are not set aside")]
    NotHeld,
    /// Services are on that were not named.
    #[error("proxies are on that were not named: {}", .0.join(", "))]
    NotNamed(Vec<String>),
    /// A proxy of this service wants a password that cannot be read back.
    #[error("a proxy of {0} wants a password that cannot be read back")]
    Password(String),
    /// The settings cannot be read; nothing was changed.
    #[error("the proxy settings cannot be read: {0}")]
    Unreadable(KeeperError),
    /// The backup cannot be written; nothing was changed, or it was put back.
    #[error("the backup of the proxy settings cannot be written: {0}")]
    Backup(String),
    /// A setting could not be changed; what had been changed was put back.
    #[error("the proxy settings could not be changed: {0}")]
    Failed(KeeperError),
    /// The user did not allow it; nothing is changed.
    #[error("the change was not allowed")]
    Cancelled,
    /// The backup cannot be read.
    #[error("the backup of the proxy settings cannot be read: {}", .0.display())]
    Damaged(PathBuf),
    /// The settings could not all be put back; the backup is kept.
    #[error("the proxy settings could not all be put back: {cause}")]
    Stuck {
        /// Setting by setting.
        report: LeaseReport,
        /// The first cause.
        cause: String,
    },
    /// What would put them back cannot be started; nothing was changed.
    #[error("what would put the proxy settings back cannot be started: {0}")]
    Unwatched(String),
}

/// A lease that is over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ended {
    /// Setting by setting.
    pub report: LeaseReport,
    /// When, in milliseconds since the Unix epoch.
    pub ended_ms: u64,
}

impl Lease {
    /// That of the data folder `dir`, over the settings of `keeper`.
    pub fn new(dir: &Path, keeper: Arc<dyn Keeper>) -> Self {
        Self::over(dir, keeper, Arc::new(RealDisk), Arc::new(Clocks))
    }

    fn over(dir: &Path, keeper: Arc<dyn Keeper>, disk: Arc<dyn Disk>, clock: Arc<dyn Clock>) -> Self {
        // A watchdog leaves the folder it was started in.
        let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        Self { shelf: Shelf::new(&dir, disk), keeper, clock, orphans: Duration::from_secs(1) }
    }

    /// How it stands by the backup on the disk; `None` where nothing is set aside. Reads one small file.
    pub fn view(&self) -> Option<LeaseView> {
        match self.shelf.read() {
            Found::Nothing => None,
            Found::Whole(backup) => Some(backup.view(&self.clock.now())),
            Found::Damaged(path) => Some(LeaseView {
                phase: LeasePhase::Damaged,
                since_ms: 0,
                until_ms: 0,
                minutes_left: 0,
                changes: Vec::new(),
                detail: LeaseError::Damaged(path).to_string(),
            }),
        }
    }

    /// What became of the last one, until that is forgotten.
    pub fn last(&self) -> Option<Ended> {
        self.shelf.last()
    }

    /// Forgets what became of the last one: its user has been told.
    pub fn forget_last(&self) {
        self.shelf.remove_last();
    }

    /// Whether a watchdog looks after it: a live process, told by a lock that dies with it.
    pub fn is_watched(&self) -> bool {
        self.shelf.is_watched()
    }

    /// Sets anew how long it lasts, from now on.
    ///
    /// # Errors
    /// [`LeaseError::NotHeld`], also where its time is over or its end has begun; [`LeaseError::Damaged`] or [`LeaseError::Backup`].
    pub fn extend(&self, length: Duration) -> Result<(), LeaseError> {
        let _lock = self.shelf.lock().map_err(|error| LeaseError::Backup(error.to_string()))?;
        let mut backup = self.held()?;
        let now = self.clock.now();
        if backup.phase != LeasePhase::Held || backup.is_over(&now) {
            return Err(LeaseError::NotHeld);
        }
        backup.extend(&now, length);
        self.write(&backup)
    }

    fn held(&self) -> Result<Backup, LeaseError> {
        match self.shelf.read() {
            Found::Nothing => Err(LeaseError::NotHeld),
            Found::Whole(backup) => Ok(backup),
            Found::Damaged(path) => Err(LeaseError::Damaged(path)),
        }
    }

    fn write(&self, backup: &Backup) -> Result<(), LeaseError> {
        self.shelf.write(backup).map_err(|error| LeaseError::Backup(error.to_string()))
    }

    /// Removes the backup of a lease that has come to its end, which is noted first.
    fn forget(&self, backup: &Backup) -> std::io::Result<()> {
        self.shelf.write_ended(&backup.id);
        self.shelf.remove()
    }

    /// Keeps the backup for another try. That it is marked is for views: a full disk does not make it worse.
    fn stuck(&self, mut backup: Backup, report: LeaseReport, cause: String) -> LeaseError {
        backup.phase = LeasePhase::Stuck;
        backup.detail.clone_from(&cause);
        self.shelf.write(&backup).ok();
        LeaseError::Stuck { report, cause }
    }
}

#[cfg(test)]
mod tests;
