//! `longwire run` against the simulator, each in a process or runtime of its own.

// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::time::Duration;

use longwire_openplatform::{App, EventKind, EventSpec, Simulator};
use longwire_tests::longwire;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::{sleep, timeout};

const APP_ID: &str = "cli_0123456789abcdef";

fn app() -> App {
    App::new(APP_ID, SecretString::from("s"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_is_a_line_of_json_and_acknowledged() {
    let platform = Simulator::builder().app(app()).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = platform.url();
    let run = longwire(&folder.path().join("new"), ["run", "--app-id", APP_ID, "--domain", &url, "--print"])
        .variable("LONGWIRE_APP_SECRET", app().secret.expose_secret())
        .run();
    run.stderr_line(&format!("connected to {}", url.replace("http", "ws")));
    for kind in EventKind::ALL {
        platform.send(*kind).unwrap();
    }
    let stats = platform.until(|stats| stats.acked == EventKind::ALL.len() as u64).await;
    assert_eq!((stats.failed, stats.violations), (0, 0), "{:?}", platform.violations());
    // They are printed once they are kept and acknowledged.
    let printed = async {
        while run.stdout().lines().count() < EventKind::ALL.len() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(30), printed).await.expect("each is printed");
    run.signal("INT");
    let ended = run.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let lines: Vec<Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), EventKind::ALL.len());
    assert!(lines.iter().all(|line| line["longwire"]["app_id"] == APP_ID), "{lines:?}");
    assert!(lines.iter().any(|line| line["type"] == "event_callback"), "schema 1.0 is among them");
    assert_eq!(platform.stats().clients, 0, "closed in good order");
    let log = std::fs::read_to_string(folder.path().join("new/longwire.log")).unwrap();
    assert!(log.contains("connected to ws://"), "a first start makes the folder and the log: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_cut_comes_back_and_what_was_sent_meanwhile_arrives() {
    let often = [Duration::from_millis(200); 100];
    let platform = Simulator::builder().app(app()).redelivery(often).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = longwire(folder.path(), ["run", "--app-id", APP_ID, "--domain", &platform.url(), "--print"])
        .variable("LONGWIRE_APP_SECRET", "s")
        .run();
    run.stderr_line("connected to ws://");
    platform.cut_links();
    platform.until(|stats| stats.clients == 0).await;
    platform.send(EventSpec::new(EventKind::MessageText).text("after the cut")).unwrap();
    run.stdout_line("after the cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_ends_the_run_and_what_it_did_not_read_comes_the_next_time() {
    let platform = Simulator::builder().app(app()).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let command = format!(
        "{} run --app-id {APP_ID} --domain {} --print | head -n 1",
        longwire_tests::program("longwire").display(),
        platform.url()
    );
    let pipeline = longwire_tests::Process::start("/bin/sh".into())
        .arguments(["-c", &command])
        .variable("LONGWIRE_DATA_DIR", folder.path())
        .variable("LONGWIRE_APP_SECRET", "s")
        .run();
    pipeline.stderr_line("connected to ws://");
    platform.send(EventSpec::new(EventKind::MessageText).text("read")).unwrap();
    pipeline.stdout_line("read");
    platform.until(|stats| stats.acked == 1).await;
    platform.send(EventSpec::new(EventKind::MessageText).text("unread")).unwrap();
    pipeline.stderr_line("standard output is closed");
    pipeline.end();
    let words = ["run", "--app-id", APP_ID, "--domain", &platform.url(), "--print"];
    let run = longwire(folder.path(), words).variable("LONGWIRE_APP_SECRET", "s").run();
    run.stdout_line("unread");
    assert!(!run.stdout().contains("\"read"), "what was read is not printed again: {}", run.stdout());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_running_engine_answers_status_and_takes_commands() {
    let platform = Simulator::builder().app(app()).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let not_running = longwire(folder.path(), ["status"]).run().end();
    assert_eq!(not_running.code, Some(1), "{}", not_running.stderr);
    let secret_file = folder.path().join("secret");
    write_private(&secret_file, "s\n");
    let file = secret_file.to_str().unwrap();
    let added = longwire(
        folder.path(),
        ["app", "add", APP_ID, "--domain", &platform.url(), "--name", "bot", "--app-secret-file", file],
    );
    let added = added.run().end();
    assert_eq!(added.code, Some(0), "{}", added.stderr);
    let run = longwire(folder.path(), ["run"]).run();
    run.stderr_line("connected to ws://");
    let status = longwire(folder.path(), ["status"]).run().end();
    assert_eq!(status.code, Some(0), "{}", status.stderr);
    assert!(status.stdout.contains("bot") && status.stdout.contains(APP_ID), "{}", status.stdout);
    let json = longwire(folder.path(), ["status", "--json"]).run().end();
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["apps"][0]["phase"], "connected", "{json}");
    let removed = longwire(folder.path(), ["app", "remove", APP_ID]).run().end();
    assert_eq!(removed.code, Some(0), "{}", removed.stderr);
    platform.until(|stats| stats.clients == 0).await;
    let list = longwire(folder.path(), ["app", "list"]).run().end();
    assert_eq!((list.code, list.stdout.as_str()), (Some(0), ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_on_a_data_folder_is_told_who_holds_it() {
    let platform = Simulator::builder().app(app()).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        longwire(folder.path(), ["run", "--app-id", APP_ID, "--domain", &platform.url()])
            .variable("LONGWIRE_APP_SECRET", "s")
            .run()
    };
    let first = start();
    first.stderr_line("connected to ws://");
    let pid = first.pid();
    let second = start().end();
    assert_eq!(second.code, Some(5), "{}", second.stderr);
    assert!(
        second.stderr.contains("longwire run") && second.stderr.contains(&pid.to_string()),
        "{}",
        second.stderr
    );
    first.signal("KILL");
    first.end();
    let third = start();
    third.stderr_line("connected to ws://");
}

#[test]
fn commands_that_are_given_at_once_are_all_carried_out() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    write_private(&secret, "s");
    let add = |number: u8| {
        let id = format!("cli_{number:016x}");
        longwire(folder.path(), ["app", "add", &id, "--app-secret-file", secret.to_str().unwrap()]).run()
    };
    let all: Vec<_> = (0..6).map(add).collect();
    for ended in all.into_iter().map(|process| process.end()) {
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    }
    let listed = longwire(folder.path(), ["app", "list"]).run().end();
    assert_eq!(listed.stdout.lines().count(), 6, "{}", listed.stdout);
    assert!(folder.path().join("longwire.log").exists(), "what they log is kept there");
}

fn write_private(path: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}
