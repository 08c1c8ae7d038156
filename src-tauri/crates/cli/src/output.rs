//! What the command writes. Standard output is data, standard error is for a person. A closed standard output is no reason
//! to stop: the exit code is still read.

use std::io::{self, Write};

/// A line of data.
pub(crate) fn say(line: &str) {
    write(&format!("{line}\n"));
}

/// The same, where it matters whether anybody reads it.
pub(crate) fn write_line(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout();
    writeln!(stdout, "{line}").and_then(|()| stdout.flush())
}

/// A value as JSON on one line.
pub(crate) fn json_line(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| {
        tracing::error!(%error, "cannot be written as JSON");
        String::new()
    })
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
