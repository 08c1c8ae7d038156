//! The policy: whether to try again after an error, and when. The loop asks it and obeys.

use std::time::Duration;

use longwire_wire::ClientConfig;

use crate::{Backoff, Code, EndpointError, Error, UpgradeError};

/// What to do after an error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// Try again after this time.
    Retry(Duration),
    /// Do not try again: the same would be said again.
    Refuse,
}

/// The platform's `ReconnectNonce` spreads the first tries of many clients over time. Its usual 30 s suit a fleet whose
/// server went away; a person who looks at the screen should wait a few seconds.
const LONGEST_FIRST: Duration = Duration::from_secs(5);
/// The platform's `ReconnectInterval` is the pause between later tries, usually 120 s; twice our own cap is as far as
/// we follow, for the same reason.
const LONGEST_CAP: Duration = Duration::from_secs(60);

/// Remembers what came before, and decides.
#[derive(Debug)]
pub(crate) struct Retry {
    backoff: Backoff,
    rng: fastrand::Rng,
    failed: u32,
}

impl Retry {
    pub(crate) fn new(backoff: Backoff, rng: fastrand::Rng) -> Self {
        Self { backoff, rng, failed: 0 }
    }

    /// How many tries in a row have failed.
    pub(crate) fn failed(&self) -> u32 {
        self.failed
    }

    /// What failed before says nothing about the next try: the user asks for it, or the network is another one.
    pub(crate) fn forgive(&mut self) {
        self.failed = 0;
    }

    /// Decides after a try that failed, or a link that was `up` for a time and ended. `ReconnectCount` is not asked:
    /// the platform has been seen to send 1, and a bot that stays away is worse than one that asks.
    pub(crate) fn after(&mut self, error: &Error, up: Option<Duration>, wishes: &ClientConfig) -> Verdict {
        if up.is_some_and(|up| up >= self.backoff.settled) {
            self.failed = 0;
        }
        self.failed = self.failed.saturating_add(1);
        if refuses(error) {
            Verdict::Refuse
        } else {
            Verdict::Retry(self.bound(wishes).mul_f64(self.rng.f64()))
        }
    }

    fn bound(&self, wishes: &ClientConfig) -> Duration {
        let Backoff { first, cap, .. } = self.backoff;
        let first = stretched(first, wishes.reconnect_nonce, LONGEST_FIRST);
        let cap = stretched(cap, wishes.reconnect_interval, LONGEST_CAP);
        // 2^16 first waits are beyond any cap.
        let doublings = (self.failed - 1).min(16);
        first.saturating_mul(1 << doublings).min(cap)
    }
}

fn stretched(ours: Duration, wished: Option<i64>, longest: Duration) -> Duration {
    let wished = wished.and_then(|seconds| u64::try_from(seconds).ok()).map_or(ours, Duration::from_secs);
    wished.clamp(ours, longest.max(ours))
}

