//! A real Secret Service: GNOME Keyring on a D-Bus of its own, with a home folder of its own.
#![cfg(target_os = "linux")]
// All of this file is a test, and its peers are processes.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stdout)]

use std::{
    env, fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use longwire_host::secrets::{Error, OsStore, SecretStore};
use secrecy::ExposeSecret;

const INSIDE: &str = "LONGWIRE_TEST_INSIDE";
const DEADLINE: Duration = Duration::from_secs(20);

#[test]
fn secrets_survive_in_a_real_secret_service() {
    if env::var(INSIDE).as_deref() == Ok("unlocked") {
        return round_trip();
    }
    if !present("dbus-run-session") || !present("gnome-keyring-daemon") {
        println!("skipped: needs dbus-run-session and gnome-keyring-daemon");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let script =
        r#"printf 'password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@""#;
    let output = inside(
        home.path(),
        "unlocked",
        "secrets_survive_in_a_real_secret_service",
        &["dbus-run-session", "--", "sh", "-c", script, "sh"],
    );
    assert_passed(&output);
}

#[test]
fn where_there_is_no_secret_service_the_user_is_told_what_to_do() {
    if env::var(INSIDE).as_deref() == Ok("none") {
        let started = Instant::now();
        let error = OsStore::with_deadline(DEADLINE).read("cli_0123456789abcdef").unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(error.to_string().contains("LONGWIRE_APP_SECRET"), "{error}");
        assert!(started.elapsed() < DEADLINE);
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let name = "where_there_is_no_secret_service_the_user_is_told_what_to_do";
    // Once without any bus, once with a bus on which nobody keeps secrets.
    assert_passed(&inside(home.path(), "none", name, &["env"]));
    if present("dbus-daemon") && present("dbus-run-session") {
        let config = home.path().join("bus.conf");
        fs::write(&config, EMPTY_BUS).unwrap();
        let file = format!("--config-file={}", config.display());
        assert_passed(&inside(home.path(), "none", name, &["dbus-run-session", &file, "--"]));
    }
}

/// A session bus that starts nothing by itself.
const EMPTY_BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow receive_sender="*" eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"#;

fn round_trip() {
    let store = OsStore::with_deadline(DEADLINE);
    let (first, second) = ("cli_0123456789abcdef", "cli_fedcba9876543210");
    assert!(store.read(first).unwrap().is_none());
    store.delete(first).unwrap();
    store.write(first, "one".into()).unwrap();
    store.write(first, "two 秘密".into()).unwrap();
    store.write(second, "three".into()).unwrap();
    assert_eq!(store.read(first).unwrap().unwrap().expose_secret(), "two 秘密");
    assert_eq!(store.read(second).unwrap().unwrap().expose_secret(), "three");
    store.delete(first).unwrap();
    assert!(store.read(first).unwrap().is_none());
    assert_eq!(store.read(second).unwrap().unwrap().expose_secret(), "three");

    // As the engine calls it: from a thread of tokio's that may block.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let read =
        runtime.block_on(async { tokio::task::spawn_blocking(move || store.read(second)).await.unwrap() });
    assert_eq!(read.unwrap().unwrap().expose_secret(), "three");
}

/// Runs one test of this file again, under `wrapper`, with nothing of the user's session but `PATH`.
fn inside(home: &Path, role: &str, test: &str, wrapper: &[&str]) -> Output {
    let runtime = home.join("runtime");
    fs::create_dir_all(&runtime).unwrap();
    Command::new(wrapper[0])
        .args(&wrapper[1..])
        .arg(env::current_exe().unwrap())
        .args(["--exact", "--nocapture", test])
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", &runtime)
        .env(INSIDE, role)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn assert_passed(output: &Output) {
    if !output.status.success() {
        std::io::stderr().write_all(&output.stdout).unwrap();
        std::io::stderr().write_all(&output.stderr).unwrap();
    }
    assert!(output.status.success(), "the test inside failed: {}", output.status);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "it did not run: {said}");
}

fn present(program: &str) -> bool {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(program).is_file())
}
