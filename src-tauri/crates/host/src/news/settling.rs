use std::time::Duration;

use tokio::time::Instant;

/// What belongs to one change comes within this of each other …
const QUIET: Duration = Duration::from_millis(300);
/// … and what goes on for longer is told in between.
const LONGEST: Duration = Duration::from_secs(2);

/// The time that one change takes to come in all its parts.
pub(super) struct Settling {
    quiet: Instant,
    latest: Instant,
}

impl Settling {
    pub(super) fn begin() -> Self {
        let now = Instant::now();
        Self { quiet: now + QUIET, latest: now + LONGEST }
    }

    /// Another part has come.
    pub(super) fn go_on(&mut self) {
        self.quiet = Instant::now() + QUIET;
    }

    /// When the change is over, as far as is known.
    pub(super) fn end(&self) -> Instant {
        self.quiet.min(self.latest)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_part_prolongs_a_change_but_none_for_ever() {
        let begin = Instant::now();
        let mut settling = Settling::begin();
        assert_eq!(settling.end() - begin, QUIET);
        for _ in 0..5 {
            advance(QUIET / 2).await;
            settling.go_on();
        }
        assert_eq!(settling.end() - begin, QUIET * 5 / 2 + QUIET);
        for _ in 0..20 {
            advance(QUIET / 2).await;
            settling.go_on();
        }
        assert_eq!(settling.end() - begin, LONGEST);
    }
}
