//! `org.gnome.system.proxy`, as `gsettings` prints it.

use std::{collections::HashMap, path::Path, time::Duration};

use secrecy::SecretString;

use super::{
    Error, Place, Proxies, Source, entries,
    gvariant::{self, Value},
};
use crate::command::{self, Mute};

const SCHEMA: &str = "org.gnome.system.proxy";

/// Asks `gsettings`, which may take until the `deadline`. `None` also where no desktop has brought the schema.
pub(super) fn read(
    gsettings: &Path,
    config: Option<&Path>,
    deadline: Duration,
) -> Result<Option<Proxies>, Error> {
    let mut command = command::command(gsettings);
    // The words of an error are looked at below.
    command.args(["list-recursively", SCHEMA]).env("LC_ALL", "C");
    if let Some(config) = config {
        command.env("XDG_CONFIG_HOME", config);
    }
    let program = || gsettings.to_owned();
    let said = command::run(&mut command, deadline).map_err(|mute| match mute {
        Mute::Failed(error) => Error::Failed { program: program(), cause: error.to_string() },
        Mute::TooSlow => Error::TooSlow { program: program(), deadline },
    })?;
    if said.status.success() {
        return parse(&String::from_utf8_lossy(&said.output));
    }
    let errors = String::from_utf8_lossy(&said.errors);
    if errors.contains("No such schema") || errors.contains("No schemas installed") {
        return Ok(None);
    }
    let first = errors.lines().map(str::trim).find(|line| !line.is_empty());
    let cause = first.map_or_else(|| said.status.to_string(), str::to_owned);
    Err(Error::Failed { program: program(), cause })
}

/// What the printed settings say.
fn parse(printed: &str) -> Result<Option<Proxies>, Error> {
    let settings = Settings::read(printed);
    let mut proxies = Proxies::none(Source::Gnome);
    match settings.text("mode") {
        Some("none") => {}
        Some("auto") => match settings.text("autoconfig-url").map(str::trim) {
            None | Some("") => proxies.auto_discovery = true,
            Some(url) => proxies.pac = Some(url.to_owned()),
        },
        Some("manual") => {
            proxies.http = settings.place("http").map(|place| settings.with_credentials(place));
            // GNOME's own resolver sends https through the proxy for http where it has none of its own.
            proxies.https = settings.place("https").or_else(|| proxies.http.clone());
            proxies.socks = settings.place("socks");
        }
        _ => return Err(Error::NotUnderstood(Source::Gnome)),
    }
    if let Some(Value::Texts(hosts)) = settings.0.get("ignore-hosts") {
        proxies.exceptions = hosts.iter().flat_map(|hosts| entries(hosts)).collect();
    }
    Ok(proxies.if_any())
}

/// Values by their key, below the schema: `mode`, `http host`.
struct Settings(HashMap<String, Value>);

