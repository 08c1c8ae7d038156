use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The service: Longwire held up by the system, without a desktop and without a terminal.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct ServiceView {
    /// Who holds services up here.
    pub keeper: ServiceKeeper,
    /// Whose service this is about.
    pub scope: ServiceScope,
    /// What it says of the service.
    pub state: ServiceState,
    /// The file that describes the service to it, there or not.
    pub file: String,
    /// Whether that file is as this version would write it. Absent where there is none.
    #[ts(optional = nullable)]
    pub current: Option<bool>,
    /// The service's process, where it runs.
    #[ts(optional = nullable)]
    pub pid: Option<u32>,
    /// How often it was started again since it was started by hand or by the system.
    #[ts(optional = nullable)]
    pub restarts: Option<u32>,
    /// What it says in its own words: systemd's status line.
    #[ts(optional = nullable)]
    pub status: Option<String>,
    /// Whether it goes on after its user has logged out. Absent where that cannot be told, and for the whole machine's service.
    #[ts(optional = nullable)]
    pub lingers: Option<bool>,
    /// Why it failed or cannot be asked about, where it did or cannot: what the keeper said, on one line.
    #[ts(optional = nullable)]
    pub error: Option<String>,
}

/// Who holds services up.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKeeper {
    /// Linux.
    Systemd,
    /// macOS.
    Launchd,
    /// This system has neither.
    None,
}

/// Whose service it is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ServiceScope {
    /// The user's own: a user unit, a launch agent.
    #[default]
    User,
    /// The machine's: a system unit that runs as a user of its own. systemd only.
    System,
}

/// What the keeper says of the service.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// There is none.
    Absent,
    /// It is installed and does not run.
    Stopped,
    /// It is being started: it runs, and is not connected yet.
    Starting,
    /// It runs.
    Running,
    /// It ended badly, and is started again after a pause.
    Restarting,
    /// It ended badly, and is not started again.
    Failed,
    /// The keeper cannot be asked.
    Unknown,
}

/// Which service is meant.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
#[serde(default)]
pub struct ServiceRef {
    /// Whose.
    pub scope: ServiceScope,
}
