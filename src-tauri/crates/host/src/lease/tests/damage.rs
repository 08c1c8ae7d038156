use std::fs;

use longwire_contract::{LeasePhase, LeaseState, ProxyEntry, ProxyKind};

use super::{
    machine::{State, failed, off, on, service, usual},
    world::{World, states},
};
use crate::lease::LeaseError;

#[test]
fn a_backup_cut_at_any_length_is_replaced_by_its_copy() {
    let world = World::new(usual());
    world.begin().unwrap();
    let whole = fs::read(world.path("proxies.json")).unwrap();
    let view = world.lease().view();
    for length in 0..whole.len() {
        for name in ["proxies.json", "proxies.copy.json"] {
            fs::write(world.path(name), &whole[..length]).unwrap();
            assert_eq!(world.lease().view(), view, "{name} of {length} bytes");
            fs::write(world.path(name), &whole).unwrap();
        }
    }
    for name in ["proxies.json", "proxies.copy.json"] {
        fs::remove_file(world.path(name)).unwrap();
        assert_eq!(world.lease().view(), view);
        fs::write(world.path(name), &whole).unwrap();
    }
    fs::write(world.path("proxies.json"), &whole[..9]).unwrap();
    assert!(world.lease().end().unwrap().is_complete());
    assert_eq!(world.machine.state(), usual());
}

#[test]
fn a_backup_with_any_byte_changed_is_replaced_by_its_copy() {
    let world = World::new(usual());
    world.begin().unwrap();
    let whole = fs::read(world.path("proxies.json")).unwrap();
    let view = world.lease().view();
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        fs::write(world.path("proxies.json"), &bytes).unwrap();
        assert_eq!(world.lease().view(), view, "byte {place}");
        assert!(world.lease().end_if(|_| None).is_ok());
    }
}

/// Both files damaged, while everything is off.
fn damaged(state: State) -> World {
    let world = World::new(state);
    world.begin().unwrap();
    fs::write(world.path("proxies.json"), "{\"version\":1,").unwrap();
    fs::write(world.path("proxies.copy.json"), "").unwrap();
    world
}

#[test]
fn two_damaged_files_are_said_and_kept() {
    let world = damaged(usual());
    let held = world.machine.state();
    let path = world.path("proxies.json");
    let view = world.lease().view().unwrap();
    assert_eq!(view.phase, LeasePhase::Damaged);
    assert!(view.detail.contains("proxies.json"), "{}", view.detail);
    assert_eq!(world.lease().end(), Err(LeaseError::Damaged(path.clone())));
    assert_eq!(world.lease().extend(super::world::MINUTE), Err(LeaseError::Damaged(path.clone())));
    assert_eq!(world.begin(), Err(LeaseError::Damaged(path.clone())));
    assert_eq!(world.machine.state(), held);
    assert_eq!(fs::read_to_string(path).unwrap(), "{\"version\":1,");
}

#[test]
fn one_click_switches_on_what_is_stored_and_keeps_the_damaged_files() {
    let mut state = usual();
    // A password cannot be read back, so it was not we who switched this one off.
    state.services[1]
        .entries
        .push(ProxyEntry { authenticated: true, ..off(&on(ProxyKind::Socks, "secret.example", 1)) });
    let world = damaged(state.clone());
    let report = world.lease().repair().unwrap();
    assert_eq!(
        states(&report),
        [
            ("Wi-Fi", ProxyKind::Web, LeaseState::Restored),
            ("Wi-Fi", ProxyKind::SecureWeb, LeaseState::Restored),
            ("Wi-Fi", ProxyKind::Socks, LeaseState::Restored),
            ("Dock (2)", ProxyKind::Pac, LeaseState::Restored)
        ]
    );
    state.services[0].entries[2].on = true;
    // Nothing is stored behind it, so nobody knows whether it was on.
    state.services[1].entries[2].on = false;
    assert_eq!(world.machine.state(), state);
    assert_eq!(world.files(), ["proxies.damaged-1.json", "proxies.damaged-2.json", "proxies.last.json"]);
    assert_eq!(fs::read_to_string(world.path("proxies.damaged-2.json")).unwrap(), "{\"version\":1,");
    assert_eq!(world.lease().view(), None);
    assert_eq!(world.lease().last().unwrap().report, report);
    world.begin().unwrap();
    assert!(world.lease().end().unwrap().is_complete(), "it can be had again");
}

#[test]
fn what_can_still_be_read_says_what_nothing_else_does() {
    let mode = vec![on(ProxyKind::Mode, "auto", 0), on(ProxyKind::Discovery, "", 0)];
    let state = State { services: vec![service("GNOME", mode)], ..State::default() };
    let world = World::new(state.clone());
    world.begin().unwrap();
    let whole = fs::read(world.path("proxies.json")).unwrap();
    let text = String::from_utf8(whole.clone()).unwrap();
    let second = text.find("\"discovery\"").unwrap();
    fs::write(world.path("proxies.json"), &whole[..second]).unwrap();
    fs::write(world.path("proxies.copy.json"), "").unwrap();
    let report = world.lease().repair().unwrap();
    assert_eq!(states(&report), [("GNOME", ProxyKind::Mode, LeaseState::Restored)]);
    let mut expected = state;
    expected.services[0].entries[1].on = false;
    assert_eq!(world.machine.state(), expected);
}

#[test]
fn a_repair_that_fails_can_be_tried_again() {
    let world = damaged(State { services: vec![service("A", vec![on(ProxyKind::Web, "a", 1)])], ..usual() });
    world.machine.with(|state| state.failures = 1);
    let error = world.lease().repair().unwrap_err();
    let cause = failed("not today").to_string();
    assert!(matches!(&error, LeaseError::Stuck { cause: said, .. } if *said == cause), "{error:?}");
    assert_eq!(world.lease().view().unwrap().phase, LeasePhase::Damaged);
    assert!(world.lease().repair().unwrap().is_complete());
    assert!(world.machine.state().services[0].entries[0].on);
}
