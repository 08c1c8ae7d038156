use std::panic::{AssertUnwindSafe, catch_unwind};

use longwire_contract::LeasePhase;
use proptest::prelude::*;

use super::{
    machine::{State, any_machine, usual},
    steps::End,
    world::World,
};
use crate::lease::LeaseError;

/// Runs `act` with an end after each of its steps in turn, and hands the world that is left to `check`, with nothing wrong
/// any more. Returns how many steps there were.
fn at_every_step(state: &State, end: End, act: impl Fn(&World), check: impl Fn(World, i64)) -> i64 {
    for step in 1.. {
        let world = World::ending(state.clone(), step, end);
        catch_unwind(AssertUnwindSafe(|| act(&world))).ok();
        if !world.steps.is_over() {
            return step - 1;
        }
        check(world.again(i64::MAX, End::Fails), step);
    }
    unreachable!("it has an end")
}

/// Whatever is left is ended, and the machine is as it began.
fn ends_as_it_began(world: &World, state: &State, step: i64) {
    let left = world.machine.state();
    match world.lease().end() {
        Ok(report) => assert!(report.is_complete()),
        Err(LeaseError::NotHeld) => {
            assert_eq!(left.services, state.services, "step {step}: nobody knows what it was");
        }
        Err(error) => panic!("step {step}: {error:?}"),
    }
    assert_eq!(world.machine.state().services, state.services, "step {step}");
    assert_eq!(world.lease().view(), None, "step {step}");
    assert_eq!(world.lease().end(), Err(LeaseError::NotHeld), "step {step}");
}

fn begins(world: &World) {
    world.begin().ok();
}

fn begins_and_ends(world: &World) {
    world.begin().unwrap();
    world.lease().end().ok();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5))]

    #[test]
    fn cut_at_any_step_of_its_beginning_it_ends_as_it_began(state in any_machine(), locked: bool) {
        let state = State { locked, ..state };
        for end in [End::Dies, End::Fails] {
            let steps = at_every_step(&state, end, begins, |world, step| ends_as_it_began(&world, &state, step));
            prop_assert!(steps > 10);
        }
    }

    #[test]
    fn cut_at_any_step_of_its_end_it_ends_as_it_began(state in any_machine(), locked: bool) {
        let state = State { locked, ..state };
        let begun = at_every_step(&state, End::Dies, begins, |_, _| ());
        for end in [End::Dies, End::Fails] {
            let act = |world: &World| if end == End::Dies { begins_and_ends(world) } else {
                if world.begin().is_ok() { world.lease().end().ok(); }
            };
            let steps = at_every_step(&state, end, act, |world, step| ends_as_it_began(&world, &state, step));
            prop_assert!(steps > begun + 10);
        }
    }
}

#[test]
fn cut_again_while_what_a_first_cut_left_is_ended_it_ends_as_it_began() {
    let mut state = usual();
    state.services[0].entries.remove(0);
    state.services[1].entries.remove(1);
    at_every_step(&state, End::Dies, begins_and_ends, |world, first| {
        let begun = world.machine.state();
        let files = world.files();
        for second in 1.. {
            let copy = World::ending(begun.clone(), second, End::Dies);
            for name in &files {
                std::fs::copy(world.path(name), copy.path(name)).unwrap();
            }
            let ended = catch_unwind(AssertUnwindSafe(|| copy.lease().end()));
            if ended.is_ok() {
                break;
            }
            ends_as_it_began(&copy.again(i64::MAX, End::Fails), &state, first * 1000 + second);
        }
    });
}

#[test]
fn a_file_that_is_half_written_leaves_its_copy() {
    let state = usual();
    let mut damaged = 0;
    let mut torn = std::cell::Cell::new(0);
    at_every_step(&state, End::Tears, begins_and_ends, |world, step| {
        let left = world.lease().view();
        if left.is_some_and(|view| view.phase == LeasePhase::Damaged) {
            // The very first write: the copy is not there yet, and nothing is changed either.
            assert_eq!(world.machine.state(), state, "step {step}");
            torn.set(torn.get() + 1);
        } else {
            ends_as_it_began(&world, &state, step);
        }
    });
    damaged += *torn.get_mut();
    assert_eq!(damaged, 1);
}
