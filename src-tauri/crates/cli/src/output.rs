//! What the command writes. Standard output is data, standard error is for a person. A closed standard output is no reason
//! to stop: the exit code is still read.

use std::io::{self, Write};

/// A line of data.
pub(crate) fn say(line: &str) {
    write(&format!("{line}\n"));
}

/// A value as JSON.
pub(crate) fn print_json(value: &impl serde::Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(json) => say(&json),
        Err(error) => tracing::error!(%error, "cannot be written as JSON"),
    }
}

/// Text as it is, at once.
pub(crate) fn write(text: &str) {
    let mut stdout = io::stdout();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).ok();
}

/// A line to a person.
#[allow(clippy::print_stderr)]
pub(crate) fn hint(line: &str) {
    eprintln!("{line}");
}
