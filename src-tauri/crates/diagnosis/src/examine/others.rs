use longwire_contract::{Check, CheckKind, FindingCode, Mark, OtherRoad};
use longwire_dial::{
    Error, ProxyPlace, Road, Stage, Trace,
    judge::Judgement,
    route::{Choice, Route, Way},
};
use tokio::{sync::mpsc, task::JoinSet};

use super::{
    Patient, road,
    sheet::{Sheet, passed},
    untouched,
};
use crate::{explain::look_into, note, platform, standing::intercepted, table::finding};

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
        advise(patient, &routes, &stands, sheet).await;
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
        let issuer = self.trace.issuer.as_deref();
        let judgement = self.judgement.as_ref();
        let found = judgement.and_then(|judgement| intercepted(&patient.domain, judgement, issuer, None));
        found.iter().for_each(|found| road::read_along(&mut checks, found));
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
async fn advise(patient: &Patient, routes: &[Route], stands: &[bool], sheet: &mut Sheet<'_>) {
    let mut standing = routes.iter().zip(stands).filter(|(_, stands)| **stands).map(|(route, _)| route);
    let host = platform::host(&patient.domain);
    let straight = |route: &&Route| route.ways.first() == Some(&Way::Direct);
    let found = if let Some(route) = standing.clone().find(straight) {
        let found = finding(FindingCode::DirectWorks, "the straight road stands").with("host", host);
        note::with_why(found, &route.why)
    } else if let Some(route @ Route { ways, why }) = standing.next()
        && let Some(Way::Through(proxy)) = ways.first()
    {
        let place = ProxyPlace::of(proxy);
        let found = finding(FindingCode::ProxyWorks, format!("the road through {place} stands"));
        let setting = setting(patient, route, &place).await;
        note::with_why(found.with("host", host).with("proxy", place).with("proxy_setting", setting), why)
    } else {
        return;
    };
    sheet.find([found]);
}

/// The proxy setting that makes the app go through a proxy: `auto` where that leads there, so that what the environment or
/// the system says besides, above all a password, is kept; else the proxy's address.
async fn setting(patient: &Patient, route: &Route, place: &ProxyPlace) -> String {
    let auto = patient.dialer.router().with_choice(Choice::Auto);
    let taken = auto.route(&patient.origin).await;
    match taken.is_ok_and(|taken| taken.ways.first() == route.ways.first()) {
        true => "auto".to_owned(),
        false => place.to_string(),
    }
}
