use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Something found out about an app's connection or the road to it.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize, TS)]
pub struct Finding {
    /// What views branch on, and the key of the texts: `finding.CODE.title`, `.say` and `.do`.
    pub code: FindingCode,
    /// How much it matters.
    pub severity: Severity,
    /// Whether there is no connection while it lasts.
    pub blocks_connection: bool,
    /// What mends it with one click, where something does.
    #[ts(optional = nullable)]
    pub action: Option<Action>,
    /// Values for the placeholders in the texts and for the action: `host`, `port`, `code`, `message`, `issuer`,
    /// `domain` …
    pub values: BTreeMap<String, String>,
    /// The technical cause in English, for the log and for a bug report. It holds no secret.
    pub detail: String,
}

impl Finding {
    /// The same, with a value for a placeholder of its texts.
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }
}

/// How much a finding matters, the least first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know; nothing is wrong.
    Advice,
    /// Works, but will not for everybody or not for long.
    Warning,
    /// Does not work.
    Error,
}

/// What mends a finding with one click.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Try again now.
    Retry,
    /// Enter App ID and App Secret anew.
    EditCredentials,
    /// Enter another domain.
    EditDomain,
    /// Move the app to the domain in `values.other`.
    SwitchDomain,
    /// Change the app's proxy, or its credentials.
    EditProxy,
    /// Let the app go straight, past the proxy.
    GoDirect,
    /// Let the app go through the proxy in `values.proxy`, which the proxy setting `values.proxy_setting` does.
    UseProxy,
    /// Look at the CA of whoever intercepts, and trust it.
    TrustCa,
    /// Name a CA file, to be trusted by Longwire.
    AddCaFile,
    /// Copy the lines in `values.environment`, which make Node, Python and others trust the CA, too.
    CopyEnvironment,
    /// Open the app's page in the developer console.
    OpenConsole,
    /// Show the target in `values.target`, to be changed or tried.
    ShowTarget,
    /// Hand the events that the target in `values.target` did not take to it once more.
    ReplayFailed,
    /// Show how the agent is set up, to be changed or tried.
    EditAgent,
}

impl Action {
    /// Every action, for the tests that hold the texts complete.
    pub const ALL: &[Self] = &[
        Self::Retry,
        Self::EditCredentials,
        Self::EditDomain,
        Self::SwitchDomain,
        Self::EditProxy,
        Self::GoDirect,
        Self::UseProxy,
        Self::TrustCa,
        Self::AddCaFile,
        Self::CopyEnvironment,
        Self::OpenConsole,
        Self::ShowTarget,
        Self::ReplayFailed,
        Self::EditAgent,
    ];
}

