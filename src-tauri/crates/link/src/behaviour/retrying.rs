use std::time::Duration;

use longwire_wire::ClientConfig;
use tokio::time::{Instant, advance, sleep};

use crate::{
    Backoff, Code, EndpointError, Error, Nudge, SessionError, Stage as Hop, State, Tuning, UpgradeError,
    testing::{Plan, Stage},
};

fn busy() -> Error {
    EndpointError::Code { code: Code::Busy, message: "busy".to_owned() }.into()
}

fn wrong_credentials() -> Error {
    EndpointError::Code { code: Code::CredentialsWrong, message: String::new() }.into()
}

fn open() -> Plan {
    Plan::Open(ClientConfig::default())
}

#[tokio::test(start_paused = true)]
async fn a_failing_platform_is_tried_again_within_growing_bounds_and_without_end() {
    let mut stage = Stage::script([], Plan::NoTicket(busy()), Tuning::default());
    for failed in 1..=20 {
        let state =
            stage.state(|state| matches!(state, State::Waiting { attempt, .. } if *attempt == failed)).await;
        let State::Waiting { error, retry_at, steps, .. } = state else { unreachable!() };
        assert_eq!((error, steps.at), (busy(), Hop::Endpoint));
        let bound = Duration::from_secs(1 << (failed - 1).min(5)).min(Duration::from_secs(30));
        assert!(retry_at - Instant::now() <= bound, "try {failed}");
        assert_eq!(stage.tickets(), failed);
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_try_comes_when_the_state_says() {
    let mut stage = Stage::script([Plan::NoTicket(busy())], open(), Tuning::default());
    let State::Waiting { retry_at, .. } = stage.waiting().await else { unreachable!() };
    stage.link().await;
    // The clock of tokio counts in whole milliseconds.
    let late = Instant::now() - retry_at;
    assert!(late <= Duration::from_millis(1), "{late:?}");
}

#[tokio::test(start_paused = true)]
async fn every_try_has_a_ticket_of_its_own() {
    let timed_out = UpgradeError::TimedOut(Duration::from_secs(10)).into();
    let mut stage = Stage::script([Plan::NoUpgrade(timed_out)], open(), Tuning::default());
    let first = stage.live_link().await;
    assert_eq!(first.device_id, "d1");
    drop(first);
    assert_eq!(stage.link().await.device_id, "d2");
    assert_eq!(stage.tickets(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_stops_until_a_nudge_of_any_kind() {
    let limit = UpgradeError::ConnectionLimit { message: "full".to_owned() };
    let script = [Plan::NoTicket(wrong_credentials()), Plan::NoUpgrade(limit.clone().into())];
    let mut stage = Stage::script(script, Plan::NoTicket(wrong_credentials()), Tuning::default());
    let State::Refused { error, steps } = stage.refused().await else { unreachable!() };
    assert_eq!((error, steps.at), (wrong_credentials(), Hop::Endpoint));
    sleep(Duration::from_secs(86_400)).await;
    assert_eq!(stage.tickets(), 1);

    stage.nudges.send(Nudge::Retry).await.unwrap();
    let limit = Error::from(limit);
    stage.state(|state| matches!(state, State::Refused { error, .. } if *error == limit)).await;

    for (nudge, tickets) in [(Nudge::Woke, 3), (Nudge::NetworkChanged, 4)] {
        stage.nudges.send(nudge).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        assert_eq!(stage.tickets(), tickets, "{nudge:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_nudge_ends_a_wait_at_once_and_the_backoff_with_it() {
    for nudge in [Nudge::Retry, Nudge::Woke, Nudge::NetworkChanged] {
        let mut stage = Stage::script([], Plan::NoTicket(busy()), Tuning::default());
        stage.state(|state| matches!(state, State::Waiting { attempt: 8, .. })).await;
        let before = Instant::now();
        stage.nudges.send(nudge).await.unwrap();
        let state = stage.state(|state| matches!(state, State::Waiting { attempt: 1, .. })).await;
        let State::Waiting { retry_at, .. } = state else { unreachable!() };
        assert_eq!(before, Instant::now(), "{nudge:?}");
        assert!(retry_at - before <= Duration::from_secs(1));
    }
}

#[tokio::test(start_paused = true)]
async fn news_of_the_network_start_a_hanging_try_anew_and_a_users_retry_does_not() {
    let mut stage = Stage::script([Plan::Hang, Plan::Hang], open(), Tuning::default());
    stage.state(|state| matches!(state, State::Connecting { .. })).await;
    stage.nudges.send(Nudge::Retry).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(stage.tickets(), 1);
    stage.nudges.send(Nudge::NetworkChanged).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(stage.tickets(), 2);
    stage.nudges.send(Nudge::Woke).await.unwrap();
    stage.link().await;
    assert_eq!(stage.tickets(), 3);
}

#[tokio::test(start_paused = true)]
async fn news_of_the_network_end_the_backoff_of_a_try_under_way_and_of_a_link() {
    for nudge in [Nudge::Woke, Nudge::NetworkChanged] {
        let failures = vec![Plan::NoTicket(busy()); 7];
        let script = failures.into_iter().chain([Plan::Hang, Plan::NoTicket(busy())]);
        let mut stage = Stage::script(script, open(), Tuning::default());
        stage.state(|state| matches!(state, State::Connecting { attempt: 7, .. })).await;
        sleep(Duration::from_secs(1)).await;
        stage.nudges.send(nudge).await.unwrap();
        let state = stage.waiting().await;
        assert!(matches!(state, State::Waiting { attempt: 1, .. }), "{nudge:?}: {state:?}");

        drop(stage.live_link().await);
        stage.state(|state| matches!(state, State::Waiting { attempt: 2, .. })).await;
        let _link = stage.live_link().await;
        stage.nudges.send(nudge).await.unwrap();
        let state = stage.waiting().await;
        assert!(matches!(state, State::Waiting { attempt: 1, .. }), "{nudge:?}: {state:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_link_says_how_long_it_was_up() {
    let mut stage = Stage::script([], open(), Tuning::default());
    let link = stage.live_link().await;
    advance(Duration::from_secs(31)).await;
    drop(link);
    let State::Waiting { steps, .. } = stage.waiting().await else { unreachable!() };
    assert_eq!(steps.up, Some(Duration::from_secs(31)));

    let link = stage.link().await;
    drop(link);
    let State::Waiting { steps, .. } = stage.waiting().await else { unreachable!() };
    assert_eq!(steps.up, None, "it never was");
}

#[tokio::test(start_paused = true)]
async fn a_link_that_lived_long_starts_the_backoff_anew_and_a_flapping_one_does_not() {
    let mut stage = Stage::script([], open(), Tuning::default());
    for failed in 1..=4 {
        let link = stage.live_link().await;
        advance(Backoff::default().settled - Duration::from_secs(1)).await;
        drop(link);
        let state = stage.waiting().await;
        assert!(matches!(state, State::Waiting { attempt, .. } if attempt == failed), "{state:?}");
    }
    let link = stage.live_link().await;
    advance(Backoff::default().settled).await;
    drop(link);
    let state = stage.waiting().await;
    let cut = Error::Session(SessionError::Cut);
    assert!(matches!(&state, State::Waiting { attempt: 1, error, .. } if *error == cut), "{state:?}");
}

#[tokio::test(start_paused = true)]
async fn a_small_reconnect_count_never_stops_us() {
    let wishes = ClientConfig { reconnect_count: Some(1), ..ClientConfig::default() };
    let mut stage = Stage::script([], Plan::Open(wishes), Tuning::default());
    for _ in 0..10 {
        drop(stage.live_link().await);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_pong_wishes_stretches_the_waits() {
    let wishes = ClientConfig { reconnect_interval: Some(3600), ..ClientConfig::default() };
    let mut stage = Stage::script([], open(), Tuning::default());
    let mut longest = Duration::ZERO;
    for _ in 0..20 {
        let mut link = stage.link().await;
        link.answer_ping(Some(wishes)).await;
        stage.state(|state| matches!(state, State::Connected { .. })).await;
        drop(link);
        let State::Waiting { retry_at, .. } = stage.waiting().await else { unreachable!() };
        longest = longest.max(retry_at - Instant::now());
    }
    assert!((30.0..60.0).contains(&longest.as_secs_f64()), "{longest:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_left_to_nudge_changes_nothing() {
    let mut stage = Stage::script([Plan::NoTicket(busy())], open(), Tuning::default());
    stage.nudges = tokio::sync::mpsc::channel(1).0;
    let mut link = stage.live_link().await;
    assert!(link.silent_for(Duration::from_secs(119)).await);
    link.ping().await;
}
