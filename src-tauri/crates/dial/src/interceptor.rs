//! Who stands between us and the host, told from the names in a chain.

mod table;

use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;

/// A program or device that is known to sign certificates for hosts that are not its own.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Interceptor {
    /// What it, or its maker, is called; the same in every language.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// What an interceptor is, and so who has switched it on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// A developer's own tool to look into traffic.
    DebuggingProxy,
    /// A proxy or accelerator of the user's own that also rewrites traffic.
    PersonalProxy,
    /// An antivirus or content filter on this machine.
    Antivirus,
    /// A company's or a provider's gateway: on the network, or as an agent on this machine.
    CompanyGateway,
    /// A firewall or access point on the network.
    Firewall,
}

/// Who made this chain (the host's own certificate first), where a name in it tells. Names can be made up, so this says
/// what to look for and nothing about trust. Whom the host's own certificate names is not asked: a maker has hosts, too.
pub fn of(chain: &[CertificateDer<'_>]) -> Option<Interceptor> {
    chain.iter().enumerate().find_map(|(depth, certificate)| {
        let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
        let signer = (depth > 0).then(|| certificate.subject());
        signer.into_iter().chain([certificate.issuer()]).find_map(named)
    })
}

/// Who made a CA's certificate, where a name in it tells.
pub(crate) fn of_ca(ca: &X509Certificate<'_>) -> Option<Interceptor> {
    named(ca.subject()).or_else(|| named(ca.issuer()))
}

fn named(name: &X509Name<'_>) -> Option<Interceptor> {
    let parts = name
        .iter_common_name()
        .chain(name.iter_organization())
        .chain(name.iter_organizational_unit())
        .chain(name.iter_email());
    let texts: Vec<String> = parts.filter_map(|part| part.as_str().ok()).map(str::to_lowercase).collect();
    let entry = table::TABLE
        .iter()
        .find(|(_, _, words)| words.iter().any(|words| texts.iter().any(|text| says(text, words))));
    entry.map(|(name, kind, _)| Interceptor { name, kind: *kind })
}

/// Whether an interceptor of this name can be told.
#[cfg(test)]
pub(crate) fn is_known(name: &str) -> bool {
    table::TABLE.iter().any(|entry| entry.0 == name)
}

/// Whether a text in small letters holds these words, and not as a part of others: "Certificato" does not say "Cato".
fn says(text: &str, words: &str) -> bool {
    let words = words.to_lowercase();
    text.match_indices(&words).any(|(start, found)| {
        let before = text[..start].chars().next_back();
        let after = text[start + found.len()..].chars().next();
        !before.is_some_and(goes_on) && !after.is_some_and(goes_on)
    })
}

/// Whether a character beside words makes them part of a longer one. Chinese is written without spaces, so its
/// characters do not; digits count models and versions.
fn goes_on(beside: char) -> bool {
    beside.is_alphabetic() && beside < '\u{2e80}'
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair};

    use super::Kind::*;
    use super::*;

    fn self_signed(kind: DnType, name: &str) -> CertificateDer<'static> {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(kind, name);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    fn told(kind: DnType, name: &str) -> Option<(&'static str, Kind)> {
        of(&[self_signed(kind, name)]).map(|told| (told.name, told.kind))
    }

    #[test]
    fn the_names_that_interceptors_write_are_known() {
        for (written, name, kind) in [
            ("mitmproxy", "mitmproxy", DebuggingProxy),
            ("Charles Proxy CA (18 Oct 2023, me.local)", "Charles", DebuggingProxy),
            ("Proxyman CA (10 Mar 2021, me.local)", "Proxyman", DebuggingProxy),
            ("HTTP Toolkit CA", "HTTP Toolkit", DebuggingProxy),
            ("DO_NOT_TRUST_FiddlerRoot", "Fiddler", DebuggingProxy),
            ("Fiddler Root Certificate Authority", "Fiddler", DebuggingProxy),
            ("PortSwigger CA", "Burp Suite", DebuggingProxy),
            ("OWASP Zed Attack Proxy Root CA", "ZAP", DebuggingProxy),
            ("whistle.1721284517", "Whistle", DebuggingProxy),
            ("Reqable CA", "Reqable", DebuggingProxy),
            ("Surge Generated CA 9F537BE0", "Surge", PersonalProxy),
            ("Quantumult X CA 1A2B3C4D", "Quantumult X", PersonalProxy),
            ("SteamTools Certificate", "Watt Toolkit (Steam++)", PersonalProxy),
            ("DevSidecar - This certificate is generated locally", "dev-sidecar", PersonalProxy),
            ("Kaspersky Anti-Virus Personal Root Certificate", "Kaspersky", Antivirus),
            ("ESET SSL Filter CA", "ESET", Antivirus),
            ("avast! Web/Mail Shield Root", "Avast", Antivirus),
            ("AVG Web/Mail Shield Root", "AVG", Antivirus),
            ("Norton Web/Mail Shield Root", "Norton", Antivirus),
            ("Bitdefender Personal CA.Net-Defender", "Bitdefender", Antivirus),
            ("Adguard Personal CA", "AdGuard", Antivirus),
            ("Zscaler Intermediate Root CA (zscalerthree.net)", "Zscaler", CompanyGateway),
            ("ca.acme.goskope.com", "Netskope", CompanyGateway),
            ("Cato Networks Root CA", "Cato Networks", CompanyGateway),
            ("Gateway CA - Cloudflare Managed G1 d4cab1", "Cloudflare Gateway", CompanyGateway),
            ("Cisco Umbrella Primary SubCA", "Cisco Umbrella", CompanyGateway),
            ("Forcepoint Cloud CA", "Forcepoint", CompanyGateway),
            ("SANGFOR-CA", "深信服 Sangfor", CompanyGateway),
            ("深信服上网行为管理根证书", "深信服 Sangfor", CompanyGateway),
            ("奇安信网神根证书", "奇安信 Qi An Xin", CompanyGateway),
            ("Aruba Default", "Aruba", Firewall),
            ("Cisco Firepower", "Cisco", Firewall),
            ("FortiGate CA", "Fortinet", Firewall),
            ("PAN-FW-01", "Palo Alto Networks", Firewall),
            ("Sophos_CA_C2D0", "Sophos", Firewall),
            ("UniFi6", "UniFi", Firewall),
        ] {
            assert_eq!(told(DnType::CommonName, written), Some((name, kind)), "{written}");
        }
        for (written, name) in [
            ("Zscaler Inc.", "Zscaler"),
            ("Fortinet Ltd.", "Fortinet"),
            ("Blue Coat Systems", "Blue Coat (Symantec)"),
            ("XK72 Ltd", "Charles"),
            ("HTTPS Management Certificate for SonicWALL (self-signed)", "SonicWall"),
        ] {
            assert_eq!(told(DnType::OrganizationName, written).map(|told| told.0), Some(name), "{written}");
        }
    }

    #[test]
    fn words_count_only_where_they_stand_alone() {
        for written in [
            "Ente Certificatore",
            "Certificato Pubblico",
            "Delicato CA",
            "Francisco Root",
            "Reset CA",
            "Squidward",
            "Arubas",
            "Cloudflare Origin CA",
            "DigiCert Global G2 TLS RSA SHA256 2020 CA1",
            "My company's root",
            "Surge",
            "",
        ] {
            assert_eq!(told(DnType::CommonName, written), None, "{written}");
        }
    }

    #[test]
    fn a_product_is_named_before_its_maker() {
        let words = |name: &str| table::TABLE.iter().position(|entry| entry.0 == name).unwrap();
        assert!(words("Cisco Umbrella") < words("Cisco"));
    }

    #[test]
    fn the_issuer_speaks_and_the_host_itself_does_not() {
        let (mut ca, key) = (CertificateParams::default(), KeyPair::generate().unwrap());
        ca.distinguished_name.push(DnType::CommonName, "A quiet CA");
        ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let quiet = rcgen::Issuer::new(ca, key);
        let mut host = CertificateParams::new(["help.zscaler.com".to_owned()]).unwrap();
        host.distinguished_name.push(DnType::CommonName, "help.zscaler.com");
        let leaf = host.signed_by(&KeyPair::generate().unwrap(), &quiet).unwrap();
        assert_eq!(of(&[leaf.der().clone()]), None);
        // Nor does a certificate that cannot be read; those beside it do.
        let chain = [
            leaf.der().clone(),
            CertificateDer::from(vec![0x30]),
            self_signed(DnType::CommonName, "Zscaler"),
        ];
        assert_eq!(of(&chain).map(|told| told.name), Some("Zscaler"));
        assert_eq!(of(&[]), None);
    }
}
