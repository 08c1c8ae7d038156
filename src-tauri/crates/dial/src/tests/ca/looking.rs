use rcgen::{BasicConstraints, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd};

use super::fixtures::*;
use super::*;
use crate::ca::{Looked, Refusal, look};
use crate::interceptor::{Interceptor, Kind};

fn looked(pem: &str) -> Looked {
    look(&certificate(pem), now()).unwrap()
}

fn made(params: &rcgen::CertificateParams) -> Looked {
    look(params.self_signed(&KeyPair::generate().unwrap()).unwrap().der(), now()).unwrap()
}

#[test]
fn a_root_in_good_order_is_described_and_refused_for_nothing() {
    let root = look(&Ca::new("mitmproxy").der, now()).unwrap();
    assert_eq!((root.described.subject.as_str(), root.described.self_signed), ("mitmproxy", true));
    assert_eq!((root.key.as_str(), root.signature.as_str()), ("ECDSA P-256", "SHA-256 with ECDSA"));
    assert_eq!((root.path_length, root.permitted, root.refusal), (None, vec![], None));
    assert_eq!(root.interceptor, Some(Interceptor { name: "mitmproxy", kind: Kind::DebuggingProxy }));
}

#[test]
fn keys_and_signatures_have_names_and_the_weak_ones_are_refused() {
    for (pem, key, signature, refusal) in [
        (RSA_1024, "RSA 1024", "SHA-256 with RSA", Some(Refusal::WeakKey)),
        (DSA, "DSA", "SHA-256 with DSA", Some(Refusal::WeakKey)),
        (SECP256K1, "ECDSA secp256k1", "SHA-256 with ECDSA", Some(Refusal::WeakKey)),
        (BRAINPOOL, "ECDSA brainpoolP256r1", "SHA-256 with ECDSA", Some(Refusal::WeakKey)),
        (SHA1, "ECDSA P-256", "SHA-1 with ECDSA", Some(Refusal::WeakSignature)),
        (MD5, "RSA 2048", "MD5 with RSA", Some(Refusal::WeakSignature)),
        (PSS, "RSA 2048", "SHA-256 with RSA-PSS", None),
        // Nothing here verifies these, so that they are not called bad.
        (PSS_WITH_A_SHORT_SALT, "RSA 2048", "SHA-256 with RSA-PSS", None),
        (P521, "ECDSA P-521", "SHA-256 with ECDSA", None),
        (ED448, "Ed448", "Ed448", None),
    ] {
        let looked = looked(pem);
        assert_eq!((looked.key.as_str(), looked.signature.as_str()), (key, signature));
        assert_eq!(looked.refusal, refusal, "{key}, {signature}");
    }
    for (algorithm, key, signature) in [
        (&rcgen::PKCS_ED25519, "Ed25519", "Ed25519"),
        (&rcgen::PKCS_ECDSA_P384_SHA384, "ECDSA P-384", "SHA-384 with ECDSA"),
    ] {
        let pair = KeyPair::generate_for(algorithm).unwrap();
        let looked = look(ca_params("Mine").self_signed(&pair).unwrap().der(), now()).unwrap();
        assert_eq!((looked.key.as_str(), looked.signature.as_str(), looked.refusal), (key, signature, None));
    }
}

#[test]
fn limits_are_told_as_a_person_writes_them() {
    let limited = looked(LIMITED);
    assert_eq!(
        limited.permitted,
        [".corp.example", "10.0.0.0/8", "10.0.0.1/255.0.0.255", "2001:db8::/32", "corp.example", "Corp"]
    );
    assert_eq!((limited.path_length, limited.refusal), (Some(1), None));
}

