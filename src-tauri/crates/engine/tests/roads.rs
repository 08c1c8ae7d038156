//! Which road an engine's apps take, whom they trust, and what the doctor says, over real sockets.

// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "common/bench.rs"]
mod bench;
mod common;

use longwire_contract::{
    Action, AppEdit, AppRef, CheckKind, FaultCode, FindingCode, Handler, Mark, NoteCode, Phase, Progress,
    SettingsChange, Snapshot,
};
use longwire_engine::{Engine, Examination, examine};
use longwire_openplatform::{EventKind, Fault};

use bench::{APP, Bench, id};
use common::{secret, until};

fn app() -> AppRef {
    AppRef { app_id: id() }
}

fn trust(file: &str) -> SettingsChange {
    SettingsChange { ca_files: Some(vec![file.to_owned()]), ..SettingsChange::default() }
}

fn proxy(text: &str) -> AppEdit {
    let nothing = (None, None, None, None);
    let (app_secret, secret_file, domain, name) = nothing;
    AppEdit { app_id: id(), app_secret, secret_file, domain, name, proxy: Some(secret(text)) }
}

fn found(snapshot: &Snapshot, code: FindingCode) -> bool {
    snapshot.apps[0].findings.iter().any(|finding| finding.code == code)
}

fn connected(snapshot: &Snapshot) -> bool {
    snapshot.apps[0].phase == Phase::Connected
}

#[tokio::test]
async fn a_ca_file_takes_effect_at_once_and_is_named_where_it_cannot() {
    let bench = Bench::new().await;
    let engine = bench.engine(None).await;
    let snapshot = until(&engine, |snapshot| found(snapshot, FindingCode::TlsUntrusted)).await;
    let finding = &snapshot.apps[0].findings[0];
    assert_eq!((finding.action, finding.blocks_connection), (Some(Action::TrustCa), true));

    engine.settings_change(trust("/no/such.pem")).await.unwrap();
    let snapshot = engine.snapshot(()).await.unwrap();
    assert_eq!(snapshot.ca_files[0].path, "/no/such.pem");
    assert!(snapshot.ca_files[0].problem.is_some() && snapshot.notices.len() == 1);

    engine.settings_change(trust(&bench.ca_file())).await.unwrap();
    let snapshot = until(&engine, connected).await;
    assert_eq!((snapshot.ca_files[0].problem.as_deref(), snapshot.notices.len()), (None, 0));
    engine.close().await;
}

#[tokio::test]
async fn an_apps_proxy_is_obeyed_and_its_password_is_a_secret() {
    let bench = Bench::new().await;
    let engine = bench.engine(Some("http://me:planted@127.0.0.1:1")).await;
    engine.settings_change(trust(&bench.ca_file())).await.unwrap();
    let snapshot = until(&engine, |snapshot| found(snapshot, FindingCode::ProxyUnreachable)).await;
    assert_eq!(snapshot.apps[0].proxy, "http://127.0.0.1:1");
    assert_eq!(snapshot.apps[0].route.as_ref().unwrap().code, NoteCode::RouteProxy);
    let settings = std::fs::read_to_string(bench.folder.path().join("data/config.toml")).unwrap();
    let everything = format!("{settings}{}", serde_json::to_string(&*snapshot).unwrap());
    assert!(settings.contains("http://me@127.0.0.1:1") && !everything.contains("planted"), "{everything}");
    assert_eq!(bench.store.accounts(), [APP, "cli_0000000000000001 proxy"]);

    let fault = engine.app_edit(proxy("planted://h")).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::ProxyUnusable);
    assert!(!format!("{fault:?}").contains("planted"), "{fault:?}");

    engine.app_edit(proxy("direct")).await.unwrap();
    let snapshot = until(&engine, connected).await;
    assert_eq!(snapshot.apps[0].proxy, "direct");
    assert_eq!(bench.store.accounts(), [APP]);
    engine.close().await;
}

