use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use rcgen::KeyPair;

use super::fixtures::{BOTH, ENCRYPTED, ENCRYPTED_THE_OLD_WAY, PKCS12, TRUSTED};
use super::*;
use crate::ca::{CaFault, pem, read};

/// One ASN.1 value, with its content.
fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    assert!(content.len() < 128);
    [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
}

/// The same without its length: it ends where the end is marked.
fn open(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], content, &[0, 0]].concat()
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 2;
const OCTETS: u8 = 4;
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

fn names(certificates: &[CertificateDer<'_>]) -> Vec<String> {
    let describe = |certificate| crate::certificate::describe(certificate).unwrap().subject;
    certificates.iter().map(describe).collect()
}

fn fault(bytes: impl AsRef<[u8]>) -> CaFault {
    read(bytes.as_ref()).unwrap_err()
}

#[test]
fn pem_is_read_whatever_stands_around_it() {
    let (one, two) = (Ca::new("One"), Ca::new("Two"));
    let both = [one.der.clone(), two.der.clone()];
    let text = format!("subject=CN = One\n{}\n# the other\n{}trailing words", one.pem, two.pem);
    let indented: String = text.lines().map(|line| format!("    {line}  \n")).collect();
    let wide = |unit: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        let units = text.encode_utf16().flat_map(unit);
        mark.into_iter().chain(units).collect::<Vec<u8>>()
    };
    for bytes in [
        text.clone().into_bytes(),
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        indented.into_bytes(),
        format!("\u{feff}{}{}", one.pem, two.pem).into_bytes(),
        wide(u16::to_le_bytes, [0xff, 0xfe]),
        wide(u16::to_be_bytes, [0xfe, 0xff]),
        text.replace("BEGIN CERT", "BEGIN X509 CERT").replace("END CERT", "END X509 CERT").into_bytes(),
        [text.as_bytes(), b"\xe9\x80 no UTF-8"].concat(),
    ] {
        assert_eq!(read(&bytes).unwrap(), both, "{}", bytes.escape_ascii());
    }
}

#[test]
fn each_certificate_comes_once_and_in_its_order() {
    let (one, two) = (Ca::new("One"), Ca::new("Two"));
    let text = format!("{}{}{}{}", two.pem, one.pem, two.pem, one.pem);
    assert_eq!(read(text.as_bytes()).unwrap(), [two.der, one.der]);
}

#[test]
fn der_is_read_and_what_follows_it_is_not_lost_silently() {
    let ca = Ca::new("One");
    assert_eq!(read(&ca.der).unwrap(), std::slice::from_ref(&ca.der));
    let twice = [ca.der.as_ref(), ca.der.as_ref()].concat();
    assert!(matches!(fault(twice), CaFault::Corrupt(_)));
}

#[test]
fn pkcs7_is_read_as_openssl_writes_it_and_with_lengths_that_are_not_said() {
    let both = read(BOTH.as_bytes()).unwrap();
    assert_eq!(names(&both), ["One", "Two"]);
    let der: String = BOTH.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(read(&STANDARD.decode(&der).unwrap()).unwrap(), both);
    for label in ["CMS", "PKCS #7 SIGNED DATA", "CERTIFICATE"] {
        assert_eq!(read(BOTH.replace("PKCS7", label).as_bytes()).unwrap(), both, "{label}");
    }

    let certificates = open(0xa0, &both.iter().flat_map(|one| one.as_ref()).copied().collect::<Vec<u8>>());
    let signed = [b"\x02\x01\x01\x31\x00", &open(SEQUENCE, DATA)[..], &certificates, b"\x31\x00"].concat();
    let explicit = open(0xa0, &open(SEQUENCE, &signed));
    let ber = open(SEQUENCE, &[SIGNED_DATA, &explicit].concat());
    assert_eq!(read(&ber).unwrap(), both);

    let empty = [b"\x02\x01\x01\x31\x00", &value(SEQUENCE, DATA)[..], b"\x31\x00"].concat();
    let empty = value(SEQUENCE, &[SIGNED_DATA, &value(0xa0, &value(SEQUENCE, &empty))].concat());
    assert_eq!(fault(empty), CaFault::NoCertificate, "one that carries none");
}

