use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AgentView, AppId, CaFile, DoctorReport, Domain, Finding, JournalView, Language, LanguageChoice,
    LeaseView, Note, NotifySettings, SimulatorView, TargetView, Theme, TrustedCa, UpdateSettings, UpdateView,
};

/// All a view shows, at one moment. What is absent is well.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
pub struct Snapshot {
    /// Grows with each change; a view drops a snapshot whose `rev` it has seen.
    pub rev: u32,
    /// Longwire's version.
    pub version: String,
    /// The process that holds the engine.
    pub pid: u32,
    /// What that process is, as a user knows it: `Longwire` for the app, `longwire run`.
    pub program: String,
    /// The data folder.
    pub data_dir: String,
    /// The language asked for.
    pub language_choice: LanguageChoice,
    /// The language to show.
    pub language: Language,
    /// How the window looks.
    pub theme: Theme,
    /// The state of all apps as one: that of the app that needs the user most.
    pub phase: Phase,
    /// Each app, in the order it was added.
    pub apps: Vec<AppView>,
    /// The built-in platform, where it runs.
    #[ts(optional = nullable)]
    pub simulator: Option<SimulatorView>,
    /// Events received since local midnight, or since the start where that is later.
    pub events_today: u32,
    /// What the user should know that is no app's state.
    pub notices: Vec<Notice>,
    /// The CA files of the settings.
    pub ca_files: Vec<CaFile>,
    /// The CAs that we have trusted, the last one first.
    pub trusted: Vec<TrustedCa>,
    /// Who is handed events, in the order they were added.
    pub targets: Vec<TargetView>,
    /// What is kept of events.
    pub journal: JournalView,
    /// What the desktop is told.
    pub notify: NotifySettings,
    /// Who answers by itself, where it is switched on.
    pub agent: AgentView,
    /// Whether a service holds this engine up.
    pub service: bool,
    /// How the user wants to be told of updates.
    pub updates: UpdateSettings,
    /// The update of the app that shows this.
    pub update: UpdateView,
    /// The system's proxies, where they are set aside.
    #[ts(optional = nullable)]
    pub lease: Option<LeaseView>,
    /// What the doctor found the last time, or finds just now.
    #[ts(optional = nullable)]
    pub doctor: Option<DoctorReport>,
}

/// One app and its connection.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct AppView {
    /// Its App ID.
    pub app_id: AppId,
    /// What the user calls it; empty where not named.
    pub name: String,
    /// Where it lives.
    pub domain: Domain,
    /// Whether it is the built-in simulator's own app.
    pub simulated: bool,
    /// Its state.
    pub phase: Phase,
    /// What is to be said of it, what matters most first: why it is not connected, or what to know while it is.
    pub findings: Vec<Finding>,
    /// Its proxy as set: `auto`, `direct` or an address, without credentials.
    pub proxy: String,
    /// Which way its road takes and who says so, as the last try found it.
    #[ts(optional = nullable)]
    pub route: Option<Note>,
    /// Since when it has been in `phase`, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub since_ms: u64,
    /// How many tries in a row have failed.
    pub attempt: u32,
    /// When it tries again, in milliseconds since the Unix epoch.
    #[ts(type = "number | null", optional = nullable)]
    pub retry_at_ms: Option<u64>,
    /// The road to the platform, hop by hop, as the last try found it.
    pub hops: Vec<Hop>,
    /// Events received since the start.
    pub events: u32,
    /// When the last one arrived, in milliseconds since the Unix epoch.
    #[ts(type = "number | null", optional = nullable)]
    pub last_event_ms: Option<u64>,
    /// Whether the platform has ever pushed an event of this app that is kept: what proves that the console has been saved.
    pub received: bool,
    /// How many connections of the app the platform counts, ours among them; absent where it was not asked or does not say.
    #[ts(optional = nullable)]
    pub online: Option<u32>,
    /// Frames that broke the protocol since the start; the connection lived on.
    pub bad_frames: u32,
}

