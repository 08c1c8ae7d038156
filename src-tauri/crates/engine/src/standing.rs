use longwire_contract::{AppView, Domain, Hop, Mark, Note, Phase};
use longwire_diagnosis::of_taken;
use longwire_link::{SessionInfo, State, Steps};
use tokio::time::{Duration, Instant};

use crate::wire::hops;

/// How an app stands, as the views show it. What is to be said of it is another matter.
#[derive(Debug, PartialEq)]
pub(crate) struct Standing {
    phase: Phase,
    attempt: u32,
    retry_in: Option<Duration>,
    hops: Vec<Hop>,
    /// Absent while it is not known, and the last one holds.
    route: Option<Note>,
}

impl Standing {
    /// What a state of the link means for an app on `domain`; `None` where there is nothing to show.
    pub(crate) fn of(state: &State, domain: &Domain) -> Option<Self> {
        let standing = |phase, steps: &Steps, mark, session: Option<&SessionInfo>| Self {
            phase,
            attempt: 0,
            retry_in: None,
            hops: hops(steps, mark, domain, session),
            route: steps.road.route.as_ref().map(of_taken),
        };
        Some(match state {
            State::Connecting { attempt, steps } => {
                let phase = if *attempt == 0 { Phase::Connecting } else { Phase::Waiting };
                Self { attempt: *attempt, ..standing(phase, steps, Mark::Busy, None) }
            }
            State::Connected { steps, session } => standing(Phase::Connected, steps, Mark::Ok, Some(session)),
            State::Waiting { attempt, retry_at, steps, .. } => Self {
                attempt: *attempt,
                retry_in: Some(retry_at.saturating_duration_since(Instant::now())),
                ..standing(Phase::Waiting, steps, Mark::Bad, None)
            },
            State::Refused { steps, .. } => standing(Phase::NeedsYou, steps, Mark::Bad, None),
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
        if self.route.is_some() {
            view.route = self.route;
        }
    }
}

#[cfg(test)]
mod tests {
    use longwire_link::{Code, EndpointError, Error, Stage};

    use super::*;
    use crate::app::unconnected;

    #[test]
    fn a_new_try_after_a_failure_is_still_a_wait() {
        let id = "cli_0123456789abcdef".parse().unwrap();
        let mut view = unconnected(id, Domain::Feishu);
        let error = Error::Endpoint(EndpointError::Code { code: Code::Busy, message: "busy".into() });
        let steps = Steps { at: Stage::Endpoint, ..Steps::default() };
        let waiting = State::Waiting { error, attempt: 1, retry_at: Instant::now(), steps: steps.clone() };
        Standing::of(&waiting, &Domain::Feishu).unwrap().apply(&mut view, 1_000);
        assert_eq!((view.phase, view.since_ms), (Phase::Waiting, 1_000));
        let again = State::Connecting { attempt: 1, steps };
        Standing::of(&again, &Domain::Feishu).unwrap().apply(&mut view, 2_000);
        assert_eq!((view.phase, view.since_ms, view.retry_at_ms), (Phase::Waiting, 1_000, None));
        assert!(view.hops.iter().any(|hop| hop.mark == Mark::Busy));
    }
}
