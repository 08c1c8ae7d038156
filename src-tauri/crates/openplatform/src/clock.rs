use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The simulator's own clock, which need not go as this machine's does.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Clock {
    /// As this machine's.
    #[default]
    Right,
    /// That much ahead of it.
    Ahead(Duration),
    /// That much behind it.
    Behind(Duration),
}

/// The end of the year 9999, the last that an HTTP date can name, in seconds since the Unix epoch.
const LAST: Duration = Duration::from_secs(253_402_300_799);

impl Clock {
    /// What it shows; the epoch's begin where it would show what no HTTP date can name.
    pub(crate) fn now(self) -> SystemTime {
        let now = SystemTime::now();
        let shown = match self {
            Self::Right => Some(now),
            Self::Ahead(by) => now.checked_add(by),
            Self::Behind(by) => now.checked_sub(by),
        };
        shown.filter(|shown| (UNIX_EPOCH..UNIX_EPOCH + LAST).contains(shown)).unwrap_or(UNIX_EPOCH)
    }

    /// The same, since the Unix epoch.
    pub(crate) fn since_epoch(self) -> Duration {
        self.now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_as_far_off_as_it_was_set_and_shows_nothing_that_has_no_date() {
        let day = Duration::from_secs(86_400);
        let right = Clock::Right.since_epoch();
        assert!(Clock::Ahead(day).since_epoch() >= right + day);
        assert!(Clock::Behind(day).since_epoch() <= Clock::Right.since_epoch() - day);
        assert_eq!(Clock::Ahead(LAST).since_epoch(), Duration::ZERO);
        assert_eq!(Clock::Behind(Duration::MAX).since_epoch(), Duration::ZERO);
    }
}
