//! Roads that stand.

use super::{HOST, Setting, carries};
use crate::stream::{Stream, Wire};
use crate::{ProxyPlace, Stage};

#[tokio::test]
async fn a_road_through_an_http_proxy_stands_and_the_name_is_resolved_there() {
    let setting = Setting::new().await;
    let (proxy, mut heads) = setting.http_proxy().await;
    let (road, begun) = setting.dial(&[&format!("http://alice:hunter2@{proxy}")], HOST).await;
    let mut road = road.unwrap();
    assert!(carries(&mut road).await);
    assert_eq!(begun, [Stage::Proxy, Stage::Tls]);
    let head = heads.recv().await.unwrap();
    assert!(head.starts_with("CONNECT bot.invalid:8443 HTTP/1.1\r\n"), "{head}");
    let Stream::Tls(tls) = &road.stream else { panic!("{:?}", road.stream) };
    assert!(matches!(tls.get_ref().0, Wire::Plain(tcp) if tcp.nodelay().unwrap()));

    let trace = &road.trace;
    let taken = trace.route.as_ref().unwrap();
    let place = taken.proxy.clone().unwrap();
    assert_eq!(place, ProxyPlace::of(&format!("http://{proxy}").parse().unwrap()));
    assert_eq!(place.to_string(), format!("http://{proxy}"));
    assert_eq!((trace.proxy_peer, trace.peer), (Some(proxy), None));
    assert!(trace.proxy.is_some() && trace.tls.is_some());
    assert_eq!((trace.dns, trace.tcp), (None, None));
    assert_eq!(trace.issuer.as_deref(), Some("Longwire test CA"));
    assert!(!format!("{road:?}").contains("hunter2"));
}

#[tokio::test]
async fn an_https_proxy_is_verified_with_the_same_roots_and_its_chain_is_kept_apart() {
    let setting = Setting::new().await;
    let (proxy, _heads) = setting.https_proxy(&setting.ca).await;
    let (road, begun) = setting.dial(&[&format!("https://{proxy}")], HOST).await;
    let mut road = road.unwrap();
    assert!(carries(&mut road).await);
    assert_eq!(begun, [Stage::Proxy, Stage::Tls]);
    let Stream::Tls(tls) = &road.stream else { panic!("{:?}", road.stream) };
    assert!(matches!(tls.get_ref().0, Wire::Tls(_)));
    assert_eq!((road.trace.proxy_chain.len(), road.trace.chain.len()), (1, 1));
    assert_ne!(road.trace.proxy_chain, road.trace.chain);
}

#[tokio::test]
async fn socks5h_leaves_the_name_to_the_proxy_and_socks5_resolves_it_here() {
    let setting = Setting::new().await;
    let (proxy, mut places) = setting.socks5_proxy().await;
    let (road, begun) = setting.dial(&[&format!("socks5h://{proxy}")], HOST).await;
    let mut road = road.unwrap();
    assert!(carries(&mut road).await);
    assert_eq!(begun, [Stage::Proxy, Stage::Tls]);
    assert_eq!(places.recv().await.unwrap(), b"\x03\x0bbot.invalid\x20\xfb");
    assert_eq!((road.trace.dns, road.trace.peer), (None, None));

    let (road, begun) = setting.dial(&[&format!("socks5://{proxy}")], "https://localhost:8443").await;
    let mut road = road.unwrap();
    assert!(carries(&mut road).await);
    assert_eq!(begun, [Stage::Dns, Stage::Proxy, Stage::Tls]);
    let place = places.recv().await.unwrap();
    assert!(matches!(place[0], 1 | 4) && place.ends_with(b"\x20\xfb"), "{place:?}");
    assert!(road.trace.dns.is_some() && road.trace.tcp.is_none());
    assert!(road.trace.peer.is_some_and(|peer| peer.ip().is_loopback() && peer.port() == 8443));
}

#[tokio::test]
async fn an_ipv6_address_goes_through_as_it_is() {
    let setting = Setting::new().await;
    let (proxy, mut heads) = setting.http_proxy().await;
    let (road, _) = setting.dial(&[&format!("http://{proxy}")], "https://[::1]:8443").await;
    assert!(carries(&mut road.unwrap()).await);
    assert!(heads.recv().await.unwrap().starts_with("CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\n"));
    let (proxy, mut places) = setting.socks5_proxy().await;
    let (road, begun) = setting.dial(&[&format!("socks5://{proxy}")], "https://[::1]:8443").await;
    assert!(carries(&mut road.unwrap()).await);
    assert_eq!(places.recv().await.unwrap(), b"\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x20\xfb");
    assert_eq!(begun, [Stage::Dns, Stage::Proxy, Stage::Tls]);
}

#[tokio::test]
async fn what_the_host_presents_is_verified_through_a_proxy_as_without_one() {
    let setting = Setting::new().await;
    let (proxy, _heads) = setting.http_proxy().await;
    let (road, _) = setting.dial(&[&format!("http://{proxy}"), "direct"], "https://other.invalid").await;
    let error = road.unwrap_err();
    assert_eq!(error.stage, Stage::Tls);
    assert!(matches!(error.cause, crate::Cause::WrongHost { .. }), "{error:?}");
    assert_eq!(
        (error.trace.chain.len(), &error.trace.ways_failed[..]),
        (1, &[][..]),
        "the host's word is the last"
    );
}
