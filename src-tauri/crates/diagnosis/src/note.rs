//! Which way a road takes and who says so, as a line of words.

use longwire_contract::{Finding, Note, NoteCode};
use longwire_dial::{
    ProxyPlace, Taken,
    route::{Route, Rule, Source, Unrouted, Way, Why},
};

/// The way that a road took.
pub fn of_taken(taken: &Taken) -> Note {
    of(taken.proxy.as_ref(), &taken.why)
}

/// The way that a road is to take first.
pub fn of_route(route: &Route) -> Note {
    let proxy = match route.ways.first() {
        Some(Way::Through(proxy)) => Some(ProxyPlace::of(proxy)),
        Some(Way::Direct) | None => None,
    };
    of(proxy.as_ref(), &route.why)
}

/// That the way could not be decided.
pub fn of_failed_route(unrouted: &Unrouted) -> Note {
    Note::new(NoteCode::RouteFailed)
        .with("source", source(&unrouted.why.source))
        .with("error", &unrouted.fault)
}

/// The WebSocket that opened at a host, on a way that is not the one to the endpoint.
pub(crate) fn of_other_way(taken: &Taken, host: &str) -> Note {
    let code = if taken.proxy.is_some() { NoteCode::OpenedThroughProxy } else { NoteCode::OpenedStraight };
    Note { code, ..of_taken(taken) }.with("host", host).with("source", source(&taken.why.source))
}

/// Who says which way to take: `given` (the user), the name of an environment variable, or of the system's settings.
pub fn source(source: &Source) -> &str {
    match source {
        Source::Given => "given",
        Source::Environment(name) | Source::System(name) => name,
        Source::Nobody => "",
    }
}

/// A finding, with the values that its texts name of the way it is about.
pub(crate) fn with_taken(found: Finding, taken: &Taken) -> Finding {
    let found = with_why(found, &taken.why);
    match &taken.proxy {
        Some(proxy) => found.with("proxy", proxy),
        None => found,
    }
}

pub(crate) fn with_why(found: Finding, why: &Why) -> Finding {
    let found = found.with("source", source(&why.source));
    match &why.pac {
        Some(pac) => found.with("pac", pac),
        None => found,
    }
}

fn of(proxy: Option<&ProxyPlace>, why: &Why) -> Note {
    let code = match (proxy, why) {
        (Some(_), Why { pac: Some(_), .. }) => NoteCode::RoutePacProxy,
        (Some(_), _) => NoteCode::RouteProxy,
        (None, Why { rule: Some(rule), .. }) => match rule {
            Rule::ThisMachine => NoteCode::RouteThisMachine,
            Rule::Exception(_) => NoteCode::RouteException,
            Rule::NotListed => NoteCode::RouteNotListed,
            Rule::SimpleName => NoteCode::RouteSimpleName,
            Rule::AutoDiscovery => NoteCode::RouteAutoDiscovery,
        },
        (None, Why { pac: Some(_), .. }) => NoteCode::RoutePacDirect,
        (None, Why { source: Source::Given, .. }) => NoteCode::RouteDirectGiven,
        (None, _) => NoteCode::RouteDirect,
    };
    let mut note = Note::new(code);
    if why.source != Source::Nobody {
        note = note.with("source", source(&why.source));
    }
    if let Some(proxy) = proxy {
        note = note.with("proxy", proxy);
    }
    if let Some(pac) = &why.pac {
        note = note.with("pac", pac);
    }
    if let Some(Rule::Exception(entry)) = &why.rule {
        note = note.with("entry", entry);
    }
    note
}

#[cfg(test)]
mod tests {
    use longwire_contract::{Language, NoteCode as N, words};
    use longwire_dial::{Protocol, Proxy, ProxyError, route::RouteFault};

    use super::*;

    fn why(source: Source, pac: Option<&str>, rule: Option<Rule>) -> Why {
        Why { source, pac: pac.map(str::to_owned), rule }
    }

    #[test]
    fn every_way_has_its_line_and_every_line_its_values() {
        let (macos, variable) =
            (|| Source::System("macOS".into()), || Source::Environment("ALL_PROXY".into()));
        let entry = || Some(Rule::Exception("*.cn".into()));
        let pac = Some("http://pac.test");
        for (through, why, code) in [
            (false, why(Source::Nobody, None, None), N::RouteDirect),
            (false, why(Source::Given, None, None), N::RouteDirectGiven),
            (false, why(Source::Nobody, None, Some(Rule::ThisMachine)), N::RouteThisMachine),
            (false, why(variable(), None, entry()), N::RouteException),
            (false, why(macos(), None, Some(Rule::SimpleName)), N::RouteSimpleName),
            (false, why(macos(), None, Some(Rule::AutoDiscovery)), N::RouteAutoDiscovery),
            (false, why(macos(), pac, None), N::RoutePacDirect),
            (true, why(variable(), None, None), N::RouteProxy),
            (true, why(Source::Given, None, None), N::RouteProxy),
            (true, why(macos(), pac, None), N::RoutePacProxy),
        ] {
            let proxy = Proxy::new(Protocol::Socks5h, "proxy.test", 1080);
            let way = if through { Way::Through(proxy.clone()) } else { Way::Direct };
            let note = of_route(&Route { ways: vec![way], why: why.clone() });
            assert_eq!(note.code, code);
            let taken = Taken { proxy: through.then(|| ProxyPlace::of(&proxy)), why };
            assert_eq!(of_taken(&taken), note);
            for language in [Language::English, Language::Chinese] {
                let told = words::note(language, &note);
                assert!(!told.contains('{'), "{told}");
                assert_eq!(told.contains("socks5h://proxy.test:1080"), through, "{told}");
            }
        }
    }

    #[test]
    fn a_websocket_on_a_way_of_its_own_names_that_way_and_who_decides_it() {
        let entry = Some(Rule::Exception(".feishu.cn".into()));
        let proxy = || ProxyPlace::of(&Proxy::new(Protocol::Http, "proxy.test", 3128));
        for (proxy, why, code, words) in [
            (
                Some(proxy()),
                why(Source::Environment("ALL_PROXY".into()), None, None),
                N::OpenedThroughProxy,
                ["through http://proxy.test:3128", "ALL_PROXY"],
            ),
            (
                None,
                why(Source::Environment("NO_PROXY".into()), None, entry),
                N::OpenedStraight,
                ["direct", "NO_PROXY"],
            ),
            (None, why(Source::Given, Some("http://pac.test"), None), N::OpenedStraight, ["direct", "you"]),
        ] {
            let note = of_other_way(&Taken { proxy, why }, "wss://frontier.test");
            assert_eq!(note.code, code);
            let told = words::note(Language::English, &note);
            assert!(
                told.contains("wss://frontier.test") && words.iter().all(|word| told.contains(word)),
                "{told}"
            );
            assert!(!words::note(Language::Chinese, &note).contains('{'));
        }
    }

    #[test]
    fn a_way_that_cannot_be_decided_names_who_is_at_fault() {
        let fault = RouteFault::NotAProxy(ProxyError::NoHost);
        let note = of_failed_route(&Unrouted { why: why(Source::Given, None, None), fault });
        assert_eq!((note.code, note.values["source"].as_str()), (N::RouteFailed, "given"));
        for (language, who) in [(Language::English, "named by you"), (Language::Chinese, "手动指定")] {
            let told = words::note(language, &note);
            assert!(told.contains(who) && told.contains(&ProxyError::NoHost.to_string()), "{told}");
        }
    }
}
