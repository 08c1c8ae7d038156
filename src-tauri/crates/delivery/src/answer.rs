use bytes::Bytes;

/// What a target said to a callback.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// This JSON object.
    Data(Bytes),
    /// Nothing, which is an answer.
    Nothing,
    /// Nothing in time, or nothing the platform takes. The user of the bot is told so where the callback has a place for it.
    Failed {
        /// What the user of the bot is told; absent where the callback has no place for it.
        toast: Option<Bytes>,
    },
}

/// What is told to a user of a bot whose answer did not come, or is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Toast {
    /// It did not come in time.
    Late,
    /// It is none that the platform takes.
    Invalid,
    /// The bot does not run.
    Down,
}
