use longwire_contract::{LeasePhase, LeaseState, ProxyEntry, ProxyKind};

use super::{
    machine::{Call, Mood, State, failed, off, on, too_slow, usual},
    world::{MINUTE, World, states},
};
use crate::{
    keeper::{Change, KeeperError, Rights},
    lease::{Ended, LeaseError},
};

#[test]
fn what_is_not_held_is_not_ended() {
    let world = World::new(usual());
    assert_eq!(world.lease().end(), Err(LeaseError::NotHeld));
    assert_eq!(world.lease().extend(MINUTE), Err(LeaseError::NotHeld));
    assert_eq!(world.lease().repair(), Err(LeaseError::NotHeld));
    assert_eq!(world.lease().last(), None);
    world.begin().unwrap();
    assert_eq!(world.lease().repair(), Err(LeaseError::NotHeld), "there is a backup to go by");
}

#[test]
fn what_became_of_it_is_kept() {
    let world = World::new(usual());
    world.begin().unwrap();
    world.clock.advance(MINUTE);
    let report = world.lease().end().unwrap();
    assert_eq!(world.lease().last(), Some(Ended { report, ended_ms: 1_774_785_660_000 }));
    world.begin().unwrap();
    assert_eq!(world.lease().end().unwrap().changes.len(), 4, "it can be had again");
}

/// The first setting of the first service, changed by the user while it is set aside, and what is then said of it.
#[test]
fn every_change_of_the_user_survives() {
    let before = usual().services[0].entries[0].clone();
    let changes: [(&str, ProxyEntry, LeaseState); 7] = [
        ("on again", before.clone(), LeaseState::Restored),
        ("another host", ProxyEntry { value: "other.example".into(), ..before.clone() }, LeaseState::Theirs),
        ("another port", ProxyEntry { port: 1, ..before.clone() }, LeaseState::Theirs),
        ("a password", ProxyEntry { authenticated: true, ..before.clone() }, LeaseState::Theirs),
        ("another host, off", off(&on(before.kind, "other.example", before.port)), LeaseState::Theirs),
        ("another port, off", off(&on(before.kind, &before.value, 1)), LeaseState::Theirs),
        ("a password, off", ProxyEntry { authenticated: true, ..off(&before) }, LeaseState::Theirs),
    ];
    for (what, entry, state) in changes {
        let world = World::new(usual());
        world.begin().unwrap();
        world.machine.with(|machine| machine.services[0].entries[0] = entry.clone());
        let report = world.lease().end().unwrap();
        assert_eq!(report.changes[0].state, state, "{what}");
        assert!(report.changes[1..].iter().all(|change| change.state == LeaseState::Restored), "{what}");
        let mut expected = usual();
        expected.services[0].entries[0] = entry;
        assert_eq!(world.machine.state(), expected, "{what}");
        assert_eq!(world.lease().view(), None, "{what}");
    }
}

#[test]
fn settings_that_were_not_ours_stay_as_the_user_made_them() {
    let world = World::new(usual());
    world.begin().unwrap();
    let socks = on(ProxyKind::Socks, "new.example", 1080);
    let change = |state: &mut State| {
        state.services[0].entries[2] = socks.clone();
        state.services[0].bypass.clear();
        state.services[1].enabled = false;
        state.services[2].entries[0].on = false;
        state.services.insert(0, super::machine::service("New", vec![on(ProxyKind::Web, "x", 1)]));
    };
    world.machine.with(change);
    assert!(world.lease().end().unwrap().is_complete());
    let mut expected = usual();
    change(&mut expected);
    assert_eq!(world.machine.state(), expected);
}

#[test]
fn a_service_or_a_setting_that_is_gone_is_said_to_be() {
    let world = World::new(usual());
    world.begin().unwrap();
    world.machine.with(|state| {
        state.services[0].entries.remove(0);
        state.services.remove(1);
    });
    let report = world.lease().end().unwrap();
    assert_eq!(
        states(&report),
        [
            ("Wi-Fi", ProxyKind::Web, LeaseState::Gone),
            ("Wi-Fi", ProxyKind::SecureWeb, LeaseState::Restored),
            ("Dock (2)", ProxyKind::Pac, LeaseState::Gone),
            ("Dock (2)", ProxyKind::Discovery, LeaseState::Gone)
        ]
    );
}

#[test]
fn what_the_user_switches_off_before_we_do_stays_off() {
    // Killed before its second change: that one is switched off, and not by us.
    let world = World::hooked(usual(), |call, _| match call {
        Call::Change(Change::Off { entry, .. }, _) if entry.kind == ProxyKind::SecureWeb => {
            std::panic::resume_unwind(Box::new("dead"))
        }
        _ => Mood::Obeys,
    });
    let begun = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.begin()));
    assert!(begun.is_err());
    let world = World { machine: super::machine::Machine::new(theirs_off(), &world.steps), ..world };
    let report = world.lease().end().unwrap();
    assert_eq!(
        states(&report)[2..],
        [
            ("Dock (2)", ProxyKind::Pac, LeaseState::Theirs),
            ("Dock (2)", ProxyKind::Discovery, LeaseState::Restored)
        ]
    );
    assert!(!world.machine.state().services[1].entries[1].on);
}

