//! Proxy settings, in lines for a terminal.

use longwire_contract::{
    LeaseChange, LeasePhase, LeaseState, LeaseView, ProxyEntry, ProxyService, ProxyTable, text::word,
    words::padded,
};

use crate::words::Words;

/// Room for the longest kind of setting in either language, in columns.
const KIND_WIDTH: usize = 20;
/// Room for a setting that was on and is off.
const STATE_WIDTH: usize = 10;

/// Every service with what is stored and what is on, and what programs are told. What a lease changed shows both how it was
/// and how it is.
pub(crate) fn lines(words: &Words, table: &ProxyTable, lease: Option<&LeaseView>) -> Vec<String> {
    if table.keeper.is_empty() {
        return vec![words.plain("fault.no_proxy_settings")];
    }
    // Without the backup nobody knows how anything was: there, it is what a repair would switch on.
    let known = lease.filter(|lease| lease.phase != LeasePhase::Damaged);
    let changes = known.map_or(&[][..], |lease| &lease.changes);
    let services = table.services.iter().flat_map(|each| service(words, each, changes));
    let mut lines: Vec<_> = [table.keeper.clone()].into_iter().chain(services).collect();
    lines.push(String::new());
    if table.effective.is_empty() {
        lines.push(words.plain("cli.proxy.straight"));
    } else {
        lines.push(words.plain("cli.proxy.effective"));
        lines.extend(table.effective.iter().map(|line| format!("  {line}")));
    }
    lines.extend(lease.map(|lease| format!("! {}", standing(words, lease))));
    lines
}

/// How a lease stands, and what there is to do.
pub(crate) fn standing(words: &Words, lease: &LeaseView) -> String {
    let phase = words.plain(&format!("lease.{}", word(&lease.phase)));
    match lease.phase {
        LeasePhase::Held => {
            let (time, left) = (words.clock(ms(lease.until_ms)), lease.minutes_left.to_string());
            words.filled("cli.proxy.held", [("phase", phase), ("minutes", left), ("time", time)])
        }
        LeasePhase::Beginning | LeasePhase::Ending => words.filled("cli.proxy.busy", [("phase", phase)]),
        LeasePhase::Stuck => words.filled("cli.proxy.broken", [("phase", phase), ("detail", detail(lease))]),
        LeasePhase::Damaged => {
            words.filled("cli.proxy.damaged", [("phase", phase), ("detail", detail(lease))])
        }
    }
}

/// The technical cause, as an aside.
fn detail(lease: &LeaseView) -> String {
    if lease.detail.is_empty() { String::new() } else { format!(" ({})", lease.detail) }
}

/// A setting of a service, by its name and its value.
pub(crate) fn setting(words: &Words, service: &str, entry: &ProxyEntry) -> String {
    let kind = kind(words, entry);
    format!("{service}: {kind} {}", value(entry)).trim_end().to_owned()
}

/// What became of a setting.
pub(crate) fn change(words: &Words, change: &LeaseChange) -> String {
    let mark = match change.state {
        LeaseState::Restored => '✓',
        LeaseState::Theirs => '=',
        LeaseState::Gone | LeaseState::Pending => '–',
        LeaseState::Changing | LeaseState::Off | LeaseState::Failed => '✗',
    };
    let state = words.plain(&format!("lease_change.{}", word(&change.state)));
    format!("{mark} {}: {state}", setting(words, &change.service, &change.before))
}

