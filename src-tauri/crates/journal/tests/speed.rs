//! How fast events are kept. Prints figures, and is run on purpose:
//! `cargo test -p longwire-journal --release --test speed -- --ignored --nocapture --test-threads 1`.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use bytes::Bytes;
use longwire_contract::{AttemptOutcome, EventOrigin, JournalSettings};
use longwire_journal::{Attempt, Deliverable, Insertion, Journal, NewEvent, Options, TargetKey, Then};

fn open(folder: &std::path::Path) -> Journal {
    let options = Options { folder: folder.to_owned(), settings: JournalSettings::default() };
    Journal::open(&options).unwrap().journal
}

fn event(random: &mut fastrand::Rng, payload: &Bytes, targets: &[TargetKey]) -> NewEvent {
    NewEvent {
        app_id: "cli_a1b2c3d4e5f60718".parse().unwrap(),
        origin: EventOrigin::Platform,
        at_ms: 1_700_000_000_000,
        arrived: Instant::now(),
        event_type: "im.message.receive_v1".to_owned(),
        event_id: Some(format!("{:032x}", random.u128(..))),
        message_id: Some(format!("om_{:032x}", random.u128(..))),
        chat_id: Some(format!("oc_{:032x}", random.u32(..100))),
        frame: Bytes::from_static(&[7; 200]),
        payload: payload.clone(),
        targets: targets.iter().map(|&target| Deliverable { target, not_before_ms: None }).collect(),
    }
}

/// Inserts `count` events with so many in flight; the inserts a second, and how long each took, sorted.
async fn load(journal: &Journal, count: u64, in_flight: u64, targets: &[TargetKey]) -> (f64, f64, Vec<u32>) {
    let payload = Bytes::from(vec![b'x'; 900]);
    let left = Arc::new(AtomicU64::new(count));
    let (began, before) = (Instant::now(), writer_us());
    let mut tasks = Vec::new();
    for _ in 0..in_flight {
        let (journal, left, payload, targets) =
            (journal.clone(), Arc::clone(&left), payload.clone(), targets.to_vec());
        tasks.push(tokio::spawn(async move {
            let mut random = fastrand::Rng::new();
            let mut took = Vec::new();
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
            {
                let event = event(&mut random, &payload, &targets);
                let asked = Instant::now();
                assert!(matches!(journal.insert(event).await.unwrap(), Insertion::Kept(_)));
                took.push(asked.elapsed().as_micros() as u32);
            }
            took
        }));
    }
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await.unwrap());
    }
    let busy = writer_us().saturating_sub(before) as f64 / count as f64;
    let rate = count as f64 / began.elapsed().as_secs_f64();
    took.sort_unstable();
    (rate, busy, took)
}

fn report(name: &str, (rate, busy, took): &(f64, f64, Vec<u32>)) {
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    println!(
        "{name}: {rate:.0} inserts/s, {busy:.1} µs of the writer each; p50 {} µs, p99 {} µs, p99.9 {} µs, most {} µs; {} MB resident",
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0),
        resident_mb()
    );
}

/// How long the writer has had a processor, in microseconds.
fn writer_us() -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let read = |path: std::path::PathBuf, file| std::fs::read_to_string(path.join(file)).unwrap_or_default();
    let writers = tasks.filter(|task| read(task.path(), "comm") == "journal\n");
    let ns = writers.filter_map(|task| read(task.path(), "schedstat").split(' ').next()?.parse::<u64>().ok());
    ns.max().unwrap_or(0) / 1000
}

/// The memory this process has.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let now = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    now.and_then(|now| now.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[test]
#[ignore = "measures"]
fn inserts() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for (busy, targets) in [(0, 0), (0, 1), (2, 1)] {
            let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
            let journal = open(folder.path());
            let mut keys = Vec::new();
            for number in 0..targets {
                keys.push(journal.target(&format!("bot {number}")).await.unwrap());
            }
            let stop = Arc::new(AtomicBool::new(false));
            let others: Vec<_> = (0..busy)
                .map(|_| {
                    let stop = Arc::clone(&stop);
                    std::thread::spawn(move || while !stop.load(Ordering::Relaxed) {})
                })
                .collect();
            println!("{busy} busy threads beside, {targets} targets");
            report("  1 in flight", &load(&journal, 10_000, 1, &keys).await);
            report("  64 in flight", &load(&journal, 200_000, 64, &keys).await);
            report("  512 in flight", &load(&journal, 200_000, 512, &keys).await);
            stop.store(true, Ordering::Relaxed);
            for other in others {
                other.join().unwrap();
            }
            tokio::task::spawn_blocking(|| journal.close()).await.unwrap();
        }
    });
}

#[test]
#[ignore = "measures"]
fn a_million_kept() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    runtime.block_on(async {
        let journal = open(folder.path());
        let target = journal.target("bot").await.unwrap();
        report("the first 900,000, no target", &load(&journal, 900_000, 64, &[]).await);
        report("100,000 more, a target", &load(&journal, 100_000, 64, &[target]).await);
        report("1 in flight", &load(&journal, 10_000, 1, &[target]).await);
        for limit in [1, 64, 256] {
            let began = Instant::now();
            assert_eq!(journal.waiting(target, limit).await.unwrap().len(), limit);
            println!("{limit} waiting: {:?}", began.elapsed());
        }
        let began = Instant::now();
        assert_eq!(journal.queue_count(target).await.unwrap().queued, 110_000);
        println!("count of 110,000: {:?}", began.elapsed());
        let began = Instant::now();
        let waiting = journal.waiting(target, 20_000).await.unwrap();
        println!("20,000 waiting: {:?}", began.elapsed());
        let began = Instant::now();
        for some in waiting.chunks(64) {
            let attempts = some.iter().map(|waiting| {
                let attempt = Attempt {
                    seq: waiting.seq,
                    target,
                    number: 1,
                    at_ms: 1,
                    took_us: 1000,
                    outcome: AttemptOutcome::Delivered,
                    status: Some(200),
                    response: Some("ok".to_owned()),
                    detail: String::new(),
                };
                let journal = journal.clone();
                tokio::spawn(async move { journal.attempted(attempt, Then::Delivered).await.unwrap() })
            });
            for attempt in attempts.collect::<Vec<_>>() {
                attempt.await.unwrap();
            }
        }
        println!("{:.0} attempts/s, 64 at a time", 20_000.0 / began.elapsed().as_secs_f64());
        drop(journal);
    });
    // As after a kill: nothing was tidied. (The thread ends by itself, once nobody can ask it.)
    let began = Instant::now();
    let journal = open(folder.path());
    println!("open: {:?}", began.elapsed());
    let began = Instant::now();
    journal.close();
    println!("close: {:?}", began.elapsed());
    let began = Instant::now();
    let journal = open(folder.path());
    println!("open after a close: {:?}", began.elapsed());
    journal.close();
}
