use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, date_time_ymd};
use rustls::RootCertStore;
use tempfile::tempdir;

use super::{Ca, Identity, ca_params, file, leaf_params};
use crate::interceptor::{Interceptor, Kind};
use crate::judge::{self, Judgement, Local, Signed};
use crate::roots::Stores;
use crate::{Cause, CertificateDer, RootSource, Roots};

const HOST: &str = "127.0.0.1";
const MITMPROXY: Option<Interceptor> = Some(Interceptor { name: "mitmproxy", kind: Kind::DebuggingProxy });

/// Noon of the day the tests are judged on: 2025-06-15.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_749_988_800)
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Whom the operating system, our own files and Mozilla trust.
#[derive(Clone, Copy, Default)]
struct World<'a> {
    system: &'a [&'a Ca],
    extra: &'a [&'a Ca],
    mozilla: &'a [&'a Ca],
}

impl World<'_> {
    fn judges(&self, identity: &Identity) -> Judgement {
        self.judges_for(identity, HOST)
    }

    fn judges_for(&self, identity: &Identity, host: &str) -> Judgement {
        let own = self.extra.iter().map(|ca| ("own.pem".into(), ca.der.clone())).collect();
        let stores = Stores { system: store(self.system), extra: store(self.extra), own };
        judge::by(&stores, &store(self.mozilla), &identity.chain, host, now()).unwrap()
    }
}

fn store(cas: &[&Ca]) -> RootCertStore {
    let mut store = RootCertStore::empty();
    for ca in cas {
        store.add(ca.der.clone()).unwrap();
    }
    store
}

