use bytes::Bytes;
use longwire_contract::{AppId, DeliveryState, EventOrigin};

use crate::TargetKey;

/// An event to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// The app that received it.
    pub app_id: AppId,
    /// Where it came from.
    pub origin: EventOrigin,
    /// When it arrived, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// When it arrived, for telling how long keeping it took.
    pub arrived: std::time::Instant,
    /// Its type; empty where the payload names none.
    pub event_type: String,
    /// `event_id` (schema 2.0) or `uuid` (schema 1.0). Within an app, a second event of the same id is a duplicate.
    pub event_id: Option<String>,
    /// The message it brings, for `im.message.receive_v1` and for no other type: within an app, a second one is a duplicate.
    pub message_id: Option<String>,
    /// The chat it is from: a target gets those of one chat in order.
    pub chat_id: Option<String>,
    /// The frame it came in, without its payload, encoded; empty for one that was made here.
    pub frame: Bytes,
    /// The JSON text as it came.
    pub payload: Bytes,
    /// Who is to be handed it.
    pub targets: Vec<Deliverable>,
}

/// A target that is to be handed an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Deliverable {
    /// The target.
    pub target: TargetKey,
    /// Not before this moment, in milliseconds since the Unix epoch; at once where absent. Who waits for the answer hands it
    /// over himself; should he be gone then, the queue does.
    pub not_before_ms: Option<u64>,
}

/// What became of an event that was to be kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Insertion {
    /// It is kept, under this number.
    Kept(u32),
    /// It was kept before, under this number, which may have been deleted since.
    Duplicate(u32),
}

/// A kept event, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its number.
    pub seq: u32,
    /// The app that received it.
    pub app_id: AppId,
    /// Where it came from.
    pub origin: EventOrigin,
    /// When it arrived, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// Its type; empty where the payload names none.
    pub event_type: String,
    /// `event_id` (schema 2.0) or `uuid` (schema 1.0).
    pub event_id: Option<String>,
    /// The message it brings.
    pub message_id: Option<String>,
    /// The chat it is from.
    pub chat_id: Option<String>,
    /// How long its acknowledgement waited for it to be kept, or answered, in microseconds.
    pub ack_us: u32,
    /// How often it was sent again.
    pub duplicates: u32,
    /// The frame it came in, without its payload, encoded.
    pub frame: Bytes,
    /// The JSON text as it came.
    pub payload: Bytes,
}

/// A kept event, as a list needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The event without its frame; its payload is empty where it is larger than a list wants to read (64 KiB).
    pub record: Record,
    /// The size of its payload, in bytes.
    pub bytes: u32,
    /// How it stands with its targets, the worst of them.
    pub delivery: Option<DeliveryState>,
}
