//! A machine's proxies as tests look at them.

use longwire_contract::{
    LeaseChange, LeasePhase, LeaseState, LeaseView, ProxyEntry, ProxyKind, ProxyService, ProxyTable,
};

pub(crate) fn entry(kind: ProxyKind, on: bool, value: &str, port: u16) -> ProxyEntry {
    ProxyEntry { kind, on, value: value.to_owned(), port, authenticated: false }
}

fn service(name: &str, enabled: bool, in_use: bool, entries: Vec<ProxyEntry>) -> ProxyService {
    let bypass = if entries.is_empty() { Vec::new() } else { vec!["*.local".to_owned()] };
    ProxyService { name: name.to_owned(), enabled, in_use, entries, bypass }
}

/// A Mac with a proxy on, one stored, and a service without any.
pub(crate) fn table() -> ProxyTable {
    let entries = vec![
        entry(ProxyKind::Web, true, "127.0.0.1", 7890),
        entry(ProxyKind::SecureWeb, false, "secure.example", 8443),
        entry(ProxyKind::Socks, false, "", 0),
        entry(ProxyKind::Pac, true, "http://pac.example/proxy.pac", 0),
    ];
    ProxyTable {
        keeper: "macOS".to_owned(),
        services: vec![service("Wi-Fi", true, true, entries), service("Bluetooth PAN", false, false, vec![])],
        effective: vec!["HTTP 127.0.0.1:7890".to_owned()],
    }
}

pub(crate) fn change(state: LeaseState) -> LeaseChange {
    LeaseChange { service: "Wi-Fi".to_owned(), before: entry(ProxyKind::Web, true, "127.0.0.1", 7890), state }
}

pub(crate) fn lease(phase: LeasePhase) -> LeaseView {
    LeaseView {
        phase,
        since_ms: 0,
        until_ms: 300_000,
        minutes_left: 4,
        changes: vec![change(LeaseState::Off)],
        detail: String::new(),
    }
}
