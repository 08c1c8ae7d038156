use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AppId, Domain, Finding, Mark};

/// What the doctor found on the road of one app, hop by hop; while it runs, as far as it is.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize, TS)]
pub struct DoctorReport {
    /// Longwire's version.
    pub version: String,
    /// Whose road.
    pub app_id: AppId,
    /// Where the app lives.
    pub domain: Domain,
    /// How far it is.
    pub progress: Progress,
    /// When it began, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub started_ms: u64,
    /// How long it took, in milliseconds; so far, while it runs.
    pub ms: f64,
    /// The road the app takes, hop by hop.
    pub checks: Vec<Check>,
    /// The other roads there are, for comparison: straight where the app goes through a proxy, and the reverse.
    pub others: Vec<OtherRoad>,
    /// What was found, what matters most first.
    pub findings: Vec<Finding>,
}

/// How far the doctor is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Walking.
    Running,
    /// Through.
    Done,
    /// Stopped before it was through: by the user, or because it took too long.
    Cancelled,
}

/// One step of the doctor's.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize, TS)]
pub struct Check {
    /// Which.
    pub kind: CheckKind,
    /// How it stands; [`Mark::Off`]: skipped, and the note says why.
    pub mark: Mark,
    /// How long it took, in milliseconds.
    #[ts(optional = nullable)]
    pub ms: Option<f64>,
    /// What there is to say of it.
    #[ts(optional = nullable)]
    pub note: Option<Note>,
}

/// The steps, in order.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// This machine is on a network.
    Network,
    /// Which way, and who says so.
    Route,
    /// The host has addresses.
    Dns,
    /// The proxy is there and leads through.
    Proxy,
    /// A TCP connection, where the road is straight.
    Tcp,
    /// TLS, and who signed.
    Tls,
    /// The platform's endpoint answers, and it is the platform.
    Endpoint,
    /// App ID, App Secret and domain are right.
    Credentials,
    /// The WebSocket opens.
    Upgrade,
    /// The first pong comes.
    Pong,
    /// How many connections the platform counts.
    Online,
}

impl CheckKind {
    /// Every step, in order.
    pub const ALL: &[Self] = &[
        Self::Network,
        Self::Route,
        Self::Dns,
        Self::Proxy,
        Self::Tcp,
        Self::Tls,
        Self::Endpoint,
        Self::Credentials,
        Self::Upgrade,
        Self::Pong,
        Self::Online,
    ];
}

/// Another road to the same place.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize, TS)]
pub struct OtherRoad {
    /// Which way, and who says so.
    pub route: Note,
    /// Its steps, up to TLS or as far as they got.
    pub checks: Vec<Check>,
}

/// A line of words about a step. The text is `note.CODE`.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize, TS)]
pub struct Note {
    /// Which line.
    pub code: NoteCode,
    /// Values for its placeholders.
    pub values: BTreeMap<String, String>,
}

impl Note {
    /// A line without values.
    pub fn new(code: NoteCode) -> Self {
        Self { code, values: BTreeMap::new() }
    }

    /// The same, with a value for a placeholder.
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }
}

/// The lines, by name.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoteCode {
    /// Straight: no proxy is set anywhere.
    RouteDirect,
    /// Straight, because the user says so.
    RouteDirectGiven,
    /// Straight: the host is this machine.
    RouteThisMachine,
    /// Straight: `entry` of the exceptions in `source` names the host.
    RouteException,
    /// Straight: `source` lists the hosts that go through a proxy, and this is none of them.
    RouteNotListed,
    /// Straight: `source` leaves out names without a dot.
    RouteSimpleName,
    /// Straight: `source` asks to look for a proxy by itself, which is not followed.
    RouteAutoDiscovery,
    /// Through `proxy`, from `source`.
    RouteProxy,
    /// Through `proxy`, as the script `pac` from `source` says.
    RoutePacProxy,
    /// Straight, as the script `pac` from `source` says.
    RoutePacDirect,
    /// Cannot be decided: `source` is at fault.
    RouteFailed,
    /// The addresses of the host: `addresses`.
    Addresses,
    /// The host is an address: nothing to look up.
    NoLookup,
    /// The proxy looks the name up.
    LookupAtProxy,
    /// Connected with `address`.
    ConnectedTo,
    /// `proxy` leads through.
    TunnelOpen,
    /// The straight road has no proxy.
    NoProxy,
    /// Through a proxy, whose matter this is.
    ProxysMatter,
    /// Signed by `issuer`.
    SignedBy,
    /// Signed by `issuer`, which is how `interceptor` reads along; trusted on this machine only.
    SignedByInterceptor,
    /// An unencrypted road on this machine: no TLS.
    NoTls,
    /// `host` answered.
    Answered,
    /// Accepted.
    Accepted,
    /// Opened by `host`.
    OpenedBy,
    /// Opened by `host`, on a way of its own: through `proxy`, from `source`.
    OpenedThroughProxy,
    /// Opened by `host`, on a way of its own: straight, as `source` decides.
    OpenedStraight,
    /// The platform counts `count` connections.
    Counted,
    /// The platform counts `count` connections, `others` of which are not ours.
    CountedOthers,
    /// The count cannot be had: `error`. No connection needs it.
    NotCounted,
    /// The running connection, up since `since`, shows it; a second one would take its events.
    HeldOpen,
    /// An earlier step failed.
    AfterFailure,
    /// Stopped before it was reached.
    Stopped,
    /// There is no App Secret to ask with.
    NoSecret,
    /// On a network.
    Online,
    /// A network is not needed to reach this machine.
    NetworkNotNeeded,
    /// What went wrong: the title of the finding `finding`, with its values; in English, `error`.
    Failed,
}

impl NoteCode {
    /// Every line, for the tests that hold the texts complete.
    pub const ALL: &[Self] = &[
        Self::RouteDirect,
        Self::RouteDirectGiven,
        Self::RouteThisMachine,
        Self::RouteException,
        Self::RouteNotListed,
        Self::RouteSimpleName,
        Self::RouteAutoDiscovery,
        Self::RouteProxy,
        Self::RoutePacProxy,
        Self::RoutePacDirect,
        Self::RouteFailed,
        Self::Addresses,
        Self::NoLookup,
        Self::LookupAtProxy,
        Self::ConnectedTo,
        Self::TunnelOpen,
        Self::NoProxy,
        Self::ProxysMatter,
        Self::SignedBy,
        Self::SignedByInterceptor,
        Self::NoTls,
        Self::Answered,
        Self::Accepted,
        Self::OpenedBy,
        Self::OpenedThroughProxy,
        Self::OpenedStraight,
        Self::Counted,
        Self::CountedOthers,
        Self::NotCounted,
        Self::HeldOpen,
        Self::AfterFailure,
        Self::Stopped,
        Self::NoSecret,
        Self::Online,
        Self::NetworkNotNeeded,
        Self::Failed,
    ];
}
