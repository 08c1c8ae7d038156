//! Over the real `certutil`, with databases of their own.

use std::{os::unix::fs::PermissionsExt, process::Command, time::Duration};

use longwire_contract::Store;

use super::*;
use crate::trust::{Asking, Stores, samples};

const SQL: &str = "cert9.db";

struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn machine(&self) -> Machine {
        Machine {
            home: self.folder.path().to_owned(),
            // No distribution, no Mac.
            root: self.folder.path().join("root"),
            path: std::env::var_os("PATH").unwrap(),
            is_root: false,
            asking: Asking::Window,
            patience: Duration::from_secs(20),
            deadline: Duration::from_secs(20),
        }
    }

    fn stores(&self) -> Stores {
        Stores::of(self.machine())
    }

    /// A database without a password.
    fn database(&self, below: &str) -> Store {
        self.made(below, &["--empty-password"])
    }

    fn made(&self, below: &str, password: &[&str]) -> Store {
        let folder = self.folder.path().join(below);
        fs::create_dir_all(&folder).unwrap();
        let of = format!("sql:{}", folder.display());
        self.certutil(&[&["-N", "-d", &of], password].concat());
        let kind = if below.contains("firefox") { StoreKind::Firefox } else { StoreKind::Chromium };
        Store { kind, place: folder.display().to_string() }
    }

    fn certutil(&self, arguments: &[&str]) -> String {
        let output = Command::new("certutil").args(arguments).output().expect("certutil, of libnss3-tools");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What is in it: each name with its trust.
    fn list(&self, store: &Store) -> Vec<(String, bool)> {
        let printed = self.certutil(&["-L", "-d", &format!("sql:{}", store.place)]);
        printed.lines().filter_map(Entry::read).map(|entry| (entry.nickname, entry.trusted)).collect()
    }

    /// Puts a certificate in by hand.
    fn put(&self, store: &Store, ca: &Ca, name: &str, trust: &str) {
        let file = self.folder.path().join("by-hand.pem");
        fs::write(&file, &ca.pem).unwrap();
        let (of, file) = (format!("sql:{}", store.place), file.display().to_string());
        self.certutil(&["-A", "-d", &of, "-t", trust, "-n", name, "-i", &file]);
    }

    /// A script in the place of `certutil`.
    fn stand_in(&self, script: &str) -> Stores {
        let bin = self.folder.path().join("bin");
        fs::create_dir_all(&bin).unwrap();
        let file = bin.join("certutil");
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        Stores::of(Machine { path: bin.into(), deadline: Duration::from_millis(500), ..self.machine() })
    }
}

const CHROME: &str = ".pki/nssdb";
const FOX: &str = ".mozilla/firefox/abc.default";

#[test]
fn a_certificate_is_trusted_for_servers_and_taken_out_again() {
    let home = Home::new();
    let (store, stores, ca) = (home.database(CHROME), home.stores(), samples::mitmproxy());
    assert_eq!(stores.holds(&store, &ca), Ok(false));
    assert_eq!(stores.remove(&store, &ca), Ok(StoreResult::Absent));
    assert_eq!(stores.add(&store, &ca), Ok(StoreResult::Added));
    assert_eq!(home.list(&store), [(nickname(&ca), true)]);
    let trust = home.certutil(&["-L", "-d", &format!("sql:{}", store.place)]);
    assert!(trust.lines().any(|line| line.trim_end().ends_with(" C,,")), "{trust}");
    assert_eq!(stores.holds(&store, &ca), Ok(true));
    assert_eq!(stores.add(&store, &ca), Ok(StoreResult::Already));
    assert_eq!(stores.remove(&store, &ca), Ok(StoreResult::Removed));
    assert_eq!(home.list(&store), []);
    assert_eq!(stores.holds(&store, &ca), Ok(false));
}

#[test]
fn every_database_is_a_store_and_nothing_else_is() {
    let home = Home::new();
    let first = home.database(".local/share/pki/nssdb");
    let second = home.database(CHROME);
    let snap = home.database("snap/firefox/common/.mozilla/firefox/x.default");
    let fox = home.database(FOX);
    let mac = home.database("Library/Application Support/Firefox/Profiles/y.default");
    let mac = Store { kind: StoreKind::Firefox, ..mac };
    fs::create_dir_all(home.folder.path().join(".mozilla/firefox/Crash Reports")).unwrap();
    fs::write(home.folder.path().join(".mozilla/firefox/profiles.ini"), "").unwrap();
    let views = home.stores().views(&samples::mitmproxy());
    let found: Vec<Store> = views.iter().map(|view| view.store.clone()).collect();
    assert_eq!(found, [first, second, fox, snap, mac]);
    assert!(views.iter().all(|view| view.obstacle.is_none() && !view.asks));
}

