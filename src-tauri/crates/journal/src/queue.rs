use longwire_contract::{AttemptOutcome, DeliveryView, EventSelection, Replayed};

use crate::{Error, Journal};

/// A target, by the number the journal knows it by. It stays the same as long as the target is not forgotten.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TargetKey(pub i64);

/// An event that waits for a target. Its payload is read when its turn comes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Waiting {
    /// The event.
    pub seq: u32,
    /// What keeps its order: the app and the chat, where it names one.
    pub lane: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before this moment, in milliseconds since the Unix epoch.
    pub not_before_ms: u64,
}

/// An attempt that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The event.
    pub seq: u32,
    /// The target.
    pub target: TargetKey,
    /// Which of its attempts it was, from 1.
    pub number: u32,
    /// When it began, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// The HTTP status, or the exit code of a program.
    pub status: Option<i32>,
    /// The beginning of what it answered.
    pub response: Option<String>,
    /// The technical cause; empty where there is none.
    pub detail: String,
}

/// What becomes of a delivery after an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Then {
    /// The target has it.
    Delivered,
    /// It is tried again at this moment, in milliseconds since the Unix epoch.
    Again(u64),
    /// It is not tried again by itself.
    Failed,
}

/// What there is in a target's queue.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct QueueCount {
    /// Events that wait.
    pub queued: u32,
    /// Events that were not taken.
    pub failed: u32,
}

impl Journal {
    /// The number of a target by its name; a new one where the name is new.
    pub async fn target(&self, name: &str) -> Result<TargetKey, Error> {
        unimplemented!("{name}")
    }

    /// Gives a target another name. Its queue stays its own.
    pub async fn rename_target(&self, target: TargetKey, name: &str) -> Result<(), Error> {
        unimplemented!("{target:?} {name}")
    }

    /// Forgets a target and its queue.
    pub async fn forget_target(&self, target: TargetKey) -> Result<(), Error> {
        unimplemented!("{target:?}")
    }

    /// The oldest events that wait for a target, in the order they arrived, those not due yet among them; at most `limit`.
    pub async fn waiting(&self, target: TargetKey, limit: usize) -> Result<Vec<Waiting>, Error> {
        unimplemented!("{target:?} {limit}")
    }

    /// What there is in a target's queue.
    pub async fn queue_count(&self, target: TargetKey) -> Result<QueueCount, Error> {
        unimplemented!("{target:?}")
    }

    /// Writes down how an attempt ended and what becomes of the delivery. Of many attempts the first two and the last eight are
    /// kept. Nothing where the event or the target is gone.
    pub async fn attempted(&self, attempt: Attempt, then: Then) -> Result<(), Error> {
        unimplemented!("{attempt:?} {then:?}")
    }

    /// Puts events into queues once more, as [`ReplayRequest`](longwire_contract::ReplayRequest) says: into this target's;
    /// where none is named, into those of the targets that had them, in the state that the selection names where it names one.
    pub async fn replay(&self, events: EventSelection, target: Option<TargetKey>) -> Result<Replayed, Error> {
        unimplemented!("{events:?} {target:?}")
    }

    /// Has all that waits for a target due now.
    pub async fn hasten(&self, target: TargetKey) -> Result<(), Error> {
        unimplemented!("{target:?}")
    }

    /// What became of an event at each target that wanted it.
    pub async fn deliveries(&self, seq: u32) -> Result<Vec<DeliveryView>, Error> {
        unimplemented!("{seq}")
    }
}
