use std::time::Duration;

use longwire_contract::{Check, CheckKind as Kind, Finding, FindingCode, Mark, Note, NoteCode};
use longwire_dial::{
    Error as RoadError, Road, Stage as Hop, Taken, Trace,
    clock::Skew,
    date, network,
    route::{Route, Source},
};
use longwire_link::{Code, Config, EndpointError, Error, Stage, Steps, knock, online, probe};
use secrecy::SecretString;
use tokio::time::Instant;

use super::{
    Held, Patient, others, road,
    sheet::{Sheet, failed, passed, skipped},
};
use crate::{
    ca_file::ca_file,
    explain::{explain, look_into, of_failed_road},
    note, platform,
    road::{is_this_machine, of_route_fault},
    standing::{clock_wrong, intercepted, is_wrong, seen, warning},
    table::{finding, rule},
};

/// What is beyond the road.
const BEYOND: [Kind; 5] = [Kind::Endpoint, Kind::Credentials, Kind::Upgrade, Kind::Pong, Kind::Online];

/// Goes all the steps there are.
pub(super) async fn walk(patient: &Patient, sheet: &mut Sheet<'_>) {
    let routed = network(patient, sheet);
    sheet.find(patient.secret.as_ref().err().cloned());
    let blocked = match choose(patient, sheet).await {
        Some(route) => !go(patient, &route, routed, sheet).await,
        None => true,
    };
    others::compare(patient, blocked, sheet).await;
    sheet.find(patient.known.iter().cloned());
}

/// Whether this machine is on a network. Where it says no, the road has the last word.
fn network(patient: &Patient, sheet: &mut Sheet<'_>) -> bool {
    sheet.begin(Kind::Network);
    if is_this_machine(&patient.origin) {
        sheet.enter(skipped(Kind::Network, NoteCode::NetworkNotNeeded));
        return true;
    }
    let began = Instant::now();
    let routed = network::is_routed();
    let check = match routed {
        true => passed(Kind::Network, Some(began.elapsed()), Some(Note::new(NoteCode::Online))),
        false => {
            let detail = "no road leads away from this machine";
            failed(Kind::Network, &finding(FindingCode::NoNetwork, detail))
        }
    };
    sheet.enter(check);
    routed
}

/// Which way the road takes. Where that cannot be said, nothing more can be gone.
async fn choose(patient: &Patient, sheet: &mut Sheet<'_>) -> Option<Route> {
    sheet.begin(Kind::Route);
    let began = Instant::now();
    match patient.dialer.router().route(&patient.origin).await {
        Ok(route) => {
            sheet.enter(passed(Kind::Route, Some(began.elapsed()), Some(note::of_route(&route))));
            Some(route)
        }
        Err(unrouted) => {
            let note = Some(note::of_failed_route(&unrouted));
            sheet.enter(Check { mark: Mark::Bad, note, ..passed(Kind::Route, Some(began.elapsed()), None) });
            sheet.skip(&[Kind::Dns, Kind::Proxy, Kind::Tcp, Kind::Tls], NoteCode::AfterFailure);
            beyond(patient, NoteCode::AfterFailure, sheet);
            let found = of_route_fault(&unrouted.fault)
                .with("host", patient.origin.host())
                .with("error", &unrouted.fault);
            sheet.find([note::with_why(found, &unrouted.why)]);
            None
        }
    }
}

/// Goes the road itself and what is beyond it; whether the road stands.
async fn go(patient: &Patient, route: &Route, routed: bool, sheet: &mut Sheet<'_>) -> bool {
    match &patient.secret {
        Ok(secret) => with_credentials(patient, secret, routed, sheet).await,
        Err(_) => {
            let begins = &mut |stage| sheet.begin(road::kind(stage));
            let (trace, failure) = match patient.dialer.dial_along(route, &patient.origin, begins).await {
                Ok(Road { trace, .. }) => (trace, None),
                Err(error) => (Trace::clone(&error.trace), Some(error)),
            };
            let stands = judge(patient, &trace, failure.as_ref(), routed, sheet).await;
            beyond(patient, if stands { NoteCode::NoSecret } else { NoteCode::AfterFailure }, sheet);
            stands
        }
    }
}

