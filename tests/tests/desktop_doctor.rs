//! What stops people in the field, as they see it: in the window, beside the button that mends it, and on the doctor's page,
//! in both languages. `doctor.rs` holds the same cases to the report.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::{fs, io::Write, path::Path, time::Duration};

use longwire_contract::{AppEdit, CheckKind, FindingCode as Code, Language, SettingsChange, call};
use longwire_openplatform::{Fault, Leaf};
use longwire_tests::{
    Platform, Sandbox,
    desktop::{Session, Stage, settings},
    peers, sandboxed_online,
};

/// Nothing listens there.
const DEAD: &str = "http://127.0.0.1:1";
const FEISHU: &str = "https://open.feishu.cn";

/// What stands in the way, as a person sees it.
struct Seen {
    code: Code,
    /// Where the road ends, in the report and by its name in both languages.
    step: (CheckKind, &'static str, &'static str),
    /// A part of its sentences, in both languages.
    says: (&'static str, &'static str),
    /// What the button beside it does.
    does: &'static str,
}

const DNS: (CheckKind, &str, &str) = (CheckKind::Dns, "Name lookup", "域名解析");
const PROXY: (CheckKind, &str, &str) = (CheckKind::Proxy, "Proxy", "代理");
const TCP: (CheckKind, &str, &str) = (CheckKind::Tcp, "TCP connection", "TCP 连接");
const TLS: (CheckKind, &str, &str) = (CheckKind::Tls, "TLS", "TLS");
const ENDPOINT: (CheckKind, &str, &str) = (CheckKind::Endpoint, "Platform", "开放平台");
const CREDENTIALS: (CheckKind, &str, &str) = (CheckKind::Credentials, "Credentials", "应用凭证");
const UPGRADE: (CheckKind, &str, &str) = (CheckKind::Upgrade, "WebSocket", "WebSocket");

/// Lets the app take this proxy to this domain with the secret in this file. It connects anew.
async fn edit(stage: &Stage<'_>, domain: &str, proxy: &str, secret: &Path) {
    let edit = serde_json::json!({
        "app_id": Platform::APP_ID, "domain": domain, "proxy": proxy, "secret_file": secret,
    });
    let edit: AppEdit = serde_json::from_value(edit).unwrap();
    stage.call::<call::EditApp>(&edit).await;
}

/// Holds to it that the overview shows this with what mends it, and that the doctor, asked there, finds where it is.
async fn sees(stage: &Stage<'_>, seen: &Seen, picture: &str) {
    let window = &stage.window;
    stage.speak(Language::English).await;
    window.click("nav-overview").await;
    let code = serde_json::to_value(seen.code).unwrap();
    let code = code.as_str().unwrap();
    window.has("finding", "data-code", code).await;
    for (language, says, tag) in
        [(Language::English, seen.says.0, "en"), (Language::Chinese, seen.says.1, "zh")]
    {
        stage.speak(language).await;
        let told = window.reads("finding", says).await;
        assert!(!told.contains(['{', '}']) && !told.contains("finding."), "{told}");
        window.shows(&format!("[data-testid='finding'] button[data-does='{}']", seen.does)).await;
        window.shoot(&format!("doctor-{picture}-overview-{tag}")).await;
    }

    window.click("run-doctor").await;
    window.has("doctor-report", "data-progress", "done").await;
    let kind = serde_json::to_value(seen.step.0).unwrap();
    let kind = kind.as_str().unwrap();
    window.shows(&format!("[data-testid='check'][data-kind='{kind}'][data-mark='bad']")).await;
    assert_eq!(window.count("[data-testid='check'][data-mark='bad']").await, 1, "one step is blocked");
    window.has("finding", "data-code", code).await;
    window.reads("verdict", &format!("卡在「{}」", seen.step.2)).await;
    window.reads("finding", seen.says.1).await;
    window.shoot(&format!("doctor-{picture}-report-zh")).await;
    stage.speak(Language::English).await;
    window.reads("verdict", &format!("Blocked at “{}”", seen.step.1)).await;
    window.reads("finding", seen.says.0).await;
    // The doctor does not try the connection again; all else that mends is there, too.
    let mends = window.count(&format!("[data-testid='finding'] button[data-does='{}']", seen.does)).await;
    assert_eq!(mends, usize::from(seen.does != "retry"), "{code}");
    window.shoot(&format!("doctor-{picture}-report-en")).await;
    assert!(!window.source().await.contains(Platform::SECRET), "the App Secret came back to the page");
}

/// Takes the straight road, which the doctor found to lead there; it walks that one at once, to its end.
async fn goes_direct(stage: &Stage<'_>) {
    stage.window.press("[data-testid='further-finding'] button[data-does='go_direct']").await;
    stage.window.reads("check", "Direct, past every proxy").await;
    stage.window.has("doctor-report", "data-progress", "done").await;
    stage.window.shows("[data-testid='check'][data-kind='pong'][data-mark='ok']").await;
    assert_eq!(stage.window.count("[data-testid='check'][data-mark='bad']").await, 0, "no step is blocked");
}

