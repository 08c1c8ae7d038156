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

    fn change(&self, change: impl FnOnce(&mut Vec<Service>)) {
        change(&mut self.mac.lock().unwrap().services);
    }

    fn switch_location(&self, name: &str) {
        self.mac.lock().unwrap().switch_location(name);
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

fn failed(location: &str) -> String {
    format!("the network location is {location}; what was set aside belongs to Automatic")
}

#[test]
fn in_another_network_location_nothing_is_touched_and_it_ends_when_the_first_is_back() {
    let mut office = small().services;
    office[0].web = Proxy { on: false, ..Proxy::on("127.0.0.1", 7890) };
    for services in [office, vec![Service::new("Wi-Fi", "en0")], Vec::new()] {
        let elsewhere = [("Office".to_owned(), services.clone())].into();
        let desk = Desk::new(Mac { elsewhere, ..small() });
        desk.begin().unwrap();
        desk.switch_location("Office");
        let error = desk.lease().end().unwrap_err();
        assert!(matches!(&error, LeaseError::Stuck { cause, .. } if *cause == failed("Office")), "{error:?}");
        assert_eq!(desk.services(), services);
        assert_eq!(desk.lease().view().unwrap().detail, failed("Office"));
        assert!(desk.lease().try_again().is_err(), "it is still elsewhere");
        assert_eq!(desk.services(), services);
        desk.switch_location("");
        assert!(desk.lease().try_again().unwrap().unwrap().is_complete());
        assert_eq!(desk.services(), small().services);
        assert_eq!(desk.lease().try_again(), Err(LeaseError::NotHeld));
    }
}

#[test]
fn a_network_location_that_has_another_name_or_is_gone_holds_nothing_up() {
    let desk = Desk::new(small());
    desk.begin().unwrap();
    desk.mac.lock().unwrap().location = "Home".to_owned();
    assert!(desk.lease().end().unwrap().is_complete());
    assert_eq!(desk.services(), small().services);
}

#[test]
fn a_network_location_that_cannot_be_read_keeps_the_backup() {
    for word in ["-getcurrentlocation", "-listlocations"] {
        for what in [What::Fails, What::Garbles, What::Hangs] {
            let desk = Desk::new(Mac { elsewhere: [("Office".to_owned(), Vec::new())].into(), ..small() });
            desk.begin().unwrap();
            desk.switch_location("Office");
            desk.mac.lock().unwrap().troubles =
                vec![Trouble { at: At::Each(word.to_owned()), what: what.clone() }];
            let ended = desk.lease().end();
            if word == "-listlocations" && what == What::Garbles {
                // It reads as a list of other names.
                continue;
            }
            assert!(matches!(ended, Err(LeaseError::Stuck { .. })), "{word} {what:?}: {ended:?}");
            assert!(desk.lease().view().is_some());
        }
    }
}

/// What became of the settings, by the services' names.
fn ended(desk: &Desk) -> Vec<(String, LeaseState)> {
    let report = desk.lease().end().unwrap();
    report.changes.into_iter().map(|change| (change.service, change.state)).collect()
}

#[test]
fn a_service_that_is_renamed_is_put_back_under_its_new_name() {
    for admin_required in [false, true] {
        let desk = Desk::new(Mac { admin_required, ..small() });
        desk.begin().unwrap();
        let mut expected = small().services;
        expected[1].name = "Desk (*)".to_owned();
        desk.change(|services| services[1].name = "Desk (*)".to_owned());
        assert_eq!(
            ended(&desk),
            [
                ("Wi-Fi".to_owned(), LeaseState::Restored),
                ("Desk (*)".to_owned(), LeaseState::Restored),
                ("Desk (*)".to_owned(), LeaseState::Restored)
            ]
        );
        assert_eq!(desk.services(), expected);
    }
}

#[test]
fn a_service_that_is_renamed_keeps_what_its_user_changed() {
    let desk = Desk::new(small());
    desk.begin().unwrap();
    desk.change(|services| {
        services[1].name = "Desk".to_owned();
        services[1].discovery = true;
        services[1].script.url = Some("http://other.example/".to_owned());
    });
    assert_eq!(ended(&desk)[1..], [gone(), gone()], "nothing tells that it is the same");
    let desk = Desk::new(small());
    desk.begin().unwrap();
    desk.change(|services| {
        services[1].name = "Desk".to_owned();
        services[1].discovery = true;
    });
    assert_eq!(
        ended(&desk)[1..],
        [("Desk".to_owned(), LeaseState::Restored), ("Desk".to_owned(), LeaseState::Restored)]
    );
}

fn gone() -> (String, LeaseState) {
    ("USB 10/100 (2)".to_owned(), LeaseState::Gone)
}

#[test]
fn another_service_on_the_same_interface_is_not_taken_for_a_renamed_one() {
    // One that was there before; one that is set to nothing; two that could be it; one on another interface.
    type Changed = fn(&mut Vec<Service>);
    let changes: [Changed; 4] = [
        |services| drop(services.remove(1)),
        |services| services[1] = Service::new("New", "en7"),
        |services| {
            services[1].name = "One".to_owned();
            services.push(Service { name: "Two".to_owned(), ..services[1].clone() });
        },
        |services| (services[1].name, services[1].device) = ("New".to_owned(), "en8".to_owned()),
    ];
    for change in changes {
        let mut mac = small();
        let stored = Script { on: false, ..mac.services[1].script.clone() };
        mac.services.push(Service { script: stored, ..Service::new("Spare", "en7") });
        let desk = Desk::new(mac);
        desk.begin().unwrap();
        desk.change(change);
        let before = desk.services();
        assert_eq!(ended(&desk)[1..], [gone(), gone()]);
        assert_eq!(desk.services()[1..], before[1..]);
    }
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
