//! Messages whose turn comes when nobody waits for an answer any more.

use crate::webhook::Post;

/// How long somebody waits for an answer. One that comes hours later, once Longwire runs again, answers another question.
const PATIENCE_MS: u64 = 10 * 60 * 1000;

/// The longest that the platform goes on sending a message which nobody took; more than that is no time of writing.
const SENT_AGAIN_MS: u64 = 24 * 60 * 60 * 1000;

/// How long ago a message came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Came {
    /// Just now. When it was written, it says itself.
    Now,
    /// Its user has just asked for it once more.
    Again,
    /// Too long ago to be answered now.
    Long,
}

/// How long ago the message of a post came.
pub(crate) fn came(post: &Post<'_>) -> Came {
    let waits = |since_ms: u64| post.at_ms.saturating_sub(since_ms) <= PATIENCE_MS;
    if waits(post.asked_ms) {
        Came::Again
    } else if waits(post.record.at_ms) {
        Came::Now
    } else {
        Came::Long
    }
}

/// Whether a message was written too long ago to be answered now.
pub(super) fn is_overdue(written_ms: u64, now_ms: u64) -> bool {
    (PATIENCE_MS + 1..=SENT_AGAIN_MS).contains(&now_ms.saturating_sub(written_ms))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::record;

    #[test]
    fn an_old_message_is_late_unless_somebody_has_asked_for_it_once_more() {
        let record = record("{}");
        let late = |age_ms: u64, asked_ms: u64| {
            let (at_ms, deadline) = (record.at_ms + age_ms, Duration::ZERO);
            let post = Post { record: &record, number: 1, at_ms, asked_ms, deadline, callback: false };
            came(&post) == Came::Long
        };
        assert!(!late(PATIENCE_MS, 0));
        assert!(late(PATIENCE_MS + 1, 0));
        let day = 24 * 60 * 60 * 1000;
        assert!(!late(day, record.at_ms + day));
        assert!(!late(day, record.at_ms + day - PATIENCE_MS));
        assert!(late(day, record.at_ms + day - PATIENCE_MS - 1), "asked for, and then not run for long");
    }

    #[test]
    fn a_message_says_when_it_was_written_where_that_can_be() {
        let written = 1_700_000_000_000;
        for (age_ms, overdue) in [(PATIENCE_MS, false), (PATIENCE_MS + 1, true), (SENT_AGAIN_MS + 1, false)] {
            assert_eq!(is_overdue(written, written + age_ms), overdue, "{age_ms}");
        }
        assert!(!is_overdue(written, written - 1), "in the future");
    }
}
