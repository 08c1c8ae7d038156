use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use rustls::pki_types::{DnsName, ServerName};
use url::{Host, Url};

/// Where a road leads: scheme, host and port. A road without encryption leads to this machine only.
///
/// Displayed as `scheme://host[:port]`, with `http` and `https` as the schemes, the scheme's own port left out and IPv6
/// addresses in brackets. It never holds a path, a query or credentials, so it may be shown and logged.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Origin {
    scheme: Scheme,
    host: ServerName<'static>,
    port: u16,
}

/// Whether a road is encrypted.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Scheme {
    /// `http` and `ws`: to this machine only.
    Plain,
    /// `https` and `wss`.
    Tls,
}

/// Why a text is not a place we connect to, and what to write instead. It never repeats credentials.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OriginError {
    /// It is no URL at all, or it has no scheme.
    #[error("not a URL ({reason}): write it with its scheme, such as https://open.feishu.cn")]
    NotAUrl {
        /// What the URL parser found wrong; it does not quote the input.
        reason: String,
    },
    /// The scheme is none of `https`, `wss`, `http` and `ws`.
    #[error(
        "the scheme is not one Longwire speaks: write https:// or wss:// (http:// or ws:// for this machine)"
    )]
    UnknownScheme,
    /// The URL names no host, or a host that cannot exist.
    #[error("the URL names no valid host: write it like https://open.feishu.cn")]
    NoHost,
    /// The URL holds a user name or a password.
    #[error("the URL holds a user name or password: remove the part before the @")]
    Credentials,
    /// Port 0 is not a port one can connect to.
    #[error("port 0 cannot be connected to: name the port the server listens on")]
    NoPort,
    /// `http` or `ws` to another machine.
    #[error(
        "{host} is another machine, and unencrypted connections go to this one only: write https:// or wss://"
    )]
    PlainToElsewhere {
        /// The host as the URL names it.
        host: String,
    },
}

impl Origin {
    /// The origin of an `https`, `wss`, `http` or `ws` URL. Path, query and fragment are left behind.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let url =
            Url::parse(text.trim()).map_err(|error| OriginError::NotAUrl { reason: error.to_string() })?;
        Self::of(&url)
    }

    /// The origin of a URL that is already parsed.
    pub fn of(url: &Url) -> Result<Self, OriginError> {
        let scheme = match url.scheme() {
            "http" | "ws" => Scheme::Plain,
            "https" | "wss" => Scheme::Tls,
            _ => return Err(OriginError::UnknownScheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::Credentials);
        }
        let host = match url.host().ok_or(OriginError::NoHost)? {
            Host::Domain(name) => DnsName::try_from(name.to_owned()).map(ServerName::DnsName).ok(),
            Host::Ipv4(address) => Some(ServerName::IpAddress(IpAddr::from(address).into())),
            Host::Ipv6(address) => Some(ServerName::IpAddress(IpAddr::from(address).into())),
        };
        let host = host.ok_or(OriginError::NoHost)?;
        if scheme == Scheme::Plain && !names_this_machine(&host) {
            return Err(OriginError::PlainToElsewhere { host: host.to_str().into_owned() });
        }
        match url.port_or_known_default() {
            None | Some(0) => Err(OriginError::NoPort),
            Some(port) => Ok(Self { scheme, host, port }),
        }
    }

    /// Whether the road is encrypted.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host's name, or its address without brackets.
    pub fn host(&self) -> Cow<'_, str> {
        self.host.to_str()
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What a `Host` header holds: the host (IPv6 in brackets), and the port unless it is the scheme's own.
    pub fn authority(&self) -> String {
        let host = match self.address() {
            Some(IpAddr::V6(address)) => format!("[{address}]"),
            _ => self.host().into_owned(),
        };
        if self.port == self.scheme.port() { host } else { format!("{host}:{}", self.port) }
    }

    /// Whether it is on this machine: a loopback address, `localhost`, or a name under it. A road there leads to a loopback
    /// address whatever a resolver says of the name.
    pub fn is_this_machine(&self) -> bool {
        names_this_machine(&self.host)
    }

    /// The host's address, where the host is an address.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match &self.host {
            ServerName::IpAddress(address) => Some(IpAddr::from(*address)),
            _ => None,
        }
    }

    /// The name a certificate must carry.
    pub(crate) fn server_name(&self) -> ServerName<'static> {
        self.host.clone()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Plain => "http",
            Scheme::Tls => "https",
        };
        write!(f, "{scheme}://{}", self.authority())
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        Self::parse(text)
    }
}

