//! What was seen of a road, as steps of a report.

use std::net::IpAddr;

use longwire_contract::{Check, CheckKind, Mark, Note, NoteCode};
use longwire_dial::{Error, Origin, Protocol, Scheme, Stage, Trace, judge::Judgement, judge::Signed};

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
    let plain = (origin.scheme() == Scheme::Plain).then_some(NoteCode::NoTls);
    [
        step(Stage::Dns, no_lookup, trace.dns, addresses(trace)),
        step(Stage::Proxy, proxy.is_none().then_some(NoteCode::NoProxy), trace.proxy, opened),
        step(Stage::Tcp, proxy.map(|_| NoteCode::ProxysMatter), trace.tcp, connected),
        step(Stage::Tls, plain, trace.tls, signed),
    ]
}

/// The TLS step again, where somebody reads along whom this machine trusts.
pub(super) fn read_along(check: &mut Check, judgement: &Judgement) {
    let (Signed::Locally { .. }, Some(interceptor)) = (&judgement.signed, judgement.interceptor) else {
        return;
    };
    if check.kind == CheckKind::Tls && check.mark == Mark::Ok {
        let issuer = check.note.take().and_then(|mut note| note.values.remove("issuer")).unwrap_or_default();
        let note = Note::new(NoteCode::SignedByInterceptor).with("issuer", issuer);
        check.mark = Mark::Warn;
        check.note = Some(note.with("interceptor", interceptor.name));
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
    use longwire_dial::{
        Cause,
        interceptor::{Interceptor, Kind},
        judge::Local,
    };

    use super::*;

    fn judgement(signed: Signed, interceptor: Option<Interceptor>) -> Judgement {
        let untrusted = || Err(Cause::UntrustedIssuer { issuer: "X".into() });
        let (system, extra, mozilla) = (untrusted(), untrusted(), untrusted());
        Judgement { system, extra, mozilla, signed, time: Ok(()), name: Ok(()), interceptor }
    }

    #[test]
    fn a_road_on_which_somebody_reads_along_stands_with_a_warning() {
        let charles = Some(Interceptor { name: "Charles", kind: Kind::DebuggingProxy });
        let locally = || Signed::Locally { by: Local::System };
        for (judgement, mark, code) in [
            (judgement(locally(), charles), Mark::Warn, NoteCode::SignedByInterceptor),
            (judgement(locally(), None), Mark::Ok, NoteCode::SignedBy),
            (judgement(Signed::Publicly, None), Mark::Ok, NoteCode::SignedBy),
        ] {
            let origin = Origin::parse("https://open.feishu.cn").unwrap();
            let trace = Trace { issuer: Some("Charles CA".into()), ..Trace::default() };
            let mut checks = checks(&origin, &trace, None);
            checks.iter_mut().for_each(|check| read_along(check, &judgement));
            let [dns, _, tcp, tls] = &checks;
            let note = tls.note.as_ref().unwrap();
            assert_eq!((dns.mark, tcp.mark, tls.mark, note.code), (Mark::Ok, Mark::Ok, mark, code));
            assert_eq!(note.values["issuer"], "Charles CA");
        }
    }
}
