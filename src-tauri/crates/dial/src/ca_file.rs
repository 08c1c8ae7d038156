use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use crate::certificate::{self, date};
use crate::text;

/// Something about the trusted roots that needs attention. The roots without a problem are trusted all the same.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RootsProblem {
    /// The file cannot be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// The file is far larger than any bundle of certificates.
    #[error("{}: the file is larger than {limit} bytes; is it a bundle of CA certificates?", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The largest size read, in bytes.
        limit: u64,
    },
    /// The file holds a private key, so nothing in it is used.
    #[error("{}: the file holds a private key; give the CA's certificate alone, and keep the key to its owner", path.display())]
    PrivateKey {
        /// The file.
        path: PathBuf,
    },
    /// The file holds no certificate.
    #[error("{}: no certificate is in this file; a PEM or DER certificate is needed", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged, so nothing in it is used.
    #[error("{}: the file is damaged: {reason}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The certificate may not sign others.
    #[error("{}: \"{subject}\" is not a CA certificate; give the certificate of the one who signed it", path.display())]
    NotCa {
        /// The file.
        path: PathBuf,
        /// Whom the certificate names.
        subject: String,
    },
    /// The CA has expired.
    #[error("{}: the CA \"{subject}\" expired on {}", path.display(), date(*not_after))]
    Expired {
        /// The file.
        path: PathBuf,
        /// Whom the certificate names.
        subject: String,
        /// When it expired.
        not_after: SystemTime,
    },
    /// The operating system's own roots could not be read, wholly or in part.
    #[error("the system's root certificates: {reason}")]
    System {
        /// What went wrong.
        reason: String,
    },
}

impl RootsProblem {
    /// The file it is about; none where it is the system's store.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::System { .. } => None,
            Self::Unreadable { path, .. }
            | Self::TooLarge { path, .. }
            | Self::PrivateKey { path }
            | Self::Corrupt { path, .. }
            | Self::NoCertificate { path }
            | Self::NotCa { path, .. }
            | Self::Expired { path, .. } => Some(path),
        }
    }
}

/// The CA certificates of a PEM or DER file, and what was refused.
pub(crate) fn read(path: &Path, now: SystemTime) -> (Vec<CertificateDer<'static>>, Vec<RootsProblem>) {
    let certificates = match contents(path).and_then(|bytes| certificates(path, bytes)) {
        Ok(certificates) => certificates,
        Err(problem) => return (Vec::new(), vec![problem]),
    };
    let mut problems = Vec::new();
    let mut trusted = certificates;
    trusted.retain(|certificate| match judge(path, certificate, now) {
        Ok(()) => true,
        Err(problem) => {
            problems.push(problem);
            false
        }
    });
    (trusted, problems)
}

fn contents(path: &Path) -> Result<Vec<u8>, RootsProblem> {
    const LIMIT: u64 = 4 << 20;
    let unreadable = |reason: String| RootsProblem::Unreadable { path: path.to_owned(), reason };
    let about = path.metadata().map_err(|error| unreadable(error.to_string()))?;
    // Opening a pipe would wait for whoever writes into it.
    if !about.is_file() {
        return Err(unreadable("not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > LIMIT {
        return Err(RootsProblem::TooLarge { path: path.to_owned(), limit: LIMIT });
    }
    Ok(bytes)
}

fn certificates(path: &Path, bytes: Vec<u8>) -> Result<Vec<CertificateDer<'static>>, RootsProblem> {
    // The PEM reader steps over kinds of keys it does not know (encrypted, OpenSSH, DSA), so the words are looked for.
    if contains(&bytes, b"PRIVATE KEY-----") || PrivateKeyDer::try_from(&*bytes).is_ok() {
        return Err(RootsProblem::PrivateKey { path: path.to_owned() });
    }
    if contains(&bytes, b"-----BEGIN ") {
        let certificates =
            CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, _>>().map_err(|error| {
                RootsProblem::Corrupt { path: path.to_owned(), reason: text::line(&error.to_string()) }
            })?;
        if !certificates.is_empty() {
            return Ok(certificates);
        }
    } else if X509Certificate::from_der(&bytes).is_ok() {
        return Ok(vec![CertificateDer::from(bytes)]);
    }
    Err(RootsProblem::NoCertificate { path: path.to_owned() })
}

fn judge(path: &Path, certificate: &CertificateDer<'_>, now: SystemTime) -> Result<(), RootsProblem> {
    let path = path.to_owned();
    let certificate = match X509Certificate::from_der(certificate) {
        Ok(([], certificate)) => certificate,
        Ok(_) => {
            return Err(RootsProblem::Corrupt { path, reason: "bytes follow the certificate".to_owned() });
        }
        Err(error) => return Err(RootsProblem::Corrupt { path, reason: text::line(&error.to_string()) }),
    };
    let subject = certificate::name(certificate.subject());
    let may_sign = !matches!(certificate.key_usage(), Ok(Some(usage)) if !usage.value.key_cert_sign());
    if !certificate.is_ca() || !may_sign {
        return Err(RootsProblem::NotCa { path, subject });
    }
    let not_after = certificate::time(certificate.validity().not_after.timestamp());
    if not_after < now {
        return Err(RootsProblem::Expired { path, subject, not_after });
    }
    Ok(())
}

fn contains(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}
