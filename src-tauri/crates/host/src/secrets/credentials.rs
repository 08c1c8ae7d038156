use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use secrecy::{ExposeSecret, SecretString};

use super::{Error, SecretStore, input};

/// Where systemd tells a service its credentials.
const VARIABLE: &str = "CREDENTIALS_DIRECTORY";
/// What systemd puts before the name of each file of the folders that are loaded as `longwire` and `longwire_sealed`.
const PREFIXES: [&str; 2] = ["longwire_", "longwire_sealed_"];

/// The secrets that systemd hands to a service, which only it can change, before a store that keeps all others.
#[derive(Debug)]
pub(super) struct Credentials {
    folder: PathBuf,
    behind: Arc<dyn SecretStore>,
}

impl Credentials {
    /// Those of this process, where it has any, before this store.
    pub(super) fn before(behind: Arc<dyn SecretStore>) -> Arc<dyn SecretStore> {
        match env::var_os(VARIABLE).map(PathBuf::from).filter(|folder| folder.is_absolute()) {
            Some(folder) => Arc::new(Self { folder, behind }),
            None => behind,
        }
    }

    /// What is handed in for an account, and where that is.
    fn given(&self, account: &str) -> Result<Option<(SecretString, PathBuf)>, Error> {
        // An account is a name, and never a way out of the folder.
        if account.is_empty() || account.starts_with('.') || account.contains('/') {
            return Ok(None);
        }
        let names = PREFIXES.iter().copied().chain([""]).map(|prefix| format!("{prefix}{account}"));
        let Some(file) = names.map(|name| self.folder.join(name)).find(|file| file.is_file()) else {
            return Ok(None);
        };
        Ok(Some((read(&file)?, file)))
    }
}

/// systemd lets the service's user read it, by rules that a file's mode does not tell.
fn read(file: &Path) -> Result<SecretString, Error> {
    input::read_whoever_else_may(file)
}

impl SecretStore for Credentials {
    fn write(&self, account: &str, secret: SecretString) -> Result<(), Error> {
        match self.given(account)? {
            None => self.behind.write(account, secret),
            Some((given, _)) if given.expose_secret() == secret.expose_secret().trim() => Ok(()),
            Some((_, file)) => Err(Error::HandedIn(file)),
        }
    }

    fn read(&self, account: &str) -> Result<Option<SecretString>, Error> {
        match self.given(account)? {
            None => self.behind.read(account),
            Some((secret, _)) => Ok(Some(secret)),
        }
    }

    fn delete(&self, account: &str) -> Result<(), Error> {
        let outcome = self.behind.delete(account);
        match self.given(account)? {
            // It is not ours to take away, and without it there may be no store at all.
            Some(_) => Ok(()),
            None => outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;
    use crate::secrets::memory::MemoryStore;

    fn with(files: &[(&str, &str)]) -> (tempfile::TempDir, Arc<MemoryStore>, Credentials) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::write(&file, text).unwrap();
            // As systemd's own rule for the service's user shows itself.
            fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
        }
        let behind = Arc::new(MemoryStore::default());
        let credentials = Credentials { folder: folder.path().to_owned(), behind: behind.clone() };
        (folder, behind, credentials)
    }

    fn told(store: &Credentials, account: &str) -> Option<String> {
        store.read(account).unwrap().map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn what_is_handed_in_comes_before_what_is_kept() {
        let (_folder, behind, store) = with(&[
            ("longwire_cli_a", "loaded\n"),
            ("agent", "alone"),
            ("cli_a", "other"),
            ("longwire_sealed_cli_c", "sealed"),
        ]);
        behind.write("cli_a", "kept".into()).unwrap();
        behind.write("cli_b", "kept".into()).unwrap();
        assert_eq!(told(&store, "cli_a").as_deref(), Some("loaded"));
        assert_eq!(told(&store, "agent").as_deref(), Some("alone"));
        assert_eq!(told(&store, "cli_c").as_deref(), Some("sealed"));
        assert_eq!(told(&store, "cli_b").as_deref(), Some("kept"));
        for outside in ["../secret", "", ".", "..", "/etc/passwd", "none"] {
            assert_eq!(told(&store, outside), None, "{outside:?}");
        }
    }

    #[test]
    fn what_is_handed_in_cannot_be_changed_and_the_rest_is_kept_behind() {
        let (folder, behind, store) = with(&[("longwire_cli_a", "planted")]);
        let error = store.write("cli_a", "new".into()).unwrap_err();
        assert_eq!(error, Error::HandedIn(folder.path().join("longwire_cli_a")));
        assert!(!error.to_string().contains("planted"));
        store.write("cli_a", "planted".into()).unwrap();
        store.write("cli_b", "two".into()).unwrap();
        assert_eq!(behind.accounts(), ["cli_b"]);
        behind.fail_with(Some(Error::Unavailable("none".to_owned())));
        store.delete("cli_a").unwrap();
        assert!(store.delete("cli_b").is_err());
        assert_eq!(told(&store, "cli_a").as_deref(), Some("planted"), "with no store at all");
        assert!(!format!("{store:?}").contains("planted"));
    }
}
