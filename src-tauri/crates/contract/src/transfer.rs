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
    /// The settings that become others: `language`, `theme`, `journal`, `notify`, `agent`, `updates`. Events are kept for as long as before at least.
    pub settings: Vec<String>,
    /// The apps that are added. Each then waits for its App Secret, which no export holds. One on a server of its own is paused.
    pub apps: Vec<AppId>,
    /// The apps that are here already.
    pub apps_here: Vec<AppId>,
    /// The targets that are added, by name. Those that lack a secret, run a program or lead to another machine are paused.
    pub targets: Vec<String>,
    /// The targets that are here already.
    pub targets_here: Vec<String>,
    /// The keys that are not taken over: unknown ones, and CA files, which are trusted one by one.
    pub unknown: Vec<String>,
    /// The server that the agent is to ask from now on, where it is on and asked another one. It is switched off: what people write,
    /// and the API key, would go there.
    #[ts(optional = nullable)]
    pub agent_off: Option<String>,
    /// Whether it would switch the agent on, which only its user does, and here.
    pub agent_stays_off: bool,
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
    /// Language, theme, CA files and notifications are as in a new installation. Apps, targets, the agent, events and how long they
    /// are kept stay.
    Settings,
    /// Apps, targets, all their secrets, the agent with its API key and what it remembers, the events, the settings, and that Longwire starts at login. What was trusted or set aside on
    /// the machine stays, and can be undone as before; so does the log.
    Everything,
}
