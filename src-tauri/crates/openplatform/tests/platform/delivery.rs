use std::{collections::HashSet, time::Duration};

use longwire_openplatform::{Attempt, EventKind, EventSpec, Failure, Outcome, Simulator, Violation};
use longwire_wire::{Frame, Header, Reply, key};
use serde_json::Value;

use crate::peer::Peer;

const NEVER: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn every_event_of_the_catalogue_arrives_and_is_acknowledged() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    for &kind in EventKind::ALL {
        let mut delivery = platform.send(kind).unwrap();
        let message = peer.message().await;
        let event = message.event().unwrap();
        assert_eq!(event.event_type, kind.event_type());
        assert_eq!(event.event_id.as_deref(), Some(delivery.event.event_id.as_str()));
        assert_eq!(event.text().as_bytes(), delivery.event.payload);
        peer.ack(message, &Reply::ok()).await;
        let ack = delivery.acked().await.unwrap();
        assert_eq!((ack.data, ack.biz_rt), (None, Duration::from_millis(2)), "{kind:?}");
    }
    let stats = platform.stats();
    assert_eq!((stats.sent, stats.acked, stats.failed), (11, 11, 0));
    assert_eq!(platform.violations(), []);
    assert_eq!(platform.settled().len(), 11);
}

#[tokio::test]
async fn a_large_event_is_sent_in_parts_that_its_headers_count() {
    let platform = Simulator::builder().fragment(100).start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    let mut delivery =
        platform.send(EventSpec::new(EventKind::MessageText).text("拆开".repeat(200))).unwrap();
    let parts = delivery.event.payload.len().div_ceil(100);
    let mut frames = Vec::new();
    for _ in 0..parts {
        frames.push(peer.frame().await.unwrap());
    }
    for (seq, frame) in frames.iter().enumerate() {
        assert_eq!(frame.header(key::SUM), Some(parts.to_string().as_str()));
        assert_eq!(frame.header(key::SEQ), Some(seq.to_string().as_str()));
        assert_eq!(frame.header(key::MESSAGE_ID), frames[0].header(key::MESSAGE_ID));
    }
    peer.send(&echo(frames.pop().unwrap(), r#"{"code": 200}"#)).await;
    delivery.acked().await.unwrap();
}

#[tokio::test]
async fn the_answer_to_a_callback_is_seen() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    let mut delivery = platform.send(EventKind::CardAction).unwrap();
    let message = peer.message().await;
    peer.ack(message, &Reply::with_data(r#"{"toast":{"type":"success","content":"好"}}"#)).await;
    let answer: Value = serde_json::from_slice(&delivery.acked().await.unwrap().data.unwrap()).unwrap();
    assert_eq!(answer["toast"]["content"], "好");
}

#[tokio::test]
async fn an_event_that_failed_is_sent_again_as_the_same_event() {
    let platform = Simulator::builder().time_scale(0.001).ack_deadline(NEVER * 1000).start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    let mut delivery = platform.send(EventKind::Reaction).unwrap();
    let first = peer.message().await;
    let (event_id, payload) = (first.event().unwrap().event_id, first.event().unwrap().text().to_owned());
    peer.ack(first, &Reply::failed()).await;
    let again = peer.message().await;
    assert_eq!(again.event().unwrap().event_id, event_id);
    assert_eq!(again.event().unwrap().text(), payload);
    peer.ack(again, &Reply::ok()).await;
    let report = delivery.settled().await;
    assert_eq!(report.outcome, Outcome::Acked);
    assert_eq!(results(&report.attempts[..1]), [Some(Failure::Code(500))]);
    assert_eq!(platform.stats().redelivered, 1);
}

#[tokio::test]
async fn an_event_nobody_acknowledges_is_lost_after_the_last_try() {
    let platform = hasty().start().await.unwrap();
    let _peer = Peer::connect(&platform).await;
    let mut delivery = platform.send(EventKind::MenuClick).unwrap();
    let report = delivery.settled().await;
    assert_eq!(report.outcome, Outcome::Lost);
    let silence = Some(Failure::NoAck(Duration::from_millis(3)));
    assert_eq!(results(&report.attempts), vec![silence; 5]);
    let stats = platform.until(|stats| stats.lost == 1).await;
    assert_eq!((stats.sent, stats.failed, stats.redelivered), (5, 5, 4));
}

#[tokio::test]
async fn a_callback_is_never_sent_again() {
    let platform = hasty().start().await.unwrap();
    let _peer = Peer::connect(&platform).await;
    let mut delivery = platform.send(EventKind::UrlPreview).unwrap();
    let report = delivery.settled().await;
    assert_eq!((report.outcome, report.attempts.len()), (Outcome::Failed, 1));
}

#[tokio::test]
async fn an_event_sent_to_nobody_reaches_who_comes_later() {
    let pauses = [Duration::from_millis(5); 1000];
    let platform = Simulator::builder().redelivery(pauses).start().await.unwrap();
    let mut delivery = platform.send(EventKind::BotAdded).unwrap();
    let report = delivery.attempts(1).await;
    assert_eq!(results(&report.attempts[..1]), [Some(Failure::NoClient)]);
    let mut peer = Peer::connect(&platform).await;
    let message = peer.message().await;
    peer.ack(message, &Reply::ok()).await;
    delivery.acked().await.unwrap();
}

#[tokio::test]
async fn a_client_that_leaves_with_an_event_has_failed() {
    let platform = Simulator::builder().redelivery([]).start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    let mut delivery = platform.send(EventKind::BotRemoved).unwrap();
    peer.message().await;
    drop(peer);
    let report = delivery.settled().await;
    assert_eq!(results(&report.attempts), [Some(Failure::Disconnected)]);
}

#[tokio::test]
async fn each_event_goes_to_one_client_and_all_get_some() {
    let platform = Simulator::builder().seed(11).redelivery([]).start().await.unwrap();
    let mut peers = Vec::new();
    for _ in 0..3 {
        peers.push(Peer::connect(&platform).await);
    }
    let mut deliveries: Vec<_> = (0..60).map(|_| platform.send(EventKind::Reaction).unwrap()).collect();
    let mut seen = Vec::new();
    let ackers: Vec<_> = peers
        .into_iter()
        .map(|mut peer| {
            tokio::spawn(async move {
                loop {
                    let message = peer.message().await;
                    peer.ack(message, &Reply::ok()).await;
                }
            })
        })
        .collect();
    for delivery in &mut deliveries {
        delivery.acked().await.unwrap();
        seen.push(delivery.report().attempts[0].device_id.clone().unwrap());
    }
    ackers.iter().for_each(tokio::task::JoinHandle::abort);
    let clients: HashSet<_> = seen.iter().collect();
    assert_eq!((clients.len(), platform.stats().sent), (3, 60));
}

#[tokio::test]
async fn an_acknowledgement_that_is_not_an_echo_fails_the_delivery() {
    type Change = fn(&mut Frame);
    let changes: [Change; 4] = [
        |ack| ack.headers.retain(|header| header.key != key::INSTANCE_ID),
        |ack| ack.log_id += 1,
        |ack| ack.payload = Some("ok".into()),
        |ack| ack.headers.retain(|header| header.key != key::BIZ_RT),
    ];
    let platform = Simulator::builder().redelivery([]).start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    for (count, change) in (1..).zip(changes) {
        let mut delivery = platform.send(EventKind::Reaction).unwrap();
        let mut ack = peer.message().await.ack(&Reply::ok(), Duration::ZERO);
        change(&mut ack);
        peer.send(&ack).await;
        let report = delivery.settled().await;
        assert!(matches!(report.attempts[0].result, Err(Failure::Violation(_))), "{report:?}");
        assert_eq!(report.outcome, Outcome::Lost);
        assert_eq!(platform.until(|stats| stats.violations >= count).await.violations, count);
    }
}

#[tokio::test]
async fn a_second_acknowledgement_is_a_violation_and_a_late_one_is_not() {
    let platform =
        Simulator::builder().redelivery([]).ack_deadline(Duration::from_millis(50)).start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    let mut delivery = platform.send(EventKind::Reaction).unwrap();
    let ack = peer.message().await.ack(&Reply::ok(), Duration::ZERO);
    let message_id = ack.header(key::MESSAGE_ID).unwrap().to_owned();
    delivery.settled().await;
    peer.send(&ack).await;
    platform.until(|stats| stats.late == 1).await;
    assert_eq!(platform.violations(), []);

    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    platform.send(EventKind::Reaction).unwrap();
    let again = peer.message().await.ack(&Reply::ok(), Duration::ZERO);
    peer.send(&again).await;
    peer.send(&again).await;
    platform.until(|stats| stats.violations == 1).await;
    let unasked = Violation::Unasked(again.header(key::MESSAGE_ID).unwrap().to_owned());
    assert_eq!(platform.violations()[0].violation, unasked);
    assert_ne!(again.header(key::MESSAGE_ID).unwrap(), message_id);
}

#[tokio::test]
async fn an_event_for_an_app_nobody_knows_is_refused() {
    let platform = Simulator::builder().start().await.unwrap();
    assert!(platform.send(EventSpec::new(EventKind::Reaction).to("cli_unknown")).is_err());
}

fn hasty() -> longwire_openplatform::Builder {
    Simulator::builder().time_scale(0.001).redelivery([Duration::from_secs(1); 4])
}

fn results(attempts: &[Attempt]) -> Vec<Option<Failure>> {
    attempts.iter().map(|attempt| attempt.result.clone().err()).collect()
}

fn echo(mut frame: Frame, payload: &'static str) -> Frame {
    frame.headers.push(Header::new(key::BIZ_RT, "0"));
    frame.payload = Some(payload.into());
    frame
}
