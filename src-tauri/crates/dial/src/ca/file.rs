use std::borrow::Cow;

use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::asn1::{self, Value};
use super::fault::CaFault;
use super::pem;

/// The largest file that is read, in bytes. The bundle of all public CAs is a twentieth of it.
pub(crate) const LARGEST: usize = 4 << 20;

/// The certificates in bytes that are PEM (any number of them, with text around), DER or PKCS#7, each once. They are cut
/// out and not judged: [`look`](super::look()) says which of them are CAs.
///
/// # Errors
/// Why there is none, or none to be used.
pub fn read(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, CaFault> {
    if bytes.len() > LARGEST {
        return Err(CaFault::TooLarge { limit: LARGEST });
    }
    let found = match binary(bytes)? {
        Some(found) => found,
        None => pem::sections(&text(bytes))?,
    };
    let mut each = Vec::new();
    for certificate in found {
        if !each.contains(&certificate) {
            each.push(certificate);
        }
    }
    if each.is_empty() {
        return Err(CaFault::NoCertificate);
    }
    if !each.iter().any(|certificate| is_readable(certificate)) {
        return Err(CaFault::Corrupt("what it holds cannot be read as a certificate".to_owned()));
    }
    Ok(each)
}

/// What a file holds that is DER; `None` where it may be text.
fn binary(bytes: &[u8]) -> Result<Option<Vec<CertificateDer<'static>>>, CaFault> {
    let Some((value, rest)) = asn1::value(bytes) else { return Ok(None) };
    let found = match value {
        Value::PrivateKey => return Err(CaFault::PrivateKey),
        Value::Pkcs12 => return Err(CaFault::Pkcs12),
        Value::Certificate(certificate) if is_readable(certificate) => vec![owned(certificate)],
        Value::Signed(certificates) => certificates.into_iter().map(owned).collect(),
        Value::Certificate(_) | Value::Other => return Ok(None),
    };
    if rest.is_empty() { Ok(Some(found)) } else { Err(CaFault::Corrupt("bytes follow its end".to_owned())) }
}

/// A file as text; the clipboard and the shell of Windows write UTF-16.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let characters = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        Cow::Owned(characters.collect())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes),
    }
}

fn is_readable(certificate: &[u8]) -> bool {
    X509Certificate::from_der(certificate).is_ok()
}

pub(super) fn owned(certificate: &[u8]) -> CertificateDer<'static> {
    CertificateDer::from(certificate.to_vec())
}
