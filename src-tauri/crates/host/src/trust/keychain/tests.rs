use std::{
    fs,
    sync::{Arc, Mutex},
    time::Duration,
};

use super::*;
use crate::{
    fake::{At, Certificate, Mac, MacRunner, Silence, Trouble, Trusted, What},
    trust::{Asking, samples},
};

struct Desk {
    machine: Machine,
    mac: Arc<Mutex<Mac>>,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("usr/bin")).unwrap();
        fs::write(folder.path().join(PROGRAM), "").unwrap();
        let machine = Machine {
            home: "/Users/u v".into(),
            root: folder.path().to_owned(),
            path: "/nowhere".into(),
            is_root: false,
            asking: Asking::Window,
            patience: Duration::from_secs(120),
            deadline: Duration::from_secs(20),
        };
        Self { machine, mac: Arc::new(Mutex::new(Mac::new())), _folder: folder }
    }

    /// One where things go wrong.
    fn with(change: impl FnOnce(&mut Mac)) -> Self {
        let desk = Self::new();
        change(&mut desk.mac.lock().unwrap());
        desk
    }

    fn ask<T>(&self, ask: impl FnOnce(Keychain<'_>) -> T) -> T {
        let runner = MacRunner(self.mac.clone());
        ask(Keychain::of(&self.machine, &runner).unwrap())
    }

    fn add(&self) -> Result<StoreResult, TrustError> {
        self.ask(|keychain| keychain.add(&samples::mitmproxy()))
    }

    fn remove(&self) -> Result<StoreResult, TrustError> {
        self.ask(|keychain| keychain.remove(&samples::mitmproxy()))
    }

    fn holds(&self) -> Result<bool, TrustError> {
        self.ask(|keychain| keychain.holds(&samples::mitmproxy()))
    }

    /// How many certificates and how many records of trust there are.
    fn counts(&self) -> (usize, usize) {
        let mac = self.mac.lock().unwrap();
        (mac.security.certificates.len(), mac.security.trusted.len())
    }

    fn calls(&self, verb: &str) -> Vec<Vec<String>> {
        let mac = self.mac.lock().unwrap();
        let of_verb = mac.calls.iter().filter(|call| call.args[0] == verb);
        of_verb.map(|call| call.args.clone()).collect()
    }
}

fn certificate(keychain: &str) -> Certificate {
    use rustls_pki_types::{CertificateDer, pem::PemObject};
    let pem = samples::mitmproxy().pem;
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec();
    Certificate { keychain: keychain.to_owned(), der }
}

fn trusted(admin: bool) -> Trusted {
    let policies = vec!["ssl".to_owned(), "basic".to_owned()];
    Trusted { sha256: samples::mitmproxy().sha256, policies, admin }
}

const LOGIN: &str = "/Users/u v/Library/Keychains/login.keychain-db";

fn trouble(verb: &str, what: What) -> Trouble {
    Trouble { at: At::Each(verb.to_owned()), what }
}

#[test]
fn a_machine_without_security_is_no_mac() {
    let desk = Desk::new();
    fs::remove_file(desk.machine.root.join(PROGRAM)).unwrap();
    assert!(Keychain::of(&desk.machine, &MacRunner(desk.mac.clone())).is_none());
}

#[test]
fn a_certificate_is_trusted_for_tls_in_the_users_domain_and_taken_out_again() {
    let desk = Desk::new();
    assert_eq!(desk.holds(), Ok(false));
    assert_eq!(desk.add(), Ok(StoreResult::Added));
    assert_eq!(desk.holds(), Ok(true));
    assert_eq!(desk.mac.lock().unwrap().security.trusted, [trusted(false)]);
    assert_eq!(desk.mac.lock().unwrap().security.certificates, [certificate(LOGIN)]);
    assert_eq!(desk.remove(), Ok(StoreResult::Removed));
    assert_eq!((desk.holds(), desk.counts()), (Ok(false), (0, 0)));
    assert_eq!(desk.remove(), Ok(StoreResult::Absent));
}

#[test]
fn what_is_shown_is_what_is_run() {
    let desk = Desk::new();
    let ca = samples::hostile();
    let shown = desk.ask(|keychain| keychain.does(&ca));
    let file = ca.file_name();
    let program = desk.machine.root.join(PROGRAM);
    assert_eq!(
        shown,
        [format!("{} add-trusted-cert -r trustRoot -p ssl -p basic -k '{LOGIN}' {file}", program.display())]
    );
    assert_eq!(desk.ask(|keychain| keychain.add(&ca)), Ok(StoreResult::Added));
    let run = desk.calls("add-trusted-cert").remove(0);
    assert_eq!(run[..8], ["add-trusted-cert", "-r", "trustRoot", "-p", "ssl", "-p", "basic", "-k"]);
    assert_eq!(run[8], LOGIN);
    assert!(run[9].ends_with(&format!("/{file}")), "{}", run[9]);
    assert!(!Path::new(&run[9]).exists(), "the file is left behind");
}

#[test]
fn what_is_trusted_already_is_not_added_again() {
    let desk = Desk::new();
    desk.add().unwrap();
    assert_eq!(desk.add(), Ok(StoreResult::Already));
    assert_eq!(desk.calls("add-trusted-cert").len(), 1);
}

#[test]
fn a_certificate_that_is_there_without_trust_is_trusted() {
    let desk = Desk::with(|mac| mac.security.certificates.push(certificate(LOGIN)));
    assert_eq!(desk.holds(), Ok(false));
    assert_eq!(desk.add(), Ok(StoreResult::Added));
    assert_eq!(desk.counts(), (1, 1));
}

