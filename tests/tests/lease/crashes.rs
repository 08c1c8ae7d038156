//! Killed at every step: the machine ends as it began.

use longwire_host::fake::{At, Trouble, What};
use longwire_tests::{Platform, sandboxed};

use super::*;

/// How many machines are tried at once: most of the time they wait.
const LANES: usize = 4;

/// Tries `crash` with 1, 2, … until it says that nothing was struck any more. Says how many were.
fn at_every_step(crash: impl Fn(usize) -> bool + Sync) -> usize {
    let struck = |lane: usize| {
        let steps = (lane + 1..).step_by(LANES);
        steps.take_while(|step| crash(*step)).count()
    };
    let struck = &struck;
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|lane| scope.spawn(move || struck(lane))).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).sum()
    })
}

/// Where a command is killed: at a call, before it does anything; or at a change, once it is made.
fn troubles(what: &What, nth: usize, done: &Mac) -> Vec<Trouble> {
    let at = match what {
        What::KillsAfter => At::Change(done.calls.iter().filter(|call| call.changes()).count() + nth),
        _ => At::Call(done.calls.len() + nth),
    };
    vec![Trouble { at, what: what.clone() }]
}

/// What is left is put back with `longwire proxy restore`, if the watchdog has left anything.
fn comes_back(bench: &Bench, what: &str) {
    bench.unwatched();
    bench.mac.change(|mac| mac.troubles.clear());
    let ended = bench.restore();
    bench.has_after(&small(), &format!("{what}: {}", ended.stderr));
    let lease = bench.status().lease;
    assert_eq!(lease, None, "{what}: {}", ended.stderr);
}

#[test]
fn killed_at_any_step_of_switching_off_the_machine_comes_back() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        for what in [What::KillsBefore, What::KillsAfter] {
            let struck = at_every_step(|nth| {
                let bench = Bench::new(&small());
                bench.mac.change(|mac| mac.troubles = troubles(&what, nth, mac));
                let killed = bench.off().code.is_none();
                // One that was not killed holds its lease until it is ended.
                if killed {
                    comes_back(&bench, &format!("{what:?} {nth}"));
                } else {
                    bench.mac.change(|mac| mac.troubles.clear());
                    assert_eq!(bench.restore().code, Some(0));
                    bench.has_after(&small(), &format!("{what:?} {nth}"));
                }
                killed
            });
            println!("{what:?}: killed at {struck} steps");
            assert!(struck >= 3, "{what:?}");
        }
    });
}

#[test]
fn killed_at_any_step_of_putting_back_the_machine_comes_back() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        for what in [What::KillsBefore, What::KillsAfter] {
            let struck = at_every_step(|nth| {
                let bench = Bench::new(&small());
                assert_eq!(bench.off().code, Some(0));
                bench.kill_watchdogs();
                bench.mac.change(|mac| mac.troubles = troubles(&what, nth, mac));
                let killed = bench.restore().code.is_none();
                comes_back(&bench, &format!("{what:?} {nth}"));
                killed
            });
            println!("{what:?}: killed at {struck} steps");
            assert!(struck >= 3, "{what:?}");
        }
    });
}

#[test]
fn what_a_power_cut_leaves_behind_is_put_back_at_the_next_start() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let platform = Platform::start().await;
        // Of three changes none is made, then one, then two.
        for nth in 1..=3 {
            let bench = Bench::new(&small());
            bench.mac.change(|mac| mac.troubles = vec![Trouble { at: At::Change(nth), what: What::Hangs }]);
            let off = bench.longwire(["proxy", "off", "--yes"]).run();
            until("the change begins", || changes(&bench) == nth);
            // All at once, so that nobody can do anything about it.
            bench.kill_watchdogs();
            off.signal("KILL");
            off.end();
            assert_eq!(bench.is(&small()), nth == 1);
            bench.mac.change(|mac| mac.troubles.clear());
            let run = bench.run(&platform);
            until("the machine is as it was", || bench.is(&small()));
            run.signal("INT");
            run.end();
            assert_eq!(bench.status().lease, None);
        }
    });
}

fn changes(bench: &Bench) -> usize {
    bench.mac.state().calls.iter().filter(|call| call.changes()).count()
}
