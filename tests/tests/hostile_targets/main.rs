//! Targets and events at their worst: bounded, reported, and nobody else's trouble.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod events;
mod printing;
mod programs;
mod webhooks;
mod worst;

use std::time::{Duration, Instant};

use longwire_contract::DeliveryState;
use longwire_tests::{Bot, Run, acked};
use serde_json::json;

/// How long an acknowledgement may take, whatever targets do. The platform waits for 3 s.
const QUICK: Duration = Duration::from_millis(1000);

/// A message, as the platform pushes it.
fn message(number: usize, chat: &str, text: &str) -> String {
    let content = json!({ "text": text }).to_string();
    let header = json!({
        "event_id": format!("e-{number}"), "event_type": "im.message.receive_v1", "app_id": Run::APP_ID,
    });
    let message = json!({ "message_id": format!("om_{number}"), "chat_id": chat, "content": content });
    json!({ "schema": "2.0", "header": header, "event": { "message": message } }).to_string()
}

/// Pushes so many messages of four chats, one after another: each is acknowledged quickly, and with a good target quickly.
async fn push(run: &Run, good: &Bot, count: usize) {
    let before = good.posted().len();
    let mut pushed = Vec::new();
    for number in before..before + count {
        let payload = message(number, &format!("oc_{}", number % 4), "hello");
        pushed.push((Instant::now(), payload.clone()));
        let ack = acked(run.push("im.message.receive_v1", &format!("e-{number}"), payload)).await;
        assert!(ack.took < QUICK, "the acknowledgement of {number} took {:?}", ack.took);
    }
    let posted = good.until(before + count).await;
    for (at, payload) in pushed {
        let taken = posted.iter().find(|posted| posted.body == payload.as_bytes()).expect("each, as it came");
        assert!(taken.at - at < 2 * QUICK, "{payload} came after {:?}", taken.at - at);
    }
}

/// Checks the memory it has had at most, in MiB. A debug build has some 40 of its own.
fn bounded(run: &Run, most: u64) {
    let had = run.most_memory();
    assert!(had <= most, "{had} MiB");
}

/// How the first attempt to hand an event to a target ended.
async fn first(run: &Run, seq: u32, target: &str) -> longwire_contract::AttemptView {
    let tried = |delivery: &longwire_contract::DeliveryView| {
        !delivery.attempts.is_empty() || delivery.state == DeliveryState::Failed
    };
    run.event(seq, target, tried).await.1.attempts.remove(0)
}
