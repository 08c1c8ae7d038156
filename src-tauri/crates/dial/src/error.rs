use std::fmt;

use crate::cause::Cause;
use crate::origin::Origin;
use crate::trace::Trace;

/// A road that could not be completed: where it ended, why, and what was seen until then. It holds no secret.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{origin}: {stage} failed: {cause}")]
pub struct Error {
    /// The step that failed.
    pub stage: Stage,
    /// Why it failed.
    pub cause: Cause,
    /// Where the road was to lead.
    pub origin: Origin,
    /// The evidence: timings of the steps that succeeded, addresses tried, certificates presented.
    pub trace: Box<Trace>,
}

/// A step of the road.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Stage {
    /// Finding the host's addresses.
    Dns,
    /// Connecting to one of them.
    Tcp,
    /// Deciding which proxy to take, and the way to it and through it, in place of [`Stage::Tcp`].
    Proxy,
    /// The TLS handshake.
    Tls,
    /// The HTTP request and its answer.
    Http,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::Http => "http",
        })
    }
}
