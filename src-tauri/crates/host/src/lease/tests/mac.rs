//! The lease over the tools of a Mac.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    time::Duration,
};

use longwire_contract::{LeaseState, ProxySetting};
use proptest::prelude::*;
use tempfile::TempDir;

use super::{
    steps::{SteppedDisk, Steps},
    world::{MINUTE, SetClock, named},
};
use crate::{
    fake::{self, At, Mac, Proxy, Script, Service, Trouble, What},
    keeper::Keeper,
    lease::{Lease, LeaseError},
};

struct Desk {
    dir: TempDir,
    mac: Arc<Mutex<Mac>>,
}

impl Desk {
    fn new(mac: Mac) -> Self {
        Self { dir: tempfile::tempdir().unwrap(), mac: Arc::new(Mutex::new(mac)) }
    }

    /// A process anew.
    fn lease(&self) -> Lease {
        let disk = Arc::new(SteppedDisk(Steps::endless()));
        let keeper = Arc::new(fake::keeper(self.mac.clone()));
        let mut lease = Lease::over(self.dir.path(), keeper, disk, SetClock::new());
        lease.orphans = Duration::ZERO;
        lease
    }

    fn begin(&self) -> Result<(), LeaseError> {
        self.lease().begin(&self.shown(), MINUTE)
    }

    /// What somebody was shown, who looked at a time at which nothing went wrong.
    fn shown(&self) -> Vec<ProxySetting> {
        let mac = Mac { troubles: Vec::new(), ..self.mac.lock().unwrap().clone() };
        named(&fake::keeper(Arc::new(Mutex::new(mac))).table().unwrap().services)
    }

    fn services(&self) -> Vec<Service> {
        self.mac.lock().unwrap().services.clone()
    }

    fn heal(&self) {
        self.mac.lock().unwrap().troubles.clear();
    }
}

fn is_on(service: &Service) -> bool {
    let proxies = [&service.web, &service.secure_web, &service.socks];
    proxies.iter().any(|proxy| proxy.on) || service.script.on || service.discovery
}

fn small() -> Mac {
    let mut mac = Mac::new();
    mac.services[0].web = Proxy::on("127.0.0.1", 7890);
    let script = Script { on: true, url: Some("http://pac.example/proxy.pac".to_owned()) };
    mac.services.push(Service { script, discovery: true, ..Service::new("USB 10/100 (2)", "en7") });
    mac
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn off_and_back_is_the_identity_on_a_mac(mac in Mac::arbitrary(), admin_required: bool) {
        let before = mac.services.clone();
        let desk = Desk::new(Mac { admin_required, ..mac });
        match desk.begin() {
            Ok(()) => {
                prop_assert!(desk.services().iter().all(|service| !service.enabled || !is_on(service)));
                let report = desk.lease().end().unwrap();
                prop_assert!(report.changes.iter().all(|change| change.state == LeaseState::Restored));
            }
            Err(LeaseError::Nothing) => {
                prop_assert!(before.iter().all(|service| !service.enabled || !is_on(service)));
            }
            Err(LeaseError::Password(name)) => {
                let service = before.iter().find(|service| service.name == name).unwrap();
                let proxies = [&service.web, &service.secure_web, &service.socks];
                prop_assert!(proxies.iter().any(|proxy| proxy.on && proxy.authenticated));
            }
            Err(error) => panic!("{error:?}"),
        }
        prop_assert_eq!(desk.services(), before);
        prop_assert_eq!(desk.lease().view(), None);
    }
}

/// Has `what` happen to each call in turn, from the first of the beginning to the last of the end. What is left is then
/// ended, with all well again, and must be the machine as it began.
fn at_every_call(what: &What, admin_required: bool) {
    let before = Mac { admin_required, ..small() };
    for nth in 1.. {
        let mac = Mac { troubles: vec![Trouble { at: At::Call(nth), what: what.clone() }], ..before.clone() };
        let desk = Desk::new(mac);
        let outcome = catch_unwind(AssertUnwindSafe(|| desk.begin().and_then(|()| desk.lease().end())));
        if desk.mac.lock().map(|mac| mac.calls.len()).unwrap() < nth {
            assert!(nth > 60, "{what:?}: there are more calls than {nth}");
            return;
        }
        desk.heal();
        let again = desk.lease().end();
        assert!(matches!(&again, Ok(_) | Err(LeaseError::NotHeld)), "{what:?} {nth}: {outcome:?}, {again:?}");
        let mut expected = before.services.clone();
        if let What::Vanishes(name) = what {
            expected.retain(|service| service.name != *name);
        }
        assert_eq!(desk.services(), expected, "{what:?} {nth}: {outcome:?}, {again:?}");
        assert_eq!(desk.lease().view(), None);
    }
}

#[test]
fn killed_at_any_call_the_mac_ends_as_it_began() {
    for what in [What::KillsBefore, What::KillsAfter] {
        at_every_call(&what, false);
        at_every_call(&what, true);
    }
}

#[test]
fn a_tool_that_fails_garbles_or_lies_at_any_call_leaves_the_mac_as_it_began() {
    for what in [What::Fails, What::Garbles, What::Lies] {
        at_every_call(&what, false);
        at_every_call(&what, true);
    }
}

#[test]
fn a_tool_that_hangs_at_any_call_leaves_the_mac_as_it_began() {
    at_every_call(&What::Hangs, false);
    at_every_call(&What::Hangs, true);
}

#[test]
fn a_service_that_vanishes_at_any_call_leaves_the_others_as_they_began() {
    at_every_call(&What::Vanishes("USB 10/100 (2)".to_owned()), false);
    at_every_call(&What::Vanishes("Wi-Fi".to_owned()), false);
}

#[test]
fn whoever_is_asked_for_a_password_is_asked_once_and_may_say_no() {
    let desk = Desk::new(Mac { admin_required: true, cancels: true, ..small() });
    assert_eq!(desk.begin(), Err(LeaseError::Cancelled));
    let tools: Vec<String> = desk.mac.lock().unwrap().calls.iter().map(|call| call.tool.clone()).collect();
    assert_eq!(tools.iter().filter(|tool| *tool == "osascript").count(), 1);
    assert_eq!(tools.iter().collect::<BTreeSet<_>>().len(), 4);
    assert_eq!(desk.services(), small().services);
    assert_eq!(desk.lease().view(), None);
}
