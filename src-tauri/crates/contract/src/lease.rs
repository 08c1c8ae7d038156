//! The system's proxy settings, and setting them aside for a time.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The system's proxy settings, as they are now.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct ProxyTable {
    /// What keeps them: `macOS`, `GNOME`, `KDE`; empty where this system keeps none.
    pub keeper: String,
    /// The network services of a Mac, in its own order; elsewhere the desktop as the only one.
    pub services: Vec<ProxyService>,
    /// What programs are told now, a line each; empty where they are told to go straight.
    pub effective: Vec<String>,
}

/// One set of proxy settings.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct ProxyService {
    /// Its name, as the system has it.
    pub name: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Whether what leaves this machine takes it now.
    pub in_use: bool,
    /// Its settings, one of each kind that the keeper has.
    pub entries: Vec<ProxyEntry>,
    /// Hosts that go straight.
    pub bypass: Vec<String>,
}

/// One setting.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct ProxyEntry {
    /// Which, and the key of a text: `proxy_kind.KIND`.
    pub kind: ProxyKind,
    /// Whether it is on.
    pub on: bool,
    /// The host of a proxy, the URL of a script, the word for a mode; empty where there is none.
    pub value: String,
    /// The port of a proxy; 0 where there is none.
    pub port: u16,
    /// Whether the proxy is told a user name and a password. Such a setting is left alone: the password cannot be read
    /// back.
    pub authenticated: bool,
}

/// The kinds of settings.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProxyKind {
    /// The proxy for `http`.
    Web,
    /// The proxy for `https`.
    SecureWeb,
    /// The SOCKS proxy.
    Socks,
    /// A PAC script.
    Pac,
    /// Looking for a PAC script (WPAD).
    Discovery,
    /// Which of the settings count, where a desktop has one switch for all of them.
    Mode,
}

impl ProxyKind {
    /// Every kind, for the tests that hold the texts complete.
    pub const ALL: &[Self] =
        &[Self::Web, Self::SecureWeb, Self::Socks, Self::Pac, Self::Discovery, Self::Mode];
}

/// The system's proxies are to be set aside.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct LeaseRequest {
    /// For how long, in minutes: 1 to 60.
    pub minutes: u32,
    /// Every setting that is to be switched off, as the user was shown it. Nothing is changed where another one is on.
    pub settings: Vec<ProxySetting>,
}

/// One setting of one service, as it is or was.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct ProxySetting {
    /// Of which service.
    pub service: String,
    /// What it says.
    pub entry: ProxyEntry,
}

/// The time for which they stay set aside, from now on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct LeaseExtension {
    /// In minutes: 1 to 60.
    pub minutes: u32,
}

/// The system's proxies, set aside for a time.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct LeaseView {
    /// How it stands, and the key of a text: `lease.PHASE`.
    pub phase: LeasePhase,
    /// Since when, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub since_ms: u64,
    /// Until when, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub until_ms: u64,
    /// How many minutes are left, the last one counted whole.
    pub minutes_left: u32,
    /// Each setting that was switched off.
    pub changes: Vec<LeaseChange>,
    /// The technical cause in English, where it failed.
    pub detail: String,
}

/// How a lease stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeasePhase {
    /// The settings are being switched off.
    Beginning,
    /// They are off.
    Held,
    /// They are being put back.
    Ending,
    /// They could not all be put back; the backup is kept.
    Stuck,
    /// The backup cannot be read.
    Damaged,
}

impl LeasePhase {
    /// Every phase, for the tests that hold the texts complete.
    pub const ALL: &[Self] = &[Self::Beginning, Self::Held, Self::Ending, Self::Stuck, Self::Damaged];
}

/// One setting that a lease changed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct LeaseChange {
    /// Of which service.
    pub service: String,
    /// As it was before.
    pub before: ProxyEntry,
    /// What became of it, and the key of a text: `lease_change.STATE`.
    pub state: LeaseState,
}

/// What became of one setting.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeaseState {
    /// Not touched yet.
    Pending,
    /// It may have been switched off: we were about to.
    Changing,
    /// Switched off.
    Off,
    /// Put back, and read back.
    Restored,
    /// Changed by somebody else meanwhile: theirs, and left as it is.
    Theirs,
    /// Its service is gone.
    Gone,
    /// It could not be put back.
    Failed,
}

impl LeaseState {
    /// Every state, for the tests that hold the texts complete.
    pub const ALL: &[Self] =
        &[Self::Pending, Self::Changing, Self::Off, Self::Restored, Self::Theirs, Self::Gone, Self::Failed];
}

/// What became of a lease when it ended.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct LeaseReport {
    /// Each setting that had been changed.
    pub changes: Vec<LeaseChange>,
}

impl LeaseReport {
    /// Whether every setting is as it was, or as somebody else wants it.
    pub fn is_complete(&self) -> bool {
        self.changes.iter().all(|change| {
            matches!(change.state, LeaseState::Restored | LeaseState::Theirs | LeaseState::Gone)
        })
    }
}
