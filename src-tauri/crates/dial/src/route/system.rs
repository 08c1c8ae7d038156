use std::fmt;

use crate::proxy::{Credentials, Protocol, Proxy, ProxyError};
use crate::route::pac::PacPlace;

/// The operating system's proxy settings. The default is: nothing is set.
#[derive(Clone, Default, PartialEq)]
pub struct SystemProxies {
    /// What keeps them: `macOS`, `GNOME`, `KDE`.
    pub source: String,
    /// The proxy for unencrypted HTTP.
    pub http: Option<Place>,
    /// The proxy for HTTPS, which is reached over HTTP.
    pub https: Option<Place>,
    /// The SOCKS proxy.
    pub socks: Option<Place>,
    /// Where a PAC script is, as the settings write it; set only where it is to be used.
    pub pac: Option<String>,
    /// Whether a proxy is to be looked for by itself (WPAD).
    pub auto_discovery: bool,
    /// The hosts that the proxies are not for, as the settings write them.
    pub exceptions: Vec<String>,
    /// Whether it is the other way round: the proxies are for these hosts alone.
    pub exceptions_reversed: bool,
    /// Whether the proxies are not for names without a dot.
    pub simple_names_direct: bool,
    /// How a name among the exceptions is meant.
    pub names: Names,
}

/// Where a proxy is.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its name, or its address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who we are to it.
    pub credentials: Option<Credentials>,
}

/// What a name in a list of exceptions covers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Names {
    /// Itself alone; a glob such as `*.local` covers what it matches. macOS.
    #[default]
    Exact,
    /// Itself and every name under it. GNOME, KDE, `NO_PROXY`.
    Suffix,
}

impl SystemProxies {
    /// The proxy for an encrypted road. The one for HTTP is not for it: the systems keep them apart, and a browser asked
    /// for an `https` address goes straight where only the HTTP proxy is set.
    pub(super) fn for_tls(&self) -> Option<Result<Proxy, ProxyError>> {
        let https = self.https.as_ref().map(|place| place.proxy(Protocol::Http));
        https.or_else(|| self.socks.as_ref().map(|place| place.proxy(Protocol::Socks5h)))
    }
}

impl fmt::Debug for SystemProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A PAC script's URL may hold a token, and an entry of a list anything.
        let pac = self.pac.as_ref().map(|pac| pac.parse::<PacPlace>());
        f.debug_struct("SystemProxies")
            .field("source", &self.source)
            .field("http", &self.http)
            .field("https", &self.https)
            .field("socks", &self.socks)
            .field("pac", &pac)
            .field("auto_discovery", &self.auto_discovery)
            .field("exceptions", &self.exceptions.len())
            .field("exceptions_reversed", &self.exceptions_reversed)
            .field("simple_names_direct", &self.simple_names_direct)
            .field("names", &self.names)
            .finish()
    }
}

impl Place {
    fn proxy(&self, protocol: Protocol) -> Result<Proxy, ProxyError> {
        match (self.host.trim().trim_start_matches('[').trim_end_matches(']'), self.port) {
            ("", _) => Err(ProxyError::NoHost),
            (_, 0) => Err(ProxyError::NoPort),
            (host, port) => Ok(Proxy::new(protocol, host, port).with_credentials(self.credentials.clone())),
        }
    }
}
