//! What is no CA to be trusted, and why: nothing of it is ever put anywhere.

use longwire_contract::{
    CaRefusal, Language,
    text::{self as texts, word},
};
use longwire_tests::{Tree, sandboxed};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

use super::*;

/// A certificate that has signed itself, in PEM, changed by `change`; and its key.
fn own(change: impl FnOnce(&mut CertificateParams)) -> (String, KeyPair) {
    let mut made = CertificateParams::new(Vec::new()).unwrap();
    made.distinguished_name.push(DnType::CommonName, "Somebody’s CA");
    made.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    change(&mut made);
    let key = KeyPair::generate().unwrap();
    (made.self_signed(&key).unwrap().pem(), key)
}

/// One that another one signed.
fn signed(is_ca: IsCa) -> String {
    let mut issuer = CertificateParams::new(Vec::new()).unwrap();
    issuer.distinguished_name.push(DnType::CommonName, "Somebody else’s CA");
    let issuer = Issuer::new(issuer, KeyPair::generate().unwrap());
    let mut made = CertificateParams::new(vec!["host.test".to_owned()]).unwrap();
    made.is_ca = is_ca;
    made.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().pem()
}

/// A CA as OpenSSL makes it with these words.
fn by_openssl(words: &[&str]) -> Vec<u8> {
    let ca = ["req", "-x509", "-nodes", "-days", "9", "-subj", "/CN=Old CA", "-keyout", "/dev/null"];
    openssl(&[&ca, words].concat())
}

#[test]
fn what_is_no_ca_to_be_trusted_is_refused_with_the_reason() {
    sandboxed(async |_| {
        let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let longwire = |words: &[&str]| {
            longwire(data.path(), words.iter().copied()).variable("HOME", home.path()).run().end()
        };
        let write = |name: &str, bytes: &[u8]| {
            let path = home.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let cases = [
            (CaRefusal::NotCa, signed(IsCa::NoCa).into_bytes()),
            (CaRefusal::NotCa, own(|made| made.is_ca = IsCa::ExplicitNoCa).0.into_bytes()),
            (CaRefusal::NotRoot, signed(IsCa::Ca(BasicConstraints::Unconstrained)).into_bytes()),
            (CaRefusal::Expired, own(|made| made.not_after = date_time_ymd(2020, 1, 1)).0.into_bytes()),
            (CaRefusal::NotYetValid, own(|made| made.not_before = date_time_ymd(4090, 1, 1)).0.into_bytes()),
            (CaRefusal::WeakKey, by_openssl(&["-newkey", "rsa:1024", "-sha256"])),
            (CaRefusal::WeakSignature, by_openssl(&["-newkey", "rsa:2048", "-sha1"])),
        ];
        for (refusal, bytes) in cases {
            let file = write("ca.pem", &bytes);
            let tree = Tree::of(home.path());
            let ended = longwire(&["ca", "inspect", text(&file), "--json"]);
            assert_eq!(ended.code, Some(1), "{refusal:?}: {}", ended.stderr);
            let found: CaInspection = read(&ended);
            assert_eq!(found.certificates[0].refusal, Some(refusal), "{found:#?}");
            assert!(found.certificates[0].stores.is_empty());
            let hash = sha256(&file);
            let trust = ["ca", "trust", text(&file), "--app-only", "--yes"];
            for words in [&trust[..], &[&trust[..], &["--sha256", &hash]].concat()] {
                let ended = longwire(words);
                assert_eq!(ended.code, Some(1), "{refusal:?}: {}", ended.stderr);
                let reason = format!("ca_refusal.{}", word(&refusal));
                let reason = texts::text(Language::English, &reason, &Default::default());
                assert!(ended.stderr.contains(&reason), "{refusal:?}: {}", ended.stderr);
            }
            tree.still(home.path());
        }
        assert!(!data.path().join("trusted.json").exists());
    });
}

#[test]
fn what_is_no_certificate_is_a_usage_error_that_says_what_it_is() {
    sandboxed(async |_| {
        let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let at = |name: &str| home.path().join(name);
        let (pem, key) = own(|_| {});
        let cases: [(&str, Vec<u8>, &str); 6] = [
            ("with its key.pem", (pem.clone() + &key.serialize_pem()).into_bytes(), "private key"),
            ("its key alone.pem", key.serialize_pem().into_bytes(), "private key"),
            ("garbage", (0_u8..=255).cycle().take(5000).collect(), "certificate"),
            ("empty.pem", Vec::new(), "certificate"),
            ("half.pem", pem.as_bytes()[..pem.len() / 2].to_vec(), "certificate"),
            ("large.pem", pem.bytes().cycle().take(10 << 20).collect(), "larger"),
        ];
        for (name, bytes, _) in &cases {
            fs::write(at(name), bytes).unwrap();
        }
        fs::write(at("ca.pem"), &pem).unwrap();
        fs::write(at("key.pem"), key.serialize_pem()).unwrap();
        let (p12, ca, own_key) = (at("ca.p12"), at("ca.pem"), at("key.pem"));
        let export = ["pkcs12", "-export", "-passout", "pass:x", "-in", text(&ca), "-inkey", text(&own_key)];
        openssl(&[&export[..], &["-out", text(&p12)]].concat());
        let pipe = at("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let others = [("ca.p12", "private key"), ("pipe", "not a file"), ("missing.pem", "missing.pem")];
        let cases = cases.iter().map(|(name, _, says)| (*name, *says)).chain(others);
        let before = Tree::of(home.path());
        for (name, says) in cases.chain([(".", "not a file")]) {
            let path = at(name);
            for words in [&["inspect", text(&path)][..], &["trust", text(&path), "--app-only", "--yes"]] {
                let words = ["ca"].iter().chain(words).copied();
                let ended = longwire(data.path(), words).variable("HOME", home.path()).run().end();
                assert_eq!(ended.code, Some(2), "{name}: {}", ended.stderr);
                assert!(ended.stderr.contains(says), "{name}: {}", ended.stderr);
                assert!(!(ended.stderr + &ended.stdout).contains("MIG"), "nothing of a key is shown");
            }
        }
        before.still(home.path());
        assert!(!data.path().join("trusted.json").exists());
    });
}

#[test]
fn of_several_cas_one_has_to_be_named() {
    sandboxed(async |_| {
        let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = |name: &str, text: &str| {
            fs::write(home.path().join(name), text).unwrap();
            home.path().join(name)
        };
        let run = |words: &[&str]| longwire(data.path(), words.iter().copied()).run().end();
        let (one, other) = (own(|_| {}).0, own(|_| {}).0);
        let wanted = sha256(&file("other.pem", &other));
        let both = file("both.pem", &(one + &other));
        let trust = ["ca", "trust", text(&both), "--app-only", "--yes"];
        let ended = run(&trust);
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        assert!(!data.path().join("trusted.json").exists());
        let of_nobody = "0".repeat(64);
        assert_eq!(run(&[&trust[..], &["--sha256", &of_nobody]].concat()).code, Some(2));
        let ended = run(&[&trust[..], &["--sha256", &wanted, "--json"]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!(read::<CaOutcome>(&ended).sha256, wanted);
        let listed: Vec<TrustedCa> = read(&run(&["ca", "list", "--json"]));
        assert_eq!(listed.into_iter().map(|ca| ca.sha256).collect::<Vec<_>>(), [wanted]);
    });
}
