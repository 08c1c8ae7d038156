//! `kioslaverc`, where KDE keeps its proxies: <https://userbase.kde.org/KDE_System_Administration/Configuration_Files>.

use std::{collections::HashMap, fs, io, path::Path};

use secrecy::SecretString;
use url::Url;

use super::{Error, Place, Proxies, Source, entries};

/// Reads the file; `None` also where there is none.
pub(super) fn read(file: &Path) -> Result<Option<Proxies>, Error> {
    match fs::read(file) {
        Ok(bytes) => Ok(parse(&String::from_utf8_lossy(&bytes))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(Error::Unreadable { path: file.to_owned(), cause: error.to_string() }),
    }
}

fn parse(text: &str) -> Option<Proxies> {
    let settings = settings(text);
    let value = |key: &str| settings.get(key).map(String::as_str).filter(|value| !value.is_empty());
    let mut proxies = Proxies::none(Source::Kde);
    // 0 is none; 4 is the environment, which is looked at elsewhere.
    match value("ProxyType").unwrap_or_default() {
        "1" => {
            proxies.http = value("httpProxy").and_then(place);
            proxies.https = value("httpsProxy").and_then(place);
            proxies.socks = value("socksProxy").and_then(place);
        }
        "2" => proxies.pac = value("Proxy Config Script").map(str::to_owned),
        "3" => proxies.auto_discovery = true,
        _ => {}
    }
    proxies.exceptions = value("NoProxyFor").into_iter().flat_map(entries).collect();
    proxies.exceptions_reversed = value("ReversedException").is_some_and(|value| value == "true");
    proxies.if_any()
}

/// The group `[Proxy Settings]`, by key. KDE's own reader goes by: a later line wins, a key may carry options
/// (`ProxyType[$i]`), and a value escapes with a backslash.
fn settings(text: &str) -> HashMap<String, String> {
    let mut inside = false;
    let mut settings = HashMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            inside = line == "[Proxy Settings]";
        } else if let Some((key, value)) = line.split_once('=').filter(|_| inside) {
            let key = key.split('[').next().unwrap_or_default().trim_end();
            settings.insert(key.to_owned(), unescaped(value.trim_start()));
        }
    }
    settings
}

fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        match (c, if c == '\\' { rest.next() } else { None }) {
            ('\\', Some('s')) => text.push(' '),
            ('\\', Some('t')) => text.push('\t'),
            ('\\', Some('n')) => text.push('\n'),
            ('\\', Some(itself)) => text.push(itself),
            _ => text.push(c),
        }
    }
    text
}

/// `http://host 8080` as KDE writes it, `http://host:8080` as users do, with or without scheme and quotes.
fn place(written: &str) -> Option<Place> {
    let written = written.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    let joined = match written.rsplit_once(char::is_whitespace) {
        Some((host, port)) => format!("{}:{port}", host.trim_end().trim_end_matches('/')),
        None => written.to_owned(),
    };
    let url = if joined.contains("://") { joined } else { format!("http://{joined}") };
    let url = Url::parse(&url).ok()?;
    let port = url.port_or_known_default().or_else(|| url.scheme().starts_with("socks").then_some(1080))?;
    let host = url.host_str().filter(|host| !host.is_empty())?.trim_start_matches('[').trim_end_matches(']');
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    (port != 0).then(|| Place {
        host: host.to_owned(),
        port,
        user: Some(decoded(url.username())).filter(|user| !user.is_empty()),
        password: url.password().map(|password| SecretString::from(decoded(password))),
    })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const BY_HAND: &str = "PersistentProxyConnection=false\n[$Version]\nupdate_info=kioslave.upd:kde2.2/r1\n\n\
        [Proxy Settings]\nAuthMode=0\nNoProxyFor=localhost,127.0.0.1, .example.com\nProxy Config Script=http://pac/x\n\
        ProxyType=TYPE\nReversedException=false\nftpProxy=\nhttpProxy=http://127.0.0.1 8080\n\
        httpsProxy=http://127.0.0.1 7890\nsocksProxy=socks://127.0.0.1 1080\n\n[Other]\nProxyType=3\n";

    fn typed(kind: &str) -> Option<Proxies> {
        parse(&BY_HAND.replace("TYPE", kind))
    }

    #[test]
    fn the_type_rules_what_counts() {
        let by_hand = typed("1").unwrap();
        assert_eq!(by_hand.source, Source::Kde);
        assert_eq!(by_hand.http, Some(Place::open("127.0.0.1", 8080)));
        assert_eq!(by_hand.https, Some(Place::open("127.0.0.1", 7890)));
        assert_eq!(by_hand.socks, Some(Place::open("127.0.0.1", 1080)));
        assert_eq!(by_hand.exceptions, ["localhost", "127.0.0.1", ".example.com"]);
        assert!(!by_hand.exceptions_reversed && by_hand.pac.is_none() && !by_hand.auto_discovery);
        let script = typed("2").unwrap();
        assert_eq!((script.pac.as_deref(), script.https), (Some("http://pac/x"), None));
        assert!(typed("3").unwrap().auto_discovery);
        for nothing in ["0", "4", "", "five"] {
            assert_eq!(typed(nothing), None, "{nothing}");
        }
        assert_eq!(parse(""), None);
        assert_eq!(parse("[Proxy Settings]\nProxyType=2\n"), None, "a script that has no address");
    }

    #[test]
    fn places_are_read_in_every_way_they_are_written() {
        let v6 = Place::open("::1", 7890);
        for (written, expected) in [
            ("http://127.0.0.1 7890", Place::open("127.0.0.1", 7890)),
            ("\"http://127.0.0.1 7890\"", Place::open("127.0.0.1", 7890)),
            ("127.0.0.1 7890", Place::open("127.0.0.1", 7890)),
            ("127.0.0.1:7890", Place::open("127.0.0.1", 7890)),
            ("http://proxy.example:80", Place::open("proxy.example", 80)),
            ("http://proxy.example", Place::open("proxy.example", 80)),
            ("http://proxy.example/ 3128", Place::open("proxy.example", 3128)),
            ("socks5://proxy.example", Place::open("proxy.example", 1080)),
            ("http://[::1] 7890", v6.clone()),
            ("http://[::1]:7890", v6),
        ] {
            assert_eq!(place(written), Some(expected), "{written}");
        }
        for bad in [
            "",
            " ",
            "http://",
            "http:// 7890",
            "http://a b c",
            "http://proxy 0",
            "http://proxy 70000",
            "gopher://x",
        ] {
            assert_eq!(place(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn credentials_are_read_and_not_shown() {
        let place = place("http://me:it%27s%20secret@proxy.example 8080").unwrap();
        assert_eq!(place.user.as_deref(), Some("me"));
        assert_eq!(place.password.as_ref().unwrap().expose_secret(), "it's secret");
        assert_eq!(format!("{place:?}"), "proxy.example:8080 (with credentials)");
    }

    #[test]
    fn options_escapes_comments_and_a_list_turned_round_are_known() {
        let text = "[Proxy Settings]\n# ProxyType=3\nProxyType[$i]=0\nProxyType[$i] = 1\n\
            httpsProxy=http://127.0.0.1\\s7890\nReversedException=true\nNoProxyFor=a.example\n";
        let proxies = parse(text).unwrap();
        assert_eq!(proxies.https, Some(Place::open("127.0.0.1", 7890)));
        assert!(proxies.exceptions_reversed);
        assert_eq!(proxies.exceptions, ["a.example"]);
    }
}
