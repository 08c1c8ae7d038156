use std::{collections::VecDeque, time::Duration};

use longwire_contract::{Finding, FindingCode};
use longwire_link::SessionError;
use tokio::time::Instant;

use crate::{
    session::{ABNORMAL, NO_CODE},
    table::finding,
};

/// How the last links of an app lived and ended. The caller brings the time.
#[derive(Clone, Debug, Default)]
pub struct Lifetimes {
    /// Of the present spell, the latest last.
    ends: VecDeque<End>,
    /// Since when a link is up.
    up_since: Option<Instant>,
    flapping: bool,
}

/// The end of one link.
#[derive(Clone, Copy, Debug, PartialEq)]
struct End {
    at: Instant,
    up: Duration,
    how: How,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum How {
    Closed(u16),
    Silent,
}

/// A link that lives this long is well, and so many ends within it are no accident.
const WELL: Duration = Duration::from_secs(600);
const MANY: usize = 3;
/// How many ends are kept: a day and more of a link that falls every two minutes.
const KEPT: usize = 1_000;
/// Up to which lives are counted together, each bound excluded. Whatever lives longer than the last is well.
const BUCKETS: [(Duration, &str); 5] = [
    (Duration::from_secs(10), "<10 s"),
    (Duration::from_secs(30), "<30 s"),
    (Duration::from_secs(60), "<1 min"),
    (Duration::from_secs(300), "<5 min"),
    (WELL, "<10 min"),
];

impl Lifetimes {
    /// A link is up.
    pub fn began(&mut self, now: Instant) {
        self.forget(now);
        self.up_since = Some(now);
    }

    /// A link ended after it was up for a time.
    pub fn ended(&mut self, up: Duration, error: &SessionError, now: Instant) {
        self.forget(now);
        self.up_since = None;
        if up >= WELL {
            *self = Self::default();
            return;
        }
        let how = match error {
            SessionError::Silent(_) => How::Silent,
            SessionError::Closed { code, .. } => How::Closed(code.unwrap_or(NO_CODE)),
            SessionError::Cut
            | SessionError::TooLarge { .. }
            | SessionError::Protocol(_)
            | SessionError::Os(_) => How::Closed(ABNORMAL),
        };
        if self.ends.len() == KEPT {
            self.ends.pop_front();
        }
        self.ends.push_back(End { at: now, up, how });
        let recent = self.ends.iter().rev().take_while(|end| now.duration_since(end.at) < WELL);
        self.flapping |= recent.take(MANY).count() == MANY;
    }

    /// That links come up and fall again and again, where they do: one finding for all of them.
    pub fn flapping(&self, now: Instant) -> Option<Finding> {
        let holds = self.flapping && self.settles_at().is_some_and(|settled| now < settled);
        holds.then(|| self.told())
    }

    /// When it is no longer so, if nothing happens until then: a link has lived well, or none has come up for so long
    /// that something else is wrong.
    pub fn settles_at(&self) -> Option<Instant> {
        let last = self.up_since.or_else(|| self.ends.back().map(|end| end.at));
        last.filter(|_| self.flapping).map(|last| last + WELL)
    }

    /// Lets go of a spell that is over.
    fn forget(&mut self, now: Instant) {
        let last = self.up_since.or_else(|| self.ends.back().map(|end| end.at));
        let over = last.is_some_and(|last| now.duration_since(last) >= WELL);
        if over {
            *self = Self { up_since: self.up_since, ..Self::default() };
        }
    }

