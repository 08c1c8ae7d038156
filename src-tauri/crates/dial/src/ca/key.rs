use x509_parser::prelude::FromDer;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// The key of a certificate.
pub(super) struct Key {
    /// In words: `RSA 2048`, `ECDSA P-256`. Of a kind that is not known here, its object identifier.
    pub(super) words: String,
    /// Whether it can be broken, or nobody looks after it any more.
    pub(super) weak: bool,
}

/// RSA; RSA for PSS alone.
const RSA: [&str; 2] = ["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"];
const EC: &str = "1.2.840.10045.2.1";
const DSA: &str = "1.2.840.10040.4.1";
const ED25519: &str = "1.3.101.112";
const ED448: &str = "1.3.101.113";
/// What the CAs and browsers agreed on in 2013.
const LEAST_RSA: u32 = 2048;

/// Curves by their object identifiers, and whether they are among those of TLS 1.3 (RFC 8446 §4.2.3).
const CURVES: [(&str, &str, bool); 9] = [
    ("1.2.840.10045.3.1.7", "P-256", true),
    ("1.3.132.0.34", "P-384", true),
    ("1.3.132.0.35", "P-521", true),
    ("1.2.840.10045.3.1.1", "P-192", false),
    ("1.3.132.0.33", "P-224", false),
    ("1.3.132.0.10", "secp256k1", false),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", false),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", false),
    ("1.2.156.10197.1.301", "SM2", false),
];

impl Key {
    pub(super) fn of(key: &SubjectPublicKeyInfo<'_>) -> Self {
        let algorithm = key.algorithm.algorithm.to_id_string();
        match algorithm.as_str() {
            oid if RSA.contains(&oid) => match rsa_bits(key) {
                Some(bits) => Self { words: format!("RSA {bits}"), weak: bits < LEAST_RSA },
                None => Self { words: "RSA".to_owned(), weak: true },
            },
            EC => curve(key),
            DSA => Self { words: "DSA".to_owned(), weak: true },
            ED25519 => Self { words: "Ed25519".to_owned(), weak: false },
            ED448 => Self { words: "Ed448".to_owned(), weak: false },
            // Newer than this list, as a rule.
            _ => Self { words: algorithm, weak: false },
        }
    }
}

/// The length of an RSA key; `None` of every other kind.
pub(super) fn rsa_bits(key: &SubjectPublicKeyInfo<'_>) -> Option<u32> {
    let rsa = rsa(key)?;
    let leading = rsa.modulus.iter().take_while(|byte| **byte == 0).count();
    let significant = &rsa.modulus[leading..];
    let first = significant.first()?;
    u32::try_from(significant.len()).ok()?.checked_mul(8)?.checked_sub(first.leading_zeros())
}

pub(super) fn rsa<'a>(key: &'a SubjectPublicKeyInfo<'_>) -> Option<RSAPublicKey<'a>> {
    if !RSA.contains(&key.algorithm.algorithm.to_id_string().as_str()) {
        return None;
    }
    RSAPublicKey::from_der(&key.subject_public_key.data).ok().map(|(_, rsa)| rsa)
}

fn curve(key: &SubjectPublicKeyInfo<'_>) -> Key {
    let named = key.algorithm.parameters.as_ref().and_then(|named| named.as_oid().ok());
    let Some(oid) = named.map(|oid| oid.to_id_string()) else {
        return Key { words: "ECDSA".to_owned(), weak: true };
    };
    match CURVES.iter().find(|curve| curve.0 == oid) {
        Some((_, name, in_use)) => Key { words: format!("ECDSA {name}"), weak: !in_use },
        None => Key { words: format!("ECDSA {oid}"), weak: true },
    }
}
