//! `longwire proxy`: the system's proxies set aside for a time, and put back whatever happens. The Mac is played by a
//! program that stands in for its tools, at their own places in a sandbox; GNOME's settings are real.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do, and ask real programs.
#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used)]

mod administrator;
mod backup;
mod crashes;
mod gnome;
mod lost;
mod meanwhile;
mod owner;
mod round;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use longwire_contract::{LeasePhase, LeaseView, ProxyTable};
use longwire_host::fake::{Call, Mac, Proxy, Script, Service};
use longwire_tests::{Ended, FakeMac, Platform, Process, Start, longwire};
use serde::Deserialize;
use tempfile::TempDir;

/// How long anything may take that must happen: far longer than it does.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody on a Mac, with a data folder of their own.
struct Bench {
    mac: FakeMac,
    folder: TempDir,
}

/// What `longwire proxy status --json` prints.
#[derive(Debug, Deserialize)]
struct Status {
    proxies: ProxyTable,
    lease: Option<LeaseView>,
}

impl Bench {
    fn new(mac: &Mac) -> Self {
        Self { mac: FakeMac::new(mac), folder: tempfile::tempdir().unwrap() }
    }

    fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn longwire<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Start {
        self.mac.seen_by(longwire(&self.data_dir(), words)).variable("HOME", self.folder.path())
    }

    fn proxy(&self, words: &[&str]) -> Ended {
        self.longwire(["proxy"].iter().chain(words).copied()).run().end()
    }

    fn off(&self) -> Ended {
        self.proxy(&["off", "--yes"])
    }

    fn restore(&self) -> Ended {
        self.proxy(&["restore"])
    }

    fn status(&self) -> Status {
        let ended = self.proxy(&["status", "--json"]);
        serde_json::from_str(&ended.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", ended.stdout, ended.stderr))
    }

    /// Whether the settings of the Mac are those of this one.
    fn is(&self, wanted: &Mac) -> bool {
        settings(&self.mac.state()) == settings(wanted)
    }

    /// Holds to it that they are; where they differ is told.
    #[track_caller]
    fn has(&self, wanted: &Mac) {
        self.has_after(wanted, "the settings");
    }

    /// The same, after what is named.
    #[track_caller]
    fn has_after(&self, wanted: &Mac, when: &str) {
        let (now, wanted) = (settings(&self.mac.state()), settings(wanted));
        let shorter = now.len().min(wanted.len());
        let different = now.iter().zip(&wanted).position(|(one, other)| one != other);
        if let Some(line) = different.or((now.len() != wanted.len()).then_some(shorter)) {
            let part =
                |lines: &[String]| lines[line.saturating_sub(12)..lines.len().min(line + 1)].join("\n");
            panic!("{when}: there is\n{}\nand not\n{}", part(&now), part(&wanted));
        }
    }

    /// `longwire run`, connected.
    fn run(&self, platform: &Platform) -> Process {
        let secret = platform.write_private("secret", Platform::SECRET);
        let (url, ca) = (platform.url(), platform.ca_file());
        let words =
            ["run", "--app-id", Platform::APP_ID, "--domain", &url, "--ca-file", ca.to_str().unwrap()];
        let run = self.longwire(words).arguments(["--app-secret-file", secret.to_str().unwrap()]).run();
        run.stderr_line("connected to wss://");
        run
    }

    /// The processes that look after this lease.
    fn watchdogs(&self) -> Vec<u32> {
        let data_dir = self.data_dir();
        let is_ours = |pid: &u32| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let words: Vec<_> = line.split(|byte| *byte == 0).collect();
            words.contains(&&b"watch"[..]) && words.contains(&data_dir.as_os_str().as_encoded_bytes())
        };
        let names = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.file_name());
        names.filter_map(|name| name.to_str()?.parse().ok()).filter(is_ours).collect()
    }

    /// Kills what looks after the lease, as a power cut does.
    fn kill_watchdogs(&self) {
        for pid in self.watchdogs() {
            kill(pid);
        }
        until("the watchdog is gone", || self.watchdogs().is_empty());
    }

    /// Waits until no watchdog is left: it has done what it could.
    fn unwatched(&self) {
        until("the watchdog is done", || self.watchdogs().is_empty());
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        for pid in self.watchdogs() {
            kill(pid);
        }
    }
}

/// The settings of a Mac, a line each, without what was done to it.
fn settings(mac: &Mac) -> Vec<String> {
    let mac = Mac { calls: Vec::new(), troubles: Vec::new(), cancels: false, ..mac.clone() };
    format!("{mac:#?}").lines().map(str::to_owned).collect()
}

/// A machine as one sees them: names of all kinds, settings that are on, off but stored, and never set.
fn machine() -> Mac {
    let (proxy, stored) = (Proxy::on("127.0.0.1", 7890), Proxy { on: false, ..Proxy::on("10.0.0.1", 3128) });
    let script = Script { on: true, url: Some("http://127.0.0.1:8082/proxy.pac".to_owned()) };
    Mac {
        services: vec![
            Service {
                web: proxy.clone(),
                secure_web: proxy.clone(),
                socks: stored.clone(),
                bypass: vec!["*.local".to_owned(), "169.254/16".to_owned()],
                ..Service::new("Wi-Fi", "en0")
            },
            Service { script, discovery: true, ..Service::new("公司 VPN (it's $HOME) \"1/2\"", "") },
            Service { socks: proxy.clone(), ..Service::new("USB 10/100/1000 LAN", "en7") },
            Service { web: stored, ..Service::new("trailing ", "en9") },
            Service { enabled: false, socks: proxy, ..Service::new("Thunderbolt Bridge", "bridge0") },
        ],
        ..Mac::new()
    }
}

/// A small one, for what is tried often.
fn small() -> Mac {
    let proxy = Proxy::on("127.0.0.1", 7890);
    let script = Script { on: true, url: Some("http://127.0.0.1:8082/proxy.pac".to_owned()) };
    let wifi = Service { web: proxy.clone(), secure_web: proxy, script, ..Service::new("Wi-Fi", "en0") };
    Mac { services: vec![wifi], ..Mac::new() }
}

/// The same with all that is on switched off. A service that is switched off itself is left alone.
fn switched_off(mac: &Mac) -> Mac {
    let mut mac = mac.clone();
    for service in mac.services.iter_mut().filter(|service| service.enabled) {
        for proxy in [&mut service.web, &mut service.secure_web, &mut service.socks] {
            proxy.on = false;
        }
        service.script.on = false;
        service.discovery = false;
    }
    mac
}

fn kill(pid: u32) {
    Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap();
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        thread::sleep(Duration::from_millis(10));
    }
}
