use std::{fmt, time::Duration};

use longwire_dial::{Fault, OriginError};

/// Why a try failed or a session ended. Texts of a peer are one short line each, without our secrets.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The road to the endpoint or to the WebSocket's host; the error says which.
    #[error(transparent)]
    Road(#[from] longwire_dial::Error),
    /// The endpoint answered, but not with a ticket.
    #[error("endpoint: {0}")]
    Endpoint(#[from] EndpointError),
    /// The upgrade to a WebSocket.
    #[error("upgrade: {0}")]
    Upgrade(#[from] UpgradeError),
    /// The session, once it was open.
    #[error("session: {0}")]
    Session(#[from] SessionError),
}

/// A step towards a live connection, or the connection itself.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Stage {
    /// Finding a host's addresses.
    Dns,
    /// Connecting to one of them.
    Tcp,
    /// Deciding which proxy to take, and the way to it and through it.
    Proxy,
    /// The TLS handshake.
    Tls,
    /// The HTTP request to the endpoint, and its answer.
    Http,
    /// What the endpoint said.
    Endpoint,
    /// The upgrade to a WebSocket.
    Upgrade,
    /// The session.
    Session,
}

/// What the endpoint answered in place of a ticket.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EndpointError {
    /// An HTTP status other than 200.
    #[error("HTTP status {status}{}", code.map(|code| format!(", code {code}: {message}")).unwrap_or_default())]
    Status {
        /// The status.
        status: u16,
        /// The platform's code, where the body has one.
        code: Option<i64>,
        /// The platform's text, where the body has one.
        message: String,
    },
    /// Nothing.
    #[error("an empty answer")]
    Empty,
    /// Something that is not the platform's: a page of a portal or proxy.
    #[error("an answer that is not the platform's: {start}")]
    Foreign {
        /// How it begins.
        start: String,
    },
    /// One of the platform's codes.
    #[error("code {code}: {message}")]
    Code {
        /// The code.
        code: Code,
        /// The platform's text.
        message: String,
    },
    /// Success, but no URL to connect to.
    #[error("accepted, but without a URL to connect to")]
    NoUrl,
    /// Success, but a URL that is not to be dialled.
    #[error("accepted, but with a URL that is not dialled: {0}")]
    BadUrl(#[from] BadUrl),
}

/// The platform's codes other than 0: those of its endpoint, and those of a request for a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Code {
    /// 1: the platform is busy.
    Busy,
    /// 1000040343: an error inside the platform.
    Internal,
    /// 1000040344: no credentials. The Python SDK's own; no server is known to send it.
    NoCredentials,
    /// 1000040345: App ID or App Secret is wrong.
    CredentialsWrong,
    /// 1000040350: the app has all the connections it may have (50).
    ConnectionLimit,
    /// 1000040351: the app lives on the other domain.
    DomainWrong,
    /// 10003: a parameter is none; of a request with credentials, the App ID.
    AppIdMalformed,
    /// 10014: there is no such app. Some have been told this of a wrong App Secret.
    NoSuchApp,
    /// 10015: the App Secret is wrong.
    SecretWrong,
    /// Any other.
    Unknown(i64),
}

/// Why a session's URL is not dialled. The URL itself is a secret.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BadUrl {
    /// Its scheme is not `ws` or `wss`.
    #[error("its scheme is not ws or wss")]
    NotWebSocket,
    /// It is no place that may be connected to.
    #[error(transparent)]
    Origin(#[from] OriginError),
}

/// Why the upgrade failed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum UpgradeError {
    /// The app has all the connections it may have (50): 1000040350.
    #[error("the app has as many connections as it may have: {message}")]
    ConnectionLimit {
        /// The platform's text.
        message: String,
    },
    /// The platform forbids this app to connect: 403.
    #[error("the platform forbids this connection: {message}")]
    Forbidden {
        /// The platform's text.
        message: String,
    },
    /// The platform refused the ticket: 514.
    #[error("the platform refused the ticket{}: {message}", code.map(|code| format!(" (code {code})")).unwrap_or_default())]
    TicketRefused {
        /// The platform's code.
        code: Option<i64>,
        /// The platform's text.
        message: String,
    },
    /// The platform refused for a reason we do not know.
    #[error("the platform answered {status}{}: {message}", code.map(|code| format!(" (code {code})")).unwrap_or_default())]
    Refused {
        /// `Handshake-Status`, or the HTTP status where that is absent.
        status: u16,
        /// The platform's code.
        code: Option<i64>,
        /// The platform's text.
        message: String,
    },
    /// Something other than the platform answered: no `Handshake-*` headers.
    #[error("something other than the platform answered {status}: {start}")]
    Blocked {
        /// The HTTP status.
        status: u16,
        /// How the body begins, as far as it came with the headers.
        start: String,
    },
    /// What answered does not speak WebSocket.
    #[error("the answer is not WebSocket: {0}")]
    NotWebSocket(String),
    /// No answer in time.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// The connection was closed before the answer.
    #[error("the connection was cut off before the answer")]
    Cut,
    /// An error of the operating system.
    #[error("{0}")]
    Os(Fault),
}

