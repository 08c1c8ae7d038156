//! A lease that a running Longwire holds: it ends with it, however that ends.

use longwire_tests::{Platform, sandboxed};

use super::*;

#[test]
fn a_killed_longwire_leaves_the_machine_as_it_was_within_two_seconds() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let platform = Platform::start().await;
        let bench = Bench::new(&machine());
        let run = bench.run(&platform);
        let ended = bench.off();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.has(&switched_off(&machine()));
        assert_eq!(bench.watchdogs().len(), 1);
        run.signal("KILL");
        let killed = Instant::now();
        until("the machine is as it was", || bench.is(&machine()));
        let took = killed.elapsed();
        println!("put back {took:?} after kill -9");
        assert!(took < Duration::from_secs(2), "{took:?}");
        bench.unwatched();
        assert!(bench.status().lease.is_none());
    });
}

#[test]
fn a_longwire_that_is_ended_puts_the_proxies_back_first() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let platform = Platform::start().await;
        let bench = Bench::new(&machine());
        let run = bench.run(&platform);
        assert_eq!(bench.off().code, Some(0));
        run.signal("TERM");
        assert_eq!(run.end().code, Some(0));
        bench.has(&machine());
        bench.unwatched();
    });
}
