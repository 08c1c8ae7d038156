//! Routes of several ways.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{HOST, Setting, carries, dial, route};
use crate::route::{Choice, Environment, Router, Rule, Source, SystemProxies, Way};
use crate::tests::{file, origin, server};
use crate::{Cause, ProxyFault, Stage};

#[tokio::test]
async fn the_next_way_is_tried_where_one_does_not_lead_there_and_all_are_kept() {
    let setting = Setting::new().await;
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refusing = server::answers("HTTP/1.1 403 No\r\n\r\n").await;
    let (proxy, _heads) = setting.http_proxy().await;
    let ways = [format!("socks5h://{dead}"), format!("http://{refusing}"), format!("http://{proxy}")];
    let ways: Vec<_> = ways.iter().map(String::as_str).chain(["direct"]).collect();
    let (road, begun) = setting.dial(&ways, HOST).await;
    let mut road = road.unwrap();
    assert!(carries(&mut road).await);
    assert_eq!(begun, [Stage::Proxy, Stage::Proxy, Stage::Proxy, Stage::Tls]);
    let failed = &road.trace.ways_failed;
    let seen: Vec<_> =
        failed.iter().map(|way| (way.proxy.as_ref().unwrap().to_string(), &way.cause)).collect();
    let unreachable = Cause::Proxy(ProxyFault::Unreachable(Box::new(Cause::Refused)));
    let refused = Cause::Proxy(ProxyFault::Refused { status: 403, start: String::new() });
    assert_eq!(seen, [(ways[0].to_owned(), &unreachable), (ways[1].to_owned(), &refused)]);
    assert_eq!((failed[0].attempts.len(), road.trace.attempts.len()), (1, 0));
    assert_eq!(road.trace.proxy_peer, Some(proxy));
}

#[tokio::test]
async fn where_no_way_leads_there_the_last_one_is_the_error_and_the_others_are_beside_it() {
    let setting = Setting::new().await;
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let to = format!("https://127.0.0.1:{}", dead.port());
    let (road, begun) = setting.dial(&[&format!("http://{dead}"), "direct"], &to).await;
    let error = road.unwrap_err();
    assert_eq!((error.stage, &error.cause), (Stage::Tcp, &Cause::Refused));
    assert_eq!(begun, [Stage::Proxy, Stage::Dns, Stage::Tcp]);
    assert_eq!(error.trace.ways_failed.len(), 1);
    assert_eq!(error.trace.route.unwrap().proxy, None);
}

#[tokio::test]
async fn an_unencrypted_road_never_goes_through_a_proxy() {
    let setting = Setting::new().await;
    let alive = server::silent().await;
    let (proxy, mut heads) = setting.http_proxy().await;
    let (road, begun) = setting.dial(&[&format!("http://{proxy}")], &format!("http://{alive}")).await;
    let road = road.unwrap();
    assert_eq!((road.trace.peer, road.trace.route.unwrap().proxy), (Some(alive), None));
    assert_eq!(begun, [Stage::Dns, Stage::Tcp]);
    assert!(heads.try_recv().is_err());
}

#[tokio::test]
async fn every_road_of_a_dialer_goes_where_its_router_says() {
    let setting = Setting::new().await;
    let (proxy, mut heads) = setting.http_proxy().await;
    let choice: Choice = format!("http://{proxy}").parse().unwrap();
    let (_sender, system) = watch::channel(Arc::new(SystemProxies::default()));
    let router = Arc::new(Router::new(choice, Environment::default(), system));
    let dialer = setting.dialer.clone().with_router(Arc::clone(&router));
    assert!(Arc::ptr_eq(dialer.router(), &router));
    let mut road = dialer.dial(&origin(HOST)).await.unwrap();
    assert!(carries(&mut road).await);
    assert_eq!(road.trace.route.unwrap().why.source, Source::Given);
    assert!(heads.recv().await.is_some());

    let (direct, _) =
        dial(&setting.dialer, &route(&["direct"]), &format!("https://{}", setting.target)).await;
    assert!(carries(&mut direct.unwrap()).await);
}

#[tokio::test]
async fn what_belongs_to_a_conversation_goes_the_way_that_it_began_unless_its_host_has_others() {
    let setting = Setting::new().await;
    let (proxy, mut heads) = setting.http_proxy().await;
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "function FindProxyForURL(url, host) {{
            return host == 'localhost' ? 'PROXY {dead}; DIRECT; PROXY {proxy}' : 'PROXY {proxy}' }}"
    );
    let pac = file(folder.path(), "proxy.pac", script);
    let choice: Choice = format!("pac+file://{}", pac.display()).parse().unwrap();
    let (_sender, system) = watch::channel(Arc::new(SystemProxies::default()));
    let router = Router::new(choice, Environment::default(), system);
    let dialer = setting.dialer.clone().with_router(Arc::new(router));
    let here = origin(format!("https://localhost:{}", setting.target.port()));
    let way = |proxy: &dyn std::fmt::Display| Way::Through(format!("http://{proxy}").parse().unwrap());

    let first = dialer.dial(&here).await.unwrap();
    assert_eq!((&first.way, first.trace.ways_failed.len()), (&Way::Direct, 1));
    let again = dialer.dial_after(&first.way, &here, &mut |_| {}).await.unwrap();
    assert_eq!((again.way, again.trace.ways_failed.len()), (Way::Direct, 0));
    let mut through = dialer.dial_after(&way(&proxy), &here, &mut |_| {}).await.unwrap();
    assert!(carries(&mut through).await);
    assert_eq!((through.way, through.trace.ways_failed.len()), (way(&proxy), 0));
    assert!(heads.recv().await.is_some());
    let failed = dialer.dial_after(&way(&dead), &here, &mut |_| {}).await.unwrap_err();
    assert_eq!((failed.stage, failed.trace.ways_failed.len()), (Stage::Proxy, 0));

    // The script says otherwise of this host, and an exception of this machine, which is reached unencrypted.
    let other = dialer.dial_after(&Way::Direct, &origin(HOST), &mut |_| {}).await.unwrap();
    assert_eq!(other.way, way(&proxy));
    assert!(heads.recv().await.is_some());
    let alive = origin(format!("http://{}", server::silent().await));
    let plain = dialer.dial_after(&way(&proxy), &alive, &mut |_| {}).await.unwrap();
    assert_eq!((plain.way, plain.trace.route.unwrap().why.rule), (Way::Direct, Some(Rule::ThisMachine)));
    // Who we are to a proxy is part of the way to it, and is not shown.
    let named = way(&format!("ada:planted@{proxy}"));
    let other = dialer.dial_after(&named, &origin(HOST), &mut |_| {}).await.unwrap();
    assert_eq!(other.way, way(&proxy));
    assert!(!format!("{named:?} {named}").contains("planted"));
}
