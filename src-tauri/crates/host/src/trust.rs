//! The stores in which this machine keeps the CAs it trusts: the login keychain of a Mac, the system's store and the NSS
//! databases of browsers on Linux.
//!
//! All of it waits for other programs, and for a user who is asked for a password: call it from a thread that may wait.

use std::{path::PathBuf, time::Duration};

use longwire_contract::{CaPlace, Store, StoreResult, StoreView};

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
pub struct Stores {}

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
    /// The program says that it is done, and the store does not have it so.
    #[error("{} said that it was done, and it is not", .0.display())]
    Lied(PathBuf),
}

impl Stores {
    /// Those that are there.
    pub fn of_this_machine(_asking: Asking) -> Self {
        Self {}
    }

    /// Each of them, the narrowest first, and what adding `ca` to it means.
    pub fn views(&self, _ca: &Ca) -> Vec<StoreView> {
        Vec::new()
    }

    /// Whether a store trusts a certificate.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn holds(&self, _store: &Store, _ca: &Ca) -> Result<bool, TrustError> {
        Ok(false)
    }

    /// Adds a certificate: [`StoreResult::Added`], [`StoreResult::Already`] or [`StoreResult::Cancelled`].
    ///
    /// # Errors
    /// Why it is not there now.
    pub fn add(&self, _store: &Store, _ca: &Ca) -> Result<StoreResult, TrustError> {
        Err(TrustError::Missing("no store".to_owned()))
    }

    /// Takes a certificate out: [`StoreResult::Removed`], [`StoreResult::Absent`] or [`StoreResult::Cancelled`].
    ///
    /// # Errors
    /// Why it is still there.
    pub fn remove(&self, _store: &Store, _ca: &Ca) -> Result<StoreResult, TrustError> {
        Err(TrustError::Missing("no store".to_owned()))
    }
}

/// Where proxies keep their CAs, as far as they do on this machine.
pub fn places() -> Vec<CaPlace> {
    Vec::new()
}
