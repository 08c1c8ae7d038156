//! What stops people in the field, each played for real, and what `longwire doctor --json` says of it: its own finding, in
//! its own sentence, with what mends it.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

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
fn a_self_signed_certificate_in_the_chain() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_leaf(Leaf::WithRoot).unwrap();
        let told = doctor(&platform, untrusting(&platform));
        let says = "signed by “Longwire Simulator CA”, which this computer does not trust";
        told.blocked_by(Code::TlsUntrusted, says, Action::AddCaFile, 4);
        told.fails_at(CheckKind::Tls);
        doctor(&platform, platform.doctor()).well();
    });
}

#[test]
fn a_certificate_that_signed_itself() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_leaf(Leaf::SelfSigned).unwrap();
        let told = doctor(&platform, platform.doctor());
        told.blocked_by(Code::TlsSelfSigned, "nobody vouches for it", Action::AddCaFile, 4);
        told.fails_at(CheckKind::Tls);
    });
}

#[test]
fn an_intercepting_proxy_that_is_not_trusted_and_then_is() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let mitm = peers::mitmproxy(&platform.ca_file());
        let through = || untrusting(&platform).variable("HTTPS_PROXY", mitm.peer.url("http"));
        let told = doctor(&platform, through());
        let finding = told.blocked_by(Code::TlsUntrusted, "signed by “mitmproxy”", Action::AddCaFile, 4);
        assert_eq!(finding.values["interceptor"], "mitmproxy");
        let told = doctor(&platform, through().arguments(["--ca-file", mitm.ca_file.to_str().unwrap()]));
        told.well();
        let says = "only this computer trusts";
        let finding = told.adds(Code::TlsIntercepted, says, Some(Action::CopyEnvironment));
        assert_eq!(finding.values["interceptor"], "mitmproxy");
        for line in ["NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "mitmproxy-ca-cert.pem"] {
            assert!(finding.values["environment"].contains(line), "{finding:?}");
        }
    });
}

#[test]
fn a_socks_url_in_all_proxy() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::microsocks(None);
        let told = doctor(&platform, platform.doctor().variable("ALL_PROXY", proxy.url("socks5")));
        told.well();
        let note = told.check(CheckKind::Route).note.clone().unwrap();
        assert_eq!(note.code, NoteCode::RouteProxy);
        assert_eq!(
            (note.values["source"].as_str(), &note.values["proxy"]),
            ("ALL_PROXY", &proxy.url("socks5"))
        );
        assert_eq!(told.check(CheckKind::Proxy).mark, Mark::Ok);
    });
}

#[test]
fn a_proxy_of_another_kind() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        // A server that speaks TLS, asked as an HTTP proxy.
        let url = format!("http://127.0.0.1:{}", platform.port());
        let told = doctor(&platform, platform.doctor().variable("HTTPS_PROXY", url));
        let says = "not the way this kind of proxy does";
        told.blocked_by(Code::ProxyOtherProtocol, says, Action::EditProxy, 4);
        told.fails_at(CheckKind::Proxy);
        told.adds(Code::DirectWorks, "without the proxy", Some(Action::GoDirect));
        // An HTTP proxy asked by SOCKS waits for a line, and says nothing.
        let proxy = peers::squid();
        let told = doctor(&platform, platform.doctor().variable("ALL_PROXY", proxy.url("socks5")));
        told.blocked_by(Code::ProxyBroken, "fell silent", Action::EditProxy, 4);
        told.fails_at(CheckKind::Proxy);
    });
}

#[test]
fn a_dead_proxy_in_https_proxy() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let told = doctor(&platform, platform.doctor().variable("HTTPS_PROXY", DEAD));
        let says = "Nothing answers at http://127.0.0.1:1, the proxy named by HTTPS_PROXY";
        told.blocked_by(Code::ProxyUnreachable, says, Action::EditProxy, 4);
        told.fails_at(CheckKind::Proxy);
        told.adds(Code::DirectWorks, "without the proxy", Some(Action::GoDirect));
        assert_eq!(told.report.others.len(), 1, "the straight road is compared");
    });
}

#[test]
fn a_proxy_that_knows_who_may() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        for (scheme, proxy) in
            [("http", peers::tinyproxy(Some(LOGIN))), ("socks5h", peers::microsocks(Some(LOGIN)))]
        {
            let through = |url: String| doctor(&platform, platform.doctor().variable("ALL_PROXY", url));
            let told = through(proxy.url(scheme));
            told.blocked_by(Code::ProxyCredentialsWanted, "sign in", Action::EditProxy, 4);
            told.fails_at(CheckKind::Proxy);
            let told = through(proxy.url_as(scheme, WRONG));
            told.blocked_by(Code::ProxyCredentialsWrong, "refuses the user name", Action::EditProxy, 4);
            told.fails_at(CheckKind::Proxy);
            through(proxy.url_as(scheme, LOGIN)).well();
        }
    });
}

