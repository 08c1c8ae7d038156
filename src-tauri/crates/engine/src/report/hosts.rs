//! Hosts: the user's own get a number each; the platform's and this machine's stay.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use longwire_openplatform::samples;

/// The numbers that hosts have, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    numbers: BTreeMap<String, usize>,
}

/// What belongs to the platform.
const PLATFORM: &[&str] = &["feishu.cn", "larksuite.com", "larkoffice.com"];
/// What follows the last dot of names that are files or callbacks and no hosts.
const FILES: &[&str] = &[
    "app", "cer", "conf", "crt", "dat", "db", "der", "exe", "get", "html", "js", "json", "key", "log", "md",
    "mjs", "ndjson", "p12", "pac", "pem", "plist", "py", "rs", "sh", "so", "sock", "toml", "trigger", "ts",
    "txt", "yaml", "yml", "zip",
];

/// How names begin that are places in an event, or parts of a system.
const PLACES: &[&str] = &["event.", "header.", "org.freedesktop.", "org.gnome.", "org.kde.", "com.apple."];
/// What follows the last dot of a host, whatever it begins with.
const DOMAINS: &[&str] =
    &["cn", "com", "corp", "example", "home", "internal", "intranet", "io", "lan", "local", "net", "org"];

impl Hosts {
    /// A host as it is to be shown.
    pub(super) fn shown(&mut self, host: &str) -> String {
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        if stays(&name) || self.stands_for_one(&name) {
            return host.to_owned();
        }
        let next = self.numbers.len() + 1;
        format!("host-{}", self.numbers.entry(name).or_insert(next))
    }

    /// Whether this is what was put in the place of a host before.
    fn stands_for_one(&self, name: &str) -> bool {
        let number = name.strip_prefix("host-").and_then(|number| number.parse::<usize>().ok());
        number.is_some_and(|number| (1..=self.numbers.len()).contains(&number))
    }

    /// Those that may be told from a word wherever they stand, each with what stands for it.
    pub(super) fn known(&self) -> impl Iterator<Item = (String, String)> {
        let telling = |name: &&String| name.contains(|c: char| c == '.' || c == '-' || c.is_ascii_digit());
        let names = self.numbers.keys().filter(telling);
        names.map(|name| (name.clone(), format!("host-{}", self.numbers[name])))
    }

    /// A host, or a host and a port, in a place where there can be nothing else.
    pub(super) fn authority(&mut self, text: &str) -> String {
        match parted(text) {
            (host, Some(port)) => format!("{}:{port}", self.shown(host)),
            (host, None) => self.shown(host),
        }
    }

    /// A word, where it is an address or looks like the name of a host.
    pub(super) fn word(&mut self, word: &str) -> Option<String> {
        let (host, port) = parted(word);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if bare.split('%').next().unwrap_or(bare).parse::<IpAddr>().is_ok() {
            return Some(self.authority(word));
        }
        (is_name(host, port.is_some())).then(|| self.authority(word))
    }
}

fn stays(name: &str) -> bool {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    match bare.parse() {
        Ok(IpAddr::V4(v4)) => v4.is_loopback() || v4.is_unspecified() || is_made_up(v4),
        Ok(IpAddr::V6(v6)) => v6.is_loopback() || v6 == Ipv6Addr::UNSPECIFIED,
        Err(_) => {
            let below = |domain: &&str| {
                name.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            bare.is_empty() || PLATFORM.iter().any(below) || below(&"localhost")
        }
    }
}

/// Whether a proxy program made this address up, which is worth knowing.
fn is_made_up(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [198, 18 | 19, ..])
}

/// A host, and its port where it has one.
fn parted(text: &str) -> (&str, Option<&str>) {
    let is_port =
        |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    match text.rsplit_once(':') {
        Some((host, port)) if is_port(port) && (!host.contains(':') || host.ends_with(']')) => {
            (host, Some(port))
        }
        _ => (text, None),
    }
}

fn is_name(host: &str, has_port: bool) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if !host.bytes().all(fits) || !host.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    match host.trim_end_matches('.').rsplit_once('.') {
        None => has_port,
        Some((first, last)) => {
            let word = last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic());
            let name = word || last.starts_with("xn--");
            // With a port, even a name that ends like a file is a host; with a line's number it is not told from one.
            let last = last.to_ascii_lowercase();
            let is_ours = !has_port && !DOMAINS.contains(&last.as_str()) && is_place_or_type(host);
            !first.is_empty() && name && !is_ours && !FILES.contains(&last.as_str())
        }
    }
}

/// Whether this is a place in an event, a part of a system, or begins as an event type of the platform's does.
fn is_place_or_type(name: &str) -> bool {
    let begins_as = |of: &str| name.splitn(3, '.').take(2).eq(of.splitn(3, '.').take(2));
    PLACES.iter().any(|place| name.starts_with(place))
        || samples().iter().any(|sample| begins_as(sample.event_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_of_the_users_has_one_number_wherever_it_stands() {
        let mut hosts = Hosts::default();
        for (word, shown) in [
            ("proxy.corp.example:8080", "host-1:8080"),
            ("squid:3128", "host-2:3128"),
            ("PROXY.corp.example.", "host-1"),
            ("10.1.2.3", "host-3"),
            ("10.1.2.3:443", "host-3:443"),
            ("[fe80::1%en0]:443", "host-4:443"),
            ("2001:db8::7", "host-5"),
            ("nas.xn--fiqs8s", "host-6"),
        ] {
            assert_eq!(hosts.word(word).as_deref(), Some(shown), "{word}");
        }
    }

    #[test]
    fn the_platforms_hosts_and_this_machine_stay() {
        let mut hosts = Hosts::default();
        for word in [
            "open.feishu.cn",
            "msg-frontier.larksuite.com:443",
            "127.0.0.1:7890",
            "[::1]:80",
            "localhost:3000",
            "bot.localhost:3000",
            "198.18.0.4",
            "0.0.0.0",
        ] {
            assert_eq!(hosts.word(word).as_deref(), Some(word));
        }
        assert_eq!(hosts.word("notfeishu.cn").as_deref(), Some("host-1"));
        assert_eq!(hosts.word("feishu.cn.evil.example").as_deref(), Some("host-2"));
    }

    #[test]
    fn files_types_and_numbers_are_no_hosts() {
        let mut hosts = Hosts::default();
        for word in [
            "config.toml",
            "bot.py",
            "im.message.receive_v1",
            "card.action.trigger",
            "im.message",
            "event.sender.name",
            "header.app.id",
            "org.freedesktop.DBus.Error.ServiceUnknown",
            "org.gnome.Shell",
            "org.kde.kdeglobals",
            "com.apple.security",
            "libcurl.so",
            "1.5",
            "v0.1.0",
            "12:30",
            "connected",
        ] {
            assert_eq!(hosts.word(word), None, "{word}");
        }
    }

    #[test]
    fn a_host_that_begins_as_a_place_or_a_type_does_is_one() {
        let mut hosts = Hosts::default();
        for (word, shown) in [
            ("event.corp.example", "host-1"),
            ("im.chat.corp.cn", "host-2"),
            ("event.sender.name:8080", "host-3:8080"),
            ("im.corp.party", "host-4"),
        ] {
            assert_eq!(hosts.word(word).as_deref(), Some(shown), "{word}");
        }
    }
}
