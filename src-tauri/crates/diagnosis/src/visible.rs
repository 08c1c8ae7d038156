use std::{collections::BTreeMap, time::Duration};

use longwire_contract::{Finding, FindingCode};
use tokio::time::Instant;

use crate::table::rule;

/// Remembers since when each finding is there, and holds back what may pass by itself.
#[derive(Clone, Debug, Default)]
pub struct Visible {
    since: BTreeMap<FindingCode, Instant>,
    connected: bool,
    /// When the connection was lost; absent while it is up, and where it has never been.
    lost: Option<Instant>,
}

/// What may be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// In the order they came in.
    pub findings: Vec<Finding>,
    /// When the next of those held back may be shown, if it is still there then.
    pub next: Option<Instant>,
}

impl Visible {
    /// What may be shown of what is found now. What blocks the connection is timed from the loss of it, whatever its
    /// name is meanwhile, and shown at once where it was never up; all else is timed from when it was first found.
    pub fn show(&mut self, found: Vec<Finding>, connected: bool, now: Instant) -> Shown {
        if self.connected && !connected {
            self.lost = Some(now);
        } else if connected {
            self.lost = None;
        }
        self.connected = connected;
        self.since.retain(|code, _| found.iter().any(|finding| finding.code == *code));
        let mut next: Option<Instant> = None;
        let mut findings = Vec::with_capacity(found.len());
        for finding in found {
            let since = *self.since.entry(finding.code).or_insert(now);
            let visible = self.from(&finding, since);
            if visible <= now {
                findings.push(finding);
            } else {
                next = Some(next.map_or(visible, |next| next.min(visible)));
            }
        }
        Shown { findings, next }
    }

    fn from(&self, finding: &Finding, since: Instant) -> Instant {
        let after: Duration = rule(finding.code).visible_after;
        if finding.blocks_connection { self.lost.map_or(since, |lost| lost + after) } else { since + after }
    }
}
