//! The WebSocket takes the way that the endpoint's POST took, over real sockets of this machine.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{fs, net::SocketAddr, sync::Arc};

use longwire_dial::{
    Cause, Dialer, Origin, ProxyFault, RootSource, Roots,
    route::{Choice, Environment, Router, SystemProxies},
};
use longwire_link::{Config, Error, Stage, Tuning, probe};
use longwire_openplatform::{Authority, Leaf, Running, Simulator};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// An HTTP proxy that leads to the platform once, and is gone when it begins to.
async fn brief_proxy(platform: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(listener);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let mut platform = TcpStream::connect(platform).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
        let _ = copy_bidirectional(&mut stream, &mut platform).await;
    });
    address
}

fn config(platform: &Running, ca: &Authority, folder: &TempDir, script: &str) -> Config {
    let (pem, pac) = (folder.path().join("ca.pem"), folder.path().join("proxy.pac"));
    ca.save(&pem).unwrap();
    fs::write(&pac, script).unwrap();
    let choice: Choice = format!("pac+file://{}", pac.display()).parse().unwrap();
    let (_, system) = watch::channel(Arc::new(SystemProxies::default()));
    let router = Router::new(choice, Environment::default(), system);
    let dialer = Dialer::new(Arc::new(Roots::new(RootSource::ExtraOnly, vec![pem])));
    let app = &platform.apps()[0];
    Config {
        origin: Origin::parse(&format!("https://localhost:{}", platform.address().port())).unwrap(),
        app_id: app.id.clone(),
        app_secret: app.secret.clone(),
        dialer: dialer.with_router(Arc::new(router)),
        tuning: Tuning::default(),
    }
}

#[tokio::test]
async fn a_proxy_that_dies_after_the_endpoint_is_not_gone_past() {
    let (ca, folder) = (Arc::new(Authority::new().unwrap()), tempfile::tempdir().unwrap());
    let platform = Simulator::builder().tls(ca.clone(), Leaf::Good).start().await.unwrap();
    let proxy = brief_proxy(platform.address()).await;
    let script = format!("function FindProxyForURL() {{ return 'PROXY {proxy}; DIRECT' }}");
    let config = config(&platform, &ca, &folder, &script);
    let paths = || platform.visits().into_iter().map(|visit| visit.path).collect::<Vec<_>>();

    let tried = probe(&config, |_| {}).await;
    let Err(Error::Road(error)) = tried.result else { panic!("{:?}", tried.result) };
    let dead = Cause::Proxy(ProxyFault::Unreachable(Box::new(Cause::Refused)));
    assert_eq!((&error.cause, tried.steps.at), (&dead, Stage::Proxy));
    let taken = tried.steps.road.route.unwrap();
    assert_eq!(taken.proxy.as_ref().unwrap().to_string(), format!("http://{proxy}"));
    assert_eq!(error.trace.route, Some(taken));
    assert_eq!(paths(), ["/callback/ws/endpoint"]);

    // The next try decides anew, for both.
    let tried = probe(&config, |_| {}).await;
    assert!(tried.result.is_ok(), "{:?}", tried.result);
    assert_eq!(tried.steps.road.route.unwrap().proxy, None);
    assert_eq!(paths()[1..], ["/callback/ws/endpoint", "/ws/v2"]);
}
