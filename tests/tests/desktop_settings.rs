//! Settings, the log and the report, as a person uses them: each takes effect at once, what leaves the machine holds no
//! secret, and what was changed can be taken back.
#![cfg(target_os = "linux")]
// What a helper of these tests does not expect ends them, and they ask real programs.
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use longwire_contract::call;
use longwire_openplatform::{App, EventKind, EventSpec, Running, Simulator};
use longwire_tests::{
    Platform,
    desktop::{Session, Stage, eventually, settings},
};
use secrecy::SecretString;

/// The platform on this machine, with one app.
async fn platform() -> Running {
    let app = App::new(Platform::APP_ID, SecretString::from(Platform::SECRET));
    Simulator::builder().app(app).start().await.expect("the simulator starts")
}

/// The settings of that app, with more at the top.
fn configured(session: &Session, platform: &Running, more: &str) -> String {
    let file = session.home().join("planted-folder-secret");
    fs::write(&file, Platform::SECRET).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    more.to_owned() + &settings(&platform.url(), &file) + "name = \"Order bot\"\n"
}

/// What is in the settings file once `wanted` says so.
async fn written(session: &Session, what: &str, wanted: impl Fn(&str) -> bool) -> String {
    let file = session.data_dir().join("config.toml");
    eventually(&format!("config.toml with {what}"), async || {
        Some(fs::read_to_string(&file).unwrap_or_default()).filter(|text| wanted(text))
    })
    .await
}

/// The path that the window says a file was saved as.
async fn saved(stage: &Stage<'_>, id: &str) -> PathBuf {
    stage.window.shows(&format!("[data-testid='{id}']")).await;
    let said = stage.window.texts(&format!("[data-testid='{id}'] .mono")).await;
    PathBuf::from(&said[0])
}