impl AppView {
    /// An app that has just begun to connect.
    pub fn new(app_id: AppId, now_ms: u64) -> Self {
        Self {
            app_id,
            name: String::new(),
            domain: Domain::default(),
            simulated: false,
            phase: Phase::Connecting,
            findings: Vec::new(),
            proxy: "auto".to_owned(),
            route: None,
            since_ms: now_ms,
            attempt: 0,
            retry_at_ms: None,
            hops: Vec::new(),
            events: 0,
            last_event_ms: None,
            received: false,
            online: None,
            bad_frames: 0,
        }
    }

    /// Why it is not connected.
    pub fn blocked_by(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.blocks_connection)
    }
}

/// The five states a tray icon tells by its shape. The order is that of urgency.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Held back by the user.
    Paused,
    /// Handshake done and the first pong seen.
    Connected,
    /// On its way.
    #[default]
    Connecting,
    /// Failed; tries again by itself.
    Waiting,
    /// Refused; only the user can mend it.
    NeedsYou,
}

/// One hop of the road to the platform.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct Hop {
    /// Which.
    pub kind: HopKind,
    /// How it stands.
    pub mark: Mark,
    /// How long it took, in milliseconds.
    #[ts(optional = nullable)]
    pub ms: Option<f64>,
    /// What there is to say of it: an address, an issuer, a host.
    #[ts(optional = nullable)]
    pub note: Option<String>,
}

/// The hops, in order.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HopKind {
    /// This computer: the name is resolved. Note: the first address.
    Computer,
    /// The network: a TCP connection, where the road is straight. Note: the address that answered.
    Network,
    /// The proxy: reached, and leads through. In place of the network where the road goes through one. Note: the proxy.
    Proxy,
    /// TLS. Note: who signed. Absent on a plain road to this computer.
    Tls,
    /// The platform's endpoint: credentials accepted. Note: its host.
    Platform,
    /// The long connection: upgraded, first pong seen. Note: its host.
    Connection,
}

/// How a hop stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Passed.
    Ok,
    /// Passed, and there is something to know.
    Warn,
    /// Under way.
    Busy,
    /// Failed.
    Bad,
    /// Not reached.
    Off,
}

/// Something the user should know.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct Notice {
    /// What views branch on, and the key of the text: `notice.CODE`.
    pub code: NoticeCode,
    /// Values for the placeholders in that text.
    pub values: BTreeMap<String, String>,
}

/// What there is to know, by name.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    /// A key of the settings file is not known; `key` and `line` name it.
    SettingsKeyUnknown,
    /// A CA file is left out; `cause` names it and says why.
    CaFileUnreadable,
    /// The list of the CAs that we trusted cannot be read; `error`.
    TrustedUnreadable,
    /// When the system's proxies were put back, some had been changed by somebody else and were left so; `settings`.
    ProxiesTheirs,
    /// A service whose proxies were to be put back is gone; `settings`.
    ProxiesGone,
    /// The file of the kept events was damaged. It was set aside as `path`, and a new one begun.
    JournalSetAside,
    /// The file of the kept events cannot be used, so that no event can be kept; `error`.
    JournalUnusable,
    /// A target of the settings cannot be used; `target`, `error`.
    TargetUnusable,
    /// The desktop does not show notifications; `error`.
    NotificationsFail,
}

impl NoticeCode {
    /// Every code, for the tests that hold the texts complete.
    pub const ALL: &[Self] = &[
        Self::SettingsKeyUnknown,
        Self::CaFileUnreadable,
        Self::TrustedUnreadable,
        Self::ProxiesTheirs,
        Self::ProxiesGone,
        Self::JournalSetAside,
        Self::JournalUnusable,
        Self::TargetUnusable,
        Self::NotificationsFail,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_phase_is_the_greatest() {
        let phases = [Phase::Connected, Phase::NeedsYou, Phase::Paused, Phase::Waiting];
        assert_eq!(phases.into_iter().max(), Some(Phase::NeedsYou));
        assert!(Phase::Connecting > Phase::Connected && Phase::Connected > Phase::Paused);
    }
}
