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