/// The first setting is off by us, the third by the user.
fn theirs_off() -> State {
    let mut state = usual();
    state.services[0].entries[0].on = false;
    state.services[1].entries[1].on = false;
    state
}

#[test]
fn what_was_put_back_before_a_kill_is_the_users_again() {
    let world = World::hooked(usual(), |call, _| match call {
        Call::Change(Change::Back { entry, .. }, _) if entry.kind == ProxyKind::Pac => {
            std::panic::resume_unwind(Box::new("dead"))
        }
        _ => Mood::Obeys,
    });
    world.begin().unwrap();
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.lease().end())).is_err());
    world.machine.with(|state| state.services[0].entries[0].on = false);
    let later = world.again(i64::MAX, super::steps::End::Fails);
    assert!(later.lease().end().unwrap().is_complete());
    let mut expected = usual();
    expected.services[0].entries[0].on = false;
    assert_eq!(later.machine.state(), expected);
}

#[test]
fn a_program_that_outlives_its_owner_is_waited_for() {
    let world = World::hooked(usual(), |call, _| match call {
        // It is told to, and the one who told it dies.
        Call::Change(..) => std::panic::resume_unwind(Box::new("dead")),
        _ => Mood::Obeys,
    });
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.begin())).is_err());
    let mut looks = 0;
    let later = World::hooked(usual(), move |call, state| {
        if matches!(call, Call::Service(_)) {
            looks += 1;
            if looks == 4 {
                state.services[0].entries[0].on = false;
            }
        }
        Mood::Obeys
    });
    let later = World { dir: world.dir, ..later };
    assert!(later.lease().end().unwrap().is_complete());
    assert_eq!(later.machine.state(), usual());
}

#[test]
fn a_change_of_the_user_while_it_ends_survives() {
    let theirs = on(ProxyKind::Pac, "http://other.example/pac", 0);
    let user = theirs.clone();
    let world = World::hooked(usual(), move |call, state| {
        if let Call::Change(Change::Back { entry, .. }, _) = call
            && entry.kind == ProxyKind::SecureWeb
        {
            state.services[1].entries[1] = user.clone();
        }
        Mood::Obeys
    });
    world.begin().unwrap();
    let report = world.lease().end().unwrap();
    assert_eq!(report.changes[2].state, LeaseState::Theirs);
    assert_eq!(world.machine.state().services[1].entries[1], theirs);
}

#[test]
fn what_is_put_back_is_the_users_again_while_the_rest_is_tried() {
    let world = World::new(usual());
    world.begin().unwrap();
    let stuck = World::hooked(world.machine.state(), |call, _| match call {
        Call::Change(Change::Back { entry, .. }, _) if entry.kind == ProxyKind::Pac => {
            Mood::Fails(failed("no"))
        }
        _ => Mood::Obeys,
    });
    let stuck = World { dir: world.dir, ..stuck };
    assert!(matches!(stuck.lease().end(), Err(LeaseError::Stuck { .. })));
    // The user now switches off for good what was put back.
    stuck.machine.with(|state| state.services[0].entries[0].on = false);
    let later = stuck.again(i64::MAX, super::steps::End::Fails);
    assert!(later.lease().end().unwrap().is_complete());
    let mut expected = usual();
    expected.services[0].entries[0].on = false;
    assert_eq!(later.machine.state(), expected);
}

#[test]
fn what_cannot_be_read_keeps_the_backup_for_another_try() {
    let mut reads = 0;
    let world = World::hooked(usual(), move |call, _| match call {
        Call::Service(name) if name == "Wi-Fi" => {
            reads += 1;
            // The first is that of the beginning.
            if (2..4).contains(&reads) { Mood::Fails(too_slow()) } else { Mood::Obeys }
        }
        _ => Mood::Obeys,
    });
    world.begin().unwrap();
    let error = world.lease().end().unwrap_err();
    let LeaseError::Stuck { report, cause } = &error else { panic!("{error:?}") };
    assert_eq!(
        states(report),
        [
            ("Wi-Fi", ProxyKind::Web, LeaseState::Failed),
            ("Wi-Fi", ProxyKind::SecureWeb, LeaseState::Failed),
            ("Dock (2)", ProxyKind::Pac, LeaseState::Restored),
            ("Dock (2)", ProxyKind::Discovery, LeaseState::Restored)
        ],
        "one service that hangs is waited for once, and stops no other"
    );
    assert_eq!(*cause, too_slow().to_string());
    assert_eq!(world.lease().view().unwrap().phase, LeasePhase::Stuck);
    assert!(matches!(world.lease().end(), Err(LeaseError::Stuck { .. })));
    assert!(world.lease().end().unwrap().is_complete());
    assert_eq!(world.machine.state(), usual());
}

