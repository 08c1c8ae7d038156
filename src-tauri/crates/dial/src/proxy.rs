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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_proxy_is_a_url_or_a_host_and_port() {
        for (text, shown) in [
            ("http://127.0.0.1:7890", "http://127.0.0.1:7890"),
            (" HTTP://Proxy.Corp:8080/ ", "http://proxy.corp:8080"),
            ("http://proxy.corp", "http://proxy.corp:80"),
            ("https://proxy.corp", "https://proxy.corp:443"),
            ("https://proxy.corp:80", "https://proxy.corp:80"),
            ("socks4://proxy.corp", "socks4://proxy.corp:1080"),
            ("socks4a://proxy.corp:1", "socks4a://proxy.corp:1"),
            ("socks5://127.0.0.1", "socks5://127.0.0.1:1080"),
            ("socks5h://proxy.corp:7890/path?query#fragment", "socks5h://proxy.corp:7890"),
            ("socks://proxy.corp", "socks5h://proxy.corp:1080"),
            ("SOCKS5://proxy.corp", "socks5://proxy.corp:1080"),
            ("127.0.0.1:7890", "http://127.0.0.1:7890"),
            ("localhost:7890", "http://localhost:7890"),
            ("proxy.corp", "http://proxy.corp:80"),
            ("hunter2:hunter2@proxy.corp:1", "http://proxy.corp:1"),
            ("http://[::1]:7890", "http://[::1]:7890"),
            ("socks5://[2001:db8::1]", "socks5://[2001:db8::1]:1080"),
            ("[::1]:7890", "http://[::1]:7890"),
        ] {
            let proxy: Proxy = text.parse().unwrap();
            assert_eq!(proxy.to_string(), shown, "{text}");
            assert!(!format!("{proxy} {proxy:?}").contains("hunter2"), "{proxy:?}");
        }
    }

    #[test]
    fn credentials_are_decoded() {
        for (text, user, password) in [
            ("http://me:hunter2@h", "me", "hunter2"),
            ("http://me%40corp:p%3Aa%2Fb%25@h", "me@corp", "p:a/b%"),
            ("http://me:p@ss@h", "me", "p@ss"),
            ("socks5://me@h", "me", ""),
            ("socks5://:secret@h", "", "secret"),
            ("socks5://%E5%BC%A0:%E4%B8%89@h", "张", "三"),
        ] {
            let proxy: Proxy = text.parse().unwrap();
            let credentials = proxy.credentials().unwrap();
            assert_eq!((credentials.user.as_str(), credentials.password.expose_secret()), (user, password));
        }
        assert_eq!("http://h".parse::<Proxy>().unwrap().credentials(), None);
        assert_eq!("http://@h".parse::<Proxy>().unwrap().credentials(), None);
    }

    #[test]
    fn what_names_no_proxy_is_refused_by_name_and_not_repeated() {
        for (text, expected) in [
            ("", ProxyError::NotAUrl),
            ("hunter2 hunter2", ProxyError::NotAUrl),
            ("http://hunter2:99999", ProxyError::NotAUrl),
            ("http://u:hunter2@", ProxyError::NotAUrl),
            ("::1:7890", ProxyError::NotAUrl),
            ("ftp://u:hunter2@h", ProxyError::UnknownScheme),
            ("socks6://hunter2", ProxyError::UnknownScheme),
            ("socks5:///hunter2", ProxyError::NoHost),
            ("http://u:hunter2@h:0", ProxyError::NoPort),
            ("socks5://h:0", ProxyError::NoPort),
        ] {
            let error = text.parse::<Proxy>().unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}: {error:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in any::<String>()) {
            if let Ok(proxy) = text.parse::<Proxy>() {
                prop_assert!(proxy.port() != 0 && !proxy.host().is_empty());
            }
        }

        #[test]
        fn what_is_shown_names_the_same_proxy(
            scheme in prop::sample::select(vec!["http", "https", "socks4", "socks4a", "socks5", "socks5h"]),
            host in "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}|10\\.0\\.0\\.[1-9]|\\[2001:db8::[1-9]\\]",
            port in 1..u16::MAX,
        ) {
            let text = format!("{scheme}://{host}:{port}");
            let proxy: Proxy = text.parse().unwrap();
            prop_assert_eq!(proxy.to_string(), text);
            prop_assert_eq!(proxy.to_string().parse::<Proxy>().unwrap(), proxy);
        }
    }
}
