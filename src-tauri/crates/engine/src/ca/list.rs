//! The list of the CAs that we trusted, and where: `trusted.json` in the data folder, and a copy of each certificate in
//! the folder `ca` beside it. A store is on the list before it is changed, so that what a crash leaves behind can be
//! taken out.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use longwire_contract::{Fault, FaultCode, Store, StoreKind, TrustedCa};
use longwire_host::{clock, files, paths, trust::Ca};
use serde::{Deserialize, Serialize};

use super::environment;

#[derive(Clone, Debug)]
pub(crate) struct TrustedList {
    file: PathBuf,
    /// Where the certificates are, each in a file of its own.
    folder: PathBuf,
}

/// One certificate on the list.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Entry {
    sha256: String,
    subject: String,
    not_after_ms: i64,
    added_ms: u64,
    pem: String,
    stores: Vec<Store>,
}

impl Entry {
    pub(super) fn ca(&self) -> Ca {
        Ca { pem: self.pem.clone(), sha256: self.sha256.clone(), subject: self.subject.clone() }
    }

    pub(super) fn stores(&self) -> &[Store] {
        &self.stores
    }
}

impl TrustedList {
    pub(crate) fn in_folder(data_dir: &Path) -> Self {
        Self { file: data_dir.join("trusted.json"), folder: data_dir.join("ca") }
    }

    /// Longwire's own store.
    pub(super) fn own(&self) -> Store {
        Store { kind: StoreKind::App, place: self.folder.display().to_string() }
    }

    /// The copy of a certificate.
    pub(super) fn path(&self, sha256: &str) -> PathBuf {
        self.folder.join(format!("{}.pem", sha256.to_lowercase()))
    }

    /// The certificates, the last one first.
    ///
    /// # Errors
    /// [`FaultCode::TrustedList`].
    pub(crate) fn read(&self) -> Result<Vec<TrustedCa>, Fault> {
        Ok(self.entries()?.into_iter().rev().map(|entry| self.view(entry)).collect())
    }

    /// The files of those that count for the platform's hosts.
    ///
    /// # Errors
    /// [`FaultCode::TrustedList`].
    pub(crate) fn platform_files(&self) -> Result<Vec<PathBuf>, Fault> {
        let own = |entry: &Entry| entry.stores.iter().any(|store| store.kind == StoreKind::App);
        Ok(self.entries()?.iter().filter(|entry| own(entry)).map(|entry| self.path(&entry.sha256)).collect())
    }

    pub(super) fn entry(&self, sha256: &str) -> Result<Option<Entry>, Fault> {
        Ok(self.entries()?.into_iter().find(|entry| entry.sha256 == sha256))
    }

    /// Notes that a certificate is about to be in a store. Says whether that is new.
    pub(super) fn note(&self, ca: &Ca, not_after_ms: i64, store: &Store) -> Result<bool, Fault> {
        let added = self.change(|entries| {
            let at = entries.iter().position(|entry| entry.sha256 == ca.sha256).unwrap_or_else(|| {
                entries.push(Entry {
                    sha256: ca.sha256.clone(),
                    subject: ca.subject.clone(),
                    not_after_ms,
                    added_ms: clock::now_ms(),
                    pem: ca.pem.clone(),
                    stores: Vec::new(),
                });
                entries.len() - 1
            });
            let stores = &mut entries[at].stores;
            let new = !stores.contains(store);
            if new {
                stores.push(store.clone());
                stores.sort();
            }
            new
        })?;
        Ok(added)
    }

    /// Notes that a certificate is not in a store; forgets it where it is in none.
    pub(super) fn strike(&self, sha256: &str, store: &Store) -> Result<(), Fault> {
        self.change(|entries| {
            for entry in entries.iter_mut().filter(|entry| entry.sha256 == sha256) {
                entry.stores.retain(|known| known != store);
            }
            entries.retain(|entry| !entry.stores.is_empty());
        })
    }

    /// Changes the list on the disk, all or nothing, and then the copies of the certificates that are on it.
    fn change<T>(&self, change: impl FnOnce(&mut Vec<Entry>) -> T) -> Result<T, Fault> {
        let fault = |error: &dyn std::fmt::Display| self.fault(error);
        paths::create(&self.folder).map_err(|error| fault(&error))?;
        // Two processes may change it: the window's, and a command.
        let _lock = self.lock().map_err(|error| fault(&error))?;
        let mut entries = self.entries()?;
        let outcome = change(&mut entries);
        for entry in &entries {
            let path = self.path(&entry.sha256);
            if fs::read_to_string(&path).ok().as_ref() != Some(&entry.pem) {
                files::replace(&path, entry.pem.as_bytes()).map_err(|error| fault(&error))?;
            }
        }
        let text = serde_json::to_vec_pretty(&entries).map_err(|error| fault(&error))?;
        files::replace(&self.file, &text).map_err(|error| fault(&error))?;
        self.remove_strays(&entries);
        Ok(outcome)
    }

