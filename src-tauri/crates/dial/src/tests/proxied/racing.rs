//! Several addresses of a host, found here and asked for through a proxy.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{Setting, server};
use crate::tests::origin;
use crate::trace::Trace;
use crate::tunnel::open;
use crate::{Deadlines, ProxyFault, race};

/// A SOCKS 5 proxy that answers each request as `answer` says of its type of address; `None` is silence.
async fn proxy(answer: fn(u8) -> Option<u8>) -> (SocketAddr, UnboundedReceiver<u8>) {
    let (asked, kinds) = unbounded_channel();
    let address = server::each(move |mut stream| {
        let asked = asked.clone();
        async move {
            stream.read_exact(&mut [0; 3]).await.unwrap();
            stream.write_all(&[5, 0]).await.unwrap();
            let mut request = [0; 300];
            stream.read_exact(&mut request[..4]).await.unwrap();
            asked.send(request[3]).unwrap();
            if let Some(code) = answer(request[3]) {
                stream.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
            }
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    })
    .await;
    (address, kinds)
}

const V4: u8 = 1;
const V6: u8 = 4;

fn found() -> Vec<SocketAddr> {
    ["[2001:db8::7]:443", "203.0.113.7:443"].map(|address| address.parse().unwrap()).to_vec()
}

async fn tunnel(scheme: &str, proxy: SocketAddr, found: &[SocketAddr]) -> (Result<(), ProxyFault>, Trace) {
    let setting = Setting::new().await;
    let deadlines = Deadlines { proxy: 4 * race::STAGGER, ..Deadlines::default() };
    let dialer = setting.dialer.clone().with_deadlines(deadlines);
    let (proxy, mut trace) = (format!("{scheme}://{proxy}").parse().unwrap(), Trace::default());
    let ended = open(&dialer, &proxy, &origin("https://bot.invalid"), Some(found), &mut trace).await;
    (ended.map(drop), trace)
}

#[tokio::test]
async fn an_address_that_the_proxy_cannot_reach_hands_over_to_the_next_one() {
    let (address, mut kinds) = proxy(|kind| Some(if kind == V6 { 3 } else { 0 })).await;
    let (ended, trace) = tunnel("socks5", address, &found()).await;
    assert_eq!((ended, trace.peer), (Ok(()), Some(found()[1])));
    assert_eq!((kinds.recv().await, kinds.recv().await), (Some(V6), Some(V4)));
    assert_eq!(trace.attempts.len(), 1);
    assert_eq!(trace.attempts[0].address, found()[0]);
    assert!(trace.attempts[0].fault.text.contains("network cannot be reached"), "{trace:?}");
}

#[tokio::test]
async fn a_silent_address_is_passed_through_a_proxy_too() {
    let (address, _kinds) = proxy(|kind| (kind == V4).then_some(0)).await;
    let (ended, trace) = tunnel("socks5", address, &found()).await;
    assert_eq!((ended, trace.peer), (Ok(()), Some(found()[1])));
}

#[tokio::test]
async fn of_several_failures_the_most_telling_one_is_the_error() {
    for (answer, told) in [
        ((|kind| Some(if kind == V6 { 5 } else { 4 })) as fn(u8) -> Option<u8>, Some(5)),
        (|kind| Some(if kind == V6 { 3 } else { 2 }), Some(2)),
        (|kind| (kind == V6).then_some(2), Some(2)),
        (|_| None, None),
    ] {
        let (address, _kinds) = proxy(answer).await;
        let (ended, trace) = tunnel("socks5", address, &found()).await;
        let silence = ProxyFault::TimedOut(4 * race::STAGGER);
        assert_eq!(ended, Err(told.map_or(silence, |code| ProxyFault::SocksRefused { code })));
        assert_eq!((trace.peer, trace.proxy_peer), (None, Some(address)));
    }
}

#[tokio::test]
async fn a_proxy_that_speaks_another_protocol_is_asked_once() {
    let (asked, mut times) = unbounded_channel();
    let address = server::each(move |mut stream| {
        asked.send(()).unwrap();
        async move { stream.write_all(b"220 mail ready\r\n").await.unwrap() }
    })
    .await;
    let (ended, trace) = tunnel("socks5", address, &found()).await;
    assert_eq!(ended, Err(ProxyFault::OtherProtocol { start: "220 mail ready".into() }));
    assert_eq!(trace.attempts, []);
    assert!(times.recv().await.is_some() && times.try_recv().is_err());
}

#[tokio::test]
async fn socks4_leads_to_ipv4_alone() {
    let silent = server::silent().await;
    let (ended, _) = tunnel("socks4", silent, &found()[..1]).await;
    assert_eq!(ended, Err(ProxyFault::NoIpv4));
}
