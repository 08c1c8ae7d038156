//! The tray app on a real desktop: a screen, a panel with a tray, a secret store, and a person's clicks.
#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt;

use longwire_contract::Language;
use longwire_tests::{
    Process,
    desktop::{Line, Session, Stage, eventually, processes_below, settings},
    program,
};

/// What `longwire simulate` prints for a person to copy.
struct Credentials {
    domain: String,
    app_id: String,
    app_secret: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_is_added_receives_an_event_breaks_and_recovers() {
    let session = Session::start("en_GB.UTF-8").await;
    let window = session.open_window().await;
    let tray = session.tray_icon().await;

    // The first start: the built-in simulator, connected, with events.
    window.reads("simulator-banner", "No app of yours yet").await;
    window.has("phase", "data-phase", "connected").await;
    window.reads("recent-event", "im.message.receive_v1").await;
    tray.line("Simulator: Connected").await;
    window.shoot("1-first-start").await;

    // A bot of one's own.
    let (platform, credentials) = simulate(&session, None);
    window.click("connect-app").await;
    window.click("domain-custom").await;
    window.fill("domain-url", &credentials.domain).await;
    window.fill("app-id", &credentials.app_id).await;
    window.fill("app-secret", &credentials.app_secret).await;
    window.press("[data-testid='more'] summary").await;
    window.fill("app-name", "Order & delivery bot").await;
    window.shoot("2-add-app").await;
    window.click("save").await;
    let connected = format!("Connected to {}", credentials.domain.trim_start_matches("http://"));
    window.reads("step", &connected).await;
    window.has("setup", "data-step", "saved").await;
    tray.line("Order & delivery bot: Connected").await;

    // An event, which ticks what was left, with its JSON.
    let mut platform = platform;
    platform.write_line("card_action");
    window.has("setup", "data-step", "done").await;
    window.reads("recent-event", "card.action.trigger").await;
    window.shoot("3-connected").await;
    window.click("recent-event").await;
    window.reads("json-pane", "card.action.trigger").await;
    window.shoot("4-event").await;

    // The platform goes away; the app says so, and connects again by itself once it is back.
    drop(platform);
    window.click("nav-overview").await;
    window.has("finding", "data-code", "tcp_refused").await;
    window.has("phase", "data-phase", "waiting").await;
    let line = tray.line("Order & delivery bot: nothing listens on").await;
    assert!(line.enabled);
    assert!(tray.menu().await.iter().any(|line| line.label.trim() == "Retry now"), "{:?}", tray.menu().await);
    window.shoot("5-down").await;
    let (mut platform, again) = simulate(&session, Some(&credentials));
    assert_eq!(again.domain, credentials.domain);
    window.reads("headline", &connected).await;
    platform.write_line("bot_added");
    window.reads("recent-event", "im.chat.member.bot.added_v1").await;

    // The other language, in the window and in the tray.
    window.click("nav-settings").await;
    window.choose("language-select", "zh-CN").await;
    window.reads("nav-overview", "概览").await;
    tray.line("Order & delivery bot：已连接").await;
    tray.line("退出 Longwire").await;
    window.click("nav-overview").await;
    window.shoot("6-chinese").await;

    assert_eq!(session.files_with(&credentials.app_secret), [""; 0].map(std::path::PathBuf::from));
    assert!(!window.source().await.contains(&credentials.app_secret), "the App Secret came back to the page");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_window_costs_no_memory_and_every_way_back_opens_it() {
    let session = Session::start("en_GB.UTF-8").await;
    let app = session.app().run();
    let tray = session.tray_icon().await;
    tray.line("Simulator: Connected").await;
    shown(&session, &app).await;

    session.close_window();
    closed(&session, &app).await;
    tray.line("Simulator: Connected").await;

    // A second start tells the first to show itself, and ends.
    let second = session.app().run().end();
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    shown(&session, &app).await;

    session.close_window();
    closed(&session, &app).await;
    tray.choose("Open Longwire").await;
    shown(&session, &app).await;

    // The tray's own commands, and its shapes.
    let connected = tray.picture().await;
    tray.choose("Pause").await;
    tray.line("Simulator: Paused").await;
    eventually("another shape", async || (tray.picture().await != connected).then_some(())).await;
    session.shoot("7-paused");
    tray.choose("Resume").await;
    tray.line("Simulator: Connected").await;

    tray.choose("Quit Longwire").await;
    let ended = app.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_start_shows_the_tray_alone_and_a_signal_ends_it_in_good_order() {
    let session = Session::start("zh_CN.UTF-8").await;
    let app = session.app().arguments(["--hidden"]).run();
    let tray = session.tray_icon().await;
    tray.line("模拟器：已连接").await;
    assert!(!session.shows_window());
    assert_eq!(session.pages_of(&app), 0);
    app.signal("TERM");
    let ended = app.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_started_while_another_is_being_killed_does_not_end_with_it() {
    let session = Session::start("en_GB.UTF-8").await;
    let killed = session.app().arguments(["--hidden"]).run();
    session.tray_icon().await.line("Simulator: Connected").await;
    // It has its name on the bus, and says nothing: as a process of which the system has not cleared everything away.
    killed.signal("STOP");
    let peers = || async { session.peers().await };
    let before = peers().await;
    let mut next = session.app().arguments(["--hidden"]).run();
    eventually("the next one is on the bus", async || (peers().await > before).then_some(())).await;
    assert!(next.is_running());
    killed.signal("KILL");
    assert_eq!(killed.end().code, None);
    session.tray_icon().await.line("Simulator: Connected").await;
    next.signal("TERM");
    assert_eq!(next.end().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_mends_an_app_stands_under_it_in_the_menu_and_opens_at_it() {
    let session = Session::start("en_GB.UTF-8").await;
    let (_platform, credentials) = simulate(&session, None);
    let secret = session.home().join("secret");
    std::fs::write(&secret, "not the secret of this app").unwrap();
    // One that others can read is not read at all.
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let settings = settings(&credentials.domain, &secret);
    let settings = settings.replace(longwire_tests::Platform::APP_ID, &credentials.app_id);
    let stage = Stage::open(&session, &settings).await;
    let tray = session.tray_icon().await;

    for (language, fix) in [(Language::English, "Edit credentials…"), (Language::Chinese, "修改凭证…")]
    {
        stage.speak(language).await;
        tray.line(fix).await;
        let menu = tray.menu().await;
        // In a menu's label a single underscore marks a key.
        let first = menu[0].label.replace("__", "_");
        assert!(menu[0].enabled && first.contains(&credentials.app_id), "{menu:?}");
        assert_eq!(menu[1].label.trim(), fix);
    }
    session.shoot("9-needs-you");
    tray.choose("修改凭证…").await;
    stage.window.is_at(&format!("/apps/edit/{}/secret", credentials.app_id)).await;
    stage.window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_menu_that_is_open_stays_open_and_an_old_line_does_nothing_else_than_it_said() {
    let session = Session::start("en_GB.UTF-8").await;
    let app = session.app().arguments(["--hidden"]).run();
    let tray = session.tray_icon().await;
    tray.line("Simulator: Connected").await;
    let pause = tray.line("Pause").await;
    let kept = ["Open Longwire", "Quit Longwire"];
    let line = async |label| tray.line(label).await;
    let before = [line(kept[0]).await, line(kept[1]).await];

    tray.click(&pause).await;
    tray.line("Simulator: Paused").await;
    tray.line("Resume").await;
    assert_eq!(
        [line(kept[0]).await, line(kept[1]).await],
        before,
        "the same lines to a panel that shows them"
    );

    // Whoever clicks on what is not there any more has clicked on nothing.
    tray.click_late(&pause).await;
    tray.click(&before[0]).await;
    shown(&session, &app).await;
    tray.line("Simulator: Paused").await;
    tray.choose("Resume").await;
    tray.line("Simulator: Connected").await;
    tray.choose("Quit Longwire").await;
    assert_eq!(app.end().code, Some(0));
}

#[test]
fn without_a_desktop_it_says_what_works_instead() {
    let data_dir = tempfile::tempdir().unwrap();
    let ended =
        Process::start(program("longwire-app")).variable("LONGWIRE_DATA_DIR", data_dir.path()).run().end();
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("`longwire run` works without one"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settings_file_that_cannot_be_read_is_explained_left_alone_and_tried_again() {
    let session = Session::start("en_GB.UTF-8").await;
    let broken = "language = \"zh-CN\"\n[[app]\n";
    let settings = session.data_dir().join("config.toml");
    std::fs::create_dir_all(session.data_dir()).unwrap();
    std::fs::write(&settings, broken).unwrap();
    let window = session.open_window().await;
    let tray = session.tray_icon().await;

    window.has("trouble", "data-code", "settings_unreadable").await;
    let lines = tray.menu().await;
    assert!(lines.iter().any(|Line { label, .. }| label == "Quit Longwire"), "{lines:?}");
    window.shoot("8-trouble").await;
    assert_eq!(std::fs::read_to_string(&settings).unwrap(), broken);

    std::fs::write(&settings, "language = \"zh-CN\"\n").unwrap();
    window.click("try-again").await;
    window.has("phase", "data-phase", "connected").await;
    tray.line("模拟器：已连接").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_or_the_tray_tries_again_once_what_stood_in_the_way_is_gone() {
    for by_tray in [false, true] {
        let session = Session::start("en_GB.UTF-8").await;
        let settings = session.data_dir().join("config.toml");
        std::fs::create_dir_all(session.data_dir()).unwrap();
        std::fs::write(&settings, "[[app]\n").unwrap();
        let window = session.open_window().await;
        let tray = session.tray_icon().await;
        window.has("trouble", "data-code", "settings_unreadable").await;
        tray.line("config.toml cannot be read").await;

        std::fs::write(&settings, "").unwrap();
        if by_tray {
            tray.choose("Open Longwire").await;
        } else {
            let second = session.app().run().end();
            assert_eq!(second.code, Some(0), "{}", second.stderr);
        }
        window.has("phase", "data-phase", "connected").await;
        tray.line("Simulator: Connected").await;
        window.close().await;
    }
}

/// Starts the platform: a new one, or the one with these credentials on its old port.
fn simulate(session: &Session, known: Option<&Credentials>) -> (Process, Credentials) {
    let mut start = session.program(program("longwire"));
    let listen = known.map_or("127.0.0.1:0", |known| known.domain.trim_start_matches("http://"));
    start = start.arguments(["simulate", "--listen", listen]);
    if let Some(known) = known {
        start =
            start.arguments(["--app-id", &known.app_id]).variable("LONGWIRE_APP_SECRET", &known.app_secret);
    }
    let platform = start.run();
    let value = |name: &str| {
        let line = platform.stdout_line(name);
        line.trim_start_matches(name).trim().to_owned()
    };
    let credentials =
        Credentials { domain: value("domain "), app_id: value("app id "), app_secret: value("app secret ") };
    (platform, credentials)
}

async fn shown(session: &Session, app: &Process) {
    eventually("the window", async || session.shows_window().then_some(())).await;
    eventually("the page", async || (session.pages_of(app) == 1).then_some(())).await;
}

async fn closed(session: &Session, app: &Process) {
    eventually("no window", async || (!session.shows_window()).then_some(())).await;
    eventually("nothing of a page in memory", async || {
        let processes = processes_below(app.pid());
        (!processes.iter().any(|(_, name)| name.starts_with("WebKit"))).then_some(())
    })
    .await;
}