/// What `unzip` says of an archive.
fn unzip(words: &[&str], archive: &Path) -> String {
    let (options, names) = words.split_at(1);
    let output = Command::new("unzip").args(options).arg(archive).args(names).output().expect("unzip");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// A text as one sees it.
fn seen(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn language_look_and_login_take_effect_at_once() {
    let session = Session::start("en_GB.UTF-8").await;
    let stage = Stage::reopen(&session).await;
    let (window, tray) = (&stage.window, session.tray_icon().await);
    window.keys("\u{e009},").await;
    window.is_at("/settings").await;

    // The window and the tray speak the same language, both ways, and as the system does.
    for (choice, navigation, quit) in [
        ("zh-CN", "概览", "退出 Longwire"),
        ("en", "Overview", "Quit Longwire"),
        ("zh-CN", "概览", "退出 Longwire"),
        ("system", "Overview", "Quit Longwire"),
    ] {
        window.choose("language-select", choice).await;
        window.reads("nav-overview", navigation).await;
        tray.line(quit).await;
        written(&session, choice, |text| text.contains("language = ") == (choice != "system")).await;
    }

    // Light and dark: what the page sees, what is painted, and what is kept.
    let mut grounds = Vec::new();
    for (choice, dark) in [("theme-dark", true), ("theme-light", false), ("theme-dark", true)] {
        window.press(&format!("label:has([data-testid='{choice}'])")).await;
        eventually(choice, async || (window.is_dark().await == dark).then_some(())).await;
        let kept = if dark { "theme = \"dark\"" } else { "theme = \"light\"" };
        written(&session, kept, |text| text.contains(kept)).await;
        grounds.push(window.ground().await);
        stage.shoot_both(&format!("settings-{choice}")).await;
        window.choose("language-select", "system").await;
    }
    assert_eq!(grounds[0], grounds[2]);
    assert_ne!(grounds[0], grounds[1], "another colour is painted");
    // A window that is opened anew looks so from its first moment.
    stage.close_window().await;
    tray.choose("Open Longwire").await;
    window.reopened().await;
    window.shows("[data-testid='phase']").await;
    assert!(window.is_dark().await);
    window.click("nav-settings").await;
    window.press("label:has([data-testid='theme-system'])").await;
    eventually("as the system", async || (!window.is_dark().await).then_some(())).await;
    written(&session, "no theme", |text| !text.contains("theme")).await;

    // The entry that starts it at login is there as long as the switch is on.
    let entry = session.home().with_file_name("config").join("autostart/Longwire.desktop");
    assert!(!entry.exists());
    window.click("login").await;
    eventually("an autostart entry", async || entry.exists().then_some(())).await;
    window.shows("[data-testid='login']:checked").await;
    let text = fs::read_to_string(&entry).unwrap();
    let exec = text.lines().find(|line| line.starts_with("Exec=")).expect("what is started");
    assert!(exec.contains("longwire-app") && exec.contains("--hidden"), "{text}");
    stage.shoot_both("settings-login").await;
    window.click("login").await;
    eventually("no autostart entry", async || (!entry.exists()).then_some(())).await;
    window.shows("[data-testid='login']:not(:checked)").await;
    stage.window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_travel_without_secrets_and_a_reset_can_be_taken_back() {
    let (session, platform) = (Session::start("en_GB.UTF-8").await, platform().await);
    let proxy = "proxy = \"http://planted-user@127.0.0.1:1\"\n";
    let target = "\n[[target]]\nname = \"bot\"\nwebhook = \"http://127.0.0.1:9/hook?key=planted-key\"\n";
    let own = configured(&session, &platform, "theme = \"dark\"\nlanguage = \"en\"\n");
    let stage = Stage::open(&session, &(own + proxy + target)).await;
    let (window, tray) = (&stage.window, session.tray_icon().await);

    // Exported: a file that names the app and holds no secret, nor where one is.
    window.click("nav-settings").await;
    window.click("export").await;
    let file = saved(&stage, "exported").await;
    assert!(file.starts_with(session.home()), "{}", file.display());
    let exported = fs::read_to_string(&file).unwrap();
    assert!(exported.contains(Platform::APP_ID) && exported.contains("Order bot"), "{exported}");
    assert!(
        exported.contains("theme = \"dark\"") && exported.contains("http://127.0.0.1:9/hook"),
        "{exported}"
    );
    assert!(!exported.contains("planted") && !exported.contains("secret_file"), "{exported}");
    window.show("data").await;
    stage.shoot_both("settings-exported").await;

    // Reset, and taken back: apps and targets stay all the while.
    window.choose("language-select", "zh-CN").await;
    tray.line("退出 Longwire").await;
    let before = written(&session, "Chinese", |text| text.contains("zh-CN")).await;
    window.click("reset-settings").await;
    window.reads("nav-overview", "Overview").await;
    tray.line("Quit Longwire").await;
    eventually("as in a new installation", async || (!window.is_dark().await).then_some(())).await;
    let reset = written(&session, "no theme", |text| !text.contains("theme")).await;
    assert!(reset.contains(Platform::APP_ID) && !reset.contains("language"), "{reset}");
    window.reads("undo-bar", "as in a new installation").await;
    stage.window.shoot("settings-reset-en").await;
    window.click("undo").await;
    window.reads("nav-overview", "概览").await;
    tray.line("退出 Longwire").await;
    eventually("dark again", async || window.is_dark().await.then_some(())).await;
    let after = written(&session, "the theme again", |text| text.contains("theme = \"dark\"")).await;
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(lines(&after), lines(&before));
    window.hides("[data-testid='undo-bar']").await;
    stage.window.close().await;

    // On another computer: one sees first what changes, and the app waits for its secret.
    let other = Session::start("en_GB.UTF-8").await;
    let copy = other.home().join("settings.toml");
    fs::copy(&file, &copy).unwrap();
    let stage = Stage::reopen(&other).await;
    let (window, tray) = (&stage.window, other.tray_icon().await);
    window.click("nav-settings").await;
    window.click("import").await;
    window.click("import-look").await;
    window.reads("import-mistake", "Choose a file").await;
    window.attach("import-file", &copy).await;
    window.reads("plan-apps", Platform::APP_ID).await;
    window.reads("plan-settings", "Appearance").await;
    window.reads("plan-targets", "bot").await;
    stage.shoot_both("settings-import-plan").await;
    assert!(stage.call::<call::ReadSnapshot>(&()).await.targets.is_empty(), "looking changes nothing");
    window.click("import-confirm").await;
    window.shows("[data-testid='import-sheet'] [data-testid='import-done']").await;
    eventually("the look of the file", async || window.is_dark().await.then_some(())).await;
    window.click("import-secret").await;
    window.is_at(&format!("/apps/edit/{}/secret", Platform::APP_ID)).await;
    window.fill("app-secret", Platform::SECRET).await;
    window.click("proxy-direct").await;
    window.click("save").await;
    stage.connected("Connected to 127.0.0.1").await;
    tray.line("Order bot: Connected").await;
    stage.shoot_both("settings-imported").await;
    assert_eq!(other.files_with(Platform::SECRET), [""; 0].map(PathBuf::from));
    stage.window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_forgotten_once_that_was_confirmed() {
    let (session, platform) = (Session::start("en_GB.UTF-8").await, platform().await);
    let stage = Stage::open(&session, &configured(&session, &platform, "theme = \"dark\"\n")).await;
    let window = &stage.window;
    stage.connected("Connected to 127.0.0.1").await;
    platform.send(EventSpec::new(EventKind::MessageText).text("planted-words")).unwrap();
    window.reads("recent-event", "planted-words").await;

    window.click("nav-settings").await;
    window.click("reset-everything").await;
    window.reads("reset-counts", "Apps with their App Secrets: 1").await;
    window.reads("reset-counts", "Kept events: 1").await;
    stage.shoot_both("settings-reset-everything").await;
    window.escape().await;
    window.hides("[data-testid='reset-sheet']").await;
    assert_eq!(platform.clients().len(), 1, "a second thought changes nothing");
    window.click("reset-everything").await;
    window.click("reset-confirm").await;
    window.is_at("/start").await;
    eventually("the connection is closed", async || platform.clients().is_empty().then_some(())).await;
    written(&session, "nothing", |text| !text.contains(Platform::APP_ID) && !text.contains("theme")).await;
    let snapshot = stage.call::<call::ReadSnapshot>(&()).await;
    assert!(snapshot.apps.iter().all(|app| app.simulated), "{:?}", snapshot.apps);
    assert!(!window.source().await.contains("planted-words"));
    stage.window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_followed_and_a_report_is_saved_as_it_was_read() {
    let (session, platform) = (Session::start("en_GB.UTF-8").await, platform().await);
    let stage = Stage::open(&session, &configured(&session, &platform, "")).await;
    let window = &stage.window;
    stage.connected("Connected to 127.0.0.1").await;

    // The line that a user of the old scripts looks for.
    window.click("nav-logs").await;
    let connected = format!("connected to {}", platform.url().replace("http://", "ws://"));
    window.reads("log-line", &connected).await;
    stage.shoot_both("logs-1").await;
    let count = async || window.count("[data-testid='log-line']").await;
    let all = count().await;
    window.fill("log-search", "connected to ws").await;
    eventually("the lines that fit", async || (count().await < all).then_some(())).await;
    for line in window.texts("[data-testid='log-line'] .text").await {
        assert!(line.contains("connected to ws"), "{line}");
    }
    window.keys("\u{e00c}").await;
    eventually("all lines", async || (count().await >= all).then_some(())).await;

    // It is followed: what happens now stands below, and warnings alone can be asked for.
    platform.cut_links();
    window.reads("log-line", "disconnected").await;
    window.choose("log-level", "warn").await;
    window.hides("[data-testid='log-line'].info").await;
    window.shows("[data-testid='log-line'].warn").await;
    window.choose("log-level", "error").await;
    window.shows("[data-testid='log-none']").await;
    stage.shoot_both("logs-2-none").await;
    window.click("log-all").await;
    window.shows("[data-testid='log-line'].info").await;

    // The report: every file is read, one is left out, and the archive holds what was read and no more.
    window.click("to-report").await;
    window.is_at("/report").await;
    window.shows("[data-testid='report-file']").await;
    let names = window.texts("[data-testid='report-file'] .name").await;
    for name in ["log.txt", "doctor.txt", "settings.toml", "versions.txt", "state.json"] {
        assert!(names.iter().any(|other| other == name), "no {name}: {names:?}");
    }
    let mut read = Vec::new();
    for place in 1..=names.len() {
        let row = format!("[data-testid='report-file']:nth-child({place})");
        window.press(&format!("{row} summary")).await;
        window.shows(&format!("{row} pre")).await;
        read.push(window.texts(&format!("{row} pre")).await.concat());
    }
    let log = names.iter().position(|name| name == "log.txt").unwrap();
    assert!(read[log].contains("connected to ws://"), "{}", read[log]);
    window.press("[data-testid='report-file']:nth-child(2) input").await;
    window.has("report-file", "data-included", "false").await;
    stage.shoot_both("report-1-read").await;
    window.fill("report-note", "it broke in the morning").await;
    window.click("report-save").await;
    let archive = saved(&stage, "report-saved").await;
    assert!(archive.starts_with(session.home()), "{}", archive.display());
    window.show("report-saved").await;
    stage.shoot_both("report-2-saved").await;

    let kept = || names.iter().zip(&read).filter(|(name, _)| **name != names[1]);
    let wanted: Vec<&str> = kept().map(|(name, _)| name.as_str()).chain(["note.txt"]).collect();
    assert_eq!(unzip(&["-Z1"], &archive).lines().collect::<Vec<_>>(), wanted);
    for (name, read) in kept() {
        assert_eq!(seen(&unzip(&["-p", name], &archive)), *read, "{name} as it was read");
    }
    let whole = unzip(&["-p"], &archive);
    let home = session.home();
    for planted in [Platform::SECRET, Platform::APP_ID, "Order bot", "planted", home.to_str().unwrap()] {
        assert!(!whole.contains(planted), "{planted} is in the report:\n{whole}");
    }
    assert!(whole.contains("it broke in the morning"));
    stage.window.close().await;
}
