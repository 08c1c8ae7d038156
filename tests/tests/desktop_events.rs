//! A day's work on the page of events: what arrives is listed as it comes, found, read, handed out again and edited, to a
//! webhook that really listens.
#![cfg(target_os = "linux")]
// What a helper of these tests does not expect ends them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{fs, os::unix::fs::PermissionsExt};

use longwire_contract::call;
use longwire_openplatform::{App, EventKind, EventSpec, Running, Simulator};
use longwire_tests::{
    Bot, Platform, Process,
    desktop::{Session, Stage, settings},
};
use secrecy::SecretString;

const ROWS: &str = "[data-testid='event-row']";
const DELIVERED: &str = "[data-testid='attempt'][data-outcome='delivered']";

async fn platform() -> Running {
    let app = App::new(Platform::APP_ID, SecretString::from(Platform::SECRET));
    Simulator::builder().app(app).start().await.expect("the simulator starts")
}

/// Sends a message and waits until it is acknowledged.
async fn says(platform: &Running, text: &str) {
    let spec = EventSpec::new(EventKind::MessageText).text(text);
    platform.send(spec).expect("the app is known").acked().await.expect("it is kept");
}

/// What the last of so many posts to the bot says.
async fn posted(bot: &Bot, count: usize) -> String {
    let all = bot.until(count).await;
    assert_eq!(all.len(), count, "each is posted once");
    String::from_utf8(all[count - 1].body.to_vec()).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_listed_as_they_come_found_read_replayed_edited_and_copied() {
    let (session, platform, bot) =
        (Session::start("en_GB.UTF-8").await, platform().await, Bot::start().await);
    let secret = session.home().join("secret");
    fs::write(&secret, Platform::SECRET).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let stage = Stage::open(&session, &settings(&platform.url(), &secret)).await;
    let window = &stage.window;
    stage.connected("Connected to 127.0.0.1").await;

    // A page without events says what to do.
    window.keys("\u{e009}2").await;
    window.is_at("/events").await;
    window.shows("[data-testid='events-empty']").await;
    stage.shoot_both("events-1-empty").await;

    // A bot of one's own, which is tried at once. This one takes everything, and knows no test.
    window.click("nav-targets").await;
    window.click("add-webhook").await;
    window.fill("target-url", bot.url()).await;
    window.fill("target-name", "Order bot").await;
    window.click("target-save").await;
    window.reads("test-result", "It answers, but not the platform’s question").await;
    stage.shoot_both("events-2-target").await;
    let tried = bot.posted().len();

    // What arrives is there while one looks, and with the bot.
    window.click("nav-events").await;
    window.shows("[data-testid='events-empty']").await;
    says(&platform, "部署完成：订单服务").await;
    window.shows(&format!("{ROWS}[data-seq='1']")).await;
    says(&platform, "the build is red").await;
    says(&platform, "周报已提交").await;
    window.shows(&format!("{ROWS}[data-seq='3']")).await;
    let rows = window.texts(ROWS).await;
    assert_eq!(rows.len(), 3);
    assert!(
        rows[0].contains("周报已提交") && rows[2].contains("部署完成：订单服务"),
        "newest first: {rows:?}"
    );
    posted(&bot, tried + 3).await;
    window.shows(&format!("{ROWS}[data-seq='1'] .state.delivered")).await;
    stage.shoot_both("events-3-live").await;

    // Found by its text, by the keyboard: `/`, a word, and down into the list.
    window.click("nav-events").await;
    window.keys("/").await;
    window.shows("[data-testid='filter']:focus").await;
    window.keys("订单服务").await;
    window.hides(&format!("{ROWS}[data-seq='3']")).await;
    assert_eq!(window.count(ROWS).await, 1);
    window.keys("\u{e015}").await;
    window.shows("[data-testid='event-list']:focus").await;
    window.keys("\u{e015}").await;
    window.reads("event-detail", "部署完成：订单服务").await;
    window.shows("[data-testid='event-detail'] [data-testid='event-card']").await;
    window.reads("json-pane", "\"event_type\": \"im.message.receive_v1\"").await;
    window.shows("[data-testid='delivery'][data-target='Order bot'][data-state='delivered']").await;
    window.reads("attempt", "200").await;
    assert_eq!(window.count(DELIVERED).await, 1);
    stage.shoot_both("events-4-found").await;

    // What is not there is not found, and the way back is one key.
    window.fill("filter", "没有这样的话").await;
    window.shows("[data-testid='events-none']").await;
    window.keys("\u{e00c}").await;
    window.shows(&format!("{ROWS}[data-seq='3']")).await;

    // Handed out again: the same words, once more, and the attempt shows what the bot said.
    window.click("replay").await;
    let again = posted(&bot, tried + 4).await;
    assert!(again.contains("部署完成：订单服务"), "{again}");
    window.shows(&format!("li:nth-child(2){DELIVERED}")).await;
    assert_eq!(window.count(DELIVERED).await, 2);
    stage.shoot_both("events-5-replayed").await;

    // As the line of a shell, which does the same.
    window.click("event-more").await;
    window.click("copy-curl").await;
    window.reads("event-detail", "Copied as curl").await;
    window.click("trigger-open").await;
    let line = window.pasted("trigger-search").await;
    window.escape().await;
    window.hides("[data-testid='trigger-sheet']").await;
    let run = Process::start("sh".into()).arguments(["-c", &line]).run().end();
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), r#"{"msg":"success"}"#), "{line}\n{}", run.stderr);
    let sent = posted(&bot, tried + 5).await;
    assert_eq!(sent, again, "byte for byte what is posted");

    // Edited: another event, said to be one, and the first stays as it was. A mistake is told where it is.
    window.click("edit-event").await;
    window.fill("edit-json", &again[..again.len() - 1]).await;
    window.shows("[data-testid='json-mistake']").await;
    window.shows("[data-testid='edit-send']:disabled").await;
    window.fill("edit-json", &again.replace("订单服务", "支付服务")).await;
    window.shows("[data-testid='edit-send']:enabled").await;
    stage.window.shoot("events-6-edit-en").await;
    window.click("edit-send").await;
    let edited = posted(&bot, tried + 6).await;
    assert!(edited.contains("部署完成：支付服务") && !edited.contains("订单服务"), "{edited}");
    window.is_at("/events/4").await;
    window.reads("event-detail", "部署完成：支付服务").await;
    window.shows("[data-testid='event-detail'] .badge").await;
    window.shows(DELIVERED).await;
    assert_eq!(window.count(DELIVERED).await, 1);
    stage.shoot_both("events-7-edited").await;
    window.press(&format!("{ROWS}[data-seq='1']")).await;
    window.reads("json-pane", "订单服务").await;
    assert_eq!(stage.call::<call::ReadSnapshot>(&()).await.events_today, 4);
    stage.window.close().await;
}
