//! When the app leaves its connection to a service that asks for it.

use std::time::Duration;

/// A service that was there for so long is a steady one.
const STEADY: Duration = Duration::from_secs(60);
/// How long one that was not is kept waiting, the second time; each time it is twice as long.
const FIRST: Duration = Duration::from_secs(30);
/// The longest.
const LONGEST: Duration = Duration::from_secs(600);

/// What became of the services that were given way to. One that takes the connection and ends at once, again and again, would cut it
/// each time.
#[derive(Debug, Default)]
pub(crate) struct Yielding {
    /// How many in a row were gone soon.
    brief: u32,
}

impl Yielding {
    /// A service is gone that was there for so long.
    pub(crate) fn gone(&mut self, lived: Duration) {
        self.brief = if lived < STEADY { self.brief.saturating_add(1) } else { 0 };
    }

    /// How long the next one that asks is kept waiting.
    pub(crate) fn pause(&self) -> Duration {
        match self.brief.checked_sub(2) {
            // One is no habit: somebody tries out how a service is installed and taken away.
            None => Duration::ZERO,
            Some(doublings) => LONGEST.min(FIRST.saturating_mul(1 << doublings.min(10))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_ends_again_and_again_waits_longer_each_time_and_a_steady_one_does_not() {
        let mut yielding = Yielding::default();
        let mut pauses = Vec::new();
        for _ in 0..8 {
            pauses.push(yielding.pause().as_secs());
            yielding.gone(Duration::from_secs(4));
        }
        assert_eq!(pauses, [0, 0, 30, 60, 120, 240, 480, 600]);
        yielding.gone(STEADY);
        assert_eq!(yielding.pause(), Duration::ZERO);
    }
}
