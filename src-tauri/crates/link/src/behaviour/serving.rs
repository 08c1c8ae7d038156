use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use longwire_wire::{ClientConfig, Frame, Header, Method, key};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    BadFrame, State, Tuning,
    testing::{Desk, Link, Plan, Stage, acked, event},
};

const TAKEN: &str = r#"{"code":200}"#;
const NOT_TAKEN: &str = r#"{"code":500}"#;

async fn ack_of(link: &mut Link, payload: &str) -> Frame {
    link.send_frame(&event("m", payload)).await;
    link.frame().await
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_says_what_the_intake_said() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    for (payload, reply) in [
        ("{}", TAKEN),
        ("\"refuse\"", NOT_TAKEN),
        ("\"panic\"", NOT_TAKEN),
        ("\"reply\"", r#"{"code":200,"data":"e30="}"#),
    ] {
        assert_eq!(acked(&ack_of(&mut link, payload).await).1, reply, "{payload}");
    }
    assert!(matches!(&*stage.states.borrow(), State::Connected { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_payload_that_is_not_json_is_not_taken_and_counted() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    assert_eq!(acked(&ack_of(&mut link, "<xml/>").await).1, NOT_TAKEN);
    let not_utf8 = Frame { payload: Some(b"\"\xff\"".as_slice().into()), ..event("m", "") };
    link.send_frame(&not_utf8).await;
    assert_eq!(acked(&link.frame().await).1, NOT_TAKEN);
    assert_eq!(stage.desk.bad.lock().unwrap().len(), 2);
    assert_eq!(stage.desk.started.load(Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_kept_in_time_is_not_taken() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    let sent = Instant::now();
    let ack = ack_of(&mut link, "\"hang\"").await;
    assert_eq!(acked(&ack).1, NOT_TAKEN);
    assert_eq!(sent.elapsed(), Duration::from_millis(2_800));
    assert_eq!(ack.header(key::BIZ_RT), Some("2800"));
}

#[tokio::test(start_paused = true)]
async fn a_slow_event_holds_up_no_other() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    link.send_frame(&event("slow", "\"gate\"")).await;
    link.send_frame(&event("quick", "{}")).await;
    assert_eq!(acked(&link.frame().await).0, "quick");
    sleep(Duration::from_secs(1)).await;
    stage.desk.gate.add_permits(1);
    let ack = link.frame().await;
    assert_eq!(acked(&ack), ("slow".to_owned(), TAKEN.to_owned()));
    assert_eq!(ack.header(key::BIZ_RT), Some("1000"));
}

#[tokio::test(start_paused = true)]
async fn an_event_in_parts_is_acknowledged_once_on_its_last_part() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    let part = |seq: &str, payload: &str| {
        let mut frame = event("m", payload);
        frame.headers[2].value = "2".to_owned();
        frame.headers[3].value = seq.to_owned();
        frame.headers.push(Header::new("trace_id", format!("trace of {seq}")));
        frame
    };
    link.send_frame(&part("1", "}")).await;
    assert!(link.silent_for(Duration::from_secs(1)).await);
    link.send_frame(&part("0", "{")).await;
    let ack = link.frame().await;
    assert_eq!((acked(&ack).1.as_str(), ack.header(key::TRACE_ID)), (TAKEN, Some("trace of 0")));
    assert_eq!(stage.desk.started.load(Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_frame_or_an_unknown_one_is_counted_and_the_link_lives() {
    use longwire_wire::Error;
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    let of_type = |kind: &str| Frame { headers: vec![Header::new(key::TYPE, kind)], ..event("m", "{}") };
    let mut lying = event("m", "{}");
    lying.headers[3].value = "9".to_owned();
    link.send(Message::Text("hello".into())).await;
    link.send(Message::Binary("\x08".into())).await;
    link.send_frame(&Frame { method: 9, ..event("m", "{}") }).await;
    link.send_frame(&of_type("news")).await;
    link.send_frame(&lying).await;
    link.send_frame(&Frame { method: Method::Control as i32, ..Frame::ping(1) }).await;
    assert_eq!(acked(&ack_of(&mut link, "{}").await).1, TAKEN);
    let bad = stage.desk.bad.lock().unwrap().clone();
    assert_eq!(bad[0], BadFrame::Text { bytes: 5 });
    assert!(matches!(bad[1], BadFrame::Wire(Error::NotAFrame(_))));
    assert_eq!(
        bad[2..],
        [
            BadFrame::Wire(Error::UnknownMethod(9)),
            BadFrame::Wire(Error::UnknownType("news".to_owned())),
            BadFrame::Wire(Error::SeqBeyondSum { seq: 9, sum: 1 }),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn more_than_one_turn_can_take_is_taken_in_the_next_without_delay() {
    let mut stage = Stage::open(Desk::default());
    let mut link = stage.live_link().await;
    let sent = Instant::now();
    for n in 0..1000 {
        let message = Message::Binary(event(&n.to_string(), "{}").encode());
        futures_util::SinkExt::feed(&mut link.socket, message).await.unwrap();
    }
    futures_util::SinkExt::flush(&mut link.socket).await.unwrap();
    for n in 0..1000 {
        assert_eq!(acked(&link.frame().await), (n.to_string(), TAKEN.to_owned()));
    }
    assert_eq!(sent.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_flood_is_read_only_as_fast_as_it_is_kept() {
    const FLOOD: u32 = 5_000;
    let tuning = Tuning { in_flight: 64, ..Tuning::default() };
    let mut stage = Stage::script([], Plan::Open(ClientConfig::default()), tuning);
    let link = stage.live_link().await;
    let (mut sink, mut stream) = futures_util::StreamExt::split(link.socket);
    let flood = tokio::spawn(async move {
        for n in 0..FLOOD {
            let message = Message::Binary(event(&n.to_string(), "\"gate\"").encode());
            futures_util::SinkExt::send(&mut sink, message).await.unwrap();
        }
        sink
    });
    sleep(Duration::from_secs(1)).await;
    assert_eq!(stage.desk.started.load(Relaxed), 64);
    assert!(!flood.is_finished(), "the peer must feel it");

    stage.desk.gate.add_permits(FLOOD as usize);
    let mut ids = std::collections::BTreeSet::new();
    while ids.len() < FLOOD as usize {
        let Some(Ok(Message::Binary(bytes))) = futures_util::StreamExt::next(&mut stream).await else {
            panic!()
        };
        let (id, reply) = acked(&Frame::decode(bytes).unwrap());
        assert_eq!(reply, TAKEN);
        assert!(ids.insert(id));
    }
    let _sink = flood.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_no_acknowledgements_is_not_read_on() {
    let mut stage = Stage::open(Desk::default());
    let link = stage.live_link().await;
    let (mut sink, _stream) = futures_util::StreamExt::split(link.socket);
    let flood = tokio::spawn(async move {
        loop {
            let message = Message::Binary(event("m", "{}").encode());
            if futures_util::SinkExt::send(&mut sink, message).await.is_err() {
                break;
            }
        }
    });
    sleep(Duration::from_secs(1)).await;
    let started = stage.desk.started.load(Relaxed);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(stage.desk.started.load(Relaxed), started);
    // Nor does such a link live for ever.
    stage.waiting().await;
    flood.await.unwrap();
}
