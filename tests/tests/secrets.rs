//! A planted secret appears nowhere: not in a log at trace level, a reply, a line of output, or the arguments.

// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::{
        fs::{OpenOptionsExt, PermissionsExt},
        net::UnixStream,
    },
    path::Path,
    time::Duration,
};

use longwire_contract::{AppDraft, AppEdit, CheckDraft, Domain};
use longwire_engine::{Apps, GivenApp, Machine, Options};
use longwire_openplatform::{App, EventKind, Fault, Simulator};
use longwire_tests::longwire;
use secrecy::SecretString;
use serde_json::{Value, json};

const APP_ID: &str = "cli_0123456789abcdef";
const OTHER: &str = "cli_fedcba9876543210";
const PLANTED: &str = "planted-7f3a9c-secret";

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_secret_appears_nowhere() {
    let app = App::new(APP_ID, SecretString::from(PLANTED));
    let platform = Simulator::builder().app(app).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = platform.url();
    let start = |secret: &str| {
        longwire(
            folder.path(),
            ["run", "--app-id", APP_ID, "--domain", &url, "--print", "--log-level", "trace"],
        )
        .variable("LONGWIRE_APP_SECRET", secret)
        .run()
    };
    let run = start(PLANTED);
    run.stderr_line("connected to ws://");
    let mut seen = Vec::new();
    for kind in EventKind::ALL {
        platform.send(*kind).unwrap();
    }
    platform.until(|stats| stats.acked == EventKind::ALL.len() as u64).await;
    // What another process can see, and what the control socket says.
    seen.push(std::fs::read_to_string(format!("/proc/{}/cmdline", run.pid())).unwrap_or_default());
    seen.push(longwire(folder.path(), ["status", "--json"]).run().end().stdout);
    // What is said when things fail, the session's ticket in hand or not.
    for fault in [Fault::Garbage, Fault::TicketRefused, Fault::Busy, Fault::Html] {
        platform.set_fault(Some(fault)).await;
        platform.cut_links();
        run.stderr_line(if fault == Fault::Garbage { "WARN" } else { "next try in" });
    }
    platform.set_fault(None).await;
    run.signal("INT");
    let ended = run.end();
    seen.extend([ended.stdout, ended.stderr]);
    let refused = start("planted-but-wrong").end();
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    seen.extend([refused.stdout, refused.stderr]);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            // The journal is no text; a secret in it would be one all the same.
            seen.push(String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned());
        }
    }
    for text in &seen {
        assert!(!text.contains("planted-"), "{text}");
        for part in ["access_key", "ticket="] {
            assert!(!text.contains(part), "the session's address is a secret too: {text}");
        }
    }
    assert!(seen.iter().any(|text| text.contains("connected to")), "the log was read");
}

/// The engine's control socket, spoken to as a program would that knows nothing of its rules.
struct Control(BufReader<UnixStream>);

impl Control {
    fn open(data_dir: &Path) -> Self {
        let stream = UnixStream::connect(data_dir.join("control.sock")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self(BufReader::new(stream))
    }

    /// The answer to a line.
    fn answer(&mut self, line: &str) -> String {
        self.0.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut answer = String::new();
        self.0.read_line(&mut answer).unwrap();
        let parsed: Value = serde_json::from_str(&answer).unwrap();
        assert!(parsed.get("ok").is_some() || parsed.get("fault").is_some(), "{line}: {answer}");
        answer
    }

    fn command(&mut self, command: &str, arguments: &Value) -> String {
        self.answer(&json!({ "command": command, "arguments": arguments }).to_string())
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(target_os = "linux"), ignore = "would reach the keychain of this machine's user")]
async fn no_answer_of_the_control_socket_repeats_a_secret() {
    let app = App::new(APP_ID, SecretString::from(PLANTED));
    let platform = Simulator::builder().app(app).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (data_dir, file) = (folder.path().join("data"), folder.path().join("secret"));
    let url = platform.url();
    let mut options = std::fs::OpenOptions::new();
    options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&file)
        .unwrap()
        .write_all(PLANTED.as_bytes())
        .unwrap();
    let file = file.to_str().unwrap();
    let added = longwire(&data_dir, ["app", "add", APP_ID, "--domain", &url, "--app-secret-file", file]);
    let added = added.run().end();
    assert_eq!(added.code, Some(0), "{}", added.stderr);
    // No bus, so that no secret store of this machine's user is touched.
    let run = longwire(&data_dir, ["run", "--log-level", "trace"])
        .variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .run();
    run.stderr_line("connected to ws://");
    platform.send(EventKind::MessageText).unwrap();
    platform.until(|stats| stats.acked == 1).await;

