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
    let (rest, any) = Any::from_ber(bytes).ok()?;
    let whole = Item { whole: &bytes[..bytes.len() - rest.len()], any };
    if !whole.is(Tag::Sequence) {
        return None;
    }
    let parts: Vec<Item<'_>> = items(whole.any.data).collect();
    let tags: Vec<Option<Tag>> = parts.iter().map(Item::tag).collect();
    let value = match tags[..] {
        [SEQUENCE, SEQUENCE, BITS] => Value::Certificate(whole.whole),
        [OID, ..] if parts[0].names(SIGNED_DATA) => Value::Signed(signed(&parts)),
        [INTEGER, SEQUENCE, ..] if parts[1].begins_with(PKCS7) => Value::Pkcs12,
        [INTEGER, SEQUENCE, OCTETS, ..]
        | [INTEGER, OCTETS, ..]
        | [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, ..] => Value::PrivateKey,
        [SEQUENCE, OCTETS] if parts[0].begins_with(PKCS5) || parts[0].begins_with(PKCS12_ENCRYPTION) => {
            Value::PrivateKey
        }
        _ => Value::Other,
    };
    Some((value, rest))
}

const SEQUENCE: Option<Tag> = Some(Tag::Sequence);
const INTEGER: Option<Tag> = Some(Tag::Integer);
const OCTETS: Option<Tag> = Some(Tag::OctetString);
const BITS: Option<Tag> = Some(Tag::BitString);
const OID: Option<Tag> = Some(Tag::Oid);

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

impl Item<'_> {
    /// Its tag, where that is one of those that mean the same everywhere.
    fn tag(&self) -> Option<Tag> {
        (self.any.class() == Class::Universal).then(|| self.any.tag())
    }

    fn is(&self, tag: Tag) -> bool {
        self.tag() == Some(tag)
    }

    /// Whether it is an object identifier that begins like this.
    fn names(&self, start: &str) -> bool {
        self.is(Tag::Oid)
            && Oid::try_from(self.any.clone()).is_ok_and(|oid| oid.to_id_string().starts_with(start))
    }

    /// Whether it begins with one that does.
    fn begins_with(&self, start: &str) -> bool {
        items(self.any.data).next().is_some_and(|first| first.names(start))
    }
}

/// The values in a content, up to the first that cannot be read.
fn items(content: &[u8]) -> impl Iterator<Item = Item<'_>> {
    let mut left = content;
    std::iter::from_fn(move || {
        let (rest, any) = Any::from_ber(left).ok()?;
        let item = Item { whole: &left[..left.len() - rest.len()], any };
        left = rest;
        Some(item)
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
    let certificates = items(certificates.any.data).filter(|item| item.is(Tag::Sequence));
    certificates.map(|item| item.whole).collect()
}
