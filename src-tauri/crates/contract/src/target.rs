use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AppId, Secret};

/// Somebody who is handed events, and how it goes.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct TargetView {
    /// Its name, by which it is known.
    pub name: String,
    /// What it is.
    pub kind: TargetKind,
    /// The app whose events it gets; of all apps where absent.
    #[ts(optional = nullable)]
    pub app_id: Option<AppId>,
    /// Its URL or its command line.
    pub address: String,
    /// The event types it gets; `im.message.*` stands for all that begin so. All where empty.
    pub events: Vec<String>,
    /// What must hold of an event's JSON besides: `event.message.chat_type = p2p`.
    pub filters: Vec<String>,
    /// The names of its extra headers. Their values are secrets.
    pub headers: Vec<String>,
    /// How long it may take for one event, in seconds.
    pub deadline_s: u32,
    /// Whether it may be on another machine.
    pub remote: bool,
    /// Whether events are encrypted and signed with an Encrypt Key.
    pub encrypts: bool,
    /// Whether events carry a Verification Token of its own.
    pub has_token: bool,
    /// Whether it was given on the command line and is in no settings.
    pub given: bool,
    /// How it stands.
    pub health: TargetHealth,
    /// Since when, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub since_ms: u64,
    /// Events that wait for it.
    pub queued: u32,
    /// Events it did not take, which wait for a replay.
    pub failed: u32,
    /// Events it has taken since the start.
    pub delivered: u32,
    /// When it took the last one, in milliseconds since the Unix epoch.
    #[ts(type = "number | null", optional = nullable)]
    pub last_ms: Option<u64>,
    /// The last attempt that failed, until one succeeds.
    #[ts(optional = nullable)]
    pub trouble: Option<AttemptView>,
    /// When it is tried again, while it is down, in milliseconds since the Unix epoch.
    #[ts(type = "number | null", optional = nullable)]
    pub retry_at_ms: Option<u64>,
}

/// The kinds of target.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// A local URL, in the platform's own webhook format.
    Webhook,
    /// A program, started for each event, which is on its standard input.
    Command,
    /// Standard output, a line of JSON an event.
    Print,
    /// A model that answers messages by itself.
    Agent,
    /// One that is set up no more; see [`TargetHealth::Absent`].
    Gone,
}

/// How a target stands.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TargetHealth {
    /// Nothing was handed to it yet.
    #[default]
    Untried,
    /// It took the last event.
    Up,
    /// It answers, and refuses or fails.
    Failing,
    /// It does not answer: events wait for it, and it is tried again.
    Down,
    /// Held back by the user: events wait for it.
    Paused,
    /// Neither the settings nor the command line name it any more, and events wait for it: until it is named again or removed.
    Absent,
}

/// How it stands with one event and one target. The order is that of urgency.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The target has it.
    Delivered,
    /// It waits for the target.
    Queued,
    /// The target did not take it, and it is not tried again by itself.
    Failed,
}

/// One event at one target.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct DeliveryView {
    /// The target's name.
    pub target: String,
    /// How it stands.
    pub state: DeliveryState,
    /// When it is tried again, in milliseconds since the Unix epoch.
    #[ts(type = "number | null", optional = nullable)]
    pub retry_at_ms: Option<u64>,
    /// The attempts, the first one first. Of many, those in the middle are not kept.
    pub attempts: Vec<AttemptView>,
}

/// One attempt to hand an event to a target.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct AttemptView {
    /// Which of its attempts it was, from 1.
    pub number: u32,
    /// When it began, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// The HTTP status, or the exit code of a program.
    #[ts(optional = nullable)]
    pub status: Option<i32>,
    /// The beginning of what it answered.
    #[ts(optional = nullable)]
    pub response: Option<String>,
    /// The technical cause in English; empty where there is none. It holds no secret.
    pub detail: String,
}

/// How an attempt ended, by name; the key of its text: `attempt.CODE`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// The target has it.
    Delivered,
    /// It has it, but its answer came too late to be shown to the user of the bot.
    AnswerLate,
    /// It has it, but its answer is none that the platform takes.
    AnswerInvalid,
    /// Nobody answers there: events wait.
    Unreachable,
    /// The connection broke in the middle of the answer.
    Broken,
    /// No answer within the deadline.
    TimedOut,
    /// An answer with a status that says it failed.
    BadStatus,
    /// An answer that leads elsewhere. It is not followed.
    Redirected,
    /// An answer larger than is read.
    TooLarge,
    /// The program cannot be started.
    NotStarted,
    /// The program ended with an exit code that says it failed.
    ExitedBadly,
    /// The program did not end within the deadline, and was killed with all that it had started.
    Killed,
    /// The event cannot be put into the target's form.
    NotSendable,
}

