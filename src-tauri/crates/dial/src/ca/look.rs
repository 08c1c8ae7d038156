use std::time::SystemTime;

use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::constraints;
use super::key::Key;
use super::refusal::Refusal;
use super::signature::Algorithm;
use crate::certificate::{Described, describe};
use crate::interceptor::{self, Interceptor};

/// A certificate, looked at as one that may come to sign others.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// What it says.
    pub described: Described,
    /// Its key: `RSA 2048`, `ECDSA P-256`.
    pub key: String,
    /// How it is signed: `SHA-256 with RSA`.
    pub signature: String,
    /// How many CAs may stand between it and a host, where it is limited.
    pub path_length: Option<u32>,
    /// The names it may sign for, where it is limited.
    pub permitted: Vec<String>,
    /// What made it, where its names tell.
    pub interceptor: Option<Interceptor>,
    /// Why it is not to be trusted; the first reason in the order of [`Refusal`].
    pub refusal: Option<Refusal>,
}

/// Looks at a certificate; `None` where it cannot be read.
pub fn look(certificate: &CertificateDer<'_>, now: SystemTime) -> Option<Looked> {
    let described = describe(certificate)?;
    let (_, read) = X509Certificate::from_der(certificate).ok()?;
    let limits = read.basic_constraints().ok().flatten();
    Some(Looked {
        described,
        key: Key::of(read.public_key()).words,
        signature: Algorithm::of(&read.signature_algorithm).words,
        path_length: limits.and_then(|limits| limits.value.path_len_constraint),
        permitted: constraints::permitted(&read),
        interceptor: if read.is_ca() {
            interceptor::of_ca(&read)
        } else {
            interceptor::of(std::slice::from_ref(certificate))
        },
        refusal: Refusal::of(&read, now),
    })
}
