use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a connection is not up.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct Reason {
    /// What views branch on, and the key of the texts: `reason.CODE.title`, `.say` and `.do`.
    pub code: ReasonCode,
    /// Values for the placeholders in those texts: `host`, `port`, `code`, `message`, `issuer` …
    pub values: BTreeMap<String, String>,
    /// The technical cause in English, for the log and for a bug report. It holds no secret.
    pub detail: String,
}

impl Reason {
    /// A reason with its technical cause.
    pub fn new(code: ReasonCode, detail: impl fmt::Display) -> Self {
        Self { code, values: BTreeMap::new(), detail: detail.to_string() }
    }

    /// The same, with a value for a placeholder of its texts.
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }
}

/// What went wrong, by name. A code exists only while something can raise it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// The host has no address: no network, or a wrong name.
    DnsFailed,
    /// Nothing listens on the port.
    TcpRefused,
    /// No road to the host: no network, or a firewall.
    TcpUnreachable,
    /// A step did not end within its deadline; `values.stage` names it.
    TimedOut,
    /// The peer closed or broke the connection while we were connecting.
    TcpBroken,
    /// The certificate's issuer is not trusted here: an intercepting proxy, most often.
    TlsUntrusted,
    /// The server signed its certificate itself.
    TlsSelfSigned,
    /// The certificate has expired.
    TlsExpired,
    /// The certificate is not valid yet: often a wrong clock.
    TlsNotYetValid,
    /// The certificate is for another host.
    TlsWrongHost,
    /// What answers on the port does not speak TLS.
    TlsNotSpoken,
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
    /// The app lives on the other domain (1000040351).
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
    /// No App Secret is kept for this app.
    SecretMissing,
    /// The App Secret cannot be read: the keychain or its file refuses.
    SecretUnreadable,
    /// This system has no place that keeps secrets.
    NoSecretStore,
    /// The app's domain cannot be used: not a URL, or plain http to another machine.
    DomainUnusable,
}

impl ReasonCode {
    /// Every code, for the tests that hold the texts complete.
    pub const ALL: &[Self] = &[
        Self::DnsFailed,
        Self::TcpRefused,
        Self::TcpUnreachable,
        Self::TimedOut,
        Self::TcpBroken,
        Self::TlsUntrusted,
        Self::TlsSelfSigned,
        Self::TlsExpired,
        Self::TlsNotYetValid,
        Self::TlsWrongHost,
        Self::TlsNotSpoken,
        Self::TlsFailed,
        Self::NotThePlatform,
        Self::HttpStatus,
        Self::BadAddress,
        Self::PlatformBusy,
        Self::CredentialsWrong,
        Self::DomainWrong,
        Self::Forbidden,
        Self::ConnectionLimit,
        Self::PlatformCode,
        Self::TicketRefused,
        Self::UpgradeBlocked,
        Self::LinkSilent,
        Self::LinkClosed,
        Self::SecretMissing,
        Self::SecretUnreadable,
        Self::NoSecretStore,
        Self::DomainUnusable,
    ];
}
