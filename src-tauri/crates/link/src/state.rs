use std::time::Duration;

use longwire_dial::{Taken, Trace, clock::Skew};
use tokio::time::Instant;

use crate::{Error, Stage};

/// How a connection stands.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// On its way.
    Connecting {
        /// How many tries in a row have failed before this one.
        attempt: u32,
        /// The way so far; [`Steps::at`] is the step under way.
        steps: Steps,
    },
    /// Upgraded, and the first pong (or any other frame) has come.
    Connected {
        /// The way here.
        steps: Steps,
        /// With whom.
        session: SessionInfo,
    },
    /// Failed; tries again by itself.
    Waiting {
        /// Why.
        error: Error,
        /// How many tries in a row have failed.
        attempt: u32,
        /// When it tries again.
        retry_at: Instant,
        /// The way; [`Steps::at`] is the step that failed.
        steps: Steps,
    },
    /// Refused for a reason that no retry mends. Only a nudge starts a new try.
    Refused {
        /// Why.
        error: Error,
        /// The way; [`Steps::at`] is the step that refused.
        steps: Steps,
    },
    /// Over: closed as asked.
    Closed,
}

/// The steps of a try and how long each took; absent where it was not reached, not needed, or failed. There are two
/// roads, to the endpoint and then to the WebSocket's host; what is told of a road is told of the first. Where the second
/// one fails, the error tells of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    /// The step under way, or the one that failed. On the second road, that of [`Stage::Dns`], [`Stage::Tcp`],
    /// [`Stage::Proxy`] or [`Stage::Tls`] which comes when `endpoint` is there.
    pub at: Stage,
    /// What was seen of the road to the endpoint; empty until that road stands or has failed.
    pub road: Trace,
    /// The way to the WebSocket's host, where it leads elsewhere than the one to the endpoint: through another proxy, or
    /// past it. Only who decides about the way says so, an exception or a PAC script.
    pub other_way: Option<Taken>,
    /// The endpoint's answer, from the moment its road stood.
    pub endpoint: Option<Duration>,
    /// The upgrade to a WebSocket, from the moment its road stood.
    pub upgrade: Option<Duration>,
    /// From the first ping to the first frame.
    pub pong: Option<Duration>,
    /// How long the link was up, from the first frame to its end.
    pub up: Option<Duration>,
    /// What the clock of the endpoint said in its answer, beside ours.
    pub skew: Option<Skew>,
}

/// What is known of an open session. None of it is a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionInfo {
    /// Scheme and host: `wss://HOST`, with the port where it is not the scheme's own.
    pub host: String,
    /// The session's `device_id`, which the official SDKs log as the connection's id; empty where the URL has none.
    pub device_id: String,
    /// The session's `service_id`, which is in every ping.
    pub service_id: i32,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            at: Stage::Dns,
            road: Trace::default(),
            other_way: None,
            endpoint: None,
            upgrade: None,
            pong: None,
            up: None,
            skew: None,
        }
    }
}
