//! Messages whose turn comes when nobody waits for an answer any more.

use crate::webhook::Post;

/// How long somebody waits for an answer. One that comes hours later, once Longwire runs again, answers another question.
const PATIENCE_MS: u64 = 10 * 60 * 1000;

/// Whether a message came too long ago to be answered now. One that its user has asked for once more did not.
pub(crate) fn is_late(post: &Post<'_>) -> bool {
    post.at_ms.saturating_sub(post.record.at_ms.max(post.asked_ms)) > PATIENCE_MS
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
            is_late(&Post { record: &record, number: 1, at_ms, asked_ms, deadline, callback: false })
        };
        assert!(!late(PATIENCE_MS, 0));
        assert!(late(PATIENCE_MS + 1, 0));
        let day = 24 * 60 * 60 * 1000;
        assert!(!late(day, record.at_ms + day));
        assert!(!late(day, record.at_ms + day - PATIENCE_MS));
        assert!(late(day, record.at_ms + day - PATIENCE_MS - 1), "asked for, and then not run for long");
    }
}
