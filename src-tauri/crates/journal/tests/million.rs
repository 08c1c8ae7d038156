//! How fast a million events are read. Prints figures, and is run on purpose:
//! `cargo test -p longwire-journal --release --test million -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use bytes::Bytes;
use fastrand::Rng;
use longwire_contract::{DeliveryState, EventOrigin, EventQuery, EventSelection, JournalSettings};
use longwire_journal::{Deliverable, Insertion, Journal, NewEvent, Options, TargetKey};
use rusqlite::Connection;
use serde_json::json;

const EVENTS: u32 = 1_000_000;
const START_MS: u64 = 1_795_000_000_000;

/// Characters as frequent as those of a language are: the first ones by far the most.
fn chinese(random: &mut Rng) -> String {
    let length = random.usize(4..30);
    (0..length).map(|_| character(((3500_f64).powf(random.f64()) - 1.0) as u32)).collect()
}

fn character(rank: u32) -> char {
    char::from_u32(0x4e00 + rank * 5).unwrap()
}

fn english(random: &mut Rng) -> String {
    let length = random.usize(4..16);
    let word = |random: &mut Rng| format!("{}word", ((5000_f64).powf(random.f64()) - 1.0) as u32);
    (0..length).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

fn payload(random: &mut Rng, seq: u32, event_type: &str, event_id: &str, message_id: &str) -> Bytes {
    let person = random.u32(..200);
    let text = match seq % 10_007 {
        0 => "needle 大海捞针".to_owned(),
        _ if random.f32() < 0.7 => chinese(random),
        _ => english(random),
    };
    let text = format!("@_user_1 {text}");
    let ids = json!({
        "union_id": format!("on_{:032x}", person), "user_id": format!("{:08x}", person), "open_id": format!("ou_{:032x}", person),
    });
    let payload = json!({
        "schema": "2.0",
        "header": {
            "event_id": event_id, "token": "v3rif1cat10nt0ken", "create_time": "1609073151345", "event_type": event_type,
            "tenant_key": "736588c9260f175d", "app_id": "cli_a1b2c3d4e5f60718",
        },
        "event": {
            "sender": { "sender_id": ids, "sender_type": "user", "tenant_key": "736588c9260f175d" },
            "message": {
                "message_id": message_id, "create_time": "1609073151345", "update_time": "1609073151345",
                "chat_id": format!("oc_{:032x}", random.u32(..500)), "chat_type": "group", "message_type": "text",
                "content": json!({ "text": text }).to_string(),
                "mentions": [{
                    "key": "@_user_1", "id": ids, "mentioned_type": "bot", "name": "Longwire Bot",
                    "tenant_key": "736588c9260f175d",
                }],
            },
        },
    });
    payload.to_string().into()
}

fn event(random: &mut Rng, seq: u32, target: TargetKey) -> NewEvent {
    let event_type = match seq % 100 {
        0..85 => "im.message.receive_v1",
        85..95 => "im.message.reaction.created_v1",
        _ if seq % 5000 == 99 => "approval_instance",
        _ => "card.action.trigger",
    };
    let (event_id, message_id) =
        (format!("{:032x}", random.u128(..)), format!("om_{:032x}", random.u128(..)));
    let app_id = if seq.is_multiple_of(20) { "cli_b1b2c3d4e5f60718" } else { "cli_a1b2c3d4e5f60718" };
    NewEvent {
        app_id: app_id.parse().unwrap(),
        origin: EventOrigin::Platform,
        at_ms: START_MS + u64::from(seq) * 1000,
        arrived: Instant::now(),
        event_type: event_type.to_owned(),
        payload: payload(random, seq, event_type, &event_id, &message_id),
        event_id: Some(event_id),
        message_id: (event_type == "im.message.receive_v1").then_some(message_id),
        chat_id: None,
        frame: Bytes::from_static(&[7; 200]),
        targets: vec![Deliverable { target, not_before_ms: None }],
    }
}

fn open(folder: &Path) -> Journal {
    let settings = JournalSettings { days: 365, megabytes: 100_000, power_safe: false };
    Journal::open(&Options { folder: folder.to_owned(), settings }).unwrap().journal
}

async fn fill(journal: &Journal, target: TargetKey) -> u64 {
    let mut bytes = 0;
    let mut random = Rng::with_seed(7);
    let mut under_way = std::collections::VecDeque::new();
    let mut slowest = Duration::ZERO;
    let begun = Instant::now();
    for seq in 1..=EVENTS {
        let event = event(&mut random, seq, target);
        bytes += event.payload.len() as u64;
        let journal = journal.clone();
        under_way.push_back(tokio::spawn(async move {
            let asked = Instant::now();
            assert!(matches!(journal.insert(event).await.unwrap(), Insertion::Kept(_)));
            asked.elapsed()
        }));
        if under_way.len() >= 64 {
            slowest = slowest.max(under_way.pop_front().unwrap().await.unwrap());
        }
    }
    for insert in under_way {
        insert.await.unwrap();
    }
    let rate = f64::from(EVENTS) / begun.elapsed().as_secs_f64();
    println!("{rate:.0} inserts/s, made on the same processors; the slowest took {slowest:?}");
    bytes
}

fn one<T: rusqlite::types::FromSql>(file: &Connection, sql: &str) -> T {
    file.query_row(sql, (), |row| row.get(0)).unwrap()
}

async fn time(journal: &Journal, name: &str, query: EventQuery) {
    let mut took = Vec::new();
    let mut found = (0, false);
    for _ in 0..4 {
        let begun = Instant::now();
        let (rows, more) = journal.page(query.clone()).await.unwrap();
        took.push(begun.elapsed());
        found = (rows.len(), more);
    }
    let first = took[0];
    took.sort_unstable();
    println!("{name:44} {:>9.1?} at first, then {:>9.1?}: {found:?}", first, took[0]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_million_events() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = open(folder.path());
    let target = journal.target("bot").await.unwrap();
    journal.target("other").await.unwrap();
    let bytes = fill(&journal, target).await;
    let file = Connection::open(&path).unwrap();
    let behind = EVENTS - one::<u32>(&file, "SELECT upto FROM indexed");
    let begun = Instant::now();
    while one::<u32>(&file, "SELECT upto FROM indexed") < EVENTS {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let rate = f64::from(behind) / begun.elapsed().as_secs_f64();
    println!("{behind} events were not indexed; then {rate:.0} events/s");
    file.busy_timeout(Duration::from_secs(60)).unwrap();
    file.execute_batch(
        "UPDATE deliveries SET state = CASE WHEN seq % 500 = 3 THEN 2 ELSE 0 END WHERE seq < 990000",
    )
    .unwrap();
    let size = journal.size().await.unwrap();
    println!(
        "{size:?}; payloads {bytes}; the index of texts {} bytes, that of kinds {}",
        one::<i64>(&file, "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search%'"),
        one::<i64>(&file, "SELECT sum(pgsize) FROM dbstat WHERE name = 'events_kinds'"),
    );
    journal.close();
    let begun = Instant::now();
    let journal = open(folder.path());
    println!("start-up {:?}", begun.elapsed());

    let common = String::from_iter([character(0), character(1)]);
    let text = |text: &str| EventQuery { text: text.to_owned(), ..EventQuery::default() };
    for (name, words) in [
        ("a word of every event", "longwire"),
        ("its beginning", "longw"),
        ("a common word", "0word"),
        ("the beginning of words", "12w"),
        ("a rare word", "4900word"),
        ("a very rare word", "needle"),
        ("the beginning of a very rare word", "need"),
        ("a word of none", "nowhere"),
        ("one Chinese character, common", &common[..3]),
        ("one Chinese character, rare", &character(3400).to_string()),
        ("two characters, common", &common),
        ("two characters, of none", &String::from_iter([character(3400), character(3401)])),
        ("four characters, common", &format!("{common}{common}")),
        ("four characters, rare", "大海捞针"),
        ("two common words, never together", &format!("0word {}", &common[..3])),
        ("three common words", "0word 1word 2word"),
        ("a person", "ou_00000000000000000000000000000007"),
        ("an id of none", "om_0123456789abcdef0123456789abcdef"),
    ] {
        time(&journal, &format!("search: {name}"), text(words)).await;
    }
    let all = EventQuery::default;
    let types = |types: &[&str]| types.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let app_id = Some("cli_b1b2c3d4e5f60718".parse().unwrap());
    let middle = START_MS + 500_000_000;
    let hour = (Some(middle), Some(middle + 3_600_000));
    let target = Some("bot".to_owned());
    for (name, query) in [
        ("everything", all()),
        ("an old page", EventQuery { before: Some(1000), ..all() }),
        ("a pattern of types", EventQuery { types: types(&["im.message.*"]), ..all() }),
        ("a rare type", EventQuery { types: types(&["approval_instance"]), ..all() }),
        ("a type of none", EventQuery { types: types(&["nothing"]), ..all() }),
        ("an app", EventQuery { app_id: app_id.clone(), ..all() }),
        (
            "an app and a rare type",
            EventQuery { app_id: app_id.clone(), types: types(&["approval_instance"]), ..all() },
        ),
        ("an hour in the middle", EventQuery { since_ms: hour.0, until_ms: hour.1, ..all() }),
        ("a time before all", EventQuery { until_ms: Some(START_MS), ..all() }),
        ("failed", EventQuery { state: Some(DeliveryState::Failed), ..all() }),
        ("queued", EventQuery { state: Some(DeliveryState::Queued), target: target.clone(), ..all() }),
        (
            "delivered to a target",
            EventQuery { state: Some(DeliveryState::Delivered), target: target.clone(), ..all() },
        ),
        ("a target of none", EventQuery { target: Some("other".to_owned()), ..all() }),
        (
            "failed, a rare type",
            EventQuery { state: Some(DeliveryState::Failed), types: types(&["approval_instance"]), ..all() },
        ),
        (
            "delivered, a rare type",
            EventQuery { target: target.clone(), types: types(&["approval_instance"]), ..all() },
        ),
        ("failed, a word of none", EventQuery { state: Some(DeliveryState::Failed), ..text("nowhere") }),
        ("failed, a common word", EventQuery { state: Some(DeliveryState::Failed), ..text("0word") }),
        ("delivered, a word of none", EventQuery { target, ..text("nowhere") }),
        ("a rare type, a common word", EventQuery { types: types(&["approval_instance"]), ..text("0word") }),
        ("a type, a rare word", EventQuery { types: types(&["card.action.trigger"]), ..text("4900word") }),
        (
            "an app, two common words never together",
            EventQuery { app_id, ..text(&format!("0word {}", &common[..3])) },
        ),
        ("an hour, a word of none", EventQuery { since_ms: hour.0, until_ms: hour.1, ..text("nowhere") }),
    ] {
        time(&journal, name, query).await;
    }
    let begun = Instant::now();
    journal.types().await.unwrap();
    println!("types {:?}", begun.elapsed());
    let begun = Instant::now();
    journal.size().await.unwrap();
    println!("size {:?}", begun.elapsed());

    let begun = Instant::now();
    let deleting = {
        let journal = journal.clone();
        tokio::spawn(async move {
            let half = EventQuery { before: Some(EVENTS / 2), ..EventQuery::default() };
            journal.delete(EventSelection::Matching(half)).await.unwrap()
        })
    };
    let (mut random, mut seq, mut slowest) = (Rng::with_seed(8), EVENTS, Duration::ZERO);
    while !deleting.is_finished() {
        seq += 1;
        let event = event(&mut random, seq, target_key());
        let asked = Instant::now();
        journal.insert(event).await.unwrap();
        slowest = slowest.max(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    println!(
        "{} deleted in {:?}; an insert meanwhile took {slowest:?} at most",
        deleting.await.unwrap(),
        begun.elapsed()
    );
    let begun = Instant::now();
    journal.set(JournalSettings { days: 365, megabytes: 400, power_safe: false }).await.unwrap();
    let deleted = journal.retain(START_MS + 2_000_000_000).await.unwrap();
    println!("retention: {deleted} deleted in {:?}, {:?}", begun.elapsed(), journal.size().await.unwrap());
    journal.close();
}

fn target_key() -> TargetKey {
    TargetKey(1)
}