#[test]
fn trust_without_its_certificate_is_mended_or_taken_out() {
    let desk = Desk::with(|mac| mac.security.trusted.push(trusted(false)));
    assert_eq!(desk.holds(), Ok(false));
    assert_eq!(desk.add(), Ok(StoreResult::Added));
    assert_eq!(desk.counts(), (1, 1));

    let desk = Desk::with(|mac| mac.security.trusted.push(trusted(false)));
    assert_eq!(desk.remove(), Ok(StoreResult::Removed));
    assert_eq!(desk.counts(), (0, 0));
}

#[test]
fn a_certificate_whose_trust_is_gone_is_taken_out() {
    let desk = Desk::with(|mac| mac.security.certificates.push(certificate(LOGIN)));
    assert_eq!(desk.remove(), Ok(StoreResult::Removed));
    assert_eq!(desk.counts(), (0, 0));
}

#[test]
fn a_user_who_says_no_has_nothing_changed() {
    let desk = Desk::with(|mac| mac.cancels = true);
    assert_eq!(desk.add(), Ok(StoreResult::Cancelled));
    assert_eq!(desk.counts(), (0, 0));

    desk.mac.lock().unwrap().cancels = false;
    desk.add().unwrap();
    desk.mac.lock().unwrap().cancels = true;
    assert_eq!(desk.remove(), Ok(StoreResult::Cancelled));
    assert_eq!(desk.counts(), (1, 1));
}

#[test]
fn what_was_there_before_a_refusal_stays() {
    let desk = Desk::with(|mac| {
        mac.cancels = true;
        mac.security.certificates.push(certificate(LOGIN));
    });
    assert_eq!(desk.add(), Ok(StoreResult::Cancelled));
    assert_eq!(desk.counts(), (1, 0));
}

#[test]
fn where_nobody_can_be_asked_the_user_is_told_where_to_go() {
    for silence in [Silence::NoInteraction, Silence::NoSession] {
        let desk = Desk::with(|mac| mac.security.silence = Some(silence));
        let error = desk.add().unwrap_err().to_string();
        assert!(error.contains("on the Mac's own desktop"), "{error}");
        assert_eq!(desk.counts(), (0, 0));
    }
}

#[test]
fn a_command_that_hangs_is_given_up() {
    let desk = Desk::with(|mac| mac.troubles.push(trouble("add-trusted-cert", What::Hangs)));
    let patience = Duration::from_secs(120);
    let program = desk.machine.root.join(PROGRAM);
    assert_eq!(desk.add(), Err(TrustError::TooSlow { program, deadline: patience }));
    assert_eq!(desk.counts(), (0, 0));
}

#[test]
fn a_store_that_cannot_be_read_is_no_store_without_it() {
    for verb in ["verify-cert", "find-certificate"] {
        let desk = Desk::with(|mac| mac.troubles.push(trouble(verb, What::Hangs)));
        assert!(matches!(desk.holds(), Err(TrustError::TooSlow { .. })));
        assert!(matches!(desk.add(), Err(TrustError::TooSlow { .. })));
        assert!(desk.calls("add-trusted-cert").is_empty());
    }
}

#[test]
fn a_command_that_lies_is_found_out() {
    let desk = Desk::with(|mac| mac.troubles.push(trouble("add-trusted-cert", What::Lies)));
    assert_eq!(desk.add(), Err(TrustError::Lied(desk.machine.root.join(PROGRAM))));

    let desk = Desk::new();
    desk.add().unwrap();
    desk.mac.lock().unwrap().troubles.push(trouble("delete-certificate", What::Lies));
    assert_eq!(desk.remove(), Err(TrustError::Lied(desk.machine.root.join(PROGRAM))));
}

#[test]
fn what_an_administrator_trusts_is_said_and_not_touched() {
    let desk = Desk::with(|mac| {
        mac.security.certificates.push(certificate("/Library/Keychains/System.keychain"));
        mac.security.trusted.push(trusted(true));
    });
    assert_eq!(desk.holds(), Ok(true));
    assert_eq!(desk.add(), Ok(StoreResult::Already));
    assert!(matches!(desk.remove(), Err(TrustError::NotOurs(_))));
    assert_eq!(desk.counts(), (1, 1));
}

#[test]
fn a_file_with_anything_else_is_not_handed_over() {
    let desk = Desk::new();
    let other = samples::renewed().pem;
    let ca = Ca { pem: other, ..samples::mitmproxy() };
    assert_eq!(desk.ask(|keychain| keychain.add(&ca)), Err(TrustError::Mixed));
    assert!(desk.mac.lock().unwrap().calls.is_empty());
}

#[test]
fn a_refusal_is_known_in_each_of_its_forms() {
    use std::{os::unix::process::ExitStatusExt, process::ExitStatus};
    let said = |status: i32, errors: &str| Said {
        status: ExitStatus::from_raw(status << 8),
        output: Vec::new(),
        errors: errors.as_bytes().to_vec(),
    };
    for text in [
        "SecTrustSettingsSetTrustSettings: The authorization was canceled by the user.",
        "SecTrustSettingsSetTrustSettings: error (-60006)",
        "execution error: User canceled. (-128)",
    ] {
        assert!(is_cancelled(&said(1, text)), "{text}");
    }
    assert!(!is_cancelled(&said(1, "SecTrustSettingsSetTrustSettings: errSecInternalComponent")));
    assert!(is_missing(&said(44, "")));
    assert!(is_missing(&said(1, "Unable to delete certificate matching \"AB\"")));
    assert!(!is_missing(&said(1, "Error reading file /missing")));
}
