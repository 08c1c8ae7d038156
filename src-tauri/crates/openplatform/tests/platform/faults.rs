use std::time::{Duration, Instant};

use http::{Request, Response};
use http_body_util::Full;
use longwire_openplatform::{EventKind, Fault, Running, Simulator};
use longwire_wire::{Frame, Reply};
use serde_json::Value;
use tokio::{io::AsyncReadExt, io::AsyncWriteExt, net::TcpStream, time};
use tokio_tungstenite::tungstenite;

use crate::peer::{Peer, SOON, discover, request_to, session_url};

/// Long enough to see that nothing comes.
const MOMENT: Duration = Duration::from_millis(150);

#[tokio::test]
async fn the_endpoints_failures_are_answers_and_end_with_the_fault() {
    let platform = Simulator::builder().start().await.unwrap();
    let codes = [
        (Fault::Busy, 1),
        (Fault::CredentialsWrong, 1_000_040_345),
        (Fault::DomainWrong, 1_000_040_351),
        (Fault::InternalError, 1_000_040_343),
        (Fault::LimitAtEndpoint, 1_000_040_350),
        (Fault::UnknownCode, 1_000_049_999),
    ];
    for (fault, code) in codes {
        let mut peer = Peer::connect(&platform).await;
        platform.set_fault(Some(fault)).await;
        assert!(peer.ends().await, "{fault:?} is seen at once");
        assert_eq!(discover(&platform, &platform.apps()[0]).await["code"], code, "{fault:?}");
        platform.set_fault(None).await;
    }
    platform.set_fault(Some(Fault::NoUrl)).await;
    let answer = discover(&platform, &platform.apps()[0]).await;
    assert_eq!((&answer["code"], &answer["data"]["URL"]), (&Value::from(0), &Value::Null));
    for (fault, status) in [(Fault::Html, 200), (Fault::HttpStatus, 502)] {
        platform.set_fault(Some(fault)).await;
        let page = endpoint(&platform).await.unwrap();
        assert_eq!(page.status(), status);
        assert!(page.body().starts_with(b"<!DOCTYPE html>"));
    }
    platform.set_fault(None).await;
    Peer::connect(&platform).await;
}

#[tokio::test]
async fn the_upgrades_failures_say_what_the_platform_says() {
    let platform = Simulator::builder().start().await.unwrap();
    let cases = [
        (Fault::Forbidden, 403, Some("403"), None),
        (Fault::ConnectionLimit, 514, Some("514"), Some("1000040350")),
        (Fault::TicketRefused, 514, Some("514"), Some("1000040348")),
        (Fault::UpgradeBlocked, 403, None, None),
    ];
    for (fault, status, handshake, auth) in cases {
        let mut peer = Peer::connect(&platform).await;
        platform.set_fault(Some(fault)).await;
        assert!(peer.ends().await, "{fault:?} is seen at once");
        let url = session_url(&platform).await;
        let Err(tungstenite::Error::Http(refusal)) = Peer::open(&url).await else { panic!("{fault:?}") };
        let header = |name| refusal.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(refusal.status(), status, "{fault:?}");
        assert_eq!(
            (header("handshake-status"), header("handshake-autherrcode")),
            (handshake, auth),
            "{fault:?}"
        );
        assert_eq!(header("handshake-msg").is_some(), handshake.is_some(), "{fault:?}");
        platform.set_fault(None).await;
    }
    assert_eq!(platform.stats().refused, 4);
}

#[tokio::test]
async fn refused_closes_the_port_and_the_end_of_it_opens_the_same_one() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    platform.set_fault(Some(Fault::Refused)).await;
    assert!(peer.ends().await);
    let refused = TcpStream::connect(platform.address()).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    platform.set_fault(None).await;
    Peer::connect(&platform).await;
}

