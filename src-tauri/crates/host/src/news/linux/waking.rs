use std::sync::{Arc, Mutex, PoisonError};

use rustix::time::{ClockId, clock_gettime};

use crate::news::{Board, News};

/// The kernel and logind tell of the same waking this many seconds apart at most.
const SAME: i64 = 5;

/// Wakings, each told once although two sources tell of it.
#[derive(Debug)]
pub(super) struct Waking {
    board: Arc<Board>,
    /// When the last one was told, by the clock that goes on during sleep; `None` once the machine goes to sleep again.
    told: Mutex<Option<i64>>,
}

impl Waking {
    pub(super) fn new(board: &Arc<Board>) -> Self {
        Self { board: board.clone(), told: Mutex::new(None) }
    }

    /// The machine goes to sleep: what comes next is another waking.
    pub(super) fn sleeps(&self) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn woke(&self) {
        self.woke_at(clock_gettime(ClockId::Boottime).tv_sec);
    }

    fn woke_at(&self, now: i64) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|told| now - told > SAME) {
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
        let waking = Waking::new(&board);
        let wakes = |now| {
            waking.woke_at(now);
            board.take()
        };
        assert_eq!(wakes(100), Some(News::Woke));
        assert_eq!(wakes(101), None, "logind, a second after the kernel");
        assert_eq!(wakes(110), Some(News::Woke));
        waking.sleeps();
        assert_eq!(wakes(111), Some(News::Woke), "a short sleep");
    }
}
