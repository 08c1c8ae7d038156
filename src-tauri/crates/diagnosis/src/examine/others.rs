use longwire_contract::{Check, CheckKind, FindingCode, Mark, OtherRoad};
use longwire_dial::{Error, ProxyPlace, Road, Stage, Trace, judge::Judgement, route::Route, route::Way};
use tokio::{sync::mpsc, task::JoinSet};

use super::{
    Patient, road,
    sheet::{Sheet, passed},
    untouched,
};
use crate::{explain::look_into, note, platform, table::finding};

/// The steps of another road.
const STEPS: [CheckKind; 4] = [CheckKind::Dns, CheckKind::Proxy, CheckKind::Tcp, CheckKind::Tls];

/// Goes the other roads there are, side by side, up to TLS; nothing is said on them, least of all credentials. Where the
/// app's own road is blocked, one that stands is found.
pub(super) async fn compare(patient: &Patient, blocked: bool, sheet: &mut Sheet<'_>) {
    let Patient { dialer, origin, .. } = patient;
    let routes = dialer.router().others(origin).await;
    if routes.is_empty() {
        return;
    }
    let road =
        |route: &Route| OtherRoad { route: note::of_route(route), checks: STEPS.map(untouched).to_vec() };
    sheet.set_others(routes.iter().map(road).collect());

    let (begins, mut begun) = mpsc::unbounded_channel();
    // Dropped with this future, which ends what it still runs.
    let mut running = JoinSet::new();
    for (index, route) in routes.iter().cloned().enumerate() {
        let (dialer, origin, begins, now) = (dialer.clone(), origin.clone(), begins.clone(), (patient.now)());
        running.spawn(async move {
            let mut tell = |stage| {
                // Nobody hears it where the examination was stopped.
                let _ = begins.send((index, stage));
            };
            let (trace, failure) = match dialer.dial_along(&route, &origin, &mut tell).await {
                Ok(Road { trace, .. }) => (trace, None),
                Err(error) => (Trace::clone(&error.trace), Some(error)),
            };
            let judgement = look_into(&dialer, &origin, &trace, now).await.judgement;
            Seen { index, trace, failure, judgement }
        });
    }
    drop(begins);
    let mut stands = vec![false; routes.len()];
    loop {
        tokio::select! {
            biased;
            Some((index, stage)) = begun.recv() => sheet.other(index, |other| begin(other, stage)),
            Some(seen) = running.join_next() => {
                let Ok(seen) = seen else { continue };
                stands[seen.index] = seen.failure.is_none();
                let checks = seen.checks(patient);
                sheet.other(seen.index, |other| other.checks = checks);
            }
            else => break,
        }
    }
    if blocked {
        advise(patient, &routes, &stands, sheet);
    }
}

/// What came of another road.
struct Seen {
    index: usize,
    trace: Trace,
    failure: Option<Error>,
    judgement: Option<Judgement>,
}

impl Seen {
    fn checks(&self, patient: &Patient) -> Vec<Check> {
        let mut checks = road::checks(&patient.origin, &self.trace, self.failure.as_ref()).to_vec();
        if let Some(judgement) = &self.judgement {
            checks.iter_mut().for_each(|check| road::read_along(check, judgement));
        }
        checks
    }
}

fn begin(other: &mut OtherRoad, stage: Stage) {
    let kind = road::kind(stage);
    for check in &mut other.checks {
        *check = match check.mark {
            _ if check.kind == kind => Check { mark: Mark::Busy, ..untouched(kind) },
            Mark::Busy => passed(check.kind, None, None),
            _ => continue,
        };
    }
}

/// Says which other road stands: straight before any proxy.
fn advise(patient: &Patient, routes: &[Route], stands: &[bool], sheet: &mut Sheet<'_>) {
    let mut standing = routes.iter().zip(stands).filter(|(_, stands)| **stands).map(|(route, _)| route);
    let host = platform::host(&patient.domain);
    let straight = |route: &&Route| route.ways.first() == Some(&Way::Direct);
    let found = if let Some(route) = standing.clone().find(straight) {
        let found = finding(FindingCode::DirectWorks, "the straight road stands").with("host", host);
        note::with_why(found, &route.why)
    } else if let Some(Route { ways, why }) = standing.next()
        && let Some(Way::Through(proxy)) = ways.first()
    {
        let place = ProxyPlace::of(proxy);
        let found = finding(FindingCode::ProxyWorks, format!("the road through {place} stands"));
        note::with_why(found.with("host", host).with("proxy", place), why)
    } else {
        return;
    };
    sheet.find([found]);
}
