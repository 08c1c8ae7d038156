use std::{collections::VecDeque, time::Duration};

use longwire_contract::Finding;
use longwire_link::SessionError;
use tokio::time::Instant;

/// How the last links of an app lived and ended.
#[derive(Clone, Debug, Default)]
pub struct Lifetimes {
    ends: VecDeque<End>,
    /// Since when a link is up.
    up_since: Option<Instant>,
    flapping: bool,
}

/// The end of one link.
#[derive(Clone, Copy, Debug, PartialEq)]
struct End {
    at: Instant,
    up: Duration,
    how: How,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum How {
    Closed(u16),
    Silent,
}

impl Lifetimes {
    /// A link is up.
    pub fn began(&mut self, now: Instant) {
        self.up_since = Some(now);
    }

    /// A link ended after it was up for a time.
    pub fn ended(&mut self, up: Duration, error: &SessionError, now: Instant) {
        let _ = (up, error, now);
    }

    /// That links come up and fall again and again, where they do, told once for all of them.
    pub fn flapping(&self, now: Instant) -> Option<Finding> {
        let _ = now;
        None
    }

    /// When it would no longer be so, if nothing happens until then.
    pub fn settles_at(&self) -> Option<Instant> {
        None
    }
}
