//! Macs that want an administrator's password, and proxies with one of their own.

use longwire_tests::sandboxed;

use super::*;

fn asked(bench: &Bench) -> usize {
    bench.mac.state().calls.iter().filter(|call| call.tool == "osascript").count()
}

#[test]
fn the_password_is_asked_for_once_and_no_means_no() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let guarded = Mac { admin_required: true, ..machine() };
        let bench = Bench::new(&guarded);
        bench.mac.change(|mac| mac.cancels = true);
        let ended = bench.off();
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        bench.has(&guarded);
        assert_eq!(asked(&bench), 1);
        bench.unwatched();
        assert!(bench.status().lease.is_none(), "and nothing is kept of it");

        bench.mac.change(|mac| mac.cancels = false);
        let ended = bench.off();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.has(&switched_off(&guarded));
        assert_eq!(asked(&bench), 2);

        bench.mac.change(|mac| mac.cancels = true);
        let ended = bench.restore();
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert_eq!(bench.status().lease.unwrap().phase, LeasePhase::Stuck, "it is kept, and told");
        bench.mac.change(|mac| mac.cancels = false);
        let before = asked(&bench);
        let ended = bench.restore();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.has(&guarded);
        assert_eq!(asked(&bench), before + 1);
    });
}

#[test]
fn a_service_whose_proxy_has_a_password_is_refused_before_anything_is_touched() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let mut mac = machine();
        mac.services[0].secure_web.authenticated = true;
        let bench = Bench::new(&mac);
        let ended = bench.off();
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert!(ended.stderr.contains("Wi-Fi"), "{}", ended.stderr);
        bench.has(&mac);
        bench.unwatched();
        // One that is off is nobody's concern.
        mac.services[0].secure_web.on = false;
        bench.mac.change(|now| now.services[0].secure_web.on = false);
        assert_eq!(bench.off().code, Some(0));
        bench.has(&switched_off(&mac));
        assert_eq!(bench.restore().code, Some(0));
        bench.has(&mac);
    });
}
