use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::AppId;

/// A line of Longwire's own log. It holds no secret, whatever the level.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct LogLine {
    /// Its place among the lines that are remembered, from 1; it grows with each line and begins anew at each start.
    pub seq: u32,
    /// When it was written, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// How much it matters.
    pub level: LogLevel,
    /// The app it is about, where it is about one.
    #[ts(optional = nullable)]
    pub app_id: Option<AppId>,
    /// The part of Longwire that wrote it: `link`, `engine`, `delivery` …
    pub part: String,
    /// What it says, in English, with its values at the end.
    pub text: String,
}

/// How much a line of the log matters, the least first.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// For whoever looks for a mistake in Longwire.
    Debug,
    /// What goes on.
    #[default]
    Info,
    /// Something did not go as it should.
    Warn,
    /// Something failed.
    Error,
}

impl LogLevel {
    /// Every level, the least first.
    pub const ALL: &[Self] = &[Self::Debug, Self::Info, Self::Warn, Self::Error];
}

/// Which lines of the log to read.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(default)]
pub struct LogQuery {
    /// Of this level or above.
    pub level: LogLevel,
    /// About this app alone.
    #[ts(optional = nullable)]
    pub app_id: Option<AppId>,
    /// With this in their text, whatever its case.
    pub text: String,
    /// Older than this one: the next page begins where the last one ended.
    #[ts(optional = nullable)]
    pub before: Option<u32>,
    /// How many at most; 500 where it is 0, and never more than 2000.
    pub limit: u32,
}

/// A page of the log.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct LogPage {
    /// Oldest first.
    pub lines: Vec<LogLine>,
    /// Whether older ones that match are remembered.
    pub more: bool,
    /// The file that holds all of it.
    #[ts(optional = nullable)]
    pub path: Option<String>,
}
