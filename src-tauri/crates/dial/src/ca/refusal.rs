use std::time::SystemTime;

use x509_parser::certificate::X509Certificate;

use super::{key, signature};
use crate::certificate;

/// Why a certificate is not to be trusted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// It is a host's own, or may not sign others.
    NotCa,
    /// It is a CA that another one signed.
    NotRoot,
    /// It has expired.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// Its key can be broken: RSA of less than 2048 bits, a curve that nobody uses any more, DSA.
    WeakKey,
    /// Its signature can be forged: MD5, SHA-1.
    WeakSignature,
    /// It says that it signed itself, and has not.
    BadSignature,
}

impl Refusal {
    /// The first reason, in the order in which they stand above. A signature of a kind that cannot be verified here is
    /// none: whoever trusts a root trusts its key, and the signature adds nothing to that.
    pub(super) fn of(certificate: &X509Certificate<'_>, now: SystemTime) -> Option<Self> {
        let validity = certificate.validity();
        let at = |time: x509_parser::time::ASN1Time| certificate::time(time.timestamp());
        if !may_sign(certificate) {
            Some(Self::NotCa)
        } else if certificate.subject().as_raw() != certificate.issuer().as_raw() {
            Some(Self::NotRoot)
        } else if at(validity.not_after) < now {
            Some(Self::Expired)
        } else if now < at(validity.not_before) {
            Some(Self::NotYetValid)
        } else if key::Key::of(certificate.public_key()).weak {
            Some(Self::WeakKey)
        } else if signature::Algorithm::of(&certificate.signature_algorithm).weak {
            Some(Self::WeakSignature)
        } else if signature::is_by(certificate, certificate.public_key()) == Some(false) {
            Some(Self::BadSignature)
        } else {
            None
        }
    }
}

/// Whether a certificate is a CA's, and no limit to its key's use says otherwise.
pub(crate) fn may_sign(certificate: &X509Certificate<'_>) -> bool {
    certificate.is_ca() && !matches!(certificate.key_usage(), Ok(Some(usage)) if !usage.value.key_cert_sign())
}
