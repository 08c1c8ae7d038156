use longwire_contract::{AttemptView, TargetHealth};
use longwire_dial::Dialer;
use longwire_journal::{Error, Journal, TargetKey};
use tokio::{
    sync::{broadcast, watch},
    time::Instant,
};

use crate::{Answer, Target, Wanted};

/// All targets of a journal, each with its courier. Cheap to clone; every clone is the same.
#[derive(Clone, Debug)]
pub struct Deliveries {
    states: watch::Sender<Vec<TargetState>>,
    settled: broadcast::Sender<u32>,
}

/// How a target stands.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetState {
    /// Which.
    pub key: TargetKey,
    /// How it stands.
    pub health: TargetHealth,
    /// Since when, in milliseconds since the Unix epoch.
    pub since_ms: u64,
    /// Events that wait for it.
    pub queued: u32,
    /// Events it did not take.
    pub failed: u32,
    /// Events it has taken since the start.
    pub delivered: u32,
    /// When it took the last one, in milliseconds since the Unix epoch.
    pub last_ms: Option<u64>,
    /// The last attempt that failed, until one succeeds.
    pub trouble: Option<AttemptView>,
    /// When it is tried again, while it is down.
    pub retry_at_ms: Option<u64>,
    /// The last answer to a callback that came too late or was none, for as long as no good one has come since: what was
    /// wrong with it.
    pub bad_answer: Option<AttemptView>,
}

impl Deliveries {
    /// Begins with no targets. `dialer` builds the roads to webhooks on other machines; those on this one are reached
    /// straight.
    pub fn start(journal: Journal, dialer: Dialer) -> Self {
        unimplemented!("{journal:?} {dialer:?}")
    }

    /// Has these targets from now on. The courier of one that stays as it is goes on; one that is gone ends what it is about.
    ///
    /// # Errors
    /// Those of the journal, which is asked what waits.
    pub async fn set(&self, targets: Vec<Target>) -> Result<(), Error> {
        unimplemented!("{targets:?}")
    }

    /// Who wants an event, in the order of the targets.
    pub fn wanting(&self, event: Wanted<'_>) -> Vec<TargetKey> {
        unimplemented!("{event:?}")
    }

    /// Who of them answers a callback: the first that is no mere printer and is not held back.
    pub fn answering(&self, wanting: &[TargetKey]) -> Option<TargetKey> {
        unimplemented!("{wanting:?}")
    }

    /// There may be something new in the queues of these.
    pub fn wake(&self, targets: &[TargetKey]) {
        unimplemented!("{targets:?}")
    }

    /// Hands a kept callback to a target, ahead of what waits for it, and waits for the answer until `deadline`. The attempt
    /// goes on after that, up to the target's own deadline, and is written down.
    pub async fn answer(&self, target: TargetKey, seq: u32, deadline: Instant) -> Answer {
        unimplemented!("{target:?} {seq} {deadline:?}")
    }

    /// How each target stands, in the order of the targets; changes at most ten times a second.
    pub fn states(&self) -> watch::Receiver<Vec<TargetState>> {
        self.states.subscribe()
    }

    /// Events of which something became, by number.
    pub fn settled(&self) -> broadcast::Receiver<u32> {
        self.settled.subscribe()
    }

    /// Tries a target that is down at once, and all that waits for it.
    pub async fn hasten(&self, target: TargetKey) -> Result<(), Error> {
        unimplemented!("{target:?}")
    }

    /// Asks a target whether it will take events: see [`TargetReport`](longwire_contract::TargetReport).
    pub async fn test(&self, target: &Target) -> AttemptView {
        unimplemented!("{target:?}")
    }

    /// Ends every courier. What is under way is given up to two seconds.
    pub async fn close(self) {}
}
