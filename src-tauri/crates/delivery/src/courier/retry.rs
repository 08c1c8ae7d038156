//! The policy: what becomes of an event after an attempt, and when a target that is down is tried again.

use std::time::Duration;

use longwire_contract::AttemptOutcome;

/// How often an event is handed over before it waits for a replay.
const TRIES: u32 = 6;
/// The longest that we wait because a target asks for it.
const LONGEST_WISH: Duration = Duration::from_secs(60);
/// The bounds between which the waits for a target that is down grow.
const FIRST: Duration = Duration::from_secs(1);
const LAST: Duration = Duration::from_secs(30);

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Next {
    /// The target has it.
    Delivered,
    /// Hand it over again after this time.
    Again(Duration),
    /// Leave it for a replay.
    Failed,
    /// The target is down, whatever the event.
    Down,
}

/// Decides after an attempt. `failed` counts the tries of this event that failed, this one included.
pub(super) fn after(
    outcome: AttemptOutcome,
    status: Option<u16>,
    wish: Option<Duration>,
    failed: u32,
) -> Next {
    use AttemptOutcome::{
        AnswerInvalid, AnswerLate, BadStatus, Broken, Delivered, ExitedBadly, Killed, NotSendable,
        NotStarted, Redirected, TimedOut, TooLarge, Unreachable,
    };
    match outcome {
        Delivered | AnswerLate | AnswerInvalid => Next::Delivered,
        // One that hangs, at a breakpoint say, hangs whatever the event.
        Unreachable | NotStarted | TimedOut => Next::Down,
        Broken | ExitedBadly | Killed => again(wish, failed),
        BadStatus if matches!(status, Some(408 | 425 | 429 | 500..)) => again(wish, failed),
        BadStatus | Redirected | TooLarge | NotSendable => Next::Failed,
    }
}

/// Decides after an attempt of the agent, which tries again by itself for as long as somebody may wait for its answer. That one
/// message is not answered says nothing of the next.
pub(super) fn after_agent(outcome: AttemptOutcome) -> Next {
    if outcome == AttemptOutcome::Delivered { Next::Delivered } else { Next::Failed }
}

/// Again, unless it was tried often enough.
pub(super) fn again(wish: Option<Duration>, failed: u32) -> Next {
    if failed >= TRIES {
        return Next::Failed;
    }
    let pause = FIRST.saturating_mul(1 << failed.saturating_sub(1));
    Next::Again(pause.max(wish.unwrap_or_default().min(LONGEST_WISH)))
}

/// When a target that is down is tried again.
#[derive(Debug)]
pub(super) struct Backoff {
    rng: fastrand::Rng,
    failed: u32,
}

impl Backoff {
    pub(super) fn new(rng: fastrand::Rng) -> Self {
        Self { rng, failed: 0 }
    }

    /// It answers, or the user says that it does.
    pub(super) fn forgive(&mut self) {
        self.failed = 0;
    }

    /// How long to leave it alone after it did not answer once more.
    pub(super) fn next(&mut self, wish: Option<Duration>) -> Duration {
        // 2^5 first waits are beyond the last.
        let bound = FIRST.saturating_mul(1 << self.failed.min(5)).min(LAST);
        self.failed = self.failed.saturating_add(1);
        bound.mul_f64(self.rng.f64()).max(wish.unwrap_or_default().min(LONGEST_WISH))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn each_way_to_end_has_its_next_step() {
        use AttemptOutcome::*;
        let table = [
            (Delivered, Some(200), Next::Delivered),
            (AnswerLate, Some(200), Next::Delivered),
            (AnswerInvalid, Some(200), Next::Delivered),
            (Unreachable, None, Next::Down),
            (Unreachable, Some(503), Next::Down),
            (NotStarted, None, Next::Down),
            (TimedOut, None, Next::Down),
            (TimedOut, Some(200), Next::Down),
            (Broken, None, Next::Again(SECOND)),
            (Broken, Some(200), Next::Again(SECOND)),
            (ExitedBadly, Some(1), Next::Again(SECOND)),
            (Killed, None, Next::Again(SECOND)),
            (BadStatus, Some(408), Next::Again(SECOND)),
            (BadStatus, Some(425), Next::Again(SECOND)),
            (BadStatus, Some(429), Next::Again(SECOND)),
            (BadStatus, Some(500), Next::Again(SECOND)),
            (BadStatus, Some(599), Next::Again(SECOND)),
            (BadStatus, Some(400), Next::Failed),
            (BadStatus, Some(404), Next::Failed),
            (BadStatus, None, Next::Failed),
            (Redirected, Some(302), Next::Failed),
            (TooLarge, Some(200), Next::Failed),
            (NotSendable, None, Next::Failed),
        ];
        for (outcome, status, next) in table {
            assert_eq!(after(outcome, status, None, 1), next, "{outcome:?} {status:?}");
        }
        for outcome in AttemptOutcome::ALL {
            assert!(table.iter().any(|(listed, ..)| listed == outcome), "{outcome:?}");
        }
    }

    #[test]
    fn the_pauses_double_and_the_sixth_failure_is_the_last() {
        let pauses: Vec<_> =
            (1..=7).map(|failed| after(AttemptOutcome::Broken, None, None, failed)).collect();
        let again = |seconds| Next::Again(Duration::from_secs(seconds));
        assert_eq!(pauses, [again(1), again(2), again(4), again(8), again(16), Next::Failed, Next::Failed]);
    }

    #[test]
    fn a_wish_to_be_left_alone_is_obeyed_within_reason() {
        let wish = |seconds, failed| {
            after(AttemptOutcome::BadStatus, Some(429), Some(Duration::from_secs(seconds)), failed)
        };
        assert_eq!(wish(7, 1), Next::Again(Duration::from_secs(7)));
        assert_eq!(wish(0, 3), Next::Again(Duration::from_secs(4)));
        assert_eq!(wish(3600, 1), Next::Again(Duration::from_secs(60)));
        assert_eq!(wish(7, 6), Next::Failed);
    }

    #[test]
    fn a_target_that_is_down_is_asked_less_and_less_but_always_again() {
        let bounds = [1, 2, 4, 8, 16, 30, 30, 30].map(Duration::from_secs);
        let mut longest = [Duration::ZERO; 8];
        for seed in 0..200 {
            let mut backoff = Backoff::new(fastrand::Rng::with_seed(seed));
            for (bound, longest) in bounds.iter().zip(&mut longest) {
                let wait = backoff.next(None);
                assert!(wait <= *bound, "{wait:?} of {bound:?}");
                *longest = wait.max(*longest);
            }
            assert_eq!(backoff.next(Some(Duration::from_secs(600))), LONGEST_WISH);
            backoff.forgive();
            assert!(backoff.next(None) <= FIRST);
        }
        for (bound, longest) in bounds.iter().zip(longest) {
            assert!(longest > *bound / 2, "{longest:?} of {bound:?}");
        }
    }
}
