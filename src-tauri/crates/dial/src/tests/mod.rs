//! Roads to real servers on this machine. The certificates are made here, and the machine's own store is left alone.

mod ca;
mod clock;
mod encrypted;
mod http;
mod judge;
mod kept;
mod plain;
mod proxied;
mod roots;
mod server;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::{Dialer, Origin, RootSource, Roots};

/// For the one step of a road that a test lets run out of time.
const SHORT: Duration = Duration::from_millis(150);

/// A CA of our own.
struct Ca {
    pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate chain with its key, as a server holds them.
struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Ca {
    fn new(name: &str) -> Self {
        let (params, key) = (ca_params(name), KeyPair::generate().unwrap());
        let certificate = params.self_signed(&key).unwrap();
        Self { pem: certificate.pem(), der: certificate.der().clone(), issuer: Issuer::new(params, key) }
    }

    /// A CA below this one.
    fn below(&self, name: &str) -> Self {
        self.below_with(ca_params(name))
    }

    fn below_with(&self, params: CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Self { pem: certificate.pem(), der: certificate.der().clone(), issuer: Issuer::new(params, key) }
    }

    /// A certificate for this machine.
    fn sign(&self) -> Identity {
        self.sign_with(leaf_params("127.0.0.1"))
    }

    fn sign_with(&self, params: CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity { chain: vec![certificate.der().clone()], key: key.into() }
    }
}

impl Identity {
    fn signed_by_itself(params: CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { chain: vec![certificate.der().clone()], key: key.into() }
    }

    /// Sends this CA's certificate along.
    fn with(mut self, ca: &Ca) -> Self {
        self.chain.push(ca.der.clone());
        self
    }
}

fn ca_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn leaf_params(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, host);
    params
}

fn file(folder: &Path, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, contents).unwrap();
    path
}

/// Trusts these files and nothing else.
fn dialer(files: &[PathBuf]) -> Dialer {
    Dialer::new(Arc::new(Roots::new(RootSource::ExtraOnly, files.to_vec())))
}

/// Trusts a CA nobody uses: enough for a handshake to begin.
fn stranger() -> (Dialer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let dialer = dialer(&[file(folder.path(), "ca.pem", Ca::new("A stranger").pem)]);
    (dialer, folder)
}

fn origin(text: impl AsRef<str>) -> Origin {
    Origin::parse(text.as_ref()).unwrap()
}
