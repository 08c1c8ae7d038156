use std::{io, path::Path, sync::Arc, time::Duration};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::clock::Clock;

const DAY: Duration = Duration::from_secs(86_400);

/// The certificate a server shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Leaf {
    /// Valid, for `localhost`, 127.0.0.1, `::1` and the names it was given, signed by the authority.
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

/// What a server shows itself as.
pub(crate) struct Identity {
    /// Who signs its certificates.
    pub(crate) authority: Arc<Authority>,
    /// What they are valid for, besides this machine.
    pub(crate) names: Vec<String>,
    /// What they are valid by.
    pub(crate) clock: Clock,
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
        let params = ca("Longwire Simulator CA", Clock::Right);
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
}

impl Identity {
    /// The configuration of a server that shows such a leaf.
    pub(crate) fn server(&self, leaf: Leaf) -> Result<Arc<ServerConfig>, rcgen::Error> {
        let key = KeyPair::generate()?;
        let params = self.leaf(leaf)?;
        let authority = &self.authority;
        let chain = match leaf {
            Leaf::SelfSigned => vec![params.self_signed(&key)?.der().clone()],
            Leaf::ByIntermediate | Leaf::IntermediateMissing => {
                let intermediate_key = KeyPair::generate()?;
                let intermediate_params = ca("Longwire Simulator Intermediate", self.clock);
                let intermediate = intermediate_params.signed_by(&intermediate_key, &authority.issuer)?;
                let issuer = Issuer::new(intermediate_params, intermediate_key);
                let mut chain = vec![params.signed_by(&key, &issuer)?.der().clone()];
                if leaf == Leaf::ByIntermediate {
                    chain.push(intermediate.der().clone());
                }
                chain
            }
            _ => {
                let mut chain = vec![params.signed_by(&key, &authority.issuer)?.der().clone()];
                if leaf == Leaf::WithRoot {
                    chain.push(authority.der.clone());
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

    fn leaf(&self, leaf: Leaf) -> Result<CertificateParams, rcgen::Error> {
        let here = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let names = match leaf {
            Leaf::WrongHost => vec!["elsewhere.example".to_owned()],
            _ => here.into_iter().chain(self.names.iter().cloned()).collect(),
        };
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = named("Longwire Simulator");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = leaf != Leaf::SelfSigned;
        let (from, until) = match leaf {
            Leaf::Expired => (-30, -1),
            Leaf::NotYetValid => (1, 30),
            _ => (-1, 90),
        };
        within(&mut params, self.clock, from, until);
        Ok(params)
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

fn ca(name: &str, clock: Clock) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    within(&mut params, clock, -1, 365);
    params
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names.push(DnType::OrganizationName, "Longwire");
    names
}

/// Sets the validity, in days from what the clock shows.
fn within(params: &mut CertificateParams, clock: Clock, from: i32, until: i32) {
    let epoch = date_time_ymd(1970, 1, 1);
    let now = clock.since_epoch();
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
        let authority = Arc::new(Authority::new().unwrap());
        assert!(authority.pem().starts_with("-----BEGIN CERTIFICATE-----"));
        let names = vec!["platform.test".to_owned(), "127.0.0.2".to_owned()];
        let identity = Identity { authority, names, clock: Clock::Right };
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
            identity.server(leaf).unwrap();
        }
    }
}
