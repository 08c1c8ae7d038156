//! What stands for what in the tables. A number that was released never stands for anything else.

use longwire_contract::{AttemptOutcome, DeliveryState, EventOrigin};

pub(crate) fn origin(origin: EventOrigin) -> u8 {
    match origin {
        EventOrigin::Platform => 0,
        EventOrigin::Trigger => 1,
        EventOrigin::Edited => 2,
    }
}

pub(crate) fn to_origin(number: u8) -> EventOrigin {
    match number {
        1 => EventOrigin::Trigger,
        2 => EventOrigin::Edited,
        _ => EventOrigin::Platform,
    }
}

/// The worst is the greatest.
pub(crate) fn state(state: DeliveryState) -> u8 {
    match state {
        DeliveryState::Delivered => 0,
        DeliveryState::Queued => 1,
        DeliveryState::Failed => 2,
    }
}

pub(crate) fn to_state(number: u8) -> DeliveryState {
    match number {
        0 => DeliveryState::Delivered,
        1 => DeliveryState::Queued,
        _ => DeliveryState::Failed,
    }
}

pub(crate) fn outcome(outcome: AttemptOutcome) -> u8 {
    match outcome {
        AttemptOutcome::Delivered => 0,
        AttemptOutcome::AnswerLate => 1,
        AttemptOutcome::AnswerInvalid => 2,
        AttemptOutcome::Unreachable => 3,
        AttemptOutcome::Broken => 4,
        AttemptOutcome::TimedOut => 5,
        AttemptOutcome::BadStatus => 6,
        AttemptOutcome::Redirected => 7,
        AttemptOutcome::TooLarge => 8,
        AttemptOutcome::NotStarted => 9,
        AttemptOutcome::ExitedBadly => 10,
        AttemptOutcome::Killed => 11,
        AttemptOutcome::NotSendable => 12,
    }
}

/// A number that stands for nothing is another program's: that the target has the event is not to be said of it.
pub(crate) fn to_outcome(number: u8) -> AttemptOutcome {
    let found = AttemptOutcome::ALL.iter().find(|&&known| outcome(known) == number);
    found.copied().unwrap_or(AttemptOutcome::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_comes_back() {
        for known in [EventOrigin::Platform, EventOrigin::Trigger, EventOrigin::Edited] {
            assert_eq!(to_origin(origin(known)), known);
        }
        for known in [DeliveryState::Delivered, DeliveryState::Queued, DeliveryState::Failed] {
            assert_eq!(to_state(state(known)), known);
        }
        for &known in AttemptOutcome::ALL {
            assert_eq!(to_outcome(outcome(known)), known);
        }
    }

    #[test]
    fn states_are_in_the_order_of_urgency() {
        let mut states = [DeliveryState::Failed, DeliveryState::Delivered, DeliveryState::Queued];
        states.sort();
        assert!(states.is_sorted_by_key(|&known| state(known)));
    }
}
