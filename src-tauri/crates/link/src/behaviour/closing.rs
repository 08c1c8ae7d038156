use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use longwire_wire::ClientConfig;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::{Message, protocol::frame::coding::CloseCode};

use crate::{
    Code, EndpointError, State, Tuning,
    testing::{Desk, Link, Plan, Stage, acked, event},
};

async fn goodbye(link: &mut Link) {
    match link.next().await {
        Some(Message::Close(Some(frame))) => assert_eq!(frame.code, CloseCode::Normal),
        other => panic!("{other:?}"),
    }
}

async fn closed(mut stage: Stage) -> Duration {
    let began = Instant::now();
    (&mut stage.task).await.unwrap();
    assert_eq!(*stage.states.borrow(), State::Closed);
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn an_idle_link_says_goodbye_and_is_closed_at_once() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    stage.stop();
    goodbye(&mut link).await;
    assert!(link.next().await.is_none());
    drop(link);
    assert_eq!(closed(stage).await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_is_being_kept_is_acknowledged_before_the_goodbye_and_nothing_new_is_taken() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    link.send_frame(&event("kept", "\"gate\"")).await;
    sleep(Duration::from_millis(1)).await;
    stage.stop();
    sleep(Duration::from_millis(1)).await;
    link.send_frame(&event("late", "{}")).await;
    sleep(Duration::from_millis(500)).await;
    stage.desk.gate.add_permits(1);
    assert_eq!(acked(&link.frame().await), ("kept".to_owned(), r#"{"code":200}"#.to_owned()));
    goodbye(&mut link).await;
    assert!(link.next().await.is_none());
    drop(link);
    assert_eq!(stage.desk.started.load(Relaxed), 1);
    closed(stage).await;
}

#[tokio::test(start_paused = true)]
async fn neither_a_stuck_event_nor_a_silent_peer_holds_up_the_end() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    link.send_frame(&event("stuck", "\"hang\"")).await;
    sleep(Duration::from_millis(1)).await;
    stage.stop();
    let Tuning { finish, farewell, .. } = Tuning::default();
    assert_eq!(closed(stage).await, finish + farewell);
    goodbye(&mut link).await;
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_not_up_closes_at_once() {
    let busy = EndpointError::Code { code: Code::Busy, message: String::new() };
    let wrong = EndpointError::Code { code: Code::DomainWrong, message: String::new() };
    for plan in [Plan::Hang, Plan::NoTicket(busy.into()), Plan::NoTicket(wrong.into())] {
        let mut stage = Stage::script([], plan.clone(), Tuning::default());
        stage.state(|state| *state != State::Closed).await;
        sleep(Duration::from_millis(1)).await;
        stage.stop();
        assert_eq!(closed(stage).await, Duration::ZERO, "{plan:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_that_waits_for_its_first_pong_says_goodbye_too() {
    let mut stage = Stage::script([], Plan::Open(ClientConfig::default()), Tuning::default());
    let mut link = stage.link().await;
    link.ping().await;
    stage.stop();
    goodbye(&mut link).await;
    drop(link);
    closed(stage).await;
}
