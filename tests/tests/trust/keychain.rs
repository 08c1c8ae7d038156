//! The login keychain of a Mac, over a program that stands in for `security` at its own place.

use std::time::{Duration, Instant};

use longwire_host::{
    fake::{At, Call, Mac, Silence, Trouble, What},
    trust::{Asking, Ca, Machine, Stores, TrustError},
};
use longwire_tests::{FakeMac, sandboxed};

use super::*;

/// The user of a Mac, and a CA for it.
struct Desk {
    user: User,
    ca: PathBuf,
    mac: FakeMac,
}

impl Desk {
    fn new() -> Self {
        let user = User::new();
        Self { ca: user.new_ca("ca.pem"), user, mac: FakeMac::new(&Mac::new()) }
    }

    fn keychain(&self) -> String {
        self.user.home.path().join("Library/Keychains/login.keychain-db").display().to_string()
    }

    /// A command of `longwire ca`.
    fn ca(&self, words: &[&str]) -> Ended {
        self.mac.seen_by(self.user.longwire(["ca"].iter().chain(words).copied())).run().end()
    }

    fn trust(&self) -> Ended {
        self.ca(&["trust", text(&self.ca), "--store", "keychain", "--yes", "--json"])
    }

    fn untrust(&self) -> Ended {
        self.ca(&["untrust", &sha256(&self.ca), "--yes", "--json"])
    }

    fn listed(&self) -> Vec<TrustedCa> {
        read(&self.ca(&["list", "--json"]))
    }

    fn calls(&self, verb: &str) -> Vec<Call> {
        let calls = self.mac.state().calls.into_iter();
        calls.filter(|call| call.tool == "security" && call.args[0] == verb).collect()
    }

    /// Neither the certificate nor a record of trust is there.
    fn is_clean(&self) {
        let security = self.mac.state().security;
        assert!(security.certificates.is_empty() && security.trusted.is_empty(), "{security:?}");
    }
}

fn result(ended: &Ended) -> StoreResult {
    let outcome: CaOutcome = read(ended);
    let [(StoreKind::Keychain, result)] = results(&outcome)[..] else { panic!("{outcome:?}") };
    result
}

#[test]
fn the_login_keychain_trusts_it_for_tls_alone_and_forgets_it_whole() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let desk = Desk::new();
        let ended = desk.trust();
        assert_eq!((ended.code, result(&ended)), (Some(0), StoreResult::Added), "{}", ended.stderr);
        let [add] = desk.calls("add-trusted-cert").try_into().unwrap();
        let words = ["-r", "trustRoot", "-p", "ssl", "-p", "basic", "-k", &desk.keychain()];
        assert_eq!(add.args[1..9], words, "the user's own domain, for TLS");
        assert!(add.args.iter().all(|word| word != "-d") && !add.root, "never the administrator's");
        let security = desk.mac.state().security;
        assert_eq!((security.certificates.len(), security.trusted.len()), (1, 1));
        assert_eq!(security.trusted[0].policies, ["ssl", "basic"]);
        assert!(!security.trusted[0].admin);
        assert_eq!(desk.listed()[0].stores[0].place, desk.keychain());

        let ended = desk.trust();
        assert_eq!((ended.code, result(&ended)), (Some(0), StoreResult::Already), "{}", ended.stderr);
        assert_eq!(desk.calls("add-trusted-cert").len(), 1, "it is said, and not repeated");

        let ended = desk.untrust();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        desk.is_clean();
        assert_eq!((desk.calls("remove-trusted-cert").len(), desk.calls("delete-certificate").len()), (1, 1));
        assert!(desk.listed().is_empty());
    });
}

#[test]
fn a_user_who_says_no_has_changed_nothing() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let desk = Desk::new();
        desk.mac.change(|mac| mac.cancels = true);
        let ended = desk.trust();
        assert_eq!((ended.code, result(&ended)), (Some(1), StoreResult::Cancelled), "{}", ended.stderr);
        desk.is_clean();
        assert!(desk.listed().is_empty(), "nothing is on the list");
        // The same on the way back: what is trusted stays on the list.
        desk.mac.change(|mac| mac.cancels = false);
        assert_eq!(desk.trust().code, Some(0));
        desk.mac.change(|mac| mac.cancels = true);
        assert_eq!(desk.untrust().code, Some(1));
        assert_eq!((desk.listed().len(), desk.mac.state().security.trusted.len()), (1, 1));
    });
}

#[test]
fn where_nobody_can_be_asked_it_is_said_and_nothing_is_left_behind() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let desk = Desk::new();
        for silence in [Silence::NoInteraction, Silence::NoSession] {
            desk.mac.change(|mac| mac.security.silence = Some(silence));
            let ended = desk.trust();
            assert_eq!((ended.code, result(&ended)), (Some(1), StoreResult::Failed), "{}", ended.stderr);
            let outcome: CaOutcome = read(&ended);
            assert!(outcome.stores[0].detail.contains("desktop"), "{:?}", outcome.stores);
            desk.is_clean();
            assert!(desk.listed().is_empty());
        }
    });
}

#[test]
fn what_somebody_has_half_removed_is_taken_out_whole() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let desk = Desk::new();
        let without_certificate = |mac: &mut Mac| mac.security.certificates.clear();
        let without_trust = |mac: &mut Mac| mac.security.trusted.clear();
        let without_both = |mac: &mut Mac| mac.security = Default::default();
        for removed in [without_certificate, without_trust, without_both] {
            assert_eq!(desk.trust().code, Some(0));
            desk.mac.change(removed);
            let ended = desk.untrust();
            assert_eq!(ended.code, Some(0), "{}", ended.stderr);
            desk.is_clean();
            assert!(desk.listed().is_empty());
        }
        // What is half there is made whole, too.
        for removed in [without_certificate, without_trust] {
            assert_eq!(desk.trust().code, Some(0));
            desk.mac.change(removed);
            let ended = desk.trust();
            assert_eq!((ended.code, result(&ended)), (Some(0), StoreResult::Added), "{}", ended.stderr);
            assert_eq!(desk.untrust().code, Some(0));
            desk.is_clean();
        }
    });
}

#[test]
fn a_dialog_that_nobody_answers_is_given_up() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let desk = Desk::new();
        // The deadline of the product is that of a person; here it is shorter.
        let home = desk.user.home.path();
        let root = home.join("root");
        fs::create_dir_all(root.join("usr/bin")).unwrap();
        let tool = root.join("usr/bin/security");
        std::os::unix::fs::symlink(longwire_tests::program("fakemac"), &tool).unwrap();
        let hangs = Trouble { at: At::Each("add-trusted-cert".to_owned()), what: What::Hangs };
        let mac = Mac { troubles: vec![hangs], ..Mac::new() };
        fs::write(root.join("usr/bin/fakemac.json"), serde_json::to_vec(&mac).unwrap()).unwrap();
        let patience = Duration::from_secs(1);
        let machine = Machine { home: home.to_owned(), root, patience, ..Machine::this(Asking::Window) };
        let file = &desk.ca;
        let ca = Ca {
            pem: fs::read_to_string(file).unwrap(),
            sha256: sha256(file),
            subject: "Test Proxy CA".to_owned(),
        };
        let stores = Stores::of(machine);
        let keychain = stores.views(&ca).remove(0).store;
        assert_eq!(keychain.kind, StoreKind::Keychain);
        let started = Instant::now();
        let error = stores.add(&keychain, &ca).unwrap_err();
        assert!(matches!(error, TrustError::TooSlow { .. }), "{error}");
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        assert!(!stores.holds(&keychain, &ca).unwrap());
    });
}
