//! What happens to the machine while its proxies are set aside.

use longwire_contract::LeaseState;
use longwire_host::fake::{At, Trouble, What};
use longwire_tests::sandboxed;

use super::*;

#[test]
fn what_the_user_changes_meanwhile_is_theirs_and_is_told() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let bench = Bench::new(&machine());
        assert_eq!(bench.off().code, Some(0));
        let mut wanted = machine();
        // Another proxy, switched on.
        wanted.services[0].web = Proxy::on("192.0.2.1", 3128);
        // Another script, left off.
        wanted.services[1].script = Script { on: false, url: Some("http://192.0.2.1/other.pac".to_owned()) };
        // One that was never on before.
        wanted.services[3].web.on = true;
        wanted.services[4].bypass = vec!["example.com".to_owned()];
        bench.mac.change(|mac| {
            mac.services[0].web = wanted.services[0].web.clone();
            mac.services[1].script = wanted.services[1].script.clone();
            mac.services[3].web.on = true;
            mac.services[4].bypass = wanted.services[4].bypass.clone();
            // A service that is thrown away.
            mac.services.remove(2);
        });
        wanted.services.remove(2);
        let ended = bench.restore();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.has(&wanted);
        let told = ended.stdout + &ended.stderr;
        for part in ["Wi-Fi", "公司 VPN", "USB 10/100/1000 LAN"] {
            assert!(told.contains(part), "{part}: {told}");
        }
    });
}

#[test]
fn what_the_user_has_put_back_already_is_left_alone() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let bench = Bench::new(&machine());
        assert_eq!(bench.off().code, Some(0));
        let changes = |bench: &Bench| bench.mac.state().calls.iter().filter(|call| call.changes()).count();
        let before = changes(&bench);
        bench.mac.change(|mac| mac.services.clone_from(&machine().services));
        let ended = bench.restore();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.has(&machine());
        assert_eq!(changes(&bench), before);
    });
}

#[test]
fn a_tool_that_fails_or_lies_in_the_midst_leaves_the_machine_as_it_was() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        for what in [What::Fails, What::Lies, What::Garbles] {
            for nth in [1, 3, 5] {
                let bench = Bench::new(&machine());
                bench.mac.change(|mac| {
                    mac.troubles = vec![Trouble { at: At::Change(nth), what: what.clone() }];
                });
                let ended = bench.off();
                bench.unwatched();
                // A tool that prints nonsense may still have been understood; what counts is what is there.
                assert_eq!(ended.code, Some(1), "{what:?} {nth}: {}", ended.stderr);
                bench.has_after(&machine(), &format!("{what:?} {nth}"));
                assert!(bench.status().lease.is_none(), "{what:?} {nth}");
            }
        }
    });
}

#[test]
fn a_setting_that_cannot_be_read_keeps_everything_untouched() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        for what in [What::Fails, What::Garbles] {
            for word in ["-getsocksfirewallproxy", "-getautoproxyurl", "-listnetworkserviceorder"] {
                let bench = Bench::new(&machine());
                bench.mac.change(|mac| {
                    mac.troubles = vec![Trouble { at: At::Each(word.to_owned()), what: what.clone() }];
                });
                let ended = bench.off();
                bench.unwatched();
                assert_eq!(ended.code, Some(1), "{what:?} {word}: {}", ended.stderr);
                let state = bench.mac.state();
                assert_eq!(settings(&state), settings(&machine()), "{what:?} {word}");
                assert!(state.calls.iter().all(|call| !call.changes()), "{what:?} {word}");
            }
        }
    });
}

#[test]
fn a_tool_that_hangs_in_the_midst_is_given_up_and_what_was_done_is_undone() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let bench = Bench::new(&small());
        bench.mac.change(|mac| mac.troubles = vec![Trouble { at: At::Change(2), what: What::Hangs }]);
        let started = Instant::now();
        let ended = bench.off();
        println!("given up after {:?}", started.elapsed());
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        bench.unwatched();
        bench.has(&small());
        assert!(bench.status().lease.is_none());
    });
}

#[test]
fn what_cannot_be_put_back_is_kept_and_told_until_it_can() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let bench = Bench::new(&machine());
        assert_eq!(bench.off().code, Some(0));
        bench.mac.change(|mac| {
            mac.troubles =
                vec![Trouble { at: At::Each("-setsecurewebproxystate".to_owned()), what: What::Fails }];
        });
        let ended = bench.restore();
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        let lease = bench.status().lease.unwrap();
        let failed = lease.changes.iter().filter(|change| change.state == LeaseState::Failed).count();
        assert_eq!((lease.phase, failed), (LeasePhase::Stuck, 1), "{lease:?}");
        let mut rest = machine();
        rest.services[0].secure_web.on = false;
        bench.has_after(&rest, "one that fails stops no other");
        bench.mac.change(|mac| mac.troubles.clear());
        let ended = bench.restore();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.has(&machine());
    });
}