impl Settings {
    /// Lines of other schemas, and values of other types, are left out.
    fn read(printed: &str) -> Self {
        let setting = |line: &str| {
            let rest = line.strip_prefix(SCHEMA)?;
            let (key, value) = match rest.strip_prefix('.') {
                None => rest.strip_prefix(' ')?.split_once(' ')?,
                Some(below) => {
                    let schema = below.find(' ')?;
                    let key = schema + 1 + below[schema + 1..].find(' ')?;
                    (&below[..key], &below[key + 1..])
                }
            };
            Some((key.to_owned(), gvariant::parse(value)?))
        };
        Self(printed.lines().filter_map(setting).collect())
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn place(&self, protocol: &str) -> Option<Place> {
        let written = self.text(&format!("{protocol} host"))?.trim();
        // Users paste a URL into the field of the host.
        let host = written.split_once("://").map_or(written, |(_, host)| host).trim_end_matches('/');
        let Some(Value::Number(port)) = self.0.get(&format!("{protocol} port")) else { return None };
        let port = u16::try_from(*port).ok().filter(|port| *port != 0)?;
        (!host.is_empty()).then(|| Place::open(host.trim_start_matches('[').trim_end_matches(']'), port))
    }

    /// Only the proxy for http has credentials in these settings.
    fn with_credentials(&self, place: Place) -> Place {
        if self.0.get("http use-authentication") != Some(&Value::Switch(true)) {
            return place;
        }
        let text = |key| self.text(key).filter(|text| !text.is_empty()).map(str::to_owned);
        Place {
            user: text("http authentication-user"),
            password: text("http authentication-password").map(SecretString::from),
            ..place
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    /// The settings of a new desktop, with some of them changed.
    fn printed(changes: &[(&str, &str)]) -> String {
        let fresh = [
            (" autoconfig-url", "''"),
            (" ignore-hosts", "['localhost', '127.0.0.0/8', '::1']"),
            (" mode", "'none'"),
            (" use-same-proxy", "true"),
            (".ftp host", "''"),
            (".ftp port", "0"),
            (".http authentication-password", "''"),
            (".http authentication-user", "''"),
            (".http enabled", "false"),
            (".http host", "''"),
            (".http port", "8080"),
            (".http use-authentication", "false"),
            (".https host", "''"),
            (".https port", "0"),
            (".socks host", "''"),
            (".socks port", "0"),
        ];
        let line = |(key, value): (&str, &str)| {
            let changed = changes.iter().find(|(change, _)| *change == key);
            format!("{SCHEMA}{key} {}\n", changed.map_or(value, |(_, value)| value))
        };
        fresh.into_iter().map(line).collect()
    }

    fn set(changes: &[(&str, &str)]) -> Proxies {
        parse(&printed(changes)).unwrap().unwrap()
    }

    #[test]
    fn a_new_desktop_sets_nothing() {
        assert_eq!(parse(&printed(&[])), Ok(None));
        let switched_off = printed(&[(".https host", "'127.0.0.1'"), (".https port", "7890")]);
        assert_eq!(parse(&switched_off), Ok(None), "the mode rules");
        assert_eq!(parse(&printed(&[(" mode", "'manual'")])), Ok(None), "switched on, and empty");
    }

    #[test]
    fn proxies_set_by_hand_are_read() {
        let proxies = set(&[
            (" mode", "'manual'"),
            (".http host", "'10.0.0.1'"),
            (".http port", "3128"),
            (".https host", "'http://127.0.0.1/'"),
            (".https port", "7890"),
            (".socks host", "'[::1]'"),
            (".socks port", "1080"),
            (" ignore-hosts", "['localhost', '*.example.com，10.0.0.0/8']"),
        ]);
        assert_eq!(proxies.source, Source::Gnome);
        assert_eq!(proxies.http, Some(Place::open("10.0.0.1", 3128)));
        assert_eq!(proxies.https, Some(Place::open("127.0.0.1", 7890)));
        assert_eq!(proxies.socks, Some(Place::open("::1", 1080)));
        assert_eq!(proxies.exceptions, ["localhost", "*.example.com", "10.0.0.0/8"]);
        assert_eq!((proxies.pac, proxies.auto_discovery), (None, false));
    }

    #[test]
    fn the_proxy_for_http_serves_https_where_that_has_none_and_brings_its_credentials() {
        let with = |switch| {
            set(&[
                (" mode", "'manual'"),
                (".http host", "'proxy.example'"),
                (".http use-authentication", switch),
                (".http authentication-user", "'me'"),
                (".http authentication-password", r"'it\'s secret'"),
            ])
        };
        let place = with("true").https.unwrap();
        assert_eq!(
            (place.host.as_str(), place.port, place.user.as_deref()),
            ("proxy.example", 8080, Some("me"))
        );
        assert_eq!(place.password.as_ref().unwrap().expose_secret(), "it's secret");
        assert_eq!(format!("{place:?}"), "proxy.example:8080 (with credentials)");
        assert_eq!(with("false").https, Some(Place::open("proxy.example", 8080)));
    }

    #[test]
    fn a_script_is_given_or_looked_for() {
        let pac = set(&[(" mode", "'auto'"), (" autoconfig-url", "'http://127.0.0.1:33331/commands/pac'")]);
        assert_eq!(
            (pac.pac.as_deref(), pac.auto_discovery),
            (Some("http://127.0.0.1:33331/commands/pac"), false)
        );
        assert_eq!(pac.exceptions.len(), 3);
        let wpad = set(&[(" mode", "'auto'")]);
        assert_eq!((wpad.pac, wpad.auto_discovery), (None, true));
    }

    #[test]
    fn a_place_without_a_usable_port_is_none() {
        for port in ["0", "-1", "65536", "'8080'"] {
            let printed =
                printed(&[(" mode", "'manual'"), (".https host", "'proxy'"), (".https port", port)]);
            assert_eq!(parse(&printed), Ok(None), "{port}");
        }
    }

    #[test]
    fn garbage_is_not_taken_for_no_proxy() {
        for garbage in [
            "",
            "gsettings 2.74",
            "\0\0",
            "org.gnome.system.proxy mode",
            "org.gnome.system.proxy mode 'other'",
        ] {
            assert_eq!(parse(garbage), Err(Error::NotUnderstood(Source::Gnome)), "{garbage:?}");
        }
    }
}