impl AttemptOutcome {
    /// Every outcome, for the tests that hold the texts complete.
    pub const ALL: &[Self] = &[
        Self::Delivered,
        Self::AnswerLate,
        Self::AnswerInvalid,
        Self::Unreachable,
        Self::Broken,
        Self::TimedOut,
        Self::BadStatus,
        Self::Redirected,
        Self::TooLarge,
        Self::NotStarted,
        Self::ExitedBadly,
        Self::Killed,
        Self::NotSendable,
    ];
}

/// A target to add.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
pub struct TargetDraft {
    /// Its name; made of its address where empty.
    #[serde(default)]
    pub name: String,
    /// The app whose events it gets; of all apps where absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub app_id: Option<AppId>,
    /// Where events go.
    pub address: TargetAddress,
    /// The event types it gets; all where empty.
    #[serde(default)]
    pub events: Vec<String>,
    /// What must hold of an event's JSON besides.
    #[serde(default)]
    pub filters: Vec<String>,
    /// How long it may take for one event, in seconds, 1 to 600; 30 where absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub deadline_s: Option<u32>,
    /// Whether a webhook may be on another machine, over https.
    #[serde(default)]
    pub remote: bool,
    /// What is kept in the secret store.
    #[serde(default)]
    pub secrets: TargetSecrets,
}

/// Where a target's events go.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum TargetAddress {
    /// To this URL.
    Webhook(String),
    /// To this program with these arguments.
    Command(Vec<String>),
}

/// The secrets of a target; what is absent stays, what is empty is removed.
#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
#[serde(default)]
pub struct TargetSecrets {
    /// The bot's Encrypt Key: events are encrypted and signed with it.
    #[serde(serialize_with = "Secret::danger_serialize_option")]
    #[ts(type = "string | null", optional = nullable)]
    pub encrypt_key: Option<Secret>,
    /// The bot's Verification Token, which events then carry.
    #[serde(serialize_with = "Secret::danger_serialize_option")]
    #[ts(type = "string | null", optional = nullable)]
    pub verification_token: Option<Secret>,
    /// Extra headers of each request, all of them.
    #[ts(optional = nullable)]
    pub headers: Option<Vec<TargetHeader>>,
    /// A file that only its owner can read, which holds them as JSON in place of the secret store:
    /// `{"encrypt_key": "…", "verification_token": "…", "headers": {"NAME": "VALUE"}}`.
    #[ts(optional = nullable)]
    pub file: Option<String>,
}

/// An extra header.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
pub struct TargetHeader {
    /// Its name.
    pub name: String,
    /// Its value; where absent, what it was.
    #[serde(default, serialize_with = "Secret::danger_serialize_option")]
    #[ts(type = "string | null", optional = nullable)]
    pub value: Option<Secret>,
}

/// A change to a target; what is absent stays.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
pub struct TargetEdit {
    /// Which.
    pub name: String,
    /// Its new name. Its queue goes with it.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub new_name: Option<String>,
    /// Its app; of all apps where the inner value is absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub app: Option<TargetApp>,
    /// Where events go.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub address: Option<TargetAddress>,
    /// The event types it gets.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub events: Option<Vec<String>>,
    /// What must hold of an event's JSON besides.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub filters: Option<Vec<String>>,
    /// How long it may take for one event, in seconds.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub deadline_s: Option<u32>,
    /// Whether it may be on another machine.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub remote: Option<bool>,
    /// Its secrets.
    #[serde(default)]
    pub secrets: TargetSecrets,
}

/// Whose events a target gets.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct TargetApp {
    /// Of this app; of all apps where absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub app_id: Option<AppId>,
}

/// One target.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct TargetRef {
    /// Its name.
    pub name: String,
}

/// What a test of a target found. A webhook is asked the platform's own question (`url_verification`); a program is looked
/// for, and not started.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct TargetReport {
    /// Whether it will take events.
    pub ok: bool,
    /// What was tried.
    pub attempt: AttemptView,
}