#[test]
fn what_openssl_says_of_its_own_trust_is_left_behind() {
    let one = read(BOTH.as_bytes()).unwrap().swap_remove(0);
    assert_eq!(read(TRUSTED.as_bytes()).unwrap(), [one]);
}

#[test]
fn a_private_key_in_whatever_form_is_refused_with_all_that_stands_beside_it() {
    let (ca, key) = (Ca::new("One"), KeyPair::generate().unwrap());
    let section = |label: &str| format!("{}-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n", ca.pem);
    for label in [
        "PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "DSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ] {
        assert_eq!(fault(section(label)), CaFault::PrivateKey, "{label}");
        let wide: Vec<u8> = section(label).encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(fault([&[0xff, 0xfe], &wide[..]].concat()), CaFault::PrivateKey, "{label}");
    }
    // As mitmproxy keeps them together.
    assert_eq!(fault(format!("{}{}", key.serialize_pem(), ca.pem)), CaFault::PrivateKey);
    let cut = key.serialize_pem().replace("-----END PRIVATE KEY-----", "");
    assert_eq!(fault(cut), CaFault::PrivateKey, "nor is a damaged one overlooked");
    assert_eq!(fault("PuTTY-User-Key-File-3: ssh-ed25519"), CaFault::PrivateKey);

    assert_eq!(fault(key.serialize_der()), CaFault::PrivateKey);
    let number = value(INTEGER, &[1]);
    assert_eq!(fault(value(SEQUENCE, &number.repeat(9))), CaFault::PrivateKey, "PKCS#1");
    assert_eq!(fault(value(SEQUENCE, &number.repeat(6))), CaFault::PrivateKey, "DSA");
    let sec1 = [number, value(OCTETS, &[7; 32])].concat();
    assert_eq!(fault(value(SEQUENCE, &sec1)), CaFault::PrivateKey, "SEC 1");
    for encrypted in [ENCRYPTED, ENCRYPTED_THE_OLD_WAY] {
        assert_eq!(fault(STANDARD.decode(encrypted).unwrap()), CaFault::PrivateKey);
        let labelled = format!("-----BEGIN CERTIFICATE-----\n{encrypted}\n-----END CERTIFICATE-----\n");
        assert_eq!(fault(labelled), CaFault::PrivateKey, "under a wrong label");
    }
}

#[test]
fn a_pkcs12_file_is_called_by_its_name() {
    let fault = fault(STANDARD.decode(PKCS12).unwrap());
    assert_eq!(fault, CaFault::Pkcs12);
    assert!(fault.to_string().contains("PKCS#12"));
}

#[test]
fn what_is_no_certificate_says_so() {
    let key = KeyPair::generate().unwrap();
    let public = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(key.public_key_raw())
    );
    let request = rcgen::CertificateParams::default().serialize_request(&key).unwrap();
    for bytes in [
        &b""[..],
        b"hello",
        b"0 is how this text begins",
        b"\xff\xfe",
        b"\xff\xfe\x00",
        b"<html><title>mitm.it</title></html>",
        &value(SEQUENCE, b""),
        public.as_bytes(),
        request.pem().unwrap().as_bytes(),
        request.der(),
    ] {
        assert_eq!(fault(bytes), CaFault::NoCertificate, "{}", bytes.escape_ascii());
    }
}

#[test]
fn what_is_damaged_says_so_and_nothing_in_it_is_used() {
    let ca = Ca::new("One");
    let (half, _) = ca.pem.split_at(ca.pem.len() / 2);
    let section =
        |contents: &str| format!("-----BEGIN CERTIFICATE-----\n{contents}\n-----END CERTIFICATE-----\n");
    let longer = section(&STANDARD.encode([ca.der.as_ref(), &[0]].concat()));
    for text in [half, &section("AAAA"), &section("MAAw"), &section("!!!"), &section(""), &longer] {
        assert!(matches!(fault(text), CaFault::Corrupt(_)), "{text}");
        assert!(matches!(fault(format!("{}{text}", ca.pem)), CaFault::Corrupt(_)), "{text}");
    }
    // Of the shape of a certificate, and none.
    let shape = value(SEQUENCE, b"\x30\x00\x30\x00\x03\x01\x00");
    assert!(matches!(fault(section(&STANDARD.encode(shape))), CaFault::Corrupt(_)));
}