#[test]
fn a_folder_that_is_a_link_to_another_is_one_store() {
    let home = Home::new();
    let store = home.database(".local/share/pki/nssdb");
    fs::create_dir_all(home.folder.path().join(".pki")).unwrap();
    std::os::unix::fs::symlink(&store.place, home.folder.path().join(CHROME)).unwrap();
    assert_eq!(home.stores().views(&samples::mitmproxy()).len(), 1);
}

#[test]
fn an_old_database_is_asked_in_its_own_format() {
    let home = Home::new();
    let folder = home.folder.path().join(FOX);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("cert8.db"), "").unwrap();
    let views = home.stores().views(&samples::mitmproxy());
    assert!(views[0].does[0].contains(&format!("-d dbm:{}", folder.display())), "{:?}", views[0].does);
}

#[test]
fn what_is_shown_is_what_a_person_would_type() {
    let home = Home::new();
    let store = home.database(CHROME);
    let ca = samples::mitmproxy();
    let (name, file) = (nickname(&ca), ca.file_name());
    assert_eq!(
        home.stores().views(&ca)[0].does,
        [format!("certutil -A -d sql:{} -t C,, -n '{name}' -i {file} -f /dev/null", store.place)]
    );
}

#[test]
fn one_that_fails_stops_no_other() {
    let home = Home::new();
    let password = home.folder.path().join("password");
    fs::write(&password, "secret word\n").unwrap();
    let locked = home.made(FOX, &["-f", &password.display().to_string()]);
    let open = home.database(CHROME);
    let (stores, ca) = (home.stores(), samples::mitmproxy());
    let results: Vec<_> = stores.views(&ca).iter().map(|view| stores.add(&view.store, &ca)).collect();
    assert_eq!(results[0], Ok(StoreResult::Added));
    let error = results[1].clone().unwrap_err().to_string();
    assert!(error.contains("a master password protects this database"), "{error}");
    assert_eq!((home.list(&open).len(), home.list(&locked)), (1, vec![]), "something is left of what failed");
}

#[test]
fn a_database_that_cannot_be_read_is_told_of() {
    let home = Home::new();
    let store = home.database(FOX);
    fs::write(Path::new(&store.place).join(SQL), "no database").unwrap();
    let error = home.stores().add(&store, &samples::mitmproxy()).unwrap_err().to_string();
    assert!(error.contains("the browser may have it open"), "{error}");
}

#[test]
fn a_database_that_cannot_be_written_is_told_of() {
    let home = Home::new();
    let store = home.database(FOX);
    // Root writes everywhere, so what certutil says of such a database is said by a stand-in.
    let stores = home.stand_in(
        "[ \"$1\" = -L ] && exit 0\necho 'certutil: function failed: SEC_ERROR_READ_ONLY: read-only database.' >&2; exit 255",
    );
    let error = stores.add(&store, &samples::mitmproxy()).unwrap_err().to_string();
    assert!(error.contains("SEC_ERROR_READ_ONLY") && error.contains("cannot be written"), "{error}");
}

#[test]
fn a_program_that_waits_or_lies_is_found_out() {
    let home = Home::new();
    let store = home.database(FOX);
    let waiting =
        home.stand_in("read nothing < /dev/null; exec sleep 600").add(&store, &samples::mitmproxy());
    assert!(matches!(waiting, Err(TrustError::TooSlow { .. })), "{waiting:?}");
    let lying = home.stand_in("exit 0").add(&store, &samples::mitmproxy());
    assert!(matches!(lying, Err(TrustError::Lied(_))), "{lying:?}");
}

#[test]
fn without_certutil_the_packages_are_named() {
    let home = Home::new();
    let store = home.database(FOX);
    let stores = Stores::of(Machine { path: "/nowhere".into(), ..home.machine() });
    let view = stores.views(&samples::mitmproxy()).remove(0);
    assert!(view.obstacle.unwrap().contains("libnss3-tools"));
    assert!(matches!(stores.add(&store, &samples::mitmproxy()), Err(TrustError::Missing(_))));
}

