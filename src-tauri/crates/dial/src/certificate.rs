//! What a certificate says, in words a person reads.

use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::digest;
use rustls::pki_types::{CertificateDer, UnixTime};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

use crate::ca::signature;
use crate::text;

/// A certificate in words. It says nothing of whether the certificate is to be trusted, and all of it is the word of whoever
/// made it. Texts are cut to one harmless line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Described {
    /// Whom it names: common name, else organisation, else the whole name.
    pub subject: String,
    /// Who signed it, in the same form.
    pub issuer: String,
    /// The SHA-256 of the whole certificate, as macOS prints it: 64 hexadecimal digits, capital, nothing between.
    pub sha256: String,
    /// From when it is valid.
    pub not_before: SystemTime,
    /// Until when it is valid.
    pub not_after: SystemTime,
    /// Whether it may sign others.
    pub is_ca: bool,
    /// Whether subject and issuer are the same.
    pub self_signed: bool,
    /// The hosts it is for: names, and addresses.
    pub names: Vec<String>,
}

/// Describes a certificate; `None` where it cannot be read.
pub fn describe(certificate: &CertificateDer<'_>) -> Option<Described> {
    let (not_before, not_after) = validity(certificate)?;
    let sha256 = digest::digest(&digest::SHA256, certificate);
    let (_, read) = X509Certificate::from_der(certificate).ok()?;
    Some(Described {
        subject: name(read.subject()),
        issuer: name(read.issuer()),
        sha256: sha256.as_ref().iter().map(|byte| format!("{byte:02X}")).collect(),
        not_before,
        not_after,
        is_ca: read.is_ca(),
        self_signed: read.subject().as_raw() == read.issuer().as_raw(),
        names: names(certificate),
    })
}

/// The hosts a certificate is for.
pub(crate) fn names(certificate: &CertificateDer<'_>) -> Vec<String> {
    let Ok((_, read)) = X509Certificate::from_der(certificate) else { return Vec::new() };
    let Ok(Some(alternative)) = read.subject_alternative_name() else { return Vec::new() };
    let readable = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(text::line(name)),
        GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
        _ => None,
    };
    alternative.value.general_names.iter().filter_map(readable).collect()
}

/// An IP address as certificates hold it.
pub(crate) fn address(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}

/// From when, and until when, a certificate is valid.
pub(crate) fn validity(certificate: &CertificateDer<'_>) -> Option<(SystemTime, SystemTime)> {
    let (_, read) = X509Certificate::from_der(certificate).ok()?;
    let validity = read.validity();
    Some((time(validity.not_before.timestamp()), time(validity.not_after.timestamp())))
}

/// The middle of the time in which every certificate of a chain is valid; of the first one's where there is no such time.
pub(crate) fn middle(chain: &[CertificateDer<'_>]) -> Option<UnixTime> {
    let (leaf, others) = chain.split_first()?;
    let leaf = validity(leaf)?;
    let common = others
        .iter()
        .filter_map(validity)
        .fold(leaf, |(from, until), other| (from.max(other.0), until.min(other.1)));
    let (from, until) = if common.0 <= common.1 { common } else { leaf };
    let seconds = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Some(UnixTime::since_unix_epoch(seconds(from) / 2 + seconds(until) / 2))
}

/// A certificate read for its names. It says nothing of whether the certificate is to be trusted.
pub(crate) struct Names {
    /// Whom it names: common name, else organisation, else the whole name.
    pub(crate) subject: String,
    /// Who signed it, in the same form.
    pub(crate) issuer: String,
    /// Whether subject and issuer are the same.
    pub(crate) issued_by_itself: bool,
}

impl Names {
    pub(crate) fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
        Some(Self {
            subject: name(certificate.subject()),
            issuer: name(certificate.issuer()),
            issued_by_itself: certificate.subject().as_raw() == certificate.issuer().as_raw(),
        })
    }
}

/// The end of a chain, followed upwards as far as it goes.
pub(crate) struct End<'a> {
    /// The last certificate that is there.
    last: X509Certificate<'a>,
    /// Who signed that one, and so would have to be trusted.
    pub(crate) issuer: String,
}

impl<'a> End<'a> {
    /// `None` where there is no chain, or its first certificate cannot be read.
    pub(crate) fn of(chain: &'a [CertificateDer<'_>]) -> Option<Self> {
        let mut read = chain.iter().map(|certificate| X509Certificate::from_der(certificate));
        let (_, mut last) = read.next()?.ok()?;
        let mut others: Vec<_> = read.filter_map(|read| Some(read.ok()?.1)).collect();
        while last.subject().as_raw() != last.issuer().as_raw() {
            // Another key may stand under the same name. Each certificate is taken once, so that two that name each other
            // cannot keep us here.
            let signed = |above: &X509Certificate<'_>| {
                above.subject().as_raw() == last.issuer().as_raw()
                    && signature::is_by(&last, above.public_key()) != Some(false)
            };
            let Some(above) = others.iter().position(signed) else { break };
            last = others.swap_remove(above);
        }
        let issuer = name(last.issuer());
        Some(Self { last, issuer })
    }

    /// Whether the chain holds the certificate of whoever signed at its end.
    pub(crate) fn is_root(&self) -> bool {
        self.last.subject().as_raw() == self.last.issuer().as_raw()
    }

    /// Whether a CA has the name of whoever signed at the end of the chain. Where it is trusted and the chain is not, it
    /// has another key.
    pub(crate) fn is_named(&self, ca: &X509Certificate<'_>) -> bool {
        ca.subject().as_raw() == self.last.issuer().as_raw()
    }
}

