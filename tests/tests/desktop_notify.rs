//! Notifications on a real desktop: what the daemon is asked to show, what it shows, and where a click leads.
#![cfg(target_os = "linux")]
// What a helper of these tests does not expect ends them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use longwire_contract::{FaultCode, NoticeCode, Phase, call};
use longwire_engine::Client;
use longwire_openplatform::{App, EventKind, EventSpec, Running, Simulator};
use longwire_tests::{
    Platform,
    desktop::{Session, Stage, eventually, settings},
};
use secrecy::SecretString;
use serde_json::Value;

/// The platform on this machine, with one app.
async fn platform() -> Running {
    let app = App::new(Platform::APP_ID, SecretString::from(Platform::SECRET));
    Simulator::builder().app(app).start().await.expect("the simulator starts")
}

/// The settings of that app, with this secret.
fn configured(session: &Session, platform: &Running, secret: &str) -> String {
    let file = session.home().join("secret");
    fs::write(&file, secret).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    settings(&platform.url(), &file)
}

fn configure(session: &Session, settings: &str) {
    fs::create_dir_all(session.data_dir()).unwrap();
    fs::write(session.data_dir().join("config.toml"), settings).unwrap();
}

/// The engine of the app, once it says that the app is connected.
async fn connected(session: &Session) -> Client {
    eventually("the app is connected", async || {
        // Anew each time: the socket of an app that has just ended may still take a client.
        let mut engine = Client::connect(&session.data_dir()).await.ok()?;
        let snapshot = engine.call::<call::ReadSnapshot>(&()).await.ok()?;
        (snapshot.phase == Phase::Connected).then_some(engine)
    })
    .await
}

