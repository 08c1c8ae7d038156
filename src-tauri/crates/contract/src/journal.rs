use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AppId, Phase};

/// What is kept of events, and how that goes.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
pub struct JournalView {
    /// How many events are kept.
    pub events: u32,
    /// What they take on the disk, in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// When the oldest arrived, in milliseconds since the Unix epoch.
    #[ts(type = "number | null", optional = nullable)]
    pub oldest_ms: Option<u64>,
    /// How long they are kept.
    pub settings: JournalSettings,
}

/// How long events are kept. One that a target has yet to get is kept whatever these say.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(default)]
pub struct JournalSettings {
    /// For so many days, 1 to 365.
    pub days: u32,
    /// On so much of the disk, in megabytes, 10 to 100 000; the oldest go first.
    pub megabytes: u32,
    /// Whether an event is acknowledged only once it would outlast a power cut. Without it, what a power cut can cost are the
    /// events of the last second; a crash of Longwire, or of its bot, never costs any.
    pub power_safe: bool,
}

impl Default for JournalSettings {
    fn default() -> Self {
        Self { days: 30, megabytes: 1000, power_safe: false }
    }
}

/// What to tell of the time that has passed.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
#[serde(default)]
pub struct StatsQuery {
    /// Of this app; of all where absent.
    #[ts(optional = nullable)]
    pub app_id: Option<AppId>,
    /// How far back, in hours; 24 where 0, and at most 720.
    pub hours: u32,
}

/// What happened in a time, for charts.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
pub struct Stats {
    /// When it begins, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub from_ms: u64,
    /// When it ends: now.
    #[ts(type = "number")]
    pub to_ms: u64,
    /// How long each of `steps` is, in milliseconds.
    #[ts(type = "number")]
    pub step_ms: u64,
    /// The time in steps, the oldest first; steps in which nothing happened are there, too.
    pub steps: Vec<StatsStep>,
    /// The states of the connection, the oldest first, without gaps; the state is absent while Longwire did not run. Of several apps the
    /// worst state at each moment.
    pub phases: Vec<PhaseSpan>,
    /// The share of the time in which Longwire ran and was not paused that it was connected, 0 to 1; absent where it did not
    /// run.
    #[ts(optional = nullable)]
    pub uptime: Option<f64>,
}

/// A step of time.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
pub struct StatsStep {
    /// Events that arrived, duplicates not counted.
    pub events: u32,
    /// Events that could not be kept and were answered with 500.
    pub refused: u32,
    /// The median time from an event's arrival to its acknowledgement, in milliseconds; absent where none arrived.
    #[ts(optional = nullable)]
    pub ack_p50_ms: Option<f64>,
    /// The same, of the slowest in a hundred.
    #[ts(optional = nullable)]
    pub ack_p99_ms: Option<f64>,
}

/// A time in one state.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct PhaseSpan {
    /// When it began, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub from_ms: u64,
    /// When it ended.
    #[ts(type = "number")]
    pub to_ms: u64,
    /// The state; absent while Longwire did not run.
    #[ts(optional = nullable)]
    pub phase: Option<Phase>,
}
