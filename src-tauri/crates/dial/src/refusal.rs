use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{CertificateError, Error};

use crate::cause::Cause;
use crate::certificate::{End, Names};
use crate::text;

/// Why a chain was refused, from what the verifier says and from the chain itself.
pub(crate) fn cause(error: &Error, chain: &[CertificateDer<'_>]) -> Cause {
    match error {
        Error::InvalidCertificate(error) => certificate_cause(error, chain),
        error => Cause::BadCertificate(text::line(&error.to_string())),
    }
}

/// The same, of an error that is known to be about a certificate.
pub(crate) fn certificate_cause(error: &CertificateError, chain: &[CertificateDer<'_>]) -> Cause {
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
                Cause::UntrustedIssuer { issuer: End::of(chain).map_or(leaf.issuer, |end| end.issuer) }
            }
            _ => Cause::BadCertificate(text::line(&error.to_string())),
        },
    }
}

/// webpki writes names as `DnsName("example.com")` and `IpAddress(127.0.0.1)`, and the address `::1` as `0::1`.
fn readable(presented: &[String]) -> Vec<String> {
    let inside = |name: &str| {
        let name = name.split_once('(').map_or(name, |(_, rest)| rest.trim_end_matches(')'));
        let name = name.trim_matches('"');
        name.parse::<IpAddr>().map_or_else(|_| text::line(name), |address| address.to_string())
    };
    presented.iter().map(|name| inside(name)).collect()
}

fn time(time: UnixTime) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(time.as_secs())
}
