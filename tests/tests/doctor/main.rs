//! What stops people in the field, each played for real, and what `longwire doctor --json` says of it: its own finding, in
//! its own sentence, with what mends it.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

mod network;
mod platform;
mod proxies;
mod tls;

use std::{fs, path::Path, time::Duration};

use longwire_contract::{
    Action, Check, CheckKind, DoctorReport, Finding, FindingCode as Code, Language, Mark, NoteCode, Progress,
    Severity, words,
};
use longwire_openplatform::{Fault, Leaf};
use longwire_tests::{
    Certificate, Platform, Start, longwire,
    peers::{self, Login, Pac},
    sandboxed, sandboxed_online,
};

const LOGIN: Login = Login { user: "ada", password: "lovelace-of-london" };
const WRONG: Login = Login { user: "ada", password: "byron-of-london" };
const HOUR: Duration = Duration::from_secs(3600);
/// Nothing listens there.
const DEAD: &str = "http://127.0.0.1:1";

/// What the doctor said, and the code it ended with.
struct Told {
    report: DoctorReport,
    code: Option<i32>,
}

/// Runs a doctor to its end. What it says is of its schema and holds no secret.
fn doctor(platform: &Platform, start: Start) -> Told {
    let ended = start.run().end();
    let json = serde_json::from_str(&ended.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}\n{}", ended.stdout, ended.stderr));
    let schema = longwire(&platform.data_dir(), ["doctor", "--json-schema"]).run().end();
    let schema = serde_json::from_str(&schema.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<_> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}: {json}");
    hides_secrets(&ended.stdout);
    hides_secrets(&ended.stderr);
    hides_secrets(&logs(&platform.data_dir()));
    let report: DoctorReport = serde_json::from_value(json).unwrap();
    assert_eq!(report.progress, Progress::Done);
    let kinds: Vec<_> = report.checks.iter().map(|check| check.kind).collect();
    assert_eq!(kinds, CheckKind::ALL, "every step is there, in order");
    let unexplained = report.checks.iter().find(|check| check.mark == Mark::Off && check.note.is_none());
    assert!(unexplained.is_none(), "skipped without a word: {unexplained:?}");
    Told { report, code: ended.code }
}

fn logs(data_dir: &Path) -> String {
    fs::read_to_string(data_dir.join("longwire.log")).unwrap_or_default()
}

fn hides_secrets(text: &str) {
    for secret in [Platform::SECRET, LOGIN.password, WRONG.password, "access_key", "ticket="] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

impl Told {
    /// Holds to it that this finding is what stands in the way, that nothing else does, and that it is told and mended so.
    fn blocked_by(&self, code: Code, says: &str, mended: impl Into<Option<Action>>, exit: i32) -> &Finding {
        let found = &self.report.findings;
        let blocking: Vec<_> = found.iter().filter(|one| one.blocks_connection).map(|one| one.code).collect();
        assert_eq!(blocking, [code], "{found:#?}\n{}", words::report(Language::English, &self.report));
        let finding = &found[0];
        assert_eq!((finding.code, finding.severity), (code, Severity::Error), "it comes first");
        assert_eq!(finding.action, mended.into(), "{finding:?}");
        assert_eq!(self.code, Some(exit), "{finding:?}");
        told_whole(finding, says);
        finding
    }

    /// The finding of this code, which stands in nobody's way.
    fn adds(&self, code: Code, says: &str, mended: Option<Action>) -> &Finding {
        let found = self.report.findings.iter().find(|finding| finding.code == code);
        let finding = found.unwrap_or_else(|| panic!("no {code:?}: {:#?}", self.report.findings));
        assert!(!finding.blocks_connection && finding.severity < Severity::Error, "{finding:?}");
        assert_eq!(finding.action, mended, "{finding:?}");
        told_whole(finding, says);
        finding
    }

    /// Nothing stands in the way.
    fn well(&self) {
        let report = words::report(Language::English, &self.report);
        assert!(self.report.findings.iter().all(|finding| !finding.blocks_connection), "{report}");
        assert_eq!(self.code, Some(0), "{report}");
        for kind in [CheckKind::Route, CheckKind::Tls, CheckKind::Credentials, CheckKind::Pong] {
            assert!(matches!(self.check(kind).mark, Mark::Ok | Mark::Warn), "{report}");
        }
    }

    fn check(&self, kind: CheckKind) -> &Check {
        self.report.checks.iter().find(|check| check.kind == kind).unwrap()
    }

    /// Holds to it that this step failed and no other one did, and that no later one is said to have passed. The count of
    /// connections is asked for apart from them.
    fn fails_at(&self, kind: CheckKind) {
        let report = words::report(Language::English, &self.report);
        let failed: Vec<_> = self.report.checks.iter().filter(|check| check.mark == Mark::Bad).collect();
        assert_eq!(failed.iter().map(|check| check.kind).collect::<Vec<_>>(), [kind], "{report}");
        let after = self.report.checks.iter().skip_while(|check| check.kind != kind).skip(1);
        let mut passed = after.filter(|check| check.mark != Mark::Off && check.kind != CheckKind::Online);
        assert_eq!(passed.next(), None, "{report}");
    }
}

/// Holds to it that a finding is told in whole sentences, in both languages, and that this is part of the English ones.
fn told_whole(finding: &Finding, says: &str) {
    let english = words::finding(Language::English, finding);
    assert!(english.contains(says), "{says:?}: {english}");
    for told in [english, words::finding(Language::Chinese, finding)] {
        assert!(!told.contains(['{', '}']) && !told.contains("finding."), "{told}");
        hides_secrets(&told);
    }
}

/// `longwire doctor` of somebody who has not given the platform's CA file.
fn untrusting(platform: &Platform) -> Start {
    let secret = platform.write_private("secret", Platform::SECRET);
    let url = platform.url();
    let words = ["doctor", "--json", "--app-id", Platform::APP_ID, "--domain", &url, "--app-secret-file"];
    longwire(&platform.data_dir(), words).arguments([secret.to_str().unwrap()])
}

#[test]
fn nothing_is_wrong() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let told = doctor(&platform, platform.doctor());
        told.well();
        assert_eq!(told.report.findings, []);
        let skipped: Vec<_> = told.report.checks.iter().filter(|check| check.mark != Mark::Ok).collect();
        assert_eq!(skipped.iter().map(|check| check.kind).collect::<Vec<_>>(), [CheckKind::Proxy]);
        platform.simulator.until(|stats| stats.clients == 0).await;
        assert_eq!((platform.simulator.stats().links, platform.simulator.violations()), (1, vec![]));
    });
}

