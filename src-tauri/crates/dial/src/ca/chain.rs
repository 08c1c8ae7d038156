use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::certificate::End;
use crate::dialer::Dialer;
use crate::error::Error;
use crate::judge;
use crate::origin::Origin;

/// Who signed at the end of a chain (the host's own certificate first), where the chain does not hold that certificate.
pub fn lacking(chain: &[CertificateDer<'_>]) -> Option<String> {
    End::of(chain).filter(|end| !end.is_root()).map(|end| end.issuer)
}

/// Whether a chain leads to a CA, by signatures and not by names, the time aside.
pub fn signs(ca: &CertificateDer<'_>, chain: &[CertificateDer<'_>]) -> bool {
    let mut store = RootCertStore::empty();
    store.add(ca.clone().into_owned()).is_ok() && judge::leads_to(&store, chain)
}

/// The chain that is presented at the end of a road, trusted or not. Nothing is sent there.
///
/// # Errors
/// Why the road does not lead so far.
pub async fn presented(dialer: &Dialer, origin: &Origin) -> Result<Vec<CertificateDer<'static>>, Error> {
    match dialer.dial(origin).await {
        Ok(road) => Ok(road.trace.chain),
        Err(error) if error.trace.chain.is_empty() => Err(error),
        Err(error) => Ok(error.trace.chain),
    }
}
