use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;

use super::*;

fn waiting(seq: u32, lane: Option<u8>, attempts: u32) -> Waiting {
    Waiting { seq, lane: lane.map(|lane| format!("cli/{lane}")), attempts, not_before_ms: 0 }
}

fn all(lanes: &mut Lanes) -> Vec<u32> {
    std::iter::from_fn(|| lanes.next()).collect()
}

#[test]
fn one_of_a_lane_goes_at_a_time_and_those_without_all() {
    let mut lanes = Lanes::default();
    for (seq, lane) in [(4, Some(1)), (1, Some(1)), (2, None), (3, Some(2)), (5, None), (6, Some(2))] {
        lanes.add(waiting(seq, lane, 0), None);
    }
    assert_eq!(all(&mut lanes), [1, 2, 3, 5]);
    lanes.remove(3);
    assert_eq!(all(&mut lanes), [6]);
    lanes.back(1, None, Tried::default());
    assert_eq!(all(&mut lanes), [1]);
    for seq in [1, 2, 3, 5, 6, 4] {
        lanes.remove(seq);
    }
    assert!(lanes.len() == 0 && lanes.lanes.is_empty() && !lanes.ready());
}

#[test]
fn one_that_waits_for_another_try_holds_its_lane_up() {
    let mut lanes = Lanes::default();
    let soon = Instant::now() + Duration::from_secs(1);
    lanes.add(waiting(1, Some(1), 2), Some(soon));
    lanes.add(waiting(2, Some(1), 0), None);
    assert_eq!((all(&mut lanes), lanes.next_due()), (vec![], Some(soon)));
    lanes.promote(soon);
    assert_eq!((all(&mut lanes), lanes.next_due()), (vec![1], None));
}

#[test]
fn one_that_somebody_else_hands_over_holds_nobody_up() {
    let mut lanes = Lanes::default();
    let soon = Instant::now() + Duration::from_secs(1);
    lanes.add(waiting(1, Some(1), 0), Some(soon));
    lanes.add(waiting(2, Some(1), 0), None);
    lanes.hasten();
    assert_eq!(all(&mut lanes), [2]);
    assert_eq!((lanes.take(1), lanes.take(1)), (Some(Tried::default()), None));
    lanes.promote(soon);
    assert_eq!(all(&mut lanes), Vec::<u32>::new());
    lanes.add(waiting(1, Some(1), 0), None);
    lanes.remove(2);
    assert_eq!(all(&mut lanes), Vec::<u32>::new(), "it is out");
    lanes.remove(1);
    assert_eq!(lanes.len(), 0);
}

#[test]
fn a_try_is_hastened_by_the_user_and_by_the_journal() {
    let soon = Instant::now() + Duration::from_secs(1);
    for by_user in [true, false] {
        let mut lanes = Lanes::default();
        lanes.add(waiting(1, Some(1), 1), Some(soon));
        lanes.add(waiting(1, Some(1), 1), Some(soon));
        assert!(!lanes.ready());
        if by_user {
            lanes.hasten()
        } else {
            lanes.add(waiting(1, Some(1), 1), None)
        }
        assert_eq!(all(&mut lanes), [1]);
    }
}

/// What may be done to the lanes.
#[derive(Clone, Debug)]
enum Step {
    Add { seq: u32, lane: Option<u8>, attempts: u32, due: Option<u64> },
    Next,
    Take(u32),
    Back { seq: u32, due: Option<u64> },
    Remove(u32),
    Pass(u64),
    Hasten,
}

fn step() -> impl Strategy<Value = Step> {
    let seq = 1..12u32;
    let due = proptest::option::weighted(0.3, 1..5u64);
    prop_oneof![
        4 => (seq.clone(), due.clone(), 0..2u32)
            .prop_map(|(seq, due, attempts)| Step::Add { seq, lane: lane_of(seq), attempts, due }),
        4 => Just(Step::Next),
        1 => seq.clone().prop_map(Step::Take),
        2 => (seq.clone(), due).prop_map(|(seq, due)| Step::Back { seq, due }),
        3 => seq.prop_map(Step::Remove),
        2 => (1..4u64).prop_map(Step::Pass),
        1 => Just(Step::Hasten),
    ]
}

fn lane_of(seq: u32) -> Option<u8> {
    match seq % 4 {
        0 => None,
        1 | 2 => Some(1),
        _ => Some(2),
    }
}

/// The same rules, in the plainest way.
#[derive(Clone, Copy, Debug)]
struct Plain {
    lane: Option<u8>,
    due: u64,
    aside: bool,
    out: bool,
}

fn may_go(plain: &BTreeMap<u32, Plain>, now: u64, seq: u32) -> bool {
    let event = plain[&seq];
    let holds_up = |other: u32, it: &Plain| {
        it.lane == event.lane && (it.out || (other < seq && (it.due <= now || !it.aside)))
    };
    !event.out
        && event.due <= now
        && (event.lane.is_none() || !plain.iter().any(|(other, it)| *other != seq && holds_up(*other, it)))
}

proptest! {
    #[test]
    fn what_goes_is_what_the_plain_rules_let_go(steps in proptest::collection::vec(step(), 1..80)) {
        let start = Instant::now();
        let at = |tick: u64| start + Duration::from_secs(tick);
        let (mut lanes, mut plain, mut now) = (Lanes::default(), BTreeMap::<u32, Plain>::new(), 0);
        for step in steps {
            match step {
                Step::Add { seq, lane, attempts, due } => {
                    lanes.add(waiting(seq, lane, attempts), due.map(|due| at(now + due)));
                    let aside = due.is_some() && attempts == 0;
                    let new = Plain { lane, due: now + due.unwrap_or(0), aside, out: false };
                    let known = plain.entry(seq).or_insert(new);
                    if due.is_none() && !known.out && !known.aside {
                        known.due = known.due.min(now);
                    }
                }
                Step::Next => {
                    let expected = plain.keys().copied().find(|seq| may_go(&plain, now, *seq));
                    prop_assert_eq!(lanes.next(), expected);
                    if let Some(seq) = expected {
                        plain.get_mut(&seq).unwrap().out = true;
                    }
                }
                Step::Take(seq) => {
                    let out = plain.get(&seq).is_some_and(|event| event.out);
                    prop_assert_eq!(lanes.take(seq).is_none(), out);
                    if !out {
                        plain.insert(seq, Plain { lane: None, due: 0, aside: false, out: true });
                    }
                }
                Step::Back { seq, due } => if let Some(event) = plain.get_mut(&seq) && event.out {
                    lanes.back(seq, due.map(|due| at(now + due)), Tried::default());
                    *event = Plain { due: now + due.unwrap_or(0), aside: false, out: false, ..*event };
                },
                Step::Remove(seq) => {
                    lanes.remove(seq);
                    plain.remove(&seq);
                }
                Step::Pass(ticks) => {
                    now += ticks;
                    lanes.promote(at(now));
                    for event in plain.values_mut().filter(|event| event.due <= now) {
                        event.aside = false;
                    }
                }
                Step::Hasten => {
                    lanes.hasten();
                    for event in plain.values_mut().filter(|event| !event.aside) {
                        event.due = event.due.min(now);
                    }
                }
            }
            prop_assert_eq!(lanes.len(), plain.len());
            prop_assert_eq!(lanes.ready(), plain.keys().any(|seq| may_go(&plain, now, *seq)));
            let next = plain.values().filter(|event| !event.out && event.due > now).map(|event| at(event.due)).min();
            prop_assert_eq!(lanes.next_due(), next);
        }
    }
}
