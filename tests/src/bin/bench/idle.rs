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
/// How long after a ping its pong has surely been read.
const ANSWERED: Duration = Duration::from_millis(50);
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

    /// How often it wakes for each of its pings, within at least that time.
    pub(crate) async fn watch(self, time: Duration) -> Result<Row, Error> {
        const WHAT: &str = "wakes a ping, idle";
        sleep_until(self.since + SETTLED).await;
        // From just after a ping to just after a later one, so that each ping has all its wakes in the time.
        let first = self.after_ping().await;
        let before = self.client.footprint();
        let begin = Instant::now();
        sleep(time).await;
        let last = self.after_ping().await;
        let after = self.client.footprint();
        let (pings, seconds) = (last - first, begin.elapsed().as_secs_f64());
        let Some((before, after)) = before.zip(after) else { return Ok(Row::unmeasured(WHAT)) };
        let wakes = after.sleeps - before.sleeps;
        let taken = after.preemptions - before.preemptions;
        let each = wakes as f64 / pings as f64;
        let details = format!("{each:.1} ({wakes} wakes, {pings} pings, {seconds:.0} s; preempted {taken})");
        Ok(Row::new(WHAT, details).demand(format!("at most {MOST_WAKES}"), Verdict::of(each <= MOST_WAKES)))
    }

    /// Waits for the next ping, and until its pong has been read; how many there have been.
    async fn after_ping(&self) -> u64 {
        let pings = self.client.simulator.stats().pings;
        let pings = self.client.simulator.until(|stats| stats.pings > pings).await.pings;
        sleep(ANSWERED).await;
        pings
    }
}
