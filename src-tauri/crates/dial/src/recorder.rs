use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

/// Writes down the chain a peer presents, and leaves every judgement to the verifier it wraps: what that one refuses is
/// refused, and without one everybody is. One recorder serves one handshake.
#[derive(Debug)]
pub(crate) struct Recorder {
    verifier: Option<Arc<WebPkiServerVerifier>>,
    moment: Option<Moment>,
    seen: Arc<Seen>,
}

/// Another time than now, at which one host's certificates are judged. Those of any other, such as a proxy that has our
/// credentials, are judged now.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) host: ServerName<'static>,
    pub(crate) time: UnixTime,
}

/// The chain of one handshake: empty until the peer has presented it.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Vec<CertificateDer<'static>>>);

impl Recorder {
    pub(crate) fn new(verifier: Option<Arc<WebPkiServerVerifier>>, seen: Arc<Seen>) -> Self {
        Self { verifier, moment: None, seen }
    }

    fn verifier(&self) -> Result<&WebPkiServerVerifier, Error> {
        self.verifier.as_deref().ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))
    }

    /// The same, judging one host at another time.
    pub(crate) fn danger_at(self, moment: Option<Moment>) -> Self {
        Self { moment, ..self }
    }
}

impl Seen {
    pub(crate) fn take(&self) -> Vec<CertificateDer<'static>> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, leaf: &CertificateDer<'_>, others: &[CertificateDer<'_>]) {
        let chain =
            std::iter::once(leaf).chain(others).map(|certificate| certificate.clone().into_owned()).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = chain;
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.seen.keep(end_entity, intermediates);
        let moved = self.moment.as_ref().filter(|moment| moment.host == *server_name);
        let now = moved.map_or(now, |moment| moment.time);
        self.verifier()?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier()?.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier()?.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
