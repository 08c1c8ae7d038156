use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Trouble, chunk::Refusal, ended::Ended};

/// For how long an answer is tried to be had: somebody waits for it, and has given up by then.
const WHOLE: Duration = Duration::from_secs(120);
/// The pauses between the tries, at first and at most.
const FIRST: Duration = Duration::from_secs(2);
const LAST: Duration = Duration::from_secs(30);

/// How long somebody waits.
#[derive(Debug)]
pub(super) struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    /// It begins now.
    pub(super) fn begin() -> Self {
        Self { until: Instant::now() + WHOLE, pause: FIRST }
    }

    /// How long to wait before the next try; nothing where there is none.
    pub(super) fn next(&mut self, refusal: &Refusal) -> Option<Duration> {
        let wish = match &refusal.trouble {
            Trouble::Quota { retry_after, .. } => retry_after.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        let pause = self.pause.max(wish);
        self.pause = (self.pause * 2).min(LAST);
        (refusal.again && Instant::now() + pause < self.until).then_some(pause)
    }

    /// Waits for the next try.
    ///
    /// # Errors
    /// There is none.
    pub(super) async fn wait(&mut self, refusal: &Refusal) -> Result<(), Ended> {
        let pause = self.next(refusal).ok_or_else(|| Ended::Failed(refusal.clone()))?;
        sleep(pause).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pauses(trouble: Trouble) -> Vec<u64> {
        let again = !matches!(trouble, Trouble::Refused(_));
        let (mut patience, mut pauses) = (Patience::begin(), Vec::new());
        while let Some(pause) = patience.next(&Refusal { again, ..Refusal::of(trouble.clone()) }) {
            pauses.push(pause.as_secs());
            sleep(pause).await;
        }
        pauses
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_tried_again_for_two_minutes_and_not_where_that_is_of_no_use() {
        let quota = |seconds| {
            let retry_after = Some(Duration::from_secs(seconds));
            Trouble::Quota { message: String::new(), retry_after }
        };
        assert_eq!(pauses(Trouble::Failed(String::new())).await, [2, 4, 8, 16, 30, 30]);
        assert_eq!(pauses(Trouble::Refused(String::new())).await, [0; 0]);
        assert_eq!(pauses(quota(1)).await, [2, 4, 8, 16, 30, 30]);
        assert_eq!(pauses(quota(50)).await, [50, 50]);
        assert_eq!(pauses(quota(120)).await, [0; 0]);
    }
}
