use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustls::pki_types::CertificateDer;

use crate::text;

/// What was seen on the way, whether or not the road was completed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Trace {
    /// How long finding the addresses took; absent where the host is an address, or no address was found.
    pub dns: Option<Duration>,
    /// How long connecting took; absent where it failed.
    pub tcp: Option<Duration>,
    /// How long the TLS handshake took; absent where it failed or none was made.
    pub tls: Option<Duration>,
    /// The address we are, or were, connected to.
    pub peer: Option<SocketAddr>,
    /// The addresses that failed, in the order they failed, also when another one then succeeded.
    pub attempts: Vec<Attempt>,
    /// The certificates the peer presented, its own first, whether or not they were trusted.
    pub chain: Vec<CertificateDer<'static>>,
    /// Who signed the peer's own certificate: common name, else organisation.
    pub issuer: Option<String>,
}

/// An address that could not be connected to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// The address.
    pub address: SocketAddr,
    /// What the operating system said.
    pub fault: Fault,
}

/// An error of the operating system, kept as it was told.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text}")]
pub struct Fault {
    /// Its kind.
    pub kind: io::ErrorKind,
    /// Its number, where the operating system gave one.
    pub code: Option<i32>,
    /// Its text, one line.
    pub text: String,
}

impl From<&io::Error> for Fault {
    fn from(error: &io::Error) -> Self {
        Self { kind: error.kind(), code: error.raw_os_error(), text: text::line(&error.to_string()) }
    }
}
