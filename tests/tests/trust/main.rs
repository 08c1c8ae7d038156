//! `longwire ca`: looking at a CA, trusting it in one store after the other, and taking it out again. The proxies are real,
//! and so are the stores: the system's own programs change them, in copies that are the test's own.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do, and ask real programs.
#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used)]

mod app_only;
mod keychain;
mod nss;
mod refusals;
mod sources;
mod system;

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use longwire_contract::{
    Action, CaInspection, CaOutcome, DoctorReport, Finding, FindingCode, StoreKind, StoreResult, TrustedCa,
};
use longwire_tests::{
    Certificate, Ended, Platform, Process, Start, longwire,
    peers::{self, Mitmproxy},
};
use tempfile::TempDir;

/// Somebody with a home and a data folder of their own.
struct User {
    home: TempDir,
    data: TempDir,
    /// Where programs of the session leave what is of no use after it.
    _runtime: TempDir,
    /// What their terminal knows.
    variables: Vec<(&'static str, OsString)>,
    /// Where their road leads: words for the commands that walk it.
    road: Vec<String>,
}

/// A user between whom and the platform stands a proxy that opens TLS. Its CA is not trusted yet.
struct Bench {
    user: User,
    platform: Platform,
    mitm: Mitmproxy,
}

impl User {
    fn new() -> Self {
        let [home, data, runtime] = [(); 3].map(|()| tempfile::tempdir().unwrap());
        let variables = vec![("HOME", home.path().into()), ("XDG_RUNTIME_DIR", runtime.path().into())];
        Self { home, data, _runtime: runtime, variables, road: Vec::new() }
    }

    fn longwire<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Start {
        let start = longwire(self.data.path(), words);
        self.variables.iter().fold(start, |start, (name, value)| start.variable(name, value))
    }

    /// A command of `longwire ca`.
    fn ca(&self, words: &[&str]) -> Ended {
        self.longwire(["ca"].iter().chain(words).copied()).run().end()
    }

    /// One that looks at the road.
    fn ca_on_road(&self, words: &[&str]) -> Ended {
        let road: Vec<_> = self.road.iter().map(String::as_str).collect();
        self.ca(&[words, &road].concat())
    }

    fn inspect(&self, source: &str) -> CaInspection {
        let ended = self.ca_on_road(&["inspect", source, "--json"]);
        assert_eq!(ended.code, Some(0), "{source}: {}{}", ended.stderr, ended.stdout);
        read(&ended)
    }

    fn trust(&self, source: &str, words: &[&str]) -> CaOutcome {
        let ended = self.ca_on_road(&[&["trust", source, "--yes", "--json"], words].concat());
        assert_eq!(ended.code, Some(0), "{source}: {}{}", ended.stderr, ended.stdout);
        read(&ended)
    }

    fn untrust(&self, sha256: &str) -> CaOutcome {
        let ended = self.ca(&["untrust", sha256, "--yes", "--json"]);
        assert_eq!(ended.code, Some(0), "{}{}", ended.stderr, ended.stdout);
        read::<Vec<CaOutcome>>(&ended).remove(0)
    }

    fn list(&self) -> Vec<TrustedCa> {
        read(&self.ca(&["list", "--json"]))
    }

    /// Writes a file somewhere in the home folder.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes the certificate of a new CA into the home folder.
    fn new_ca(&self, name: &str) -> PathBuf {
        self.write(name, Certificate::new("host.test").ca)
    }
}

impl Bench {
    async fn new() -> Self {
        let platform = Platform::start().await;
        let (mitm, mut user) = (peers::mitmproxy(&platform.ca_file()), User::new());
        user.road = vec!["--domain".to_owned(), platform.url()];
        user.variables.push(("HTTPS_PROXY", mitm.peer.url("http").into()));
        Self { user, platform, mitm }
    }

    /// Another proxy in the place of the one there was, with settings of its own, and so with a CA of its own.
    fn another_proxy(&mut self) {
        self.mitm = peers::mitmproxy(&self.platform.ca_file());
        self.user.variables.push(("HTTPS_PROXY", self.mitm.peer.url("http").into()));
    }

    /// `longwire` as the app.
    fn as_the_app(&self, words: &[&str]) -> Start {
        let (url, secret) = (self.platform.url(), self.platform.write_private("secret", Platform::SECRET));
        let app = ["--app-id", Platform::APP_ID, "--domain", &url, "--app-secret-file", text(&secret)];
        self.user.longwire(words.iter().copied().chain(app))
    }

    fn run(&self) -> Process {
        self.as_the_app(&["run"]).run()
    }

    /// `longwire doctor`: what stands in the way, and its exit code.
    fn doctor(&self) -> (Vec<Finding>, Option<i32>) {
        let ended = self.as_the_app(&["doctor", "--json"]).run().end();
        let report: DoctorReport = read(&ended);
        let blocking = report.findings.into_iter().filter(|finding| finding.blocks_connection);
        (blocking.collect(), ended.code)
    }

    fn is_red(&self) {
        let (findings, code) = self.doctor();
        let [finding] = &findings[..] else { panic!("{findings:?}") };
        assert_eq!((finding.code, code), (FindingCode::TlsUntrusted, Some(4)));
        assert_eq!(finding.action, Some(Action::TrustCa));
    }

    fn is_green(&self) {
        assert_eq!(self.doctor(), (vec![], Some(0)));
    }
}

/// What came of each store.
fn results(outcome: &CaOutcome) -> Vec<(StoreKind, StoreResult)> {
    outcome.stores.iter().map(|one| (one.store.kind, one.result)).collect()
}

fn read<T: serde::de::DeserializeOwned>(ended: &Ended) -> T {
    serde_json::from_str(&ended.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}\n{}", ended.stdout, ended.stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs `openssl`, and gives what it prints.
fn openssl(words: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The SHA-256 of a certificate's file, as OpenSSL has it, without colons.
fn sha256(file: &Path) -> String {
    let said = openssl(&["x509", "-in", text(file), "-noout", "-fingerprint", "-sha256"]);
    let said = String::from_utf8(said).unwrap();
    said.split_once('=').unwrap().1.trim().replace(':', "")
}
