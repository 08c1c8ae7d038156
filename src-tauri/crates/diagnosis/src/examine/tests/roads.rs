use std::sync::atomic::{AtomicBool, Ordering};

use longwire_contract::FindingCode as F;
use longwire_openplatform::Fault;

use super::*;
use crate::table::finding;
use CheckKind as K;

#[tokio::test]
async fn a_good_road_passes_every_step() {
    let platform = plain().await;
    let report = examined(patient(&platform, Vec::new())).await;
    assert_eq!(codes(&report), []);
    for (kind, wanted, line) in [
        (K::Network, Mark::Off, Some(NoteCode::NetworkNotNeeded)),
        (K::Route, Mark::Ok, Some(NoteCode::RouteThisMachine)),
        (K::Dns, Mark::Off, Some(NoteCode::NoLookup)),
        (K::Proxy, Mark::Off, Some(NoteCode::NoProxy)),
        (K::Tcp, Mark::Ok, Some(NoteCode::ConnectedTo)),
        (K::Tls, Mark::Off, Some(NoteCode::NoTls)),
        (K::Endpoint, Mark::Ok, Some(NoteCode::Answered)),
        (K::Credentials, Mark::Ok, Some(NoteCode::Accepted)),
        (K::Upgrade, Mark::Ok, Some(NoteCode::OpenedBy)),
        (K::Pong, Mark::Ok, None),
        (K::Online, Mark::Ok, Some(NoteCode::Counted)),
    ] {
        assert_eq!((mark(&report, kind), note(&report, kind)), (wanted, line), "{kind:?}");
    }
    for kind in [K::Route, K::Tcp, K::Endpoint, K::Upgrade, K::Pong, K::Online] {
        assert!(check(&report, kind).ms.is_some_and(|ms| ms >= 0.0), "{kind:?}");
    }
    assert!(report.ms > 0.0 && report.others.is_empty());
    platform.until(|stats| stats.clients == 0).await;
    assert_eq!(platform.violations(), []);
}

#[tokio::test]
async fn an_encrypted_road_says_who_signed() {
    let platform = encrypted(Leaf::Good).await;
    let (_folder, path) = ca_file(&platform);
    let report = examined(patient(&platform, vec![path])).await;
    assert_eq!((codes(&report), mark(&report, K::Tls)), (vec![], Mark::Ok));
    let signed = check(&report, K::Tls).note.as_ref().unwrap();
    assert_eq!(signed.code, NoteCode::SignedBy);
    assert!(!signed.values["issuer"].is_empty());
    // A server of one's own may have a CA of its own; the straight road is the only one.
    assert!(report.others.is_empty());
}

/// What a failure of the platform is found to be, and where it shows.
async fn failing(fault: Fault) -> DoctorReport {
    let platform = plain().await;
    let patient = patient(&platform, Vec::new());
    platform.set_fault(Some(fault)).await;
    examined(patient).await
}

#[tokio::test]
async fn each_failure_has_its_finding_and_its_step() {
    for (fault, code, bad) in [
        (Fault::Refused, F::TcpRefused, K::Tcp),
        (Fault::BlackHole, F::TimedOut, K::Endpoint),
        (Fault::Html, F::NotThePlatform, K::Endpoint),
        (Fault::HttpStatus, F::HttpStatus, K::Endpoint),
        (Fault::NoUrl, F::BadAddress, K::Endpoint),
        (Fault::Busy, F::PlatformBusy, K::Endpoint),
        (Fault::InternalError, F::PlatformBusy, K::Endpoint),
        (Fault::CredentialsWrong, F::CredentialsWrong, K::Credentials),
        (Fault::DomainWrong, F::DomainWrong, K::Credentials),
        (Fault::UnknownCode, F::PlatformCode, K::Credentials),
        (Fault::LimitAtEndpoint, F::ConnectionLimit, K::Upgrade),
        (Fault::Forbidden, F::Forbidden, K::Upgrade),
        (Fault::ConnectionLimit, F::ConnectionLimit, K::Upgrade),
        (Fault::TicketRefused, F::TicketRefused, K::Upgrade),
        (Fault::UpgradeBlocked, F::UpgradeBlocked, K::Upgrade),
        (Fault::Silent, F::LinkSilent, K::Pong),
    ] {
        let report = failing(fault).await;
        assert_eq!(codes(&report), [code], "{fault:?}");
        let wrong: Vec<_> = report.checks.iter().filter(|check| check.mark == Mark::Bad).collect();
        assert_eq!(wrong.iter().map(|check| check.kind).collect::<Vec<_>>(), [bad], "{fault:?}");
        assert_eq!(wrong[0].note.as_ref().unwrap().code, NoteCode::Failed, "{fault:?}");
        // The steps of the road all stand before what is wrong, and nothing is gone after it.
        let after = report.checks.iter().skip_while(|check| check.kind != bad).skip(1);
        for check in after.filter(|check| check.kind != K::Online) {
            assert_eq!(check.mark, Mark::Off, "{fault:?}: {check:?}");
        }
    }
}

