use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};

/// Makes text of a peer fit for an error or a log: one short line, without the secrets that were sent to that peer.
/// A debugging proxy or an error page likes to repeat what it was asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Censor {
    secrets: Vec<SecretString>,
}

/// The longest text that is kept, in characters.
const LONGEST: usize = 200;
/// A shorter secret is not looked for: it would be found everywhere.
const SHORTEST_SECRET: usize = 6;

impl Censor {
    pub(crate) fn of(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| secret.expose_secret().len() >= SHORTEST_SECRET);
        Self { secrets: secrets.collect() }
    }

    pub(crate) fn line(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        for secret in &self.secrets {
            if text.contains(secret.expose_secret()) {
                text = Cow::Owned(text.replace(secret.expose_secret(), "***"));
            }
        }
        let mut line = String::new();
        for word in text.split(|c: char| c.is_whitespace() || hidden(c)).filter(|word| !word.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if let Some((end, _)) = line.char_indices().nth(LONGEST) {
            line.truncate(end);
            line.push('…');
        }
        line
    }

    pub(crate) fn bytes(&self, bytes: &[u8]) -> String {
        // Enough for the longest line and any secret across its end.
        self.line(&String::from_utf8_lossy(&bytes[..bytes.len().min(16 << 10)]))
    }
}

/// Control characters, and those that change the direction of writing.
fn hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_one_short_line() {
        let censor = Censor::default();
        assert_eq!(censor.line("<html>\r\n\t<b>\u{1b}[31m hi\u{202e}x\0 </b>"), "<html> <b> [31m hi x </b>");
        assert_eq!(censor.line(&"字".repeat(1000)).chars().count(), LONGEST + 1);
        assert_eq!(censor.bytes(b"a\xffb"), "a\u{fffd}b");
    }

    #[test]
    fn a_secret_is_taken_out_also_where_the_line_is_cut() {
        let censor = Censor::of(["hunter2hunter2".into(), "s".into()]);
        assert_eq!(censor.line("its hunter2hunter2!"), "its ***!");
        let across = format!("{}hunter2hunter2", "x".repeat(LONGEST - 3));
        assert!(!censor.line(&across).contains("hun"));
    }
}
