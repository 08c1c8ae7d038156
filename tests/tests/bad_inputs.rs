//! Bad inputs, each with its message and its exit code, and nothing lost.

// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::{net::TcpListener, sync::Arc};

use longwire_openplatform::{App, Authority, Fault, Leaf, Running, Simulator};
use longwire_tests::{Ended, longwire};
use secrecy::SecretString;
use serde_json::Value;

const APP_ID: &str = "cli_0123456789abcdef";

fn app() -> App {
    App::new(APP_ID, SecretString::from("right"))
}

async fn platform() -> Running {
    Simulator::builder().app(app()).start().await.unwrap()
}

/// Starts `longwire` on an empty data folder and waits for its end.
fn end(secret: Option<&str>, arguments: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let start = longwire(folder.path(), arguments.iter().copied());
    match secret {
        Some(secret) => start.variable("LONGWIRE_APP_SECRET", secret).run().end(),
        None => start.run().end(),
    }
}

/// `longwire app check` with the right secret; its exit code and the code of its reason.
fn check(domain: &str, more: &[&str]) -> (Option<i32>, String) {
    let arguments = [&["app", "check", APP_ID, "--json", "--domain", domain], more].concat();
    let ended = end(Some("right"), &arguments);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
    (ended.code, report["finding"]["code"].as_str().unwrap_or("none").to_owned())
}