impl Scheme {
    fn port(self) -> u16 {
        match self {
            Self::Plain => 80,
            Self::Tls => 443,
        }
    }
}

/// Whether an address is this machine's own, written as IPv4, as IPv6, or as IPv4 inside IPv6.
pub(crate) fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => {
            address == Ipv6Addr::LOCALHOST
                || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
    }
}

/// `localhost` and the names under it (RFC 6761 §6.3) are believed here; what they resolve to is checked again before
/// a connection is made, since a resolver may answer with anything.
fn names_this_machine(host: &ServerName<'static>) -> bool {
    match host {
        ServerName::IpAddress(address) => is_loopback(IpAddr::from(*address)),
        ServerName::DnsName(name) => {
            let name = name.as_ref().trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_shows_scheme_and_host_and_hides_the_schemes_own_port() {
        for (text, shown) in [
            ("https://open.feishu.cn", "https://open.feishu.cn"),
            ("https://open.feishu.cn:443/callback?ticket=t0p#x", "https://open.feishu.cn"),
            ("wss://msg-frontier.feishu.cn/ws/v2?access_key=k&ticket=t", "https://msg-frontier.feishu.cn"),
            ("  HTTPS://Open.Feishu.CN:8443 ", "https://open.feishu.cn:8443"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("ws://127.0.0.1:9000/a", "http://127.0.0.1:9000"),
            ("http://[::1]:9000", "http://[::1]:9000"),
            ("http://127.1:9", "http://127.0.0.1:9"),
            ("http://localhost:9", "http://localhost:9"),
            ("http://bot.localhost:9", "http://bot.localhost:9"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]"),
            ("https://例子.测试", "https://xn--fsqu00a.xn--0zwm56d"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn an_unencrypted_origin_must_be_this_machine() {
        for text in [
            "http://open.feishu.cn",
            "ws://192.168.1.2:80",
            "http://0.0.0.0:1",
            "http://[::]:1",
            "http://[::ffff:10.0.0.1]:1",
            "http://localhost.example.com",
            "http://notlocalhost:1",
        ] {
            let error = Origin::parse(text).unwrap_err();
            assert!(matches!(error, OriginError::PlainToElsewhere { .. }), "{text}: {error:?}");
        }
        assert!(Origin::parse("http://[::ffff:127.0.0.1]:1").is_ok());
    }

    #[test]
    fn credentials_are_refused_and_not_repeated() {
        for text in
            ["https://user:hunter2@open.feishu.cn", "https://hunter2@open.feishu.cn", "wss://:hunter2@a.b"]
        {
            let error = Origin::parse(text).unwrap_err();
            assert_eq!(error, OriginError::Credentials, "{text}");
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
        for text in
            ["hunter2", "hunter2:443", "hunter2@open.feishu.cn", "https://hunter2 x/", "ftp://u:hunter2@h"]
        {
            let error = Origin::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}: {error:?}");
        }
    }

    #[test]
    fn a_place_on_this_machine_is_known_by_its_address_or_by_the_names_that_are_its_own() {
        for text in [
            "https://localhost",
            "http://a.localhost:1",
            "https://127.9.9.9",
            "http://[::1]",
            "http://2130706433",
        ] {
            assert!(Origin::parse(text).unwrap().is_this_machine(), "{text}");
        }
        for text in
            ["https://localhost.evil.com", "https://0.0.0.0", "https://[::]", "https://127.0.0.1.nip.io"]
        {
            assert!(!Origin::parse(text).unwrap().is_this_machine(), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_place_is_refused_by_name() {
        let no_scheme = Origin::parse("open.feishu.cn").unwrap_err();
        assert!(matches!(&no_scheme, OriginError::NotAUrl { .. }), "{no_scheme:?}");
        assert!(no_scheme.to_string().contains("https://open.feishu.cn"));
        assert_eq!(Origin::parse("ftp://open.feishu.cn"), Err(OriginError::UnknownScheme));
        assert_eq!(Origin::parse("localhost:8080"), Err(OriginError::UnknownScheme));
        assert_eq!(Origin::parse("http://127.0.0.1:0"), Err(OriginError::NoPort));
        assert!(matches!(Origin::parse("https://"), Err(OriginError::NotAUrl { .. })));
    }
}