/// What dunst remembers of what it has shown.
fn history(session: &Session) -> Vec<Value> {
    session.dunstctl(["close-all"]);
    let history: Value = serde_json::from_str(&session.dunstctl(["history"])).expect("dunst speaks JSON");
    history["data"][0].as_array().expect("a list of notifications").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_shown_and_a_click_opens_it() {
    let session = Session::start("en_GB.UTF-8").await;
    let (platform, notifications) = (platform().await, session.notifications().await);
    let settings = configured(&session, &platform, Platform::SECRET);
    let stage = Stage::open(&session, &settings).await;
    connected(&session).await;

    // Text of a stranger's is text, whatever it would be to a daemon that takes it for markup.
    let text = "部署完成 <b>100 %</b> &amp; <a href='http://evil.test'>done</a>";
    platform.send(EventSpec::new(EventKind::MessageText).text(text)).unwrap();
    let shown = notifications.titled("New ").await;
    assert_eq!(
        (shown.app.as_str(), shown.desktop_entry.as_str(), shown.replaces),
        ("Longwire", "Longwire", 0)
    );
    assert!(shown.body.contains("&lt;b&gt;100 %&lt;/b&gt; &amp;amp; &lt;a href=&#39;"), "{}", shown.body);
    assert_eq!(shown.actions, ["default", "Open"]);
    let displayed = async || (session.dunstctl(["count", "displayed"]).trim() == "1").then_some(());
    eventually("it is on the screen", displayed).await;
    stage.window.shoot("notification-message").await;

    stage.window.shows("[data-testid='recent-event']").await;
    session.dunstctl(["action"]);
    stage.window.is_at("/events/1").await;
    stage.window.reads("event-detail", "部署完成").await;

    let [kept] = &history(&session)[..] else { panic!("one notification: {:?}", history(&session)) };
    assert_eq!(kept["appname"]["data"], "Longwire");
    assert_eq!(kept["summary"]["data"], *shown.title);
    assert!(kept["body"]["data"].as_str().unwrap().contains("部署完成"), "{kept}");
    stage.window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_is_a_few_notifications_in_one_place_and_a_click_opens_the_window() {
    let session = Session::start("en_GB.UTF-8").await;
    let (platform, notifications) = (platform().await, session.notifications().await);
    configure(&session, &configured(&session, &platform, Platform::SECRET));
    session.without_app().await;
    let app = session.app().arguments(["--hidden"]).run();
    connected(&session).await;

    let flood = platform.flood(500, 64).await.unwrap();
    assert!(flood.elapsed < Duration::from_secs(5), "it is no burst: {flood:?}");
    let summary = notifications.titled("500 messages").await;
    assert_ne!(summary.replaces, 0, "it stands in for the first one");
    session.shoot("notification-burst");
    assert!(!session.shows_window());
    session.dunstctl(["action"]);
    eventually("the window", async || session.shows_window().then_some(())).await;
    // Twice the time after which another could come.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let all = notifications.all();
    assert!(all.len() <= 3, "{all:?}");
    assert_eq!(history(&session).len(), 1);
    app.signal("TERM");
    assert_eq!(app.end().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_hangs_slows_no_acknowledgement_and_is_told() {
    let session = Session::start("en_GB.UTF-8").await;
    let (platform, notifications) = (platform().await, session.notifications().await);
    configure(&session, &configured(&session, &platform, Platform::SECRET));
    let app = session.app().arguments(["--hidden"]).run();
    connected(&session).await;
    let mut engine = eventually("the engine", async || Client::connect(&session.data_dir()).await.ok()).await;

    session.notification_daemon().signal("STOP");
    let mut delivery = platform.send(EventKind::MessageText).unwrap();
    let ack = delivery.acked().await.expect("it is kept");
    assert!(ack.took < Duration::from_secs(1), "{ack:?}");
    // While the first notification hangs, and after it was given up.
    for _ in 0..2 {
        let flood = platform.flood(2000, 64).await.unwrap();
        assert!(flood.latencies.max() < Duration::from_secs(1), "{flood:?}");
        eventually("that nothing is shown is told", async || {
            let snapshot = engine.call::<call::ReadSnapshot>(&()).await.ok()?;
            snapshot.notices.iter().any(|notice| notice.code == NoticeCode::NotificationsFail).then_some(())
        })
        .await;
    }
    let tested = engine.call::<call::TestNotification>(&()).await;
    assert_eq!(tested.unwrap_err().code, FaultCode::NotifyFailed);

    session.notification_daemon().signal("CONT");
    engine.call::<call::TestNotification>(&()).await.expect("it is shown again");
    notifications.titled("Notifications work").await;
    let snapshot = engine.call::<call::ReadSnapshot>(&()).await.unwrap();
    assert!(snapshot.notices.iter().all(|notice| notice.code != NoticeCode::NotificationsFail));
    app.signal("TERM");
    assert_eq!(app.end().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_needs_the_user_or_is_lost_is_told_and_a_click_shows_what_mends_it() {
    let session = Session::start("zh_CN.UTF-8").await;
    let (platform, notifications) = (platform().await, session.notifications().await);
    let wrong = configured(&session, &platform, "not the secret");
    let stage = Stage::open(&session, &wrong).await;
    let needs_you = notifications.titled("需要你处理").await;
    assert!(needs_you.body.starts_with("原因："), "{}", needs_you.body);
    stage.window.click("nav-events").await;
    session.dunstctl(["action"]);
    stage.window.is_at(&format!("/overview/{}", Platform::APP_ID)).await;
    stage.window.has("finding", "data-code", "credentials_wrong").await;
    stage.window.shoot("notification-needs-you").await;
    stage.window.close().await;

    configure(&session, &configured(&session, &platform, Platform::SECRET));
    let app = session.app().arguments(["--hidden"]).run();
    connected(&session).await;
    platform.shutdown().await;
    let lost = notifications.titled("连接断开").await;
    assert!(lost.body.starts_with("原因："), "{}", lost.body);
    session.shoot("notification-lost");
    app.signal("TERM");
    assert_eq!(app.end().code, Some(0));
}
