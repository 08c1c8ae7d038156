//! The first run, as somebody walks it who has just installed the app: from an empty data folder to the first event.
#![cfg(target_os = "linux")]
// What a helper of these tests does not expect ends them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use longwire_contract::call;
use longwire_openplatform::{App, EventKind, EventSpec, Fault, Running, Simulator};
use longwire_tests::{
    Platform,
    desktop::{Session, Stage, Window, eventually},
};
use secrecy::SecretString;

const WRONG: &str = "planted-wrong-0f3c";

/// A step of the first run, in this state.
fn step(step: &str, state: &str) -> String {
    format!("[data-testid='step'][data-step='{step}'][data-state='{state}']")
}

/// The hops of the road that hold, by their names.
async fn holding(window: &Window<'_>) -> Vec<String> {
    window.texts("[data-testid='step'] .wire li.hop.holds strong").await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_connected_by_what_the_screen_says_and_the_steps_tick_themselves() {
    let app = App::new(Platform::APP_ID, SecretString::from(Platform::SECRET));
    let platform: Running = Simulator::builder().app(app).start().await.expect("the simulator starts");
    // It lets clients in and says nothing: the road is walked to its last hop, and no further.
    platform.set_fault(Some(Fault::Silent)).await;
    let session = Session::start("en_GB.UTF-8").await;
    let stage = Stage::reopen(&session).await;
    let (window, tray) = (&stage.window, session.tray_icon().await);

    // The simulator plays until there is an app.
    window.reads("simulator-banner", "No app of yours yet").await;
    tray.line("Simulator: Connected").await;
    tray.wears("connected").await;
    stage.shoot_both("first-run-1-simulator").await;
    window.click("connect-app").await;
    window.is_at("/start").await;
    window.has("setup", "data-step", "app").await;
    window.shows("[data-testid='app-id']:focus").await;
    stage.shoot_both("first-run-2-start").await;

    // What is wrong is said beside the field, and nothing is sent.
    window.fill("app-id", "cli_0123").await;
    window.click("save").await;
    window.has("app-id", "aria-invalid", "true").await;
    window.shows("[data-testid='app-id']:focus").await;
    window.has("app-secret", "aria-invalid", "true").await;
    assert_eq!(window.count("[data-testid='check-result']").await, 0, "nobody was asked");

    // Both at once from the clipboard, the secret a wrong one.
    window.click("domain-custom").await;
    let copied = format!("{{\"app_id\": \"{}\", \"app_secret\": \"{WRONG}\"}}", Platform::APP_ID);
    window.paste("app-id", &copied, "domain-url").await;
    window.reads("took-both", "App ID and App Secret").await;
    window.fill("domain-url", &platform.url()).await;
    window.click("save").await;
    window.has("check-result", "data-ok", "false").await;
    window.reads("check-result", "App ID or App Secret is wrong").await;
    window.is_at("/start").await;
    tray.line("Simulator: Connected").await;
    assert!(stage.call::<call::ReadSnapshot>(&()).await.apps.iter().all(|app| app.simulated), "not added");
    stage.shoot_both("first-run-3-wrong-secret").await;

    // The right one: the road holds up to the connection, which waits for the platform's word.
    window.fill("app-secret", Platform::SECRET).await;
    window.hides("[data-testid='check-result']").await;
    window.keys("\u{e007}").await;
    window.is_at(&format!("/start/{}", Platform::APP_ID)).await;
    window.shows(&step("connected", "now")).await;
    window.shows("[data-testid='step'] .wire li.hop.busy:nth-last-child(2)").await;
    let held = holding(window).await;
    assert_eq!(
        held.len(),
        window.count("[data-testid='step'] .wire li.hop:not(.last)").await - 1,
        "{held:?}"
    );
    window.shows(&step("saved", "open")).await;
    stage.shoot_both("first-run-4-connecting").await;
    platform.set_fault(None).await;
    platform.cut_links();
    window.shows(&step("connected", "done")).await;
    assert_eq!(holding(window).await.len(), held.len() + 1);

    // The platform counts one connection, and it is the user's turn.
    window.shows(&step("seen", "done")).await;
    window.reads("step", "The platform sees 1 connection").await;
    assert_eq!(platform.clients().len(), 1);
    window.has("setup", "data-step", "saved").await;
    window.reads("console-steps", "press Save").await;
    window.press("[data-testid='still-refused'] summary").await;
    window.reads("still-refused", Platform::APP_ID).await;
    tray.line(&format!("{}: Connected", Platform::APP_ID.replace('_', "__"))).await;
    stage.shoot_both("first-run-5-save-now").await;

    // Closed in the middle of it, and opened again from the tray: there it goes on.
    stage.close_window().await;
    assert!(!session.shows_window());
    assert_eq!(platform.clients().len(), 1, "the app goes on in the tray");
    tray.choose("Open Longwire").await;
    window.reopened().await;
    window.shows("[data-testid='setup-card'] li[data-step='saved'][aria-current='step']").await;
    stage.shoot_both("first-run-6-resumed").await;
    window.click("all-steps").await;
    window.is_at(&format!("/start/{}", Platform::APP_ID)).await;
    window.has("setup", "data-step", "saved").await;
    window.shows(&step("received", "open")).await;

    // What proves that the console was saved.
    platform.send(EventSpec::new(EventKind::MessageText).text("第一条消息")).unwrap();
    window.has("setup", "data-step", "done").await;
    window.shows(&step("saved", "done")).await;
    window.shows(&step("received", "done")).await;
    window.reads("recent-event", "第一条消息").await;
    window.reads("tick", "First event received").await;
    window.shows("[data-testid='what-next']").await;
    stage.shoot_both("first-run-7-done").await;
    window.click("finish").await;
    window.is_at(&format!("/overview/{}", Platform::APP_ID)).await;
    window.has("phase", "data-phase", "connected").await;
    assert_eq!(window.count("[data-testid='setup-card']").await, 0, "what is done is not asked for again");

    for secret in [Platform::SECRET, WRONG] {
        assert_eq!(
            session.files_with(secret),
            [""; 0].map(std::path::PathBuf::from),
            "in the keychain alone"
        );
        assert!(!window.source().await.contains(secret), "it came back to the page");
    }
    stage.window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_app_the_simulator_shows_what_an_event_is() {
    let session = Session::start("zh_CN.UTF-8").await;
    let stage = Stage::reopen(&session).await;
    let (window, tray) = (&stage.window, session.tray_icon().await);

    // Without a simulator there is nothing to show, and two ways on.
    window.click("nav-settings").await;
    window.click("simulator-stop").await;
    tray.line("还没有应用").await;
    window.click("nav-overview").await;
    window.shows("[data-testid='welcome']").await;
    stage.shoot_both("first-run-8-welcome").await;
    window.click("connect-app").await;
    window.is_at("/start").await;
    let today = async || stage.call::<call::ReadSnapshot>(&()).await.events_today;
    let before = today().await;
    window.press("[data-testid='try-simulator'] [data-testid='simulator-start']").await;
    tray.line("Simulator: Connected").await;
    window.shows("[data-testid='simulator-send']:enabled").await;

    // It tells a few events by itself, and then is quiet for a while.
    eventually("three events", async || (today().await >= before + 3).then_some(())).await;
    window.click("nav-overview").await;
    window.click("connect-app").await;
    window.shows("[data-testid='simulator-send']:enabled").await;
    assert_eq!(window.count("[data-testid='try-simulator'] [data-testid='recent-event']").await, 0);
    window.click("simulator-send").await;
    window.reads("try-simulator", "It came over a long connection").await;
    stage.shoot_both("first-run-9-simulated").await;
    window.press("[data-testid='try-simulator'] [data-testid='recent-event']").await;
    window.reads("json-pane", "im.message.receive_v1").await;
    // The next that it tells by itself is none of these.
    window.reads("json-pane", "\"message_type\": \"text\"").await;
    stage.window.close().await;
}
