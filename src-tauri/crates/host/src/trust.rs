//! The stores in which this machine keeps the CAs it trusts: the login keychain of a Mac, the system's store and the NSS
//! databases of browsers on Linux.
//!
//! All of it waits for other programs, and for a user who is asked for a password: call it from a thread that may wait.

mod certificate;
mod keychain;
mod nss;
mod places;
mod program;
mod system;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use longwire_contract::{CaPlace, Store, StoreKind, StoreResult, StoreView};
use rustix::process::geteuid;

#[cfg(any(test, feature = "fake"))]
pub(crate) use self::certificate::{hexadecimal, sha256};
use self::{
    keychain::Keychain,
    nss::{Database, databases},
    system::SystemStore,
};
use crate::command::{Processes, Runner};

/// A CA certificate, in the forms that stores want.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ca {
    /// It, in PEM.
    pub pem: String,
    /// Its SHA-256: 64 hexadecimal digits, capital.
    pub sha256: String,
    /// Whom it names, in one harmless line.
    pub subject: String,
}

/// The stores of this machine.
#[derive(Clone, Debug)]
pub struct Stores {
    machine: Machine,
    runner: Arc<dyn Runner>,
}

/// A machine, as far as its stores go.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The user's home folder.
    pub home: PathBuf,
    /// The root folder.
    pub root: PathBuf,
    /// The folders of programs: the variable `PATH`.
    pub path: OsString,
    /// Whether we are root.
    pub is_root: bool,
    /// How a person is asked.
    pub asking: Asking,
    /// How long a program may take that asks a person.
    pub patience: Duration,
    /// How long another program may take.
    pub deadline: Duration,
}

/// How a person is asked for an administrator's password.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Asking {
    /// By a window of the desktop (`pkexec`).
    Window,
    /// On the terminal this process runs on (`sudo`).
    Terminal,
}

/// Why a store could not be read or changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TrustError {
    /// The program cannot be started, or fails.
    #[error("{} failed: {cause}", .program.display())]
    Failed {
        /// The program.
        program: PathBuf,
        /// What it, or the system, says.
        cause: String,
    },
    /// The program has not ended in time, and was killed.
    #[error("{} has not answered within {} s", .program.display(), .deadline.as_secs_f32())]
    TooSlow {
        /// The program.
        program: PathBuf,
        /// The time it had.
        deadline: Duration,
    },
    /// Something that is needed is missing.
    #[error("{0}")]
    Missing(String),
    /// It is trusted by what Longwire has not put there, and does not touch.
    #[error("{0}")]
    NotOurs(String),
    /// The text holds something else than the certificate of its hash.
    #[error("the file does not hold this one certificate and nothing else")]
    Mixed,
    /// The program says that it is done, and the store does not have it so.
    #[error("{} said that it was done, and it is not", .0.display())]
    Lied(PathBuf),
}

impl Machine {
    /// This one.
    pub fn this(asking: Asking) -> Self {
        Self {
            home: home(),
            root: PathBuf::from("/"),
            path: std::env::var_os("PATH").unwrap_or_default(),
            is_root: geteuid().is_root(),
            asking,
            patience: Duration::from_secs(120),
            deadline: Duration::from_secs(20),
        }
    }
}

impl Stores {
    /// Those that are there.
    pub fn of_this_machine(asking: Asking) -> Self {
        Self::of(Machine::this(asking))
    }

    /// Those of a machine. Which there are is told by what there is, whatever this program was built for.
    pub fn of(machine: Machine) -> Self {
        Self { machine, runner: Arc::new(Processes) }
    }

    /// Each of them, the narrowest first, and what adding `ca` to it means.
    pub fn views(&self, ca: &Ca) -> Vec<StoreView> {
        self.places().iter().map(|place| place.view(ca)).collect()
    }

