use std::{borrow::Cow, ffi::OsStr, path::Path, time::Duration};

use super::TrustError;
use crate::command::{Mute, Said};

/// The longest that is kept of what a program says.
const LONGEST: usize = 300;

/// What a program said, all of it, to look for words in.
pub(super) fn words(said: &Said) -> String {
    let mut words = String::from_utf8_lossy(&said.errors).into_owned();
    words.push('\n');
    words.push_str(&String::from_utf8_lossy(&said.output));
    words
}

/// Why a program did not end well.
pub(super) fn failure(program: &Path, said: &Said) -> TrustError {
    TrustError::Failed { program: program.to_owned(), cause: cause(said) }
}

/// The same, with what can be done about it.
pub(super) fn failure_with(program: &Path, said: &Said, advice: &str) -> TrustError {
    TrustError::Failed { program: program.to_owned(), cause: format!("{}; {advice}", cause(said)) }
}

pub(super) fn muteness(program: &Path, deadline: Duration) -> impl FnOnce(Mute) -> TrustError {
    move |mute| match mute {
        Mute::Failed(error) => TrustError::Failed { program: program.to_owned(), cause: error.to_string() },
        Mute::TooSlow => TrustError::TooSlow { program: program.to_owned(), deadline },
    }
}

/// Words as a person types them in a shell.
pub(super) fn typed<'a>(words: impl IntoIterator<Item = &'a OsStr>) -> String {
    let quoted: Vec<_> = words.into_iter().map(|word| quoted(&word.to_string_lossy()).into_owned()).collect();
    quoted.join(" ")
}

fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

/// The first line that says something, harmless and not too long.
pub(super) fn cause(said: &Said) -> String {
    let words = words(said);
    let line = words.lines().map(str::trim).find(|line| !line.is_empty());
    line.map_or_else(
        || said.status.to_string(),
        |line| line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect(),
    )
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_more_into_them() {
        let words = ["certutil", "-d", "sql:/home/me/a b", "C,,", "it's; rm -rf $HOME", "", "-n"];
        assert_eq!(
            typed(words.map(OsStr::new)),
            r"certutil -d 'sql:/home/me/a b' C,, 'it'\''s; rm -rf $HOME' '' -n"
        );
    }

    #[test]
    fn a_cause_is_one_harmless_line() {
        let said = |errors: &str| Said {
            status: ExitStatus::from_raw(256),
            output: b"out".to_vec(),
            errors: errors.as_bytes().to_vec(),
        };
        assert_eq!(cause(&said("\n  no \u{1b}[31mway\nmore")), "no  [31mway");
        assert_eq!(cause(&said(" ")), "out");
        assert_eq!(cause(&said(&"x".repeat(9000))).len(), LONGEST);
        assert_eq!(cause(&Said { output: Vec::new(), ..said("") }), "exit status: 1");
    }
}
