use std::sync::{Arc, atomic::AtomicI64};

use super::{
    machine::{State, usual},
    steps::FullDisk,
    world::{World, begin},
};
use crate::lease::LeaseError;

fn room_for(writes: i64) -> Arc<FullDisk> {
    Arc::new(FullDisk(AtomicI64::new(writes)))
}

#[test]
fn a_disk_that_is_full_at_any_write_leaves_all_as_it_was() {
    for locked in [false, true] {
        let state = State { locked, ..usual() };
        for writes in 0.. {
            let world = World::new(state.clone());
            let lease = world.lease_on(room_for(writes));
            match begin(&lease, &state) {
                Ok(()) => {
                    assert!(writes >= 6, "{writes} writes cannot do");
                    break;
                }
                Err(error) => {
                    assert!(matches!(&error, LeaseError::Backup(cause) if cause.contains("no room")))
                }
            }
            assert_eq!(world.machine.state().services, state.services, "room for {writes}");
            assert_eq!(world.files(), Vec::<String>::new(), "room for {writes}");
        }
    }
}

#[test]
fn a_disk_that_is_full_does_not_stop_the_end() {
    for writes in 0..12 {
        let world = World::new(usual());
        world.begin().unwrap();
        let lease = world.lease_on(room_for(writes));
        assert!(matches!(lease.extend(super::world::MINUTE), Err(LeaseError::Backup(_))) || writes > 1);
        assert!(lease.end().unwrap().is_complete());
        assert_eq!(world.machine.state(), usual());
        assert_eq!(lease.view(), None);
    }
}
