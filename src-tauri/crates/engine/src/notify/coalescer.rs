use std::{
    collections::{BTreeSet, HashSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use longwire_contract::AppId;
use tokio::time::{Duration, Instant};

use super::Arrival;

/// Notifications of events are this far apart at least, and a burst is over when nothing came for as long.
const GAP: Duration = Duration::from_secs(5);
/// While a burst goes on they grow rarer, down to this.
const LONGEST_GAP: Duration = Duration::from_secs(60);
/// More chats than these are not told apart.
const MOST_CHATS: usize = 99;

/// Decides when the user is told of which events: of the first one at once, of what follows in short order as a number.
#[derive(Debug, Default)]
pub(super) struct Coalescer(Option<Burst>);

#[derive(Debug)]
struct Burst {
    tally: Tally,
    /// Came since something was shown.
    untold: bool,
    shown_at: Instant,
    last_at: Instant,
    pace: Duration,
}

/// What is to be shown.
#[derive(Clone, Debug)]
pub(super) enum Told {
    /// An event.
    One(Arrival),
    /// All of a burst so far, in place of what was shown of it before.
    Many(Tally),
}

/// Several events, as a number.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    /// How many; at least two.
    pub(super) count: u32,
    /// Whether there may be more.
    pub(super) at_least: bool,
    /// Whether all are messages.
    pub(super) messages: bool,
    /// The apps that received them.
    pub(super) apps: BTreeSet<AppId>,
    /// The last of them.
    pub(super) latest: Arrival,
    /// The chats they are from. Only the hashes: of what is hostile there is no telling how long it is.
    chats: HashSet<u64>,
    /// Whether each is from a chat.
    from_chats: bool,
}

impl Coalescer {
    /// An event that is to be told. Where it is to be shown at once it comes back.
    pub(super) fn arrived(&mut self, arrival: Arrival, now: Instant) -> Option<Told> {
        match &mut self.0 {
            Some(burst) if !burst.is_over(now) => {
                burst.tally.add(arrival);
                burst.untold = true;
                burst.last_at = now;
                None
            }
            _ => {
                let tally = Tally::of(arrival.clone());
                let (shown_at, last_at) = (now, now);
                self.0 = Some(Burst { tally, untold: false, shown_at, last_at, pace: GAP });
                Some(Told::One(arrival))
            }
        }
    }

    /// There were more events than could be looked at.
    pub(super) fn missed(&mut self) {
        if let Some(burst) = &mut self.0 {
            burst.tally.at_least = true;
        }
    }

    /// When there is something to show next, unless more arrives; `None` where nothing waits.
    pub(super) fn due(&self) -> Option<Instant> {
        let burst = self.0.as_ref().filter(|burst| burst.untold)?;
        // Soon once it is calm; while it is not, at its pace.
        let next = (burst.shown_at + burst.pace).min(burst.last_at + GAP);
        Some(next.max(burst.shown_at + GAP))
    }

    /// What is to be shown now.
    pub(super) fn take(&mut self, now: Instant) -> Option<Told> {
        self.due().filter(|due| *due <= now)?;
        let burst = self.0.as_mut()?;
        burst.untold = false;
        burst.shown_at = now;
        burst.pace = (burst.pace * 2).min(LONGEST_GAP);
        Some(Told::Many(burst.tally.clone()))
    }

    /// Forgets what waits.
    pub(super) fn clear(&mut self) {
        self.0 = None;
    }
}

impl Burst {
    fn is_over(&self, now: Instant) -> bool {
        !self.untold && now >= self.last_at.max(self.shown_at) + GAP
    }
}

impl Tally {
    fn of(arrival: Arrival) -> Self {
        let mut tally = Self {
            count: 0,
            at_least: false,
            messages: true,
            apps: BTreeSet::new(),
            latest: arrival.clone(),
            chats: HashSet::new(),
            from_chats: true,
        };
        tally.add(arrival);
        tally
    }

    fn add(&mut self, arrival: Arrival) {
        self.count = self.count.saturating_add(1);
        self.messages &= arrival.is_message();
        if !self.apps.contains(&arrival.app_id) {
            self.apps.insert(arrival.app_id.clone());
        }
        match &arrival.chat_id {
            Some(chat) if self.chats.len() <= MOST_CHATS => drop(self.chats.insert(hash(chat))),
            Some(_) => {}
            None => self.from_chats = false,
        }
        self.latest = arrival;
    }

    /// From how many chats they are, where each is from one; beyond [`MOST_CHATS`] only that it is more.
    pub(super) fn chats(&self) -> Option<Chats> {
        let count = self.chats.len();
        let more = count > MOST_CHATS;
        (self.from_chats && count > 0).then_some(Chats { count: count.min(MOST_CHATS), more })
    }
}

/// A number of chats.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Chats {
    pub(super) count: usize,
    /// Whether there are more.
    pub(super) more: bool,
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::arrival::sample, *};

    fn at(begin: Instant, seconds: f64) -> Instant {
        begin + Duration::from_secs_f64(seconds)
    }

    /// When something is shown of events that arrive at these seconds, and of how many.
    fn shown(arrivals: &[f64]) -> Vec<(f64, u32)> {
        let (begin, mut coalescer, mut shown) = (Instant::now(), Coalescer::default(), Vec::new());
        let mut note = |now: Instant, told: Told| {
            let count = match told {
                Told::One(_) => 1,
                Told::Many(tally) => tally.count,
            };
            shown.push(((now - begin).as_secs_f64(), count));
        };
        for (seq, second) in (1..).zip(arrivals) {
            let now = at(begin, *second);
            while let Some(due) = coalescer.due().filter(|due| *due <= now) {
                note(due, coalescer.take(due).unwrap());
            }
            if let Some(told) = coalescer.arrived(sample(seq, &format!("oc_{}", seq % 3), ""), now) {
                note(now, told);
            }
        }
        while let Some(due) = coalescer.due() {
            note(due, coalescer.take(due).unwrap());
        }
        shown
    }

    #[test]
    fn one_is_shown_at_once_and_so_is_the_next_after_a_pause() {
        assert_eq!(shown(&[0.0, 5.0, 12.0]), [(0.0, 1), (5.0, 1), (12.0, 1)]);
    }

    #[test]
    fn a_burst_is_two_notifications() {
        let burst: Vec<f64> = (0..500).map(|number| f64::from(number) / 500.0).collect();
        assert_eq!(shown(&burst), [(0.0, 1), (5.0, 500)]);
    }

    #[test]
    fn what_goes_on_is_told_ever_more_rarely_and_its_end_soon() {
        let stream: Vec<f64> = (0..2400).map(|number| f64::from(number) / 10.0).collect();
        let (when, counts): (Vec<_>, Vec<_>) = shown(&stream).into_iter().unzip();
        assert_eq!(
            when.iter().map(|second| second.round()).collect::<Vec<_>>(),
            [0.0, 5.0, 15.0, 35.0, 75.0, 135.0, 195.0, 245.0]
        );
        assert_eq!(counts.last(), Some(&2400), "the last one counts all");
    }

    #[test]
    fn after_a_burst_it_settles() {
        assert_eq!(shown(&[0.0, 1.0, 11.0, 12.0]), [(0.0, 1), (5.0, 2), (11.0, 1), (16.0, 2)]);
    }

    #[test]
    fn a_summary_counts_chats_and_apps_and_names_the_last() {
        let (now, mut coalescer) = (Instant::now(), Coalescer::default());
        for seq in 1..=12 {
            coalescer.arrived(sample(seq, &format!("oc_{}", seq % 3), "x"), now);
        }
        let Some(Told::Many(tally)) = coalescer.take(now + GAP) else { panic!("a summary") };
        assert_eq!((tally.count, tally.latest.seq, tally.apps.len()), (12, 12, 1));
        assert_eq!(tally.chats(), Some(Chats { count: 3, more: false }));
        assert!(tally.messages && !tally.at_least);
    }

    #[test]
    fn not_all_chats_are_remembered_and_what_is_missed_is_said() {
        let (now, mut coalescer) = (Instant::now(), Coalescer::default());
        coalescer.missed();
        for seq in 0..10_000 {
            coalescer.arrived(sample(seq, &format!("oc_{seq}"), "x"), now);
        }
        coalescer.missed();
        let Some(Told::Many(tally)) = coalescer.take(now + GAP) else { panic!("a summary") };
        assert_eq!(tally.chats(), Some(Chats { count: MOST_CHATS, more: true }));
        assert!(tally.at_least && tally.chats.len() <= MOST_CHATS + 1);

        coalescer.arrived(Arrival { chat_id: None, ..sample(1, "", "") }, now + GAP);
        let Some(Told::Many(tally)) = coalescer.take(now + 10 * GAP) else { panic!("a summary") };
        assert_eq!(tally.chats(), None, "one of them is from no chat");
    }

    #[test]
    fn what_is_cleared_is_not_told() {
        let (now, mut coalescer) = (Instant::now(), Coalescer::default());
        coalescer.arrived(sample(1, "oc_1", ""), now);
        coalescer.arrived(sample(2, "oc_1", ""), now);
        coalescer.clear();
        assert_eq!(coalescer.due(), None);
        assert!(coalescer.take(now + GAP).is_none());
    }

    proptest! {
        #[test]
        fn whatever_arrives_notifications_are_apart_and_none_is_left_out(
            mut arrivals in prop::collection::vec(0..300_000_u32, 1..200)
        ) {
            arrivals.sort_unstable();
            let arrivals: Vec<f64> = arrivals.into_iter().map(|ms| f64::from(ms) / 1e3).collect();
            let shown = shown(&arrivals);
            for pair in shown.windows(2) {
                prop_assert!(pair[1].0 - pair[0].0 >= GAP.as_secs_f64() - 0.001, "{shown:?}");
            }
            let last = (arrivals[arrivals.len() - 1], shown[shown.len() - 1].0);
            prop_assert!(last.1 > last.0 - 0.001 && last.1 < last.0 + GAP.as_secs_f64() + 0.001, "{last:?}");
            // A burst begins with one that is shown alone, and its last number counts all of it.
            let ends = shown.iter().zip(shown[1..].iter().map(|next| next.1).chain([1]));
            let counted: u32 = ends.filter(|(_, next)| *next == 1).map(|(told, _)| told.1).sum();
            prop_assert_eq!(counted as usize, arrivals.len());
        }
    }
}
