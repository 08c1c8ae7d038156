//! The official Python SDK, unmodified, against the simulator: the proof that the simulator speaks the protocol.

// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::time::Duration;

use longwire_openplatform::{
    App, ClientConfig, Delivery, EventKind, EventSpec, Fault, Running, Simulator, Stats,
};
use longwire_tests::{Process, peer};
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::timeout;

const APP_ID: &str = "cli_0123456789abcdef";
const SECRET: &str = "a secret of the SDK";
/// The interpreter starts, and loads a large package, in a few seconds; this only ends a test that would hang.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_receives_every_event_with_every_field_it_knows_and_answers_callbacks() {
    let platform = platform().start().await.unwrap();
    let sdk = connect(&platform).await;
    for &kind in EventKind::ALL {
        let delivery = platform.send(kind).unwrap();
        let sent: Value = serde_json::from_slice(&delivery.event.payload).unwrap();
        let answer = settle(delivery).await;
        let id = if sent["schema"] == "2.0" { &sent["header"]["event_id"] } else { &sent["uuid"] };
        // Its models drop what they do not know: an equal event has the platform's own names, each in its place.
        assert_eq!(received(&sdk, id.as_str().unwrap()), sent, "{kind:?}");
        match kind {
            EventKind::CardAction => assert_eq!(answer["toast"]["content"], "已收到 button"),
            EventKind::UrlPreview => {
                let url = sent["event"]["context"]["url"].as_str().unwrap();
                assert_eq!(answer["inline"]["title"], format!("preview of {url}"));
            }
            _ => assert_eq!(answer, Value::Null, "{kind:?}"),
        }
    }
    assert_eq!((platform.violations(), platform.stats().failed), (vec![], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_puts_parts_together_also_between_garbage() {
    let platform = platform().fragment(64).start().await.unwrap();
    let sdk = connect(&platform).await;
    for fault in [None, Some(Fault::Garbage)] {
        platform.set_fault(fault).await;
        for count in 0..10 {
            let text = format!("分成许多段的消息 · in many parts {count} ").repeat(50);
            let delivery = platform.send(EventSpec::new(EventKind::MessageText).text(&text)).unwrap();
            assert!(delivery.event.payload.len() > 40 * 64);
            let event = received(&sdk, &delivery.event.event_id);
            settle(delivery).await;
            let content = event["event"]["message"]["content"].as_str().unwrap();
            assert_eq!(serde_json::from_str::<Value>(content).unwrap()["text"], text);
        }
    }
    assert_eq!((platform.violations(), platform.stats().links), (vec![], 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_comes_back_after_a_drop_and_gets_what_it_missed() {
    let platform = platform().redelivery([Duration::from_millis(100); 600]).start().await.unwrap();
    let sdk = connect(&platform).await;
    platform.set_fault(Some(Fault::Refused)).await;
    until(&platform, |stats| stats.clients == 0).await;
    let missed = platform.send(EventKind::MessageText).unwrap();
    platform.set_fault(None).await;
    until(&platform, |stats| stats.links == 2).await;
    sdk.stdout_line("reconnected");
    received(&sdk, &missed.event.event_id);
    settle(missed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_stops_at_what_the_platform_refuses() {
    for (fault, says) in [(Fault::CredentialsWrong, "1000040345"), (Fault::ConnectionLimit, "514")] {
        let platform = platform().start().await.unwrap();
        platform.set_fault(Some(fault)).await;
        let ended = start(&platform).end();
        assert_eq!(ended.code, Some(1), "{fault:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(says), "{fault:?}: {}", ended.stderr);
    }
}

fn platform() -> longwire_openplatform::Builder {
    // The SDK waits as long as it is told between two tries.
    let config = ClientConfig {
        reconnect_count: Some(-1),
        reconnect_interval: Some(1),
        reconnect_nonce: Some(0),
        ping_interval: Some(1),
    };
    Simulator::builder().app(App::new(APP_ID, SecretString::from(SECRET))).client_config(config)
}

async fn connect(platform: &Running) -> Process {
    let sdk = start(platform);
    until(platform, |stats| stats.clients == 1 && stats.pings > 0).await;
    sdk
}

fn start(platform: &Running) -> Process {
    peer("sdk_client.py").arguments([&*platform.url(), APP_ID]).variable("LONGWIRE_APP_SECRET", SECRET).run()
}

async fn until(platform: &Running, wanted: impl FnMut(&Stats) -> bool) {
    let reached = timeout(PATIENCE, platform.until(wanted)).await;
    assert!(reached.is_ok(), "{:?}", platform.stats());
}

/// Waits until the SDK took it; what it answered, null where nothing.
async fn settle(mut delivery: Delivery) -> Value {
    match timeout(PATIENCE, delivery.acked()).await.expect("an end") {
        Ok(ack) => ack.data.map_or(Value::Null, |data| serde_json::from_slice(&data).unwrap()),
        Err(report) => panic!("{report:?}"),
    }
}

/// The event of that id, as the SDK holds it.
fn received(sdk: &Process, event_id: &str) -> Value {
    let line: Value = serde_json::from_str(&sdk.stdout_line(event_id)).unwrap();
    line["received"].clone()
}
