//! What looks after a lease is lost: its files, or its watchdog.

use longwire_tests::{Platform, sandboxed};

use super::*;

fn empty(folder: &Path) {
    for name in ["proxies.json", "proxies.copy.json"] {
        fs::remove_file(folder.join(name)).unwrap();
    }
}

#[test]
fn files_that_are_removed_end_a_lease_that_nobody_holds() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let bench = Bench::new(&machine());
        assert_eq!(bench.off().code, Some(0));
        // The watchdog looks twice a second.
        thread::sleep(Duration::from_millis(1200));
        empty(&bench.data_dir());
        let removed = Instant::now();
        until("the machine is as it was", || bench.is(&machine()));
        println!("put back {:?} after the files were removed", removed.elapsed());
        bench.unwatched();
        assert!(bench.status().lease.is_none());
    });
}

#[test]
fn files_that_are_removed_end_a_lease_that_longwire_holds() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let platform = Platform::start().await;
        let bench = Bench::new(&machine());
        let run = bench.run(&platform);
        for _ in 0..2 {
            assert_eq!(bench.off().code, Some(0));
            thread::sleep(Duration::from_millis(1200));
            empty(&bench.data_dir());
            until("the machine is as it was", || bench.is(&machine()));
            until("no lease is shown", || bench.status().lease.is_none());
            bench.unwatched();
        }
        run.signal("TERM");
        assert_eq!(run.end().code, Some(0));
        bench.has(&machine());
    });
}

#[test]
fn a_lease_that_nobody_watches_is_watched_again_when_it_is_extended() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let bench = Bench::new(&machine());
        assert_eq!(bench.off().code, Some(0));
        bench.kill_watchdogs();
        let ended = bench.off();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!(bench.watchdogs().len(), 1);
        bench.has(&switched_off(&machine()));
        for pid in bench.watchdogs() {
            Command::new("kill").args(["-TERM", &pid.to_string()]).status().unwrap();
        }
        until("the machine is as it was", || bench.is(&machine()));
        bench.unwatched();
    });
}

#[test]
fn a_lease_of_another_network_location_ends_when_that_is_back() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let platform = Platform::start().await;
        let at_home = Mac { elsewhere: [("Office".to_owned(), machine().services)].into(), ..machine() };
        let mut at_work = switched_off(&at_home);
        at_work.switch_location("Office");
        let bench = Bench::new(&at_home);
        let run = bench.run(&platform);
        assert_eq!(bench.off().code, Some(0));
        bench.mac.change(|mac| mac.switch_location("Office"));
        let ended = bench.restore();
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert!(ended.stderr.contains("Office") && ended.stderr.contains("Automatic"), "{}", ended.stderr);
        bench.has(&at_work);
        assert_eq!(bench.status().lease.unwrap().phase, LeasePhase::Stuck);
        bench.mac.change(|mac| mac.switch_location(""));
        let back = Instant::now();
        while !bench.is(&at_home) {
            assert!(back.elapsed() < 2 * PATIENCE, "it is tried again twice a minute");
            thread::sleep(Duration::from_millis(50));
        }
        until("no lease is shown", || bench.status().lease.is_none());
        bench.unwatched();
        run.signal("TERM");
        assert_eq!(run.end().code, Some(0));
    });
}