/// Whether the platform has made up its mind. Roads can be mended, portals logged into and servers restarted behind our
/// back, so all else is tried again.
fn refuses(error: &Error) -> bool {
    match error {
        Error::Endpoint(EndpointError::Code { code, .. }) => !matches!(code, Code::Busy | Code::Internal),
        Error::Upgrade(UpgradeError::ConnectionLimit { .. } | UpgradeError::Forbidden { .. }) => true,
        Error::Road(_) | Error::Endpoint(_) | Error::Upgrade(_) | Error::Session(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use longwire_dial::OriginError;

    use super::*;
    use crate::{BadUrl, SessionError};

    fn retry() -> Retry {
        Retry::new(Backoff::default(), fastrand::Rng::with_seed(1))
    }

    fn judge(error: impl Into<Error>) -> bool {
        retry().after(&error.into(), None, &ClientConfig::default()) == Verdict::Refuse
    }

    fn cut() -> Error {
        SessionError::Cut.into()
    }

    fn wishes(nonce: i64, interval: i64) -> ClientConfig {
        ClientConfig {
            reconnect_count: Some(1),
            reconnect_nonce: Some(nonce),
            reconnect_interval: Some(interval),
            ping_interval: None,
        }
    }

    #[test]
    fn every_code_of_the_endpoint_is_judged() {
        for (number, refused) in [
            (1, false),
            (1_000_040_343, false),
            (1_000_040_344, true),
            (1_000_040_345, true),
            (1_000_040_350, true),
            (1_000_040_351, true),
            (2, true),
            (-1, true),
            (10_003, true),
            (10_014, true),
            (10_015, true),
            (i64::MAX, true),
        ] {
            assert_eq!(Code::from(number).number(), number);
            assert_eq!(
                judge(EndpointError::Code { code: number.into(), message: String::new() }),
                refused,
                "{number}"
            );
        }
    }

    #[test]
    fn what_is_not_the_platforms_last_word_is_tried_again() {
        let message = String::new;
        for status in [301, 400, 401, 403, 404, 500, 502, 503] {
            assert!(
                !judge(EndpointError::Status { status, code: Some(1_000_040_345), message: message() }),
                "{status}"
            );
        }
        for error in [
            EndpointError::Empty,
            EndpointError::Foreign { start: "<html>".to_owned() },
            EndpointError::NoUrl,
            EndpointError::BadUrl(BadUrl::NotWebSocket),
            EndpointError::BadUrl(BadUrl::Origin(OriginError::NoHost)),
        ] {
            assert!(!judge(error.clone()), "{error:?}");
        }
        for error in [
            SessionError::Silent(Duration::from_secs(20)),
            SessionError::Closed { code: Some(1000), reason: String::new() },
            SessionError::Cut,
            SessionError::TooLarge { limit: 1 },
            SessionError::Protocol(String::new()),
        ] {
            assert!(!judge(error.clone()), "{error:?}");
        }
    }

    #[test]
    fn every_answer_to_an_upgrade_is_judged() {
        let message = String::new;
        for (error, refused) in [
            (UpgradeError::ConnectionLimit { message: message() }, true),
            (UpgradeError::Forbidden { message: message() }, true),
            (UpgradeError::TicketRefused { code: Some(1_000_040_348), message: message() }, false),
            (UpgradeError::Refused { status: 401, code: None, message: message() }, false),
            (UpgradeError::Blocked { status: 403, start: message() }, false),
            (UpgradeError::NotWebSocket(message()), false),
            (UpgradeError::TimedOut(Duration::from_secs(10)), false),
            (UpgradeError::Cut, false),
        ] {
            assert_eq!(judge(error.clone()), refused, "{error:?}");
        }
    }

    #[test]
    fn waits_are_spread_over_the_whole_of_a_bound_that_doubles_up_to_its_cap() {
        for (failures, bound) in [(1, 1.0), (2, 2.0), (3, 4.0), (5, 16.0), (6, 30.0), (7, 30.0), (5000, 30.0)]
        {
            let pauses: Vec<f64> = (0..200)
                .map(|seed| {
                    let mut retry = Retry::new(Backoff::default(), fastrand::Rng::with_seed(seed));
                    retry.failed = failures - 1;
                    let Verdict::Retry(pause) = retry.after(&cut(), None, &ClientConfig::default()) else {
                        panic!()
                    };
                    pause.as_secs_f64()
                })
                .collect();
            let (least, most) =
                (pauses.iter().copied().fold(f64::MAX, f64::min), pauses.iter().copied().fold(0.0, f64::max));
            assert!(
                most <= bound && most > bound * 0.9 && least < bound * 0.1,
                "{failures}: {least}..{most}"
            );
        }
    }

    #[test]
    fn the_platform_may_stretch_the_bounds_but_not_far_and_not_shrink_them() {
        for (nonce, interval, first, cap) in [
            (30, 120, 5, 60),
            (3, 45, 3, 45),
            (0, 0, 1, 30),
            (-1, -1, 1, 30),
            (i64::MAX, i64::MAX, 5, 60),
            (i64::MIN, i64::MIN, 1, 30),
        ] {
            let mut retry = retry();
            retry.failed = 1;
            assert_eq!(retry.bound(&wishes(nonce, interval)), Duration::from_secs(first), "{nonce}");
            retry.failed = u32::MAX;
            assert_eq!(retry.bound(&wishes(nonce, interval)), Duration::from_secs(cap), "{interval}");
        }
    }

    #[test]
    fn only_a_link_that_settled_starts_the_count_anew() {
        let mut retry = retry();
        let settled = Backoff::default().settled;
        for (up, failed) in [
            (None, 1),
            (None, 2),
            (Some(Duration::ZERO), 3),
            (Some(settled - Duration::from_millis(1)), 4),
            (Some(settled), 1),
            (None, 2),
        ] {
            retry.after(&cut(), up, &ClientConfig::default());
            assert_eq!(retry.failed(), failed);
        }
        retry.forgive();
        assert_eq!(retry.failed(), 0);
    }

    #[test]
    fn a_slow_backoff_of_ours_is_not_shortened_by_the_bounds_of_the_stretch() {
        let backoff =
            Backoff { first: Duration::from_secs(10), cap: Duration::from_secs(300), ..Backoff::default() };
        let mut retry = Retry::new(backoff, fastrand::Rng::with_seed(1));
        retry.failed = 1;
        assert_eq!(retry.bound(&wishes(30, 120)), Duration::from_secs(10));
    }
}
