use std::io;
use std::time::Duration;

use crate::cause::Cause;
use crate::trace::Fault;

/// Why no tunnel through a proxy came to be. What the proxy said is kept as one harmless line, and credentials never are.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProxyFault {
    /// The proxy itself cannot be reached: its name has no address, or nothing answers there. Why, as of any connection.
    #[error("the proxy cannot be reached: {0}")]
    Unreachable(Box<Cause>),
    /// The TLS handshake with the proxy (`https`) failed. Why, as of any handshake.
    #[error("TLS with the proxy failed: {0}")]
    Tls(Box<Cause>),
    /// The proxy lets nobody through without credentials, and it has none of us.
    #[error("the proxy wants a user name and a password{}", by(schemes))]
    CredentialsWanted {
        /// How it takes them, in its own words (`Basic`); empty for SOCKS, which has no words for it.
        schemes: Vec<String>,
    },
    /// The proxy does not accept the credentials it was sent.
    #[error("the proxy refused the user name or the password")]
    CredentialsRefused,
    /// The proxy takes credentials, but in no way that is spoken here: not as `Basic`, not as SOCKS's user and password.
    #[error("the proxy takes a user name and a password in no way that Longwire speaks{}", by(schemes))]
    SchemeNotSpoken {
        /// How it takes them, in its own words (`NTLM`, `Negotiate`); empty for SOCKS.
        schemes: Vec<String>,
    },
    /// The credentials cannot be put into the proxy's protocol, so nothing was sent.
    #[error("the user name or the password cannot be sent to this proxy: {0}")]
    CredentialsUnsendable(&'static str),
    /// The proxy answered in HTTP, and not with a tunnel.
    #[error("the proxy answered {status}{}", said(start))]
    Refused {
        /// The HTTP status: neither 2xx nor 407.
        status: u16,
        /// How the answer's body begins; empty where it has none.
        start: String,
    },
    /// The proxy answered in SOCKS, and not with a tunnel.
    #[error("the proxy refused: {}", reply(*code))]
    SocksRefused {
        /// Its reply: 1 to 8 in SOCKS 5 (RFC 1928 §6), 91 to 93 in SOCKS 4.
        code: u8,
    },
    /// What answers there does not speak the protocol it was spoken to in, or says more than the protocol lets it.
    #[error("what answers there does not speak the proxy's protocol; it says: {start}")]
    OtherProtocol {
        /// How its answer begins; bytes that are no text are written `\x05`.
        start: String,
    },
    /// The proxy closed the connection before it had answered.
    #[error("the proxy closed the connection without an answer")]
    Cut,
    /// The proxy was reached, and did not answer in time.
    #[error("the proxy did not answer within {0:?}")]
    TimedOut(Duration),
    /// SOCKS 4 leads to IPv4 addresses only, and the host has none.
    #[error("SOCKS 4 leads to IPv4 addresses only, and the host has none: use socks5")]
    NoIpv4,
    /// SOCKS 5 takes names of 255 bytes at most (RFC 1928 §5).
    #[error("the host's name is too long for SOCKS 5")]
    NameTooLong,
    /// Another error of the operating system, in mid-conversation.
    #[error("{0}")]
    Os(Fault),
}

impl ProxyFault {
    /// What an error in mid-conversation means.
    pub(super) fn of(error: &io::Error) -> Self {
        match Cause::of_fault(error.into(), Duration::ZERO) {
            Cause::Cut => Self::Cut,
            _ => Self::Os(error.into()),
        }
    }

    /// The same in the words of a connection, for one of several addresses that were asked for.
    pub(super) fn as_of_address(&self) -> Fault {
        use io::ErrorKind as Kind;
        let kind = match self {
            Self::Os(fault) => return fault.clone(),
            Self::SocksRefused { code: 3 } => Kind::NetworkUnreachable,
            Self::SocksRefused { code: 4 } => Kind::HostUnreachable,
            Self::SocksRefused { code: 5 } => Kind::ConnectionRefused,
            _ => Kind::Other,
        };
        Fault { kind, code: None, text: self.to_string() }
    }

    /// How much the failure of one of several addresses tells, in the order of a connection's own.
    pub(super) fn telling(&self) -> u8 {
        match self {
            Self::SocksRefused { code: 5 } => 3,
            Self::SocksRefused { code: 3 | 4 | 8 } => 0,
            Self::TimedOut(_) => 1,
            _ => 2,
        }
    }
}

/// What a code of a SOCKS proxy means: RFC 1928 §6, and the memos "SOCKS" and "SOCKS 4A" of Ying-Da Lee.
fn reply(code: u8) -> String {
    let name = match code {
        1 => "a failure of its own",
        2 => "its rules do not allow this connection",
        3 => "the network cannot be reached from there",
        4 => "the host cannot be reached from there",
        5 => "the host refused the connection",
        6 => "the connection took too many hops (TTL expired)",
        7 => "it does not make connections (command not supported)",
        8 => "it does not take this type of address",
        91 => "the request was rejected, or the host did not answer",
        92 => "it cannot ask this machine who the user is (identd)",
        93 => "this machine names another user (identd)",
        _ => return format!("code {code}"),
    };
    format!("{name} (code {code})")
}

fn by(schemes: &[String]) -> String {
    if schemes.is_empty() { String::new() } else { format!(" (by {})", schemes.join(", ")) }
}

fn said(start: &str) -> String {
    if start.is_empty() { String::new() } else { format!(": {start}") }
}
