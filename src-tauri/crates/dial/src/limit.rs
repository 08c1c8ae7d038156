use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::cause::Cause;

/// Until when a step may run, and what that time is called where it runs out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// Absent where it is further away than the clock can tell.
    end: Option<Instant>,
    allowed: Duration,
}

impl Limit {
    /// A limit that begins now.
    pub(crate) fn of(allowed: Duration) -> Self {
        Self { end: Instant::now().checked_add(allowed), allowed }
    }

    /// The earlier one of this limit and another that begins now: for a step of a whole that has a limit, too.
    pub(crate) fn and(self, allowed: Duration) -> Self {
        let other = Self::of(allowed);
        match (self.end, other.end) {
            (Some(end), Some(others)) if others < end => other,
            (None, _) => other,
            _ => self,
        }
    }

    /// Its length from the moment it began.
    pub(crate) fn allowed(self) -> Duration {
        self.allowed
    }

    /// A step, which is dropped where it is not done in time.
    pub(crate) async fn hold<T>(self, step: impl Future<Output = T>) -> Result<T, Cause> {
        match self.end {
            Some(end) => timeout_at(end, step).await.map_err(|_| Cause::TimedOut(self.allowed)),
            None => Ok(step.await),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn of_two_limits_the_earlier_one_holds_and_is_named() {
        let seconds = Duration::from_secs;
        let whole = Limit::of(seconds(10));
        assert_eq!(whole.and(seconds(4)).hold(pending::<()>()).await, Err(Cause::TimedOut(seconds(4))));
        let begin = Instant::now();
        assert_eq!(whole.and(seconds(7)).hold(pending::<()>()).await, Err(Cause::TimedOut(seconds(10))));
        assert_eq!(begin.elapsed(), seconds(6));
        assert_eq!(Limit::of(Duration::MAX).and(seconds(1)).allowed(), seconds(1));
        assert_eq!(Limit::of(Duration::MAX).hold(async { 5 }).await, Ok(5));
    }
}