async fn with_credentials(
    patient: &Patient,
    secret: &SecretString,
    routed: bool,
    sheet: &mut Sheet<'_>,
) -> bool {
    let config = patient.config(secret);
    let asked = knock(&config, |steps| sheet.begin(kind(steps))).await;
    let failure = match &asked.result {
        Err(Error::Road(error)) => Some(error),
        _ => None,
    };
    if !judge(patient, &asked.steps.road, failure, routed, sheet).await {
        beyond(patient, NoteCode::AfterFailure, sheet);
        return false;
    }
    clock(asked.steps.skew, sheet);
    match answered(patient, asked.result.as_ref().err(), asked.steps.endpoint, sheet) {
        true => connect(patient, &config, sheet).await,
        false => held(patient, sheet),
    }
    true
}

/// Enters what was seen of the road, and finds what there is to find about it; whether it stands.
async fn judge(
    patient: &Patient,
    trace: &Trace,
    failure: Option<&RoadError>,
    routed: bool,
    sheet: &mut Sheet<'_>,
) -> bool {
    let mut checks = road::checks(&patient.origin, trace, failure);
    if let Some(taken) = &trace.route {
        way_taken(taken, trace, sheet);
    }
    let now = (patient.now)();
    match failure {
        Some(error) if error.stage < Hop::Http => {
            sheet.enter_all(checks);
            let (found, _) = of_failed_road(error, &patient.dialer, now, routed).await;
            sheet.find([found]);
            false
        }
        _ => {
            let insight = look_into(&patient.dialer, &patient.origin, trace, now).await;
            if let Some(judgement) = &insight.judgement {
                let file = ca_file(judgement, patient.ca_bundle.as_deref());
                let issuer = trace.issuer.as_deref();
                if let Some(found) = intercepted(&patient.domain, judgement, issuer, file.as_deref()) {
                    road::read_along(&mut checks, &found);
                    sheet.find([found]);
                }
            }
            sheet.enter_all(checks);
            if let Some(network) = sheet.check(Kind::Network).filter(|check| check.mark == Mark::Bad) {
                // A road of its own may well lead there.
                network.mark = Mark::Warn;
            }
            true
        }
    }
}

/// The way that was taken in the end is not the first one where several were tried.
fn way_taken(taken: &Taken, trace: &Trace, sheet: &mut Sheet<'_>) {
    if !trace.ways_failed.is_empty()
        && let Some(route) = sheet.check(Kind::Route)
    {
        route.note = Some(note::of_taken(taken));
        route.mark = Mark::Warn;
    }
}

/// Enters what the endpoint said; whether it accepted.
fn answered(patient: &Patient, error: Option<&Error>, took: Option<Duration>, sheet: &mut Sheet<'_>) -> bool {
    let host = platform::host(&patient.domain);
    let endpoint = passed(Kind::Endpoint, took, Some(Note::new(NoteCode::Answered).with("host", host)));
    let accepted = passed(Kind::Credentials, None, Some(Note::new(NoteCode::Accepted)));
    let Some(error) = error else {
        sheet.enter_all([endpoint, accepted]);
        return true;
    };
    let after = |kind| skipped(kind, NoteCode::AfterFailure);
    let found = platform::of_error(error, &patient.domain);
    match error {
        Error::Endpoint(EndpointError::Code { code: Code::ConnectionLimit, .. }) => {
            sheet.enter_all([endpoint, accepted, failed(Kind::Upgrade, &found)]);
        }
        Error::Endpoint(EndpointError::Code { code, .. }) if !matches!(code, Code::Busy | Code::Internal) => {
            sheet.enter_all([endpoint, failed(Kind::Credentials, &found), after(Kind::Upgrade)]);
        }
        _ => {
            sheet.enter_all([failed(Kind::Endpoint, &found), after(Kind::Credentials), after(Kind::Upgrade)]);
        }
    }
    sheet.enter_all([after(Kind::Pong), after(Kind::Online)]);
    sheet.find([found]);
    false
}

