//! Reading, switching off, putting back.

use longwire_contract::ProxyKind;
use longwire_tests::sandboxed;

use super::*;

#[test]
fn the_table_shows_each_setting_of_each_service_as_it_is() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let bench = Bench::new(&machine());
        let status = bench.status();
        assert_eq!((&*status.proxies.keeper, status.lease), ("macOS", None));
        let services = &status.proxies.services;
        let names: Vec<_> = services.iter().map(|service| service.name.as_str()).collect();
        let wanted: Vec<_> = machine().services.into_iter().map(|service| service.name).collect();
        assert_eq!(names, wanted);
        let enabled: Vec<_> = services.iter().map(|service| service.enabled).collect();
        assert_eq!(enabled, [true, true, true, true, false]);
        let used: Vec<_> = services.iter().map(|service| service.in_use).collect();
        assert_eq!(used, [true, false, false, false, false]);
        let on = |at: usize| {
            let on = services[at].entries.iter().filter(|entry| entry.on);
            on.map(|entry| (entry.kind, entry.value.as_str(), entry.port)).collect::<Vec<_>>()
        };
        let here = "127.0.0.1";
        assert_eq!(on(0), [(ProxyKind::Web, here, 7890), (ProxyKind::SecureWeb, here, 7890)]);
        assert_eq!(on(1)[0], (ProxyKind::Pac, "http://127.0.0.1:8082/proxy.pac", 0));
        assert_eq!(on(1)[1].0, ProxyKind::Discovery);
        assert_eq!(on(2), [(ProxyKind::Socks, here, 7890)]);
        assert_eq!((on(3), on(4)), (vec![], vec![(ProxyKind::Socks, here, 7890)]));
        assert_eq!(services[0].bypass, ["*.local", "169.254/16"]);
        assert!(bench.mac.state().calls.iter().all(|call| !call.changes()), "looking changes nothing");
        let told = bench.proxy(&["status"]).stdout;
        for service in machine().services {
            assert!(told.contains(service.name.trim()), "{}: {told}", service.name);
        }
    });
}

#[test]
fn what_is_on_is_switched_off_and_comes_back_exactly() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let bench = Bench::new(&machine());
        let ended = bench.off();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.has_after(&switched_off(&machine()), "and nothing else is touched");
        let lease = bench.status().lease.unwrap();
        assert_eq!((lease.phase, lease.minutes_left, lease.changes.len()), (LeasePhase::Held, 5, 5));
        assert_eq!(bench.watchdogs().len(), 1);
        // Said again it only lasts longer.
        let again = bench.proxy(&["off", "--for", "9m"]);
        assert_eq!(again.code, Some(0), "{}", again.stderr);
        assert_eq!(bench.status().lease.unwrap().minutes_left, 9);
        bench.has(&switched_off(&machine()));
        let ended = bench.restore();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.has(&machine());
        assert!(bench.status().lease.is_none());
        bench.unwatched();
        // What was off before was not touched at all.
        let calls = bench.mac.state().calls;
        let touched = |call: &&Call| call.changes() && call.args[1] == "Thunderbolt Bridge";
        assert_eq!(calls.iter().find(touched), None);
    });
}

#[test]
fn where_nothing_is_on_nothing_is_done() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let off = switched_off(&machine());
        let bench = Bench::new(&off);
        let ended = bench.off();
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        for words in [&["restore"][..], &["restore", "--repair", "--yes"]] {
            let ended = bench.proxy(words);
            assert_eq!(ended.code, Some(0), "it is so already: {words:?}: {}", ended.stderr);
        }
        bench.unwatched();
        bench.has(&off);
        assert!(bench.mac.state().calls.iter().all(|call| !call.changes()));
    });
}

#[test]
fn two_at_once_make_one_lease() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let bench = Bench::new(&machine());
        let both = [(); 2].map(|()| bench.longwire(["proxy", "off", "--yes"]).run());
        let codes = both.map(|process| process.end().code);
        // The second may come while the first is at it, or when it is done.
        assert!(codes.contains(&Some(0)), "{codes:?}");
        assert_eq!(bench.watchdogs().len(), 1);
        bench.has(&switched_off(&machine()));
        let both = [(); 2].map(|()| bench.longwire(["proxy", "restore"]).run());
        let codes = both.map(|process| process.end().code);
        assert!(codes.contains(&Some(0)), "{codes:?}");
        bench.has(&machine());
    });
}

#[test]
fn the_time_is_kept_and_asked_for_in_words_that_there_are() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let bench = Bench::new(&small());
        for wrong in ["0", "61", "2h", "-1m", "soon", ""] {
            let ended = bench.proxy(&["off", "--yes", "--for", wrong]);
            assert_eq!(ended.code, Some(2), "{wrong}: {}", ended.stderr);
        }
        bench.has(&small());
        assert_eq!(bench.proxy(&["off", "--yes", "--for", "1h"]).code, Some(0));
        assert_eq!(bench.status().lease.unwrap().minutes_left, 60);
        assert_eq!(bench.restore().code, Some(0));
        bench.has(&small());
    });
}