/// A moment since the Unix epoch, as times are told.
pub(crate) fn ms(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

fn service(words: &Words, service: &ProxyService, changes: &[LeaseChange]) -> Vec<String> {
    let mut title = service.name.clone();
    let about = [(service.in_use, "cli.proxy.in_use"), (!service.enabled, "cli.proxy.disabled")];
    for (_, key) in about.into_iter().filter(|(is, _)| *is) {
        title.push_str(&words.plain(key));
    }
    let set = |entry: &&ProxyEntry| entry.on || !entry.value.is_empty();
    let mut entries = service.entries.iter().filter(set).peekable();
    let mut lines = vec![String::new()];
    if entries.peek().is_none() {
        lines.push(format!("{title}: {}", words.plain("cli.proxy.nothing_set")));
        return lines;
    }
    lines.push(title);
    for entry in entries {
        let before = changes
            .iter()
            .find(|change| change.service == service.name && change.before.kind == entry.kind)
            .map(|change| change.before.on);
        let state = state(words, before, entry.on);
        let value = value(entry);
        let password = if entry.authenticated { words.plain("cli.proxy.password") } else { String::new() };
        let line =
            format!("  {}  {}  {value}{password}", kind_padded(words, entry), padded(&state, STATE_WIDTH));
        lines.push(line.trim_end().to_owned());
    }
    if !service.bypass.is_empty() {
        let label = padded(&words.plain("cli.proxy.bypass"), KIND_WIDTH);
        lines.push(format!("  {label}  {}", service.bypass.join(", ")));
    }
    lines
}

/// On or off; both, where it was the other before.
fn state(words: &Words, before: Option<bool>, on: bool) -> String {
    let told = |on| words.plain(if on { "cli.proxy.on" } else { "cli.proxy.off" });
    match before {
        Some(before) if before != on => format!("{} → {}", told(before), told(on)),
        _ => told(on),
    }
}

fn kind(words: &Words, entry: &ProxyEntry) -> String {
    words.plain(&format!("proxy_kind.{}", word(&entry.kind)))
}

fn kind_padded(words: &Words, entry: &ProxyEntry) -> String {
    padded(&kind(words, entry), KIND_WIDTH)
}

fn value(entry: &ProxyEntry) -> String {
    match entry.port {
        0 => entry.value.clone(),
        port if entry.value.contains(':') => format!("[{}]:{port}", entry.value),
        port => format!("{}:{port}", entry.value),
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::{Language, ProxyKind};

    use super::{super::testing, *};

    #[test]
    fn every_service_shows_what_is_stored_and_what_is_on() {
        let told = lines(&Words::utc(Language::English), &testing::table(), None);
        let expected = [
            "macOS",
            "",
            "Wi-Fi (in use)",
            "  Web (HTTP)            on          127.0.0.1:7890",
            "  Secure web (HTTPS)    off         secure.example:8443",
            "  PAC script            on          http://pac.example/proxy.pac",
            "  Exceptions            *.local",
            "",
            "Bluetooth PAN (switched off): nothing set",
            "",
            "In force now:",
            "  HTTP 127.0.0.1:7890",
        ];
        assert_eq!(told, expected);
        let chinese = lines(&Words::utc(Language::Chinese), &testing::table(), None).join("\n");
        assert!(chinese.contains("网页（HTTP）") && !chinese.contains("cli."), "{chinese}");
    }

    #[test]
    fn while_they_are_set_aside_each_setting_shows_how_it_was_and_how_it_is() {
        let mut table = testing::table();
        table.services[0].entries[0].on = false;
        table.effective.clear();
        let lease = testing::lease(LeasePhase::Held);
        let told = lines(&Words::utc(Language::English), &table, Some(&lease)).join("\n");
        assert!(told.contains("Web (HTTP)            on → off    127.0.0.1:7890"), "{told}");
        assert!(told.contains("off         secure.example"), "{told}");
        assert!(told.contains("! System proxies are off") && told.contains("4 min"), "{told}");
        assert!(told.contains("00:05") && told.contains("longwire proxy restore"), "{told}");
        assert!(told.contains("go straight"), "{told}");
    }

    #[test]
    fn without_the_backup_nothing_is_said_of_how_a_setting_was() {
        let mut table = testing::table();
        table.services[0].entries[0].on = false;
        let lease = testing::lease(LeasePhase::Damaged);
        let told = lines(&Words::utc(Language::English), &table, Some(&lease)).join("\n");
        assert!(!told.contains('→') && told.contains("--repair"), "{told}");
    }

    #[test]
    fn each_phase_says_how_it_stands_and_a_broken_one_what_to_do() {
        for language in [Language::English, Language::Chinese] {
            let words = Words::utc(language);
            for phase in LeasePhase::ALL {
                let lease = LeaseView { detail: "networksetup".into(), ..testing::lease(*phase) };
                let told = standing(&words, &lease);
                assert!(!told.contains('{') && !told.contains("lease."), "{told}");
                let broken = matches!(phase, LeasePhase::Stuck | LeasePhase::Damaged);
                assert_eq!(told.contains("networksetup"), broken, "{told}");
                let repaired = told.contains("longwire proxy restore --repair");
                assert_eq!(repaired, *phase == LeasePhase::Damaged, "{told}");
            }
        }
    }

    #[test]
    fn a_system_without_settings_says_so() {
        let told = lines(&Words::utc(Language::English), &ProxyTable::default(), None);
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("no proxy settings"), "{told:?}");
    }

    #[test]
    fn an_address_of_the_sixth_version_and_a_password_are_shown() {
        let v6 = testing::entry(ProxyKind::Socks, true, "::1", 1080);
        assert_eq!(setting(&Words::utc(Language::English), "Wi-Fi", &v6), "Wi-Fi: SOCKS [::1]:1080");
        let mut table = testing::table();
        table.services[0].entries[0].authenticated = true;
        let told = lines(&Words::utc(Language::English), &table, None).join("\n");
        assert!(told.contains("127.0.0.1:7890 (wants a password)"), "{told}");
    }

    #[test]
    fn each_change_says_what_became_of_it() {
        let words = Words::utc(Language::English);
        let told = |state| change(&words, &testing::change(state));
        assert_eq!(told(LeaseState::Restored), "✓ Wi-Fi: Web (HTTP) 127.0.0.1:7890: put back");
        assert!(told(LeaseState::Theirs).starts_with("= "));
        assert!(told(LeaseState::Gone).starts_with("– "));
        assert!(told(LeaseState::Failed).starts_with("✗ "));
    }
}
