use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Instant};

use longwire_openplatform::{App, Fault, Running, Simulator};
use longwire_tests::{Process, Start, longwire};
use secrecy::SecretString;

use crate::supervisor::Supervisor;

const APP_ID: &str = "cli_0123456789abcdef";
const SECRET: &str = "planted-5d81e0-secret";

async fn platform() -> Running {
    let app = App::new(APP_ID, SecretString::from(SECRET));
    Simulator::builder().app(app).start().await.unwrap()
}

fn service(data_dir: &Path, platform: &Running) -> Start {
    longwire(data_dir, ["run", "--app-id", APP_ID, "--domain", &platform.url()])
        .variable("LONGWIRE_APP_SECRET", SECRET)
}

fn is(line: &str) -> impl Fn(&str) -> bool {
    move |said| said == line
}

fn status(part: &str) -> impl Fn(&str) -> bool {
    move |said| said.strip_prefix("STATUS=").is_some_and(|words| words.contains(part))
}

/// Ends it as `systemctl stop` does; what it said meanwhile.
fn stops(supervisor: &Supervisor, process: Process) -> Vec<String> {
    process.signal("TERM");
    let said = supervisor.until(is("STOPPING=1"));
    let ended = process.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_once_it_is_connected_and_not_before() {
    let (platform, supervisor, folder) = (platform().await, Supervisor::new(), tempfile::tempdir().unwrap());
    // The link opens, and no pong comes: that is no connection.
    platform.set_fault(Some(Fault::Silent)).await;
    let process = supervisor.starts(service(folder.path(), &platform)).run();
    let mut before = supervisor.until(status("Connecting"));
    // So long that it would have said so.
    for _ in 0..3 {
        before.extend(supervisor.until(is("WATCHDOG=1")));
    }
    assert!(before.iter().any(|said| said.starts_with("EXTEND_TIMEOUT_USEC=")), "{before:#?}");
    assert!(!before.contains(&"READY=1".to_owned()), "{before:#?}");
    assert!(before.iter().all(|said| !said.contains(SECRET)), "{before:#?}");
    platform.set_fault(None).await;
    platform.cut_links();
    let then = supervisor.until(is("READY=1"));
    let connected = then.iter().rfind(|said| said.starts_with("STATUS=")).cloned();
    let connected = connected.unwrap_or_else(|| supervisor.until(status("Connected")).pop().unwrap());
    assert!(connected.contains("Connected"), "{connected} {then:#?}");
    let after = stops(&supervisor, process);
    assert!(!after.contains(&"READY=1".to_owned()), "once is enough: {after:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_stuck_says_no_more_that_it_lives_and_one_that_is_only_disconnected_does() {
    let (platform, supervisor, folder) = (platform().await, Supervisor::new(), tempfile::tempdir().unwrap());
    let process = supervisor.starts(service(folder.path(), &platform)).run();
    supervisor.until(is("READY=1"));
    platform.set_fault(Some(Fault::Refused)).await;
    platform.cut_links();
    supervisor.until(|said| said.starts_with("STATUS=") && !said.contains("Connected"));
    for _ in 0..3 {
        let asked = Instant::now();
        supervisor.until(is("WATCHDOG=1"));
        assert!(asked.elapsed() < Supervisor::WATCHDOG, "in time: {:?}", asked.elapsed());
    }
    process.signal("STOP");
    supervisor.forget();
    let heard = supervisor.hears(2 * Supervisor::WATCHDOG);
    assert_eq!(heard, None, "a stopped engine feeds no watchdog");
    process.signal("CONT");
    supervisor.until(is("WATCHDOG=1"));
    stops(&supervisor, process);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_platform_refuses_it_waits_and_says_why() {
    let (platform, supervisor, folder) = (platform().await, Supervisor::new(), tempfile::tempdir().unwrap());
    platform.set_fault(Some(Fault::CredentialsWrong)).await;
    let mut process = supervisor.starts(service(folder.path(), &platform)).run();
    let mut said = supervisor.until(status("Needs you"));
    for _ in 0..3 {
        said.extend(supervisor.until(is("WATCHDOG=1")));
    }
    assert!(!said.contains(&"READY=1".to_owned()), "{said:#?}");
    assert!(process.is_running(), "{}", process.stderr());
    stops(&supervisor, process);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_to_connect_it_is_ready_and_stays() {
    let (supervisor, folder) = (Supervisor::new(), tempfile::tempdir().unwrap());
    let mut process = supervisor.starts(longwire(folder.path(), ["run"])).run();
    let said = supervisor.until(is("READY=1"));
    let told = |said: &[String]| {
        said.iter().any(|line| line.starts_with("STATUS=") && line.contains("longwire app add"))
    };
    assert!(told(&said) || told(&supervisor.until(|line| line.starts_with("STATUS="))), "{said:#?}");
    supervisor.until(is("WATCHDOG=1"));
    assert!(process.is_running(), "{}", process.stderr());
    let status = longwire(folder.path(), ["status", "--json"]).run().end();
    let snapshot: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
    assert_eq!(snapshot["service"], true);
    stops(&supervisor, process);
    // The same by hand is a mistake, and ends.
    let ended = longwire(folder.path(), ["run"]).run().end();
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_for_a_data_folder_that_another_one_holds() {
    let (platform, supervisor, folder) = (platform().await, Supervisor::new(), tempfile::tempdir().unwrap());
    let first = service(folder.path(), &platform).run();
    first.stderr_line("connected to");
    let second = supervisor.starts(service(folder.path(), &platform)).run();
    let said = supervisor.until(status(&first.pid().to_string()));
    assert!(!said.contains(&"READY=1".to_owned()), "{said:#?}");
    first.signal("INT");
    first.end();
    supervisor.until(is("READY=1"));
    stops(&supervisor, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_until_the_settings_are_mended_and_says_what_is_wrong() {
    let (supervisor, folder) = (Supervisor::new(), tempfile::tempdir().unwrap());
    let settings = folder.path().join("config.toml");
    fs::write(&settings, "language = [\n").unwrap();
    let mut process = supervisor.starts(longwire(folder.path(), ["run"])).run();
    let mut said = supervisor.until(status("config.toml"));
    // It has looked again, and still lives.
    for _ in 0..2 {
        said.extend(supervisor.until(|line| line.starts_with("STATUS=")));
    }
    assert!(said.iter().any(|line| line.starts_with("EXTEND_TIMEOUT_USEC=")), "{said:#?}");
    assert!(!said.contains(&"READY=1".to_owned()), "{said:#?}");
    assert!(process.is_running(), "{}", process.stderr());
    fs::remove_file(&settings).unwrap();
    supervisor.until(is("READY=1"));
    stops(&supervisor, process);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_secret_comes_from_the_credentials_that_systemd_hands_in() {
    let (platform, supervisor, folder) = (platform().await, Supervisor::new(), tempfile::tempdir().unwrap());
    let credentials = folder.path().join("credentials");
    fs::create_dir(&credentials).unwrap();
    let file = credentials.join(format!("longwire_{APP_ID}"));
    fs::write(&file, format!("{SECRET}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
    let words = ["run", "--app-id", APP_ID, "--domain", &platform.url()];
    let start = longwire(&folder.path().join("data"), words).variable("CREDENTIALS_DIRECTORY", &credentials);
    let process = supervisor.starts(start).run();
    supervisor.until(is("READY=1"));
    let said = stops(&supervisor, process);
    assert!(said.iter().all(|line| !line.contains(SECRET)), "{said:#?}");
}
