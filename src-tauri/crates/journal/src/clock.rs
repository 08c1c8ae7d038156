//! The journal's own clock, which counts how long it has been open in its life, and what it says of the wall clock.

use std::time::Instant;

use rusqlite::Connection;

/// Where the wall clock went on by so much more than our own, it jumped, or the machine slept: 48 hours.
const JUMP_MS: u64 = 48 * 60 * 60 * 1000;
/// For so long after that it is not believed, by our own clock: a day. By then somebody has put it right, or it was right.
const DOUBT_S: i64 = 24 * 60 * 60;

/// The clock of an open journal.
#[derive(Debug)]
pub(crate) struct Clock {
    opened: Instant,
    opened_s: i64,
    /// The last moment that was told, by the wall clock and by our own.
    last: Option<(u64, i64)>,
    /// From then on the wall clock is believed, by our own.
    believed_s: i64,
}

impl Clock {
    /// The clock of a file, which goes on from now.
    pub(crate) fn read(file: &Connection) -> rusqlite::Result<Self> {
        file.query_row("SELECT clock_s, believed_s FROM journal", (), |row| {
            Ok(Self { opened: Instant::now(), opened_s: row.get(0)?, last: None, believed_s: row.get(1)? })
        })
    }

    /// For how long the journal has been open in its life, in seconds.
    pub(crate) fn now_s(&self) -> i64 {
        self.opened_s.saturating_add_unsigned(self.opened.elapsed().as_secs())
    }

    /// Is told what the wall clock says, and writes down what it thinks of that; whether it is to be believed.
    pub(crate) fn compare(&mut self, file: &Connection, wall_ms: u64) -> rusqlite::Result<bool> {
        let now_s = self.now_s();
        let believed = self.believes(wall_ms, now_s);
        let mut set = file.prepare_cached("UPDATE journal SET clock_s = ?1, believed_s = ?2")?;
        set.execute((now_s, self.believed_s))?;
        Ok(believed)
    }

    fn believes(&mut self, wall_ms: u64, now_s: i64) -> bool {
        if let Some((last_ms, last_s)) = self.last {
            let went_ms = u64::try_from(now_s - last_s).unwrap_or(0).saturating_mul(1000);
            let jumped_ms = wall_ms.saturating_sub(last_ms).saturating_sub(went_ms);
            if jumped_ms > JUMP_MS {
                tracing::warn!(
                    hours = jumped_ms / 3_600_000,
                    "the clock jumped: nothing is too old for a day"
                );
                self.believed_s = now_s.saturating_add(DOUBT_S);
            }
        }
        self.last = Some((wall_ms, now_s));
        now_s >= self.believed_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: u64 = 3_600_000;
    const START_MS: u64 = 1_700_000_000_000;

    fn clock() -> Clock {
        Clock { opened: Instant::now(), opened_s: 0, last: None, believed_s: 0 }
    }

    #[test]
    fn a_clock_that_goes_is_believed_however_long_it_goes() {
        let mut clock = clock();
        for day in 0..100 {
            assert!(clock.believes(START_MS + day * 24 * HOUR_MS, day as i64 * 24 * 3600));
        }
        // All of 48 hours in which the machine slept.
        assert!(clock.believes(START_MS + (99 * 24 + 48) * HOUR_MS, 99 * 24 * 3600));
    }

    #[test]
    fn a_clock_that_jumped_is_believed_after_a_day() {
        let mut clock = clock();
        assert!(clock.believes(START_MS, 1000));
        let jumped_ms = START_MS + 49 * HOUR_MS;
        assert!(!clock.believes(jumped_ms, 1060));
        assert!(!clock.believes(jumped_ms, 1060 + DOUBT_S - 1));
        assert!(clock.believes(jumped_ms, 1060 + DOUBT_S));
    }

    #[test]
    fn a_clock_that_was_put_back_is_no_jump() {
        let mut clock = clock();
        assert!(clock.believes(START_MS, 0));
        assert!(clock.believes(START_MS - 1000 * HOUR_MS, 60));
        assert!(!clock.believes(START_MS, 120), "that is one");
        assert!(!clock.believes(u64::MAX, 180));
        assert!(!clock.believes(0, 240));
    }
}
