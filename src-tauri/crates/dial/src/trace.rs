use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustls::pki_types::CertificateDer;

use crate::cause::Cause;
use crate::error::Stage;
use crate::proxy::{Protocol, Proxy};
use crate::route::Why;
use crate::text;

/// What was seen on the way, whether or not the road was completed. It holds no secret.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The way that was taken, the last one where several were tried; absent where none was decided on.
    pub route: Option<Taken>,
    /// The ways that were tried before and failed, in that order.
    pub ways_failed: Vec<FailedWay>,
    /// How long finding the host's addresses took; absent where the host is an address, the proxy finds them, or none
    /// was found.
    pub dns: Option<Duration>,
    /// How long connecting to the host took; absent where it failed, and where a proxy connects.
    pub tcp: Option<Duration>,
    /// How long it took until the tunnel through the proxy stood; absent where it failed, and without a proxy.
    pub proxy: Option<Duration>,
    /// How long the TLS handshake with the host took; absent where it failed or none was made.
    pub tls: Option<Duration>,
    /// The host's address we are, or were, connected to; through a proxy, only where it was found here.
    pub peer: Option<SocketAddr>,
    /// The proxy's address we are, or were, connected to.
    pub proxy_peer: Option<SocketAddr>,
    /// The addresses that failed, in the order they failed, also when another one then succeeded: the host's, and
    /// those of the proxy in the way.
    pub attempts: Vec<Attempt>,
    /// The certificates an `https` proxy presented, its own first, whether or not they were trusted.
    pub proxy_chain: Vec<CertificateDer<'static>>,
    /// The certificates the host presented, its own first, whether or not they were trusted.
    pub chain: Vec<CertificateDer<'static>>,
    /// Who signed the host's own certificate: common name, else organisation.
    pub issuer: Option<String>,
}

/// The way a road took.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Taken {
    /// The proxy in the way; absent where it went straight.
    pub proxy: Option<ProxyPlace>,
    /// Why it went there.
    pub why: Why,
}

/// Where a proxy is and how it is spoken to, without who we are to it. Displayed as `protocol://host:port`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ProxyPlace {
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Its name, or its address without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// A way that was tried and led nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedWay {
    /// The proxy in the way; absent where it went straight.
    pub proxy: Option<ProxyPlace>,
    /// The step that failed.
    pub stage: Stage,
    /// Why it failed.
    pub cause: Cause,
    /// The addresses that failed.
    pub attempts: Vec<Attempt>,
}

/// An address that could not be connected to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// The address.
    pub address: SocketAddr,
    /// What the operating system said, or the proxy that was to connect to it.
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

impl ProxyPlace {
    /// The place of a proxy.
    pub fn of(proxy: &Proxy) -> Self {
        Self { protocol: proxy.protocol(), host: proxy.host().to_owned(), port: proxy.port() }
    }
}

impl fmt::Display for ProxyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Proxy::new(self.protocol, self.host.as_str(), self.port).fmt(f)
    }
}
