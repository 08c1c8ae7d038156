use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};

use super::{Board, News};

/// A clock that goes on during sleep. (macOS counts sleep in this one; Linux does not.)
#[cfg(target_os = "macos")]
const CLOCK: ClockId = ClockId::Monotonic;
#[cfg(target_os = "linux")]
const CLOCK: ClockId = ClockId::Boottime;

/// Wakings, each told once although several sources tell of it.
#[derive(Debug)]
pub(super) struct Waking {
    board: Arc<Board>,
    /// The sources tell of the same waking this far apart at most.
    same: Duration,
    /// When the last one was told; `None` once the machine goes to sleep again.
    told: Mutex<Option<Duration>>,
}

impl Waking {
    pub(super) fn new(board: &Arc<Board>, same: Duration) -> Self {
        Self { board: board.clone(), same, told: Mutex::new(None) }
    }

    /// The machine goes to sleep: what comes next is another waking.
    pub(super) fn sleeps(&self) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn woke(&self) {
        let now = clock_gettime(CLOCK);
        self.woke_at(Duration::from_secs(now.tv_sec.unsigned_abs()));
    }

    fn woke_at(&self, now: Duration) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|told| now.saturating_sub(told) > self.same) {
            *told = Some(now);
            self.board.post(News::Woke);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_who_tell_of_one_waking_make_one_piece_of_news() {
        let board = Arc::default();
        let waking = Waking::new(&board, Duration::from_secs(5));
        let wakes = |now| {
            waking.woke_at(Duration::from_secs(now));
            board.take()
        };
        assert_eq!(wakes(100), Some(News::Woke));
        assert_eq!(wakes(101), None, "logind, a second after the kernel");
        assert_eq!(wakes(110), Some(News::Woke));
        waking.sleeps();
        assert_eq!(wakes(111), Some(News::Woke), "a short sleep");
    }
}
