use std::{fs, os::unix::fs::PermissionsExt, sync::Arc};

use longwire_contract::{LeasePhase, LeaseState, ProxyEntry, ProxyKind, ProxySetting};
use proptest::prelude::*;

use super::{
    machine::{Call, Mood, State, any_machine, failed, off, on, service, too_slow, usual},
    world::{MINUTE, World, begin, named},
};
use crate::{
    keeper::{Change, KeeperError, Rights},
    lease::{Lease, LeaseError, disk::RealDisk},
};

#[test]
fn what_is_on_is_switched_off_and_nothing_else_is_touched() {
    let world = World::new(usual());
    world.begin().unwrap();
    let mut expected = usual();
    for (service, entry) in [(0, 0), (0, 1), (1, 1), (1, 2)] {
        expected.services[service].entries[entry].on = false;
    }
    assert_eq!(world.machine.state(), expected);
    let view = world.lease().view().unwrap();
    assert_eq!((view.phase, view.minutes_left), (LeasePhase::Held, 5));
    assert_eq!(view.until_ms - view.since_ms, 300_000);
    let changed: Vec<_> =
        view.changes.iter().map(|change| (change.service.as_str(), change.before.kind)).collect();
    assert_eq!(
        changed,
        [
            ("Wi-Fi", ProxyKind::Web),
            ("Wi-Fi", ProxyKind::SecureWeb),
            ("Dock (2)", ProxyKind::Pac),
            ("Dock (2)", ProxyKind::Discovery)
        ]
    );
    assert!(view.changes.iter().all(|change| change.before.on && change.state == LeaseState::Off));
}

