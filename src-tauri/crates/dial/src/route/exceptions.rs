//! The hosts that proxies are not for: `NO_PROXY`, and the lists of the systems' settings.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};
use url::Host;

use crate::origin::Origin;
use crate::route::glob;
use crate::route::system::Names;

/// The entries of a variable: separated by commas, or by space.
pub(super) fn of_variable(value: &str) -> impl Iterator<Item = &str> {
    value.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty())
}

/// The first of the entries that covers this origin, as it is written. What is no entry covers nothing and disturbs no
/// other.
pub(super) fn covering<'a>(
    entries: impl IntoIterator<Item = &'a str>,
    names: Names,
    origin: &Origin,
) -> Option<&'a str> {
    let host = origin.host().trim_end_matches('.').to_ascii_lowercase();
    let address = origin.address().map(|address| address.to_canonical());
    entries.into_iter().find(|entry| {
        let (covers, port) = Covers::of(entry.trim(), names);
        port.is_none_or(|port| port == origin.port()) && covers.covers(&host, address)
    })
}

/// What an entry is for.
enum Covers {
    /// Every host.
    Everything,
    /// This host.
    Name(String),
    /// This host, and every one under it.
    NameAndBelow(String),
    /// What a glob describes.
    Glob(String),
    /// These addresses. A name is never looked up for it.
    Addresses(IpNet),
    /// Nothing: it is no entry.
    Nothing,
}

