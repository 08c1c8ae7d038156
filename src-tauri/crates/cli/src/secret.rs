//! App Secrets on their way in. They never come from the command line, which other users can read.

use std::{
    io::{self, BufRead, IsTerminal},
    path::Path,
};

use longwire_contract::{Fault, FaultCode, Secret};
use longwire_engine::{secret_in_environment, secret_in_file};
use secrecy::SecretString;

/// The secret of `--app-secret-file`, else of `LONGWIRE_APP_SECRET`.
pub(crate) fn given(file: Option<&Path>) -> Result<Option<SecretString>, Fault> {
    match file {
        Some(file) => secret_in_file(file).map(Some),
        None => secret_in_environment(),
    }
}

/// A secret typed or pasted at the terminal, unseen; where standard input is no terminal, its first line.
pub(crate) fn ask(question: &str) -> Result<Secret, Fault> {
    let line = if io::stdin().is_terminal() {
        rpassword::prompt_password(question)
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map(|_| line)
    };
    let line = line.map_err(|error| Fault::new(FaultCode::SecretUnreadable, &error).with("error", error))?;
    let secret = Secret::from(SecretString::from(line.trim()));
    if secret.is_blank() {
        Err(Fault::new(FaultCode::SecretEmpty, "no App Secret was given"))
    } else {
        Ok(secret)
    }
}
