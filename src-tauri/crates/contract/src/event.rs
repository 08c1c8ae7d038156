use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AppId, DeliveryState, DeliveryView};

/// One kept event, as a list shows it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct EventView {
    /// Its place in the order of arrival, from 1, across all apps. Never given twice, also not after it was deleted.
    pub seq: u32,
    /// The app that received it.
    pub app_id: AppId,
    /// Where it came from.
    pub origin: EventOrigin,
    /// When it arrived, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// Its type, such as `im.message.receive_v1`; empty where the payload names none.
    pub event_type: String,
    /// The platform's id for telling duplicates: `event_id` (schema 2.0) or `uuid` (schema 1.0).
    #[ts(optional = nullable)]
    pub event_id: Option<String>,
    /// The chat it is from, where it names one.
    #[ts(optional = nullable)]
    pub chat_id: Option<String>,
    /// What a person reads first: the message's text, where the type has one.
    #[ts(optional = nullable)]
    pub preview: Option<String>,
    /// Size of the payload in bytes.
    pub bytes: u32,
    /// From the frame's arrival until it was kept, which is what its acknowledgement waited for, in milliseconds. Of a
    /// callback until its answer was there.
    pub ack_ms: f64,
    /// How often the platform sent it again after we had it.
    pub duplicates: u32,
    /// How it stands with its targets, the worst of them; absent where no target wanted it.
    #[ts(optional = nullable)]
    pub delivery: Option<DeliveryState>,
}

/// Where an event came from.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EventOrigin {
    /// The platform pushed it.
    #[default]
    Platform,
    /// Made here, with `trigger`.
    Trigger,
    /// A kept one, edited and sent again.
    Edited,
}

/// One kept event, whole.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct EventDetail {
    /// What the list shows of it.
    pub view: EventView,
    /// The payload as it arrived: JSON text.
    pub payload: String,
    /// The frame's headers, in order.
    pub headers: Vec<(String, String)>,
    /// The frame it came in, without its payload, as a protobuf encoder writes it: hexadecimal. Empty for one that was made
    /// here.
    pub frame: String,
    /// What became of it at each target that wanted it.
    pub deliveries: Vec<DeliveryView>,
}

/// Which events to read.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
#[serde(default)]
pub struct EventQuery {
    /// Of this app alone.
    #[ts(optional = nullable)]
    pub app_id: Option<AppId>,
    /// With all of these words in their texts, or with this id (of the event, the message, the chat, a person). Of Chinese
    /// any part of a word is found.
    pub text: String,
    /// Of one of these types; `im.message.*` stands for all that begin so. All where empty.
    pub types: Vec<String>,
    /// With a delivery in this state; see `target`.
    #[ts(optional = nullable)]
    pub state: Option<DeliveryState>,
    /// Wanted by this target.
    #[ts(optional = nullable)]
    pub target: Option<String>,
    /// Arrived at this moment or later, in milliseconds since the Unix epoch.
    #[ts(type = "number | null", optional = nullable)]
    pub since_ms: Option<u64>,
    /// Arrived before this moment.
    #[ts(type = "number | null", optional = nullable)]
    pub until_ms: Option<u64>,
    /// Older than this one: the next page begins where the last one ended.
    #[ts(optional = nullable)]
    pub before: Option<u32>,
    /// Newer than this one.
    #[ts(optional = nullable)]
    pub after: Option<u32>,
    /// How many at most; 100 where it is 0, and never more than 500.
    pub limit: u32,
}

/// A page of events.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
pub struct EventPage {
    /// Newest first.
    pub events: Vec<EventView>,
    /// Whether there are older ones that match.
    pub more: bool,
}

/// One event.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct EventRef {
    /// Its `seq`.
    pub seq: u32,
}

/// Several events.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "by", content = "value")]
pub enum EventSelection {
    /// These.
    Seqs(Vec<u32>),
    /// All that match, on every page.
    Matching(EventQuery),
}

/// An event type among those that are kept.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct EventTypeCount {
    /// The type; empty for events that name none.
    pub event_type: String,
    /// How many are kept.
    pub events: u32,
}

/// Events to hand to targets once more.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct ReplayRequest {
    /// Which.
    pub events: EventSelection,
    /// To this target, whether or not it wanted them the first time; where absent, to each target that wanted them (where
    /// `events` names a state: in that state), and where none did, to those that want them now.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub target: Option<String>,
}

/// What a replay did.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct Replayed {
    /// How many events go out again.
    pub events: u32,
    /// To how many targets, counted for each event.
    pub deliveries: u32,
}

/// A kept event with another payload, to be sent as a new one.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct EditedEvent {
    /// The one it was made of.
    pub seq: u32,
    /// The payload: JSON text. Where its id is that of an event that is kept already, it is given a new one.
    pub payload: String,
    /// To this target alone; where absent, to all that want it.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub target: Option<String>,
}

/// An event and a target.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct CurlRequest {
    /// The event.
    pub seq: u32,
    /// The webhook; the first one that wanted it where absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub target: Option<String>,
}

/// A page of events as lines of JSON.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
pub struct EventLines {
    /// An event each, newest first: the event as received plus a member `longwire`, as `longwire run --print` writes it.
    pub lines: Vec<String>,
    /// Where the next page begins; absent after the last.
    #[ts(optional = nullable)]
    pub before: Option<u32>,
}

/// What an export wrote.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct Exported {
    /// The file.
    pub path: String,
    /// How many events are in it.
    pub events: u32,
}

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct Deleted {
    /// How many events.
    pub events: u32,
}

/// An event of the catalogue, to be made and sent through the whole path.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
#[serde(default)]
pub struct TriggerRequest {
    /// The app it is for; the first one where absent.
    #[ts(optional = nullable)]
    pub app_id: Option<AppId>,
    /// Its type, or the name of a sample.
    pub event_type: String,
    /// What to change in the sample, in order.
    pub set: Vec<Assignment>,
    /// The payload to send in place of the sample: JSON text.
    #[ts(optional = nullable)]
    pub payload: Option<String>,
}

/// A place in a JSON document and what it is to be.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct Assignment {
    /// The place: `event.message.chat_id`, `event.message.mentions.0.name`.
    pub path: String,
    /// The new value: JSON where it is JSON, else a text.
    pub value: String,
}

/// A sample of the catalogue.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct TriggerSample {
    /// What to ask for: the type, or the type and a variant as in `im.message.receive_v1:image`.
    pub name: String,
    /// The type of the event.
    pub event_type: String,
    /// Whether its answer is shown to the user of the bot.
    pub callback: bool,
}
