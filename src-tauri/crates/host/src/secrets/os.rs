#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(any(target_os = "macos", test))]
mod status;

use std::{sync::mpsc, thread, time::Duration};

use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use super::{SecretStore, StoreError};

/// What the entries are called in the user's keychain.
///
/// Builds for developers use another name: macOS ties an entry to the program that made it, and would ask again
/// after each build, about entries that a released Longwire made.
const SERVICE: &str = if cfg!(debug_assertions) { "Longwire (debug)" } else { "Longwire" };

/// Long enough for a user to find the prompt and type a password.
const DEADLINE: Duration = Duration::from_secs(60);

/// The system's own store: the login keychain on macOS, the Secret Service (GNOME Keyring, KWallet, KeePassXC) on
/// Linux.
///
/// It is opened anew for each call, so that a store that starts, restarts or goes away later needs no care here,
/// and nothing is held open in between.
#[derive(Clone, Copy, Debug)]
pub struct OsStore {
    deadline: Duration,
}

impl OsStore {
    /// The store, with a deadline that leaves a user time to answer its prompt.
    pub fn new() -> Self {
        Self::with_deadline(DEADLINE)
    }

    /// The store, with a deadline for each call.
    pub fn with_deadline(deadline: Duration) -> Self {
        Self { deadline }
    }

    fn call<T: Send + 'static>(
        &self,
        account: &str,
        work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        let account = account.to_owned();
        within(self.deadline, move || {
            let store = system::open()?;
            let entry = store.build(SERVICE, &account, system::modifiers().as_ref()).map_err(told)?;
            work(&entry).map_err(told)
        })
    }
}

impl Default for OsStore {
    fn default() -> Self {
        Self::new()
    }
}

impl SecretStore for OsStore {
    fn keep(&self, account: &str, secret: &SecretString) -> Result<(), StoreError> {
        let secret = secret.clone();
        self.call(account, move |entry| entry.set_password(secret.expose_secret()))
    }

    fn read(&self, account: &str) -> Result<Option<SecretString>, StoreError> {
        self.call(account, |entry| found(entry.get_password().map(SecretString::from)))
    }

    fn forget(&self, account: &str) -> Result<(), StoreError> {
        self.call(account, |entry| found(entry.delete_credential()).map(|_| ()))
    }
}

fn found<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Runs a call that may never return on a thread of its own. Past its deadline the thread is left to itself: a
/// call into D-Bus or the keychain cannot be cancelled.
fn within<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (done, answer) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("secret-store".to_owned());
    thread.spawn(move || done.send(work())).map_err(|error| StoreError::Other { text: error.to_string() })?;
    match answer.recv_timeout(deadline) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(StoreError::Timeout(deadline)),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err(StoreError::Other { text: "the call into the store panicked".to_owned() })
        }
    }
}

/// Our word for a store's error. Bytes that a store could not make sense of may be a secret: they are dropped.
fn told(error: Error) -> StoreError {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => StoreError::NotText,
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => system::told(cause.as_ref()),
        Error::Ambiguous(entries) => StoreError::Other {
            text: format!("{} entries for one App ID: remove all but one", entries.len()),
        },
        other => StoreError::Other { text: other.to_string() },
    }
}

type Opened = std::sync::Arc<CredentialStore>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_never_answers_is_given_up() {
        let deadline = Duration::from_millis(20);
        let (never, forever) = mpsc::channel::<()>();
        let result = within(deadline, move || {
            forever.recv().ok();
            Ok(())
        });
        assert_eq!(result, Err(StoreError::Timeout(deadline)));
        drop(never);
    }

    #[test]
    fn a_panic_in_a_store_is_an_error() {
        let result = within::<()>(Duration::from_secs(5), || panic!("as planned"));
        assert!(matches!(result, Err(StoreError::Other { .. })), "{result:?}");
    }

    #[test]
    fn bytes_that_are_no_text_are_not_repeated() {
        let error = told(Error::BadEncoding(b"planted\xff".to_vec()));
        assert_eq!(error, StoreError::NotText);
        assert!(!format!("{error} {error:?}").contains("planted"));
    }
}
