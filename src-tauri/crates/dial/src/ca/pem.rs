use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use x509_parser::pem::Pem;

use super::asn1::{self, Value};
use super::fault::CaFault;
use super::file::owned;
use crate::text;

/// A certificate in PEM, as RFC 7468 writes it.
pub fn pem(certificate: &CertificateDer<'_>) -> String {
    const WIDTH: usize = 64;
    let encoded = STANDARD.encode(certificate);
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    let mut left = encoded.as_str();
    while !left.is_empty() {
        let (line, rest) = left.split_at(left.len().min(WIDTH));
        pem.push_str(line);
        pem.push('\n');
        left = rest;
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

/// The certificates of a text, in its order. Sections of other kinds are stepped over, private keys aside.
pub(super) fn sections(text: &str) -> Result<Vec<CertificateDer<'static>>, CaFault> {
    // The words are looked for and not the sections, so that a key in a form of which nobody has thought, or in a damaged
    // section, is found, too.
    if PRIVATE.iter().any(|words| text.contains(words)) {
        return Err(CaFault::PrivateKey);
    }
    // The reader wants each marker at the beginning of a line, without a mark of the byte order or an indent before it.
    let lines: Vec<&str> = text
        .split(['\n', '\r'])
        .map(|line| line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'))
        .collect();
    let mut found = Vec::new();
    for section in Pem::iter_from_buffer(lines.join("\n").as_bytes()) {
        let Pem { label, contents } =
            section.map_err(|error| CaFault::Corrupt(text::line(&error.to_string())))?;
        if HOLD_CERTIFICATES.contains(&label.as_str()) {
            found.extend(of_section(&label, &contents)?);
        }
    }
    Ok(found)
}

/// What holds certificates, by the names of RFC 7468 and of OpenSSL before and beside it.
const HOLD_CERTIFICATES: [&str; 6] =
    ["CERTIFICATE", "X509 CERTIFICATE", TRUSTED, "PKCS7", "CMS", "PKCS #7 SIGNED DATA"];

/// A certificate, followed by what OpenSSL is to trust it for.
const TRUSTED: &str = "TRUSTED CERTIFICATE";

/// PKCS#1, PKCS#8, SEC 1 and OpenSSH; PGP; the SSH of RFC 4716's authors; PuTTY.
const PRIVATE: [&str; 4] =
    ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----", "PRIVATE KEY ----", "PuTTY-User-Key-File-"];

fn of_section(label: &str, contents: &[u8]) -> Result<Vec<CertificateDer<'static>>, CaFault> {
    let damaged = |what: &str| CaFault::Corrupt(format!("what stands under {label} {what}"));
    let (value, rest) = asn1::value(contents).ok_or_else(|| damaged("is none"))?;
    if !rest.is_empty() && label != TRUSTED {
        return Err(damaged("is followed by other bytes"));
    }
    match value {
        Value::Certificate(certificate) => Ok(vec![owned(certificate)]),
        Value::Signed(certificates) => Ok(certificates.into_iter().map(owned).collect()),
        Value::PrivateKey => Err(CaFault::PrivateKey),
        Value::Pkcs12 => Err(CaFault::Pkcs12),
        Value::Other => Err(damaged("is none")),
    }
}
