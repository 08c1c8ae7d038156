//! What is given up is closed.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::timeout;

use super::{HOST, Setting, dial, route, server};

#[tokio::test]
async fn a_road_that_is_given_up_closes_its_connections_at_every_stage() {
    let setting = Setting::new().await;
    for scheme in ["http", "https", "socks4a", "socks5h", "socks5"] {
        let (events, mut told) = unbounded_channel();
        let proxy = server::each(move |mut stream| {
            let events = events.clone();
            async move {
                events.send("opened").unwrap();
                let _ = stream.read_to_end(&mut Vec::new()).await;
                events.send("closed").unwrap();
            }
        })
        .await;
        let to = if scheme == "socks5" { "https://localhost:8443" } else { HOST };
        let route = route(&[&format!("{scheme}://{proxy}")]);
        let given_up = tokio::select! {
            ended = dial(&setting.dialer, &route, to) => panic!("{scheme}: {:?}", ended.0),
            opened = told.recv() => opened,
        };
        assert_eq!(given_up, Some("opened"), "{scheme}");
        let closed = timeout(Duration::from_secs(10), told.recv()).await.unwrap();
        assert_eq!(closed, Some("closed"), "{scheme}");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_not_kept_waiting() {
    let setting = Setting::new().await;
    let (events, mut told) = unbounded_channel();
    let proxy = server::each(move |mut stream| {
        let events = events.clone();
        async move {
            server::request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
            events.send("closed").unwrap();
        }
    })
    .await;
    let (road, _) = setting.dial(&[&format!("http://{proxy}")], HOST).await;
    assert!(road.is_err());
    assert_eq!(timeout(Duration::from_secs(10), told.recv()).await.unwrap(), Some("closed"));
}