impl Covers {
    /// What an entry is for, and at which port if it names one.
    fn of(entry: &str, names: Names) -> (Self, Option<u16>) {
        if entry.contains('/') {
            return (network(entry).map_or(Self::Nothing, Self::Addresses), None);
        }
        if let Ok(address) = entry.parse::<IpAddr>() {
            return (Self::address(address), None);
        }
        let (host, port) = match entry.rsplit_once(':') {
            None => (entry, None),
            Some((host, port)) => match port.parse() {
                Ok(port) => (host, Some(port)),
                // The colons of an IPv6 address in brackets.
                Err(_) if entry.ends_with(']') => (entry, None),
                Err(_) => return (Self::Nothing, None),
            },
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let covers = match bare.parse::<IpAddr>() {
            Ok(address) => Self::address(address),
            Err(_) => Self::named(host, names),
        };
        (covers, port)
    }

    fn address(address: IpAddr) -> Self {
        Self::Addresses(IpNet::from(address.to_canonical()))
    }

    fn named(name: &str, names: Names) -> Self {
        if name == "*" {
            return Self::Everything;
        }
        let name = name.to_ascii_lowercase();
        let (name, below) = match (names, name.strip_prefix("*.").or_else(|| name.strip_prefix('.'))) {
            (Names::Suffix, stripped) => (stripped.unwrap_or(&name), true),
            // A name with a dot before it is no name of a host: what is under it is meant.
            (Names::Exact, Some(_)) if name.starts_with('.') => {
                return Self::Glob(format!("*{}", name.trim_end_matches('.')));
            }
            (Names::Exact, _) => (name.as_str(), false),
        };
        let name = name.trim_end_matches('.');
        if name.is_empty() {
            return Self::Nothing;
        }
        if name.contains(['*', '?']) {
            return Self::Glob(name.to_owned());
        }
        // Origins write a name outside ASCII in its ASCII form.
        let name = match Host::parse(name) {
            Ok(Host::Domain(ascii)) if !name.is_ascii() => ascii,
            _ => name.to_owned(),
        };
        if below { Self::NameAndBelow(name) } else { Self::Name(name) }
    }

    fn covers(&self, host: &str, address: Option<IpAddr>) -> bool {
        match self {
            Self::Everything => true,
            Self::Name(name) => host == name,
            Self::NameAndBelow(name) => host
                .strip_suffix(name.as_str())
                .is_some_and(|above| above.is_empty() || above.ends_with('.') && address.is_none()),
            Self::Glob(pattern) => glob::matches(pattern, host),
            Self::Addresses(network) => address.is_some_and(|address| network.contains(&address)),
            Self::Nothing => false,
        }
    }
}

/// A network, also as macOS writes it: `169.254/16`.
fn network(text: &str) -> Option<IpNet> {
    if let Ok(network) = text.replace(['[', ']'], "").parse() {
        return Some(network);
    }
    let (start, length) = text.split_once('/')?;
    let mut octets = [0; 4];
    let mut places = octets.iter_mut();
    for part in start.split('.') {
        *places.next()? = part.parse().ok()?;
    }
    Ipv4Net::new(Ipv4Addr::from(octets), length.parse().ok()?).ok().map(IpNet::V4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn origin(text: &str) -> Origin {
        Origin::parse(&format!("https://{text}")).unwrap()
    }

    fn covered(entries: &str, names: Names, host: &str) -> bool {
        covering(of_variable(entries), names, &origin(host)).is_some()
    }

    #[test]
    fn no_proxy_means_a_name_and_those_under_it_addresses_networks_and_ports() {
        for (entries, host, expected) in [
            ("", "open.feishu.cn", false),
            (" , ,, ", "open.feishu.cn", false),
            ("*", "open.feishu.cn", true),
            ("*", "[2001:db8::1]:8443", true),
            ("feishu.cn", "feishu.cn", true),
            ("feishu.cn", "open.feishu.cn", true),
            ("feishu.cn", "notfeishu.cn", false),
            ("feishu.cn", "feishu.cn.evil.example", false),
            (".feishu.cn", "feishu.cn", true),
            (".feishu.cn", "open.feishu.cn", true),
            (".feishu.cn", "notfeishu.cn", false),
            ("*.feishu.cn", "feishu.cn", true),
            ("*.feishu.cn", "a.b.feishu.cn", true),
            ("FeiShu.CN.", "open.feishu.cn", true),
            ("open.*.cn", "open.feishu.cn", true),
            ("open.*.cn", "feishu.cn", false),
            ("a.example,feishu.cn", "open.feishu.cn", true),
            ("a.example feishu.cn", "open.feishu.cn", true),
            ("a.example,\tfeishu.cn ,b", "open.feishu.cn", true),
            ("feishu.cn:443", "open.feishu.cn", true),
            ("feishu.cn:8443", "open.feishu.cn", false),
            ("feishu.cn:8443", "open.feishu.cn:8443", true),
            ("*:8443", "open.feishu.cn:8443", true),
            ("*:8443", "open.feishu.cn", false),
            ("feishu.cn:x", "open.feishu.cn", false),
            ("feishu.cn:", "open.feishu.cn", false),
            ("https://open.feishu.cn", "open.feishu.cn", false),
            ("例子.测试", "a.xn--fsqu00a.xn--0zwm56d", true),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.30", false),
            ("10.1.2.3:443", "10.1.2.3", true),
            ("10.1.2.3:80", "10.1.2.3", false),
            ("2.3", "10.1.2.3", false),
            ("::1", "[::1]", true),
            ("[::1]", "[::1]", true),
            ("[::1]:443", "[::1]", true),
            ("[::1]:80", "[::1]", false),
            ("2001:DB8::1", "[2001:db8::1]", true),
            ("10.0.0.0/8", "10.200.0.1", true),
            ("10.0.0.1/8", "10.200.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "ten.example", false),
            ("10.0.0.0/8", "[::ffff:10.0.0.1]", true),
            ("169.254/16", "169.254.9.9", true),
            ("10/8", "10.1.1.1", true),
            ("2001:db8::/32", "[2001:db8:1::1]", true),
            ("[2001:db8::]/32", "[2001:db8:1::1]", true),
            ("2001:db8::/32", "10.0.0.1", false),
            ("10.0.0.0/33", "10.0.0.1", false),
            ("10.0.0.0/", "10.0.0.1", false),
            ("1.2.3.4.5/8", "1.2.3.4", false),
            ("/", "10.0.0.1", false),
            ("10.0.*", "10.0.0.1", true),
            ("user:hunter2@proxy", "proxy", false),
            (".", "open.feishu.cn", false),
            ("*.", "open.feishu.cn", false),
        ] {
            assert_eq!(covered(entries, Names::Suffix, host), expected, "{entries:?} {host}");
        }
    }

    #[test]
    fn the_entry_is_told_as_it_is_written() {
        let entries = "localhost, *.Feishu.cn:443 feishu.cn";
        let found = covering(of_variable(entries), Names::Suffix, &origin("open.feishu.cn"));
        assert_eq!(found, Some("*.Feishu.cn:443"));
    }

    #[test]
    fn the_mac_means_exactly_this_name_or_what_its_glob_describes() {
        let usual = ["*.local", "169.254/16"];
        let more = [
            "192.168.0.0/16",
            "127.0.0.1",
            "<local>",
            "*.local、10/8",
            "",
            "a b",
            "intern",
            "*.corp.example",
        ];
        let list = || usual.into_iter().chain(more);
        for (host, expected) in [
            ("printer.local", Some("*.local")),
            ("local", None),
            ("169.254.1.1", Some("169.254/16")),
            ("192.168.1.1", Some("192.168.0.0/16")),
            ("127.0.0.1", Some("127.0.0.1")),
            ("intern", Some("intern")),
            ("a.intern", None),
            ("git.corp.example", Some("*.corp.example")),
            ("corp.example", None),
            ("10.0.0.1", None),
            ("open.feishu.cn", None),
        ] {
            assert_eq!(covering(list(), Names::Exact, &origin(host)), expected, "{host}");
        }
        assert_eq!(covering([".corp.example"], Names::Exact, &origin("corp.example")), None);
        assert!(covering([".corp.example"], Names::Exact, &origin("a.corp.example")).is_some());
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(entries in any::<String>(), exact in any::<bool>()) {
            let names = if exact { Names::Exact } else { Names::Suffix };
            let hosts = [origin("open.feishu.cn"), origin("10.0.0.1"), origin("[::1]:8443")];
            for host in hosts {
                if let Some(entry) = covering(of_variable(&entries), names, &host) {
                    prop_assert!(entries.contains(entry));
                }
            }
        }

        #[test]
        fn a_name_covers_itself_and_what_is_under_it(
            name in "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}",
            below in "[a-z]{1,8}",
            dot in prop::sample::select(vec!["", ".", "*."]),
            around in prop::sample::select(vec![",", " ", ", "]),
        ) {
            let entries = format!("x.invalid{around}{dot}{name}{around}y.invalid");
            let beneath = format!("{below}.{name}");
            let beside = format!("{below}{name}");
            prop_assert!(covered(&entries, Names::Suffix, &name));
            prop_assert!(covered(&entries, Names::Suffix, &beneath));
            prop_assert!(!covered(&entries, Names::Suffix, &beside));
        }

        #[test]
        fn a_network_covers_what_shares_its_prefix(
            network in any::<u32>(), address in any::<u32>(), length in 0..=32u32,
        ) {
            let written = format!("{}/{length}", Ipv4Addr::from(network));
            let shares = length == 0 || (network ^ address) >> (32 - length) == 0;
            let host = Ipv4Addr::from(address).to_string();
            prop_assert_eq!(covered(&written, Names::Suffix, &host), shares);
        }
    }
}
