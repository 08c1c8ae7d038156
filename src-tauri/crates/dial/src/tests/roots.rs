use std::fs;
use std::time::SystemTime;

use rcgen::{KeyPair, date_time_ymd};
use tempfile::tempdir;

use super::{Ca, ca_params, dialer, file, origin, server};
use crate::ca::CaFault;
use crate::{Cause, RootSource, Roots, RootsProblem, Stage};

fn problems(path: &std::path::Path) -> Vec<RootsProblem> {
    Roots::new(RootSource::ExtraOnly, vec![path.to_owned()]).check_extra()
}

#[tokio::test]
async fn a_ca_added_while_running_is_trusted_by_the_next_road() {
    let (mine, theirs, folder) = (Ca::new("Mine"), Ca::new("Theirs"), tempdir().unwrap());
    let (address, path) = (server::echoes(theirs.sign()).await, file(folder.path(), "ca.pem", &mine.pem));
    let (dialer, origin) = (dialer(std::slice::from_ref(&path)), origin(format!("https://{address}")));

    let error = dialer.dial(&origin).await.unwrap_err();
    assert_eq!(error.cause, Cause::UntrustedIssuer { issuer: "Theirs".into() });
    fs::write(&path, format!("{}{}", mine.pem, theirs.pem)).unwrap();
    dialer.dial(&origin).await.unwrap();
    fs::write(&path, &mine.pem).unwrap();
    assert!(dialer.dial(&origin).await.is_err(), "a CA taken away is no longer trusted");
}

#[tokio::test]
async fn the_list_of_files_changes_while_running_for_the_next_road() {
    let (mine, theirs, folder) = (Ca::new("Mine"), Ca::new("Theirs"), tempdir().unwrap());
    let (one, two) = (file(folder.path(), "a.pem", &mine.pem), file(folder.path(), "b.pem", &theirs.pem));
    let origin = origin(format!("https://{}", server::echoes(theirs.sign()).await));
    let dialer = dialer(std::slice::from_ref(&one));
    let clone = dialer.clone();

    dialer.dial(&origin).await.unwrap_err();
    dialer.roots().set_extra(vec![one.clone(), two.clone()]);
    clone.dial(&origin).await.unwrap();
    dialer.roots().set_extra(vec![two]);
    clone.dial(&origin).await.unwrap();
    dialer.roots().set_extra(vec![one]);
    let error = clone.dial(&origin).await.unwrap_err();
    assert_eq!(error.cause, Cause::UntrustedIssuer { issuer: "Theirs".into() });
}

