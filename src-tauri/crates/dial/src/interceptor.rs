//! Who stands between us and the host, told from the names in a chain.

use rustls::pki_types::CertificateDer;

use crate::certificate;

/// A program or device that is known to sign certificates for hosts that are not its own.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Interceptor {
    /// What it, or its maker, is called.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// What an interceptor is, and so who has switched it on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// A developer's own tool to look into traffic.
    DebuggingProxy,
    /// A proxy or accelerator of the user's own, such as Surge.
    PersonalProxy,
    /// A company's or provider's gateway, on the network or as an agent on the machine.
    CompanyGateway,
    /// A firewall or access point on the network.
    Firewall,
    /// An antivirus or content filter on this machine.
    Antivirus,
}

/// Who made this chain, where a name in it tells. The host's own name is not asked, only those of its issuers.
pub fn of(chain: &[CertificateDer<'_>]) -> Option<Interceptor> {
    let _ = (chain, certificate::validity);
    None
}
