use std::collections::BTreeMap;

/// How finely times are told apart: each power of two in so many parts, as a power of two. What is read from it is within 3 %.
const PARTS: u32 = 4;

/// How often each length of time came, roughly.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Histogram(BTreeMap<u16, u64>);

impl Histogram {
    /// Counts a time in microseconds.
    pub(crate) fn add(&mut self, us: u64) {
        *self.0.entry(bucket(us)).or_default() += 1;
    }

    /// Counts all that another one counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (bucket, times) in &other.0 {
            let sum = self.0.entry(*bucket).or_default();
            *sum = sum.saturating_add(*times);
        }
    }

    /// The time, in microseconds, that this share of all stay below or at, 0 to 1; nothing where there are none.
    pub(crate) fn quantile(&self, share: f64) -> Option<f64> {
        let all: u64 = self.0.values().sum();
        let wanted = ((all as f64 * share).ceil() as u64).clamp(1, all.max(1));
        let mut seen = 0;
        self.0.iter().find_map(|(bucket, times)| {
            seen += times;
            (seen >= wanted).then(|| middle(*bucket))
        })
    }

    /// A few bytes: pairs of the distance to the next bucket and how often it came, each as a varint.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 * self.0.len());
        let mut before = 0;
        for (bucket, times) in &self.0 {
            varint(u64::from(bucket - before), &mut bytes);
            varint(*times, &mut bytes);
            before = *bucket;
        }
        bytes
    }

    /// The same back. What cannot be read is left out.
    pub(crate) fn from_bytes(mut bytes: &[u8]) -> Self {
        let mut histogram = Self::default();
        let mut bucket = 0_u16;
        while let (Some(distance), Some(times)) = (read_varint(&mut bytes), read_varint(&mut bytes)) {
            let next = u16::try_from(distance).ok().and_then(|distance| bucket.checked_add(distance));
            let Some(next) = next.filter(|next| *next <= BUCKETS) else { break };
            bucket = next;
            let sum = histogram.0.entry(bucket).or_default();
            // So that the sum of all stays a number, whatever stands in a file.
            *sum = sum.saturating_add(times.min(1 << 40));
        }
        histogram
    }
}

/// The last bucket there is.
const BUCKETS: u16 = ((64 - PARTS as u16) << PARTS) + ((1 << PARTS) - 1);

fn bucket(us: u64) -> u16 {
    let power = us.max(1).ilog2().saturating_sub(PARTS);
    let part = us >> power;
    ((power << PARTS) + part as u32) as u16
}

/// The middle of a bucket.
fn middle(bucket: u16) -> f64 {
    let bucket = u32::from(bucket);
    let power = (bucket >> PARTS).saturating_sub(1);
    let first = u64::from(bucket - (power << PARTS)) << power;
    first as f64 + ((1_u64 << power) - 1) as f64 / 2.0
}

fn varint(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_time_is_told_within_five_percent(us in 0_u64..1 << 50) {
            let mut histogram = Histogram::default();
            histogram.add(us);
            let told = histogram.quantile(0.5).unwrap();
            proptest::prop_assert!((told - us as f64).abs() <= us as f64 * 0.05, "{told} for {us}");
        }

        #[test]
        fn quantiles_are_those_of_the_times(mut times in proptest::collection::vec(0_u64..10_000_000, 1..200), share in 0.0..=1.0_f64) {
            let mut histogram = Histogram::default();
            times.iter().for_each(|us| histogram.add(*us));
            times.sort_unstable();
            let rank = ((times.len() as f64 * share).ceil() as usize).clamp(1, times.len());
            let (told, real) = (histogram.quantile(share).unwrap(), times[rank - 1] as f64);
            proptest::prop_assert!((told - real).abs() <= real * 0.05, "{told} for {real}");
        }

        #[test]
        fn it_comes_back_from_its_bytes(times: Vec<u64>, more: Vec<u64>) {
            let (mut one, mut other) = (Histogram::default(), Histogram::default());
            times.iter().for_each(|us| one.add(*us));
            more.iter().for_each(|us| other.add(*us));
            proptest::prop_assert_eq!(&Histogram::from_bytes(&one.to_bytes()), &one);
            one.merge(&other);
            let mut both = Histogram::default();
            times.iter().chain(&more).for_each(|us| both.add(*us));
            proptest::prop_assert_eq!(one, both);
        }

        #[test]
        fn no_bytes_make_it_fail(bytes: Vec<u8>) {
            let histogram = Histogram::from_bytes(&bytes);
            histogram.quantile(0.99);
        }
    }

    #[test]
    fn nothing_has_no_median() {
        assert_eq!(Histogram::default().quantile(0.5), None);
    }
}