#[test]
fn what_may_not_sign_is_no_ca() {
    let (leaf, mut without_signing) = (leaf_params("bot.example"), ca_params("Mine"));
    let mut denying = leaf_params("bot.example");
    denying.is_ca = IsCa::ExplicitNoCa;
    without_signing.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    for params in [leaf, denying, without_signing] {
        assert_eq!(made(&params).refusal, Some(Refusal::NotCa));
    }
    let mut silent = ca_params("Mine");
    silent.key_usages = Vec::new();
    assert_eq!(made(&silent).refusal, None, "without a limit to its key's use there is none");
}

#[test]
fn a_ca_below_another_one_is_no_root() {
    let below = look(&Ca::new("Zscaler Root CA").below("Ours").der, now()).unwrap();
    assert_eq!(below.refusal, Some(Refusal::NotRoot));
    assert_eq!(below.interceptor.map(|told| told.name), Some("Zscaler"));
    let ours = look(&Ca::new("Ours").below("Zscaler Intermediate").der, now()).unwrap();
    assert_eq!(ours.interceptor.map(|told| told.name), Some("Zscaler"), "its own name counts, too");
}

#[test]
fn time_is_judged_to_the_second() {
    let mut params = ca_params("Mine");
    (params.not_before, params.not_after) = (date_time_ymd(2030, 1, 1), date_time_ymd(2031, 1, 1));
    let ca = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    let (from, until) = (now(), now() + Duration::from_secs(365 * 86_400));
    let second = Duration::from_secs(1);
    for (at, refusal) in [
        (from - second, Some(Refusal::NotYetValid)),
        (from, None),
        (until, None),
        (until + second, Some(Refusal::Expired)),
    ] {
        assert_eq!(look(ca.der(), at).unwrap().refusal, refusal);
    }
}

#[test]
fn a_signature_that_is_not_its_own_is_bad() {
    // Another key under the same name: what is called the signer's is not.
    let (real, other) = (Ca::new("mitmproxy"), KeyPair::generate().unwrap());
    let forged = ca_params("mitmproxy").signed_by(&other, &real.issuer).unwrap();
    let looked = look(forged.der(), now()).unwrap();
    assert_eq!((looked.described.self_signed, looked.refusal), (true, Some(Refusal::BadSignature)));
    for pem in [PSS, LIMITED] {
        let mut bytes = certificate(pem).to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        assert_eq!(look(&CertificateDer::from(bytes), now()).unwrap().refusal, Some(Refusal::BadSignature));
    }
}

#[test]
fn the_first_of_several_reasons_is_told() {
    let mut params = ca_params("Mine");
    (params.not_before, params.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    let (root, key) = (Ca::new("Root"), KeyPair::generate().unwrap());
    let old = |params: &rcgen::CertificateParams| {
        look(params.signed_by(&key, &root.issuer).unwrap().der(), now()).unwrap().refusal
    };
    assert_eq!(old(&params), Some(Refusal::NotRoot), "before its time");
    params.is_ca = IsCa::NoCa;
    assert_eq!(old(&params), Some(Refusal::NotCa), "before who signed it");
    let late = look(&certificate(RSA_1024), UNIX_EPOCH + Duration::from_secs(10_000_000_000)).unwrap();
    assert_eq!(late.refusal, Some(Refusal::Expired), "before its key");
    let early = look(&certificate(MD5), UNIX_EPOCH).unwrap();
    assert_eq!(early.refusal, Some(Refusal::NotYetValid));
}

#[test]
fn a_path_length_of_none_is_a_limit() {
    let mut params = ca_params("Mine");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    assert_eq!(made(&params).path_length, Some(0));
}

#[test]
fn of_a_hosts_own_certificate_the_signer_speaks() {
    let mut params = leaf_params("bot.example");
    params.distinguished_name.push(DnType::CommonName, "help.zscaler.com");
    let leaf = Ca::new("Charles Proxy CA").sign_with(params);
    let looked = look(&leaf.chain[0], now()).unwrap();
    assert_eq!(looked.interceptor.map(|told| told.name), Some("Charles"));
    assert_eq!(look(&CertificateDer::from(vec![0x30, 0x00]), now()), None);
}
