use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::origin::Origin;

/// Where a tunnel is to lead. Displayed as `host:port`, IPv6 in brackets: the authority form of RFC 9112 §3.2.3.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Place {
    pub(super) host: Host,
    pub(super) port: u16,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Host {
    /// For the proxy to resolve.
    Name(String),
    Address(IpAddr),
}

impl Place {
    pub(super) fn of(origin: &Origin) -> Self {
        let host = match origin.address() {
            Some(address) => Host::Address(address),
            None => Host::Name(origin.host().into_owned()),
        };
        Self { host, port: origin.port() }
    }
}

impl From<SocketAddr> for Place {
    fn from(address: SocketAddr) -> Self {
        Self { host: Host::Address(address.ip()), port: address.port() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Name(name) => write!(f, "{name}:{}", self.port),
            Host::Address(address) => SocketAddr::new(*address, self.port).fmt(f),
        }
    }
}