    /// A copy that is on no list trusts nobody: that it may stay is no reason to fail.
    fn remove_strays(&self, entries: &[Entry]) {
        let listed: Vec<PathBuf> = entries.iter().map(|entry| self.path(&entry.sha256)).collect();
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|file| file.path());
        for path in files.filter(|path| path.extension().is_some_and(|kind| kind == "pem")) {
            if !listed.contains(&path) {
                fs::remove_file(path).ok();
            }
        }
    }

    fn lock(&self) -> io::Result<File> {
        let path = self.folder.join("lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        file.lock()?;
        Ok(file)
    }

    fn entries(&self) -> Result<Vec<Entry>, Fault> {
        match fs::read(&self.file) {
            Ok(text) => {
                let mut entries: Vec<Entry> =
                    serde_json::from_slice(&text).map_err(|error| self.fault(&error))?;
                // The data folder may have been moved since.
                let own = |store: &&mut Store| store.kind == StoreKind::App;
                for store in entries.iter_mut().flat_map(|entry| &mut entry.stores).filter(own) {
                    *store = self.own();
                }
                Ok(entries)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.fault(&error)),
        }
    }

    fn view(&self, entry: Entry) -> TrustedCa {
        let path = self.path(&entry.sha256).display().to_string();
        TrustedCa {
            environment: environment::lines(&path, &entry.sha256),
            path,
            sha256: entry.sha256,
            subject: entry.subject,
            not_after_ms: entry.not_after_ms,
            added_ms: entry.added_ms,
            stores: entry.stores,
        }
    }

    fn fault(&self, error: &dyn std::fmt::Display) -> Fault {
        let path = self.file.display();
        Fault::new(FaultCode::TrustedList, format!("{path}: {error}")).with("path", path).with("error", error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ca(name: &str) -> Ca {
        Ca { pem: format!("-----{name}-----"), sha256: name.repeat(32), subject: name.to_owned() }
    }

    fn keychain() -> Store {
        Store { kind: StoreKind::Keychain, place: "login".to_owned() }
    }

    #[test]
    fn what_is_noted_is_listed_until_it_is_struck_from_its_last_store() {
        let folder = tempfile::tempdir().unwrap();
        let list = TrustedList::in_folder(folder.path());
        assert_eq!(list.read().unwrap(), []);
        assert!(list.note(&ca("A1"), 7, &keychain()).unwrap());
        assert!(list.note(&ca("A1"), 7, &list.own()).unwrap());
        assert!(!list.note(&ca("A1"), 7, &list.own()).unwrap(), "it is there already");
        assert!(list.note(&ca("B2"), 8, &keychain()).unwrap());
        let read = list.read().unwrap();
        let subjects: Vec<_> = read.iter().map(|ca| ca.subject.as_str()).collect();
        assert_eq!(subjects, ["B2", "A1"], "the last one first");
        assert_eq!(read[1].stores, [list.own(), keychain()], "the narrowest first");
        assert_eq!(fs::read_to_string(&read[1].path).unwrap(), "-----A1-----");
        let sha256 = ca("A1").sha256;
        assert_eq!(list.platform_files().unwrap(), [list.path(&sha256)]);
        list.strike(&sha256, &list.own()).unwrap();
        assert!(list.platform_files().unwrap().is_empty());
        assert!(list.path(&sha256).exists(), "the lines for the shell name it");
        list.strike(&sha256, &keychain()).unwrap();
        assert!(list.entry(&sha256).unwrap().is_none() && !list.path(&sha256).exists());
    }

    #[test]
    fn a_damaged_list_is_told_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let list = TrustedList::in_folder(folder.path());
        fs::write(folder.path().join("trusted.json"), "[{\"sha256\":").unwrap();
        assert_eq!(list.read().unwrap_err().code, FaultCode::TrustedList);
        assert_eq!(list.note(&ca("A1"), 7, &keychain()).unwrap_err().code, FaultCode::TrustedList);
        assert_eq!(fs::read_to_string(folder.path().join("trusted.json")).unwrap(), "[{\"sha256\":");
    }
}
