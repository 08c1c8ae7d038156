//! What the command says, in the user's language.

use std::collections::BTreeMap;

use longwire_contract::{
    Fault, FaultCode, Language, Reason,
    text::{text, word},
};

/// Values for a text's placeholders.
pub(crate) fn values<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What is wrong, why, and what to do.
pub(crate) fn reason(language: Language, reason: &Reason) -> String {
    told(language, reason, &["title", "say", "do"])
}

/// What is wrong and why, where nothing goes on and so nothing can be said of what will.
pub(crate) fn reason_alone(language: Language, reason: &Reason) -> String {
    told(language, reason, &["title", "say"])
}

fn told(language: Language, reason: &Reason, parts: &[&str]) -> String {
    let values = in_words(language, &reason.values);
    let part = |part| text(language, &format!("reason.{}.{part}", word(&reason.code)), &values);
    let sentences = parts.iter().map(|name| sentence(language, &part(name)));
    sentences.collect::<Vec<_>>().join(if language == Language::Chinese { "" } else { " " })
}

/// A text that may begin in lower case, to stand behind a colon, or end with another's words, as a sentence.
fn sentence(language: Language, text: &str) -> String {
    let text = text.trim();
    let mut rest = text.chars();
    let mut sentence: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    sentence.push_str(rest.as_str());
    if !text.ends_with(['.', '!', '?', '。', '！', '？', '…']) {
        sentence.push(if language == Language::Chinese { '。' } else { '.' });
    }
    sentence
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

/// Why a command was not carried out; the technical cause too, where the text alone would leave a person helpless.
pub(crate) fn fault(language: Language, fault: &Fault) -> String {
    let said = text(language, &format!("fault.{}", word(&fault.code)), &fault.values);
    let detail = fault.detail.as_str();
    match fault.code {
        FaultCode::BadRequest | FaultCode::Internal | FaultCode::SecretEmpty if !detail.is_empty() => {
            format!("{said} ({detail})")
        }
        FaultCode::NoSecretStore => format!("{said} {}", text(language, "cli.secret_file", &BTreeMap::new())),
        _ => said,
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::ReasonCode;

    use super::*;

    #[test]
    fn a_reason_is_told_in_whole_sentences() {
        let unknown =
            Reason::new(ReasonCode::PlatformCode, "").with("code", 7).with("message", "unknown failure");
        let english = reason(Language::English, &unknown);
        assert!(english.contains('7') && english.contains("unknown failure. "), "{english}");
        assert!(english.chars().next().is_some_and(char::is_uppercase), "{english}");
        let chinese = reason(Language::Chinese, &unknown);
        assert!(chinese.contains("unknown failure。"), "{chinese}");
        assert!(reason_alone(Language::English, &unknown).len() < english.len());
    }
}
