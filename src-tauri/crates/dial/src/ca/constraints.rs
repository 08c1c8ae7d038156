use std::net::IpAddr;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};

use crate::certificate;
use crate::text;

/// The names that a CA may sign for, where that is limited (RFC 5280 §4.2.1.10); each as a person writes it.
pub(super) fn permitted(certificate: &X509Certificate<'_>) -> Vec<String> {
    let limits = certificate.iter_extensions().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::NameConstraints(limits) => limits.permitted_subtrees.as_ref(),
        _ => None,
    });
    limits.into_iter().flatten().map(|subtree| written(&subtree.base)).collect()
}

fn written(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) | GeneralName::RFC822Name(name) | GeneralName::URI(name) => {
            text::line(name)
        }
        GeneralName::DirectoryName(name) => certificate::name(name),
        GeneralName::IPAddress(bytes) => network(bytes).unwrap_or_else(|| text::line(&name.to_string())),
        other => text::line(&other.to_string()),
    }
}

/// An address with its mask: `10.0.0.0/8`, or with the mask in full where it has holes.
fn network(bytes: &[u8]) -> Option<String> {
    let (address, mask) = bytes.split_at(bytes.len() / 2);
    let (address, mask) = (certificate::address(address)?, certificate::address(mask)?);
    let (bits, width) = match mask {
        IpAddr::V4(mask) => (u128::from(mask.to_bits()) << 96, 32),
        IpAddr::V6(mask) => (mask.to_bits(), 128),
    };
    let length = bits.leading_ones();
    let has_holes = bits.checked_shl(length).unwrap_or(0) != 0;
    Some(if has_holes { format!("{address}/{mask}") } else { format!("{address}/{}", length.min(width)) })
}
