use longwire_contract::{AttemptOutcome, DeliveryState, TargetHealth};
use proptest::prelude::*;
use tokio::time::sleep;

use super::{
    super::testing::{Bench, World, refused, sent, taken, target},
    *,
};
use crate::{Answer, Program, Toast, webhook::Sent};

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const CARD: &str = "card.action.trigger";

/// The target, after it moved.
fn moved() -> Target {
    Target { kind: Kind::Command(Program { command: vec!["another".to_owned()] }), ..target() }
}

#[tokio::test(start_paused = true)]
async fn a_long_queue_drains_in_order_and_each_event_goes_once() {
    let world = World::new(|(seq, ..)| (MS * (seq % 7), taken()));
    for seq in 1..=5000 {
        world.keep(seq, (seq % 5 != 0).then_some(seq % 3));
    }
    let mut bench = Bench::of(&world, target());
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    let handed = world.seqs();
    assert_eq!(handed.len(), 5000);
    for lane in 0..3 {
        let of_lane: Vec<_> = handed.iter().filter(|seq| **seq % 5 != 0 && **seq % 3 == lane).collect();
        assert!(of_lane.is_sorted(), "lane {lane}");
    }
    assert_eq!(world.inner().most_out, 2);
    assert!(world.inner().looks < 40, "{} looks", world.inner().looks);
    let mut settled: Vec<u32> = std::iter::from_fn(|| bench.settled.try_recv().ok()).collect();
    settled.sort_unstable();
    assert!(settled.into_iter().eq(1..=5000));
    sleep(3 * SECOND).await;
    let state = bench.state();
    assert_eq!((state.health, state.queued, state.failed, state.delivered), (TargetHealth::Up, 0, 0, 5000));
}

#[tokio::test(start_paused = true)]
async fn who_has_nothing_to_do_does_nothing() {
    let world = World::new(|_| (MS, taken()));
    world.keep(1, None);
    let bench = Bench::of(&world, target());
    sleep(10 * SECOND).await;
    let before = world.reads();
    assert_eq!((world.state(1), before), (DeliveryState::Delivered, (1, 1)));
    let started = std::time::Instant::now();
    sleep(1_000_000 * SECOND).await;
    assert!(started.elapsed() < SECOND, "something ran on a timer");
    assert_eq!(world.reads(), before);
    world.keep(2, None);
    bench.posted.wake();
    sleep(50 * MS).await;
    assert_eq!(world.state(2), DeliveryState::Delivered);
}

#[tokio::test(start_paused = true)]
async fn events_wait_for_a_target_that_is_down_and_it_is_left_alone() {
    let world = World::new(|(_, _, at)| (MS, if at < 100 * SECOND { refused() } else { taken() }));
    for seq in 1..=3000 {
        world.keep(seq, Some(seq % 2));
    }
    let bench = Bench::of(&world, target());
    sleep(99 * SECOND).await;
    let tries = world.inner().handed.len();
    assert!((5..30).contains(&tries), "{tries} tries");
    assert_eq!(world.inner().written.len(), 1, "one attempt for the time it is down");
    let state = bench.state();
    assert_eq!((state.health, state.queued), (TargetHealth::Down, 3000));
    assert!(state.retry_at_ms.is_some_and(|at| at > world.now_ms()) && state.trouble.is_some());
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    assert!(world.age() < 150 * SECOND, "{:?}", world.age());
    let taken: Vec<u32> =
        world.inner().handed.iter().filter(|try_| try_.2 >= 100 * SECOND).map(|try_| try_.0).collect();
    assert_eq!(taken.len(), 3000);
    for lane in 0..2 {
        assert!(taken.iter().filter(|seq| **seq % 2 == lane).is_sorted());
    }
    sleep(SECOND).await;
    let state = bench.state();
    assert_eq!((state.health, state.retry_at_ms, state.trouble), (TargetHealth::Up, None, None));
}

