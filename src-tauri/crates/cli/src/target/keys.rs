//! The secrets of a target on their way in. They never come from the command line, which other users can read.

use longwire_contract::{Fault, FaultCode, Secret, TargetHeader, TargetSecrets};
use longwire_engine::webhook_secrets_in_environment;
use secrecy::SecretString;

use crate::{args::TargetKeys, secret, words::Words};

/// Those that are asked for; with `environment` also those that are set there and that nobody asked for.
pub(super) fn given(keys: &TargetKeys, environment: bool, words: &Words) -> Result<TargetSecrets, Fault> {
    let set = webhook_secrets_in_environment()?;
    let one = |asked: bool, set: Option<SecretString>, key: &str| match set {
        Some(secret) if asked || environment => Ok(Some(Secret::from(secret))),
        _ if asked => asked_for(&words.plain(key)).map(Some),
        _ => Ok(None),
    };
    let encrypt_key = one(keys.encrypt_key, set.encrypt_key, "cli.target.ask_key")?;
    let verification_token = one(keys.verification_token, set.verification_token, "cli.target.ask_token")?;
    let header = |name: &String| {
        let question = words.filled("cli.target.ask_header", [("header", name.clone())]);
        Ok(TargetHeader { name: name.clone(), value: Some(asked_for(&question)?) })
    };
    let headers = keys.header.iter().map(header).collect::<Result<Vec<_>, Fault>>()?;
    let file = match &keys.secrets_file {
        // The engine may run in another folder than this command.
        Some(file) => {
            Some(std::path::absolute(file).map_err(|error| Fault::new(FaultCode::BadRequest, error))?)
        }
        None => None,
    };
    Ok(TargetSecrets {
        encrypt_key,
        verification_token,
        headers: Some(headers).filter(|headers| !headers.is_empty()),
        file: file.map(|file| file.display().to_string()),
    })
}

fn asked_for(question: &str) -> Result<Secret, Fault> {
    secret::ask(question).map_err(|fault| match fault.code {
        // Its text speaks of an App Secret.
        FaultCode::SecretEmpty => Fault::new(FaultCode::BadRequest, "nothing was given for it"),
        _ => fault,
    })
}
