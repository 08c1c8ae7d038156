//! What was kept is found again, deleted and kept within its bounds.

#![allow(clippy::unwrap_used)]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use bytes::Bytes;
use longwire_contract::{
    AppId, AttemptOutcome, DeliveryState, EventOrigin, EventQuery, EventSelection, JournalSettings, Phase,
    StatsQuery,
};
use longwire_journal::{Attempt, Deliverable, Error, Insertion, Journal, NewEvent, Options, TargetKey, Then};
use rusqlite::Connection;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const NOW_MS: u64 = 1_795_370_833_000;

fn open(folder: &Path) -> Journal {
    let settings = JournalSettings { days: 7, megabytes: 100, power_safe: false };
    Journal::open(&Options { folder: folder.to_owned(), settings }).unwrap().journal
}

fn app() -> AppId {
    "cli_a1b2c3d4e5f60718".parse().unwrap()
}

fn event(number: u32, at_ms: u64, payload: impl Into<Bytes>) -> NewEvent {
    NewEvent {
        app_id: app(),
        origin: EventOrigin::Trigger,
        at_ms,
        arrived: Instant::now(),
        event_type: "im.message.receive_v1".to_owned(),
        event_id: Some(format!("{number:032x}")),
        message_id: None,
        chat_id: None,
        frame: Bytes::from_static(b"frame"),
        payload: payload.into(),
        targets: Vec::new(),
    }
}

fn saying(text: &str) -> String {
    let content = serde_json::json!({ "text": text }).to_string();
    serde_json::json!({ "event": { "message": { "content": content } } }).to_string()
}

async fn keep(journal: &Journal, event: NewEvent) -> u32 {
    match journal.insert(event).await.unwrap() {
        Insertion::Kept(seq) => seq,
        Insertion::Duplicate(seq) => panic!("a duplicate of {seq}"),
    }
}

async fn found(journal: &Journal, text: &str) -> Vec<u32> {
    let query = EventQuery { text: text.to_owned(), ..EventQuery::default() };
    journal.page(query).await.unwrap().0.iter().map(|row| row.record.seq).collect()
}

/// Waits until all is indexed.
async fn settle(folder: &Path) {
    let file = Connection::open(folder.join("journal.db")).unwrap();
    let behind = "SELECT EXISTS (SELECT 1 FROM events WHERE seq > (SELECT upto FROM indexed))";
    let is_behind = || -> bool { file.query_row(behind, (), |row| row.get(0)).unwrap() };
    tokio::time::timeout(Duration::from_secs(30), async {
        while is_behind() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_event_is_found_at_once_and_when_it_is_indexed_and_by_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let chinese = keep(&journal, event(1, NOW_MS, saying("帮我总结一下这周的会议纪要"))).await;
    let english = keep(&journal, event(2, NOW_MS, saying("The staging deploy is stuck"))).await;
    for _ in 0..2 {
        assert_eq!(found(&journal, "会议").await, [chinese]);
        assert_eq!(found(&journal, "STAG").await, [english]);
        assert_eq!(found(&journal, "deploy sta").await, [english]);
        assert_eq!(found(&journal, "sta deploy").await, [] as [u32; 0]);
        assert_eq!(found(&journal, &format!("{:032x}", 1)).await, [chinese]);
        assert_eq!(found(&journal, "").await, [english, chinese]);
        assert_eq!(found(&journal, "cli_a1b2c3d4e5f60718 会").await, [chinese]);
        assert_eq!(found(&journal, "cli_b1b2c3d4e5f60718 会").await, [] as [u32; 0]);
        settle(folder.path()).await;
    }
    journal.close();
}

#[tokio::test]
async fn rows_and_records_tell_what_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let target = journal.target("bot").await.unwrap();
    let large = vec![b' '; 70_000];
    let mut first = event(1, NOW_MS, large.clone());
    first.targets = vec![Deliverable { target, not_before_ms: None }];
    let one = keep(&journal, first.clone()).await;
    let two = keep(&journal, event(2, NOW_MS + 1, "{}")).await;
    let rows = journal.rows(vec![two, 99, one, one]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.record.seq).collect::<Vec<_>>(), [one, two]);
    assert_eq!(
        (rows[0].bytes, rows[0].record.payload.len(), rows[0].delivery),
        (70_000, 0, Some(DeliveryState::Queued))
    );
    assert_eq!((rows[1].bytes, &rows[1].record.payload[..], rows[1].delivery), (2, &b"{}"[..], None));
    assert_eq!(rows[1].record.frame, Bytes::new());
    let records = journal.records(vec![two, 99, one]).await.unwrap();
    assert_eq!(records.len(), 2);
    let record = &records[0];
    assert_eq!((record.seq, &record.payload[..], &record.frame[..]), (one, &large[..], &b"frame"[..]));
    assert_eq!((&record.app_id, record.origin, record.at_ms), (&app(), EventOrigin::Trigger, NOW_MS));
    assert_eq!((&record.event_type, &record.event_id), (&first.event_type, &first.event_id));
    let types = journal.types().await.unwrap();
    assert_eq!((types.len(), types[0].event_type.as_str(), types[0].events), (1, "im.message.receive_v1", 2));
    journal.close();
}

