//! The NSS databases of browsers, made and read by NSS's own `certutil`.

use std::os::unix::fs::PermissionsExt;

use longwire_contract::Store;
use longwire_tests::sandboxed;

use super::*;

const CHROMIUM: [&str; 2] = [".local/share/pki/nssdb", ".pki/nssdb"];
const FIREFOX: &str = ".mozilla/firefox/abcd1234.default-release";
const BROKEN: &str = ".mozilla/firefox/broken.default";

/// Runs `certutil` on a database below the home folder, and gives what it prints.
fn certutil(user: &User, below: &str, words: &[&str]) -> String {
    let database = format!("sql:{}", user.home.path().join(below).display());
    let output = Command::new("certutil").args(["-d", &database]).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Makes the databases of two versions of Chromium and of one profile of Firefox. In each is a CA of somebody else's.
fn with_databases(user: &User) {
    let ca = user.new_ca("company.pem");
    for below in CHROMIUM.into_iter().chain([FIREFOX]) {
        fs::create_dir_all(user.home.path().join(below)).unwrap();
        certutil(user, below, &["-N", "--empty-password"]);
        certutil(user, below, &["-A", "-t", "C,,", "-n", "Company CA", "-i", text(&ca)]);
    }
}

fn listed(user: &User, below: &str) -> String {
    certutil(user, below, &["-L"])
}

fn place(user: &User, below: &str) -> String {
    user.home.path().join(below).display().to_string()
}

#[test]
fn every_browsers_database_gets_the_ca_and_one_that_is_damaged_stops_no_other() {
    sandboxed(async |_| {
        let user = User::new();
        with_databases(&user);
        let ca = user.new_ca("ca.pem");
        let before = CHROMIUM.into_iter().chain([FIREFOX]).map(|below| listed(&user, below));
        let before: Vec<_> = before.collect();
        let broken = user.write(&format!("{BROKEN}/cert9.db"), "no database at all");

        let ended = user.ca(&["trust", text(&ca), "--store", "chromium", "firefox", "--yes", "--json"]);
        assert_eq!(ended.code, Some(1), "one of them failed: {}", ended.stderr);
        let outcome: CaOutcome = read(&ended);
        for one in &outcome.stores {
            let damaged = one.store.place == place(&user, BROKEN);
            let wanted = if damaged { StoreResult::Failed } else { StoreResult::Added };
            assert_eq!((one.result, one.detail.is_empty()), (wanted, !damaged), "{one:?}");
        }
        assert_eq!(outcome.stores.len(), 4, "{outcome:#?}");
        assert_eq!(fs::read_to_string(&broken).unwrap(), "no database at all");
        for below in CHROMIUM.into_iter().chain([FIREFOX]) {
            let listed = listed(&user, below);
            let ours = listed.lines().find(|line| line.starts_with("Longwire Test Proxy CA ")).unwrap();
            assert!(ours.trim_end().ends_with(" C,,"), "for servers alone: {ours}");
            let name = ours.trim_end().trim_end_matches("C,,").trim_end();
            certutil(&user, below, &["-V", "-u", "L", "-n", name]);
        }
        let trusted = user.inspect(text(&ca)).certificates.remove(0).trusted;
        assert_eq!(trusted.len(), 3, "{trusted:?}");
        let [kept] = user.list().try_into().unwrap();
        assert_eq!(kept.stores.len(), 3, "what failed is not kept as ours: {:?}", kept.stores);

        let again = user.trust(text(&ca), &["--store", "chromium"]);
        let already = (StoreKind::Chromium, StoreResult::Already);
        assert_eq!(results(&again), [already, already]);

        let outcome = user.untrust(&outcome.sha256);
        assert!(outcome.stores.iter().all(|one| one.result == StoreResult::Removed), "{outcome:#?}");
        let after = CHROMIUM.into_iter().chain([FIREFOX]).map(|below| listed(&user, below));
        assert_eq!(after.collect::<Vec<_>>(), before, "theirs is there, ours is gone");
        assert!(user.list().is_empty());
    });
}

#[test]
fn what_somebody_else_has_trusted_is_said_and_left_to_them() {
    sandboxed(async |_| {
        let user = User::new();
        with_databases(&user);
        let ca = user.home.path().join("company.pem");
        let database = Store { kind: StoreKind::Chromium, place: place(&user, CHROMIUM[0]) };
        let view = user.inspect(text(&ca)).certificates.remove(0);
        assert!(view.trusted.contains(&database), "{:?}", view.trusted);
        let outcome = user.trust(text(&ca), &["--store", "chromium", "app"]);
        for one in outcome.stores {
            let ours = one.store.kind == StoreKind::App;
            assert_eq!(one.result, if ours { StoreResult::Added } else { StoreResult::Already });
        }
        user.untrust(&view.sha256);
        for below in CHROMIUM {
            assert!(listed(&user, below).contains("Company CA"));
        }
    });
}

#[test]
fn without_certutil_each_database_says_so_and_what_brings_it() {
    sandboxed(async |_| {
        let user = User::new();
        with_databases(&user);
        let ca = user.new_ca("ca.pem");
        let bare = |words: &[&str]| {
            let words = ["ca"].iter().chain(words).copied();
            user.longwire(words).variable("PATH", user.home.path()).run().end()
        };
        let found: CaInspection = read(&bare(&["inspect", text(&ca), "--json"]));
        let browsers = found.certificates[0]
            .stores
            .iter()
            .filter(|view| matches!(view.store.kind, StoreKind::Chromium | StoreKind::Firefox));
        let obstacles: Vec<_> = browsers.map(|view| view.obstacle.clone().unwrap()).collect();
        assert_eq!(obstacles.len(), 3);
        assert!(obstacles.iter().all(|words| words.contains("libnss3-tools")), "{obstacles:?}");
        let ended = bare(&["trust", text(&ca), "--store", "app", "chromium", "--yes", "--json"]);
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        let outcome: CaOutcome = read(&ended);
        let failed = (StoreKind::Chromium, StoreResult::Failed);
        assert_eq!(results(&outcome), [(StoreKind::App, StoreResult::Added), failed, failed]);
    });
}

#[test]
fn a_database_that_cannot_be_read_after_the_change_stays_on_the_list() {
    sandboxed(async |_| {
        let user = User::new();
        with_databases(&user);
        let ca = user.new_ca("ca.pem");
        // A browser that has the database to itself from the moment on at which the certificate is in.
        let real = String::from_utf8(Command::new("which").arg("certutil").output().unwrap().stdout).unwrap();
        let locked = user.home.path().join("locked");
        let script = format!(
            "#!/bin/sh\ncase \" $* \" in\n*\" -A \"*) {real} \"$@\" && touch {flag} ;;\n\
             *) [ ! -e {flag} ] && exec {real} \"$@\"; echo 'SEC_ERROR_LOCKED' >&2; exit 255 ;;\nesac\n",
            real = real.trim(),
            flag = locked.display()
        );
        let bin = user.write("bin/certutil", &script);
        fs::set_permissions(&bin, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", bin.parent().unwrap().display(), std::env::var("PATH").unwrap());
        let ca_command = |words: &[&str]| {
            let words = ["ca"].iter().chain(words).copied();
            user.longwire(words).variable("PATH", &path).run().end()
        };

        let ended = ca_command(&["trust", text(&ca), "--store", "chromium", "--yes", "--json"]);
        let outcome: CaOutcome = read(&ended);
        assert!(outcome.stores.iter().any(|one| one.result == StoreResult::Failed), "{outcome:#?}");
        assert!(listed(&user, CHROMIUM[0]).contains("Longwire Test"), "it is in the database");
        let kept = user.list();
        assert!(kept[0].stores.iter().any(|store| store.place == place(&user, CHROMIUM[0])), "{kept:#?}");
        // Trusted again while nothing can be read: it stays on the list, too.
        ca_command(&["trust", text(&ca), "--store", "chromium", "--yes", "--json"]);
        assert_eq!(user.list()[0].stores, kept[0].stores);

        fs::remove_file(&locked).unwrap();
        user.untrust(&outcome.sha256);
        assert!(!listed(&user, CHROMIUM[0]).contains("Longwire Test") && user.list().is_empty());
    });
}
