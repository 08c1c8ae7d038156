//! What the command says, in the user's language.

use std::collections::BTreeMap;

use longwire_contract::{
    Fault, Language, Reason,
    text::{text, word},
};

/// Values for a text's placeholders.
pub(crate) fn values<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What is wrong and what to do, in two sentences.
pub(crate) fn reason(language: Language, reason: &Reason) -> String {
    let values = in_words(language, &reason.values);
    let part = |part| text(language, &format!("reason.{}.{part}", word(&reason.code)), &values);
    let gap = if language == Language::Chinese { "" } else { " " };
    format!("{}{gap}{}", part("say"), part("do"))
}

/// The values with those that are names of ours as the user reads them.
fn in_words(language: Language, values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let worded = |(name, value): (&String, &String)| {
        let key = format!("{name}.{value}");
        let words = text(language, &key, &BTreeMap::new());
        (name.clone(), if words == key { value.clone() } else { words })
    };
    values.iter().map(worded).collect()
}

/// Why a command was not carried out, with the technical cause where the text does not hold it.
pub(crate) fn fault(language: Language, fault: &Fault) -> String {
    let said = text(language, &format!("fault.{}", word(&fault.code)), &fault.values);
    if fault.values.is_empty() && !fault.detail.is_empty() {
        format!("{said} ({})", fault.detail)
    } else {
        said
    }
}