#[test]
fn a_hostile_subject_is_only_a_name() {
    let home = Home::new();
    let (store, stores, ca) = (home.database(FOX), home.stores(), samples::hostile());
    assert_eq!(stores.add(&store, &ca), Ok(StoreResult::Added));
    let name = &home.list(&store)[0].0;
    assert!(name.starts_with("Longwire -n --help\"; rm -rf $HOME '`id` 证书 %n "), "{name}");
    assert_eq!(stores.holds(&store, &ca), Ok(true));
    assert_eq!(stores.remove(&store, &ca), Ok(StoreResult::Removed));

    let long = Ca { subject: "長".repeat(400), ..ca };
    assert_eq!(stores.add(&store, &long), Ok(StoreResult::Added));
    assert_eq!(stores.remove(&store, &long), Ok(StoreResult::Removed));
    assert_eq!(home.list(&store), []);
}

#[test]
fn what_another_put_there_without_trust_is_trusted_and_found_by_its_hash() {
    let home = Home::new();
    let (store, stores, ca) = (home.database(FOX), home.stores(), samples::mitmproxy());
    home.put(&store, &samples::hostile(), "another one", "C,,");
    home.put(&store, &ca, "by hand", ",,");
    assert_eq!(stores.holds(&store, &ca), Ok(false));
    assert_eq!(stores.add(&store, &ca), Ok(StoreResult::Added));
    assert_eq!(stores.remove(&store, &ca), Ok(StoreResult::Removed));
    assert_eq!(home.list(&store), [("another one".to_owned(), true)]);
}

#[test]
fn of_two_with_one_subject_only_ours_is_taken_out() {
    let home = Home::new();
    let (store, stores) = (home.database(FOX), home.stores());
    let (old, new) = (samples::mitmproxy(), samples::renewed());
    home.put(&store, &old, "mitmproxy", "C,,");
    // One name finds both, so a name alone would say that it is there.
    assert_eq!(stores.holds(&store, &new), Ok(false));
    assert_eq!(stores.add(&store, &new), Ok(StoreResult::Added));
    assert_eq!((stores.holds(&store, &old), stores.holds(&store, &new)), (Ok(true), Ok(true)));
    let error = stores.remove(&store, &old).unwrap_err();
    assert!(matches!(error, TrustError::NotOurs(_)), "{error}");
    assert_eq!(stores.remove(&store, &new), Ok(StoreResult::Removed));
    assert_eq!(home.list(&store), [("mitmproxy".to_owned(), true)]);
    assert_eq!((stores.holds(&store, &old), stores.holds(&store, &new)), (Ok(true), Ok(false)));
}

#[test]
fn two_of_ours_with_one_subject_do_not_disturb_each_other() {
    let home = Home::new();
    let (store, stores) = (home.database(FOX), home.stores());
    for ca in [samples::mitmproxy(), samples::renewed()] {
        assert_eq!(stores.add(&store, &ca), Ok(StoreResult::Added));
    }
    assert_eq!(stores.remove(&store, &samples::mitmproxy()), Ok(StoreResult::Removed));
    assert_eq!(home.list(&store), [(nickname(&samples::renewed()), true)]);
}

#[test]
fn a_database_that_is_gone_holds_nothing() {
    let home = Home::new();
    let (store, stores, ca) = (home.database(FOX), home.stores(), samples::mitmproxy());
    stores.add(&store, &ca).unwrap();
    fs::remove_dir_all(&store.place).unwrap();
    assert_eq!(stores.holds(&store, &ca), Ok(false));
    assert_eq!(stores.remove(&store, &ca), Ok(StoreResult::Absent));
    assert!(matches!(stores.add(&store, &ca), Err(TrustError::Missing(_))));
}

#[test]
fn a_folder_that_is_no_store_is_never_touched() {
    let home = Home::new();
    let elsewhere = Store { kind: StoreKind::Firefox, ..home.database("Documents") };
    let (stores, ca) = (home.stores(), samples::mitmproxy());
    assert!(matches!(stores.add(&elsewhere, &ca), Err(TrustError::Missing(_))));
    assert!(matches!(stores.remove(&elsewhere, &ca), Err(TrustError::Missing(_))));
    assert!(matches!(stores.holds(&elsewhere, &ca), Err(TrustError::Missing(_))));
    assert_eq!(home.list(&elsewhere), []);
}

#[test]
fn only_lines_of_certificates_are_read() {
    let read = |line: &str| Entry::read(line).map(|entry| (entry.nickname, entry.trusted));
    assert_eq!(read("Certificate Nickname                   Trust Attributes"), None);
    assert_eq!(read("                                       SSL,S/MIME,JAR/XPI"), None);
    assert_eq!(read(""), None);
    assert_eq!(read("a, b                          CTu,Cu,Cu"), Some(("a, b".into(), true)));
    assert_eq!(read("x                             c,,  "), Some(("x".into(), false)));
    assert_eq!(read("x                             ,,   "), Some(("x".into(), false)));
}