#[test]
fn a_proxy_that_answers_403() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::tinyproxy_to_port(1);
        let told = doctor(&platform, platform.doctor().variable("HTTPS_PROXY", proxy.url("http")));
        let says = "does not let the connection to platform.test through";
        let finding = told.blocked_by(Code::ProxyRefused, says, Action::EditProxy, 4);
        assert_eq!(finding.values["status"], "403");
        told.fails_at(CheckKind::Proxy);
        told.adds(Code::DirectWorks, "without the proxy", Some(Action::GoDirect));
    });
}

#[test]
fn a_proxy_behind_tls_that_is_not_trusted() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let certificate = Certificate::new("proxy.test");
        let proxy = peers::squid_over_tls(&certificate);
        let url = format!("https://proxy.test:{}", proxy.port());
        let told = doctor(&platform, platform.doctor().variable("HTTPS_PROXY", &url));
        told.blocked_by(Code::ProxyTls, "is itself reached over TLS", Action::AddCaFile, 4);
        told.fails_at(CheckKind::Proxy);
        let ca = platform.write_private("proxy-ca.pem", &certificate.ca);
        let trusting =
            platform.doctor().variable("HTTPS_PROXY", &url).arguments(["--ca-file", ca.to_str().unwrap()]);
        doctor(&platform, trusting).well();
    });
}

#[test]
fn a_pac_script_that_never_ends() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let pac = Pac::serve("function FindProxyForURL() { for (;;); }").await;
        let told = doctor(&platform, platform.doctor().arguments(["--proxy", &format!("pac+{}", pac.url())]));
        told.blocked_by(Code::PacFailed, "did not answer within 5s", Action::EditProxy, 4);
        told.fails_at(CheckKind::Route);
    });
}

#[test]
fn a_variable_that_names_no_proxy() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let told = doctor(&platform, platform.doctor().variable("HTTPS_PROXY", "ftp://127.0.0.1:21"));
        told.blocked_by(Code::ProxySettingBad, "HTTPS_PROXY", Action::EditProxy, 4);
        told.fails_at(CheckKind::Route);
    });
}

#[test]
fn a_wrong_secret() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.write_private("secret", "planted-5d81e0-secret-of-another-app");
        let told = doctor(&platform, platform.doctor());
        let says = "The platform does not know this App ID with this App Secret";
        told.blocked_by(Code::CredentialsWrong, says, Action::EditCredentials, 3);
        told.fails_at(CheckKind::Credentials);
    });
}

#[test]
fn a_wrong_domain() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_fault(Some(Fault::DomainWrong)).await;
        let told = doctor(&platform, platform.doctor());
        // A domain of the user's own has no other one to switch to.
        told.blocked_by(Code::DomainWrong, "does not know the app", Action::EditDomain, 3);
        told.fails_at(CheckKind::Credentials);
    });
}

#[test]
fn one_connection_too_many() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        for (fault, step) in
            [(Fault::ConnectionLimit, CheckKind::Upgrade), (Fault::LimitAtEndpoint, CheckKind::Upgrade)]
        {
            platform.simulator.set_fault(Some(fault)).await;
            let told = doctor(&platform, platform.doctor());
            told.blocked_by(Code::ConnectionLimit, "50 connections", Action::Retry, 3);
            told.fails_at(step);
        }
    });
}

#[test]
fn a_page_in_the_platforms_place() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_fault(Some(Fault::Html)).await;
        let told = doctor(&platform, platform.doctor());
        told.blocked_by(Code::NotThePlatform, "a web page", Action::Retry, 4);
        told.fails_at(CheckKind::Endpoint);
    });
}

#[test]
fn a_name_that_has_no_address() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let told = doctor(&platform, platform.doctor_of("https://nowhere.test"));
        told.blocked_by(Code::DnsFailed, "nowhere.test", Action::Retry, 4);
        told.fails_at(CheckKind::Dns);
    });
}

#[test]
fn no_network_at_all() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let told = doctor(&platform, platform.doctor_of("https://nowhere.test"));
        told.blocked_by(Code::NoNetwork, "network", Action::Retry, 4);
        assert_eq!(told.check(CheckKind::Network).mark, Mark::Bad);
    });
}

#[test]
fn a_port_that_swallows_packets() {
    sandboxed_online(async |sandbox| {
        let platform = Platform::start().await;
        sandbox.drop_packets(platform.port());
        let told = doctor(&platform, platform.doctor());
        let finding = told.blocked_by(Code::TimedOut, "got stuck", Action::Retry, 4);
        assert_eq!(finding.values["stage"], "tcp");
        told.fails_at(CheckKind::Tcp);
    });
}

#[test]
fn a_port_nobody_listens_on() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let told = doctor(&platform, platform.doctor_of("https://platform.test:1"));
        told.blocked_by(Code::TcpRefused, "platform.test", Action::Retry, 4);
        told.fails_at(CheckKind::Tcp);
    });
}

