use std::time::Duration;

use longwire_openplatform::ClientConfig;
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    Error,
    client::{Client, Program},
    report::{Row, Verdict},
};

/// The least interval between pings that Longwire follows.
const PING: i64 = 5;
/// Threads that helped to start linger for 10 s; their end is no wake of an idle connection.
const SETTLED: Duration = Duration::from_secs(12);
/// How often a thread may go to sleep a ping: once after the ping, once after its pong, and twice on the way there,
/// because tokio's timer looks at a moment 5 s away first in steps of 4 s, then of 64 ms, then of 1 ms.
const MOST_WAKES: f64 = 4.0;

/// A connection with no events.
pub(crate) struct Idle {
    client: Client,
    since: Instant,
}

impl Idle {
    pub(crate) async fn start() -> Result<Self, Error> {
        let config = ClientConfig { ping_interval: Some(PING), ..ClientConfig::default() };
        Ok(Self { client: Client::start(Program::Encrypted, config).await?, since: Instant::now() })
    }

    /// How often it wakes for each of its pings.
    pub(crate) async fn watch(self, time: Duration) -> Result<Row, Error> {
        const WHAT: &str = "wakes a ping, idle";
        sleep_until(self.since + SETTLED).await;
        // From just after a ping, so that each ping that is counted has all its wakes in the time.
        let pings = self.client.simulator.stats().pings;
        let first = self.client.simulator.until(|stats| stats.pings > pings).await.pings;
        sleep(Duration::from_millis(500)).await;
        let before = self.client.footprint();
        sleep(time).await;
        let after = self.client.footprint();
        let pings = self.client.simulator.stats().pings - first;
        let Some((before, after)) = before.zip(after) else { return Ok(Row::unmeasured(WHAT)) };
        let wakes = after.sleeps - before.sleeps;
        let taken = after.preemptions - before.preemptions;
        let each = wakes as f64 / pings as f64;
        let seconds = time.as_secs_f64();
        let details = format!("{each:.1} ({wakes} wakes, {pings} pings, {seconds:.0} s; preempted {taken})");
        Ok(Row::new(WHAT, details).demand(format!("at most {MOST_WAKES}"), Verdict::of(each <= MOST_WAKES)))
    }
}
