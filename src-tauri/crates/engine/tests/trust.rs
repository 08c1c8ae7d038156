//! From a certificate that nobody trusts to a green wire, and back.

// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "common/bench.rs"]
mod bench;
mod common;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use longwire_contract::{
    CaInspection, CaQuestion, CaSource, CaTrust, CaUntrust, FaultCode, FindingCode, Handler, NoticeCode,
    Phase, Snapshot, Store, StoreKind, StoreResult,
};
use longwire_engine::Cas;
use longwire_openplatform::Leaf;

use bench::{Bench, id};
use common::until;

fn road() -> CaQuestion {
    CaQuestion { source: CaSource::Road, app_id: Some(id()) }
}

fn content(bytes: &[u8]) -> CaQuestion {
    CaQuestion { source: CaSource::Content { base64: STANDARD.encode(bytes) }, app_id: Some(id()) }
}

fn own_store(inspection: &CaInspection) -> Store {
    let view = &inspection.certificates[0].stores[0];
    assert_eq!(view.store.kind, StoreKind::App, "the narrowest stands first");
    view.store.clone()
}

fn untrusted(snapshot: &Snapshot) -> bool {
    snapshot.apps[0].findings.iter().any(|finding| finding.code == FindingCode::TlsUntrusted)
}

fn connected(snapshot: &Snapshot) -> bool {
    snapshot.apps[0].phase == Phase::Connected
}

#[tokio::test]
async fn the_ca_of_the_road_is_trusted_here_alone_and_the_wire_turns_green_and_back() {
    let bench = Bench::presenting(Leaf::WithRoot).await;
    let engine = bench.engine(None).await;
    until(&engine, untrusted).await;

    let inspection = engine.ca_inspect(road()).await.unwrap();
    assert_eq!((inspection.certificates.len(), inspection.lacks.as_deref()), (1, None), "{inspection:#?}");
    let ca = &inspection.certificates[0];
    assert_eq!((ca.refusal, ca.signs_road), (None, Some(true)));
    assert_eq!(inspection.host.as_deref(), Some("127.0.0.1"));
    let snapshot = engine.snapshot(()).await.unwrap();
    assert!(untrusted(&snapshot) && snapshot.trusted.is_empty(), "looking changes nothing");

    let store = own_store(&inspection);
    let trust = CaTrust { question: road(), sha256: ca.sha256.clone(), stores: vec![store.clone()] };
    let outcome = engine.ca_trust(trust.clone()).await.unwrap();
    assert_eq!((outcome.stores.len(), outcome.stores[0].result), (1, StoreResult::Added));
    let walked = outcome.road.unwrap();
    assert!(walked.here && !walked.system && walked.finding.is_none(), "{walked:?}");
    let snapshot = until(&engine, connected).await;
    assert_eq!(snapshot.trusted[0].stores, std::slice::from_ref(&store));
    let pem = std::fs::read_to_string(&snapshot.trusted[0].path).unwrap();
    assert!(snapshot.trusted[0].environment.contains("NODE_EXTRA_CA_CERTS"));
    assert_eq!(
        engine.ca_trust(trust).await.unwrap().stores[0].result,
        StoreResult::Already,
        "and not repeated"
    );

    // Another process sees the same list, and the same road.
    let cas = Cas::new(&bench.options());
    assert_eq!(cas.list().unwrap(), snapshot.trusted);
    assert_eq!(cas.inspect(content(pem.as_bytes())).await.unwrap().certificates[0].trusted, [store]);

    let outcome = engine.ca_untrust(CaUntrust { sha256: ca.sha256.clone(), stores: None }).await.unwrap();
    assert_eq!(outcome.stores[0].result, StoreResult::Removed);
    assert!(engine.snapshot(()).await.unwrap().trusted.is_empty());
    until(&engine, untrusted).await;
    let fault = engine.ca_untrust(CaUntrust { sha256: ca.sha256.clone(), stores: None }).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::CaUnknown);
    engine.close().await;
}

#[tokio::test]
async fn what_is_trusted_is_trusted_after_a_restart_too() {
    let bench = Bench::new().await;
    let ca_file = std::fs::read(bench.ca_file()).unwrap();
    let cas = Cas::new(&bench.options()).with_domain(Some(bench.domain()));
    let road = cas.inspect(CaQuestion { source: CaSource::Road, app_id: Some(id()) }).await.unwrap();
    assert_eq!(
        road.lacks.as_deref(),
        Some("Longwire Simulator CA"),
        "the chain comes without its root: {road:#?}"
    );
    assert!(road.certificates.is_empty(), "the host's own certificate is of no use: {road:#?}");
    let inspection = cas.inspect(content(&ca_file)).await.unwrap();
    let store = own_store(&inspection);
    let ca = &inspection.certificates[0];
    assert_eq!(ca.signs_road, Some(true));
    let trust = CaTrust { question: content(&ca_file), sha256: ca.sha256.clone(), stores: vec![store] };
    assert!(cas.trust(trust).await.unwrap().road.unwrap().here);
    let engine = bench.engine(None).await;
    until(&engine, connected).await;
    engine.close().await;
}

#[tokio::test]
async fn nothing_is_trusted_that_was_not_named() {
    let bench = Bench::presenting(Leaf::WithRoot).await;
    let engine = bench.engine(None).await;
    let inspection = engine.ca_inspect(road()).await.unwrap();
    let (store, sha256) = (own_store(&inspection), inspection.certificates[0].sha256.clone());
    let elsewhere = Store { kind: StoreKind::System, place: "/no/such".to_owned() };
    for (sha256, stores, code) in [
        ("00".repeat(32), vec![store.clone()], FaultCode::CaUnknown),
        (sha256, vec![store.clone(), elsewhere], FaultCode::StoreUnknown),
    ] {
        let fault = engine.ca_trust(CaTrust { question: road(), sha256, stores }).await.unwrap_err();
        assert_eq!(fault.code, code);
    }
    let outsider = CaQuestion { source: CaSource::Road, app_id: None };
    assert_eq!(engine.ca_inspect(outsider).await.unwrap_err().code, FaultCode::BadRequest);
    assert_eq!(engine.ca_inspect(content(b"nothing")).await.unwrap_err().code, FaultCode::CaUnreadable);
    assert!(engine.snapshot(()).await.unwrap().trusted.is_empty());
    engine.close().await;
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_told_and_kept() {
    let bench = Bench::new().await;
    let data = bench.folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("trusted.json"), "{half").unwrap();
    let engine = bench.engine(None).await;
    let snapshot = engine.snapshot(()).await.unwrap();
    assert!(snapshot.notices.iter().any(|notice| notice.code == NoticeCode::TrustedUnreadable));
    let ca_file = std::fs::read(bench.ca_file()).unwrap();
    let inspection = engine.ca_inspect(content(&ca_file)).await.unwrap();
    let stores = vec![own_store(&inspection)];
    let sha256 = inspection.certificates[0].sha256.clone();
    let fault = engine.ca_trust(CaTrust { question: content(&ca_file), sha256, stores }).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::TrustedList);
    assert_eq!(std::fs::read_to_string(data.join("trusted.json")).unwrap(), "{half");
    engine.close().await;
}