#[test]
fn only_the_proxy_leads_there() {
    sandboxed_online(async |sandbox| {
        let platform = Platform::with(|builder| builder.names(["far.test"])).await;
        let proxy = peers::dante(&sandbox, &["far.test"]);
        let far = format!("https://far.test:{}", platform.port());
        let start = platform.doctor_of(&far).variable("ALL_PROXY", proxy.url("socks5h"));
        doctor(&platform, start).well();
        let start = platform.doctor_of(&far).variable("ALL_PROXY", proxy.url("socks5h"));
        let told = doctor(&platform, start.arguments(["--proxy", "direct"]));
        told.blocked_by(Code::DnsFailed, "far.test", Action::Retry, 4);
        let better = told.adds(Code::ProxyWorks, "through the proxy", Some(Action::UseProxy));
        assert_eq!(better.values["proxy"], proxy.url("socks5h"));
    });
}

#[test]
fn tls_that_is_cut_in_mid_handshake() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_fault(Some(Fault::TlsCut)).await;
        let told = doctor(&platform, platform.doctor());
        told.blocked_by(Code::TlsCut, "was cut as soon as it named platform.test", Action::Retry, 4);
        told.fails_at(CheckKind::Tls);
    });
}

#[test]
fn a_server_clock_ahead_of_ours() {
    sandboxed_online(async |_| {
        let platform = Platform::with(|builder| builder.clock_ahead(HOUR * 72)).await;
        let told = doctor(&platform, platform.doctor());
        told.blocked_by(Code::ClockWrong, "Set date and time", Action::Retry, 4);
        told.fails_at(CheckKind::Tls);
    });
}

#[test]
fn a_clock_that_is_off_while_certificates_still_hold() {
    sandboxed_online(async |_| {
        let platform = Platform::with(|builder| builder.clock_ahead(HOUR * 12)).await;
        let told = doctor(&platform, platform.doctor());
        assert_eq!(told.check(CheckKind::Pong).mark, Mark::Ok);
        assert_eq!(told.code, Some(0), "{:#?}", told.report.findings);
    });
}

#[test]
fn certificates_out_of_their_time_while_the_clock_is_right() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        for (leaf, code, says) in [
            (Leaf::Expired, Code::TlsExpired, "valid until"),
            (Leaf::NotYetValid, Code::TlsNotYetValid, "valid from"),
            (Leaf::WrongHost, Code::TlsWrongHost, "elsewhere.example"),
        ] {
            platform.simulator.set_leaf(leaf).unwrap();
            let told = doctor(&platform, platform.doctor());
            told.blocked_by(code, says, Action::Retry, 4);
            told.fails_at(CheckKind::Tls);
        }
    });
}

#[test]
fn what_the_platform_answers() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let retry = Some(Action::Retry);
        let proxy = Some(Action::EditProxy);
        for (fault, code, says, mended, exit, step) in [
            (Fault::HttpStatus, Code::HttpStatus, "cannot serve", retry, 1, CheckKind::Endpoint),
            (Fault::NoUrl, Code::BadAddress, "no address", retry, 1, CheckKind::Endpoint),
            (Fault::Busy, Code::PlatformBusy, "come back later", retry, 1, CheckKind::Endpoint),
            (Fault::UnknownCode, Code::PlatformCode, "unknown failure", retry, 3, CheckKind::Credentials),
            (Fault::Forbidden, Code::Forbidden, "forbids", None, 3, CheckKind::Upgrade),
            (Fault::TicketRefused, Code::TicketRefused, "ticket", retry, 3, CheckKind::Upgrade),
            (
                Fault::UpgradeBlocked,
                Code::UpgradeBlocked,
                "other than the platform",
                proxy,
                4,
                CheckKind::Upgrade,
            ),
            (Fault::Silent, Code::LinkSilent, "No answer", retry, 1, CheckKind::Pong),
        ] {
            platform.simulator.set_fault(Some(fault)).await;
            let told = doctor(&platform, platform.doctor());
            told.blocked_by(code, says, mended, exit);
            told.fails_at(step);
        }
    });
}

#[test]
fn other_clients_take_events() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_strangers(2);
        let told = doctor(&platform, platform.doctor());
        told.well();
        let finding = told.adds(Code::OtherClients, "not Longwire’s: 2", None);
        assert_eq!(finding.values["others"], "2");
        assert_eq!(told.check(CheckKind::Online).mark, Mark::Warn);
    });
}

#[test]
fn no_secret_at_all() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let (url, ca) = (platform.url(), platform.ca_file());
        let words = ["doctor", "--json", "--app-id", Platform::APP_ID, "--domain", &url, "--ca-file"];
        let start = longwire(&platform.data_dir(), words).arguments([ca.to_str().unwrap()]);
        let told = doctor(&platform, start);
        let finding = &told.report.findings[0];
        assert!(matches!(finding.code, Code::SecretMissing | Code::NoSecretStore | Code::SecretUnreadable));
        assert!(finding.blocks_connection && finding.action.is_some(), "{finding:?}");
        assert_eq!((told.code, told.check(CheckKind::Tls).mark), (Some(1), Mark::Ok));
        let credentials = told.check(CheckKind::Credentials);
        assert_eq!(credentials.note.as_ref().unwrap().code, NoteCode::NoSecret);
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
