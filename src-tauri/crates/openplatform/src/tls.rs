use std::{
    io,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

const DAY: Duration = Duration::from_secs(86_400);

/// The certificate a server shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Leaf {
    /// Valid, for `localhost`, 127.0.0.1 and `::1`, signed by the authority.
    Good,
    /// Valid, signed by an intermediate that is sent along.
    ByIntermediate,
    /// Valid, signed by an intermediate that is *not* sent along.
    IntermediateMissing,
    /// Valid, with the authority's own certificate sent along, as intercepting proxies do.
    WithRoot,
    /// Expired yesterday.
    Expired,
    /// Valid from tomorrow on.
    NotYetValid,
    /// For another host.
    WrongHost,
    /// Signed by itself.
    SelfSigned,
}

/// A certificate authority of the simulator's own. Nothing trusts it until told to.
pub struct Authority {
    pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A fresh authority.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn new() -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let params = ca("Longwire Simulator CA");
        let certificate = params.self_signed(&key)?;
        Ok(Self { pem: certificate.pem(), der: certificate.der().clone(), issuer: Issuer::new(params, key) })
    }

    /// Its certificate as PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its certificate.
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// Writes its certificate to a file as PEM.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        std::fs::write(path, &self.pem)
    }

    /// The configuration of a server that shows such a leaf.
    pub(crate) fn server(&self, leaf: Leaf) -> Result<Arc<ServerConfig>, rcgen::Error> {
        let key = KeyPair::generate()?;
        let params = leaf_params(leaf)?;
        let chain = match leaf {
            Leaf::SelfSigned => vec![params.self_signed(&key)?.der().clone()],
            Leaf::ByIntermediate | Leaf::IntermediateMissing => {
                let intermediate_key = KeyPair::generate()?;
                let intermediate_params = ca("Longwire Simulator Intermediate");
                let intermediate = intermediate_params.signed_by(&intermediate_key, &self.issuer)?;
                let issuer = Issuer::new(intermediate_params, intermediate_key);
                let mut chain = vec![params.signed_by(&key, &issuer)?.der().clone()];
                if leaf == Leaf::ByIntermediate {
                    chain.push(intermediate.der().clone());
                }
                chain
            }
            _ => {
                let mut chain = vec![params.signed_by(&key, &self.issuer)?.der().clone()];
                if leaf == Leaf::WithRoot {
                    chain.push(self.der.clone());
                }
                chain
            }
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
        // A key that was just made goes with the certificate that was just made from it.
        config.map(Arc::new).map_err(|_| rcgen::Error::CouldNotParseKeyPair)
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

fn ca(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    within(&mut params, -1, 365);
    params
}

fn leaf_params(leaf: Leaf) -> Result<CertificateParams, rcgen::Error> {
    let hosts: &[&str] =
        if leaf == Leaf::WrongHost { &["elsewhere.example"] } else { &["localhost", "127.0.0.1", "::1"] };
    let mut params = CertificateParams::new(hosts.iter().map(|&host| host.to_owned()).collect::<Vec<_>>())?;
    params.distinguished_name = named("Longwire Simulator");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = leaf != Leaf::SelfSigned;
    match leaf {
        Leaf::Expired => within(&mut params, -30, -1),
        Leaf::NotYetValid => within(&mut params, 1, 30),
        _ => within(&mut params, -1, 90),
    }
    Ok(params)
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names.push(DnType::OrganizationName, "Longwire");
    names
}

/// Sets the validity, in days from now.
fn within(params: &mut CertificateParams, from: i32, until: i32) {
    let epoch = date_time_ymd(1970, 1, 1);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let at = |days: i32| {
        let distance = DAY * days.unsigned_abs();
        epoch + if days < 0 { now.saturating_sub(distance) } else { now + distance }
    };
    (params.not_before, params.not_after) = (at(from), at(until));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_makes_a_server() {
        let authority = Authority::new().unwrap();
        assert!(authority.pem().starts_with("-----BEGIN CERTIFICATE-----"));
        for leaf in [
            Leaf::Good,
            Leaf::ByIntermediate,
            Leaf::IntermediateMissing,
            Leaf::WithRoot,
            Leaf::Expired,
            Leaf::NotYetValid,
            Leaf::WrongHost,
            Leaf::SelfSigned,
        ] {
            authority.server(leaf).unwrap();
        }
    }
}
