//! CA certificates that somebody may want to trust: how they are read, what they say, and why one is not to be trusted.

use std::time::SystemTime;

use rustls::pki_types::CertificateDer;

use crate::certificate::Described;
use crate::dialer::Dialer;
use crate::error::Error;
use crate::interceptor::Interceptor;
use crate::origin::Origin;

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

/// Why no certificate could be read from bytes.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CaFault {
    /// They are more than any bundle of certificates.
    #[error("it is larger than {limit} bytes; is it a certificate?")]
    TooLarge {
        /// The largest size read, in bytes.
        limit: usize,
    },
    /// They hold a private key, so nothing in them is used.
    #[error("it holds a private key; give the CA's certificate alone, and keep the key to its owner")]
    PrivateKey,
    /// They hold no certificate.
    #[error("no certificate is in it; one in PEM, DER or PKCS#7 is needed")]
    NoCertificate,
    /// They are damaged, so nothing in them is used.
    #[error("it is damaged: {0}")]
    Corrupt(String),
}

/// What the proxy of a road handed out as its CA.
#[derive(Clone, Debug)]
pub struct Page {
    /// The file, as it came.
    pub bytes: Vec<u8>,
    /// The proxy, without credentials.
    pub proxy: String,
}

/// Why a proxy handed out no CA.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PageError {
    /// The road goes straight, or through a proxy that is not asked in HTTP.
    #[error("the road leads through no HTTP proxy")]
    NoProxy,
    /// None of the pages that are known gave a certificate.
    #[error("the proxy {proxy} hands out no CA: {cause}")]
    Nothing {
        /// The proxy, without credentials.
        proxy: String,
        /// What became of the last page.
        cause: String,
    },
}

/// The certificates in bytes that are PEM (any number of them), DER or PKCS#7, each once.
///
/// # Errors
/// Why there is none, or none to be used.
pub fn read(_bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, CaFault> {
    Err(CaFault::NoCertificate)
}

/// Looks at a certificate; `None` where it cannot be read.
pub fn look(_certificate: &CertificateDer<'_>, _now: SystemTime) -> Option<Looked> {
    None
}

/// A certificate in PEM.
pub fn pem(_certificate: &CertificateDer<'_>) -> String {
    String::new()
}

/// Who signed at the end of a chain (the host's own certificate first), where the chain does not hold that certificate.
pub fn lacking(_chain: &[CertificateDer<'_>]) -> Option<String> {
    None
}

/// Whether a chain leads to a CA, by signatures and not by names, the time aside.
pub fn signs(_ca: &CertificateDer<'_>, _chain: &[CertificateDer<'_>]) -> bool {
    false
}

/// The chain that is presented at the end of a road, trusted or not. Nothing is sent there.
///
/// # Errors
/// Why the road does not lead so far.
pub async fn presented(_dialer: &Dialer, _origin: &Origin) -> Result<Vec<CertificateDer<'static>>, Error> {
    Ok(Vec::new())
}

/// Asks the HTTP proxy of the road to an origin for its CA, at the addresses where proxies are known to hand theirs out.
/// Plain HTTP to the proxy: what comes is to be compared with the chain it presents, and by its fingerprint.
///
/// # Errors
/// Why there is none.
pub async fn page(_dialer: &Dialer, _origin: &Origin) -> Result<Page, PageError> {
    Err(PageError::NoProxy)
}