/// Common name, else organisation, else the whole name.
pub(crate) fn name(name: &X509Name<'_>) -> String {
    let said = name
        .iter_common_name()
        .chain(name.iter_organization())
        .filter_map(|part| part.as_str().ok())
        .find(|part| !part.trim().is_empty());
    match said {
        Some(said) => text::line(said),
        None if name.iter().next().is_none() => "(no name)".to_owned(),
        None => text::line(&name.to_string()),
    }
}

/// Seconds since 1970 as a point in time.
pub(crate) fn time(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance }
}

/// A point in time as `2026-01-31 23:59 UTC`.
pub fn date(time: SystemTime) -> String {
    let seconds = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(before) => i64::try_from(before.duration().as_secs()).ok().map(|seconds| -seconds),
    };
    match seconds.and_then(|seconds| ASN1Time::from_timestamp(seconds).ok()) {
        None => "a date out of range".to_owned(),
        Some(time) => {
            let time = time.to_datetime();
            let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
            format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", time.hour(), time.minute())
        }
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair};
    use rustls::pki_types::pem::PemObject;

    use super::*;

    /// Made by `openssl req -x509`; what openssl prints of it stands in the test.
    const MADE_BY_OPENSSL: &str = "\
-----BEGIN CERTIFICATE-----
MIIB7jCCAZSgAwIBAgIUdo6rApiL2gJrsoda8qPtzCpc8HowCgYIKoZIzj0EAwIw
LDEWMBQGA1UECgwNTG9uZ3dpcmUgdGVzdDESMBAGA1UEAwwJRGVzY3JpYmVkMB4X
DTI2MTEyMjExMjQzOFoXDTI3MTEyMjExMjQzOFowLDEWMBQGA1UECgwNTG9uZ3dp
cmUgdGVzdDESMBAGA1UEAwwJRGVzY3JpYmVkMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEFf/Iy4X5PF4mR3SpzsiWZAg//lIQ2OZ1X8MFEynq09dvlcvnqabJTIWy
XD7AiboA0i7nn8yovao5eJwDn/aaxaOBkzCBkDAdBgNVHQ4EFgQUT9s7iI3DDN+G
FQEIZdTFazkDWvAwHwYDVR0jBBgwFoAUT9s7iI3DDN+GFQEIZdTFazkDWvAwDwYD
VR0TAQH/BAUwAwEB/zA9BgNVHREENjA0ggtib3QuZXhhbXBsZYINKi5ib3QuZXhh
bXBsZYcECgAAAYcQIAENuAAAAAAAAAAAAAAAATAKBggqhkjOPQQDAgNIADBFAiEA
gDkKshbYSYFVPELQKxYxR2JnQ/DwDWypZXFWPp7kP/4CIHq0Vv2pQrOLpOIC2ggy
HxY5bdJTip6+HjbiLQFVGRHz
-----END CERTIFICATE-----
";

    #[test]
    fn a_certificate_is_described_as_openssl_prints_it() {
        let certificate = CertificateDer::from_pem_slice(MADE_BY_OPENSSL.as_bytes()).unwrap();
        let described = describe(&certificate).unwrap();
        let names = ["bot.example", "*.bot.example", "10.0.0.1", "2001:db8::1"].map(str::to_owned);
        assert_eq!((described.subject.as_str(), described.issuer.as_str()), ("Described", "Described"));
        assert_eq!(described.sha256, "2160CA83383B470436CBDC2936454B5AF1E689C714E5B5129FA22EE4B1BE577C");
        assert_eq!(date(described.not_before), "2026-11-22 11:24 UTC");
        assert_eq!(date(described.not_after), "2027-11-22 11:24 UTC");
        assert_eq!((described.is_ca, described.self_signed, described.names), (true, true, names.to_vec()));
    }

    #[test]
    fn what_a_certificate_says_cannot_write_into_the_page() {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "two\nlines\u{1b}[2J");
        let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let described = describe(made.der()).unwrap();
        assert_eq!(described.subject, "two lines [2J");
        assert!(!described.is_ca && described.names.is_empty());
        assert_eq!(describe(&CertificateDer::from(vec![0x30, 0x00])), None);
    }

    #[test]
    fn a_date_is_written_out() {
        assert_eq!(date(UNIX_EPOCH + Duration::from_secs(1_700_000_000)), "2023-11-14 22:13 UTC");
        assert_eq!(date(UNIX_EPOCH - Duration::from_secs(60)), "1969-12-31 23:59 UTC");
    }
}
