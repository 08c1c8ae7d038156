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
/// A pause that is told apart from one cut short.
const LONG: Duration = Duration::from_secs(5);
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

/// Drops the link's packets until it is declared dead, then refuses what is tried instead until it pauses for long.
/// Gives back how long it is going to.
async fn declared_dead(sandbox: &Sandbox, platform: &Platform, run: &Process) -> Duration {
    sandbox.drop_packets(platform.port());
    let dropped = Instant::now();
    run.stderr_line("no sign of life");
    let took = dropped.elapsed();
    assert!(took <= PING + SILENCE + SLACK, "declared dead after {took:?}");
    // A try that is dropped would be repeated by the kernel each second, and so find the road open by itself.
    sandbox.refuse_packets(platform.port());
    loop {
        let log = run.stderr();
        let last = log.lines().rev().find_map(|line| line.split_once("next try in "));
        let pause =
            last.and_then(|(_, rest)| rest.split(' ').next()?.parse().ok()).map(Duration::from_secs_f64);
        let trying = log.lines().last().is_some_and(|line| line.contains("connecting again"));
        if let Some(pause) = pause.filter(|pause| *pause > LONG && !trying) {
            return pause;
        }
        assert!(dropped.elapsed() < Duration::from_secs(150), "no long pause:\n{log}");
        time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits for the second link, and until an event goes through it. Gives back how long the link took.
async fn up_again(platform: &Platform, run: &Process, within: Duration) -> Duration {
    let since = Instant::now();
    let up = time::timeout(within, platform.simulator.until(|stats| stats.links >= 2)).await;
    assert!(up.is_ok(), "not up within {within:?}:\n{}", run.stderr());
    let took = since.elapsed();
    let event = EventSpec::new(EventKind::MessageText).text("after the silence");
    // The platform may still count the dead link and pick it for an event.
    let delivered = async {
        while !run.stdout().contains("after the silence") {
            platform.simulator.send(event.clone()).unwrap();
            time::sleep(Duration::from_millis(200)).await;
        }
    };
    time::timeout(SILENCE, delivered).await.unwrap();
    took
}

#[test]
fn a_silent_link_is_declared_dead_and_up_within_2_s_of_a_networks_news() {
    sandboxed(async |sandbox| {
        let platform = platform().await;
        let run = connected(&platform).await;
        declared_dead(&sandbox, &platform, &run).await;
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
        run.stderr_line("no sign of life");
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
        let pause = declared_dead(&sandbox, &platform, &run).await;
        sandbox.pass_packets();
        let took = up_again(&platform, &run, BACKOFF + SLACK).await;
        // What shows that the other test's news made the difference.
        assert!(took + SLACK > pause, "up after {took:?} of a pause of {pause:?}");
    });
}
