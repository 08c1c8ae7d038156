use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use longwire_wire::{ClientConfig, Frame};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        protocol::{CloseFrame, Role, frame::coding::CloseCode},
    },
};

use crate::{
    Error, Nudge, SessionError, SessionInfo, State, Tuning,
    censor::Censor,
    connect::Connection,
    session::Session,
    testing::{Desk, Link, Plan, Stage, acked, event},
};

fn wish(seconds: i64) -> ClientConfig {
    ClientConfig { ping_interval: Some(seconds), ..ClientConfig::default() }
}

fn ended_with(state: State) -> SessionError {
    match state {
        State::Waiting { error: Error::Session(error), .. } => error,
        other => panic!("{other:?}"),
    }
}

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[tokio::test(start_paused = true)]
async fn a_link_is_up_after_the_first_pong_and_not_before() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.link().await;
    link.ping().await;
    sleep(seconds(19)).await;
    assert!(matches!(&*stage.states.borrow(), State::Connecting { steps, .. } if steps.upgrade.is_some()));
    link.send_frame(&Frame::pong(7, None)).await;
    let state = stage.state(|state| matches!(state, State::Connected { .. })).await;
    let State::Connected { steps, session } = state else { unreachable!() };
    assert_eq!(steps.pong, Some(seconds(19)));
    let host = "wss://frontier.test".to_owned();
    assert_eq!(session, SessionInfo { host, device_id: "d0".to_owned(), service_id: 7 });
}

