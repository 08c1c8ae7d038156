use longwire_openplatform::{Failure, Simulator, Violation};
use longwire_wire::{Frame, Reply};

use crate::peer::Peer;

#[tokio::test]
async fn a_flood_times_every_event_and_each_has_an_id_of_its_own() {
    let platform = Simulator::builder().start().await.unwrap();
    let mut peer = Peer::connect(&platform).await;
    let client = tokio::spawn(async move {
        let mut ids = std::collections::HashSet::new();
        for count in 0..2000 {
            let message = peer.message().await;
            ids.insert(message.event().unwrap().event_id);
            peer.ack(message, &Reply::ok()).await;
            if count == 1000 {
                peer.send(&Frame::ping(peer.service)).await;
            }
        }
        (ids.len(), peer)
    });
    let report = platform.flood(2000, 64).await.unwrap();
    assert_eq!((report.events, report.latencies.len()), (2000, 2000));
    assert!(
        report.latencies.quantile(0.5) <= report.latencies.max() && report.elapsed >= report.latencies.max()
    );
    assert_eq!(client.await.unwrap().0, 2000);
}

#[tokio::test]
async fn a_flood_ends_with_the_first_thing_that_is_wrong() {
    let platform = Simulator::builder().start().await.unwrap();
    assert_eq!(platform.flood(1, 1).await.unwrap_err(), Failure::NoClient);

    let mut peer = Peer::connect(&platform).await;
    let flood = tokio::spawn({
        let platform = platform.clone();
        async move { platform.flood(10, 1).await }
    });
    let message = peer.message().await;
    let mut ack = message.ack(&Reply::ok(), std::time::Duration::ZERO);
    ack.headers.swap(0, 1);
    peer.send(&ack).await;
    let wrong = flood.await.unwrap().unwrap_err();
    assert!(matches!(wrong, Failure::Violation(Violation::HeadersChanged { .. })), "{wrong}");

    let flood = tokio::spawn({
        let platform = platform.clone();
        async move { platform.flood(10, 1).await }
    });
    let message = peer.message().await;
    peer.ack(message, &Reply::failed()).await;
    assert_eq!(flood.await.unwrap().unwrap_err(), Failure::Code(500));

    let flood = tokio::spawn(async move { platform.flood(10, 1).await });
    peer.message().await;
    drop(peer);
    assert_eq!(flood.await.unwrap().unwrap_err(), Failure::Disconnected);
}
