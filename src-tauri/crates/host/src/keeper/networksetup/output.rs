use longwire_contract::{ProxyEntry, ProxyKind};

use crate::command::Said;

/// `networksetup` alone ends so, where an administrator is wanted.
const WANTS_ADMINISTRATOR: i32 = 14;

/// What a tool said, and whether it failed by its own word.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) failed: bool,
    pub(super) text: String,
    pub(super) errors: String,
    status: String,
    code: Option<i32>,
}

impl Output {
    /// Names must be exact to be of use, so bytes that are no text are an error.
    pub(super) fn new(said: Said) -> Result<Self, Vec<u8>> {
        Ok(Self {
            failed: !said.status.success(),
            text: String::from_utf8(said.output).map_err(|error| error.into_bytes())?,
            errors: String::from_utf8_lossy(&said.errors).into_owned(),
            status: said.status.to_string(),
            code: said.status.code(),
        })
    }

    /// An error may be told in the output alone, with a status of success.
    pub(super) fn tells_error(&self) -> bool {
        self.error_lines().next().is_some()
    }

    pub(super) fn wants_administrator(&self) -> bool {
        self.code == Some(WANTS_ADMINISTRATOR)
            || self
                .error_lines()
                .chain(self.errors.lines())
                .any(|line| line.contains("requires admin privileges"))
    }

    /// Whether it knows no service of this name.
    pub(super) fn is_about_no_service(&self, name: &str) -> bool {
        let known = |line: &str| {
            line.trim_end_matches('\r').strip_prefix(name) == Some(" is not a recognized network service.")
        };
        self.text.split('\n').any(known)
    }

    /// Why it failed, in its own words as far as there are any.
    pub(super) fn cause(&self) -> String {
        let mut lines = self.errors.lines().chain(lines(&self.text)).map(str::trim);
        lines.find(|line| !line.is_empty()).map_or_else(|| self.status.clone(), str::to_owned)
    }

    fn error_lines(&self) -> impl Iterator<Item = &str> {
        lines(&self.text).filter(|line| line.starts_with("** Error"))
    }
}

/// AppleScript ends its lines with a carriage return.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r'])
}

/// A setting of a service, as the command that reads this kind prints it.
pub(super) fn entry(kind: ProxyKind, text: &str) -> Option<ProxyEntry> {
    let entry = ProxyEntry { kind, on: false, value: String::new(), port: 0, authenticated: false };
    match kind {
        ProxyKind::Web | ProxyKind::SecureWeb | ProxyKind::Socks => Some(ProxyEntry {
            on: switch(field(text, "Enabled")?, "Yes", "No")?,
            value: field(text, "Server")?.to_owned(),
            port: field(text, "Port")?.parse().ok()?,
            authenticated: switch(field(text, "Authenticated Proxy Enabled")?, "1", "0")?,
            ..entry
        }),
        ProxyKind::Pac => {
            let url = match field(text, "URL")? {
                // Never set; and set to nothing, which is printed as it was typed.
                "(null)" | "\"\"" => "",
                url => url,
            };
            Some(ProxyEntry {
                on: switch(field(text, "Enabled")?, "Yes", "No")?,
                value: url.to_owned(),
                ..entry
            })
        }
        ProxyKind::Discovery => {
            Some(ProxyEntry { on: switch(field(text, "Auto Proxy Discovery")?, "On", "Off")?, ..entry })
        }
        ProxyKind::Mode => None,
    }
}

/// The hosts that go straight, as `-getproxybypassdomains` prints them for this service.
pub(super) fn bypass(service: &str, text: &str) -> Option<Vec<String>> {
    let none = |line: &str| line.strip_prefix("There aren't any bypass domains set on ").is_some();
    let text = text.strip_suffix('\n')?;
    if none(text) && text.strip_suffix('.').is_some_and(|text| text.ends_with(service)) {
        return Some(Vec::new());
    }
    Some(text.split('\n').map(str::trim).filter(|host| !host.is_empty()).map(str::to_owned).collect())
}

/// The interface of a route.
pub(super) fn interface(text: &str) -> Option<String> {
    field(text, "interface").filter(|name| !name.is_empty()).map(str::to_owned)
}

/// The value of the one line that begins with this name: `Enabled` also stands within `Authenticated Proxy Enabled`.
fn field<'text>(text: &'text str, name: &str) -> Option<&'text str> {
    let mut found = text.lines().filter_map(|line| line.trim_start().strip_prefix(name)?.strip_prefix(':'));
    let value = found.next()?.trim();
    found.next().is_none().then_some(value)
}