#[test]
fn a_file_that_is_too_large_is_not_looked_at() {
    const LIMIT: usize = 4 << 20;
    let pem = Ca::new("One").pem;
    let filled = |length: usize| format!("{pem}{}", " ".repeat(length - pem.len()));
    assert_eq!(read(filled(LIMIT).as_bytes()).unwrap().len(), 1);
    assert_eq!(fault(filled(LIMIT + 1)), CaFault::TooLarge { limit: LIMIT });
}

/// Pieces of which something may be made that looks like a file.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let ca = Ca::new("A piece");
    let known = [
        b"-----BEGIN CERTIFICATE-----\n".to_vec(),
        b"\n-----END CERTIFICATE-----\n".to_vec(),
        b"-----BEGIN PKCS7-----\n".to_vec(),
        b"\n-----END PKCS7-----\r\n".to_vec(),
        b"\xff\xfe".to_vec(),
        b"\x30\x80".to_vec(),
        b"\x30\x84\xff\xff\xff\xff".to_vec(),
        b"\xa0\x80".to_vec(),
        b"\0\0".to_vec(),
        SIGNED_DATA.to_vec(),
        ca.pem.clone().into_bytes(),
        ca.der.to_vec(),
        STANDARD.encode(&ca.der).into_bytes(),
        STANDARD.decode(ENCRYPTED).unwrap(),
        BOTH.as_bytes().to_vec(),
    ];
    prop_oneof![proptest::sample::select(known.to_vec()), proptest::collection::vec(any::<u8>(), 0..40)]
}

proptest! {
    #[test]
    fn no_bytes_whatever_bring_the_reader_down(
        pieces in proptest::collection::vec(piece(), 0..8),
        cut in any::<proptest::sample::Index>(),
        flip in any::<proptest::sample::Index>(),
        to in any::<u8>(),
    ) {
        let mut bytes = pieces.concat();
        if !bytes.is_empty() {
            let place = flip.index(bytes.len());
            bytes[place] = to;
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        for certificate in read(&bytes).unwrap_or_default() {
            let _ = crate::ca::look(&certificate, now());
            let _ = crate::ca::lacking(std::slice::from_ref(&certificate));
            let _ = crate::ca::signs(&certificate, std::slice::from_ref(&certificate));
        }
    }

    #[test]
    fn a_damaged_certificate_is_looked_at_without_harm(place in any::<proptest::sample::Index>(), to in any::<u8>()) {
        for pem in [BOTH, TRUSTED, super::fixtures::LIMITED, super::fixtures::PSS, super::fixtures::P521] {
            for certificate in read(pem.as_bytes()).unwrap() {
                let mut bytes = certificate.to_vec();
                let place = place.index(bytes.len());
                bytes[place] = to;
                let damaged = CertificateDer::from(bytes);
                let _ = crate::ca::look(&damaged, now());
                let _ = crate::ca::lacking(&[damaged.clone(), certificate.clone()]);
                let _ = crate::ca::signs(&certificate, &[damaged.clone(), certificate.clone()]);
                let _ = crate::ca::signs(&damaged, std::slice::from_ref(&certificate));
            }
        }
    }

    #[test]
    fn what_is_written_as_pem_is_read_as_it_was(
        names in proptest::collection::vec("[a-z\u{e9}\u{4e2d}]{1,12}", 1..4),
        around in "[a-zA-Z0-9 .,#\u{4e2d}\n]{0,60}",
    ) {
        let written: Vec<CertificateDer<'static>> = names.iter().map(|name| Ca::new(name).der).collect();
        let text: String = written.iter().map(|certificate| format!("{around}\n{}", pem(certificate))).collect();
        prop_assert_eq!(read(text.as_bytes()).unwrap(), written);
    }
}

#[test]
fn a_certificate_is_written_as_others_write_it() {
    let ca = Ca::new("One");
    assert_eq!(pem(&ca.der), ca.pem.replace("\r\n", "\n"));
}