#[tokio::test]
async fn a_page_is_as_long_as_it_is_asked_to_be_and_the_next_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    for number in 1..=230 {
        keep(&journal, event(number, NOW_MS, "{}")).await;
    }
    let mut query = EventQuery::default();
    let mut seen = Vec::new();
    let lengths = [100, 100, 30];
    for (at, length) in lengths.into_iter().enumerate() {
        let (rows, more) = journal.page(query.clone()).await.unwrap();
        assert_eq!((rows.len(), more), (length, at + 1 < lengths.len()));
        seen.extend(rows.iter().map(|row| row.record.seq));
        query.before = seen.last().copied();
    }
    assert!(seen.is_sorted_by(|newer, older| newer > older) && seen.len() == 230);
    for (limit, length, more) in [(1, 1, true), (229, 229, true), (230, 230, false), (u32::MAX, 230, false)] {
        let (rows, told) = journal.page(EventQuery { limit, ..EventQuery::default() }).await.unwrap();
        assert_eq!((rows.len(), told), (length, more));
    }
    journal.close();
}

#[tokio::test]
async fn what_is_deleted_is_found_no_more_and_still_tells_duplicates() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    for number in 1..=600 {
        keep(&journal, event(number, NOW_MS, saying(if number % 2 == 0 { "even" } else { "uneven" }))).await;
    }
    settle(folder.path()).await;
    let even = EventQuery { text: "even".to_owned(), ..EventQuery::default() };
    assert_eq!(journal.delete(EventSelection::Matching(even.clone())).await, Ok(300));
    assert_eq!(journal.delete(EventSelection::Matching(even)).await, Ok(0));
    assert_eq!(journal.delete(EventSelection::Seqs(vec![1, 2, 3, 3, 9999])).await, Ok(2));
    assert_eq!(found(&journal, "even").await, [] as [u32; 0]);
    assert_eq!(journal.size().await.unwrap().events, 298);
    settle(folder.path()).await;
    assert_eq!(journal.size().await.unwrap().events, 298);
    assert_eq!(journal.insert(event(2, NOW_MS, saying("even"))).await, Ok(Insertion::Duplicate(2)));
    assert_eq!(journal.delete(EventSelection::Matching(EventQuery::default())).await, Ok(298));
    assert_eq!((journal.size().await.unwrap().events, journal.size().await.unwrap().oldest_ms), (0, None));
    assert_eq!(keep(&journal, event(601, NOW_MS, "{}")).await, 601);
    journal.close();
}

#[tokio::test]
async fn what_is_old_goes_but_not_what_a_target_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let target = journal.target("bot").await.unwrap();
    let gone = journal.target("gone").await.unwrap();
    let waits = |target: TargetKey| vec![Deliverable { target, not_before_ms: None }];
    let old_ms = NOW_MS - 8 * DAY_MS;
    for number in 1..=3000 {
        keep(&journal, event(number, if number <= 2900 { old_ms } else { NOW_MS }, saying("word"))).await;
    }
    let queued =
        keep(&journal, NewEvent { targets: waits(target), ..event(4001, old_ms, saying("word")) }).await;
    let forgotten =
        keep(&journal, NewEvent { targets: waits(gone), ..event(4002, old_ms, saying("word")) }).await;
    let failed =
        keep(&journal, NewEvent { targets: waits(target), ..event(4003, old_ms, saying("word")) }).await;
    attempted(&journal, failed, target, Then::Failed).await;
    journal.forget_target(gone).await.unwrap();
    settle(folder.path()).await;
    assert_eq!(journal.retain(old_ms + 7 * DAY_MS).await, Ok(0));
    assert_eq!(journal.retain(NOW_MS).await, Ok(2902));
    let left = journal.page(EventQuery { limit: 500, ..EventQuery::default() }).await.unwrap().0;
    let left: Vec<u32> = left.iter().map(|row| row.record.seq).collect();
    assert_eq!(left, std::iter::once(queued).chain((2901..=3000).rev()).collect::<Vec<_>>());
    assert!(!left.contains(&forgotten));
    assert_eq!(found(&journal, "word").await.len(), 100);
    // It goes once nobody is there to hand it over.
    journal.hold(vec![target]);
    assert_eq!(journal.retain(NOW_MS).await, Ok(0));
    journal.hold(vec![gone]);
    assert_eq!(journal.retain(NOW_MS).await, Ok(1));
    let queued =
        keep(&journal, NewEvent { targets: waits(target), ..event(4004, old_ms, saying("word")) }).await;
    settle(folder.path()).await;
    journal.hold(vec![target]);
    assert_eq!(journal.retain(NOW_MS).await, Ok(0));
    attempted(&journal, queued, target, Then::Delivered).await;
    assert_eq!(journal.retain(NOW_MS).await, Ok(1));
    journal.close();
}