#[tokio::test]
async fn a_black_hole_accepts_and_never_answers() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    platform.set_fault(Some(Fault::BlackHole)).await;
    peer.send(&Frame::ping(peer.service)).await;
    assert!(time::timeout(MOMENT, peer.frame()).await.is_err(), "the link is silent");
    let mut fresh = TcpStream::connect(platform.address()).await.unwrap();
    fresh.write_all(b"POST /callback/ws/endpoint HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut byte = [0];
    assert!(time::timeout(MOMENT, fresh.read(&mut byte)).await.is_err(), "nothing is answered");
    platform.set_fault(None).await;
    assert!(peer.ends().await);
    assert!(matches!(time::timeout(SOON, fresh.read(&mut byte)).await, Ok(Ok(0) | Err(_))));
    Peer::connect(&platform).await;
}

#[tokio::test]
async fn a_black_hole_swallows_the_next_request_of_an_open_connection() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut stream = TcpStream::connect(platform.address()).await.unwrap();
    let request = b"GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut buffer = [0; 4096];
    assert!(stream.read(&mut buffer).await.unwrap() > 0);
    platform.set_fault(Some(Fault::BlackHole)).await;
    stream.write_all(request).await.unwrap();
    assert!(time::timeout(MOMENT, stream.read(&mut buffer)).await.is_err());
    platform.set_fault(None).await;
    assert!(matches!(time::timeout(SOON, stream.read(&mut buffer)).await, Ok(Ok(0) | Err(_))));
}

#[tokio::test]
async fn a_silent_link_opens_and_says_nothing() {
    let platform = Simulator::builder().ack_deadline(MOMENT).redelivery([]).start().await.unwrap();
    platform.set_fault(Some(Fault::Silent)).await;
    let mut peer = Peer::connect(&platform).await;
    peer.send(&Frame::ping(peer.service)).await;
    let mut delivery = platform.send(EventKind::Reaction).unwrap();
    assert!(time::timeout(MOMENT, peer.frame()).await.is_err());
    delivery.settled().await;
    assert_eq!(platform.stats().clients, 1);
    drop(peer);
    platform.until(|stats| stats.clients == 0).await;

    let mut peer = Peer::connect(&platform).await;
    platform.set_fault(None).await;
    assert!(peer.ends().await, "a link that lost bytes cannot go on");
}

#[tokio::test]
async fn a_flapping_link_ends_a_second_after_it_opens() {
    let platform = Simulator::builder().start().await.unwrap();
    platform.set_fault(Some(Fault::Flapping)).await;
    for _ in 0..2 {
        let opened = Instant::now();
        let mut peer = Peer::connect(&platform).await;
        peer.send(&Frame::ping(peer.service)).await;
        assert!(peer.frame().await.is_ok(), "it works until then");
        assert!(peer.ends().await);
        assert!(opened.elapsed() >= Duration::from_millis(900), "{:?}", opened.elapsed());
    }
}

#[tokio::test]
async fn garbage_comes_between_good_events_and_answers_to_it_are_overlooked() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    platform.set_fault(Some(Fault::Garbage)).await;
    let mut wrong = 0;
    for _ in 0..20 {
        let mut delivery = platform.send(EventKind::Reaction).unwrap();
        loop {
            let Ok(frame) = peer.frame().await else {
                wrong += 1;
                continue;
            };
            if frame.payload.as_ref().is_some_and(|payload| payload.starts_with(b"{\"event\"")) {
                let mut ack = frame;
                ack.headers.push(longwire_wire::Header::new(longwire_wire::key::BIZ_RT, "0"));
                ack.payload = Some(Reply::ok().to_json());
                peer.send(&ack).await;
                break;
            }
            wrong += 1;
            if frame.method == 1 && frame.header("message_id").is_some() {
                peer.send(&Frame { payload: Some(Reply::failed().to_json()), ..frame }).await;
            }
        }
        delivery.acked().await.unwrap();
    }
    assert!(wrong >= 20, "{wrong}");
    assert_eq!(platform.violations(), []);
}

async fn endpoint(platform: &Running) -> Result<Response<bytes::Bytes>, hyper::Error> {
    request_to(platform, Request::post("/callback/ws/endpoint").body(Full::default()).unwrap()).await
}
