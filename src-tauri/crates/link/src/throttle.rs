use std::time::Duration;

use tokio::time::Instant;

/// Lets one of many like things through every ten seconds, and counts the rest.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    last: Option<Instant>,
    held_back: u64,
}

const PAUSE: Duration = Duration::from_secs(10);

impl Throttle {
    /// How many were held back since the last one let through, where this one is let through.
    pub(crate) fn pass(&mut self, now: Instant) -> Option<u64> {
        if self.last.is_some_and(|last| now.duration_since(last) < PAUSE) {
            self.held_back += 1;
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_passes_and_the_rest_are_counted() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        assert_eq!(throttle.pass(start), Some(0));
        assert_eq!((throttle.pass(start), throttle.pass(start + PAUSE / 2)), (None, None));
        assert_eq!(throttle.pass(start + PAUSE), Some(2));
        assert_eq!(throttle.pass(start + PAUSE * 2), Some(0));
    }
}