/// The platform at the names and the port of the real ones.
async fn platform(_: &Sandbox) -> Platform {
    let names = ["open.feishu.cn", "open.larksuite.com"];
    // The sandbox's own file, which stands in the place of the machine's.
    let mut hosts = fs::OpenOptions::new().append(true).open("/etc/hosts").unwrap();
    names.iter().for_each(|name| writeln!(hosts, "127.0.0.1 {name}").unwrap());
    Platform::with(|builder| builder.names(names).listen("127.0.0.1:443".parse().unwrap())).await
}

#[test]
fn what_stands_in_the_way_is_seen_in_the_window_and_mended_there() {
    sandboxed_online(async |sandbox| {
        let platform = platform(&sandbox).await;
        let simulator = &platform.simulator;
        let good = platform.write_private("secret", Platform::SECRET);
        let wrong = platform.write_private("wrong-secret", "planted-5d81e0-secret-of-another-app");
        let url = platform.url();
        let session = Session::start_in(&sandbox, "en_GB.UTF-8").await;

        simulator.set_leaf(Leaf::WithRoot).unwrap();
        let stage = Stage::open(&session, &settings(&url, &good)).await;
        let window = &stage.window;
        let self_signed = Seen {
            code: Code::TlsUntrusted,
            step: TLS,
            says: (
                "signed by “Longwire Simulator CA”, which this computer does not trust",
                "由「Longwire Simulator CA」签发，这台电脑不信任它",
            ),
            does: "trust_ca",
        };
        sees(&stage, &self_signed, "self-signed").await;

        // The report, as it can be sent to somebody.
        window.click("doctor-copy").await;
        window.reads("doctor-copy", "Copied").await;
        let report = stage.call::<call::ReadDoctor>(&()).await;
        window.click("nav-trust").await;
        let copied = window.pasted("ca-text").await;
        let words = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(words(&copied), words(&report), "the clipboard holds the report");
        assert!(report.contains("✗ TLS") && !report.contains(Platform::SECRET), "{report}");

        // What mends it: trust in the CA that signs, in this app alone.
        window.click("nav-overview").await;
        window.press("[data-testid='finding'] button[data-does='trust_ca']").await;
        window.reads("ca-facts", "Longwire Simulator CA").await;
        assert_eq!(window.count("[data-testid='scope-store'] input:checked").await, 1);
        window.shows("[data-testid='store-app']:checked").await;
        window.shoot("doctor-self-signed-trust-en").await;
        window.click("trust-confirm").await;
        window.has("road-verdict", "data-mark", "ok").await;
        window.click("trust-done").await;
        stage.connected("Connected to platform.test").await;
        assert_eq!(window.count(".wire li.hop:not(.ok):not(.last)").await, 0, "the wire is green");
        window.shoot("doctor-self-signed-mended-en").await;
        simulator.set_leaf(Leaf::Good).unwrap();

        simulator.set_fault(Some(Fault::DomainWrong)).await;
        edit(&stage, FEISHU, "auto", &good).await;
        let wrong_domain = Seen {
            code: Code::DomainWrong,
            step: CREDENTIALS,
            says: ("which does not know the app", "那里没有这个应用"),
            does: "switch_domain",
        };
        sees(&stage, &wrong_domain, "wrong-domain").await;
        simulator.set_fault(None).await;
        window.press("[data-testid='finding'] button[data-does='switch_domain']").await;
        stage.connected("Connected to Lark").await;
        window.shoot("doctor-wrong-domain-mended-en").await;

        for (fault, seen, picture) in [
            (
                Fault::Html,
                Seen {
                    code: Code::NotThePlatform,
                    step: ENDPOINT,
                    says: ("a web page", "返回的是网页"),
                    // A domain that is typed may be mistyped.
                    does: "edit_domain",
                },
                "portal",
            ),
            (
                Fault::ConnectionLimit,
                Seen {
                    code: Code::ConnectionLimit,
                    step: UPGRADE,
                    says: ("50 connections", "最多 50 个连接"),
                    does: "retry",
                },
                "over-the-limit",
            ),
            (
                Fault::TlsCut,
                Seen {
                    code: Code::TlsCut,
                    step: TLS,
                    says: ("was cut as soon as it named platform.test", "一报出 platform.test 就被切断"),
                    does: "retry",
                },
                "tls-cut",
            ),
        ] {
            simulator.set_fault(Some(fault)).await;
            edit(&stage, &url, "auto", &good).await;
            sees(&stage, &seen, picture).await;
        }
        simulator.set_fault(None).await;

        edit(&stage, &url, "auto", &wrong).await;
        let wrong_secret = Seen {
            code: Code::CredentialsWrong,
            step: CREDENTIALS,
            says: ("does not know this App ID with this App Secret", "没有这组 App ID 和 App Secret"),
            does: "edit_credentials",
        };
        sees(&stage, &wrong_secret, "wrong-secret").await;
        window.press("[data-testid='finding'] button[data-does='edit_credentials']").await;
        window.shows("[data-testid='app-form']").await;

        edit(&stage, "https://nowhere.test", "auto", &good).await;
        let no_address = Seen {
            code: Code::DnsFailed,
            step: DNS,
            says: ("The name nowhere.test could not be resolved", "无法解析域名 nowhere.test"),
            does: "edit_domain",
        };
        sees(&stage, &no_address, "dns").await;

        let clock = Platform::with(|builder| builder.clock_ahead(Duration::from_secs(72 * 3600))).await;
        let both = [platform.ca_file(), clock.ca_file()].map(|path| path.to_str().unwrap().to_owned());
        let change = SettingsChange { ca_files: Some(both.into()), ..SettingsChange::default() };
        stage.call::<call::ChangeSettings>(&change).await;
        edit(&stage, &clock.url(), "auto", &good).await;
        let clock_ahead = Seen {
            code: Code::ClockWrong,
            step: TLS,
            says: ("Set date and time", "校准日期和时间"),
            does: "retry",
        };
        sees(&stage, &clock_ahead, "clock").await;

        sandbox.drop_packets(platform.port());
        edit(&stage, &url, "auto", &good).await;
        let black_hole = Seen {
            code: Code::TimedOut,
            step: TCP,
            says: ("got stuck at the step", "连接卡在"),
            does: "retry",
        };
        sees(&stage, &black_hole, "black-hole").await;
        // A doctor is stopped in the midst of that, and says so.
        window.click("doctor-start").await;
        window.has("doctor-report", "data-progress", "running").await;
        window.shows("[data-testid='check'][data-kind='tcp'][data-mark='busy']").await;
        window.shoot("doctor-running-en").await;
        window.click("doctor-stop").await;
        window.has("doctor-report", "data-progress", "cancelled").await;
        window.reads("verdict", "Stopped before the end").await;
        window.shoot("doctor-stopped-en").await;
        sandbox.pass_packets();

        let proxy = peers::tinyproxy_to_port(1);
        edit(&stage, &url, &proxy.url("http"), &good).await;
        let refused = Seen {
            code: Code::ProxyRefused,
            step: PROXY,
            says: ("does not let the connection to platform.test through", "没有接通到 platform.test 的连接"),
            does: "edit_proxy",
        };
        sees(&stage, &refused, "proxy-403").await;
        window.has("further-finding", "data-code", "direct_works").await;
        window.shows("[data-testid='other-road']").await;
        // The road that works is taken from here, and the doctor walks it.
        goes_direct(&stage).await;
        window.shoot("doctor-proxy-403-mended-en").await;
        stage.connected("Connected to platform.test").await;
        window.reads("route", "Direct, past every proxy").await;
        stage.window.close().await;
    });
}

