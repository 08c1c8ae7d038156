use std::time::Duration;

use bytes::Bytes;
use longwire_contract::AttemptOutcome;

use super::{Trouble, chunk::Refusal, model::Heard, platform::Fault};
use crate::webhook::Sent;

/// How the handing over of a message to the agent ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Ended {
    /// Nothing is left to do, and this is why.
    Taken(String),
    /// It was not answered.
    Failed(Refusal),
}

impl Ended {
    pub(super) fn taken(why: &str) -> Self {
        Self::Taken(why.to_owned())
    }

    pub(super) fn answered(heard: &Heard) -> Self {
        let said = &heard.said;
        let cut = if heard.cut { ", cut off" } else { "" };
        Self::Taken(format!(
            "answered by {}: {} + {} tokens{cut}",
            said.model, said.prompt_tokens, said.answer_tokens
        ))
    }

    /// Whether the one who asked can be told that there is no answer.
    pub(super) fn may_be_said(&self) -> bool {
        matches!(self, Self::Failed(Refusal { trouble, .. }) if !trouble.is_of_replies())
    }

    /// The same as an attempt.
    pub(super) fn sent(self, took: Duration) -> Sent {
        let (outcome, status, detail) = match self {
            Self::Taken(why) => (AttemptOutcome::Delivered, None, why),
            Self::Failed(Refusal { trouble, status, .. }) => (outcome(&trouble), status, trouble.to_string()),
        };
        Sent { outcome, status, took, response: None, body: Bytes::new(), retry_after: None, detail }
    }
}

fn outcome(trouble: &Trouble) -> AttemptOutcome {
    use AttemptOutcome::{BadStatus, Broken, NotSendable, TimedOut, Unreachable};
    match trouble {
        Trouble::NoKey => NotSendable,
        Trouble::KeyRefused(_)
        | Trouble::Quota { .. }
        | Trouble::Refused(_)
        | Trouble::ReplyRefused { .. } => BadStatus,
        Trouble::Unreachable(_) | Trouble::PlatformUnreachable(_) => Unreachable,
        Trouble::TimedOut(_) => TimedOut,
        Trouble::Failed(_) | Trouble::Nonsense(_) | Trouble::Notebook(_) => Broken,
    }
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        match fault {
            // Whoever has called a message back does not wait for an answer.
            Fault::Gone { .. } => Self::taken("the message is gone"),
            fault => Self::Failed(fault.into()),
        }
    }
}