/// The connection itself: the one that is held, or one for a moment. Connections are counted first, since one that has
/// just been closed may still be counted.
async fn connect(patient: &Patient, config: &Config, sheet: &mut Sheet<'_>) {
    sheet.begin(Kind::Online);
    let began = Instant::now();
    let counted = online(config).await;
    // A connection that came up meanwhile is counted, too.
    let ours = (patient.held)();
    match counted {
        Ok(count) => {
            let held = u32::from(ours.is_some());
            let others = count.saturating_sub(held);
            let note = Note::new(if others > 0 { NoteCode::CountedOthers } else { NoteCode::Counted });
            let note = note.with("count", count).with("others", others);
            let check = passed(Kind::Online, Some(began.elapsed()), Some(note));
            sheet.enter(Check { mark: if others > 0 { Mark::Warn } else { Mark::Ok }, ..check });
            let events = ours.as_ref().map_or(0, |held| held.events);
            sheet.find(seen(&patient.domain, Some(count), held, events));
        }
        Err(error) => {
            let note = Note::new(NoteCode::NotCounted).with("error", error);
            sheet.enter(Check { note: Some(note), ..skipped(Kind::Online, NoteCode::NotCounted) });
        }
    }
    if ours.is_some() {
        held(patient, sheet);
        return;
    }
    sheet.begin(Kind::Upgrade);
    let tried = probe(config, |steps| {
        if kind(steps) == Kind::Pong {
            sheet.begin(Kind::Pong);
        }
    })
    .await;
    match &tried.result {
        Ok(info) => sheet.enter_all([
            upgraded(&tried.steps, Some(&info.host)),
            passed(Kind::Pong, tried.steps.pong, None),
        ]),
        Err(error) => {
            let found = explain(error, &patient.domain, &patient.dialer, (patient.now)()).await;
            sheet.enter_all(match error.stage() {
                Stage::Session => [upgraded(&tried.steps, None), failed(Kind::Pong, &found)],
                _ => [failed(Kind::Upgrade, &found), skipped(Kind::Pong, NoteCode::AfterFailure)],
            });
            sheet.find([found]);
        }
    }
}

/// A WebSocket that opened. That it went another way than its ticket is somebody's wish, and surprises whoever looks for
/// why it is blocked.
pub(super) fn upgraded(steps: &Steps, host: Option<&str>) -> Check {
    let check = passed(Kind::Upgrade, steps.upgrade, None);
    let Some(host) = host else { return check };
    match steps.other_way.as_ref().filter(|taken| taken.why.source != Source::Nobody) {
        Some(taken) => Check { mark: Mark::Warn, note: Some(note::of_other_way(taken, host)), ..check },
        None => Check { note: Some(Note::new(NoteCode::OpenedBy).with("host", host)), ..check },
    }
}

/// What the connection that is up shows.
fn held(patient: &Patient, sheet: &mut Sheet<'_>) {
    let Some(Held { host, since, upgrade_ms, pong_ms, events }) = (patient.held)() else { return };
    let note = Note::new(NoteCode::HeldOpen).with("since", date(since)).with("host", host);
    let shown = |kind, ms| Check { ms, ..passed(kind, None, Some(note.clone())) };
    sheet.enter_all([shown(Kind::Upgrade, upgrade_ms), shown(Kind::Pong, pong_ms)]);
    let code = FindingCode::NothingReceived;
    let up = (patient.now)().duration_since(since).unwrap_or_default();
    if events == 0 && up >= rule(code).visible_after {
        let detail = format!("up for {} s", up.as_secs());
        sheet.find([platform::console(finding(code, detail), &patient.domain)]);
    }
}

/// Nothing beyond the road is gone; what is held shows itself all the same.
fn beyond(patient: &Patient, why: NoteCode, sheet: &mut Sheet<'_>) {
    sheet.skip(&BEYOND, why);
    held(patient, sheet);
}

fn clock(skew: Option<Skew>, sheet: &mut Sheet<'_>) {
    sheet.find(skew.filter(is_wrong).map(|skew| -> Finding { warning(clock_wrong(&skew)) }));
}

/// The step that a try is at.
fn kind(steps: &Steps) -> Kind {
    match steps.at {
        Stage::Session => Kind::Pong,
        Stage::Upgrade => Kind::Upgrade,
        // The second road, to the WebSocket's host.
        Stage::Dns | Stage::Proxy | Stage::Tcp | Stage::Tls if steps.endpoint.is_some() => Kind::Upgrade,
        Stage::Dns => Kind::Dns,
        Stage::Proxy => Kind::Proxy,
        Stage::Tcp => Kind::Tcp,
        Stage::Tls => Kind::Tls,
        Stage::Http | Stage::Endpoint => Kind::Endpoint,
    }
}
