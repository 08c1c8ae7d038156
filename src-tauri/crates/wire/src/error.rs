use crate::{Kind, frame::MAX_HEADERS};

/// What is wrong with the bytes. Texts that came off the wire are cut short and hold no control characters.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    /// The bytes are no frame.
    #[error("not a frame: {0}")]
    NotAFrame(String),
    /// More headers than any sender has reason for.
    #[error("a frame with more than {MAX_HEADERS} headers")]
    TooManyHeaders,
    /// Neither control (0) nor data (1).
    #[error("a frame of unknown method {0}")]
    UnknownMethod(i32),
    /// No `type` header.
    #[error("a frame without a type")]
    NoType,
    /// A `type` that this method does not have.
    #[error("a frame of unknown type {0:?}")]
    UnknownType(String),
    /// A `sum` or `seq` that is no whole number from 0 on, or a `sum` of 0.
    #[error("the header {key} is {value:?}, which is no count")]
    BadCount {
        /// Which header.
        key: &'static str,
        /// What it says.
        value: String,
    },
    /// A part of several that does not say which.
    #[error("a part without a seq")]
    NoSeq,
    /// A part of several that does not say of what.
    #[error("a part without a message_id")]
    NoMessageId,
    /// A part beyond the last.
    #[error("part {seq} of {sum}, counted from 0")]
    SeqBeyondSum {
        /// The part's number, from 0.
        seq: u64,
        /// How many there are.
        sum: u64,
    },
    /// More parts than are put together.
    #[error("a message of {sum} parts, more than {limit}")]
    TooManyParts {
        /// How many it claims.
        sum: u64,
        /// How many are accepted.
        limit: usize,
    },
    /// The parts of one message disagree on their number. What was there of it is dropped.
    #[error("a message of {was} parts that now claims {now}")]
    SumChanged {
        /// What the earlier parts said.
        was: u64,
        /// What this one says.
        now: u64,
    },
    /// One message is too large. What was there of it is dropped.
    #[error("a message of more than {limit} bytes")]
    MessageTooLarge {
        /// The largest accepted, in bytes.
        limit: usize,
    },
    /// All incomplete messages together are too large. The new part is dropped.
    #[error("incomplete messages of more than {limit} bytes")]
    BufferFull {
        /// The most that is kept, in bytes.
        limit: usize,
    },
    /// Too many messages are incomplete. The new one is dropped.
    #[error("more than {limit} incomplete messages")]
    TooManyMessages {
        /// The most that are kept.
        limit: usize,
    },
    /// A payload that is not UTF-8.
    #[error("a {kind} that is not UTF-8 from byte {at} on")]
    NotUtf8 {
        /// Of which kind.
        kind: Kind,
        /// How many bytes are good.
        at: usize,
    },
    /// A payload that is not JSON.
    #[error("a {kind} that is not JSON: line {line}, column {column}")]
    NotJson {
        /// Of which kind.
        kind: Kind,
        /// Where it breaks; lines count from 1.
        line: usize,
        /// Where it breaks; columns count from 1, in bytes.
        column: usize,
    },
}

/// A text off the wire, fit for an error: at most 40 characters, none of them a control character.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_printable() {
        assert_eq!(excerpt("a\u{1b}[31m\nb"), "a[31mb");
        assert_eq!(excerpt(&"字".repeat(1000)).chars().count(), 41);
    }
}