    fn told(&self) -> Finding {
        let ends = self.ends.len();
        // A timer in between shows in lives that are whole numbers of its ticks; many are of 30 s.
        let ticking = self.ends.iter().filter(|end| is_multiple_of_half_a_minute(end.up)).count();
        let histogram = tally(
            &self.ends,
            |end| BUCKETS.iter().position(|(bound, _)| end.up < *bound),
            |bucket| BUCKETS[*bucket].1.to_owned(),
        );
        let codes = tally(
            &self.ends,
            |end| Some(end.how),
            |how| match how {
                How::Closed(code) => code.to_string(),
                How::Silent => "no pong".to_owned(),
            },
        );
        let detail = format!(
            "{ends} links ended, {ticking} of them at a multiple of 30 s; lives: {histogram}; ends: {codes}"
        );
        finding(FindingCode::Flapping, detail)
            .with("histogram", histogram)
            .with("codes", codes)
            .with("count", ends)
    }
}

/// How many ends are of each kind, in the order of the kinds: `<10 s ×2, <1 min ×5`.
fn tally<K: Ord>(
    ends: &VecDeque<End>,
    kind: impl Fn(&End) -> Option<K>,
    name: impl Fn(&K) -> String,
) -> String {
    let mut counts = std::collections::BTreeMap::<K, usize>::new();
    for kind in ends.iter().filter_map(kind) {
        *counts.entry(kind).or_default() += 1;
    }
    let named = counts.iter().map(|(kind, count)| format!("{} ×{count}", name(kind)));
    named.collect::<Vec<_>>().join(", ")
}

fn is_multiple_of_half_a_minute(up: Duration) -> bool {
    let tick = 30_000;
    let beyond = up.as_millis() % tick;
    up.as_millis() > tick / 2 && (beyond <= 1_000 || beyond >= tick - 1_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    /// Links one after the other, each up for a time and down for a second; the end of the last.
    fn lived(lives: &[u64]) -> (Lifetimes, Instant) {
        let (mut lifetimes, mut now) = (Lifetimes::default(), Instant::now());
        for up in lives {
            lifetimes.began(now);
            now += seconds(*up);
            lifetimes.ended(seconds(*up), &SessionError::Cut, now);
            now += seconds(1);
        }
        (lifetimes, now)
    }

    fn flaps(lives: &[u64]) -> bool {
        let (lifetimes, now) = lived(lives);
        lifetimes.flapping(now).is_some()
    }

    #[test]
    fn three_ends_within_ten_minutes_are_flapping() {
        for (lives, wanted) in [
            (&[][..], false),
            (&[1, 1], false),
            (&[1, 1, 1], true),
            (&[290, 290, 290], true),
            (&[1, 299, 298], true),
            (&[1, 299, 299], false),
            (&[290, 310, 310], false),
            (&[1, 1, 600], false),
            (&[1, 1, 1, 600], false),
            (&[1, 1, 1, 600, 1, 1], false),
            (&[1, 1, 1, 400, 400, 400], true),
        ] {
            assert_eq!(flaps(lives), wanted, "{lives:?}");
        }
    }

    #[test]
    fn it_is_over_once_a_link_has_lived_for_ten_minutes_or_none_came_up_for_so_long() {
        let (mut lifetimes, now) = lived(&[30, 30, 30]);
        let ended = now - seconds(1);
        assert_eq!(lifetimes.settles_at(), Some(ended + WELL));
        assert!(lifetimes.flapping(ended + WELL - seconds(1)).is_some());
        assert!(lifetimes.flapping(ended + WELL).is_none());
        lifetimes.began(now);
        assert_eq!(lifetimes.settles_at(), Some(now + WELL));
        assert!(lifetimes.flapping(now + WELL - seconds(1)).is_some());
        assert!(lifetimes.flapping(now + WELL).is_none());
    }

    #[test]
    fn what_is_told_counts_lives_and_codes() {
        let (mut lifetimes, mut now) = (Lifetimes::default(), Instant::now());
        let closed = |code| SessionError::Closed { code, reason: String::new() };
        let silent = SessionError::Silent(seconds(20));
        for (up, error) in [
            (3, closed(Some(1001))),
            (30, SessionError::Cut),
            (59, silent),
            (120, closed(Some(1001))),
            (4, closed(None)),
        ] {
            lifetimes.began(now);
            now += seconds(up);
            lifetimes.ended(seconds(up), &error, now);
        }
        let told = lifetimes.flapping(now).unwrap();
        assert_eq!(told.values["histogram"], "<10 s ×2, <1 min ×2, <5 min ×1");
        assert_eq!(told.values["codes"], "1001 ×2, 1005 ×1, 1006 ×1, no pong ×1");
        assert_eq!(told.values["count"], "5");
        assert!(told.detail.contains("3 of them at a multiple of 30 s"), "{}", told.detail);
    }

    #[test]
    fn a_year_of_flapping_is_kept_within_bounds() {
        let (lifetimes, now) = lived(&[60; 3 * KEPT]);
        assert_eq!(lifetimes.ends.len(), KEPT);
        assert_eq!(lifetimes.flapping(now).unwrap().values["histogram"], format!("<5 min ×{KEPT}"));
    }

    proptest! {
        #[test]
        fn flapping_is_what_its_definition_says(lives in prop::collection::vec(0..700_u64, 0..12)) {
            let since_well = lives.iter().rposition(|up| *up >= WELL.as_secs()).map_or(0, |at| at + 1);
            let spell = &lives[since_well..];
            // A second lies between an end and the next link.
            let near = |three: &[u64]| three[1] + three[2] + 2 < WELL.as_secs();
            prop_assert_eq!(flaps(&lives), spell.windows(3).any(near), "{:?}", lives);
        }

        #[test]
        fn every_end_of_a_spell_is_counted_once(lives in prop::collection::vec(0..200_u64, 3..40)) {
            let (lifetimes, now) = lived(&lives);
            let told = lifetimes.flapping(now).unwrap();
            for text in [&told.values["histogram"], &told.values["codes"]] {
                let sum: usize = text.split(", ").map(|part| {
                    part.rsplit('×').next().unwrap().parse::<usize>().unwrap()
                }).sum();
                prop_assert_eq!(sum, lives.len());
            }
        }
    }
}