#[tokio::test(start_paused = true)]
async fn any_frame_proves_that_a_link_is_up() {
    for first in
        [Message::Ping("x".into()), Message::Text("?".into()), Message::Binary(event("m", "{}").encode())]
    {
        let mut stage = Stage::open(Desk::default());
        let mut link = stage.link().await;
        link.send(first).await;
        stage.state(|state| matches!(state, State::Connected { .. })).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_that_says_nothing_dies_twenty_seconds_after_the_ping() {
    let mut stage = Stage::open(Desk::default());
    let _link = stage.link().await;
    let opened = Instant::now();
    assert_eq!(ended_with(stage.waiting().await), SessionError::Silent(seconds(20)));
    assert_eq!(opened.elapsed(), seconds(20));
}

#[tokio::test(start_paused = true)]
async fn a_link_that_falls_silent_dies_twenty_seconds_after_the_next_ping() {
    let mut stage = Stage::script([], Plan::Open(wish(60)), Tuning::default());
    let mut link = stage.live_link().await;
    let up = Instant::now();
    link.ping().await;
    assert_eq!(up.elapsed(), seconds(60));
    assert_eq!(ended_with(stage.waiting().await), SessionError::Silent(seconds(20)));
    assert_eq!(up.elapsed(), seconds(80));
}

#[tokio::test(start_paused = true)]
async fn any_frame_after_a_ping_keeps_a_link() {
    let mut stage = Stage::script([], Plan::Open(wish(60)), Tuning::default());
    let mut link = stage.live_link().await;
    for frame in [Message::Ping("x".into()), Message::Pong("".into()), Message::Binary("not a frame".into())]
    {
        link.ping().await;
        sleep(seconds(19)).await;
        link.send(frame.clone()).await;
        if frame == Message::Ping("x".into()) {
            assert_eq!(link.next().await, Some(Message::Pong("x".into())));
        }
    }
    link.ping().await;
    assert!(matches!(&*stage.states.borrow(), State::Connected { .. }));
}

#[tokio::test(start_paused = true)]
async fn the_interval_is_the_servers_and_changes_with_its_pongs_within_bounds() {
    let mut stage = Stage::script([], Plan::Open(wish(90)), Tuning::default());
    let mut link = stage.link().await;
    let (mut last, mut expected) = (Instant::now(), seconds(0));
    for (wished, used) in
        [(None, 90), (Some(30), 30), (Some(1), 5), (None, 5), (Some(9999), 120), (Some(-3), 5)]
    {
        link.ping().await;
        assert_eq!(last.elapsed(), expected, "{wished:?}");
        (last, expected) = (Instant::now(), seconds(used));
        link.send_frame(&Frame::pong(7, wished.map(wish).as_ref())).await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_wish_the_interval_is_two_minutes() {
    let mut link = Stage::open(Desk::default()).live_link_alone().await;
    assert!(link.silent_for(seconds(120) - Duration::from_millis(1)).await);
    link.ping().await;
}

#[tokio::test(start_paused = true)]
async fn after_a_wake_or_a_network_change_a_ping_goes_out_at_once_and_has_five_seconds() {
    for nudge in [Nudge::Woke, Nudge::NetworkChanged] {
        let mut stage = Stage::open(Desk::default());
        let mut link = stage.live_link().await;
        sleep(seconds(30)).await;
        let woke = Instant::now();
        stage.nudges.send(nudge).await.unwrap();
        link.answer_ping(None).await;
        assert!(link.silent_for(seconds(20)).await);

        let woke_again = Instant::now();
        assert_eq!(woke_again - woke, seconds(20));
        stage.nudges.send(nudge).await.unwrap();
        link.ping().await;
        assert_eq!(ended_with(stage.waiting().await), SessionError::Silent(seconds(5)));
        assert_eq!(woke_again.elapsed(), seconds(5));
    }
}

#[tokio::test(start_paused = true)]
async fn a_users_retry_leaves_a_live_link_alone() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    stage.nudges.send(Nudge::Retry).await.unwrap();
    assert!(link.silent_for(seconds(60)).await);
    assert_eq!(stage.tickets(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_peers_goodbye_is_kept_and_answered() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    let reason = "moving \u{1b}[31mhouse ticket-0".into();
    link.send(Message::Close(Some(CloseFrame { code: CloseCode::from(4001), reason }))).await;
    assert!(
        matches!(link.next().await, Some(Message::Close(Some(frame))) if frame.code == CloseCode::from(4001))
    );
    let reason = "moving [31mhouse ***".to_owned();
    assert_eq!(ended_with(stage.waiting().await), SessionError::Closed { code: Some(4001), reason });

    let mut link = stage.live_link().await;
    link.send(Message::Close(None)).await;
    assert_eq!(ended_with(stage.waiting().await), SessionError::Closed { code: None, reason: String::new() });
}

#[tokio::test(start_paused = true)]
async fn a_broken_websocket_names_what_broke() {
    let mut stage = Stage::open(Desk::default());
    drop(stage.live_link().await);
    assert_eq!(ended_with(stage.waiting().await), SessionError::Cut);

    let mut link = stage.live_link().await;
    tokio::io::AsyncWriteExt::write_all(link.socket.get_mut(), b"\xf7\xff no websocket").await.unwrap();
    assert!(matches!(ended_with(stage.waiting().await), SessionError::Protocol(_)));

    let tuning = Tuning { message_bytes: 1000, ..Tuning::default() };
    let mut stage = Stage::script([], Plan::Open(ClientConfig::default()), tuning);
    let mut link = stage.live_link().await;
    link.send(Message::Binary(vec![0; 1001].into())).await;
    assert_eq!(ended_with(stage.waiting().await), SessionError::TooLarge { limit: 1000 });
}

/// Counts how often a task is woken to look at its future.
struct Counted<F>(Pin<Box<F>>, Arc<AtomicU32>);

impl<F: Future> Future for Counted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.1.fetch_add(1, Relaxed);
        self.0.as_mut().poll(cx)
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_link_wakes_for_its_pings_and_their_pongs_only() {
    let (ours, theirs) = tokio::io::duplex(4096);
    let socket = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
    let info = SessionInfo { host: String::new(), device_id: String::new(), service_id: 7 };
    let connection = Connection { socket, info, wishes: wish(60), censor: Censor::default() };
    let mut session = Session::new(connection, Arc::new(Desk::default()), Tuning::default());
    let wakes = Arc::new(AtomicU32::new(0));
    let counted = Counted(Box::pin(async move { while !ended(session.next().await) {} }), wakes.clone());
    let task = tokio::spawn(counted);

    let socket = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
    let mut link = Link { socket, device_id: String::new() };
    const PINGS: u32 = 100;
    for _ in 0..PINGS {
        link.answer_ping(None).await;
    }
    assert!(pin!(link.silent_for(seconds(59))).await);
    let wakes = wakes.load(Relaxed);
    assert!((2 * PINGS..=2 * PINGS + 4).contains(&wakes), "{wakes} wakes for {PINGS} pings");
    task.abort();
}

fn ended(news: crate::session::News) -> bool {
    matches!(news, crate::session::News::Ended(_))
}

impl Stage {
    /// A live link whose stage needs no more looking at.
    async fn live_link_alone(mut self) -> Link {
        let link = self.live_link().await;
        tokio::spawn(async move {
            let _stage = &mut self;
            std::future::pending::<()>().await;
        });
        link
    }
}

#[tokio::test(start_paused = true)]
async fn events_that_came_before_the_first_pong_are_served() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.link().await;
    link.send_frame(&event("m", "{}")).await;
    let mut frames = [link.frame().await, link.frame().await];
    frames.sort_by_key(|frame| frame.method);
    assert_eq!(frames[0], Frame::ping(7));
    assert_eq!(acked(&frames[1]).0, "m");
}