    /// Whether a store trusts a certificate.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn holds(&self, store: &Store, ca: &Ca) -> Result<bool, TrustError> {
        self.place(store)?.map_or(Ok(false), |place| place.holds(ca))
    }

    /// Adds a certificate: [`StoreResult::Added`], [`StoreResult::Already`] or [`StoreResult::Cancelled`].
    ///
    /// # Errors
    /// Why it is not there now.
    pub fn add(&self, store: &Store, ca: &Ca) -> Result<StoreResult, TrustError> {
        self.place(store)?.map_or_else(|| Err(unknown(store)), |place| place.add(ca))
    }

    /// Takes a certificate out: [`StoreResult::Removed`], [`StoreResult::Absent`] or [`StoreResult::Cancelled`].
    ///
    /// # Errors
    /// Why it is still there.
    pub fn remove(&self, store: &Store, ca: &Ca) -> Result<StoreResult, TrustError> {
        self.place(store)?.map_or(Ok(StoreResult::Absent), |place| place.remove(ca))
    }

    fn places(&self) -> Vec<Place<'_>> {
        let (machine, runner) = (&self.machine, &*self.runner);
        let keychain = Keychain::of(machine, runner).map(Place::Keychain);
        let databases = databases(machine, runner).into_iter().map(Place::Nss);
        let system = SystemStore::of(machine).map(Place::System);
        keychain.into_iter().chain(databases).chain(system).collect()
    }

    /// The store of this name; `None` where it is gone, and all that was in it.
    fn place(&self, store: &Store) -> Result<Option<Place<'_>>, TrustError> {
        let found = self.places().into_iter().find(|place| place.store() == *store);
        // One that is there and none of ours is not to be taken for one that is gone.
        if found.is_none() && Path::new(&store.place).exists() { Err(unknown(store)) } else { Ok(found) }
    }
}

/// Where proxies keep their CAs, as far as they do on this machine.
pub fn places() -> Vec<CaPlace> {
    places::places_in(&home(), Path::new("/"))
}

/// A store of one of the kinds.
enum Place<'a> {
    Keychain(Keychain<'a>),
    Nss(Database<'a>),
    System(SystemStore<'a>),
}

impl Place<'_> {
    fn store(&self) -> Store {
        let (kind, place) = match self {
            Self::Keychain(keychain) => (StoreKind::Keychain, keychain.path().to_owned()),
            Self::Nss(database) => (database.kind, database.folder.clone()),
            Self::System(system) => (StoreKind::System, system.folder()),
        };
        Store { kind, place: place.display().to_string() }
    }

    fn view(&self, ca: &Ca) -> StoreView {
        let (obstacle, asks, does) = match self {
            Self::Keychain(keychain) => (None, true, keychain.does(ca)),
            Self::Nss(database) => (database.obstacle(), false, database.does(ca)),
            Self::System(system) => (system.obstacle(ca), system.asks(), system.does(ca)),
        };
        StoreView { store: self.store(), obstacle, asks, does }
    }

    fn holds(&self, ca: &Ca) -> Result<bool, TrustError> {
        match self {
            Self::Keychain(keychain) => keychain.holds(ca),
            Self::Nss(database) => database.holds(ca),
            Self::System(system) => system.holds(ca),
        }
    }

    fn add(&self, ca: &Ca) -> Result<StoreResult, TrustError> {
        match self {
            Self::Keychain(keychain) => keychain.add(ca),
            Self::Nss(database) => database.add(ca),
            Self::System(system) => system.add(ca),
        }
    }

    fn remove(&self, ca: &Ca) -> Result<StoreResult, TrustError> {
        match self {
            Self::Keychain(keychain) => keychain.remove(ca),
            Self::Nss(database) => database.remove(ca),
            Self::System(system) => system.remove(ca),
        }
    }
}

fn unknown(store: &Store) -> TrustError {
    TrustError::Missing(format!("{} is no store of this machine", store.place))
}

/// The user's; without one there are no stores of a user.
fn home() -> PathBuf {
    std::env::var_os("HOME")
        .filter(|home| !home.is_empty())
        .map_or_else(|| "/nonexistent".into(), PathBuf::from)
}

#[cfg(test)]
pub(crate) mod samples;