#[tokio::test]
async fn connected_and_counted_the_console_can_be_saved_until_an_event_proves_it_was() {
    let bench = Bench::new().await;
    let engine = bench.engine(None).await;
    engine.settings_change(trust(&bench.ca_file())).await.unwrap();
    let snapshot = until(&engine, |snapshot| found(snapshot, FindingCode::PlatformSeesUs)).await;
    assert!(connected(&snapshot));
    bench.platform.send(EventKind::MessageText).unwrap();
    until(&engine, |snapshot| snapshot.apps[0].events == 1 && !found(snapshot, FindingCode::PlatformSeesUs))
        .await;
    engine.close().await;

    // The proof outlasts a restart.
    let engine = Engine::open(bench.options()).await.unwrap();
    let counted = |snapshot: &Snapshot| connected(snapshot) && snapshot.apps[0].online.is_some();
    let snapshot = until(&engine, counted).await;
    assert!(!found(&snapshot, FindingCode::PlatformSeesUs), "{:?}", snapshot.apps[0].findings);
    engine.close().await;
}

#[tokio::test]
async fn the_doctor_leaves_a_running_connection_alone() {
    let bench = Bench::new().await;
    let engine = bench.engine(None).await;
    engine.settings_change(trust(&bench.ca_file())).await.unwrap();
    until(&engine, connected).await;
    engine.doctor_start(app()).await.unwrap();
    let done = |snapshot: &Snapshot| {
        snapshot.doctor.as_ref().is_some_and(|report| report.progress == Progress::Done)
    };
    let snapshot = until(&engine, done).await;
    let report = snapshot.doctor.as_ref().unwrap();
    let check = |kind| report.checks.iter().find(|check| check.kind == kind).unwrap();
    assert_eq!(check(CheckKind::Upgrade).note.as_ref().unwrap().code, NoteCode::HeldOpen);
    assert_eq!(check(CheckKind::Credentials).mark, Mark::Ok);
    // The same from another process: it asks the one that holds the folder.
    let mut options = bench.options();
    options.ca_files = vec![bench.ca_file().into()];
    let examination = Examination { app_id: id(), domain: None };
    let report = examine(&options, examination, |_| {}, std::future::pending::<()>()).await.unwrap();
    let upgrade = report.checks.iter().find(|check| check.kind == CheckKind::Upgrade).unwrap();
    assert_eq!(upgrade.note.as_ref().unwrap().code, NoteCode::HeldOpen);
    assert_eq!(bench.platform.stats().links, 1, "one link, ever");
    let text = engine.doctor_text(()).await.unwrap();
    assert!(text.contains("cli_0000…") && !text.contains(APP), "{text}");
    engine.close().await;
}

#[tokio::test]
async fn the_doctor_stops_when_told_and_says_where_it_was() {
    let bench = Bench::new().await;
    bench.platform.set_fault(Some(Fault::BlackHole)).await;
    let engine = bench.engine(None).await;
    assert_eq!(engine.doctor_text(()).await.unwrap_err().code, FaultCode::NoReport);
    engine.doctor_start(app()).await.unwrap();
    let at = |mark, kind| {
        move |snapshot: &Snapshot| {
            let checks = snapshot.doctor.as_ref().map_or(&[][..], |report| &report.checks);
            checks.iter().any(|check| check.kind == kind && check.mark == mark)
        }
    };
    until(&engine, at(Mark::Busy, CheckKind::Tls)).await;
    engine.doctor_stop(()).await.unwrap();
    let snapshot = engine.snapshot(()).await.unwrap();
    let report = snapshot.doctor.as_ref().unwrap();
    assert_eq!(report.progress, Progress::Cancelled);
    let tls = report.checks.iter().find(|check| check.kind == CheckKind::Tls).unwrap();
    assert_eq!((tls.mark, tls.note.as_ref().unwrap().code), (Mark::Off, NoteCode::Stopped));
    engine.close().await;
}
