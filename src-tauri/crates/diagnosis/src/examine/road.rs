//! What was seen of a road, as steps of a report.

use std::net::IpAddr;

use longwire_contract::{Check, CheckKind, Finding, Mark, Note, NoteCode, Severity};
use longwire_dial::{Error, Origin, Protocol, Scheme, Stage, Trace};

use super::sheet::{failed, passed, skipped};
use crate::road::of_road;

/// The step that begins with a stage of the road.
pub(super) fn kind(stage: Stage) -> CheckKind {
    match stage {
        Stage::Dns => CheckKind::Dns,
        Stage::Proxy => CheckKind::Proxy,
        Stage::Tcp => CheckKind::Tcp,
        Stage::Tls => CheckKind::Tls,
        Stage::Http => CheckKind::Endpoint,
    }
}

/// The four steps of a road that was gone to its end, or to its failure.
pub(super) fn checks(origin: &Origin, trace: &Trace, failure: Option<&Error>) -> [Check; 4] {
    let step = |stage: Stage, unneeded: Option<NoteCode>, took, note: Option<Note>| {
        let kind = kind(stage);
        match (unneeded, failure) {
            (Some(why), _) => skipped(kind, why),
            (None, Some(error)) if error.stage == stage => failed(kind, &of_road(error, None, None, true)),
            (None, Some(error)) if error.stage < stage => skipped(kind, NoteCode::AfterFailure),
            (None, _) => passed(kind, took, note),
        }
    };
    let proxy = trace.route.as_ref().and_then(|taken| taken.proxy.as_ref());
    let looked_up_there =
        proxy.is_some_and(|proxy| !matches!(proxy.protocol, Protocol::Socks4 | Protocol::Socks5));
    let is_address = origin.host().parse::<IpAddr>().is_ok();

    let no_lookup = match (looked_up_there, is_address) {
        (_, true) => Some(NoteCode::NoLookup),
        (true, false) => Some(NoteCode::LookupAtProxy),
        (false, false) => None,
    };
    let opened = proxy.map(|proxy| Note::new(NoteCode::TunnelOpen).with("proxy", proxy));
    let connected =
        trace.peer.map(|peer| Note::new(NoteCode::ConnectedTo).with("address", peer.ip().to_canonical()));
    let signed = trace.issuer.as_ref().map(|issuer| Note::new(NoteCode::SignedBy).with("issuer", issuer));
    // What was never asked of the proxy, or refused by it, it has not done.
    let asked_in_vain = failure.is_some_and(|error| error.stage <= Stage::Proxy);
    let its_matter = if asked_in_vain { NoteCode::AfterFailure } else { NoteCode::ProxysMatter };
    let plain = (origin.scheme() == Scheme::Plain).then_some(NoteCode::NoTls);
    [
        step(Stage::Dns, no_lookup, trace.dns, addresses(trace)),
        step(Stage::Proxy, proxy.is_none().then_some(NoteCode::NoProxy), trace.proxy, opened),
        step(Stage::Tcp, proxy.map(|_| its_matter), trace.tcp, connected),
        step(Stage::Tls, plain, trace.tls, signed),
    ]
}

/// The TLS step again, where it is found that somebody reads along whom this machine trusts.
pub(super) fn read_along(checks: &mut [Check], intercepted: &Finding) {
    // Whom the user lets read along is named as anybody is who signs.
    if intercepted.severity < Severity::Warning {
        return;
    }
    let tls = checks.iter_mut().find(|check| check.kind == CheckKind::Tls && check.mark == Mark::Ok);
    if let Some(check) = tls {
        let values = intercepted.values.clone();
        check.mark = Mark::Warn;
        check.note = Some(Note { code: NoteCode::SignedByInterceptor, values });
    }
}

/// The addresses that are known of a host: those that failed and the one that answered.
fn addresses(trace: &Trace) -> Option<Note> {
    let tried = trace.attempts.iter().map(|attempt| attempt.address);
    let mut known: Vec<IpAddr> = tried.chain(trace.peer).map(|address| address.ip().to_canonical()).collect();
    known.dedup();
    let known: Vec<String> = known.iter().map(IpAddr::to_string).collect();
    (!known.is_empty()).then(|| Note::new(NoteCode::Addresses).with("addresses", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use longwire_contract::{Domain, Language, words};
    use longwire_dial::{
        Cause, ProxyFault,
        interceptor::{Interceptor, Kind},
        judge::{Local, Signed},
    };

    use super::*;
    use crate::{
        standing::intercepted,
        testing::{HOST, failed as failure, judged},
    };

    #[test]
    fn a_road_on_which_somebody_reads_along_stands_with_a_warning() {
        let charles = Some(Interceptor { name: "Charles", kind: Kind::DebuggingProxy });
        let locally = || Signed::Locally { by: Local::System };
        for (domain, judgement, who) in [
            (Domain::Feishu, judged(locally(), charles), Some("Charles")),
            // A CA that nobody knows may sign for a server of one's own, not for the public platform.
            (Domain::Feishu, judged(locally(), None), Some("Charles CA")),
            (Domain::Custom("https://platform.test".into()), judged(locally(), None), None),
            (Domain::Feishu, judged(Signed::Publicly, None), None),
        ] {
            let origin = Origin::parse("https://open.feishu.cn").unwrap();
            let trace = Trace { issuer: Some("Charles CA".into()), ..Trace::default() };
            let mut checks = checks(&origin, &trace, None);
            let found = intercepted(&domain, &judgement, trace.issuer.as_deref(), None);
            found.iter().for_each(|found| read_along(&mut checks, found));
            let [dns, _, tcp, tls] = &checks;
            assert_eq!((dns.mark, tcp.mark), (Mark::Ok, Mark::Ok));
            let note = tls.note.as_ref().unwrap();
            let wanted = match who {
                Some(_) => (Mark::Warn, NoteCode::SignedByInterceptor),
                None => (Mark::Ok, NoteCode::SignedBy),
            };
            assert_eq!((tls.mark, note.code), wanted, "{judgement:?}");
            assert_eq!(note.values["issuer"], "Charles CA");
            assert_eq!(note.values.get("interceptor").map(String::as_str), who);
            assert!(!words::note(Language::English, note).contains('{'));
        }
    }

    #[test]
    fn a_proxy_that_was_not_reached_or_refused_has_connected_nothing() {
        let origin = Origin::parse(&format!("https://{HOST}")).unwrap();
        let unreachable = || Cause::Proxy(ProxyFault::Unreachable(Box::new(Cause::Refused)));
        let refused = || Cause::Proxy(ProxyFault::Refused { status: 403, start: String::new() });
        for (stage, cause, why) in [
            (Stage::Proxy, unreachable(), NoteCode::AfterFailure),
            (Stage::Proxy, refused(), NoteCode::AfterFailure),
            (Stage::Dns, Cause::Refused, NoteCode::AfterFailure),
            (Stage::Tls, Cause::Cut, NoteCode::ProxysMatter),
        ] {
            let error = failure(stage, cause);
            let [.., tcp, _] = checks(&origin, &error.trace, Some(&error));
            assert_eq!((tcp.mark, tcp.note.map(|note| note.code)), (Mark::Off, Some(why)), "{error}");
        }
    }
}