#[test]
fn only_its_owner_reads_the_backup_and_its_copy() {
    let world = World::new(usual());
    begin(&world.lease_on(Arc::new(RealDisk)), &usual()).unwrap();
    assert_eq!(world.files(), ["proxies.copy.json", "proxies.json"]);
    for name in ["proxies.copy.json", "proxies.json", "proxies.lock"] {
        let mode = fs::metadata(world.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(
        fs::read(world.path("proxies.json")).unwrap(),
        fs::read(world.path("proxies.copy.json")).unwrap()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn off_and_back_is_the_identity(state in any_machine()) {
        let world = World::new(state.clone());
        world.begin().unwrap();
        for service in world.machine.state().services {
            prop_assert!(!service.enabled || service.entries.iter().all(|entry| !entry.on));
        }
        let report = world.lease().end().unwrap();
        prop_assert!(report.changes.iter().all(|change| change.state == LeaseState::Restored));
        prop_assert_eq!(world.machine.state(), state);
        prop_assert_eq!(world.lease().view(), None);
        prop_assert_eq!(world.files(), ["proxies.last.json"]);
    }
}

/// The machine is as it was, and the folder as if nothing had been.
fn untouched(world: &World, before: &State) {
    assert_eq!(world.machine.state().services, before.services);
    assert_eq!(world.files(), Vec::<String>::new());
    assert_eq!(world.lease().view(), None);
}

#[test]
fn nothing_on_is_nothing_to_do() {
    let mut state = usual();
    for service in &mut state.services {
        if service.enabled {
            service.entries.iter_mut().for_each(|entry| entry.on = false);
        }
    }
    let world = World::new(state.clone());
    assert_eq!(world.begin(), Err(LeaseError::Nothing), "a service that is switched off does not count");
    untouched(&world, &state);
}

#[test]
fn what_was_not_shown_is_not_touched() {
    let dock = || Err(LeaseError::NotNamed(vec!["Dock (2)".to_owned()]));
    let world = World::new(usual());
    let all = named(&usual().services);
    let without_dock: Vec<_> = all.iter().filter(|setting| setting.service == "Wi-Fi").cloned().collect();
    assert_eq!(world.lease().begin(&without_dock, MINUTE), dock());
    // What was shown, and is something else by now.
    for stale in [|entry: &mut ProxyEntry| entry.on = false, |entry: &mut ProxyEntry| entry.port = 1] {
        let mut shown = all.clone();
        let on = |setting: &&mut ProxySetting| setting.service == "Dock (2)" && setting.entry.on;
        stale(&mut shown.iter_mut().find(on).unwrap().entry);
        assert_eq!(world.lease().begin(&shown, MINUTE), dock());
    }
    untouched(&world, &usual());
}

#[test]
fn a_password_that_cannot_be_read_back_is_not_lost() {
    let mut state = usual();
    state.services[0].entries[2].authenticated = true;
    World::new(state.clone()).begin().unwrap();
    state.services[1].entries[1].authenticated = true;
    let world = World::new(state.clone());
    assert_eq!(world.begin(), Err(LeaseError::Password("Dock (2)".to_owned())));
    untouched(&world, &state);
}

#[test]
fn what_cannot_be_read_is_not_changed() {
    let world = World::hooked(usual(), |call, _| match call {
        Call::Table => Mood::Fails(too_slow()),
        _ => Mood::Obeys,
    });
    assert_eq!(world.begin(), Err(LeaseError::Unreadable(too_slow())));
    untouched(&world, &usual());
}

#[test]
fn it_is_held_once() {
    let world = World::new(usual());
    world.begin().unwrap();
    let held = world.machine.state();
    assert_eq!(world.begin(), Err(LeaseError::Held));
    assert_eq!(world.machine.state(), held);
    assert!(world.lease().view().is_some());
}

#[test]
fn a_folder_that_is_not_there_is_an_error_before_any_change() {
    let world = World::new(usual());
    let lease =
        Lease::over(&world.path("missing"), world.machine.clone(), Arc::new(RealDisk), world.clock.clone());
    assert!(matches!(begin(&lease, &usual()), Err(LeaseError::Backup(_))));
    assert_eq!(lease.view(), None);
    untouched(&world, &usual());
}

#[test]
fn a_change_that_fails_undoes_those_before_it() {
    for nth in 0..4 {
        for after in [false, true] {
            let mut seen = 0;
            let world = World::hooked(usual(), move |call, _| match call {
                Call::Change(Change::Off { .. }, _) => {
                    seen += 1;
                    match (seen - 1 == nth, after) {
                        (false, _) => Mood::Obeys,
                        (true, false) => Mood::Fails(failed("no")),
                        (true, true) => Mood::FailsAfter(too_slow()),
                    }
                }
                _ => Mood::Obeys,
            });
            let error = if after { too_slow() } else { failed("no") };
            assert_eq!(world.begin(), Err(LeaseError::Failed(error)), "{nth}");
            untouched(&world, &usual());
        }
    }
}

#[test]
fn a_tool_that_lies_is_found_out_and_all_is_undone() {
    for liar in [ProxyKind::Web, ProxyKind::Discovery] {
        let world = World::hooked(usual(), move |call, _| match call {
            Call::Change(Change::Off { entry, .. }, _) if entry.kind == liar => Mood::Lies,
            _ => Mood::Obeys,
        });
        let error = world.begin().unwrap_err();
        assert!(matches!(&error, LeaseError::Failed(KeeperError::Failed { .. })), "{error:?}");
        assert!(error.to_string().contains(&format!("{liar:?}")), "{error}");
        untouched(&world, &usual());
    }
}

#[test]
fn what_cannot_be_read_back_is_undone() {
    let mut reads = 0;
    let world = World::hooked(usual(), move |call, _| match call {
        Call::Service(name) if name == "Dock (2)" => {
            reads += 1;
            if reads == 1 { Mood::Fails(failed("no answer")) } else { Mood::Obeys }
        }
        _ => Mood::Obeys,
    });
    assert_eq!(world.begin(), Err(LeaseError::Failed(failed("no answer"))));
    untouched(&world, &usual());
}

#[test]
fn what_cannot_be_undone_is_kept_and_can_be_ended_later() {
    let mut changes = 0;
    let world = World::hooked(usual(), move |call, _| match call {
        Call::Change(..) => {
            changes += 1;
            if (3..6).contains(&changes) { Mood::Fails(failed("no")) } else { Mood::Obeys }
        }
        _ => Mood::Obeys,
    });
    let error = world.begin().unwrap_err();
    let LeaseError::Stuck { report, cause } = &error else { panic!("{error:?}") };
    assert_eq!(*cause, failed("no").to_string());
    assert_eq!(report.changes.iter().filter(|change| change.state == LeaseState::Failed).count(), 2);
    let view = world.lease().view().unwrap();
    assert_eq!((view.phase, &view.detail), (LeasePhase::Stuck, cause));
    assert_eq!(view.changes, report.changes);
    assert!(world.lease().end().unwrap().is_complete());
    assert_eq!(world.machine.state(), usual());
}

#[test]
fn a_user_who_changes_a_proxy_in_these_moments_keeps_their_change() {
    let theirs = on(ProxyKind::Web, "other.example", 3128);
    let user = theirs.clone();
    let world = World::hooked(usual(), move |call, state| {
        if let Call::Change(Change::Off { entry, .. }, _) = call
            && entry.kind == ProxyKind::SecureWeb
        {
            state.services[0].entries[0] = user.clone();
        }
        Mood::Obeys
    });
    world.begin().unwrap();
    assert_eq!(world.machine.state().services[0].entries[0], theirs);
    let report = world.lease().end().unwrap();
    assert_eq!(report.changes[0].state, LeaseState::Theirs);
    assert_eq!(world.machine.state().services[0].entries[0], theirs);
}

#[test]
fn an_administrator_is_asked_once_for_all_that_is_left() {
    let world = World::new(State { locked: true, ..usual() });
    world.begin().unwrap();
    let held = world.machine.state();
    assert_eq!(held.asked, 1);
    assert!(held.services.iter().all(|one| !one.enabled || one.entries.iter().all(|entry| !entry.on)));
    assert!(world.lease().end().unwrap().is_complete());
    assert_eq!(world.machine.state(), State { locked: true, asked: 2, ..usual() });
}

#[test]
fn a_user_who_says_no_finds_all_as_it_was_and_is_not_asked_again() {
    let world = World::new(State { locked: true, refuses: true, ..usual() });
    assert_eq!(world.begin(), Err(LeaseError::Cancelled));
    assert_eq!(world.machine.state().asked, 1);
    untouched(&world, &usual());
}

#[test]
fn a_no_in_the_middle_puts_back_what_was_changed_before() {
    // What needs a password may differ from service to service.
    let world = World::hooked(usual(), |call, _| match call {
        Call::Change(Change::Off { service, .. }, Rights::User) if service == "Dock (2)" => {
            Mood::Fails(KeeperError::Denied)
        }
        Call::Change(Change::Off { .. }, Rights::Administrator) => Mood::Fails(KeeperError::Cancelled),
        _ => Mood::Obeys,
    });
    assert_eq!(world.begin(), Err(LeaseError::Cancelled));
    assert_eq!(world.machine.state().asked, 1);
    untouched(&world, &usual());
}

#[test]
fn whoever_has_said_no_is_not_asked_to_undo() {
    let world = World::hooked(usual(), |call, _| match call {
        Call::Change(Change::Off { service, .. }, Rights::User) if service == "Wi-Fi" => Mood::Obeys,
        Call::Change(_, Rights::User) => Mood::Fails(KeeperError::Denied),
        Call::Change(_, Rights::Administrator) => Mood::Fails(KeeperError::Cancelled),
        _ => Mood::Obeys,
    });
    assert!(matches!(world.begin(), Err(LeaseError::Stuck { .. })));
    assert_eq!(world.machine.state().asked, 1);
}

#[test]
fn a_batch_that_fails_halfway_is_undone_with_the_same_rights() {
    let mut batch = 0;
    let world = World::hooked(State { locked: true, ..usual() }, move |call, _| match call {
        Call::Change(Change::Off { .. }, Rights::Administrator) => {
            batch += 1;
            if batch == 3 { Mood::Fails(failed("halfway")) } else { Mood::Obeys }
        }
        _ => Mood::Obeys,
    });
    assert_eq!(world.begin(), Err(LeaseError::Failed(failed("halfway"))));
    assert_eq!(world.machine.state().asked, 2);
    untouched(&world, &usual());
}

#[test]
fn the_time_begins_when_all_is_off() {
    // A password takes its time.
    let world = World::new(State { locked: true, ..usual() });
    let clock = world.clock.clone();
    let slow = World::hooked(world.machine.state(), move |call, _| {
        if matches!(call, Call::Change(Change::Off { .. }, Rights::Administrator)) {
            clock.advance(MINUTE);
        }
        Mood::Obeys
    });
    let slow = World { clock: world.clock, ..slow };
    slow.begin().unwrap();
    assert_eq!(slow.lease().view().unwrap().minutes_left, 5);
}

#[test]
fn one_switch_for_all_settings_of_a_desktop_is_known_when_it_is_off() {
    let entries = vec![on(ProxyKind::Mode, "auto", 0), off(&on(ProxyKind::Pac, "http://pac.example", 0))];
    let state = State { services: vec![service("GNOME", entries)], ..State::default() };
    let world = World::new(state.clone());
    world.begin().unwrap();
    let mode = world.machine.state().services[0].entries[0].clone();
    assert_eq!(mode, ProxyEntry { value: "none".to_owned(), ..off(&on(ProxyKind::Mode, "", 0)) });
    world.lease().end().unwrap();
    assert_eq!(world.machine.state(), state);
}
