use longwire_contract::{AppView, Domain, Hop, HopKind, Mark, Phase, Reason};
use longwire_link::{SessionInfo, Stage, State, Steps};
use tokio::time::{Duration, Instant};

use crate::reason;

/// How an app stands, as the views show it.
#[derive(Debug, PartialEq)]
pub(crate) struct Standing {
    phase: Phase,
    reason: Option<Reason>,
    attempt: u32,
    retry_in: Option<Duration>,
    hops: Vec<Hop>,
    /// A new try after a failed one: what was said of the failure still holds.
    again: bool,
}

impl Standing {
    /// What a state of the link means for an app on `domain`; `None` where there is nothing to show.
    pub(crate) fn of(state: &State, domain: &Domain) -> Option<Self> {
        let road = |steps: &Steps, mark, session: Option<&SessionInfo>| hops(steps, mark, domain, session);
        Some(match state {
            State::Connecting { attempt, steps } => Self {
                phase: if *attempt == 0 { Phase::Connecting } else { Phase::Waiting },
                reason: None,
                attempt: *attempt,
                retry_in: None,
                hops: road(steps, Mark::Busy, None),
                again: *attempt > 0,
            },
            State::Connected { steps, session } => Self {
                phase: Phase::Connected,
                reason: None,
                attempt: 0,
                retry_in: None,
                hops: road(steps, Mark::Ok, Some(session)),
                again: false,
            },
            State::Waiting { error, attempt, retry_at, steps } => Self {
                phase: Phase::Waiting,
                reason: Some(reason::of(error, domain)),
                attempt: *attempt,
                retry_in: Some(retry_at.saturating_duration_since(Instant::now())),
                hops: road(steps, Mark::Bad, None),
                again: false,
            },
            State::Refused { error, steps } => Self {
                phase: Phase::NeedsYou,
                reason: Some(reason::of(error, domain)),
                attempt: 0,
                retry_in: None,
                hops: road(steps, Mark::Bad, None),
                again: false,
            },
            State::Closed => return None,
        })
    }

    /// Shows it.
    pub(crate) fn apply(self, view: &mut AppView, now_ms: u64) {
        if view.phase != self.phase {
            view.since_ms = now_ms;
        }
        view.phase = self.phase;
        view.attempt = self.attempt;
        view.retry_at_ms = self.retry_in.map(|time| now_ms.saturating_add(time.as_millis() as u64));
        view.hops = self.hops;
        if !self.again {
            view.reason = self.reason;
        }
    }
}

/// The hops of a road; the one at which the steps are gets `mark`, those before it have passed.
fn hops(steps: &Steps, mark: Mark, domain: &Domain, session: Option<&SessionInfo>) -> Vec<Hop> {
    let at = match steps.at {
        // The second road, to the WebSocket's host, is the last hop's own matter.
        Stage::Upgrade | Stage::Session => HopKind::Connection,
        Stage::Dns | Stage::Tcp | Stage::Proxy | Stage::Tls if steps.endpoint.is_some() => {
            HopKind::Connection
        }
        Stage::Dns => HopKind::Computer,
        Stage::Tcp | Stage::Proxy => HopKind::Network,
        Stage::Tls => HopKind::Tls,
        Stage::Http | Stage::Endpoint => HopKind::Platform,
    };
    let place = KINDS.iter().position(|kind| *kind == at).unwrap_or_default();
    let hop = |(index, kind): (usize, &HopKind)| {
        let mark = match index.cmp(&place) {
            std::cmp::Ordering::Less => Mark::Ok,
            std::cmp::Ordering::Equal => mark,
            std::cmp::Ordering::Greater => Mark::Off,
        };
        let (time, note) = match kind {
            HopKind::Computer => (steps.road.dns, None),
            HopKind::Network => {
                (steps.road.tcp.or(steps.road.proxy), steps.road.peer.map(|peer| peer.ip().to_string()))
            }
            HopKind::Tls => (steps.road.tls, steps.road.issuer.clone()),
            HopKind::Platform => (steps.endpoint, Some(host(domain.url()).to_owned())),
            HopKind::Connection => {
                let time = steps.upgrade.map(|upgrade| upgrade + steps.pong.unwrap_or_default());
                (time, session.map(|session| host(&session.host).to_owned()))
            }
        };
        Hop { kind: *kind, mark, ms: time.map(|time| time.as_secs_f64() * 1000.0), note }
    };
    let encrypted = domain.url().starts_with("https://");
    KINDS.iter().enumerate().filter(|(_, kind)| encrypted || **kind != HopKind::Tls).map(hop).collect()
}

const KINDS: [HopKind; 5] =
    [HopKind::Computer, HopKind::Network, HopKind::Tls, HopKind::Platform, HopKind::Connection];

fn host(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use longwire_contract::ReasonCode;
    use longwire_link::{Code, EndpointError, Error};

    use super::*;
    use crate::app::unconnected;

    fn marks(steps: &Steps, mark: Mark, domain: &Domain) -> Vec<Mark> {
        hops(steps, mark, domain, None).into_iter().map(|hop| hop.mark).collect()
    }

    #[test]
    fn the_wire_holds_up_to_the_hop_that_fails() {
        let at = |at, endpoint| Steps { at, endpoint, ..Steps::default() };
        let passed = Some(Duration::from_millis(3));
        let (ok, bad, off) = (Mark::Ok, Mark::Bad, Mark::Off);
        let feishu = Domain::Feishu;
        assert_eq!(marks(&at(Stage::Dns, None), bad, &feishu), [bad, off, off, off, off]);
        assert_eq!(marks(&at(Stage::Tls, None), bad, &feishu), [ok, ok, bad, off, off]);
        assert_eq!(marks(&at(Stage::Endpoint, None), bad, &feishu), [ok, ok, ok, bad, off]);
        assert_eq!(marks(&at(Stage::Tcp, passed), bad, &feishu), [ok, ok, ok, ok, bad], "on the second road");
        assert_eq!(marks(&at(Stage::Session, passed), ok, &feishu), [ok; 5]);
        let plain = Domain::Custom("http://127.0.0.1:1".into());
        assert_eq!(marks(&at(Stage::Session, passed), ok, &plain), [ok; 4], "no TLS on a plain road");
    }

    #[test]
    fn a_new_try_keeps_saying_why_the_last_one_failed() {
        let id = "cli_0123456789abcdef".parse().unwrap();
        let mut view = unconnected(id, String::new(), Domain::Feishu, false, false);
        let error = Error::Endpoint(EndpointError::Code { code: Code::Busy, message: "busy".into() });
        let steps = Steps { at: Stage::Endpoint, ..Steps::default() };
        let waiting = State::Waiting { error, attempt: 1, retry_at: Instant::now(), steps: steps.clone() };
        Standing::of(&waiting, &Domain::Feishu).unwrap().apply(&mut view, 1_000);
        assert_eq!((view.phase, view.since_ms), (Phase::Waiting, 1_000));
        let again = State::Connecting { attempt: 1, steps };
        Standing::of(&again, &Domain::Feishu).unwrap().apply(&mut view, 2_000);
        assert_eq!((view.phase, view.since_ms, view.retry_at_ms), (Phase::Waiting, 1_000, None));
        assert_eq!(view.reason.as_ref().unwrap().code, ReasonCode::PlatformBusy);
        assert!(view.hops.iter().any(|hop| hop.mark == Mark::Busy));
    }
}
