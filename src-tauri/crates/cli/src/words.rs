//! What the command says, in the user's language.

use std::collections::BTreeMap;

use longwire_contract::{
    Fault, FaultCode, Language,
    text::{text, word},
};

/// Values for a text's placeholders.
pub(crate) fn values<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
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
