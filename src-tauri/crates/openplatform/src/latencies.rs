use std::time::Duration;

/// How many parts each power of two is divided into: values are kept to 1/64.
const STEPS: u64 = 64;
const STEP_BITS: u32 = STEPS.trailing_zeros();
/// The longest that can be told apart, in nanoseconds: a century and a half.
const LONGEST: u64 = 1 << 62;

/// Many durations in a fixed amount of memory, each kept to within 1.6 %.
#[derive(Clone, Debug)]
pub struct Latencies {
    counts: Vec<u64>,
    len: u64,
    max: Duration,
}

impl Latencies {
    pub(crate) fn new() -> Self {
        Self { counts: vec![0; (64 * STEPS) as usize], len: 0, max: Duration::ZERO }
    }

    pub(crate) fn record(&mut self, latency: Duration) {
        let nanos = u64::try_from(latency.as_nanos()).map_or(LONGEST, |nanos| nanos.min(LONGEST));
        self.counts[bucket(nanos)] += 1;
        self.len += 1;
        self.max = self.max.max(latency);
    }

    /// How many were recorded.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether none was recorded.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The longest, exactly.
    pub fn max(&self) -> Duration {
        self.max
    }

    /// The duration that this share (0 to 1) of all does not exceed; zero where there is none.
    pub fn quantile(&self, share: f64) -> Duration {
        let rank = (share.clamp(0.0, 1.0) * self.len as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Duration::from_nanos(top(bucket as u64)).min(self.max);
            }
        }
        self.max
    }
}

/// The bucket of a value: its highest bit, and the six bits after it.
fn bucket(nanos: u64) -> usize {
    if nanos < STEPS {
        return nanos as usize;
    }
    let shift = nanos.ilog2() - STEP_BITS;
    (u64::from(shift + 1) * STEPS + (nanos >> shift) - STEPS) as usize
}

/// The highest value of a bucket.
fn top(bucket: u64) -> u64 {
    if bucket < STEPS {
        return bucket;
    }
    let shift = bucket / STEPS - 1;
    ((bucket % STEPS + STEPS + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_kept_to_within_two_percent() {
        for nanos in [0, 1, 63, 64, 65, 127, 128, 999, 12_345, 1_000_000, 987_654_321, 3_600_000_000_000] {
            let top = top(bucket(nanos) as u64);
            assert!(top >= nanos && (top - nanos) as f64 <= nanos as f64 * 0.016, "{nanos} became {top}");
        }
        Latencies::new().record(Duration::MAX);
    }

    #[test]
    fn quantiles_are_read_off_the_order() {
        let mut latencies = Latencies::new();
        assert_eq!(latencies.quantile(0.5), Duration::ZERO);
        (1..=100).for_each(|n| latencies.record(Duration::from_nanos(n)));
        assert_eq!(latencies.len(), 100);
        assert_eq!(latencies.quantile(0.5), Duration::from_nanos(50));
        assert_eq!(latencies.quantile(0.99), Duration::from_nanos(99));
        assert_eq!(latencies.quantile(1.0), latencies.max());
    }
}
