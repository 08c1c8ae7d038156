use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// The platform takes fifty requests a second of an app, and a thousand a minute. These are 939 a minute, and 46 a second.
const EACH: Duration = Duration::from_millis(66);
const AT_ONCE: u32 = 30;
/// How long it is left alone where it does not say how long.
const REST: Duration = Duration::from_secs(1);
/// For each of the replies that grow at the same time, so long between two updates of one of them.
const EACH_REPLY: Duration = Duration::from_millis(100);

/// How fast the platform is asked for one app.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When the next request would go, were none to go at once.
    next: Mutex<Option<Instant>>,
    growing: AtomicU32,
}

impl Pace {
    /// Waits until one more may be sent.
    pub(super) async fn turn(&self) {
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let at = next.unwrap_or(now).max(now);
            *next = Some(at + EACH);
            at.checked_sub(EACH * AT_ONCE).unwrap_or(now)
        };
        sleep_until(at).await;
    }

    /// The platform wants to be left alone for this time.
    pub(super) fn rest(&self, rest: Option<Duration>) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + rest.unwrap_or(REST) + EACH * AT_ONCE;
        *next = Some(next.map_or(until, |next| next.max(until)));
    }

    /// One more reply grows, for as long as this is there.
    pub(super) fn grows(&self) -> Growing<'_> {
        self.growing.fetch_add(1, Relaxed);
        Growing(self)
    }
}

/// A reply that grows.
pub(super) struct Growing<'a>(&'a Pace);

impl Growing<'_> {
    /// How long to wait between two updates at least, so that all that grow have room.
    pub(super) fn between(&self) -> Duration {
        EACH_REPLY * self.0.growing.load(Relaxed)
    }

    /// How long to wait for more than the first words: not at all, where no other one grows.
    pub(super) fn first(&self) -> Duration {
        self.between().saturating_sub(EACH_REPLY)
    }
}

impl Drop for Growing<'_> {
    fn drop(&mut self) {
        self.0.growing.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_the_platform_takes_is_not_exceeded_in_any_second_and_any_minute() {
        let (pace, mut sent) = (Pace::default(), Vec::new());
        let began = Instant::now();
        // A pause in the middle does not make up for more than may go at once.
        for number in 0..3000 {
            if number == 1500 {
                tokio::time::sleep(Duration::from_secs(30)).await;
            }
            pace.turn().await;
            sent.push(began.elapsed());
        }
        let most = |window: Duration| {
            let within =
                |from: usize| sent[from..].iter().take_while(|at| **at < sent[from] + window).count();
            (0..sent.len()).map(within).max().unwrap()
        };
        assert!(most(Duration::from_secs(1)) <= 50, "{}", most(Duration::from_secs(1)));
        assert!(most(Duration::from_secs(60)) <= 1000, "{}", most(Duration::from_secs(60)));
        assert!(sent[20] < Duration::from_millis(1), "a few go at once");
    }

    #[tokio::test(start_paused = true)]
    async fn a_platform_that_wants_to_be_left_alone_is() {
        let pace = Pace::default();
        let began = Instant::now();
        pace.rest(Some(Duration::from_secs(7)));
        pace.rest(None);
        pace.turn().await;
        assert_eq!(began.elapsed(), Duration::from_secs(7));
    }

    #[test]
    fn the_more_replies_grow_the_slower_each_does() {
        let pace = Pace::default();
        let one = pace.grows();
        assert_eq!((one.between(), one.first()), (EACH_REPLY, Duration::ZERO));
        let others: Vec<_> = (1..50).map(|_| pace.grows()).collect();
        assert_eq!(one.between(), Duration::from_secs(5));
        drop(others);
        assert_eq!(one.between(), EACH_REPLY);
    }
}
