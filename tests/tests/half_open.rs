//! Links whose packets are dropped without a word, as after sleep or behind a NAT that forgot them.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::time::{Duration, Instant};

use longwire_openplatform::{ClientConfig, EventKind, EventSpec};
use longwire_tests::{Platform, Process, Sandbox, sandboxed};
use tokio::time;

/// What the platform asks for between two pings; the least that is followed.
const PING: Duration = Duration::from_secs(5);
/// How long after a ping a link without a sign of life counts as dead.
const SILENCE: Duration = Duration::from_secs(20);
/// The longest pause between two tries.
const BACKOFF: Duration = Duration::from_secs(30);
/// How long a try may take, and this machine to notice anything.
const SLACK: Duration = Duration::from_secs(3);

async fn platform() -> Platform {
    let config = ClientConfig { ping_interval: Some(5), ..ClientConfig::default() };
    Platform::with(|builder| builder.client_config(config)).await
}

/// `longwire run`, connected, with its first ping answered, so that the pace of pings is the platform's.
async fn connected(platform: &Platform) -> Process {
    let run = platform.run().run();
    run.stderr_line("connected to wss://platform.test");
    time::timeout(PING * 3, platform.simulator.until(|stats| stats.pings > 0)).await.unwrap();
    run
}

/// Drops the link's packets, and gives back when it has been declared dead.
fn declared_dead(sandbox: &Sandbox, platform: &Platform, run: &Process) -> Instant {
    sandbox.drop_packets(platform.port());
    let dropped = Instant::now();
    run.stderr_line("went silent");
    let took = dropped.elapsed();
    assert!(took <= PING + SILENCE + SLACK, "declared dead after {took:?}");
    Instant::now()
}

/// Waits for the second link, and until an event goes through it.
async fn up_again(platform: &Platform, run: &Process, within: Duration) {
    let since = Instant::now();
    let up = time::timeout(within, platform.simulator.until(|stats| stats.links >= 2)).await;
    assert!(up.is_ok(), "not up within {within:?}:\n{}", run.stderr());
    println!("up again after {:?}", since.elapsed());
    let event = EventSpec::new(EventKind::MessageText).text("after the silence");
    // The platform may still count the dead link and pick it; then it sends the event again.
    let delivered = async {
        while !run.stdout().contains("after the silence") {
            platform.simulator.send(event.clone()).unwrap();
            time::sleep(Duration::from_millis(200)).await;
        }
    };
    time::timeout(SILENCE, delivered).await.unwrap();
}

#[test]
fn a_silent_link_is_declared_dead_and_up_within_2_s_of_a_networks_news() {
    sandboxed(async |sandbox| {
        let platform = platform().await;
        let run = connected(&platform).await;
        declared_dead(&sandbox, &platform, &run);
        // In the middle of a try that gets no answer, or of the pause after it.
        time::sleep(Duration::from_secs(4)).await;
        sandbox.pass_packets();
        sandbox.join_network();
        up_again(&platform, &run, Duration::from_secs(2)).await;
    });
}

#[test]
fn news_of_the_network_find_a_silent_link_before_its_next_ping() {
    sandboxed(async |sandbox| {
        let platform = platform().await;
        let run = connected(&platform).await;
        sandbox.drop_packets(platform.port());
        sandbox.join_network();
        // The address the link went through may be gone: 5 s for an answer, then a new one.
        let since = Instant::now();
        run.stderr_line("went silent");
        assert!(since.elapsed() < PING + SLACK, "{:?}", since.elapsed());
        sandbox.pass_packets();
        up_again(&platform, &run, BACKOFF + SLACK).await;
    });
}

#[test]
fn without_news_a_silent_link_is_up_within_the_backoff() {
    sandboxed(async |sandbox| {
        let platform = platform().await;
        let run = connected(&platform).await;
        declared_dead(&sandbox, &platform, &run);
        time::sleep(Duration::from_secs(4)).await;
        sandbox.pass_packets();
        up_again(&platform, &run, BACKOFF + SLACK).await;
    });
}
