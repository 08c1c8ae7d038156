//! What the agent's settings may be.

use std::ops::RangeInclusive;

use longwire_contract::{AgentSettings, Fault, FaultCode};
use longwire_dial::{Origin, OriginError};
use url::Url;

use crate::transfer::open_url;

/// How many questions and answers of a chat are remembered.
pub(crate) const MEMORY: RangeInclusive<u32> = 0..=100;
/// How many answers a person gets on one day.
pub(crate) const PER_PERSON: RangeInclusive<u32> = 1..=10_000;
/// How many answers it gives on one day.
pub(crate) const PER_DAY: RangeInclusive<u32> = 1..=100_000;
/// The longest text that the model is told first, in characters: all of it is sent, and paid for, with each question.
pub(crate) const LONGEST_PROMPT: usize = 20_000;
/// The longest name of a model and the longest address, in bytes: many times what there is.
const LONGEST: usize = 500;

/// Why a text is no address of a model's server.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum AddressError {
    /// It leads nowhere we go.
    #[error(transparent)]
    Origin(OriginError),
    /// It is on another machine, and not encrypted.
    #[error("http:// leads to this machine only: write https://")]
    Plain,
    /// It is none of HTTP.
    #[error("it begins with https://, or with http:// on this machine")]
    Scheme,
    /// It has a query or a fragment, which may hold a key.
    #[error("it has a query: the API key is given separately")]
    Query,
    /// It is longer than any.
    #[error("it is longer than {LONGEST} bytes")]
    TooLong,
}

