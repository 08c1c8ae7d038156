//! Messages whose turn comes when nobody waits for an answer any more.

use std::time::Duration;

use super::ended::Ended;
use crate::webhook::{Post, Sent};

/// How long somebody waits for an answer. One that comes hours later, once Longwire runs again, answers another question.
const PATIENCE_MS: u64 = 10 * 60 * 1000;

/// How the first attempt ends of a message that came too long ago. One that is handed over once more, by its user, is answered.
pub(crate) fn too_late(post: &Post<'_>) -> Option<Sent> {
    let late = post.number == 1 && post.at_ms.saturating_sub(post.record.at_ms) > PATIENCE_MS;
    late.then(|| Ended::taken("too old to be answered").sent(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use longwire_contract::AttemptOutcome;

    use super::*;
    use crate::testing::record;

    #[test]
    fn an_old_message_is_taken_unless_somebody_hands_it_over_once_more() {
        let record = record("{}");
        let of = |number, age_ms: u64| {
            let at_ms = record.at_ms + age_ms;
            too_late(&Post { record: &record, number, at_ms, deadline: Duration::ZERO, callback: false })
        };
        assert_eq!(of(1, PATIENCE_MS), None);
        let sent = of(1, PATIENCE_MS + 1).unwrap();
        assert_eq!(
            (sent.outcome, sent.detail.as_str()),
            (AttemptOutcome::Delivered, "too old to be answered")
        );
        assert_eq!(of(2, PATIENCE_MS + 1), None);
    }
}
