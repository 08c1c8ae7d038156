use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use longwire_contract::{AttemptView, TargetHealth};
use longwire_journal::{Attempt, QueueCount, TargetKey};
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};

/// How often the states change at most.
const PAUSE: Duration = Duration::from_millis(100);

/// How a target stands.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetState {
    /// Which.
    pub key: TargetKey,
    /// How it stands.
    pub health: TargetHealth,
    /// Since when, in milliseconds since the Unix epoch.
    pub since_ms: u64,
    /// Events that wait for it.
    pub queued: u32,
    /// Events it did not take.
    pub failed: u32,
    /// Events it has taken since the start.
    pub delivered: u32,
    /// When it took the last one, in milliseconds since the Unix epoch.
    pub last_ms: Option<u64>,
    /// The last attempt that failed, until one succeeds.
    pub trouble: Option<AttemptView>,
    /// When it is tried again, while it is down.
    pub retry_at_ms: Option<u64>,
    /// The last answer to a callback that came too late or was none, for as long as no good one has come since: what was
    /// wrong with it.
    pub bad_answer: Option<AttemptView>,
}

impl TargetState {
    /// One that was not tried yet.
    pub(crate) fn new(key: TargetKey, paused: bool, count: QueueCount, now_ms: u64) -> Self {
        Self {
            key,
            health: if paused { TargetHealth::Paused } else { TargetHealth::Untried },
            since_ms: now_ms,
            queued: count.queued,
            failed: count.failed,
            delivered: 0,
            last_ms: None,
            trouble: None,
            retry_at_ms: None,
            bad_answer: None,
        }
    }

    /// It stands so from now on.
    pub(super) fn stands(&mut self, health: TargetHealth, now_ms: u64) {
        if self.health != health {
            (self.health, self.since_ms) = (health, now_ms);
        }
        if health != TargetHealth::Down {
            self.retry_at_ms = None;
        }
    }
}

/// How all targets stand. Each courier writes its own line.
#[derive(Debug)]
pub(crate) struct Board {
    lines: Mutex<Vec<TargetState>>,
    changed: Notify,
    shown: watch::Sender<Vec<TargetState>>,
}

impl Board {
    pub(crate) fn new() -> Arc<Self> {
        let shown = watch::Sender::new(Vec::new());
        Arc::new(Self { lines: Mutex::default(), changed: Notify::new(), shown })
    }

    /// What it shows; changes at most ten times a second.
    pub(crate) fn shown(&self) -> watch::Receiver<Vec<TargetState>> {
        self.shown.subscribe()
    }

    /// Has a line for each of these targets, in this order; a new one where there was none.
    pub(crate) fn list(&self, targets: &[TargetKey], new: impl Fn(TargetKey) -> TargetState) {
        let mut lines = self.lines();
        let mut listed = Vec::with_capacity(targets.len());
        for key in targets {
            let known = lines.iter().position(|line| line.key == *key).map(|at| lines.swap_remove(at));
            listed.push(known.unwrap_or_else(|| new(*key)));
        }
        *lines = listed;
        drop(lines);
        self.changed.notify_one();
    }

    /// Changes a target's line, where there is one.
    pub(super) fn change(&self, key: TargetKey, change: impl FnOnce(&mut TargetState)) {
        if let Some(line) = self.lines().iter_mut().find(|line| line.key == key) {
            change(line);
        }
        self.changed.notify_one();
    }

    /// Shows what changes, for ever.
    pub(crate) async fn show(self: Arc<Self>) {
        loop {
            self.changed.notified().await;
            let lines = self.lines().clone();
            self.shown.send_if_modified(|shown| {
                let new = *shown != lines;
                *shown = lines;
                new
            });
            sleep(PAUSE).await;
        }
    }

    fn lines(&self) -> MutexGuard<'_, Vec<TargetState>> {
        // A line is whole after each change.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An attempt as it is shown.
pub(super) fn view(attempt: &Attempt) -> AttemptView {
    AttemptView {
        number: attempt.number,
        at_ms: attempt.at_ms,
        #[expect(clippy::cast_precision_loss, reason = "a time that is shown")]
        took_ms: attempt.took_us as f64 / 1000.0,
        outcome: attempt.outcome,
        status: attempt.status,
        response: attempt.response.clone(),
        detail: attempt.detail.clone(),
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_board_changes_ten_times_a_second_at_most_and_ends_with_the_truth() {
        let board = Board::new();
        let mut shown = board.shown();
        tokio::spawn(board.clone().show());
        let key = TargetKey(1);
        board.list(&[key], |key| TargetState::new(key, false, QueueCount::default(), 5));
        let started = Instant::now();
        let writer = tokio::spawn({
            let board = board.clone();
            async move {
                for _ in 0..1000 {
                    board.change(key, |line| line.delivered += 1);
                    sleep(Duration::from_millis(1)).await;
                }
            }
        });
        let mut changes = 0;
        while shown.borrow_and_update().first().is_none_or(|line| line.delivered < 1000) {
            shown.changed().await.unwrap();
            changes += 1;
        }
        writer.await.unwrap();
        assert!((2..=12).contains(&changes), "{changes}");
        assert!(started.elapsed() <= Duration::from_millis(1200));
        board.change(key, |_| ());
        sleep(Duration::from_secs(60)).await;
        assert!(!shown.has_changed().unwrap(), "nothing changed");
    }

    #[test]
    fn a_line_stays_with_its_target() {
        let board = Board::new();
        let new = |key| TargetState::new(key, false, QueueCount::default(), 0);
        let keys = || board.lines().iter().map(|line| line.key.0).collect::<Vec<_>>();
        board.list(&[TargetKey(1), TargetKey(2), TargetKey(3)], new);
        board.change(TargetKey(3), |line| line.delivered = 9);
        board.list(&[TargetKey(3), TargetKey(1)], new);
        assert_eq!(keys(), [3, 1]);
        assert_eq!(board.lines()[0].delivered, 9);
        board.change(TargetKey(2), |line| line.delivered = 1);
        assert_eq!(board.lines()[1].delivered, 0);
    }
}