/// A leaf for this machine, valid from the first day of one year to the first of another.
fn valid(from: i32, until: i32) -> CertificateParams {
    let mut params = leaf_params(HOST);
    (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
    params
}

fn untrusted(issuer: &str) -> Cause {
    Cause::UntrustedIssuer { issuer: issuer.to_owned() }
}

#[test]
fn a_ca_that_everybody_trusts_signs_publicly_whatever_it_is_called() {
    let ca = Ca::new("Cisco Public Root");
    let world = World { system: &[&ca], mozilla: &[&ca], ..World::default() };
    let judgement = world.judges(&ca.sign());
    assert_eq!(judgement.signed, Signed::Publicly);
    assert_eq!((judgement.time, judgement.name, judgement.interceptor), (Ok(()), Ok(()), None));
    assert_eq!((judgement.system, judgement.mozilla), (Ok(()), Ok(())));
    assert_eq!(judgement.extra, Err(untrusted("Cisco Public Root")));
}

#[test]
fn a_public_ca_can_still_be_unknown_here() {
    let (public, other) = (Ca::new("Public"), Ca::new("All that SSL_CERT_FILE names"));
    let world = World { system: &[&other], mozilla: &[&public], ..World::default() };
    let judgement = world.judges(&public.sign());
    assert_eq!((judgement.signed.clone(), judgement.trusted_here()), (Signed::Publicly, false));
    assert_eq!(judgement.time, Ok(()), "its time is judged all the same");
}

#[test]
fn a_ca_trusted_on_this_machine_alone_is_told_with_its_place_and_its_name() {
    let ca = Ca::new("mitmproxy");
    for (world, by) in [
        (World { system: &[&ca], ..World::default() }, Local::System),
        (World { extra: &[&ca], ..World::default() }, Local::Extra),
        (World { system: &[&ca], extra: &[&ca], ..World::default() }, Local::System),
    ] {
        let judgement = world.judges(&ca.sign());
        assert_eq!((judgement.signed.clone(), judgement.interceptor), (Signed::Locally { by }, MITMPROXY));
        assert_eq!(judgement.mozilla, Err(untrusted("mitmproxy")));
        assert!(judgement.trusted_here());
    }
}

#[test]
fn a_ca_nobody_trusts_is_told_by_the_end_of_its_chain() {
    let root = Ca::new("Zscaler Root CA");
    let middle = root.below("Somebody's proxies");
    let mine = Ca::new("Mine");
    let world = World { system: &[&mine], extra: &[&mine], mozilla: &[&mine] };
    let judgement = world.judges(&middle.sign().with(&middle));
    assert_eq!(judgement.signed, Signed::Untrusted { issuer: "Zscaler Root CA".into() });
    assert_eq!(judgement.interceptor.map(|told| told.name), Some("Zscaler"));
    assert!(!judgement.trusted_here());
    assert_eq!(judgement.system, Err(untrusted("Zscaler Root CA")));

    let world = World { system: &[&root], ..world };
    let judgement = world.judges(&middle.sign().with(&middle));
    assert_eq!(judgement.signed, Signed::Locally { by: Local::System });
}

#[test]
fn another_key_under_a_trusted_name_is_not_trusted() {
    let world_ca = Ca::new("mitmproxy");
    let world = World { system: &[&world_ca], mozilla: &[&world_ca], ..World::default() };
    let judgement = world.judges(&Ca::new("mitmproxy").sign());
    assert_eq!(judgement.signed, Signed::Untrusted { issuer: "mitmproxy".into() });
}

#[test]
fn a_certificate_that_signed_itself_is_told_from_an_unknown_ca() {
    let mut ca = ca_params("FortiGate CA");
    ca.subject_alt_names = leaf_params(HOST).subject_alt_names;
    let mine = Ca::new("Mine");
    for (params, name) in [(leaf_params(HOST), None), (ca, Some("Fortinet"))] {
        let judgement =
            World { system: &[&mine], ..World::default() }.judges(&Identity::signed_by_itself(params));
        assert_eq!(judgement.signed, Signed::ByItself);
        assert_eq!((judgement.time, judgement.name), (Ok(()), Ok(())));
        assert_eq!(judgement.interceptor.map(|told| told.name), name);
    }
}

#[test]
fn a_certificate_for_another_purpose_is_unusable_although_its_issuer_is_trusted() {
    let (ca, mut params) = (Ca::new("Mine"), leaf_params(HOST));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let judgement = World { system: &[&ca], ..World::default() }.judges(&ca.sign_with(params));
    assert!(matches!(&judgement.signed, Signed::Unusable(Cause::BadCertificate(_))), "{judgement:?}");
    assert!(!judgement.trusted_here());
}

#[test]
fn an_expired_certificate_still_tells_who_made_it_and_whether_they_are_trusted() {
    let ca = Ca::new("mitmproxy");
    let expired = ca.sign_with(valid(2019, 2020));
    let time = Err(Cause::Expired { not_after: at(1_577_836_800) });

    let judgement = World { system: &[&ca], ..World::default() }.judges(&expired);
    assert_eq!((judgement.signed, judgement.interceptor), (Signed::Locally { by: Local::System }, MITMPROXY));
    assert_eq!((judgement.time, judgement.system), (time.clone(), Ok(())));

    let judgement = World::default().judges(&expired);
    assert_eq!(judgement.signed, Signed::Untrusted { issuer: "mitmproxy".into() });
    assert_eq!((judgement.time, judgement.interceptor), (time.clone(), MITMPROXY));

    let judgement = World { mozilla: &[&ca], ..World::default() }.judges(&expired);
    assert_eq!((judgement.signed, judgement.time), (Signed::Publicly, time));
}

#[test]
fn a_certificate_of_the_future_is_told_apart_from_its_issuer_too() {
    let ca = Ca::new("Public");
    let future = ca.sign_with(valid(2090, 2091));
    let time = Err(Cause::NotYetValid { not_before: at(3_786_912_000) });
    let judgement = World { system: &[&ca], mozilla: &[&ca], ..World::default() }.judges(&future);
    assert_eq!((judgement.signed, judgement.time), (Signed::Publicly, time.clone()));
    let judgement = World::default().judges(&future);
    assert_eq!((judgement.signed, judgement.time), (Signed::Untrusted { issuer: "Public".into() }, time));
}

#[test]
fn an_expired_ca_in_the_middle_is_a_fault_of_time_and_not_of_trust() {
    let root = Ca::new("Root");
    let mut params = ca_params("Old middle");
    (params.not_before, params.not_after) = (date_time_ymd(2015, 1, 1), date_time_ymd(2020, 1, 1));
    let middle = root.below_with(params);
    let identity = middle.sign_with(valid(2018, 2030)).with(&middle);
    let judgement = World { system: &[&root], mozilla: &[&root], ..World::default() }.judges(&identity);
    assert_eq!(judgement.signed, Signed::Publicly);
    assert_eq!(judgement.time, Err(Cause::Expired { not_after: at(1_577_836_800) }));
}

#[test]
fn a_chain_whose_certificates_were_never_valid_together_is_judged_without_a_common_time() {
    let root = Ca::new("Root");
    let mut params = ca_params("Old middle");
    (params.not_before, params.not_after) = (date_time_ymd(2015, 1, 1), date_time_ymd(2016, 1, 1));
    let middle = root.below_with(params);
    let identity = middle.sign_with(valid(2024, 2026)).with(&middle);
    let judgement = World { system: &[&root], ..World::default() }.judges(&identity);
    assert_eq!(judgement.signed, Signed::Unusable(Cause::Expired { not_after: at(1_451_606_400) }));
}

#[test]
fn an_expired_certificate_sent_along_needlessly_spoils_nothing() {
    let (ca, mut old) = (Ca::new("Public"), ca_params("An old cross-signature"));
    (old.not_before, old.not_after) = (date_time_ymd(2010, 1, 1), date_time_ymd(2020, 1, 1));
    let old = Ca::new("Gone").below_with(old);
    let identity = ca.sign_with(valid(2025, 2026)).with(&old);
    let judgement = World { system: &[&ca], mozilla: &[&ca], ..World::default() }.judges(&identity);
    assert_eq!((judgement.signed, judgement.time), (Signed::Publicly, Ok(())));
}

#[test]
fn a_chain_that_is_in_order_now_is_trusted_whatever_its_own_middle_says() {
    let (root, mut young, mut old) = (Ca::new("Root"), ca_params("Young middle"), ca_params("Old"));
    (young.not_before, young.not_after) = (date_time_ymd(2025, 1, 1), date_time_ymd(2035, 1, 1));
    (old.not_before, old.not_after) = (date_time_ymd(2010, 1, 1), date_time_ymd(2020, 1, 1));
    let (young, old) = (root.below_with(young), Ca::new("Gone").below_with(old));
    let identity = young.sign_with(valid(2015, 2026)).with(&young).with(&old);
    let judgement = World { system: &[&root], ..World::default() }.judges(&identity);
    assert_eq!((judgement.system, judgement.time), (Ok(()), Ok(())));
}

#[test]
fn several_faults_are_told_at_once() {
    let ca = Ca::new("mitmproxy");
    let mut params = CertificateParams::new(["portal.example".to_owned(), "10.0.0.1".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, HOST);
    (params.not_before, params.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    let judgement = World::default().judges(&ca.sign_with(params));
    assert_eq!(judgement.signed, Signed::Untrusted { issuer: "mitmproxy".into() });
    assert_eq!(judgement.time, Err(Cause::Expired { not_after: at(1_577_836_800) }));
    let names = vec!["portal.example".into(), "10.0.0.1".into()];
    assert_eq!(judgement.name, Err(Cause::WrongHost { names }));
    assert_eq!(judgement.interceptor, MITMPROXY);
}

#[test]
fn names_and_addresses_are_matched_as_the_handshake_matches_them() {
    let ca = Ca::new("Mine");
    let names = ["*.feishu.cn", "127.0.0.1", "::1"].map(str::to_owned);
    let identity = ca.sign_with(CertificateParams::new(names.clone()).unwrap());
    let world = World { system: &[&ca], ..World::default() };
    for host in ["open.feishu.cn", "OPEN.feishu.cn", "127.0.0.1", "::1"] {
        assert_eq!(world.judges_for(&identity, host).name, Ok(()), "{host}");
    }
    let wrong = Err(Cause::WrongHost { names: names.to_vec() });
    for host in ["feishu.cn", "a.b.feishu.cn", "open.feishu.cn.evil", "127.0.0.2", "not a host", ""] {
        assert_eq!(world.judges_for(&identity, host).name, wrong, "{host}");
    }
}

#[test]
fn what_is_no_chain_is_not_judged() {
    let stores = Stores { system: RootCertStore::empty(), extra: RootCertStore::empty(), own: Vec::new() };
    let nobody = RootCertStore::empty();
    for chain in [vec![], vec![CertificateDer::from(vec![0x30, 0x00])]] {
        assert_eq!(judge::by(&stores, &nobody, &chain, HOST, now()), None);
    }
}

#[tokio::test]
async fn the_extra_files_judge_as_they_are_now_and_the_set_of_mozilla_knows_no_ca_of_ours() {
    let (ca, folder) = (Ca::new("mitmproxy"), tempdir().unwrap());
    let roots = Arc::new(Roots::new(RootSource::ExtraOnly, Vec::new()));
    let chain = ca.sign().chain;
    let before = judge::judge(&roots, &chain, HOST, now()).await.unwrap();
    assert_eq!(before.signed, Signed::Untrusted { issuer: "mitmproxy".into() });

    roots.set_extra(vec![file(folder.path(), "ca.pem", &ca.pem)]);
    let after = judge::judge(&roots, &chain, HOST, now()).await.unwrap();
    assert_eq!((after.signed, after.extra), (Signed::Locally { by: Local::Extra }, Ok(())));
    assert_eq!((after.system, after.mozilla), (Err(untrusted("mitmproxy")), Err(untrusted("mitmproxy"))));
}
