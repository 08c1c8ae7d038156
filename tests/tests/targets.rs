//! Several targets at once: each gets what it wants, each chat in order.

#![cfg(unix)]
// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{collections::BTreeMap, time::Duration};

use longwire_contract::{DeliveryState, TargetHealth};
use longwire_tests::{Bot, Posted, Run, acked};
use serde_json::{Value, json};

const MESSAGE: &str = "im.message.receive_v1";
const REACTION: &str = "im.message.reaction.created_v1";
const MENU: &str = "application.bot.menu_v6";

/// An event of a chat, with its place in the order of all.
fn event(number: usize, event_type: &str, chat: &str, kind: &str) -> String {
    let message = json!({ "message_id": format!("om_{number}"), "chat_id": chat, "chat_type": kind });
    let header =
        json!({ "event_id": format!("e-{number}"), "event_type": event_type, "app_id": Run::APP_ID });
    json!({ "schema": "2.0", "header": header, "event": { "number": number, "message": message } })
        .to_string()
}

fn json(posted: &Posted) -> Value {
    serde_json::from_slice(&posted.body).unwrap()
}

/// The numbers of what a bot was posted, in its order.
fn numbers(posted: &[Posted]) -> Vec<u64> {
    posted.iter().map(|posted| json(posted)["event"]["number"].as_u64().unwrap()).collect()
}

/// Checks that what a bot was posted is these, each once, and those of a chat in order.
fn exactly(name: &str, posted: &[Posted], wanted: impl Iterator<Item = usize>) {
    let mut all = numbers(posted);
    all.sort_unstable();
    assert_eq!(all, wanted.map(|number| number as u64).collect::<Vec<_>>(), "{name}");
    let mut chats = BTreeMap::<String, Vec<u64>>::new();
    for posted in posted {
        let event = json(posted);
        let chat = event["event"]["message"]["chat_id"].as_str().unwrap().to_owned();
        chats.entry(chat).or_default().push(event["event"]["number"].as_u64().unwrap());
    }
    for (chat, numbers) in chats {
        assert!(numbers.is_sorted(), "{name}: {chat} in order: {numbers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_target_gets_exactly_its_own_and_each_chat_in_order() {
    let run = Run::start(&[], &[]).await;
    // They take now more and now less time, so that what goes out at once would come in another order.
    let [people, rest, all] = [
        Bot::slow(Duration::from_millis(20)).await,
        Bot::slow(Duration::from_millis(20)).await,
        Bot::slow(Duration::from_millis(20)).await,
    ];
    let add = |bot: &Bot, name: &str, more: &[&str]| {
        run.done(&[&["target", "add", bot.url(), "--name", name], more].concat());
    };
    add(
        &people,
        "people",
        &["--events", "im.message.receive_v1", "--filter", "event.message.chat_type = p2p"],
    );
    let filters =
        ["--events", "im.message.reaction.*,application.*", "--filter", "event.message.chat_id != oc_3"];
    add(&rest, "rest", &filters);
    add(&all, "all", &[]);
    run.done(&["target", "pause", "all"]);

    let count = 240;
    let chat = |number: usize| number % 5;
    let of = |number: usize| [MESSAGE, REACTION, MENU][number / 5 % 3];
    let is_person = |number: usize| chat(number) % 2 == 0;
    for number in 0..count {
        let kind = if is_person(number) { "p2p" } else { "group" };
        let payload = event(number, of(number), &format!("oc_{}", chat(number)), kind);
        acked(run.push(of(number), &format!("e-{number}"), payload)).await;
    }
    let wanted = |number: &usize| of(*number) == MESSAGE && is_person(*number);
    exactly("people", &people.until((0..count).filter(wanted).count()).await, (0..count).filter(wanted));
    let wanted = |number: &usize| of(*number) != MESSAGE && chat(*number) != 3;
    exactly("rest", &rest.until((0..count).filter(wanted).count()).await, (0..count).filter(wanted));
    let held_back = run.target("all", |view| view.queued as usize == count).await;
    assert_eq!((held_back.health, all.posted().len()), (TargetHealth::Paused, 0));

    run.done(&["target", "resume", "all"]);
    exactly("all", &all.until(count).await, 0..count);
    for name in ["people", "rest", "all"] {
        let view = run.target(name, |view| view.queued == 0).await;
        assert_eq!((view.failed, view.health), (0, TargetHealth::Up), "{name}");
    }
    // Number 1, of a group, was nobody's but the third's.
    let shown: Value = serde_json::from_str(&run.done(&["events", "show", "2", "--json"])).unwrap();
    let names: Vec<_> = shown["deliveries"].as_array().unwrap().iter().map(|one| &one["target"]).collect();
    assert_eq!(names, ["all"]);
    run.stands(2, "all", DeliveryState::Delivered).await;
}
