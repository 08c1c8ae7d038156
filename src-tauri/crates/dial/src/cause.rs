use std::fmt;
use std::io;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use crate::certificate::date;
use crate::route::RouteFault;
use crate::trace::Fault;
use crate::tunnel::ProxyFault;

/// Why a step failed. Names and texts that come from the peer are cut to one harmless line.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Cause {
    /// dns: the host has no address.
    #[error("{why} ({fault})")]
    NoAddress {
        /// As far as the operating system tells.
        why: Lookup,
        /// What the operating system said.
        fault: Fault,
    },
    /// dns: the name is one of this machine's own, the only ones for an unencrypted road, and leads away from it.
    #[error("the name should be this machine's own, and leads to {} instead: not followed", list(addresses))]
    NotThisMachine {
        /// The addresses that were found and not used.
        addresses: Vec<IpAddr>,
    },
    /// tcp: nothing listens on the port.
    #[error("the connection was refused: nothing listens on that port")]
    Refused,
    /// tcp: no road to the host.
    #[error("the host cannot be reached: no network, or something blocks the way ({0})")]
    Unreachable(Fault),
    /// proxy: the way to the proxy, or through it.
    #[error(transparent)]
    Proxy(#[from] ProxyFault),
    /// proxy: what should say which way to take is wrong, or does not answer.
    #[error(transparent)]
    Route(#[from] RouteFault),
    /// Any stage: the step did not end within its deadline.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// Any stage: the peer, or something between, closed or reset the connection before the step was done.
    #[error("the connection was cut off by the other side")]
    Cut,
    /// tls: the chain leads to nobody trusted here: an intercepting proxy, most often.
    #[error("the certificate is signed by \"{issuer}\", which is not trusted here")]
    UntrustedIssuer {
        /// Who would have to be trusted: the issuer at the end of the chain that was presented.
        issuer: String,
    },
    /// tls: the peer signed its certificate itself.
    #[error("the certificate of \"{subject}\" is signed by itself and not trusted here")]
    SelfSigned {
        /// Whom the certificate names: common name, else organisation.
        subject: String,
    },
    /// tls: a certificate of the chain has expired.
    #[error("the certificate expired on {}", date(*not_after))]
    Expired {
        /// When it expired.
        not_after: SystemTime,
    },
    /// tls: a certificate of the chain is not valid yet: often a wrong clock.
    #[error("the certificate is not valid before {}; is the clock of this machine right?", date(*not_before))]
    NotYetValid {
        /// When it becomes valid.
        not_before: SystemTime,
    },
    /// tls: the certificate is for other names.
    #[error("the certificate is for {}, not for this host", names_or_nobody(names))]
    WrongHost {
        /// The names it is for.
        names: Vec<String>,
    },
    /// tls: the certificate has been revoked.
    #[error("the certificate has been revoked")]
    Revoked,
    /// tls: the certificate is unusable for another reason.
    #[error("the certificate cannot be accepted: {0}")]
    BadCertificate(String),
    /// tls: there is not one trusted root on this machine; [`Roots::problems`](crate::Roots::problems) says why.
    #[error("no trusted root certificates were found on this machine")]
    NoRoots,
    /// tls: the peer ended the handshake with an alert; its name in the TLS standard.
    #[error("the server ended the handshake with the alert \"{0}\"")]
    Alert(String),
    /// tls: what answers on the port does not speak TLS.
    #[error("what answers there does not speak TLS")]
    NotTls,
    /// tls: any other failure of the handshake.
    #[error("{0}")]
    Handshake(String),
    /// http: what answers there does not speak HTTP.
    #[error("the answer is not HTTP: {0}")]
    NotHttp(String),
    /// http: the answer is larger than the caller is ready to keep.
    #[error("the {part} of the answer is too large")]
    TooLarge {
        /// The part that is too large.
        part: Part,
    },
    /// Any stage: another error of the operating system.
    #[error("{0}")]
    Os(Fault),
}

/// Why a name has no address. Operating systems tell this in words only, and not all of them do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lookup {
    /// No host of that name exists.
    NoSuchHost,
    /// The name servers did not answer: no network, most often.
    Temporary,
    /// The operating system did not say.
    Unknown,
}

/// A part of an HTTP answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// The status line and headers.
    Headers,
    /// The body.
    Body,
}

impl Cause {
    /// What an error of the operating system means for a connection; `deadline` is named where it ran out inside it.
    pub(crate) fn of_fault(fault: Fault, deadline: Duration) -> Self {
        use io::ErrorKind as Kind;
        match fault.kind {
            Kind::ConnectionRefused => Self::Refused,
            Kind::NetworkUnreachable | Kind::HostUnreachable | Kind::NetworkDown | Kind::AddrNotAvailable => {
                Self::Unreachable(fault)
            }
            Kind::TimedOut => Self::TimedOut(deadline),
            Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::UnexpectedEof => {
                Self::Cut
            }
            _ => Self::Os(fault),
        }
    }
}

impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchHost => "no host of that name exists",
            Self::Temporary => "the name servers do not answer",
            Self::Unknown => "the name has no address",
        })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Headers => "head",
            Self::Body => "body",
        })
    }
}

fn list(addresses: &[IpAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn names_or_nobody(names: &[String]) -> String {
    if names.is_empty() { "no name at all".to_owned() } else { names.join(", ") }
}