#[test]
fn a_malformed_app_id_is_a_usage_error() {
    let ended = end(Some("right"), &["run", "--app-id", "cli_123"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("16 hexadecimal digits"), "{}", ended.stderr);
}

#[test]
fn an_empty_secret_is_a_usage_error() {
    let ended = end(Some(""), &["run", "--app-id", APP_ID]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.stderr.contains("LONGWIRE_APP_SECRET") && ended.stderr.contains("empty"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_secret_file_others_can_read_is_refused_with_the_way_to_mend_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "right").unwrap();
    let ended = end(None, &["run", "--app-id", APP_ID, "--app-secret-file", file.to_str().unwrap()]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("chmod 600"), "{}", ended.stderr);
}

#[test]
fn no_app_at_all_says_what_to_do() {
    let ended = end(None, &["run"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("longwire app add"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_platform_refuses_ends_the_run_with_3() {
    let platform = platform().await;
    let url = platform.url();
    let run = ["run", "--app-id", APP_ID, "--domain", &url];
    let wrong_secret = end(Some("wrong"), &run);
    assert_eq!(wrong_secret.code, Some(3), "{}", wrong_secret.stderr);
    assert!(wrong_secret.stderr.contains("1000040345"), "{}", wrong_secret.stderr);
    assert!(!wrong_secret.stderr.contains("system busy"), "{}", wrong_secret.stderr);
    for fault in [Fault::DomainWrong, Fault::Forbidden, Fault::ConnectionLimit, Fault::UnknownCode] {
        platform.set_fault(Some(fault)).await;
        assert_eq!(end(Some("right"), &run).code, Some(3), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_pass_is_tried_again_and_the_code_tells_why_when_stopped() {
    let platform = platform().await;
    let url = platform.url();
    for (fault, code) in [(Fault::Html, 4), (Fault::Busy, 1), (Fault::UpgradeBlocked, 4), (Fault::Refused, 4)]
    {
        platform.set_fault(Some(fault)).await;
        let folder = tempfile::tempdir().unwrap();
        let run = longwire(folder.path(), ["run", "--app-id", APP_ID, "--domain", &url])
            .variable("LONGWIRE_APP_SECRET", "right")
            .run();
        // What it means and what to do follows the bare cause.
        run.stderr_line(&format!("app={APP_ID}"));
        run.signal("INT");
        assert_eq!(run.end().code, Some(code), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_failure_of_the_endpoint_has_its_reason() {
    let platform = platform().await;
    let cases = [
        (None, 0, "none"),
        (Some(Fault::Html), 4, "not_the_platform"),
        (Some(Fault::NoUrl), 1, "bad_address"),
        (Some(Fault::HttpStatus), 1, "http_status"),
        (Some(Fault::Busy), 1, "platform_busy"),
        (Some(Fault::CredentialsWrong), 3, "credentials_wrong"),
        (Some(Fault::DomainWrong), 3, "domain_wrong"),
        (Some(Fault::UnknownCode), 3, "platform_code"),
        (Some(Fault::Refused), 4, "tcp_refused"),
    ];
    for (fault, code, reason) in cases {
        platform.set_fault(fault).await;
        assert_eq!(check(&platform.url(), &[]), (Some(code), reason.to_owned()), "{fault:?}");
    }
}

#[test]
fn a_road_that_leads_nowhere_is_named() {
    // `.invalid` exists nowhere (RFC 6761).
    assert_eq!(check("https://longwire.invalid", &[]), (Some(4), "dns_failed".to_owned()));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(check(&format!("http://{free}"), &[]), (Some(4), "tcp_refused".to_owned()));
}

#[test]
fn plain_http_to_another_machine_is_a_usage_error() {
    let ended = end(Some("right"), &["run", "--app-id", APP_ID, "--domain", "http://192.0.2.1"]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains("http://192.0.2.1"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_to_a_port_that_does_not_speak_it_is_named() {
    let platform = platform().await;
    let url = platform.url().replace("http://", "https://");
    assert_eq!(check(&url, &[]), (Some(4), "tls_not_spoken".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_judged_each_with_its_own_reason() {
    let authority = Arc::new(Authority::new().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    authority.save(&ca).unwrap();
    let trust = ["--ca-file", ca.to_str().unwrap()];
    let cases = [
        (Leaf::Good, &trust[..], 0, "none"),
        (Leaf::Good, &[], 4, "tls_untrusted"),
        (Leaf::WithRoot, &[], 4, "tls_untrusted"),
        (Leaf::SelfSigned, &trust, 4, "tls_self_signed"),
        (Leaf::Expired, &trust, 4, "tls_expired"),
        (Leaf::NotYetValid, &trust, 4, "tls_not_yet_valid"),
        (Leaf::WrongHost, &trust, 4, "tls_wrong_host"),
    ];
    for (leaf, arguments, code, reason) in cases {
        let platform = Simulator::builder().app(app()).tls(authority.clone(), leaf).start().await.unwrap();
        assert_eq!(check(&platform.url(), arguments), (Some(code), reason.to_owned()), "{leaf:?}");
    }
}

#[test]
fn a_mistake_in_the_settings_is_named_by_line_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let text = "language = \"en\"\n\n[[app]\nid = \"cli_0123456789abcdef\"\n";
    std::fs::write(&config, text).unwrap();
    for arguments in [&["run"][..], &["app", "list"], &["app", "remove", APP_ID]] {
        let ended = longwire(folder.path(), arguments.iter().copied()).run().end();
        assert_eq!(ended.code, Some(1), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("config.toml") && ended.stderr.contains("line 3"), "{}", ended.stderr);
    }
    assert_eq!(std::fs::read_to_string(config).unwrap(), text);
}

#[test]
fn a_data_folder_that_cannot_be_used_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let folder = file.path().join("data");
    let ended =
        longwire(&folder, ["run", "--app-id", APP_ID]).variable("LONGWIRE_APP_SECRET", "s").run().end();
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains(folder.to_str().unwrap()), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_is_told_in_their_language() {
    let platform = platform().await;
    let folder = tempfile::tempdir().unwrap();
    let run = longwire(folder.path(), ["run", "--app-id", APP_ID, "--domain", &platform.url()])
        .variable("LONGWIRE_APP_SECRET", "wrong")
        .variable("LC_ALL", "zh_CN.UTF-8")
        .run();
    assert!(run.end().stderr.contains("凭证"));
}
