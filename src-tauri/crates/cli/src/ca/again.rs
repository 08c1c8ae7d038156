//! Commands that are offered to be copied: with the road of the one that was given, so that they do what they are offered for.

use std::path::Path;

use crate::args::CaFrom;

/// What was said besides the source, as the next command is to say it.
#[derive(Debug, Default)]
pub(crate) struct Again {
    /// Each after a space, for a shell.
    words: String,
}

impl Again {
    /// Of this command, given the data folder where the command line names one.
    pub(crate) fn of(from: &CaFrom, data_dir: Option<&Path>) -> Self {
        let text = |path: &Path| path.display().to_string();
        let named = [
            ("--data-dir", data_dir.map(text)),
            ("--app-id", from.app_id.as_ref().map(ToString::to_string)),
            ("--domain", from.domain.as_ref().map(ToString::to_string)),
            // One with a password is refused on a command line, so it is on none.
            ("--proxy", from.road.proxy.clone()),
        ];
        let named = named.into_iter().filter_map(|(flag, value)| Some((flag, value?)));
        let files = from.road.ca_file.iter().map(|path| ("--ca-file", text(path)));
        let words = named.chain(files).map(|(flag, value)| format!(" {flag} {}", quoted(&value)));
        Self { words: words.collect() }
    }

    /// `longwire ca VERB SOURCE` with all of it.
    pub(crate) fn command(&self, verb: &str, source: &str) -> String {
        // A file may be named like a flag; alone, the dash is standard input.
        let prefix = if source.len() > 1 && source.starts_with('-') { "./" } else { "" };
        format!("longwire ca {verb} {}{}", quoted(&format!("{prefix}{source}")), self.words)
    }
}

/// As a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[test]
    fn what_was_given_is_given_again_and_nothing_else() {
        let plain = Again::of(&testing::from(&["platform"]), None);
        assert_eq!(plain.command("trust", "platform"), "longwire ca trust platform");
        let from = testing::from(&[
            "mitmproxy",
            "--app-id",
            "cli_0000000000000001",
            "--domain",
            "lark",
            "--proxy",
            "http://127.0.0.1:8080",
            "--ca-file",
            "a.pem",
            "it's b.pem",
        ]);
        assert_eq!(
            Again::of(&from, Some(Path::new("/my data"))).command("inspect", "proxy"),
            "longwire ca inspect proxy --data-dir '/my data' --app-id cli_0000000000000001 --domain lark \
             --proxy http://127.0.0.1:8080 --ca-file a.pem --ca-file 'it'\\''s b.pem'"
        );
    }

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        for (word, in_a_shell) in [
            ("$(touch x)", "'$(touch x)'"),
            ("pac+http://h/p.pac?a=b&c", "'pac+http://h/p.pac?a=b&c'"),
            ("~/x", "'~/x'"),
            ("", "''"),
            ("我的证书.pem", "我的证书.pem"),
        ] {
            assert_eq!(quoted(word), in_a_shell);
        }
        assert_eq!(Again::default().command("trust", "-ca.pem"), "longwire ca trust ./-ca.pem");
        assert_eq!(Again::default().command("trust", "-"), "longwire ca trust -");
    }
}
