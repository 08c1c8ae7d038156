use std::fmt;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

/// A proxy: how it is spoken to, where it is, and who we are to it.
///
/// Displayed as `protocol://host:port`; credentials are never shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Proxy {
    protocol: Protocol,
    host: String,
    port: u16,
    credentials: Option<Credentials>,
}

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Protocol {
    /// HTTP `CONNECT` (RFC 9110 §9.3.6).
    Http,
    /// The same over TLS.
    Https,
    /// SOCKS 4; the name is resolved here, and only IPv4 leads through.
    Socks4,
    /// SOCKS 4a; the proxy resolves the name.
    Socks4a,
    /// SOCKS 5 (RFC 1928); the name is resolved here.
    Socks5,
    /// SOCKS 5; the proxy resolves the name.
    Socks5h,
}

/// Who we are to a proxy. Neither the name nor the password is shown.
#[derive(Clone)]
pub struct Credentials {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// Why a text names no proxy. It never repeats the text, which may hold a password.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProxyError {
    /// It is no URL.
    #[error("not a proxy's address: write it like http://127.0.0.1:7890 or socks5://127.0.0.1:1080")]
    NotAUrl,
    /// The scheme is none that we speak.
    #[error("the proxy's scheme is not one Longwire speaks: http, https, socks4, socks4a, socks5 or socks5h")]
    UnknownScheme,
    /// It names no host.
    #[error("the proxy's address names no host")]
    NoHost,
    /// Port 0.
    #[error("port 0 cannot be connected to: name the port the proxy listens on")]
    NoPort,
}

impl Proxy {
    /// A proxy without credentials.
    pub fn new(protocol: Protocol, host: impl Into<String>, port: u16) -> Self {
        Self { protocol, host: host.into(), port, credentials: None }
    }

    /// The same, with credentials.
    pub fn with_credentials(self, credentials: Option<Credentials>) -> Self {
        Self { credentials, ..self }
    }

    /// How it is spoken to.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Its name, or its address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Who we are to it.
    pub fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }
}

impl FromStr for Proxy {
    type Err = ProxyError;

    /// A URL, or `host:port` alone, which means `http`. `socks` means `socks5h`, as most programs take it. Path, query
    /// and fragment are left behind; user name and password are percent-decoded.
    fn from_str(text: &str) -> Result<Self, ProxyError> {
        let text = text.trim();
        let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&with_scheme).map_err(|_| ProxyError::NotAUrl)?;
        let protocol = match url.scheme() {
            "http" => Protocol::Http,
            "https" => Protocol::Https,
            "socks4" => Protocol::Socks4,
            "socks4a" => Protocol::Socks4a,
            "socks5" => Protocol::Socks5,
            "socks5h" | "socks" => Protocol::Socks5h,
            _ => return Err(ProxyError::UnknownScheme),
        };
        let host = match url.host().ok_or(ProxyError::NoHost)? {
            Host::Domain("") => return Err(ProxyError::NoHost),
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let port = url.port().unwrap_or_else(|| protocol.port());
        if port == 0 {
            return Err(ProxyError::NoPort);
        }
        let named = !url.username().is_empty() || url.password().is_some();
        let credentials = named.then(|| Credentials {
            user: decoded(url.username()),
            password: decoded(url.password().unwrap_or_default()).into(),
        });
        Ok(Self { protocol, host, port, credentials })
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { protocol, host, port, .. } = self;
        if host.contains(':') {
            write!(f, "{protocol}://[{host}]:{port}")
        } else {
            write!(f, "{protocol}://{host}:{port}")
        }
    }
}

impl Protocol {
    /// The port where a URL names none; that of curl for HTTP (1080 for SOCKS is IANA's).
    fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Socks4 | Self::Socks4a | Self::Socks5 | Self::Socks5h => 1080,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks4 => "socks4",
            Self::Socks4a => "socks4a",
            Self::Socks5 => "socks5",
            Self::Socks5h => "socks5h",
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl PartialEq for Credentials {
    fn eq(&self, other: &Self) -> bool {
        self.user == other.user && self.password.expose_secret() == other.password.expose_secret()
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}
