//! What goes with everything else when `longwire settings reset --everything` is given while no app runs.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::{fs, path::PathBuf};

use longwire_tests::{Ended, Process, program};

struct Home(tempfile::TempDir);

impl Home {
    /// One in which the tray app starts at login.
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        let app = home.0.path().join("bin/longwire-app");
        for folder in ["bin", "config/autostart"] {
            fs::create_dir_all(home.0.path().join(folder)).unwrap();
        }
        fs::write(&app, "").unwrap();
        let entry =
            format!("[Desktop Entry]\nType=Application\nName=Longwire\nExec={} --hidden\n", app.display());
        fs::write(home.entry(), entry).unwrap();
        home
    }

    fn entry(&self) -> PathBuf {
        self.0.path().join("config/autostart/Longwire.desktop")
    }

    fn reset(&self, words: &[&str]) -> Ended {
        let reset = Process::start(program("longwire")).arguments(["settings", "reset", "--yes"]);
        let reset = reset.arguments(words.iter().copied()).variable("HOME", self.0.path());
        let reset =
            reset.variable("LANG", "en_GB.UTF-8").variable("XDG_CONFIG_HOME", self.0.path().join("config"));
        reset.variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus").run().end()
    }
}

#[test]
fn the_app_no_longer_starts_at_login() {
    let home = Home::new();
    let reset = home.reset(&[]);
    assert_eq!(reset.code, Some(0), "{}", reset.stderr);
    assert!(home.entry().exists(), "the settings are not everything");
    let reset = home.reset(&["--everything"]);
    assert_eq!(reset.code, Some(0), "{}", reset.stderr);
    assert!(!home.entry().exists());
    assert!(reset.stderr.contains("no longer starts at login"), "{}", reset.stderr);
    let again = home.reset(&["--everything"]);
    assert!(again.code == Some(0) && !again.stderr.contains("login"), "{}", again.stderr);
}

#[test]
fn an_app_of_another_data_folder_still_does_and_that_is_said() {
    let home = Home::new();
    let other = home.0.path().join("other");
    let reset = home.reset(&["--everything", "--data-dir", other.to_str().unwrap()]);
    assert_eq!(reset.code, Some(0), "{}", reset.stderr);
    assert!(home.entry().exists());
    assert!(reset.stderr.contains("still starts at login"), "{}", reset.stderr);
}

#[test]
fn an_entry_that_cannot_be_removed_is_told_and_all_else_is_forgotten() {
    let home = Home::new();
    fs::remove_file(home.entry()).unwrap();
    fs::create_dir(home.entry()).unwrap();
    let settings = home.0.path().join(".local/share/longwire/config.toml");
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    fs::write(&settings, "theme = \"dark\"\n").unwrap();
    let reset = home.reset(&["--everything"]);
    assert_eq!(reset.code, Some(1), "{}", reset.stderr);
    assert!(reset.stderr.contains("starts at login could not be changed"), "{}", reset.stderr);
    assert_eq!(fs::read_to_string(&settings).unwrap_or_default(), "");
}