#[test]
fn a_proxy_in_the_environment_is_named_in_the_window() {
    sandboxed_online(async |sandbox| {
        let platform = Platform::start().await;
        let good = platform.write_private("secret", Platform::SECRET);
        let own = settings(&platform.url(), &good);
        let trusting = format!("ca_files = [\"{}\"]\n{own}", platform.ca_file().display());
        let mut session = Session::start_in(&sandbox, "zh_CN.UTF-8").await;

        let socks = peers::microsocks(None);
        session.set_variable("ALL_PROXY", &socks.url("socks5"));
        let stage = Stage::open(&session, &trusting).await;
        stage.connected("已连接到").await;
        stage.window.reads("route", &format!("经过代理 {}（来自 ALL_PROXY）", socks.url("socks5"))).await;
        stage.window.shoot("doctor-socks-overview-zh").await;
        stage.window.click("nav-doctor").await;
        stage.window.click("doctor-start").await;
        stage.window.has("doctor-report", "data-progress", "done").await;
        stage.window.reads("verdict", "一路畅通").await;
        stage.window.shows("[data-testid='check'][data-kind='proxy'][data-mark='ok']").await;
        stage.window.reads("check", "来自 ALL_PROXY").await;
        stage.window.shoot("doctor-socks-report-zh").await;
        stage.window.close().await;
        session.unset_variable("ALL_PROXY");

        session.set_variable("HTTPS_PROXY", DEAD);
        let stage = Stage::open(&session, &trusting).await;
        let dead = Seen {
            code: Code::ProxyUnreachable,
            step: PROXY,
            says: (
                "Nothing answers at http://127.0.0.1:1, the proxy named by HTTPS_PROXY",
                "代理 http://127.0.0.1:1（来自 HTTPS_PROXY）没有应答",
            ),
            does: "edit_proxy",
        };
        sees(&stage, &dead, "dead-proxy").await;
        goes_direct(&stage).await;
        stage.connected("Connected to platform.test").await;
        let written = fs::read_to_string(session.data_dir().join("config.toml")).unwrap();
        assert!(written.contains("proxy = \"direct\""), "{written}");
        stage.window.close().await;
    });
}
