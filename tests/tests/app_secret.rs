//! The App Secret of an app that came without one is entered on the command line, and asked of the platform first.

// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use longwire_openplatform::{App, Simulator};
use longwire_tests::{Ended, Start, longwire};
use secrecy::SecretString;

const APP_ID: &str = "cli_0123456789abcdef";
const OTHER: &str = "cli_fedcba9876543210";

struct Home(tempfile::TempDir);

impl Home {
    /// What an import leaves: an app on this domain, without its App Secret.
    fn with(domain: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::create_dir(home.data_dir()).unwrap();
        let settings = format!("[[app]]\nid = \"{APP_ID}\"\ndomain = \"{domain}\"\n");
        fs::write(home.data_dir().join("config.toml"), settings).unwrap();
        home
    }

    fn data_dir(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn settings(&self) -> String {
        fs::read_to_string(self.data_dir().join("config.toml")).unwrap()
    }

    fn secret(&self, text: &str) -> String {
        let file = self.0.path().join(text);
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        text_of(&file)
    }

    /// No bus, so that no secret store of this machine's user is touched.
    fn longwire<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Start {
        let start = longwire(&self.data_dir(), words).variable("HOME", self.0.path());
        start
            .variable("LANG", "en_GB.UTF-8")
            .variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    }

    fn enter(&self, app_id: &str, file: &str) -> Ended {
        self.longwire(["app", "secret", app_id, "--app-secret-file", file]).run().end()
    }
}

fn text_of(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_came_without_a_secret_is_given_one_that_the_platform_takes() {
    let app = App::new(APP_ID, SecretString::from("right"));
    let platform = Simulator::builder().app(app).start().await.unwrap();
    let home = Home::with(&platform.url());
    let before = home.settings();

    let refused = home.enter(APP_ID, &home.secret("wrong"));
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    assert!(refused.stderr.contains("It was not kept"), "{}", refused.stderr);
    let unknown = home.enter(OTHER, &home.secret("right"));
    assert_eq!(unknown.code, Some(1), "{}", unknown.stderr);
    assert!(
        unknown.stderr.contains(OTHER) && unknown.stderr.contains("longwire app list"),
        "{}",
        unknown.stderr
    );
    assert_eq!(home.settings(), before);

    let file = home.secret("right");
    let kept = home.enter(APP_ID, &file);
    assert_eq!(kept.code, Some(0), "{}", kept.stderr);
    assert!(kept.stdout.contains(&file) && kept.stderr.is_empty(), "{} {}", kept.stdout, kept.stderr);
    let run = home.longwire(["run"]).run();
    run.stderr_line("connected to ws://");

    // One that runs takes it over as well, whatever folder it stands in.
    let again = home.enter(APP_ID, &home.secret("wrong"));
    assert_eq!(again.code, Some(3), "{}", again.stderr);
    let again = home.enter(APP_ID, &file);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    run.stderr_line("connected to ws://");
    run.signal("INT");
    assert_eq!(run.end().code, Some(0));
}

#[test]
fn where_the_platform_cannot_be_asked_the_secret_is_kept_and_that_is_said() {
    let home = Home::with("http://127.0.0.1:1");
    let kept = home.enter(APP_ID, &home.secret("right"));
    assert_eq!(kept.code, Some(0), "{}", kept.stderr);
    assert!(kept.stderr.contains(&format!("longwire app check {APP_ID}")), "{}", kept.stderr);
    assert!(home.settings().contains("secret_file"), "{}", home.settings());
    // Without a keychain and without a file there is no place for it: that is said, and what mends it.
    let nowhere =
        home.longwire(["app", "secret", APP_ID]).variable("LONGWIRE_APP_SECRET", "right").run().end();
    assert_eq!(nowhere.code, Some(1), "{}", nowhere.stderr);
    assert!(nowhere.stderr.contains("--app-secret-file"), "{}", nowhere.stderr);
    assert!(home.settings().contains("secret_file"), "what was kept is still there");
}
