//! The app beside a Longwire that holds its data folder: one connection, whoever comes and goes.
#![cfg(target_os = "linux")]
// What a helper of these tests does not expect ends them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{fs, os::unix::fs::PermissionsExt};

use longwire_contract::{Phase, Snapshot, call};
use longwire_engine::{Client, Engine, Machine, Options};
use longwire_openplatform::{App, EventKind, EventSpec, Running, Simulator};
use longwire_tests::{
    Platform, Process,
    desktop::{Session, Stage, eventually, settings},
    program,
};
use secrecy::SecretString;

/// The platform on this machine, and the settings of its one app in the session's data folder.
async fn platform(session: &Session) -> Running {
    let app = App::new(Platform::APP_ID, SecretString::from(Platform::SECRET));
    let platform = Simulator::builder().app(app).start().await.expect("the simulator starts");
    let file = session.home().join("secret");
    fs::write(&file, Platform::SECRET).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::create_dir_all(session.data_dir()).unwrap();
    fs::write(session.data_dir().join("config.toml"), settings(&platform.url(), &file)).unwrap();
    platform
}

/// `longwire run` on the session's data folder, connected.
fn run(session: &Session) -> Process {
    let start = session.program(program("longwire")).variable("LONGWIRE_DATA_DIR", session.data_dir());
    let run = start.arguments(["run"]).run();
    run.stderr_line("connected to ws://");
    run
}

/// What the engine of the data folder says, once this program holds it and is connected.
async fn held_by(session: &Session, program: &str) -> Snapshot {
    eventually(&format!("{program} is connected"), async || {
        // Anew each time: the socket of one that has just ended may still take a client.
        let mut engine = Client::connect(&session.data_dir()).await.ok()?;
        let snapshot = engine.call::<call::ReadSnapshot>(&()).await.ok()?;
        (snapshot.phase == Phase::Connected && snapshot.program == program).then_some(snapshot)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_shows_one_that_runs_and_leaves_it_up() {
    let session = Session::start("en_GB.UTF-8").await;
    let (platform, notifications) = (platform(&session).await, session.notifications().await);
    let run = run(&session);

    let stage = Stage::reopen(&session).await;
    let tray = session.tray_icon().await;
    stage.window.has("phase", "data-phase", "connected").await;
    tray.line(": Connected").await;
    let held = format!("Held by longwire run, process {}", run.pid());
    assert!(!tray.line(&held).await.enabled, "it is there to be read");
    stage.window.reads("held-by", &held).await;

    platform.send(EventSpec::new(EventKind::MessageText).text("to whom it may concern")).unwrap();
    stage.window.reads("recent-event", "to whom it may concern").await;
    let shown = notifications.titled("New ").await;
    assert!(shown.body.contains("to whom it may concern"), "the app tells the desktop: {}", shown.body);
    stage.window.shoot("attached").await;
    assert_eq!(platform.stats().links, 1, "there has been one connection");

    stage.window.close().await;
    let snapshot = held_by(&session, "longwire run").await;
    assert_eq!((snapshot.pid, platform.stats().links), (run.pid(), 1), "it has not noticed");
    run.signal("TERM");
    assert_eq!(run.end().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_takes_over_from_one_that_is_gone_and_gives_way_to_a_service() {
    let session = Session::start("zh_CN.UTF-8").await;
    let platform = platform(&session).await;
    let run = run(&session);
    let stage = Stage::reopen(&session).await;
    let tray = session.tray_icon().await;
    tray.line(&format!("由 longwire run（进程 {}）保持连接", run.pid())).await;

    run.signal("KILL");
    stage.window.has("phase", "data-phase", "connecting").await;
    let own = held_by(&session, "Longwire").await;
    assert!(!own.service);
    stage.window.has("phase", "data-phase", "connected").await;
    stage.window.hides("[data-testid='held-by']").await;
    assert_eq!(platform.stats().links, 2, "one more, in place of the one that was lost");

    // As systemd would start it; in this process, where it can be told that it is one.
    let machine = Machine::new(Some(&session.data_dir())).unwrap();
    let options = Options { service: true, system: false, ..Options::new(&machine, "longwire run") };
    let service = Engine::open(options).await.expect("the app gives way");
    tray.line("由后台服务保持连接").await;
    stage.window.reads("held-by", "由后台服务保持连接").await;
    stage.window.has("phase", "data-phase", "connected").await;
    stage.window.shoot("attached-service").await;
    assert_eq!(platform.stats().links, 3, "one more, in place of the app's");
    assert!(held_by(&session, "longwire run").await.service);
    stage.window.close().await;
    service.close().await;
}
