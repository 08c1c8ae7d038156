//! What the real systemd thinks of the units.

use std::{fs, path::Path, process::Command};

use longwire_host::service;
use longwire_tests::Ended;

use crate::fake::User;

/// Both units, as they are for this version of systemd.
fn written(version: u32) -> [(String, &'static str); 2] {
    let user = User::new();
    user.change(|systemd| systemd.version = version);
    let shown = |words: &[&str]| {
        let Ended { code, stdout, stderr } = user.service(words);
        assert_eq!(code, Some(0), "{stderr}");
        stdout
    };
    [
        (shown(&["install", "--dry-run"]), "--user"),
        (shown(&["install", "--system", "--user", "daemon", "--dry-run"]), "--system"),
    ]
}

fn analyze(arguments: &[&str], unit: &Path) -> (bool, String) {
    let output = Command::new("systemd-analyze")
        .args(arguments)
        .arg(unit)
        .env("SYSTEMD_COLORS", "0")
        .env("XDG_RUNTIME_DIR", unit.parent().unwrap())
        .output()
        .expect("systemd-analyze: `cargo xtask test` installs it");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// The version of systemd here.
fn here() -> u32 {
    let output = Command::new("systemd-analyze").arg("--version").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    said.split(' ').nth(1).and_then(|number| number.parse().ok()).expect("systemd 252 (…)")
}

/// What systemd thinks is exposed of a unit in which it finds nothing wrong.
fn exposed(text: &str, scope: &str) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("longwire.service");
    fs::write(&unit, text).unwrap();
    let (sound, said) = analyze(&["verify", scope, "--man=no"], &unit);
    assert!(sound && !said.contains("longwire"), "{scope}: {said}\n{text}");
    let (_, said) = analyze(&["security", scope, "--offline=true", "--no-pager"], &unit);
    let line = said.lines().find(|line| line.contains("Overall exposure level")).expect("a verdict");
    line.split(':').nth(1).and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap()
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units_and_little_exposed() {
    // A program that is there, as the package's is where its unit is.
    let packaged = service::packaged(Path::new("/bin/sh")).unwrap();
    for (text, scope) in written(here()).into_iter().chain([(packaged, "--user")]) {
        let level = exposed(&text, scope);
        assert!(level <= 3.0, "{scope}: {level}\n{text}");
    }
}

#[test]
fn one_that_cannot_be_isolated_is_sound_and_exposes_no_more_than_that_costs() {
    let user = User::new();
    user.change(|systemd| {
        systemd.version = here();
        systemd.isolates = false;
    });
    let shown = user.service(&["install", "--dry-run"]);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    let level = exposed(&shown.stdout, "--user");
    assert!(level <= 6.2, "{level}\n{}", shown.stdout);
}

#[test]
fn no_unit_holds_a_secret_or_where_one_is_beyond_roots_own_folder() {
    for (text, scope) in written(256) {
        let lines = text.lines().filter(|line| line.to_lowercase().contains("credential"));
        let lines: Vec<_> = lines.collect();
        match scope {
            "--user" => assert_eq!(lines, [""; 0]),
            _ => assert!(lines.iter().all(|line| line.contains(":/etc/longwire/cred")), "{lines:?}"),
        }
        assert!(!text.contains("Environment"), "{text}");
    }
}
