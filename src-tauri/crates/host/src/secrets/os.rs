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

use keyring_core::{CredentialStore, Entry, Error as KeyringError};
use secrecy::{ExposeSecret, SecretString};

use super::{Error, SecretStore};

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
        work: impl FnOnce(&Entry) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, Error> {
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
    fn write(&self, account: &str, secret: SecretString) -> Result<(), Error> {
        self.call(account, move |entry| entry.set_password(secret.expose_secret()))
    }

    fn read(&self, account: &str) -> Result<Option<SecretString>, Error> {
        self.call(account, |entry| found(entry.get_password().map(SecretString::from)))
    }

    fn delete(&self, account: &str) -> Result<(), Error> {
        self.call(account, |entry| found(entry.delete_credential()).map(|_| ()))
    }
}

fn found<T>(result: Result<T, KeyringError>) -> Result<Option<T>, KeyringError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(KeyringError::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Runs a call that may never return on a thread of its own. Past its deadline the thread is left to itself: a
/// call into D-Bus or the keychain cannot be cancelled.
fn within<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (done, answer) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("secret-store".to_owned());
    thread.spawn(move || done.send(work())).map_err(|error| Error::Other(error.to_string()))?;
    match answer.recv_timeout(deadline) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Error::TimedOut),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err(Error::Other("the call into the store panicked".to_owned()))
        }
    }
}

/// Our word for a store's error. Bytes that a store could not make sense of may be a secret: they are dropped.
fn told(error: KeyringError) -> Error {
    match error {
        KeyringError::BadEncoding(_) | KeyringError::BadDataFormat(..) => {
            Error::NotText("the secret store".to_owned())
        }
        KeyringError::PlatformFailure(cause) | KeyringError::NoStorageAccess(cause) => {
            system::told(cause.as_ref())
        }
        KeyringError::Ambiguous(entries) => {
            Error::Other(format!("{} entries for one App ID: remove all but one", entries.len()))
        }
        other => Error::Other(other.to_string()),
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
        assert_eq!(result, Err(Error::TimedOut));
        drop(never);
    }

    #[test]
    fn a_panic_in_a_store_is_an_error() {
        let result = within::<()>(Duration::from_secs(5), || panic!("as planned"));
        assert!(matches!(result, Err(Error::Other(_))), "{result:?}");
    }

    #[test]
    fn bytes_that_are_no_text_are_not_repeated() {
        let error = told(KeyringError::BadEncoding(b"planted\xff".to_vec()));
        assert_eq!(error, Error::NotText("the secret store".to_owned()));
        assert!(!format!("{error} {error:?}").contains("planted"));
    }
}
