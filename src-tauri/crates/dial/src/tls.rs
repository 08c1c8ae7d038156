use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::cause::Cause;
use crate::limit::Limit;
use crate::recorder::Seen;
use crate::refusal;
use crate::roots::{self, Peer, Roots};
use crate::text;
use crate::trace::Fault;

/// Encrypts a connection, and writes down whom it met, trusted or not.
pub(crate) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    roots: &Arc<Roots>,
    peer: Peer,
    name: ServerName<'static>,
    carrier: S,
    limit: Limit,
    chain: &mut Vec<CertificateDer<'static>>,
) -> Result<TlsStream<S>, Cause> {
    let seen = Arc::new(Seen::default());
    let attempt = async {
        let trust = roots::current(roots, peer).await?;
        let connector = TlsConnector::from(trust.config(&seen));
        Ok((trust.has_roots(), connector.connect(name, carrier).await))
    };
    let ended = limit.hold(attempt).await;
    *chain = seen.take();
    let cause = match ended {
        Ok(Ok((_, Ok(stream)))) => return Ok(stream),
        Ok(Ok((has_roots, Err(error)))) => match cause(&error, chain, limit.allowed()) {
            // Not for anything that is the matter with this server.
            Cause::UntrustedIssuer { .. } | Cause::SelfSigned { .. } if !has_roots => Cause::NoRoots,
            cause => cause,
        },
        Ok(Err(cause)) | Err(cause) => cause,
    };
    if matches!(cause, Cause::UntrustedIssuer { .. } | Cause::SelfSigned { .. }) {
        roots.doubt();
    }
    Err(cause)
}

fn cause(error: &io::Error, chain: &[CertificateDer<'_>], deadline: Duration) -> Cause {
    use rustls::Error as Tls;
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Tls>()) {
        None => Cause::of_fault(Fault::from(error), deadline),
        Some(Tls::InvalidCertificate(error)) => refusal::certificate_cause(error, chain),
        Some(Tls::AlertReceived(alert)) => Cause::Alert(format!("{alert:?}")),
        // Records that make no sense before any certificate has come: the peer talks something else.
        Some(Tls::InvalidMessage(_)) if chain.is_empty() => Cause::NotTls,
        Some(error) => Cause::Handshake(text::line(&error.to_string())),
    }
}