#[tokio::test]
async fn a_chain_that_is_not_trusted_is_told_apart_from_others() {
    let here = || Simulator::builder();
    let ahead = Duration::from_secs(400 * 86_400);
    let authority = || Authority::new().unwrap();
    for (platform, trusted, code) in [
        // What is trusted is another CA of the same name.
        (here().tls(authority(), Leaf::Good), false, F::TrustFailing),
        (here().tls(authority(), Leaf::WithRoot), false, F::TrustFailing),
        (here().tls(authority(), Leaf::ByIntermediate), false, F::TrustFailing),
        (here().tls(authority(), Leaf::IntermediateMissing), false, F::TlsUntrusted),
        (here().tls(authority(), Leaf::SelfSigned), true, F::TlsSelfSigned),
        (here().tls(authority(), Leaf::WrongHost), true, F::TlsWrongHost),
        (here().tls(authority(), Leaf::Expired), true, F::TlsExpired),
        (here().tls(authority(), Leaf::NotYetValid), true, F::TlsNotYetValid),
        (here().tls(authority(), Leaf::Good).clock_ahead(ahead), true, F::ClockWrong),
        (here().tls(authority(), Leaf::Good).clock_behind(ahead), true, F::ClockWrong),
    ] {
        let platform = platform.start().await.unwrap();
        let (folder, path) = ca_file(&platform);
        let another = folder.path().join("another.pem");
        authority().save(&another).unwrap();
        let report = examined(patient(&platform, vec![if trusted { path } else { another }])).await;
        assert_eq!(codes(&report), [code]);
        assert_eq!((mark(&report, K::Tcp), mark(&report, K::Tls)), (Mark::Ok, Mark::Bad), "{code:?}");
        assert_eq!(note(&report, K::Endpoint), Some(NoteCode::AfterFailure));
    }
}

#[tokio::test]
async fn a_handshake_that_is_cut_is_told_as_that() {
    let platform = encrypted(Leaf::Good).await;
    let (_folder, path) = ca_file(&platform);
    platform.set_fault(Some(Fault::TlsCut)).await;
    let report = examined(patient(&platform, vec![path])).await;
    assert_eq!((codes(&report), mark(&report, K::Tls)), (vec![F::TlsCut], Mark::Bad));
}

#[tokio::test]
async fn a_clock_that_is_off_is_a_warning_where_the_road_stands() {
    let platform = Simulator::builder().clock_ahead(Duration::from_secs(3_600)).start().await.unwrap();
    let report = examined(patient(&platform, Vec::new())).await;
    assert_eq!((codes(&report), mark(&report, K::Pong)), (vec![F::ClockWrong], Mark::Ok));
    assert!(!report.findings[0].blocks_connection);
}

#[tokio::test]
async fn without_a_secret_the_road_alone_is_gone_and_nothing_is_sent() {
    let platform = plain().await;
    let missing = finding(F::SecretMissing, "no secret is kept");
    let report = examined(Patient { secret: Err(missing), ..patient(&platform, Vec::new()) }).await;
    assert_eq!((codes(&report), mark(&report, K::Tcp)), (vec![F::SecretMissing], Mark::Ok));
    for kind in [K::Endpoint, K::Credentials, K::Upgrade, K::Pong, K::Online] {
        assert_eq!(note(&report, kind), Some(NoteCode::NoSecret), "{kind:?}");
    }
    assert_eq!(platform.visits(), []);
}

