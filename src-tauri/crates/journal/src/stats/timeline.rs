use longwire_contract::{Phase, PhaseSpan};

/// So many spans are told at most.
const SPANS: usize = 2000;

/// The state at every moment of a time, as the moments at which it changes: in order, each with the state from then on. Absent
/// where Longwire did not run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Timeline(Vec<(u64, Option<Phase>)>);

impl Timeline {
    /// From this moment on, for all that is known, the state is this. A moment before others, after the clock was put back,
    /// takes the place of what was thought to come after it.
    pub(crate) fn set(&mut self, at_ms: u64, phase: Option<Phase>) {
        while self.0.last().is_some_and(|(at, _)| *at >= at_ms) {
            self.0.pop();
        }
        if self.0.last().and_then(|(_, last)| *last) != phase {
            self.0.push((at_ms, phase));
        }
    }

    /// The worst state of several at each moment; absent where all are.
    pub(crate) fn worst(timelines: &[Self]) -> Self {
        let mut changes: Vec<(u64, usize, Option<Phase>)> = timelines
            .iter()
            .enumerate()
            .flat_map(|(which, timeline)| timeline.0.iter().map(move |(at, phase)| (*at, which, *phase)))
            .collect();
        changes.sort_unstable_by_key(|(at, which, _)| (*at, *which));
        let mut now = vec![None; timelines.len()];
        let mut worst = Self::default();
        for (at, which, phase) in changes {
            now[which] = phase;
            worst.set(at, now.iter().copied().max().flatten());
        }
        worst
    }

    /// The time from one moment to another, in spans without gaps.
    pub(crate) fn spans(&self, from_ms: u64, to_ms: u64) -> Vec<PhaseSpan> {
        let mut spans: Vec<PhaseSpan> = Vec::new();
        let mut end_with = |to: u64, phase: Option<Phase>| {
            let from = spans.last().map_or(from_ms, |span| span.to_ms);
            let to = to.min(to_ms);
            if to > from {
                match spans.last_mut() {
                    Some(last) if last.phase == phase => last.to_ms = to,
                    _ => spans.push(PhaseSpan { from_ms: from, to_ms: to, phase }),
                }
            }
        };
        let mut phase = None;
        for (at, next) in &self.0 {
            end_with(*at, phase);
            phase = *next;
        }
        end_with(to_ms, phase);
        spans
    }
}

/// The share of the time in which Longwire ran and was not paused that it was connected.
pub(super) fn uptime(spans: &[PhaseSpan]) -> Option<f64> {
    let sum = |of: &dyn Fn(Phase) -> bool| -> u64 {
        spans.iter().filter(|span| span.phase.is_some_and(of)).map(|span| span.to_ms - span.from_ms).sum()
    };
    let ran = sum(&|phase| phase != Phase::Paused);
    (ran > 0).then(|| sum(&|phase| phase == Phase::Connected) as f64 / ran as f64)
}

/// The same spans, where they are too many to be drawn each: the time in equal parts, each in the worst of its states.
pub(super) fn fewer(spans: Vec<PhaseSpan>) -> Vec<PhaseSpan> {
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return spans };
    if spans.len() <= SPANS {
        return spans;
    }
    let (from_ms, to_ms) = (first.from_ms, last.to_ms);
    let part = (to_ms - from_ms).div_ceil(SPANS as u64).max(1);
    let mut drawn = Timeline::default();
    let mut rest = spans.as_slice();
    for start in (from_ms..to_ms).step_by(usize::try_from(part).unwrap_or(usize::MAX)) {
        let end = (start + part).min(to_ms);
        let within = rest.partition_point(|span| span.from_ms < end);
        drawn.set(start, rest[..within].iter().map(|span| span.phase).max().flatten());
        rest = &rest[rest.partition_point(|span| span.to_ms <= end)..];
    }
    drawn.spans(from_ms, to_ms)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn phase() -> impl Strategy<Value = Option<Phase>> {
        prop_oneof![
            Just(None),
            Just(Some(Phase::Paused)),
            Just(Some(Phase::Connected)),
            Just(Some(Phase::Connecting)),
            Just(Some(Phase::Waiting)),
            Just(Some(Phase::NeedsYou)),
        ]
    }

    fn changes() -> impl Strategy<Value = Vec<(u64, Option<Phase>)>> {
        prop::collection::vec((0_u64..60, phase()), 0..12)
    }

    fn timeline(changes: &[(u64, Option<Phase>)]) -> Timeline {
        let mut timeline = Timeline::default();
        changes.iter().for_each(|(at, phase)| timeline.set(*at, *phase));
        timeline
    }

    /// The state at a moment: what was said last of it.
    fn naive(changes: &[(u64, Option<Phase>)], moment: u64) -> Option<Phase> {
        changes.iter().rev().find(|(at, _)| *at <= moment).and_then(|(_, phase)| *phase)
    }

    proptest! {
        #[test]
        fn spans_tell_the_worst_state_of_each_moment(
            apps in prop::collection::vec(changes(), 0..4), from in 0_u64..50, length in 0_u64..40,
        ) {
            let worst = Timeline::worst(&apps.iter().map(|changes| timeline(changes)).collect::<Vec<_>>());
            let spans = worst.spans(from, from + length);
            for moment in from..from + length {
                let told: Vec<_> = spans.iter().filter(|span| span.from_ms <= moment && moment < span.to_ms).collect();
                prop_assert_eq!(told.len(), 1);
                let expected = apps.iter().filter_map(|changes| naive(changes, moment)).max();
                prop_assert_eq!(told[0].phase, expected, "at {}", moment);
            }
            for pair in spans.windows(2) {
                prop_assert_eq!(pair[0].to_ms, pair[1].from_ms);
                prop_assert_ne!(pair[0].phase, pair[1].phase);
            }
            prop_assert!(spans.iter().all(|span| span.from_ms < span.to_ms));
        }
    }

    #[test]
    fn uptime_leaves_out_what_was_paused_or_not_run() {
        let of = |changes: &[(u64, Option<Phase>)]| uptime(&timeline(changes).spans(0, 100));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[(0, Some(Phase::Paused))]), None);
        assert_eq!(of(&[(20, Some(Phase::Connected)), (80, None)]), Some(1.0));
        assert_eq!(
            of(&[(0, Some(Phase::Connecting)), (10, Some(Phase::Connected)), (40, Some(Phase::Paused))]),
            Some(0.75)
        );
    }

    #[test]
    fn very_many_spans_are_drawn_together_and_none_that_is_bad_gets_lost() {
        let mut flapping = Timeline::default();
        for at in 0..100_000_u64 {
            flapping.set(at * 10, Some(if at % 2 == 0 { Phase::Connected } else { Phase::Connecting }));
        }
        flapping.set(500_005, Some(Phase::NeedsYou));
        for at in 50_001..100_000_u64 {
            flapping.set(at * 10, Some(Phase::Connected));
        }
        let spans = fewer(flapping.spans(0, 1_000_000));
        assert!(spans.len() <= SPANS);
        assert_eq!((spans[0].from_ms, spans[spans.len() - 1].to_ms), (0, 1_000_000));
        let worst = spans.iter().find(|span| span.phase == Some(Phase::NeedsYou)).unwrap();
        assert!(worst.from_ms <= 500_005 && worst.to_ms >= 500_010);
    }
}
