use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};

/// A server's certificate with its key, for a server that is not ours to start, by a CA made for it.
pub struct Certificate {
    /// The certificate of the CA, as PEM.
    pub ca: String,
    /// The server's certificate, as PEM.
    pub chain: String,
    /// Its key, as PEM.
    pub key: String,
}

impl Certificate {
    /// For a server of that name or address.
    ///
    /// # Panics
    /// Where the system gives no randomness.
    pub fn new(name: &str) -> Self {
        let make = || -> Result<Self, rcgen::Error> {
            let mut ca = CertificateParams::new(Vec::new())?;
            ca.distinguished_name.push(rcgen::DnType::CommonName, "Test Proxy CA");
            ca.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            let ca_key = KeyPair::generate()?;
            let ca_certificate = ca.self_signed(&ca_key)?;
            let issuer = Issuer::new(ca, ca_key);
            let key = KeyPair::generate()?;
            let mut server = CertificateParams::new(vec![name.to_owned()])?;
            server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            server.use_authority_key_identifier_extension = true;
            let chain = server.signed_by(&key, &issuer)?;
            Ok(Self { ca: ca_certificate.pem(), chain: chain.pem(), key: key.serialize_pem() })
        };
        make().expect("a certificate can be made")
    }
}
