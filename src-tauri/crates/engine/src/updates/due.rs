use longwire_host::clock;
use tokio::time::{Duration, Instant};

/// How long after the start is looked first: what begins has enough to do.
const FIRST: Duration = Duration::from_secs(2 * 60);
/// How often is looked.
const DAILY: Duration = Duration::from_secs(24 * 60 * 60);
/// How much later than that at most, so that not all ask at the same time.
const SPREAD: Duration = Duration::from_secs(2 * 60 * 60);
/// After how long is looked again where nobody answered.
const AGAIN: Duration = Duration::from_secs(60 * 60);
/// How much later than that at most.
const AGAIN_SPREAD: Duration = Duration::from_secs(10 * 60);

/// When something is to be done: going by the clock that stands still while the machine sleeps, and by the one that is set; by
/// whichever comes there first. Of a clock that was set wrong comes one look too early, and none too late.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    at: Instant,
    at_ms: u64,
}

impl Due {
    pub(super) fn at_start() -> Self {
        Self::after(FIRST)
    }

    pub(super) fn after_an_answer() -> Self {
        Self::after(DAILY + SPREAD.mul_f64(fastrand::f64()))
    }

    pub(super) fn after_a_failure() -> Self {
        Self::after(AGAIN + AGAIN_SPREAD.mul_f64(fastrand::f64()))
    }

    fn after(time: Duration) -> Self {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self { at: Instant::now() + time, at_ms: clock::now_ms().saturating_add(ms) }
    }

    /// When at the latest, as long as the machine does not sleep.
    pub(super) fn at(self) -> Instant {
        self.at
    }

    pub(super) fn is_over(self) -> bool {
        self.is_over_at(Instant::now(), clock::now_ms())
    }

    fn is_over_at(self, now: Instant, now_ms: u64) -> bool {
        now >= self.at || now_ms >= self.at_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_by_whichever_clock_comes_there_first() {
        let (start, start_ms) = (Instant::now(), 5_000_000_u64);
        let hour = Duration::from_secs(3600);
        let due = Due { at: start + hour, at_ms: start_ms + 3_600_000 };
        for (case, awake, wall_ms, expected) in [
            ("nothing has gone by", Duration::ZERO, start_ms, false),
            ("almost", hour - Duration::from_millis(1), start_ms + 3_599_999, false),
            ("an hour", hour, start_ms + 3_600_000, true),
            ("it slept", Duration::from_secs(5), start_ms + 3_600_001, true),
            ("the clock was set back", hour, 0, true),
            ("it was set back, and it is not due", hour / 2, 0, false),
            ("it was set far ahead", Duration::ZERO, u64::MAX, true),
        ] {
            assert_eq!(due.is_over_at(start + awake, wall_ms), expected, "{case}");
        }
    }

    #[test]
    fn not_all_look_at_the_same_time() {
        let start = Instant::now();
        let times: Vec<_> = (0..50).map(|_| Due::after_an_answer().at().duration_since(start)).collect();
        let within = |time: &Duration| *time >= DAILY && *time <= DAILY + SPREAD + Duration::from_secs(1);
        assert!(times.iter().all(within), "{times:?}");
        let (first, last) = (times.iter().min().unwrap(), times.iter().max().unwrap());
        assert!(*last - *first > Duration::from_secs(60), "{times:?}");
    }
}
