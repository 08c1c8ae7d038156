//! Messages whose turn comes when nobody waits for an answer any more.

use crate::webhook::Post;

/// How long somebody waits for an answer. One that comes hours later, once Longwire runs again, answers another question.
const PATIENCE_MS: u64 = 10 * 60 * 1000;

/// Whether a message came too long ago to be answered now. One that is handed over once more, by its user, did not.
pub(crate) fn is_late(post: &Post<'_>) -> bool {
    post.number == 1 && post.at_ms.saturating_sub(post.record.at_ms) > PATIENCE_MS
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::record;

    #[test]
    fn an_old_message_is_late_unless_somebody_hands_it_over_once_more() {
        let record = record("{}");
        let late = |number, age_ms: u64| {
            let at_ms = record.at_ms + age_ms;
            is_late(&Post { record: &record, number, at_ms, deadline: Duration::ZERO, callback: false })
        };
        assert!(!late(1, PATIENCE_MS));
        assert!(late(1, PATIENCE_MS + 1));
        assert!(!late(2, PATIENCE_MS + 1));
    }
}
