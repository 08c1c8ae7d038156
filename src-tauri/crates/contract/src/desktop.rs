use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::AppId;

/// Whether Longwire starts when its user logs in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct LoginView {
    /// Whether it does.
    pub state: LoginState,
    /// Why that cannot be told or changed, where it cannot.
    #[ts(optional = nullable)]
    pub error: Option<String>,
}

/// Whether something starts at login.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LoginState {
    /// It does not.
    Off,
    /// It does.
    On,
    /// It is to, and the user has yet to allow it in the system's settings.
    NeedsApproval,
    /// This process is not one that could: the command, or a system without a place for it.
    Unavailable,
}

/// To start at login, or not.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct LoginChange {
    /// Which of the two.
    pub on: bool,
}

/// A folder to show to the user, in the system's file manager.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct FolderRef {
    /// Which.
    pub folder: Folder,
}

/// The folders that can be shown.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// The data folder, where the log is, too.
    Data,
    /// Where exports and reports are saved.
    Downloads,
}

/// A page of an app in the developer console.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct ConsoleRef {
    /// Which app.
    pub app_id: AppId,
    /// Which of its pages.
    #[serde(default)]
    pub page: ConsolePage,
}

/// The pages of the developer console that a user of Longwire is sent to.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConsolePage {
    /// How events are subscribed to, and the button that saves the long connection.
    #[default]
    Events,
    /// App ID and App Secret.
    Credentials,
    /// What the app is allowed.
    Permissions,
    /// Its versions: what is subscribed to counts from the next one that is published.
    Versions,
}