#[tokio::test]
async fn others_are_counted_before_we_are() {
    let platform = plain().await;
    platform.set_strangers(2);
    let report = examined(patient(&platform, Vec::new())).await;
    assert_eq!(codes(&report), [F::OtherClients]);
    assert_eq!(
        (mark(&report, K::Online), note(&report, K::Online)),
        (Mark::Warn, Some(NoteCode::CountedOthers))
    );
    assert_eq!(check(&report, K::Online).note.as_ref().unwrap().values["others"], "2");
}

fn held(events: u32, since: Duration) -> Held {
    let since = now() - since;
    Held { host: "wss://frontier.test".into(), since, upgrade_ms: Some(30.0), pong_ms: Some(12.0), events }
}

fn up(events: u32, since: Duration) -> Arc<dyn Fn() -> Option<Held> + Send + Sync> {
    let held = held(events, since);
    Arc::new(move || Some(held.clone()))
}

#[tokio::test]
async fn a_connection_that_came_up_on_the_way_is_ours() {
    let platform = plain().await;
    platform.set_strangers(1);
    // As if the app had connected while the platform was asked.
    let (asked, held) = (AtomicBool::new(false), held(1, Duration::ZERO));
    let later = move || asked.swap(true, Ordering::SeqCst).then(|| held.clone());
    assert!(later().is_none());
    let report = examined(Patient { held: Arc::new(later), ..patient(&platform, Vec::new()) }).await;
    assert_eq!((codes(&report), mark(&report, K::Online)), (vec![], Mark::Ok));
    assert_eq!(platform.stats().links, 0, "and no second one is opened beside it");
}

#[tokio::test]
async fn a_connection_that_is_held_is_left_alone() {
    let platform = plain().await;
    platform.set_strangers(1);
    let held = up(0, Duration::from_secs(5));
    let report = examined(Patient { held, ..patient(&platform, Vec::new()) }).await;
    assert_eq!(platform.stats().links, 0, "no second one is opened");
    assert_eq!(platform.stats().discoveries, 1);
    for (kind, ms) in [(K::Upgrade, 30.0), (K::Pong, 12.0)] {
        assert_eq!((mark(&report, kind), note(&report, kind)), (Mark::Ok, Some(NoteCode::HeldOpen)));
        assert_eq!(check(&report, kind).ms, Some(ms));
    }
    assert_eq!(codes(&report), [F::PlatformSeesUs], "the one that is counted is ours");
}

#[tokio::test]
async fn what_only_time_tells_is_told() {
    let platform = plain().await;
    platform.set_strangers(1);
    let flapping =
        finding(F::Flapping, "3 links ended").with("histogram", "<10 s ×3").with("codes", "1006 ×3");
    let old = up(0, Duration::from_secs(300));
    let patient = Patient { held: old, known: vec![flapping], ..patient(&platform, Vec::new()) };
    let report = examined(patient.clone()).await;
    assert_eq!(
        codes(&report),
        [F::Flapping, F::PlatformSeesUs],
        "one that flaps explains that nothing comes"
    );
    let report = examined(Patient { known: Vec::new(), ..patient.clone() }).await;
    assert_eq!(codes(&report), [F::PlatformSeesUs, F::NothingReceived]);
    let busy = up(7, Duration::from_secs(300));
    assert_eq!(codes(&examined(Patient { held: busy, known: Vec::new(), ..patient }).await), []);
}

#[tokio::test]
async fn a_held_connection_shows_even_where_the_next_one_would_fail() {
    let platform = plain().await;
    let patient = Patient { held: up(1, Duration::from_secs(5)), ..patient(&platform, Vec::new()) };
    for (fault, code) in [(Fault::Refused, F::TcpRefused), (Fault::CredentialsWrong, F::CredentialsWrong)] {
        platform.set_fault(Some(fault)).await;
        let report = examined(patient.clone()).await;
        assert_eq!(codes(&report), [code]);
        assert_eq!((mark(&report, K::Pong), note(&report, K::Pong)), (Mark::Ok, Some(NoteCode::HeldOpen)));
        assert_eq!(note(&report, K::Online), Some(NoteCode::AfterFailure));
    }
}