#[test]
fn a_running_connection_is_not_disturbed() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let run = platform.run().run();
        run.stderr_line("connected to wss://platform.test");
        let told = doctor(&platform, platform.doctor());
        assert_eq!(told.code, Some(0), "{}", words::report(Language::English, &told.report));
        assert_eq!(told.check(CheckKind::Upgrade).note.as_ref().unwrap().code, NoteCode::HeldOpen);
        let stats = platform.simulator.stats();
        assert_eq!((stats.links, stats.clients), (1, 1), "no second one was opened");
        assert!(told.report.findings.iter().all(|finding| finding.code != Code::OtherClients));
        // A platform of the user's own has no console to open.
        told.adds(Code::PlatformSeesUs, "can be saved now", None);
    });
}

#[test]
fn the_report_as_text_tells_each_step_and_what_was_found() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let (url, ca) = (platform.url(), platform.ca_file());
        let words =
            ["doctor", "--app-id", Platform::APP_ID, "--domain", &url, "--ca-file", ca.to_str().unwrap()];
        let doctor = |data: &Path| longwire(data, words).variable("LONGWIRE_APP_SECRET", Platform::SECRET);
        let well = doctor(&platform.data_dir()).run().end();
        assert_eq!(well.code, Some(0), "{}", well.stderr);
        let lines: Vec<_> = well.stdout.lines().take_while(|line| !line.is_empty()).collect();
        assert_eq!(lines.len(), CheckKind::ALL.len(), "{}", well.stdout);
        assert!(lines.iter().all(|line| line.starts_with(['✓', '–'])), "{}", well.stdout);
        for (line, note) in
            [(2, "127.0.0.1"), (5, "Signed by Longwire Simulator CA"), (8, "Opened by wss://")]
        {
            assert!(lines[line].contains(note), "{note}: {}", well.stdout);
        }
        let blocked = doctor(&platform.data_dir()).variable("HTTPS_PROXY", DEAD).run().end();
        assert_eq!(blocked.code, Some(4), "{}", blocked.stderr);
        for part in ["✗ Proxy", "– ", "Nothing answers at http://127.0.0.1:1", "without the proxy"] {
            assert!(blocked.stdout.contains(part), "{part}: {}", blocked.stdout);
        }
        hides_secrets(&(well.stdout + &blocked.stdout + &well.stderr + &blocked.stderr));
    });
}