fn switch(word: &str, on: &str, off: &str) -> Option<bool> {
    if word == on { Some(true) } else { (word == off).then_some(false) }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

    use super::*;

    fn said(status: i32, text: &str, errors: &str) -> Output {
        let status = ExitStatus::from_raw(status << 8);
        Output::new(Said { status, output: text.into(), errors: errors.into() }).unwrap()
    }

    fn proxy(on: bool, value: &str, port: u16, authenticated: bool) -> Option<ProxyEntry> {
        Some(ProxyEntry { kind: ProxyKind::Socks, on, value: value.to_owned(), port, authenticated })
    }

    #[test]
    fn a_proxy_is_read_whether_on_off_or_never_set() {
        let read = |text: &str| entry(ProxyKind::Socks, text);
        let never = "Enabled: No\nServer: \nPort: 0\nAuthenticated Proxy Enabled: 0\n";
        assert_eq!(read(never), proxy(false, "", 0, false));
        let on = "Enabled: Yes\nServer: 127.0.0.1\nPort: 7890\nAuthenticated Proxy Enabled: 0\n";
        assert_eq!(read(on), proxy(true, "127.0.0.1", 7890, false));
        let off = "Enabled: No\nServer: secure.example\nPort: 8443\nAuthenticated Proxy Enabled: 0\n";
        assert_eq!(read(off), proxy(false, "secure.example", 8443, false));
        let password = "Authenticated Proxy Enabled: 1\nEnabled: No\nServer: ::1\nPort: 65535\n";
        assert_eq!(read(password), proxy(false, "::1", 65535, true), "each line by its own name");
        let odd = "Enabled: Yes\nServer: off\nPort: 0\nAuthenticated Proxy Enabled: 0\n";
        assert_eq!(read(odd), proxy(true, "off", 0, false), "a name like any other");
    }

    #[test]
    fn half_a_proxy_is_none() {
        let whole = "Enabled: Yes\nServer: 127.0.0.1\nPort: 7890\nAuthenticated Proxy Enabled: 0\n";
        for missing in whole.lines() {
            let text = whole.replace(&format!("{missing}\n"), "");
            assert_eq!(entry(ProxyKind::Web, &text), None, "without {missing}");
            assert_eq!(entry(ProxyKind::Web, &format!("{whole}{missing}\n")), None, "{missing} twice");
        }
        for (good, bad) in
            [("Yes", "Oui"), ("Yes", "1"), ("7890", "65536"), ("7890", "-1"), ("7890", ""), (": 0", ": No")]
        {
            assert_eq!(entry(ProxyKind::Web, &whole.replace(good, bad)), None, "{bad}");
        }
        assert_eq!(entry(ProxyKind::Mode, whole), None);
    }

    #[test]
    fn a_script_is_read_also_where_none_was_ever_set() {
        let read = |text: &str| entry(ProxyKind::Pac, text).map(|entry| (entry.on, entry.value));
        assert_eq!(read("URL: (null)\nEnabled: No\n"), Some((false, String::new())));
        assert_eq!(read("URL: \"\"\nEnabled: No\n"), Some((false, String::new())));
        let url = "http://127.0.0.1:8082/proxy.pac?Enabled: No";
        assert_eq!(read(&format!("URL: {url}\nEnabled: Yes\n")), Some((true, url.to_owned())));
        for bad in ["", "URL: (null)\n", "Enabled: Yes\n", "URL (null)\nEnabled: No\n"] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn discovery_is_on_or_off_and_nothing_else() {
        let read = |text: &str| entry(ProxyKind::Discovery, text).map(|entry| entry.on);
        assert_eq!(read("Auto Proxy Discovery: On\n"), Some(true));
        assert_eq!(read("Auto Proxy Discovery: Off\n"), Some(false));
        assert_eq!(read("Auto Proxy Discovery: \n"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn hosts_that_go_straight_are_listed_or_said_to_be_none() {
        let none = |name: &str| format!("There aren't any bypass domains set on {name}.\n");
        assert_eq!(bypass("Wi-Fi", "*.local\n169.254/16\n").unwrap(), ["*.local", "169.254/16"]);
        assert_eq!(bypass("Wi-Fi", &none("Wi-Fi")), Some(Vec::new()));
        assert_eq!(bypass("a (b)/ ", &none("a (b)/ ")), Some(Vec::new()));
        assert_eq!(bypass("Wi-Fi", "\n"), Some(Vec::new()), "one that is empty");
        assert_eq!(bypass("Wi-Fi", ""), None);
        assert_eq!(bypass("Wi-Fi", "*.loc"), None, "cut short");
    }

    #[test]
    fn the_interface_is_that_of_the_default_route() {
        let route = "   route to: default\ndestination: default\n       mask: default\n    gateway: 192.168.1.1\n  \
            interface: en0\n      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>\n";
        assert_eq!(interface(route).as_deref(), Some("en0"));
        assert_eq!(interface("route: writing to routing socket: not in table\n"), None);
        assert_eq!(interface("  interface: \n"), None);
    }

    #[test]
    fn errors_are_told_in_the_output() {
        let denied = said(14, "** Error: Command requires admin privileges.\n", "");
        assert!(denied.wants_administrator() && denied.tells_error() && denied.failed);
        assert!(said(14, "", "").wants_administrator());
        assert!(said(1, "", "** Error: Command requires admin privileges.").wants_administrator());
        let silent = said(0, "something\n** Error: The operation failed.\n", "");
        assert!(silent.tells_error() && !silent.failed && !silent.wants_administrator());
        assert!(said(0, "one\r** Error: two\n", "").tells_error(), "as AppleScript ends its lines");
        assert!(!said(0, "URL: ** Error\nEnabled: No\n", "").tells_error());
        assert_eq!(said(1, " \nout\n", "\n err \n").cause(), "err");
        assert_eq!(said(1, " \nout\n", "").cause(), "out");
        assert_eq!(said(7, "", "").cause(), "exit status: 7");
    }

    #[test]
    fn a_service_that_is_gone_is_named_exactly() {
        let text = "Foo is not a recognized network service.\n** Error: The parameters were not valid.\n";
        assert!(said(4, text, "").is_about_no_service("Foo"));
        assert!(!said(4, text, "").is_about_no_service("Fo"));
        assert!(!said(4, "** Error: The parameters were not valid.\n", "").is_about_no_service("Foo"));
        let garbled = Said { status: ExitStatus::from_raw(0), output: vec![0xff], errors: Vec::new() };
        assert_eq!(Output::new(garbled).unwrap_err(), [0xff]);
    }
}
