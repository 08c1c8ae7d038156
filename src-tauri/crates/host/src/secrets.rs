//! App Secrets: where they are kept and how they are handed in.

mod credentials;
mod error;
mod input;
pub(crate) mod memory;
mod os;

use std::{fmt, sync::Arc};

pub use error::Error;
pub use input::{VARIABLE, read_file, read_variable};
pub use os::OsStore;
use secrecy::SecretString;

/// A place that keeps one secret an account; the account is the App ID.
///
/// Every call blocks until the store answers or its deadline is over: call from a thread that may wait.
pub trait SecretStore: fmt::Debug + Send + Sync {
    /// Keeps a secret, in place of any that was there.
    ///
    /// # Errors
    /// Why the store did not take it.
    fn write(&self, account: &str, secret: SecretString) -> Result<(), Error>;

    /// The secret that is kept, or `None` where there is none.
    ///
    /// # Errors
    /// Why the store did not give it out.
    fn read(&self, account: &str) -> Result<Option<SecretString>, Error>;

    /// Forgets a secret; that there was none is no error.
    ///
    /// # Errors
    /// Why the store still has it.
    fn delete(&self, account: &str) -> Result<(), Error>;
}

/// Where this process finds its secrets: in the system's own store, after those that systemd hands to a service.
pub fn of_this_process() -> Arc<dyn SecretStore> {
    credentials::Credentials::before(Arc::new(OsStore::new()))
}
