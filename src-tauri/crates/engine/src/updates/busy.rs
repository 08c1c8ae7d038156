use std::time::Duration;

use longwire_contract::{Snapshot, TargetHealth, TargetView, UpdateWait};

/// How long after an event another one is likely to be on its way.
const QUIET_MS: u64 = 10_000;

/// How long it is waited for such a moment. Where there is none in that time, one will do in which nothing is being handed over: a bot
/// that is never left alone would be the one that is never mended.
const PATIENCE: Duration = Duration::from_secs(3600);

/// What a change of versions would come in between of, at this moment, after it has waited for so long.
pub(super) fn reason_to_wait(snapshot: &Snapshot, now_ms: u64, waited: Duration) -> Option<UpdateWait> {
    if snapshot.lease.is_some() {
        return Some(UpdateWait::Lease);
    }
    // A clock that was set back must not have it wait until it has caught up.
    let recent = |at: u64| now_ms.abs_diff(at) < QUIET_MS;
    let arriving = waited < PATIENCE && snapshot.apps.iter().filter_map(|app| app.last_event_ms).any(recent);
    let busy = arriving || snapshot.agent.answering > 0 || snapshot.targets.iter().any(is_handed_events);
    busy.then_some(UpdateWait::Events)
}

/// Whether events are on their way to a target. Those of one that is down or held back wait on the disk, and wait there afterwards.
fn is_handed_events(target: &TargetView) -> bool {
    let takes = match target.health {
        TargetHealth::Untried | TargetHealth::Up | TargetHealth::Failing => true,
        TargetHealth::Down | TargetHealth::Paused | TargetHealth::Absent => false,
    };
    takes && target.queued > 0
}

#[cfg(test)]
mod tests {
    use longwire_contract::{AgentView, AppView, LeasePhase, LeaseView, TargetKind};

    use super::*;

    const NOW: u64 = 1_000_000;

    fn lease(phase: LeasePhase) -> Option<LeaseView> {
        let (since_ms, until_ms) = (NOW - 1, NOW + 1);
        Some(LeaseView { phase, since_ms, until_ms, minutes_left: 1, changes: vec![], detail: String::new() })
    }

    fn app(last_event_ms: Option<u64>) -> AppView {
        let id = "cli_0123456789abcdef".parse().unwrap();
        AppView { last_event_ms, ..AppView::new(id, 0) }
    }

    fn target(health: TargetHealth, queued: u32) -> TargetView {
        TargetView {
            name: "bot".into(),
            kind: TargetKind::Webhook,
            app_id: None,
            address: String::new(),
            events: vec![],
            filters: vec![],
            headers: vec![],
            deadline_s: 30,
            remote: false,
            encrypts: false,
            has_token: false,
            given: false,
            health,
            since_ms: 0,
            queued,
            failed: 7,
            delivered: 9,
            last_ms: Some(NOW),
            trouble: None,
            retry_at_ms: None,
        }
    }

    #[test]
    fn it_waits_for_a_lease_and_for_events_and_for_nothing_else() {
        let (events, held) = (Some(UpdateWait::Events), Some(UpdateWait::Lease));
        let of_app = |at| Snapshot { apps: vec![app(None), app(at)], ..Snapshot::default() };
        let of_target = |health, queued| Snapshot {
            targets: vec![target(TargetHealth::Up, 0), target(health, queued)],
            ..Snapshot::default()
        };
        let of_agent = |answering| Snapshot {
            agent: AgentView { answering, ..AgentView::default() },
            ..Snapshot::default()
        };
        let of_lease = |phase| Snapshot { lease: lease(phase), ..of_app(Some(NOW)) };
        for (case, snapshot, expected) in [
            ("nothing at all", Snapshot::default(), None),
            ("no event yet", of_app(None), None),
            ("an event just now", of_app(Some(NOW)), events),
            ("one nine seconds ago", of_app(Some(NOW - 9_999)), events),
            ("one ten seconds ago", of_app(Some(NOW - 10_000)), None),
            ("the clock was set back since", of_app(Some(NOW + 3_600_000)), None),
            ("the clock is a moment behind", of_app(Some(NOW + 1)), events),
            ("an empty queue", of_target(TargetHealth::Up, 0), None),
            ("one that is handed events", of_target(TargetHealth::Up, 1), events),
            ("one that is about to be", of_target(TargetHealth::Untried, 1), events),
            ("one that fails and is tried again", of_target(TargetHealth::Failing, 1), events),
            ("one that is down", of_target(TargetHealth::Down, 900), None),
            ("one that is held back", of_target(TargetHealth::Paused, 900), None),
            ("one that is gone", of_target(TargetHealth::Absent, 900), None),
            ("an answer is being written", of_agent(1), events),
            ("no answer is", of_agent(0), None),
            ("a lease is held", of_lease(LeasePhase::Held), held),
            ("a lease begins", of_lease(LeasePhase::Beginning), held),
            ("one cannot be ended", of_lease(LeasePhase::Stuck), held),
        ] {
            assert_eq!(reason_to_wait(&snapshot, NOW, Duration::ZERO), expected, "{case}");
        }
    }

    #[test]
    fn after_an_hour_it_settles_for_a_moment_in_which_nothing_is_handed_over() {
        let (events, held) = (Some(UpdateWait::Events), Some(UpdateWait::Lease));
        let hour = Duration::from_secs(3600);
        let short = hour - Duration::from_millis(1);
        let arriving = Snapshot { apps: vec![app(Some(NOW))], ..Snapshot::default() };
        let queued = Snapshot { targets: vec![target(TargetHealth::Up, 1)], ..arriving.clone() };
        let agent = AgentView { answering: 1, ..AgentView::default() };
        let answering = Snapshot { agent, ..arriving.clone() };
        let leased = Snapshot { lease: lease(LeasePhase::Held), ..Snapshot::default() };
        for (case, snapshot, waited, expected) in [
            ("an event just now, before", &arriving, short, events),
            ("an event just now", &arriving, hour, None),
            ("an event just now, and it was long", &arriving, hour * 24, None),
            ("one is being handed over", &queued, hour, events),
            ("an answer is being written", &answering, hour, events),
            ("a lease is held", &leased, hour * 24, held),
        ] {
            assert_eq!(reason_to_wait(snapshot, NOW, waited), expected, "{case}");
        }
    }
}