#[test]
fn a_tool_that_lies_or_fails_keeps_the_backup() {
    type Fault = fn() -> Mood;
    let faults: [(Fault, &str); 2] =
        [(|| Mood::Lies, "is not as it was"), (|| Mood::Fails(failed("broken")), "broken")];
    for (fault, said) in faults {
        let world = World::new(usual());
        world.begin().unwrap();
        let broken = World::hooked(world.machine.state(), move |call, _| match call {
            Call::Change(Change::Back { entry, .. }, _) if entry.kind == ProxyKind::SecureWeb => fault(),
            _ => Mood::Obeys,
        });
        let broken = World { dir: world.dir, ..broken };
        let error = broken.lease().end().unwrap_err();
        assert!(matches!(&error, LeaseError::Stuck { cause, .. } if cause.contains(said)), "{error:?}");
        assert_eq!(broken.files(), ["proxies.copy.json", "proxies.json"]);
        let mended = broken.again(i64::MAX, super::steps::End::Fails);
        assert!(mended.lease().end().unwrap().is_complete());
        assert_eq!(mended.machine.state(), usual());
    }
}

#[test]
fn a_tool_that_fails_after_the_change_has_made_it() {
    let world = World::hooked(usual(), |call, _| match call {
        Call::Change(Change::Back { .. }, _) => Mood::FailsAfter(too_slow()),
        _ => Mood::Obeys,
    });
    world.begin().unwrap();
    assert!(world.lease().end().unwrap().is_complete());
    assert_eq!(world.machine.state(), usual());
}

#[test]
fn a_no_to_the_password_keeps_the_backup_and_the_next_click_asks_again() {
    let world = World::new(usual());
    world.begin().unwrap();
    world.machine.with(|state| (state.locked, state.refuses) = (true, true));
    let error = world.lease().end().unwrap_err();
    assert!(
        matches!(&error, LeaseError::Stuck { cause, .. } if *cause == KeeperError::Cancelled.to_string()),
        "{error:?}"
    );
    world.machine.with(|state| state.refuses = false);
    assert!(world.lease().end().unwrap().is_complete());
    assert_eq!(world.machine.state(), State { locked: true, asked: 2, ..usual() });
}

#[test]
fn without_the_right_to_ask_nobody_is_asked() {
    let world = World::new(usual());
    world.begin().unwrap();
    world.machine.with(|state| state.locked = true);
    let ended = world.lease().end_if(|_| Some(Rights::User));
    assert!(matches!(ended, Err(LeaseError::Stuck { .. })), "{ended:?}");
    assert_eq!(world.machine.state().asked, 0);
    assert_eq!(world.lease().end_if(|_| None), Ok(None), "what is not to be ended is left alone");
    assert!(world.lease().view().is_some());
}

#[test]
fn it_is_extended_from_now_on_and_only_while_it_is_held() {
    let world = World::new(usual());
    world.begin().unwrap();
    let left = || world.lease().view().unwrap().minutes_left;
    world.clock.advance(MINUTE * 4 - MINUTE / 60);
    assert_eq!(left(), 2);
    world.clock.advance(MINUTE / 60);
    assert_eq!(left(), 1);
    world.lease().extend(10 * MINUTE).unwrap();
    assert_eq!(left(), 10);
    let view = world.lease().view().unwrap();
    assert_eq!(view.until_ms - view.since_ms, 14 * 60_000);
    world.clock.advance(MINUTE * 10);
    assert_eq!(left(), 0);
    assert_eq!(world.lease().extend(MINUTE), Err(LeaseError::NotHeld), "its time is over");
    world.machine.with(|state| state.failures = 9);
    world.lease().end().unwrap_err();
    assert_eq!(world.lease().extend(MINUTE), Err(LeaseError::NotHeld));
}

#[test]
fn a_clock_that_is_set_does_not_move_the_end() {
    let world = World::new(usual());
    world.begin().unwrap();
    for wall_ms in [0, u64::MAX] {
        world.clock.0.lock().unwrap().wall_ms = wall_ms;
        assert_eq!(world.lease().view().unwrap().minutes_left, 5);
    }
    world.clock.0.lock().unwrap().boot = "second".to_owned();
    assert_eq!(world.lease().view().unwrap().minutes_left, 0, "the machine has started anew");
    assert_eq!(world.lease().extend(MINUTE), Err(LeaseError::NotHeld));
}
