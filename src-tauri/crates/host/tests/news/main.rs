//! News from a real kernel, a real bus and real files: a network namespace, a D-Bus and a home folder of the test's own.
#![cfg(target_os = "linux")]
// All of this file is a test, and its peers are processes.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stdout)]

mod logind;
mod namespace;
mod network;
mod settings;

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use longwire_host::{
    news::{News, Watch, watch_in},
    proxies::Desktop,
};
use tokio::time::timeout;

use crate::{
    logind::{assert_listened, bus, peer},
    namespace::{in_a_namespace, inside},
    settings::gnome,
};

/// How long news may take; far more than it does.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it takes to be sure that there is no further news: several times what belongs to one change.
const SILENCE: Duration = Duration::from_millis(1200);
/// No bus.
const NOWHERE: &str = "unix:path=/nonexistent/bus";

fn nobody() -> Desktop {
    Desktop { names: String::new(), config: None, path: "".into(), deadline: PATIENCE }
}

async fn assert_silent(watch: &mut Watch, what: &str) {
    if let Ok(news) = timeout(SILENCE, watch.next()).await {
        panic!("{news:?} after {what}");
    }
}

async fn assert_one(watch: &mut Watch, news: News, what: &str) {
    assert_eq!(timeout(PATIENCE, watch.next()).await, Ok(news), "after {what}");
    assert_silent(watch, what).await;
}

#[test]
fn nothing_is_left_of_a_watch_that_is_dropped() {
    let home = tempfile::tempdir().unwrap();
    let Some((_daemon, address)) = bus(home.path()) else { return };
    run(async {
        let logind = peer(&address).await;
        logind.request_name("org.freedesktop.login1").await.unwrap();
        // What a runtime makes once, it keeps.
        let desktop = gnome(home.path());
        drop(listening(&logind, &address, &desktop).await);
        assert_listened(&logind, 1).await;
        let (descriptors, tasks) = (descriptors(), tasks());
        for _ in 0..20 {
            drop(listening(&logind, &address, &desktop).await);
        }
        assert_listened(&logind, 1).await;
        let started = Instant::now();
        while (self::descriptors(), self::tasks()) != (descriptors.clone(), tasks) {
            assert!(
                started.elapsed() < PATIENCE,
                "{tasks} tasks were {}, and {descriptors:?} were {:?}",
                self::tasks(),
                self::descriptors()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
}

async fn listening(logind: &zbus::Connection, address: &str, desktop: &Desktop) -> Watch {
    let watch = watch_in(Some(address.to_owned()), desktop.clone());
    assert_listened(logind, 2).await;
    watch
}

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

/// What each descriptor of this process is, without the numbers that tell one socket from the next.
fn descriptors() -> Vec<PathBuf> {
    let all = fs::read_dir("/proc/self/fd").unwrap();
    let mut all: Vec<_> = all
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .map(|link| link.to_string_lossy().split(':').next().unwrap().into())
        .collect();
    all.sort();
    all
}

#[test]
fn a_watch_that_hears_nothing_does_not_run() {
    if !inside() {
        in_a_namespace("a_watch_that_hears_nothing_does_not_run");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    run(async {
        let mut watch = watch_in(None, gnome(home.path()));
        assert_silent(&mut watch, "beginning to listen").await;
        let before = switches();
        assert_silent(&mut watch, "nothing").await;
        let switches = switches() - before;
        // The test's own wait is one or two.
        assert!(switches <= 4, "it ran {switches} times");
    });
}

/// How often any thread of this process has waited for something.
fn switches() -> u64 {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let status = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("status")).ok());
    let voluntary = |status: String| {
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        line.trim().parse::<u64>().ok()
    };
    status.filter_map(voluntary).sum()
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}
