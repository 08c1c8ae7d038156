use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::AppId;

/// One received event, as a list shows it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct EventView {
    /// Its place in the order of arrival, from 1, across all apps.
    pub seq: u32,
    /// The app that received it.
    pub app_id: AppId,
    /// When it arrived, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// Its type, such as `im.message.receive_v1`; empty where the payload names none.
    pub event_type: String,
    /// The platform's id for telling duplicates: `event_id` (schema 2.0) or `uuid` (schema 1.0).
    #[ts(optional = nullable)]
    pub event_id: Option<String>,
    /// What a person reads first: the message's text, where the type has one.
    #[ts(optional = nullable)]
    pub preview: Option<String>,
    /// Size of the payload in bytes.
    pub bytes: u32,
    /// The code of our acknowledgement: 200 or 500.
    pub ack_code: u16,
    /// From the frame's arrival to its acknowledgement, in milliseconds.
    pub ack_ms: f64,
}

/// One received event, whole.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct EventDetail {
    /// What the list shows of it.
    pub view: EventView,
    /// The payload as it arrived: JSON text.
    pub payload: String,
    /// The frame's headers, in order.
    pub headers: Vec<(String, String)>,
}

/// Which events to read.
#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
pub struct EventsAfter {
    /// Only events whose `seq` is above this; 0 for all that are kept.
    pub after: u32,
}

/// One event.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, TS)]
pub struct EventRef {
    /// Its `seq`.
    pub seq: u32,
}
