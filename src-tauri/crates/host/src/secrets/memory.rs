use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use secrecy::SecretString;

use super::{Error, SecretStore};

/// A store that lasts as long as the process: for tests, and for apps whose secret is nobody's, such as the
/// simulator's.
#[derive(Debug, Default)]
pub struct MemoryStore {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    kept: HashMap<String, SecretString>,
    failure: Option<Error>,
}

impl MemoryStore {
    /// Makes every call fail like this from now on; `None` mends it. What is kept stays.
    pub fn fail_with(&self, failure: Option<Error>) {
        self.lock().failure = failure;
    }

    /// The accounts that have a secret, sorted.
    pub fn accounts(&self) -> Vec<String> {
        let mut accounts: Vec<_> = self.lock().kept.keys().cloned().collect();
        accounts.sort_unstable();
        accounts
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<MutexGuard<'_, Inner>, Error> {
        let inner = self.lock();
        match &inner.failure {
            Some(failure) => Err(failure.clone()),
            None => Ok(inner),
        }
    }
}

impl SecretStore for MemoryStore {
    fn write(&self, account: &str, secret: SecretString) -> Result<(), Error> {
        self.open()?.kept.insert(account.to_owned(), secret);
        Ok(())
    }

    fn read(&self, account: &str) -> Result<Option<SecretString>, Error> {
        Ok(self.open()?.kept.get(account).cloned())
    }

    fn delete(&self, account: &str) -> Result<(), Error> {
        self.open()?.kept.remove(account);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_secret_is_kept_until_it_is_forgotten() {
        let store = MemoryStore::default();
        store.write("a", "one".into()).unwrap();
        store.write("a", "two".into()).unwrap();
        assert_eq!(store.read("a").unwrap().unwrap().expose_secret(), "two");
        assert_eq!(store.accounts(), ["a"]);
        store.delete("a").unwrap();
        store.delete("a").unwrap();
        assert!(store.read("a").unwrap().is_none());
    }

    #[test]
    fn a_store_told_to_fail_fails_until_mended() {
        let store = MemoryStore::default();
        store.write("a", "one".into()).unwrap();
        store.fail_with(Some(Error::Locked));
        assert_eq!(store.read("a").unwrap_err(), Error::Locked);
        assert_eq!(store.write("a", "two".into()), Err(Error::Locked));
        assert_eq!(store.delete("a"), Err(Error::Locked));
        store.fail_with(None);
        assert_eq!(store.read("a").unwrap().unwrap().expose_secret(), "one");
    }

    #[test]
    fn debug_shows_no_secret() {
        let store = MemoryStore::default();
        store.write("a", "planted".into()).unwrap();
        assert!(!format!("{store:?}").contains("planted"));
    }
}
