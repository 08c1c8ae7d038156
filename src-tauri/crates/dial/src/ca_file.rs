use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use crate::ca::{self, CaFault, LARGEST};
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
    /// The file holds no certificate that can be used, or what must not be used.
    #[error("{}: {fault}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: CaFault,
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
            | Self::Unusable { path, .. }
            | Self::NotCa { path, .. }
            | Self::Expired { path, .. } => Some(path),
        }
    }

    /// A file with a certificate that cannot be used.
    pub(crate) fn corrupt(path: &Path, reason: &str) -> Self {
        Self::Unusable { path: path.to_owned(), fault: CaFault::Corrupt(text::line(reason)) }
    }
}

/// The CA certificates of a file, and what was refused.
pub(crate) fn read(path: &Path, now: SystemTime) -> (Vec<CertificateDer<'static>>, Vec<RootsProblem>) {
    let certificates = match contents(path).and_then(|bytes| certificates(path, &bytes)) {
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

/// One more byte than is allowed, so that a larger file is known for what it is.
fn contents(path: &Path) -> Result<Vec<u8>, RootsProblem> {
    let unreadable = |reason: String| RootsProblem::Unreadable { path: path.to_owned(), reason };
    let about = path.metadata().map_err(|error| unreadable(error.to_string()))?;
    // Opening a pipe would wait for whoever writes into it.
    if !about.is_file() {
        return Err(unreadable("not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(error.to_string()))?;
    Ok(bytes)
}

fn certificates(path: &Path, bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, RootsProblem> {
    ca::read(bytes).map_err(|fault| RootsProblem::Unusable { path: path.to_owned(), fault })
}

fn judge(path: &Path, certificate: &CertificateDer<'_>, now: SystemTime) -> Result<(), RootsProblem> {
    let (_, certificate) = X509Certificate::from_der(certificate)
        .map_err(|error| RootsProblem::corrupt(path, &error.to_string()))?;
    let path = path.to_owned();
    let subject = certificate::name(certificate.subject());
    if !ca::may_sign(&certificate) {
        return Err(RootsProblem::NotCa { path, subject });
    }
    let not_after = certificate::time(certificate.validity().not_after.timestamp());
    if not_after < now {
        return Err(RootsProblem::Expired { path, subject, not_after });
    }
    Ok(())
}
