use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::cause::Cause;
use crate::certificate::{Names, last_issuer};
use crate::recorder::Seen;
use crate::roots::{self, Roots};
use crate::text;
use crate::trace::{Fault, Trace};

/// Encrypts a connection, and writes down whom it met, trusted or not.
pub(crate) async fn handshake(
    roots: &Arc<Roots>,
    name: ServerName<'static>,
    tcp: TcpStream,
    deadline: Duration,
    trace: &mut Trace,
) -> Result<TlsStream<TcpStream>, Cause> {
    let seen = Arc::new(Seen::default());
    let attempt = async {
        let trust = roots::current(roots).await?;
        let connector = TlsConnector::from(trust.config(&seen));
        Ok(connector.connect(name, tcp).await)
    };
    let ended = timeout(deadline, attempt).await;
    trace.chain = seen.take();
    trace.issuer = trace.chain.first().and_then(Names::of).map(|names| names.issuer);
    let cause = match ended {
        Ok(Ok(Ok(stream))) => return Ok(stream),
        Ok(Ok(Err(error))) => cause(&error, &trace.chain, deadline),
        Ok(Err(cause)) => cause,
        Err(_) => Cause::TimedOut(deadline),
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
        Some(Tls::InvalidCertificate(error)) => certificate_cause(error, chain),
        Some(Tls::AlertReceived(alert)) => Cause::Alert(format!("{alert:?}")),
        // Records that make no sense before any certificate has come: the peer talks something else.
        Some(Tls::InvalidMessage(_)) if chain.is_empty() => Cause::NotTls,
        Some(error) => Cause::Handshake(text::line(&error.to_string())),
    }
}

fn certificate_cause(error: &CertificateError, chain: &[CertificateDer<'_>]) -> Cause {
    use CertificateError as Refused;
    let leaf = chain.first().and_then(Names::of);
    match error {
        Refused::ExpiredContext { not_after, .. } => Cause::Expired { not_after: time(*not_after) },
        Refused::NotValidYetContext { not_before, .. } => {
            Cause::NotYetValid { not_before: time(*not_before) }
        }
        Refused::NotValidForNameContext { presented, .. } => Cause::WrongHost { names: readable(presented) },
        Refused::Revoked => Cause::Revoked,
        error => match (leaf, error) {
            // Asked of the certificate, not of the error: one that signs itself is also refused for being a CA, or for
            // its version, before anybody asks who signed it.
            (Some(leaf), _) if leaf.issued_by_itself => Cause::SelfSigned { subject: leaf.subject },
            // A bad signature means another key under a trusted name, such as a proxy's CA that was made anew.
            (Some(leaf), Refused::UnknownIssuer | Refused::BadSignature) => {
                Cause::UntrustedIssuer { issuer: last_issuer(chain).unwrap_or(leaf.issuer) }
            }
            _ => Cause::BadCertificate(text::line(&error.to_string())),
        },
    }
}

/// webpki writes names as `DnsName("example.com")` and `IpAddress(127.0.0.1)`.
fn readable(presented: &[String]) -> Vec<String> {
    let inside = |name: &str| {
        let name = name.split_once('(').map_or(name, |(_, rest)| rest.trim_end_matches(')'));
        text::line(name.trim_matches('"'))
    };
    presented.iter().map(|name| inside(name)).collect()
}

fn time(time: UnixTime) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(time.as_secs())
}