/// The server of a base URL and the path there, without what is added to it for each question.
///
/// # Errors
/// What is wrong with it; never what stands in it.
pub(crate) fn place(base_url: &str) -> Result<(Origin, String), AddressError> {
    if base_url.len() > LONGEST {
        return Err(AddressError::TooLong);
    }
    let url = Url::parse(base_url.trim())
        .map_err(|error| AddressError::Origin(OriginError::NotAUrl { reason: error.to_string() }))?;
    let origin = Origin::of(&url).map_err(|error| match error {
        // That one names the host.
        OriginError::PlainToElsewhere { .. } => AddressError::Plain,
        error => AddressError::Origin(error),
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(AddressError::Scheme);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(AddressError::Query);
    }
    Ok((origin, bare(url.path()).to_owned()))
}

/// Whether it could be the name of a model.
pub(crate) fn is_model(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST && !name.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// The settings as they are kept, where they can be.
///
/// # Errors
/// [`FaultCode::AgentAddress`], [`FaultCode::AgentModel`], [`FaultCode::AgentNumber`], [`FaultCode::AgentPrompt`].
pub(crate) fn checked(settings: AgentSettings) -> Result<AgentSettings, Fault> {
    let base_url = bare(settings.base_url.trim()).to_owned();
    let model = settings.model.trim().to_owned();
    place(&base_url).map_err(|error| {
        let shown: String = open_url(&base_url).chars().take(LONGEST).collect();
        Fault::new(FaultCode::AgentAddress, &error).with("address", shown).with("error", error)
    })?;
    if !is_model(&model) {
        return Err(Fault::new(
            FaultCode::AgentModel,
            "the model's name is empty, has a blank or is too long",
        ));
    }
    let numbers = [
        ("memory", settings.memory, MEMORY),
        ("per_person", settings.per_person, PER_PERSON),
        ("per_day", settings.per_day, PER_DAY),
    ];
    for (field, number, range) in numbers {
        if !range.contains(&number) {
            let (least, most) = range.into_inner();
            let fault = Fault::new(FaultCode::AgentNumber, format!("{field} is {least} to {most}"));
            return Err(fault.with("field", field).with("least", least).with("most", most));
        }
    }
    let prompt = settings.prompt.trim().to_owned();
    if prompt.chars().count() > LONGEST_PROMPT {
        let fault =
            Fault::new(FaultCode::AgentPrompt, format!("the prompt has over {LONGEST_PROMPT} characters"));
        return Err(fault.with("most", LONGEST_PROMPT));
    }
    Ok(AgentSettings { base_url, model, prompt, ..settings })
}

/// Without what belongs to one question: people copy the whole address out of an example.
fn bare(address: &str) -> &str {
    let address = address.trim_end_matches('/');
    address.strip_suffix("/chat/completions").unwrap_or(address).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut AgentSettings)) -> Fault {
        let mut settings = AgentSettings::default();
        change(&mut settings);
        checked(settings).unwrap_err()
    }

    #[test]
    fn an_address_is_split_into_the_server_and_the_path_there() {
        for (text, origin, path) in [
            (
                "https://dashscope.aliyuncs.com/compatible-mode/v1",
                "https://dashscope.aliyuncs.com",
                "/compatible-mode/v1",
            ),
            (" https://a.example/v1/ ", "https://a.example", "/v1"),
            ("https://a.example/v1/chat/completions/", "https://a.example", "/v1"),
            ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434", "/v1"),
            ("https://a.example", "https://a.example", ""),
        ] {
            let (server, there) = place(text).unwrap();
            assert_eq!((server.to_string().as_str(), there.as_str()), (origin, path), "{text}");
        }
    }

    #[test]
    fn an_address_that_would_leak_or_lead_nowhere_is_refused_and_not_repeated() {
        assert_eq!(place("http://planted.example/v1"), Err(AddressError::Plain));
        assert_eq!(place("https://a.example/v1?key=planted"), Err(AddressError::Query));
        assert_eq!(place("https://a.example/v1#planted"), Err(AddressError::Query));
        assert_eq!(place("wss://a.example/v1"), Err(AddressError::Scheme));
        assert_eq!(place(&format!("https://a.example/{}", "a".repeat(LONGEST))), Err(AddressError::TooLong));
        for text in ["https://me:planted@a.example/v1?key=planted#planted", "planted", "planted://a"] {
            let fault = refused(|settings| settings.base_url = text.to_owned());
            assert_eq!(fault.code, FaultCode::AgentAddress);
            let place = text.contains("://a.example");
            assert!(!place || !format!("{fault:?}").contains("planted"), "{fault:?}");
        }
    }

    #[test]
    fn every_default_and_every_edge_is_taken_and_what_is_beyond_is_named() {
        let default = AgentSettings::default();
        assert_eq!(checked(default.clone()).unwrap(), default);
        let edges = AgentSettings { memory: 0, per_person: 10_000, per_day: 100_000, ..default.clone() };
        assert_eq!(checked(edges.clone()).unwrap(), edges);
        for (change, field) in [
            ((|settings| settings.memory = 101) as fn(&mut AgentSettings), "memory"),
            (|settings| settings.per_person = 0, "per_person"),
            (|settings| settings.per_day = 100_001, "per_day"),
        ] {
            let fault = refused(change);
            assert_eq!((fault.code, fault.values["field"].as_str()), (FaultCode::AgentNumber, field));
        }
        for model in ["", " ", "qwen plus", "qwen\nplus"] {
            assert_eq!(refused(|settings| settings.model = model.to_owned()).code, FaultCode::AgentModel);
        }
        let long = "长".repeat(LONGEST_PROMPT);
        assert!(checked(AgentSettings { prompt: long.clone(), ..default }).is_ok());
        assert_eq!(refused(|settings| settings.prompt = long + "x").code, FaultCode::AgentPrompt);
    }

    #[test]
    fn what_comes_along_with_pasting_is_left_behind() {
        let pasted = AgentSettings {
            base_url: " https://a.example/v1/chat/completions\n".to_owned(),
            model: " qwen-max ".to_owned(),
            prompt: "\nBe brief.\n".to_owned(),
            ..AgentSettings::default()
        };
        let kept = checked(pasted).unwrap();
        let texts = [kept.base_url, kept.model, kept.prompt];
        assert_eq!(texts, ["https://a.example/v1", "qwen-max", "Be brief."]);
    }
}
