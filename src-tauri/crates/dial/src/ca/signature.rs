//! How certificates are signed, and by whom.

use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::key;

/// A way to sign.
pub(super) struct Algorithm {
    /// In words: `SHA-256 with RSA`. Of a kind that is not known here, its object identifier.
    pub(super) words: String,
    /// Whether it can be forged.
    pub(super) weak: bool,
}

/// By their object identifiers, with whether they can be forged.
const ALGORITHMS: [(&str, &str, bool); 21] = [
    ("1.2.840.113549.1.1.2", "MD2 with RSA", true),
    ("1.2.840.113549.1.1.3", "MD4 with RSA", true),
    ("1.2.840.113549.1.1.4", "MD5 with RSA", true),
    ("1.2.840.113549.1.1.5", "SHA-1 with RSA", true),
    ("1.3.14.3.2.29", "SHA-1 with RSA", true),
    ("1.2.840.113549.1.1.14", "SHA-224 with RSA", false),
    ("1.2.840.113549.1.1.11", "SHA-256 with RSA", false),
    ("1.2.840.113549.1.1.12", "SHA-384 with RSA", false),
    ("1.2.840.113549.1.1.13", "SHA-512 with RSA", false),
    ("1.2.840.10040.4.3", "SHA-1 with DSA", true),
    ("2.16.840.1.101.3.4.3.1", "SHA-224 with DSA", false),
    ("2.16.840.1.101.3.4.3.2", "SHA-256 with DSA", false),
    ("1.2.840.10045.4.1", "SHA-1 with ECDSA", true),
    ("1.2.840.10045.4.3.1", "SHA-224 with ECDSA", false),
    ("1.2.840.10045.4.3.2", "SHA-256 with ECDSA", false),
    ("1.2.840.10045.4.3.3", "SHA-384 with ECDSA", false),
    ("1.2.840.10045.4.3.4", "SHA-512 with ECDSA", false),
    ("1.3.101.112", "Ed25519", false),
    ("1.3.101.113", "Ed448", false),
    ("1.2.156.10197.1.501", "SM3 with SM2", false),
    ("1.2.156.10197.1.504", "SM3 with RSA", false),
];

/// RSA with PSS, which names its hash apart.
const PSS: &str = "1.2.840.113549.1.1.10";

/// The hashes that PSS is used with, with the length of what they make in bytes.
const HASHES: [(&str, &str, u32); 5] = [
    ("1.3.14.3.2.26", "SHA-1", 20),
    ("2.16.840.1.101.3.4.2.4", "SHA-224", 28),
    ("2.16.840.1.101.3.4.2.1", "SHA-256", 32),
    ("2.16.840.1.101.3.4.2.2", "SHA-384", 48),
    ("2.16.840.1.101.3.4.2.3", "SHA-512", 64),
];

impl Algorithm {
    pub(super) fn of(algorithm: &AlgorithmIdentifier<'_>) -> Self {
        let oid = algorithm.algorithm.to_id_string();
        if let Some((_, words, weak)) = ALGORITHMS.iter().find(|known| known.0 == oid) {
            return Self { words: (*words).to_owned(), weak: *weak };
        }
        match pss(algorithm).and_then(|pss| hash(&pss)) {
            Some((_, name, length)) => Self { words: format!("{name} with RSA-PSS"), weak: *length == 20 },
            None => Self { words: oid, weak: false },
        }
    }
}

/// Whether a certificate is signed by this key; `None` where that cannot be told, since nothing here verifies such a
/// signature: Ed448, P-521, a key of more than 8192 bits, and what is rarer still.
pub(crate) fn is_by(certificate: &X509Certificate<'_>, signer: &SubjectPublicKeyInfo<'_>) -> Option<bool> {
    match certificate.verify_signature(Some(signer)) {
        Ok(()) => Some(true),
        Err(X509Error::SignatureVerificationError) if is_within(&certificate.signature_algorithm, signer) => {
            Some(false)
        }
        Err(_) => None,
    }
}

/// Whether *ring* takes such a key and such parameters at all: to what it does not take it says the same as to a signature
/// that is wrong.
fn is_within(algorithm: &AlgorithmIdentifier<'_>, key: &SubjectPublicKeyInfo<'_>) -> bool {
    const UNCOMPRESSED: u8 = 4;
    const LONGEST_EXPONENT: u64 = (1 << 33) - 1;
    if let Some(rsa) = key::rsa(key) {
        let length = key::rsa_bits(key).is_some_and(|bits| (2048..=8192).contains(&bits));
        let exponent = rsa.try_exponent().is_ok_and(|exponent| (3..=LONGEST_EXPONENT).contains(&exponent));
        return length && exponent && pss(algorithm).is_none_or(|pss| is_usual(&pss));
    }
    let named_curve = key.algorithm.parameters.is_some();
    !named_curve || key.subject_public_key.data.first() == Some(&UNCOMPRESSED)
}

/// Whether PSS is used as TLS uses it: with one hash, and a salt as long as what that makes.
fn is_usual(pss: &RsaSsaPssParams<'_>) -> bool {
    let salted = hash(pss).is_some_and(|(_, _, length)| pss.salt_length() == *length);
    salted && pss.mask_gen_algorithm().is_ok_and(|mask| mask.hash == *pss.hash_algorithm_oid())
}

fn pss<'a>(algorithm: &AlgorithmIdentifier<'a>) -> Option<RsaSsaPssParams<'a>> {
    if algorithm.algorithm.to_id_string() != PSS {
        return None;
    }
    algorithm.parameters.as_ref().and_then(|parameters| RsaSsaPssParams::try_from(parameters).ok())
}

fn hash(pss: &RsaSsaPssParams<'_>) -> Option<&'static (&'static str, &'static str, u32)> {
    let oid = pss.hash_algorithm_oid().to_id_string();
    HASHES.iter().find(|hash| hash.0 == oid)
}