#[tokio::test]
async fn another_file_that_looks_the_same_is_read_when_the_list_names_it() {
    let (one, two, folder) = (Ca::new("One"), Ca::new("Two"), tempdir().unwrap());
    let alike = |name: &str, pem: &str| {
        let path = file(folder.path(), name, format!("{pem:<2000}"));
        fs::File::options().write(true).open(&path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        path
    };
    let (first, second) = (alike("one.pem", &one.pem), alike("two.pem", &two.pem));
    let to_one = origin(format!("https://{}", server::echoes(one.sign()).await));
    let to_two = origin(format!("https://{}", server::echoes(two.sign()).await));
    let dialer = dialer(&[first]);
    dialer.dial(&to_one).await.unwrap();
    dialer.roots().set_extra(vec![second]);
    dialer.dial(&to_two).await.unwrap();
    dialer.dial(&to_one).await.unwrap_err();
}

#[test]
fn the_files_are_checked_as_the_list_is_now() {
    let (ca, folder) = (Ca::new("Mine"), tempdir().unwrap());
    let roots = Roots::new(RootSource::ExtraOnly, vec![file(folder.path(), "ca.pem", &ca.pem)]);
    assert_eq!(roots.check_extra(), []);
    roots.set_extra(vec![folder.path().join("none.pem")]);
    assert!(matches!(&roots.check_extra()[..], [RootsProblem::Unreadable { .. }]));
}

#[tokio::test]
async fn a_file_that_appears_later_is_read_then() {
    let (ca, folder) = (Ca::new("Mine"), tempdir().unwrap());
    let (address, path) = (server::echoes(ca.sign()).await, folder.path().join("ca.pem"));
    let (dialer, origin) = (dialer(std::slice::from_ref(&path)), origin(format!("https://{address}")));

    let error = dialer.dial(&origin).await.unwrap_err();
    assert_eq!((error.stage, error.cause), (Stage::Tls, Cause::NoRoots));
    assert!(matches!(&dialer.roots().problems()[..], [RootsProblem::Unreadable { .. }]));
    fs::write(&path, &ca.pem).unwrap();
    dialer.dial(&origin).await.unwrap();
    assert_eq!(dialer.roots().problems(), []);
}

#[tokio::test]
async fn files_that_look_unchanged_are_read_again_after_a_refusal_and_not_before() {
    let (one, two, folder) = (Ca::new("One"), Ca::new("Two"), tempdir().unwrap());
    let path = folder.path().join("ca.pem");
    let write_alike = |pem: &str| {
        fs::write(&path, format!("{pem:<2000}")).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    };
    let to_one = origin(format!("https://{}", server::echoes(one.sign()).await));
    let to_two = origin(format!("https://{}", server::echoes(two.sign()).await));
    let dialer = dialer(std::slice::from_ref(&path));

    write_alike(&one.pem);
    dialer.dial(&to_one).await.unwrap();
    write_alike(&two.pem);
    dialer.dial(&to_one).await.unwrap();
    dialer.dial(&to_two).await.unwrap_err();
    dialer.dial(&to_two).await.unwrap();
}

#[tokio::test]
async fn a_bad_file_is_reported_and_the_good_one_beside_it_is_trusted() {
    let (ca, folder) = (Ca::new("Mine"), tempdir().unwrap());
    let address = server::echoes(ca.sign()).await;
    let bad = file(folder.path(), "bad.pem", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n");
    let dialer = dialer(&[bad, folder.path().join("none.pem"), file(folder.path(), "ca.pem", &ca.pem)]);
    dialer.dial(&origin(format!("https://{address}"))).await.unwrap();
    let problems = dialer.roots().problems();
    assert!(
        matches!(
            &problems[..],
            [RootsProblem::Unusable { fault: CaFault::Corrupt(_), .. }, RootsProblem::Unreadable { .. }]
        ),
        "{problems:?}"
    );
}

#[tokio::test]
async fn several_certificates_in_one_file_and_der_files_are_trusted() {
    let (one, two, three, folder) = (Ca::new("One"), Ca::new("Two"), Ca::new("Three"), tempdir().unwrap());
    let bundle = file(folder.path(), "bundle.pem", format!("# two of them\n{}\n{}", one.pem, two.pem));
    let dialer = dialer(&[bundle, file(folder.path(), "three.cer", &three.der)]);
    for ca in [one, two, three] {
        let address = server::echoes(ca.sign()).await;
        dialer.dial(&origin(format!("https://{address}"))).await.unwrap();
    }
    assert_eq!(dialer.roots().problems(), []);
}

#[tokio::test]
async fn nothing_of_a_file_with_a_private_key_is_used() {
    let (ca, folder) = (Ca::new("Mine"), tempdir().unwrap());
    let pem = |kind: &str| format!("{}-----BEGIN {kind}-----\nAAAA\n-----END {kind}-----\n", ca.pem);
    let key = KeyPair::generate().unwrap();
    for contents in [
        format!("{}{}", ca.pem, key.serialize_pem()).into_bytes(),
        pem("ENCRYPTED PRIVATE KEY").into_bytes(),
        pem("OPENSSH PRIVATE KEY").into_bytes(),
        pem("RSA PRIVATE KEY").into_bytes(),
        key.serialize_der(),
    ] {
        let path = file(folder.path(), "key.pem", contents);
        assert_eq!(
            problems(&path),
            [RootsProblem::Unusable { path: path.clone(), fault: CaFault::PrivateKey }]
        );
    }
    let path = file(folder.path(), "both.pem", format!("{}{}", ca.pem, key.serialize_pem()));
    let address = server::echoes(ca.sign()).await;
    let error = dialer(&[path]).dial(&origin(format!("https://{address}"))).await.unwrap_err();
    assert_eq!(error.cause, Cause::NoRoots);
}

#[test]
fn a_certificate_that_is_no_ca_or_has_expired_is_refused_with_the_reason() {
    let (ca, folder) = (Ca::new("Mine"), tempdir().unwrap());
    let path = file(folder.path(), "leaf.cer", &ca.sign().chain[0]);
    assert_eq!(problems(&path), [RootsProblem::NotCa { path: path.clone(), subject: "127.0.0.1".into() }]);

    let mut params = ca_params("Old");
    (params.not_before, params.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    let old = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    let path = file(folder.path(), "old.pem", old.pem());
    assert!(matches!(&problems(&path)[..], [RootsProblem::Expired { subject, .. }] if subject == "Old"));
    assert!(problems(&path)[0].to_string().ends_with("the CA \"Old\" expired on 2020-01-01 00:00 UTC"));
}

#[test]
fn files_that_hold_no_certificate_say_so() {
    let folder = tempdir().unwrap();
    for contents in ["", "hello", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
        let path = file(folder.path(), "none.pem", contents);
        let none = RootsProblem::Unusable { path: path.clone(), fault: CaFault::NoCertificate };
        assert_eq!(problems(&path), [none], "{contents}");
    }
    for contents in [
        "-----BEGIN CERTIFICATE-----\nAAAA\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let path = file(folder.path(), "half.pem", contents);
        assert!(
            matches!(&problems(&path)[..], [RootsProblem::Unusable { fault: CaFault::Corrupt(_), .. }]),
            "{contents}"
        );
    }
    assert!(matches!(&problems(folder.path())[..], [RootsProblem::Unreadable { .. }]));
    let large = file(folder.path(), "large.pem", vec![b' '; (4 << 20) + 1]);
    assert!(matches!(
        &problems(&large)[..],
        [RootsProblem::Unusable { fault: CaFault::TooLarge { .. }, .. }]
    ));
}
