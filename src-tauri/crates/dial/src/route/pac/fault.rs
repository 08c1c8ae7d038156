use std::time::Duration;

use crate::cause::Cause;
use crate::error::Stage;
use crate::trace::Fault;

/// Why a PAC script did not say which way to take. What the script wrote is cut to one harmless line.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PacFault {
    /// The server that keeps it does not give it.
    #[error("the PAC script could not be fetched: {stage}: {cause}")]
    Unreachable {
        /// The step that failed.
        stage: Stage,
        /// Why.
        cause: Box<Cause>,
    },
    /// Its file cannot be read.
    #[error("the PAC script's file could not be read: {0}")]
    Unreadable(Fault),
    /// The server answers with another status than 200.
    #[error("the server of the PAC script answered with status {0}")]
    Status(u16),
    /// It is larger than any PAC script is.
    #[error("the PAC script is larger than {} KiB", super::LARGEST >> 10)]
    TooLarge,
    /// What was fetched is not a script: a page to log in, most often. What the engine found wrong first.
    #[error("what was fetched as the PAC script is not a script: {0}")]
    NotAScript(String),
    /// It has no function `FindProxyForURL`.
    #[error("the PAC script has no function FindProxyForURL")]
    NoFunction,
    /// It threw, or used up its memory or its stack. What it threw.
    #[error("the PAC script failed: {0}")]
    Threw(String),
    /// It was not fetched and done in this time.
    #[error("the PAC script did not answer within {0:?}")]
    TimedOut(Duration),
    /// Its answer names no way that can be taken. The answer, without credentials.
    #[error("the PAC script's answer names no way Longwire can take: {0}")]
    Nonsense(String),
}
