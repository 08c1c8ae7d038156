//! The commands of one batch as a script for `sh`, which AppleScript runs for an administrator. It is handed over as an
//! argument, and so is never part of the AppleScript itself.

use std::path::Path;

/// What `osascript` is told to run.
const PROGRAM: [&str; 3] = [
    "on run argv",
    "do shell script (item 1 of argv) with prompt (item 2 of argv) with administrator privileges",
    "end run",
];

/// The arguments for `osascript`.
pub(super) fn arguments<'text>(script: &'text str, prompt: &'text str) -> Vec<&'text str> {
    let lines = PROGRAM.iter().flat_map(|line| ["-e", *line]);
    lines.chain([script, prompt]).collect()
}

/// One command after the other, up to the first that fails.
pub(super) fn script(program: &Path, commands: &[Vec<String>]) -> String {
    let program = quoted(&program.to_string_lossy());
    let line = |command: &Vec<String>| {
        let words = command.iter().map(|word| quoted(word));
        std::iter::once(program.clone()).chain(words).collect::<Vec<_>>().join(" ")
    };
    commands.iter().map(line).collect::<Vec<_>>().join(" && ")
}

/// Within single quotes a shell reads nothing into anything.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
