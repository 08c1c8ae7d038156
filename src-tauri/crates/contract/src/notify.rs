use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::AppId;

/// What the desktop is told.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
#[serde(default)]
pub struct NotifySettings {
    /// Of events that a rule wants.
    pub events: bool,
    /// Of the connection: lost for more than 30 s, back, needs you.
    pub connection: bool,
    /// Whether the text of a message is shown. Without it only its kind and number are.
    pub preview: bool,
    /// When nothing is told.
    #[ts(optional = nullable)]
    pub quiet: Option<QuietHours>,
    /// Which events are told. The first rule that fits an event decides; one that none fits is not told.
    pub rules: Vec<NotifyRule>,
}

impl Default for NotifySettings {
    /// Messages, with their text, and the connection.
    fn default() -> Self {
        let messages =
            NotifyRule { events: vec!["im.message.receive_v1".to_owned()], ..NotifyRule::default() };
        Self { events: true, connection: true, preview: true, quiet: None, rules: vec![messages] }
    }
}

/// A time of the day, every day; past midnight where it ends before it begins.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct QuietHours {
    /// When it begins, in minutes after local midnight.
    pub from_minute: u16,
    /// When it ends.
    pub to_minute: u16,
}

/// Which events it is about, and whether they are told. What is empty fits all.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
#[serde(default)]
pub struct NotifyRule {
    /// Of this app.
    #[ts(optional = nullable)]
    pub app_id: Option<AppId>,
    /// Of one of these types; `im.message.*` stands for all that begin so.
    pub events: Vec<String>,
    /// In one of these chats.
    pub chats: Vec<String>,
    /// With this in the text, whatever its case.
    pub text: String,
    /// Whether these are not told.
    pub mute: bool,
}