/// Why an open session ended.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SessionError {
    /// No sign of life after a ping.
    #[error("no sign of life for {0:?} after a ping")]
    Silent(Duration),
    /// The peer said goodbye.
    #[error("closed by the other side{}{}", code.map(|code| format!(" with code {code}")).unwrap_or_default(), if reason.is_empty() { String::new() } else { format!(": {reason}") })]
    Closed {
        /// The WebSocket close code, where one was sent.
        code: Option<u16>,
        /// The peer's reason; empty where none was sent.
        reason: String,
    },
    /// The connection ended without a goodbye.
    #[error("the connection was cut off")]
    Cut,
    /// A message larger than we are ready to keep.
    #[error("a message of more than {limit} bytes")]
    TooLarge {
        /// The largest accepted, in bytes.
        limit: usize,
    },
    /// The peer broke the WebSocket protocol.
    #[error("the other side broke the WebSocket protocol: {0}")]
    Protocol(String),
    /// An error of the operating system.
    #[error("{0}")]
    Os(Fault),
}

impl Error {
    /// The step that failed.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Road(error) => error.stage.into(),
            Self::Endpoint(_) => Stage::Endpoint,
            Self::Upgrade(_) => Stage::Upgrade,
            Self::Session(_) => Stage::Session,
        }
    }
}

impl From<longwire_dial::Stage> for Stage {
    fn from(stage: longwire_dial::Stage) -> Self {
        match stage {
            longwire_dial::Stage::Dns => Self::Dns,
            longwire_dial::Stage::Tcp => Self::Tcp,
            longwire_dial::Stage::Proxy => Self::Proxy,
            longwire_dial::Stage::Tls => Self::Tls,
            longwire_dial::Stage::Http => Self::Http,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Endpoint => "endpoint",
            Self::Upgrade => "upgrade",
            Self::Session => "session",
        })
    }
}

impl Code {
    /// The code's number.
    pub fn number(self) -> i64 {
        match self {
            Self::Busy => 1,
            Self::Internal => 1_000_040_343,
            Self::NoCredentials => 1_000_040_344,
            Self::CredentialsWrong => 1_000_040_345,
            Self::ConnectionLimit => 1_000_040_350,
            Self::DomainWrong => 1_000_040_351,
            Self::AppIdMalformed => 10_003,
            Self::NoSuchApp => 10_014,
            Self::SecretWrong => 10_015,
            Self::Unknown(number) => number,
        }
    }
}

impl From<i64> for Code {
    fn from(number: i64) -> Self {
        let known = [
            Self::Busy,
            Self::Internal,
            Self::NoCredentials,
            Self::CredentialsWrong,
            Self::ConnectionLimit,
            Self::DomainWrong,
            Self::AppIdMalformed,
            Self::NoSuchApp,
            Self::SecretWrong,
        ];
        known.into_iter().find(|code| code.number() == number).unwrap_or(Self::Unknown(number))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}
