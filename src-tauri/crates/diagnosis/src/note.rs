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