/// What was found, by name. A code exists only while something can raise it.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// This machine is on no network.
    NoNetwork,
    /// The host has no address: a wrong name, or name servers that do not answer.
    DnsFailed,
    /// Nothing listens on the port.
    TcpRefused,
    /// No road to the host: a firewall, most often.
    TcpUnreachable,
    /// A step did not end within its deadline; `values.stage` names it.
    TimedOut,
    /// The peer closed or broke the connection while we were connecting.
    TcpBroken,
    /// The proxy itself cannot be reached; `values.proxy`, `values.source`.
    ProxyUnreachable,
    /// The proxy wants a user name and password, and none is set.
    ProxyCredentialsWanted,
    /// The proxy does not accept the user name and password that are set.
    ProxyCredentialsWrong,
    /// The proxy refuses to lead to this host, or cannot reach it; `values.status` or `values.error`.
    ProxyRefused,
    /// What answers at the proxy's place does not speak the protocol that the setting names; `values.start`.
    ProxyOtherProtocol,
    /// The proxy was reached and then fell silent or cut the connection.
    ProxyBroken,
    /// The certificate of the proxy itself, which is reached over TLS, is not accepted.
    ProxyTls,
    /// A setting that should name a proxy does not; `values.source`.
    ProxySettingBad,
    /// The PAC script cannot be had, is no script, or does not end; `values.pac`.
    PacFailed,
    /// The road through the proxy is blocked, the straight one is not.
    DirectWorks,
    /// The straight road is blocked, the one through a configured proxy is not; `values.proxy`, and
    /// `values.proxy_setting`: `auto` where that takes it, else its address.
    ProxyWorks,
    /// The certificate's issuer is not trusted here: an intercepting proxy, most often.
    TlsUntrusted,
    /// A CA of this name is trusted, and the certificate is not signed by it: another key, most often; `values.issuer`.
    TrustFailing,
    /// The certificate is signed by a CA that only this machine trusts: works here, breaks Node and Python.
    TlsIntercepted,
    /// The certificate is signed by a CA that Longwire alone trusts, since its user said so.
    TlsTrustedHere,
    /// The server signed its certificate itself.
    TlsSelfSigned,
    /// The certificate has expired, and the clock is right.
    TlsExpired,
    /// The certificate is not valid yet.
    TlsNotYetValid,
    /// This machine's clock is wrong; `values.skew`.
    ClockWrong,
    /// The certificate is for another host.
    TlsWrongHost,
    /// What answers on the port does not speak TLS.
    TlsNotSpoken,
    /// The connection was cut in the middle of the TLS handshake.
    TlsCut,
    /// Any other failure of TLS.
    TlsFailed,
    /// The answer is not the platform's: HTML, an empty body, a captive portal.
    NotThePlatform,
    /// The platform answered with an HTTP status that is not 200.
    HttpStatus,
    /// The platform accepted, but sent no address to connect to, or one we must not dial.
    BadAddress,
    /// The platform is busy (codes 1 and 1000040343).
    PlatformBusy,
    /// App ID or App Secret is wrong (1000040345 and kin).
    CredentialsWrong,
    /// The platform does not take the App ID for one (10003).
    AppIdMalformed,
    /// The app lives on the other domain (1000040351); `values.other`.
    DomainWrong,
    /// The app may not connect (403).
    Forbidden,
    /// More than fifty connections are open for this app (1000040350).
    ConnectionLimit,
    /// A code of the platform that we do not know; number and text are in `values`.
    PlatformCode,
    /// The platform refused the ticket of this connection (514).
    TicketRefused,
    /// The WebSocket upgrade was refused by something other than the platform: no `Handshake-*` headers.
    UpgradeBlocked,
    /// The link went silent: no answer to a ping.
    LinkSilent,
    /// The platform, or something between, closed the link.
    LinkClosed,
    /// The link comes up and falls again and again; `values.histogram`, `values.codes`.
    Flapping,
    /// Other clients of this app are connected and take some of its events; `values.others`.
    OtherClients,
    /// Connected, and the platform counts the connection: the console can be saved now.
    PlatformSeesUs,
    /// Connected for a while, and no event has come.
    NothingReceived,
    /// No App Secret is kept for this app.
    SecretMissing,
    /// The App Secret cannot be read: the keychain or its file refuses.
    SecretUnreadable,
    /// This system has no place that keeps secrets.
    NoSecretStore,
    /// The app's domain cannot be used: not a URL, or plain http to another machine.
    DomainUnusable,
    /// The disk is full: events cannot be kept, and the platform is told to send them again; `refused`.
    DiskFull,
    /// Events cannot be kept for another reason; `error`, `refused`.
    NotKept,
    /// A target does not answer, and events wait for it; `target`, `queued`, `address`.
    TargetDown,
    /// A target did not take events, and they wait for a replay; `target`, `failed`.
    TargetFailing,
    /// A target's answer to a callback came too late for the user who waited for it; `target`.
    AnswerLate,
    /// A target's answer to a callback is none that the platform takes; `target`, `error`.
    AnswerInvalid,
    /// The agent is on and has no API key.
    AgentNoKey,
    /// The model's server does not take the agent's API key; `host`, `message`.
    AgentKeyWrong,
    /// The model's server takes no more requests just now, or the account has no credit left; `host`, `message`.
    AgentQuota,
    /// The model's server cannot be reached; `host`, `error`.
    AgentUnreachable,
    /// The model's server does not know the model or the address, or does not take what is asked; `host`, `model`, `message`.
    AgentRefused,
    /// The model's server fails, does not answer in time, or talks nonsense; `host`, `error`.
    AgentFailing,
    /// The platform does not let the bot reply; `code`, `message`.
    AgentReplyRefused,
    /// The agent's replies cannot be brought to the platform; `error`.
    AgentPlatformUnreachable,
    /// What the agent has answered and remembers cannot be read or written down; `error`.
    AgentNotebook,
}

impl FindingCode {
    /// Every code, for the tests that hold the texts and the table complete.
    pub const ALL: &[Self] = &[
        Self::NoNetwork,
        Self::DnsFailed,
        Self::TcpRefused,
        Self::TcpUnreachable,
        Self::TimedOut,
        Self::TcpBroken,
        Self::ProxyUnreachable,
        Self::ProxyCredentialsWanted,
        Self::ProxyCredentialsWrong,
        Self::ProxyRefused,
        Self::ProxyOtherProtocol,
        Self::ProxyBroken,
        Self::ProxyTls,
        Self::ProxySettingBad,
        Self::PacFailed,
        Self::DirectWorks,
        Self::ProxyWorks,
        Self::TlsUntrusted,
        Self::TrustFailing,
        Self::TlsIntercepted,
        Self::TlsTrustedHere,
        Self::TlsSelfSigned,
        Self::TlsExpired,
        Self::TlsNotYetValid,
        Self::ClockWrong,
        Self::TlsWrongHost,
        Self::TlsNotSpoken,
        Self::TlsCut,
        Self::TlsFailed,
        Self::NotThePlatform,
        Self::HttpStatus,
        Self::BadAddress,
        Self::PlatformBusy,
        Self::CredentialsWrong,
        Self::AppIdMalformed,
        Self::DomainWrong,
        Self::Forbidden,
        Self::ConnectionLimit,
        Self::PlatformCode,
        Self::TicketRefused,
        Self::UpgradeBlocked,
        Self::LinkSilent,
        Self::LinkClosed,
        Self::Flapping,
        Self::OtherClients,
        Self::PlatformSeesUs,
        Self::NothingReceived,
        Self::SecretMissing,
        Self::SecretUnreadable,
        Self::NoSecretStore,
        Self::DomainUnusable,
        Self::DiskFull,
        Self::NotKept,
        Self::TargetDown,
        Self::TargetFailing,
        Self::AnswerLate,
        Self::AnswerInvalid,
        Self::AgentNoKey,
        Self::AgentKeyWrong,
        Self::AgentQuota,
        Self::AgentUnreachable,
        Self::AgentRefused,
        Self::AgentFailing,
        Self::AgentReplyRefused,
        Self::AgentPlatformUnreachable,
        Self::AgentNotebook,
    ];
}
