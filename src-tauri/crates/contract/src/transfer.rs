use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::AppId;

/// Settings that another Longwire has exported, as the text of their file.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct SettingsText {
    /// TOML, of the form of `config.toml`.
    pub text: String,
}

/// What an import changes. Apps and targets that are here already stay as they are, and nothing is removed.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct SettingsPlan {
    /// The settings that become others: `language`, `theme`, `ca_files`, `journal`, `notify`.
    pub settings: Vec<String>,
    /// The apps that are added. Each then waits for its App Secret, which no export holds.
    pub apps: Vec<AppId>,
    /// The apps that are here already.
    pub apps_here: Vec<AppId>,
    /// The targets that are added, by name. Those whose secrets are missing wait for them, paused.
    pub targets: Vec<String>,
    /// The targets that are here already.
    pub targets_here: Vec<String>,
    /// The keys that nobody knows here: another version's, or typos.
    pub unknown: Vec<String>,
}

/// What to forget.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct Reset {
    /// How much.
    pub what: ResetKind,
}

/// How much is forgotten.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ResetKind {
    /// Language, theme, CA files, notifications and how long events are kept are as in a new installation. Apps, targets and events stay.
    Settings,
    /// Apps, targets, all their secrets, the events and the settings. What was trusted or set aside on the machine stays, and can be undone as before.
    Everything,
}
