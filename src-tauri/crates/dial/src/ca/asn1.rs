//! What a binary file is, told by its outermost ASN.1. BER is read where it is usual: old programs write PKCS#7 and PKCS#12
//! with lengths that are not said beforehand.

use x509_parser::asn1_rs::{Any, Class, FromBer, Oid, Tag};

/// What one ASN.1 value is.
pub(super) enum Value<'a> {
    /// A certificate by its shape, which a request for one and a list of revoked ones have, too.
    Certificate(&'a [u8]),
    /// PKCS#7 (CMS) that carries these certificates.
    Signed(Vec<&'a [u8]>),
    /// A private key: PKCS#8 (open or encrypted), PKCS#1, SEC 1, or DSA's.
    PrivateKey,
    /// A PKCS#12 file.
    Pkcs12,
    /// Something else.
    Other,
}

/// What bytes begin with, and what follows it; `None` where they begin with no sequence.
pub(super) fn value(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let (rest, outer) = Any::from_ber(bytes).ok()?;
    if outer.class() != Class::Universal || outer.tag() != Tag::Sequence {
        return None;
    }
    let whole = &bytes[..bytes.len() - rest.len()];
    let parts: Vec<Item<'_>> = items(outer.data).collect();
    let tags: Vec<Tag> = parts.iter().map(|part| part.any.tag()).collect();
    let value = match tags[..] {
        [Tag::Sequence, Tag::Sequence, Tag::BitString] => Value::Certificate(whole),
        [Tag::Oid, ..] if is(&parts[0], SIGNED_DATA) => Value::Signed(signed(&parts)),
        [Tag::Integer, Tag::Sequence, ..] if names(&parts[1], PKCS7) => Value::Pkcs12,
        [Tag::Integer, Tag::Sequence, Tag::OctetString, ..]
        | [Tag::Integer, Tag::OctetString, ..]
        | [Tag::Integer, Tag::Integer, Tag::Integer, Tag::Integer, Tag::Integer, Tag::Integer, ..] => {
            Value::PrivateKey
        }
        [Tag::Sequence, Tag::OctetString]
            if names(&parts[0], PKCS5) || names(&parts[0], PKCS12_ENCRYPTION) =>
        {
            Value::PrivateKey
        }
        _ => Value::Other,
    };
    Some((value, rest))
}

/// RFC 5652 §5.1.
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const PKCS7: &str = "1.2.840.113549.1.7.";
/// The ways in which RFC 5958 encrypts a key (RFC 8018).
const PKCS5: &str = "1.2.840.113549.1.5.";
/// The older ways (RFC 7292 appendix C).
const PKCS12_ENCRYPTION: &str = "1.2.840.113549.1.12.1.";

struct Item<'a> {
    whole: &'a [u8],
    any: Any<'a>,
}

/// The values in a content, up to the first that cannot be read.
fn items(content: &[u8]) -> impl Iterator<Item = Item<'_>> {
    let mut left = content;
    std::iter::from_fn(move || {
        let (rest, any) = Any::from_ber(left).ok().filter(|(_, any)| any.tag() != Tag::EndOfContent)?;
        let whole = &left[..left.len() - rest.len()];
        left = rest;
        Some(Item { whole, any })
    })
}

/// The certificates of signed data (RFC 5652 §5.1): they stand after the version, the digests and what is signed. Those
/// of other kinds that may stand among them are no sequences.
fn signed<'a>(parts: &[Item<'a>]) -> Vec<&'a [u8]> {
    let content = parts.get(1).and_then(|explicit| items(explicit.any.data).next());
    let Some(content) = content else { return Vec::new() };
    let certificates = items(content.any.data)
        .skip(3)
        .find(|part| part.any.class() == Class::ContextSpecific && part.any.tag() == Tag(0));
    let Some(certificates) = certificates else { return Vec::new() };
    items(certificates.any.data)
        .filter(|item| item.any.class() == Class::Universal && item.any.tag() == Tag::Sequence)
        .map(|item| item.whole)
        .collect()
}

/// Whether a sequence begins with an object identifier that begins like this.
fn names(sequence: &Item<'_>, start: &str) -> bool {
    items(sequence.any.data).next().is_some_and(|first| oid(&first).is_some_and(|oid| oid.starts_with(start)))
}

fn is(item: &Item<'_>, wanted: &str) -> bool {
    oid(item).is_some_and(|oid| oid == wanted)
}

fn oid(item: &Item<'_>) -> Option<String> {
    Oid::try_from(item.any.clone()).ok().map(|oid| oid.to_id_string())
}
