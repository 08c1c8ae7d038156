use longwire_openplatform::FloodReport;

use crate::{
    Error,
    client::Client,
    report::{Row, Verdict, thousands},
};

/// How much longer than the bare client's the median acknowledgement may take: ours comes after a commit.
const SLOWEST: f64 = 3.0;
/// Events a second, each committed before it is acknowledged.
const ENOUGH: f64 = 40_000.0;

/// The same events to both clients, in turns.
pub(crate) struct Load {
    bare: Vec<FloodReport>,
    ours: Vec<FloodReport>,
    in_flight: usize,
}

impl Load {
    /// Takes turns, so that whatever else the machine does meets both alike. The first turn of each does not count.
    pub(crate) async fn compare(
        bare: &Client,
        ours: &Client,
        rounds: usize,
        events: u64,
        in_flight: usize,
    ) -> Result<Self, Error> {
        let mut load = Self { bare: Vec::new(), ours: Vec::new(), in_flight };
        bare.flood(events / 10, in_flight).await?;
        ours.flood(events / 10, in_flight).await?;
        for _ in 0..rounds {
            load.bare.push(bare.flood(events, in_flight).await?);
            load.ours.push(ours.flood(events, in_flight).await?);
        }
        Ok(load)
    }

    /// The time from an event's sending to its acknowledgement.
    pub(crate) fn latency(&self) -> Vec<Row> {
        let [bare, ours] = self.medians(|flood| quantile(flood, 0.5));
        let ratio = ours / bare;
        let demand = format!("at most ×{SLOWEST} of bare");
        let row = self.row("ack p50", micros(bare), micros(ours), ratio);
        let p50 = row.demand(demand, Verdict::of(ratio <= SLOWEST));
        let [bare, ours] = self.medians(|flood| quantile(flood, 0.99));
        vec![p50, self.row("ack p99", micros(bare), micros(ours), ours / bare)]
    }

    /// Events a second.
    pub(crate) fn throughput(&self) -> Vec<Row> {
        let [bare, ours] = self.medians(rate);
        let demand = format!("at least {}/s", thousands(ENOUGH));
        let per_second = |rate| format!("{}/s", thousands(rate));
        let row = self.row("events", per_second(bare), per_second(ours), ours / bare);
        vec![row.demand(demand, Verdict::of(ours >= ENOUGH))]
    }

    fn medians(&self, of: impl Fn(&FloodReport) -> f64) -> [f64; 2] {
        [&self.bare, &self.ours].map(|floods| median(floods.iter().map(&of).collect()))
    }

    fn row(&self, what: &str, bare: String, ours: String, ratio: f64) -> Row {
        let payload = self.ours.first().map_or(0, |flood| flood.payload_bytes);
        let what = format!("{what}, {} in flight, {payload} bytes each", self.in_flight);
        Row::new(what, format!("{ours}  ×{ratio:.2}")).bare(bare)
    }
}

fn rate(flood: &FloodReport) -> f64 {
    flood.events as f64 / flood.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
}

fn quantile(flood: &FloodReport, share: f64) -> f64 {
    flood.latencies.quantile(share).as_secs_f64()
}

fn micros(seconds: f64) -> String {
    format!("{:.1} µs", seconds * 1e6)
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.len().saturating_sub(1) / 2, values.len() / 2);
    match (values.get(low), values.get(high)) {
        (Some(low), Some(high)) => f64::midpoint(*low, *high),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_of_the_order() {
        assert_eq!(median(vec![3.0, 1.0, 100.0]), 3.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 100.0]), 3.0);
        assert!(median(Vec::new()).is_nan());
    }
}
