//! When the app leaves its connection to a service that asks for it.

use std::{future::Future, time::Duration};

use tokio::time::{sleep, timeout};

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
    /// Whether the folder was given to one that did not answer yet.
    given: bool,
}

impl Yielding {
    /// A service is gone that was there for so long.
    pub(crate) fn gone(&mut self, lived: Duration) {
        self.brief = if lived < STEADY { self.brief.saturating_add(1) } else { 0 };
    }

    /// The folder is given to a service.
    pub(crate) fn given(&mut self) {
        self.given = true;
    }

    /// There is an engine again, of this process or of another. A service that was given the folder and left it to this process never
    /// came up.
    pub(crate) fn opened(&mut self, own: bool) {
        if std::mem::take(&mut self.given) && own {
            self.gone(Duration::ZERO);
        }
    }

    /// Waits until the folder is to be given to a service; `asked` waits until one asks for it. After a pause only one is given way to
    /// that still asks: the others may be gone.
    pub(crate) async fn until_due<F: Future<Output = ()>>(&self, asked: impl Fn() -> F) {
        asked().await;
        let pause = self.pause();
        if pause.is_zero() {
            return;
        }
        sleep(pause).await;
        // What was asked meanwhile is forgotten.
        let _ = timeout(Duration::ZERO, asked()).await;
        asked().await;
    }

    /// How long the next one that asks is kept waiting.
    fn pause(&self) -> Duration {
        match self.brief.checked_sub(2) {
            // One is no habit: somebody tries out how a service is installed and taken away.
            None => Duration::ZERO,
            Some(doublings) => LONGEST.min(FIRST.saturating_mul(1 << doublings.min(10))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::{sync::Notify, time::Instant};

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

    #[test]
    fn one_that_takes_the_folder_and_never_comes_up_counts_as_one_that_ended() {
        let mut yielding = Yielding::default();
        for own in [true, false, true] {
            yielding.given();
            yielding.opened(own);
        }
        assert_eq!(yielding.pause(), FIRST, "two never came up");
        // The app's own engine was there before anybody asked, too.
        yielding.opened(true);
        assert_eq!(yielding.pause(), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_pause_only_one_that_asks_still_is_given_way_to() {
        let asks = Arc::new(Notify::new());
        let asked = || asks.notified();
        let start = Instant::now();
        asks.notify_one();
        Yielding::default().until_due(asked).await;
        assert_eq!(start.elapsed(), Duration::ZERO, "the first one is not kept waiting");

        let service = asks.clone();
        tokio::spawn(async move {
            for _ in 0..2 {
                service.notify_one();
                sleep(FIRST / 3).await;
            }
            sleep(10 * FIRST).await;
            service.notify_one();
        });
        Yielding { brief: 2, given: false }.until_due(asked).await;
        assert!(start.elapsed() > 10 * FIRST, "{:?}", start.elapsed());
    }
}
