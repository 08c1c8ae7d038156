//! CA certificates: made here, and by OpenSSL.

mod asking;
mod fixtures;
mod looking;
mod reading;
mod roads;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::{Ca, Identity, ca_params, dialer, file, leaf_params, origin, server};

/// A day on which every certificate of these tests is valid that is not made otherwise: 2030-01-01.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_893_456_000)
}

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}
