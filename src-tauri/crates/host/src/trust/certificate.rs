use std::{
    fs::{OpenOptions, Permissions},
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use ring::digest;
use rustls_pki_types::{CertificateDer, pem::PemObject};
use tempfile::TempDir;

use super::{Ca, TrustError};

/// The SHA-256 of a certificate: 64 hexadecimal digits, capital.
pub(crate) fn sha256(certificate: &[u8]) -> String {
    hexadecimal(digest::digest(&digest::SHA256, certificate).as_ref())
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The hashes of the certificates in a text; what is none is passed over.
pub(super) fn hashes(pem: &[u8]) -> Vec<String> {
    CertificateDer::pem_slice_iter(pem).flatten().map(|certificate| sha256(&certificate)).collect()
}

impl Ca {
    /// Whether the text holds the certificate that the hash names, and nothing else: a store would take all of it.
    pub(super) fn check(&self) -> Result<(), TrustError> {
        // Nothing else: no key, either.
        let alone = self.pem.matches("-----BEGIN ").count() == 1;
        if alone && hashes(self.pem.as_bytes()) == [self.sha256.as_str()] {
            Ok(())
        } else {
            Err(TrustError::Mixed)
        }
    }

    /// A name for a file of its own, without its ending.
    pub(super) fn file_stem(&self) -> String {
        let hash: String =
            self.sha256.chars().filter(char::is_ascii_hexdigit).take(16).collect::<String>().to_lowercase();
        format!("longwire-{hash}")
    }

    /// The name of the file that a command is given.
    pub(super) fn file_name(&self) -> String {
        format!("{}.pem", self.file_stem())
    }

    /// Writes it to a file that only we can read, in a folder that goes when it is dropped.
    pub(super) fn lend(&self) -> Result<Lent, TrustError> {
        self.check()?;
        let write = || {
            let ours = Permissions::from_mode(0o700);
            let folder = tempfile::Builder::new().prefix("longwire-").permissions(ours).tempdir()?;
            let path = folder.path().join(self.file_name());
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            file.write_all(self.pem.as_bytes())?;
            Ok(Lent { path, _folder: folder })
        };
        write().map_err(|error: std::io::Error| TrustError::Missing(format!("no temporary file: {error}")))
    }
}

/// A file for as long as a command reads it.
pub(super) struct Lent {
    path: PathBuf,
    _folder: TempDir,
}

impl Lent {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::samples;

    #[test]
    fn a_certificate_is_known_by_its_hash() {
        let ca = samples::mitmproxy();
        assert_eq!(hashes(ca.pem.as_bytes()), [ca.sha256.as_str()]);
        assert_eq!(ca.sha256.len(), 64);
        assert!(hashes(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n").is_empty());
    }

    #[test]
    fn a_text_with_anything_but_the_one_certificate_is_refused() {
        let (one, other) = (samples::mitmproxy(), samples::hostile());
        let both = Ca { pem: format!("{}{}", one.pem, other.pem), ..one.clone() };
        let swapped = Ca { pem: other.pem, ..one.clone() };
        let key = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
        let with_key = Ca { pem: format!("{}{key}", one.pem), ..one.clone() };
        for ca in [both, swapped, with_key, Ca { pem: String::new(), ..one.clone() }] {
            assert!(matches!(ca.lend(), Err(TrustError::Mixed)));
        }
        assert_eq!(one.check(), Ok(()));
    }

    #[test]
    fn a_file_is_lent_to_us_alone_and_taken_back() {
        let ca = samples::mitmproxy();
        let lent = ca.lend().unwrap();
        let path = lent.path().to_owned();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), ca.pem);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(path.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
        drop(lent);
        assert!(!path.exists());
    }

    #[test]
    fn the_name_of_a_file_is_only_of_the_hash() {
        let ca = Ca { sha256: "../AB/CD".to_owned(), ..samples::mitmproxy() };
        assert_eq!(ca.file_name(), "longwire-abcd.pem");
    }
}