#[tokio::test(start_paused = true)]
async fn a_target_that_is_down_is_tried_at_once_when_the_user_says_so() {
    let world = World::new(|(_, _, at)| (MS, if at < 300 * SECOND { refused() } else { taken() }));
    world.keep(1, None);
    let bench = Bench::of(&world, target());
    bench.until(|world| world.age() > 301 * SECOND || world.inner().handed.len() > 1000).await;
    let before = world.inner().handed.len();
    world.keep(2, None);
    bench.posted.wake();
    sleep(5 * MS).await;
    assert!(world.inner().handed.len() == before || world.state(1) == DeliveryState::Delivered);
    bench.posted.tell(Word::Hasten);
    sleep(50 * MS).await;
    assert!(world.all(DeliveryState::Delivered));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_fails_is_tried_again_and_its_lane_waits_for_it() {
    let world = World::new(|(seq, number, _)| {
        (MS, if seq == 1 && number < 4 { sent(AttemptOutcome::BadStatus, 500) } else { taken() })
    });
    for (seq, lane) in [(1, 1), (2, 1), (3, 2)] {
        world.keep(seq, Some(lane));
    }
    let bench = Bench::of(&world, target());
    sleep(SECOND / 2).await;
    assert_eq!(bench.state().trouble.map(|trouble| trouble.status), None, "the other lane went well since");
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    assert_eq!(world.seqs(), [1, 3, 1, 1, 1, 2]);
    let times: Vec<u64> = world.inner().handed.iter().map(|(.., at)| at.as_secs()).collect();
    assert_eq!(times, [0, 0, 1, 3, 7, 7]);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_keeps_failing_is_left_for_a_replay() {
    let world = World::new(|(seq, ..)| match seq {
        1 => (MS, sent(AttemptOutcome::ExitedBadly, 1)),
        2 => (MS, sent(AttemptOutcome::BadStatus, 404)),
        _ => (MS, taken()),
    });
    for seq in 1..=3 {
        world.keep(seq, Some(1));
    }
    let bench = Bench::of(&world, target());
    bench.until(|world| world.state(3) == DeliveryState::Delivered).await;
    assert_eq!((world.state(1), world.state(2)), (DeliveryState::Failed, DeliveryState::Failed));
    assert_eq!(world.seqs(), [1, 1, 1, 1, 1, 1, 2, 3]);
    sleep(2 * SECOND).await;
    assert_eq!((bench.state().failed, bench.state().queued), (2, 0));
    // It is put into the queue once more.
    world.inner().plan = Box::new(|_| (MS, taken()));
    world.inner().rows.get_mut(&1).unwrap().state = DeliveryState::Queued;
    world.inner().rows.get_mut(&1).unwrap().not_before_ms = 0;
    bench.posted.wake();
    bench.until(|world| world.state(1) == DeliveryState::Delivered).await;
    assert_eq!(world.inner().handed.last().unwrap().1, 7, "its attempts go on counting");
}

#[tokio::test(start_paused = true)]
async fn an_event_that_brings_the_target_down_holds_nobody_up_for_ever() {
    for (wait, ends) in [(MS, sent(AttemptOutcome::Unreachable, 504)), (60 * SECOND, taken())] {
        let world = World::new(move |(seq, ..)| if seq == 3 { (wait, ends.clone()) } else { (MS, taken()) });
        for seq in 1..=200 {
            world.keep(seq, Some(seq));
        }
        let bench = Bench::of(&world, target());
        for seq in 201..=400 {
            sleep(SECOND).await;
            world.keep(seq, Some(seq));
            bench.posted.wake();
        }
        assert_eq!((world.state(3), world.inner().rows[&3].attempts), (DeliveryState::Failed, 6));
        bench.until(|world| world.inner().rows.values().all(|row| row.state != DeliveryState::Queued)).await;
        let failed = world.inner().rows.values().filter(|row| row.state == DeliveryState::Failed).count();
        assert_eq!(failed, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn events_wait_for_a_target_that_hangs_and_one_at_a_time_tries_it() {
    let world =
        World::new(|(_, _, at)| if at < 600 * SECOND { (3600 * SECOND, taken()) } else { (MS, taken()) });
    for seq in 1..=100 {
        world.keep(seq, Some(seq % 4));
    }
    let bench = Bench::of(&world, target());
    sleep(11 * SECOND).await;
    world.inner().most_out = 0;
    sleep(588 * SECOND).await;
    assert_eq!(world.inner().most_out, 1);
    let tries = world.inner().handed.len();
    assert!((15..60).contains(&tries), "{tries} tries");
    let state = bench.state();
    assert_eq!((state.health, state.queued + state.failed), (TargetHealth::Down, 100));
    assert!(
        state.failed > 0 && state.failed as usize <= tries / 6,
        "six tries each: {} failed",
        state.failed
    );
    assert_eq!(state.trouble.unwrap().outcome, AttemptOutcome::TimedOut);
    bench.until(|world| world.inner().rows.values().all(|row| row.state != DeliveryState::Queued)).await;
    assert!(world.age() < 645 * SECOND, "{:?}", world.age());
    let inner = world.inner();
    let most = (1..=100)
        .map(|seq| inner.handed.iter().filter(|try_| try_.0 == seq && try_.2 < 600 * SECOND).count());
    assert!(most.max() <= Some(6), "a slow bot is not given one event for ever");
    let taken: Vec<u32> =
        inner.handed.iter().filter(|try_| try_.2 >= 600 * SECOND).map(|try_| try_.0).collect();
    assert_eq!(taken.len(), 100 - state.failed as usize, "each of the others once");
    for lane in 0..4 {
        assert!(taken.iter().filter(|seq| **seq % 4 == lane).is_sorted());
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_target_has_is_not_handed_over_again_while_the_disk_is_full() {
    let world = World::new(|_| (MS, taken()));
    for seq in 1..=50 {
        world.keep(seq, Some(seq));
    }
    let plan = world.clone();
    world.inner().plan = Box::new(move |(seq, ..)| {
        if seq == 10 {
            let world = plan.clone();
            tokio::spawn(async move { world.inner().broken = Some(Error::DiskFull) });
        }
        (5 * MS, taken())
    });
    let bench = Bench::of(&world, target());
    sleep(60 * SECOND).await;
    let handed = world.inner().handed.len();
    assert!((10..14).contains(&handed), "{handed}");
    world.inner().broken = None;
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    let mut seqs = world.seqs();
    seqs.sort_unstable();
    assert!(seqs.into_iter().eq(1..=50));
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_written_is_left_to_the_next_courier() {
    let world = World::new(|_| (MS, taken()));
    world.keep(1, None);
    let plan = world.clone();
    world.inner().plan = Box::new(move |_| {
        let world = plan.clone();
        tokio::spawn(async move { world.inner().broken = Some(Error::DiskFull) });
        (5 * MS, taken())
    });
    let bench = Bench::of(&world, target());
    bench.until(|world| !world.inner().handed.is_empty()).await;
    sleep(SECOND).await;
    let left = bench.posted.end().await;
    assert_eq!(left.len(), 1);
    world.inner().broken = None;
    let bench = Bench::with(&world, target(), left);
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    sleep(SECOND).await;
    assert_eq!(world.seqs(), [1]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_read_later() {
    let world = World::new(|_| (MS, taken()));
    world.keep(1, None);
    world.inner().broken = Some(Error::Failed("disk I/O error".to_owned()));
    let bench = Bench::of(&world, target());
    sleep(10 * SECOND).await;
    assert!(world.inner().looks <= 11);
    world.inner().broken = None;
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    assert_eq!(world.seqs(), [1]);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_was_deleted_is_forgotten() {
    let world = World::new(|_| (MS, sent(AttemptOutcome::BadStatus, 500)));
    world.keep(1, Some(1));
    world.keep(2, Some(1));
    let bench = Bench::of(&world, target());
    bench.until(|world| world.inner().written.len() == 1).await;
    world.inner().rows.remove(&1);
    world.inner().plan = Box::new(|_| (MS, taken()));
    bench.until(|world| world.state(2) == DeliveryState::Delivered).await;
}

#[tokio::test(start_paused = true)]
async fn a_target_that_is_held_back_gets_nothing() {
    let world = World::new(|_| (20 * MS, taken()));
    for seq in 1..=20 {
        world.keep(seq, None);
    }
    let bench = Bench::of(&world, Target { paused: true, ..target() });
    sleep(60 * SECOND).await;
    assert_eq!((world.seqs(), bench.state().health), (vec![], TargetHealth::Paused));
    bench.posted.tell(Word::Target(target().into()));
    bench.until(|world| world.inner().handed.len() == 6).await;
    bench.posted.tell(Word::Target(Target { paused: true, ..target() }.into()));
    sleep(60 * SECOND).await;
    assert!(world.inner().handed.len() <= 8);
    assert_eq!(bench.state().health, TargetHealth::Paused);
    bench.posted.tell(Word::Target(target().into()));
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    assert_eq!(world.inner().handed.len(), 20, "what was under way was let to its end");
}

#[tokio::test(start_paused = true)]
async fn a_target_that_moved_takes_over_within_two_seconds() {
    let world = World::new(|_| (500 * SECOND, taken()));
    for seq in 1..=20 {
        world.keep(seq, None);
    }
    let slow = Target { deadline: 600 * SECOND, ..target() };
    let bench = Bench::of(&world, slow.clone());
    bench.until(|world| world.inner().out == 2).await;
    world.inner().plan = Box::new(|_| (MS, taken()));
    bench.posted.tell(Word::Target(Target { kind: moved().kind, ..slow }.into()));
    let moved = world.age();
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    assert!(world.age() - moved < 3 * SECOND, "{:?}", world.age() - moved);
    assert!(world.inner().written.iter().all(|(attempt, _)| attempt.outcome == AttemptOutcome::Delivered));
}

#[tokio::test(start_paused = true)]
async fn what_fails_where_the_target_was_says_nothing_about_where_it_is() {
    let failures = [
        refused(),
        sent(AttemptOutcome::TimedOut, 0),
        sent(AttemptOutcome::BadStatus, 500),
        sent(AttemptOutcome::BadStatus, 404),
    ];
    for failure in failures {
        let outcome = failure.outcome;
        let world = World::new(
            move |(.., at)| if at < 100 * MS { (SECOND / 2, failure.clone()) } else { (MS, taken()) },
        );
        world.keep(1, Some(1));
        world.keep_callback(2, 30 * SECOND);
        let bench = Bench::of(&world, target());
        let asking = async {
            bench.ask(2, SECOND / 4).await;
        };
        let moving = async {
            sleep(200 * MS).await;
            bench.posted.tell(Word::Target(moved().into()));
            world.keep(3, Some(3));
            bench.posted.wake();
            sleep(200 * MS).await;
        };
        tokio::join!(asking, moving);
        assert_eq!((world.state(3), bench.state().health), (DeliveryState::Delivered, TargetHealth::Up));
        bench.until(|world| world.state(1) != DeliveryState::Queued).await;
        assert_eq!(world.state(1), DeliveryState::Delivered, "{outcome:?}");
        assert!(world.age() < 600 * MS, "{outcome:?}: it went at once, {:?}", world.age());
        sleep(SECOND).await;
        let state = bench.state();
        assert_eq!((state.health, state.trouble, state.bad_answer), (TargetHealth::Up, None, None));
        assert_eq!(world.state(2), DeliveryState::Failed, "a click is not repeated");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_taken_where_the_target_was_says_nothing_about_where_it_is() {
    let world = World::new(|(.., at)| if at < 100 * MS { (SECOND / 2, taken()) } else { (MS, refused()) });
    world.keep(1, Some(1));
    let bench = Bench::of(&world, target());
    sleep(200 * MS).await;
    bench.posted.tell(Word::Target(moved().into()));
    world.keep(2, Some(2));
    bench.posted.wake();
    bench.until(|world| world.state(1) == DeliveryState::Delivered).await;
    sleep(150 * MS).await;
    let state = bench.state();
    assert_eq!((state.health, state.delivered), (TargetHealth::Down, 1));
    assert!(state.trouble.is_some() && state.retry_at_ms.is_some());
    assert!(world.now_ms() - state.since_ms > 400, "it was down all the time");
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_at_the_end_is_written_down() {
    let world = World::new(|(seq, ..)| (if seq == 1 { SECOND / 2 } else { 9 * SECOND }, taken()));
    world.keep(1, None);
    world.keep(2, None);
    let bench = Bench::of(&world, target());
    bench.until(|world| world.inner().out == 2).await;
    let left = bench.posted.end().await;
    assert!(left.is_empty());
    assert_eq!((world.state(1), world.state(2)), (DeliveryState::Delivered, DeliveryState::Queued));
    assert!(world.age() < 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_callback_is_answered_ahead_of_what_waits() {
    let body = br#"{"toast":{"type":"info"}}"#;
    let world = World::new(move |(seq, ..)| match seq {
        100 => (MS, Sent { body: body.as_slice().into(), ..taken() }),
        _ => (SECOND, taken()),
    });
    for seq in 1..=20 {
        world.keep(seq, Some(1));
    }
    let bench = Bench::of(&world, target());
    bench.until(|world| world.inner().out > 0).await;
    world.keep_callback(100, 3 * SECOND);
    bench.posted.wake();
    let answer = bench.ask(100, SECOND).await;
    assert_eq!(answer, Answer::Data(body.as_slice().into()));
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    assert_eq!(world.seqs().iter().filter(|seq| **seq == 100).count(), 1);
    assert_eq!(bench.state().bad_answer, None);
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_is_a_toast_and_the_target_has_the_event() {
    let world = World::new(|_| (6 * SECOND, taken()));
    world.keep_callback(1, 3 * SECOND);
    let bench = Bench::of(&world, target());
    let asked = world.age();
    let late = bench.ask(1, 5 * SECOND / 2).await;
    assert_eq!((late, world.age() - asked), (Toast::Late.answer(CARD), 5 * SECOND / 2));
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    assert_eq!(world.inner().written[0].0.outcome, AttemptOutcome::AnswerLate);
    assert_eq!(world.seqs(), [1], "its moment came while it was under way");
    sleep(SECOND).await;
    assert_eq!(bench.state().bad_answer.unwrap().outcome, AttemptOutcome::AnswerLate);
    // A good one takes it back.
    world.inner().plan = Box::new(|_| (MS, taken()));
    world.keep_callback(2, 3 * SECOND);
    assert_eq!(bench.ask(2, SECOND).await, Answer::Nothing);
    sleep(SECOND).await;
    assert_eq!((bench.state().bad_answer, bench.state().delivered), (None, 2));
}

#[tokio::test(start_paused = true)]
async fn a_click_that_failed_is_not_repeated() {
    let world = World::new(|(seq, ..)| match seq {
        1 => (MS, refused()),
        2 => (MS, sent(AttemptOutcome::BadStatus, 500)),
        _ => (MS, Sent { body: b"OK".as_slice().into(), ..taken() }),
    });
    let bench = Bench::of(&world, target());
    for seq in 1..=3 {
        world.keep_callback(seq, 3 * SECOND);
        bench.posted.wake();
        let toast = if seq == 1 { Toast::Down } else { Toast::Invalid };
        assert_eq!(bench.ask(seq, SECOND).await, toast.answer(CARD));
        sleep(SECOND).await;
        let health = [TargetHealth::Down, TargetHealth::Failing, TargetHealth::Up][seq as usize - 1];
        assert_eq!(bench.state().health, health);
    }
    sleep(600 * SECOND).await;
    assert_eq!(world.seqs(), [1, 2, 3]);
    let states = [1, 2, 3].map(|seq| world.state(seq));
    assert_eq!(states, [DeliveryState::Failed, DeliveryState::Failed, DeliveryState::Delivered]);
    assert_eq!(bench.state().bad_answer.unwrap().outcome, AttemptOutcome::AnswerInvalid);
}

#[tokio::test(start_paused = true)]
async fn a_callback_whose_owner_is_gone_is_handed_over_by_the_queue() {
    let world = World::new(|_| (MS, taken()));
    world.keep_callback(1, 3 * SECOND);
    world.keep(2, Some(1));
    let bench = Bench::of(&world, target());
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    assert_eq!(world.seqs(), [2, 1]);
    assert!(world.age() >= 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn too_many_callbacks_at_once_are_bounded() {
    let world = World::new(|_| (5 * SECOND, taken()));
    let bench = Bench::of(&world, target());
    for seq in 1..=100 {
        world.keep_callback(seq, 3 * SECOND);
    }
    let answers = futures_util::future::join_all((1..=100).map(|seq| bench.ask(seq, 5 * SECOND / 2))).await;
    assert!(answers.iter().all(|answer| *answer == Toast::Late.answer(CARD)), "{answers:?}");
    assert_eq!(world.inner().most_out, 32);
    bench.posted.wake();
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
    assert_eq!(world.inner().handed.len(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_click_that_the_queue_hands_over_already_is_told_to_its_user() {
    let world = World::new(|(seq, ..)| if seq == 1 { (MS, refused()) } else { (5 * SECOND, taken()) });
    let bench = Bench::of(&world, target());
    let mut said = Vec::new();
    for (seq, plan) in [(1, (5 * SECOND, taken())), (2, (SECOND, refused()))] {
        world.inner().plan = Box::new(move |_| plan.clone());
        world.keep_callback(seq, Duration::ZERO);
        bench.posted.wake();
        bench.until(|world| world.inner().out == 1).await;
        let asked = world.age();
        said.push((bench.ask(seq, 5 * SECOND / 2).await, world.age() - asked));
        if seq == 1 {
            bench.until(|world| world.state(1) == DeliveryState::Delivered).await;
        }
    }
    // It is known to be down by the time that another is asked for.
    bench.until(|world| world.age() > 30 * SECOND && world.inner().out == 1).await;
    let asked = world.age();
    said.push((bench.ask(2, 5 * SECOND / 2).await, world.age() - asked));
    let told = [Toast::Late, Toast::Late, Toast::Down].map(|toast| (toast.answer(CARD), Duration::ZERO));
    assert_eq!(said, told);
    world.inner().plan = Box::new(|_| (MS, taken()));
    bench.until(|world| world.all(DeliveryState::Delivered)).await;
}

#[tokio::test(start_paused = true)]
async fn a_click_that_hangs_is_told_and_says_that_the_target_hangs() {
    let world = World::new(|_| (60 * SECOND, taken()));
    world.keep_callback(1, 3 * SECOND);
    let bench = Bench::of(&world, target());
    assert_eq!(bench.ask(1, 5 * SECOND / 2).await, Toast::Late.answer(CARD));
    sleep(10 * SECOND).await;
    let state = bench.state();
    assert_eq!((world.state(1), state.health), (DeliveryState::Failed, TargetHealth::Down));
    assert_eq!(state.bad_answer.unwrap().outcome, AttemptOutcome::TimedOut);
    // One that is asked while it is down does not say that it is back, unless it is.
    world.keep_callback(2, 3 * SECOND);
    assert_eq!(bench.ask(2, 5 * SECOND / 2).await, Toast::Late.answer(CARD));
    sleep(SECOND).await;
    assert_eq!(bench.state().health, TargetHealth::Down);
    world.inner().plan = Box::new(|_| (MS, taken()));
    world.keep_callback(3, 3 * SECOND);
    assert_eq!(bench.ask(3, SECOND).await, Answer::Nothing);
    sleep(SECOND).await;
    assert_eq!((bench.state().health, bench.state().bad_answer), (TargetHealth::Up, None));
}

#[tokio::test(start_paused = true)]
async fn a_lane_that_waits_does_not_hide_those_behind_it() {
    let world =
        World::new(|(seq, ..)| (MS, if seq == 1 { sent(AttemptOutcome::BadStatus, 500) } else { taken() }));
    for seq in 1..=3000 {
        world.keep(seq, Some(1));
    }
    world.keep(3001, Some(2));
    let bench = Bench::of(&world, target());
    bench.until(|world| world.state(3001) == DeliveryState::Delivered).await;
    assert!(world.age() < 10 * SECOND, "{:?}", world.age());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A target that comes and goes, breaks and hangs: each event gets there, those of a lane in order, and none again after
    /// that was written down (which the world itself asserts).
    #[test]
    fn no_weather_loses_an_event(seed: u64, lanes in 1..6u32, storm in 1..60u64) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut rng = fastrand::Rng::with_seed(seed);
            let world = World::new(move |(_, number, at)| {
                let wait = MS * rng.u32(0..50);
                // It calms down before anything was tried too often.
                let calm = at > Duration::from_secs(storm) || number > 4;
                match rng.u32(0..8) {
                    0 if !calm => (wait, sent(AttemptOutcome::BadStatus, 500)),
                    1 if !calm => (wait, sent(AttemptOutcome::Broken, 200)),
                    2 if !calm => (60 * SECOND, taken()),
                    3 if !calm => (wait, refused()),
                    _ => (wait, taken()),
                }
            });
            for seq in 1..=100 {
                world.keep(seq, Some(seq % (lanes + 1)).filter(|lane| *lane > 0));
            }
            let bench = Bench::of(&world, target());
            for seq in 101..=120 {
                sleep(MS * 200).await;
                world.keep(seq, Some(1));
                bench.posted.wake();
            }
            bench.until(|world| world.all(DeliveryState::Delivered)).await;
            for lane in 1..=lanes {
                let handed = world.seqs();
                let of_lane = |seq: &&u32| **seq > 100 && lane == 1 || **seq <= 100 && **seq % (lanes + 1) == lane;
                prop_assert!(handed.iter().filter(of_lane).is_sorted());
            }
            Ok(())
        })?;
    }
}
