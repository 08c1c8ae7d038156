/// Why no certificate could be read from bytes.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CaFault {
    /// They are more than any bundle of certificates.
    #[error("it is larger than {limit} bytes; is it a certificate?")]
    TooLarge {
        /// The largest size read, in bytes.
        limit: usize,
    },
    /// They hold a private key, so nothing in them is used.
    #[error("it holds a private key; give the CA's certificate alone, and keep the key to its owner")]
    PrivateKey,
    /// They are a PKCS#12 file, which is made to carry a private key, so nothing in them is used.
    #[error(
        "it is a PKCS#12 file (.p12, .pfx), which carries a private key; give the CA's certificate alone, and keep \
         the key to its owner"
    )]
    Pkcs12,
    /// They hold no certificate.
    #[error("no certificate is in it; one in PEM, DER or PKCS#7 is needed")]
    NoCertificate,
    /// They are damaged, so nothing in them is used.
    #[error("it is damaged: {0}")]
    Corrupt(String),
}
