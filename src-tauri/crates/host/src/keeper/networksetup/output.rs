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
