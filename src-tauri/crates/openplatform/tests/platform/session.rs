use futures_util::{SinkExt, StreamExt};
use longwire_openplatform::{ClientConfig, Error, Simulator, Violation};
use longwire_wire::{Frame, Header, Inbound};
use tokio::{net::TcpStream, time};
use tokio_tungstenite::tungstenite::{self, Message as Ws};

use crate::peer::{Peer, SOON, session_url};

#[tokio::test]
async fn a_ping_is_answered_with_the_configuration_of_the_moment() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    for interval in [120, 7] {
        let config = ClientConfig {
            reconnect_count: Some(-1),
            reconnect_interval: Some(120),
            reconnect_nonce: Some(30),
            ping_interval: Some(interval),
        };
        platform.set_client_config(config);
        peer.send(&Frame::ping(peer.service)).await;
        let pong = peer.frame().await.unwrap();
        assert_eq!(pong.service, peer.service);
        assert_eq!(Inbound::of(pong), Ok(Inbound::Pong(Some(config))));
    }
    platform.until(|stats| stats.pings == 2).await;
    assert_eq!(platform.violations(), []);
}

#[tokio::test]
async fn a_ping_of_the_websocket_is_answered() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    peer.socket.send(Ws::Ping("alive?".into())).await.unwrap();
    let answer = time::timeout(SOON, peer.socket.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(answer, Ws::Pong("alive?".into()));
}

#[tokio::test]
async fn clients_are_counted_as_they_come_and_go() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut first = Peer::connect(&platform).await;
    let second = Peer::connect(&platform).await;
    assert_eq!(platform.stats().clients, 2);
    first.socket.close(None).await.unwrap();
    platform.until(|stats| stats.clients == 1).await;
    assert_eq!(platform.clients()[0].device_id, second.device_id);
    drop(second);
    platform.until(|stats| stats.clients == 0).await;
    assert_eq!(platform.stats().links, 2);
}

#[tokio::test]
async fn a_ticket_opens_one_session() {
    let platform = Simulator::builder().start().await.unwrap();
    let url = session_url(&platform).await;
    let _peer = Peer::open(&url).await.unwrap();
    let refusal = refused(&url).await;
    assert_eq!(refusal.status(), 401);
    assert_eq!(refusal.headers()["handshake-status"], "514");
    assert_eq!(refusal.headers()["handshake-autherrcode"], "1000040348");
}

#[tokio::test]
async fn one_client_too_many_is_refused() {
    let platform = Simulator::builder().connection_limit(2).start().await.unwrap();
    let (first, _second) = (Peer::connect(&platform).await, Peer::connect(&platform).await);
    let refusal = refused(&session_url(&platform).await).await;
    assert_eq!(refusal.status(), 514);
    assert_eq!(refusal.headers()["handshake-status"], "514");
    assert!(refusal.headers().contains_key("handshake-msg"));
    assert_eq!(refusal.headers()["handshake-autherrcode"], "1000040350");
    drop(first);
    platform.until(|stats| stats.clients == 1).await;
    Peer::connect(&platform).await;
}

#[tokio::test]
async fn what_no_client_sends_is_reported_and_the_link_lives() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    peer.socket.send(Ws::text("hello")).await.unwrap();
    peer.socket.send(Ws::binary(&b"\xff"[..])).await.unwrap();
    peer.send(&Frame::ping(1)).await;
    let unasked = Frame { method: 1, headers: vec![Header::new("message_id", "m")], ..Frame::default() };
    peer.send(&unasked).await;
    let zeros_left_out = Frame::ping(peer.service).encode().slice(4..);
    peer.socket.send(Ws::Binary(zeros_left_out)).await.unwrap();
    platform.until(|stats| stats.violations == 5 && stats.pings == 2).await;

    let violations: Vec<_> = platform.violations().into_iter().map(|observed| observed.violation).collect();
    assert_eq!(violations[0], Violation::Text);
    assert!(matches!(violations[1], Violation::NotAFrame(_)));
    assert!(matches!(violations[2], Violation::BadPing(_)));
    assert_eq!(violations[3], Violation::Unasked("m".into()));
    assert_eq!(violations[4], Violation::FieldMissing(1));
}

#[tokio::test]
async fn a_plain_request_to_the_websocket_is_a_bad_request() {
    let platform = Simulator::builder().start().await.unwrap();
    let request = http::Request::get("/ws/v2?ticket=x").body(Default::default()).unwrap();
    assert_eq!(crate::peer::request_to(&platform, request).await.unwrap().status(), 400);
}

#[tokio::test]
async fn after_a_shutdown_nothing_listens_and_no_link_is_open() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    let waiting = platform.send(longwire_openplatform::EventKind::Reaction).unwrap();
    time::timeout(SOON, platform.shutdown()).await.unwrap();
    assert!(peer.ends().await);
    assert!(TcpStream::connect(platform.address()).await.is_err());
    assert_eq!(waiting.report().outcome, longwire_openplatform::Outcome::Pending);
}

#[tokio::test]
async fn dropping_the_last_handle_ends_it_too() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    let copy = platform.clone();
    drop(platform);
    peer.send(&Frame::ping(peer.service)).await;
    assert!(peer.frame().await.is_ok());
    drop(copy);
    assert!(peer.ends().await);
}

#[tokio::test]
async fn it_listens_beyond_this_machine_only_when_told_to() {
    let everywhere = "0.0.0.0:0".parse().unwrap();
    let refused = Simulator::builder().listen(everywhere).start().await;
    assert!(matches!(refused, Err(Error::NotLoopback(address)) if address == everywhere));
    assert!(Simulator::builder().listen(everywhere).danger_listen_beyond_loopback().start().await.is_ok());
}

async fn refused(url: &str) -> tungstenite::handshake::client::Response {
    match Peer::open(url).await {
        Err(tungstenite::Error::Http(response)) => *response,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the session opened"),
    }
}