    let mut control = Control::open(&data_dir);
    let mode = std::fs::metadata(data_dir.join("control.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let wrong = format!("{PLANTED}-not");
    let good =
        control.command("app_check", &json!({ "app_id": APP_ID, "app_secret": PLANTED, "domain": url }));
    assert!(good.contains(r#""ok":true"#), "{good}");
    let bad = control.command("app_check", &json!({ "app_id": APP_ID, "app_secret": wrong, "domain": url }));
    assert!(bad.contains("credentials_wrong"), "{bad}");
    let events = control.command("events", &json!({ "after": 0 }));
    assert!(events.contains("im.message.receive_v1"), "{events}");
    let mut seen = vec![good, bad, events];
    for (command, arguments) in [
        ("event", json!({ "seq": 1 })),
        ("event", json!({ "seq": PLANTED })),
        ("events", json!({ "after": PLANTED })),
        ("events", json!(PLANTED)),
        ("snapshot", json!(null)),
        ("snapshot", json!(PLANTED)),
        ("app_add", json!({ "app_id": OTHER, "app_secret": PLANTED, "domain": url })),
        ("app_add", json!({ "app_id": APP_ID, "app_secret": PLANTED, "domain": url })),
        ("app_add", json!({ "app_id": PLANTED, "app_secret": PLANTED, "domain": url })),
        ("app_add", json!({ "app_id": OTHER, "app_secret": PLANTED, "domain": PLANTED })),
        ("app_add", json!({ "app_id": OTHER, "app_secret": [PLANTED], "domain": url })),
        ("app_add", json!({ "app_id": OTHER, "app_secret": { PLANTED: PLANTED }, "domain": url })),
        ("app_add", json!({ "app_id": OTHER, "app_secret": PLANTED })),
        ("app_add", json!([PLANTED])),
        ("app_edit", json!({ "app_id": APP_ID, "app_secret": wrong })),
        ("app_edit", json!({ "app_id": OTHER, "app_secret": PLANTED })),
        ("app_edit", json!({ "app_id": APP_ID, "app_secret": PLANTED, "name": [PLANTED] })),
        ("app_edit", json!({ "app_id": APP_ID, "app_secret": PLANTED, "domain": PLANTED })),
        ("app_check", json!({ "app_id": APP_ID, "app_secret": wrong, "domain": "http://127.0.0.1:1" })),
        ("app_check", json!({ "app_id": PLANTED, "app_secret": PLANTED, "domain": url })),
        ("app_remove", json!({ "app_id": PLANTED })),
        ("pause", json!({ "app_id": PLANTED })),
        ("settings_change", json!({ "language": PLANTED })),
        ("simulator_send", json!({ "kind": PLANTED })),
        ("simulator_fault", json!({ "fault": PLANTED })),
        (PLANTED, json!(PLANTED)),
    ] {
        seen.push(control.command(command, &arguments));
    }
    for fault in [Fault::Html, Fault::Busy, Fault::HttpStatus] {
        platform.set_fault(Some(fault)).await;
        let arguments = json!({ "app_id": APP_ID, "app_secret": wrong, "domain": url });
        seen.push(control.command("app_check", &arguments));
    }
    platform.set_fault(None).await;
    for line in [
        PLANTED.to_owned(),
        format!(r#"{{"command":"app_add","arguments":{{"app_secret":"{PLANTED}""#),
        format!(r#"{{"command":["{PLANTED}"]}}"#),
        format!(r#"{{"{PLANTED}":1}}"#),
        format!("\u{1}{PLANTED}\u{7f}"),
    ] {
        seen.push(control.answer(&line));
    }
    seen.push(control.command("snapshot", &json!(null)));
    run.signal("INT");
    let ended = run.end();
    seen.extend([
        ended.stdout,
        ended.stderr,
        std::fs::read_to_string(data_dir.join("longwire.log")).unwrap(),
    ]);
    for text in &seen {
        assert!(!text.contains("planted-"), "{text}");
    }
}

#[test]
fn what_a_panic_may_print_has_no_secret_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let secret = || Some(SecretString::from(PLANTED));
    let id = || APP_ID.parse().unwrap();
    let given = GivenApp { id: id(), secret: secret(), domain: Domain::Feishu };
    let mut options = Options::new(&Machine::new(Some(folder.path())).unwrap(), "a test");
    options.secret = secret();
    options.apps = Apps::Only(given.clone());
    let arguments = json!({ "app_id": APP_ID, "app_secret": PLANTED, "domain": "feishu" });
    let draft: AppDraft = serde_json::from_value(arguments.clone()).unwrap();
    let edit: AppEdit = serde_json::from_value(arguments.clone()).unwrap();
    let check: CheckDraft = serde_json::from_value(arguments).unwrap();
    let app = App::new(APP_ID, SecretString::from(PLANTED));
    let shown = format!("{options:?} {given:?} {draft:?} {edit:?} {check:?} {app:?}");
    assert!(shown.contains(APP_ID) && !shown.contains("planted-"), "{shown}");
}