#[tokio::test]
async fn after_a_jump_of_the_clock_nothing_is_too_old_for_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    keep(&journal, event(1, NOW_MS, saying("word"))).await;
    settle(folder.path()).await;
    journal.alive(NOW_MS).await.unwrap();
    let jumped_ms = NOW_MS + 30 * DAY_MS;
    assert_eq!(journal.retain(jumped_ms).await, Ok(0));
    journal.close();
    // A restart makes a wrong clock no better.
    let journal = open(folder.path());
    journal.alive(jumped_ms).await.unwrap();
    assert_eq!(journal.retain(jumped_ms).await, Ok(0));
    journal.close();
    let file = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
    file.execute("UPDATE journal SET clock_s = clock_s + 24 * 3600", ()).unwrap();
    drop(file);
    let journal = open(folder.path());
    assert_eq!(journal.retain(jumped_ms).await, Ok(1));
    journal.close();
}

async fn attempted(journal: &Journal, seq: u32, target: TargetKey, then: Then) {
    let attempt = Attempt {
        seq,
        target,
        number: 1,
        at_ms: NOW_MS,
        took_us: 1,
        outcome: AttemptOutcome::Delivered,
        status: None,
        response: None,
        detail: String::new(),
    };
    journal.attempted(attempt, then).await.unwrap();
}

#[tokio::test]
async fn what_is_too_much_goes_the_oldest_first_and_the_disk_gets_its_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let target = journal.target("bot").await.unwrap();
    let mut first = event(0, NOW_MS, vec![b'x'; 50_000]);
    first.targets = vec![Deliverable { target, not_before_ms: None }];
    let first = keep(&journal, first).await;
    for number in 1..=1000 {
        keep(&journal, event(number, NOW_MS, vec![b'x'; 50_000])).await;
    }
    assert_eq!(journal.retain(NOW_MS).await, Ok(0));
    let before = journal.size().await.unwrap();
    assert!(before.bytes > 50_000_000, "{before:?}");
    journal.set(JournalSettings { days: 7, megabytes: 20, power_safe: false }).await.unwrap();
    let deleted = journal.retain(NOW_MS).await.unwrap();
    let after = journal.size().await.unwrap();
    assert!((500..900).contains(&deleted), "{deleted}");
    assert_eq!(after.events, 1001 - deleted);
    let left = journal.page(EventQuery { limit: 500, ..EventQuery::default() }).await.unwrap().0;
    assert_eq!(left[0].record.seq, 1001);
    assert_eq!(left[left.len() - 1].record.seq, first);
    journal.close();
    let file = std::fs::metadata(folder.path().join("journal.db")).unwrap().len();
    assert!(file < 26_000_000, "{file}");
}

#[tokio::test]
async fn statistics_outlast_a_restart_and_a_crash_ends_a_state_at_the_last_sign_of_life() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let start = NOW_MS - 20 * 60_000;
    journal.phase(app(), start, Some(Phase::Connected)).await.unwrap();
    journal.acknowledged(&app(), start, Duration::from_millis(3), true);
    let query = StatsQuery { app_id: None, hours: 1 };
    let sum = |stats: &longwire_contract::Stats| stats.steps.iter().map(|step| step.events).sum::<u32>();
    assert_eq!(sum(&journal.stats(query.clone(), NOW_MS).await.unwrap()), 1);
    journal.alive(start + 60_000).await.unwrap();
    assert_eq!(sum(&journal.stats(query.clone(), NOW_MS).await.unwrap()), 1);
    journal.acknowledged(&app(), start, Duration::from_millis(3), true);
    journal.close();

    let journal = open(folder.path());
    journal.phase(app(), start + 120_000, Some(Phase::Waiting)).await.unwrap();
    let stats = journal.stats(query.clone(), NOW_MS).await.unwrap();
    assert_eq!(sum(&stats), 2);
    let spans: Vec<_> = stats.phases.iter().map(|span| (span.from_ms, span.phase)).collect();
    let expected = [
        (stats.from_ms, None),
        (start, Some(Phase::Connected)),
        (start + 60_000, None),
        (start + 120_000, Some(Phase::Waiting)),
    ];
    assert_eq!(spans, expected);
    journal.close();
}

#[tokio::test]
async fn a_closed_journal_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let other = journal.clone();
    journal.close();
    assert_eq!(other.page(EventQuery::default()).await, Err(Error::Closed));
    assert_eq!(other.delete(EventSelection::Seqs(vec![1])).await, Err(Error::Closed));
    assert_eq!(other.alive(NOW_MS).await, Err(Error::Closed));
    other.acknowledged(&app(), NOW_MS, Duration::ZERO, true);
}
