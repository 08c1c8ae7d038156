//! macOS: its frameworks tell on a thread with a run loop, and only there; what they tell is settled on tokio's side.

mod listening;
mod power;
mod workspace;

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::Notify,
    task::{JoinSet, spawn_blocking},
    time::timeout_at,
};

use self::listening::Listening;
use super::{Board, News, settling::Settling, waking::Waking};
use crate::proxies;

/// The kernel tells at once, and the clocks are compared this much later at most: see [`listening::TICK`].
const SAME: Duration = Duration::from_secs(listening::TICK.as_secs() + 10);

/// What listens; all of it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Sources {
    _tasks: JoinSet<()>,
    _listening: Option<Listening>,
}

/// What has changed in the system's store of network settings, until it is looked at.
#[derive(Debug, Default)]
struct Changes {
    network: Notify,
    proxies: Notify,
}

impl Sources {
    pub(super) fn of_this_process(board: &Arc<Board>) -> Self {
        let changes: Arc<Changes> = Arc::default();
        let waking = Arc::new(Waking::new(board, SAME));
        let mut tasks = JoinSet::new();
        tasks.spawn(follow_network(changes.clone(), board.clone()));
        tasks.spawn(follow_proxies(changes.clone(), board.clone()));
        Self { _tasks: tasks, _listening: Listening::start(changes, waking) }
    }
}

async fn follow_network(changes: Arc<Changes>, board: Arc<Board>) {
    loop {
        changes.network.notified().await;
        settle(&changes.network).await;
        board.post(News::NetworkChanged);
    }
}

async fn follow_proxies(changes: Arc<Changes>, board: Arc<Board>) {
    let read = || async { spawn_blocking(proxies::read).await.ok() };
    let mut last = read().await;
    // What is heard first may have been set before the first reading, and be in it already.
    if timeout_at(Settling::begin().end(), changes.proxies.notified()).await.is_ok() {
        settle(&changes.proxies).await;
        last = read().await;
        board.post(News::ProxiesChanged);
    }
    loop {
        changes.proxies.notified().await;
        settle(&changes.proxies).await;
        let now = read().await;
        if now != last {
            last = now;
            board.post(News::ProxiesChanged);
        }
    }
}

async fn settle(changed: &Notify) {
    let mut settling = Settling::begin();
    while timeout_at(settling.end(), changed.notified()).await.is_ok() {
        settling.go_on();
    }
}
