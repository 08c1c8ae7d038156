use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::sample::Sample;

/// The templates, a file a domain, in the order in which they are offered. [`super::template`] says how they are
/// written. A file maps a type to its [`Entry`].
const DOMAINS: &[&str] = &[
    include_str!("samples/im.json"),
    include_str!("samples/callback.json"),
    include_str!("samples/application.json"),
    include_str!("samples/contact.json"),
    include_str!("samples/calendar.json"),
    include_str!("samples/meeting_room.json"),
    include_str!("samples/vc.json"),
    include_str!("samples/approval.json"),
    include_str!("samples/task.json"),
    include_str!("samples/drive.json"),
    include_str!("samples/office.json"),
    include_str!("samples/people.json"),
    include_str!("samples/auth.json"),
];

/// What a file says of a type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The type of the same file whose body this one starts from.
    like: Option<&'static str>,
    /// The body, or what differs in it.
    #[serde(borrow)]
    body: Option<&'static RawValue>,
    /// What differs in each variant.
    #[serde(borrow, default)]
    variants: BTreeMap<&'static str, &'static RawValue>,
}

type Domain = BTreeMap<&'static str, Entry>;

/// Every sample. Only names and places are kept: a body is read when it is asked for.
pub(super) fn samples() -> Vec<Sample> {
    DOMAINS.iter().flat_map(|text| of(text).unwrap_or_default()).collect()
}

/// The samples of a file.
fn of(text: &'static str) -> serde_json::Result<Vec<Sample>> {
    let domain: Domain = serde_json::from_str(text)?;
    let mut samples = Vec::new();
    for (&event_type, entry) in &domain {
        let plain = layers(&domain, event_type);
        for (variant, patch) in &entry.variants {
            let layers = plain.iter().chain([patch]).copied().collect();
            samples.push(Sample::new(format!("{event_type}:{variant}"), event_type, layers));
        }
        samples.push(Sample::new(event_type.to_owned(), event_type, plain));
    }
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(samples)
}

/// The body of a type: first that of the type it is like, then what differs.
fn layers(domain: &Domain, event_type: &str) -> Vec<&'static RawValue> {
    let Some(entry) = domain.get(event_type) else { return Vec::new() };
    let mut layers = entry.like.map(|like| layers(domain, like)).unwrap_or_default();
    layers.extend(entry.body);
    layers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_every_likeness_leads_to_a_body() {
        for text in DOMAINS {
            let domain: Domain = serde_json::from_str(text).unwrap();
            for (event_type, entry) in &domain {
                assert!(entry.like.is_none_or(|like| domain.contains_key(like)), "{event_type}");
                assert!(!layers(&domain, event_type).is_empty(), "{event_type}");
            }
            assert!(of(text).unwrap().len() >= domain.len());
        }
    }
}
