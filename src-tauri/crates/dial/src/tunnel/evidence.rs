use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use crate::proxy::Credentials;
use crate::text;

/// What must not be repeated, although a proxy may repeat it: an error page likes to show what it was asked.
#[derive(Debug, Default)]
pub(super) struct Secrets(Vec<SecretString>);

/// A shorter secret is not looked for: it would be found everywhere.
const SHORTEST: usize = 4;

impl Secrets {
    pub(super) fn of(credentials: Option<&Credentials>) -> Self {
        let Some(credentials) = credentials else { return Self::default() };
        let mut secrets =
            vec![basic(credentials), credentials.password.clone(), credentials.user.clone().into()];
        secrets.retain(|secret| secret.expose_secret().len() >= SHORTEST);
        Self(secrets)
    }

    /// How an answer begins, as one harmless line: as text where it is text, else byte by byte, as `\x05`.
    pub(super) fn start(&self, bytes: &[u8]) -> String {
        let bytes = self.taken_out_of(bytes);
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            // Cut within a character.
            Err(error) if error.error_len().is_none() => {
                std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => return text::line(&bytes.escape_ascii().to_string()),
        };
        if text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace()) {
            return text::line(&bytes.escape_ascii().to_string());
        }
        one_line(text)
    }

    /// How a page begins, in whatever encoding.
    pub(super) fn page(&self, bytes: &[u8]) -> String {
        one_line(&String::from_utf8_lossy(&self.taken_out_of(bytes)))
    }

    fn taken_out_of(&self, bytes: &[u8]) -> Vec<u8> {
        let mut clean = bytes.to_vec();
        for secret in &self.0 {
            clean = without(&clean, secret.expose_secret().as_bytes());
        }
        clean
    }
}

/// The credentials of RFC 7617.
pub(super) fn basic(credentials: &Credentials) -> SecretString {
    let Credentials { user, password } = credentials;
    STANDARD.encode(format!("{user}:{}", password.expose_secret())).into()
}

/// Without a secret, nor the beginning of one where the bytes end in its midst.
fn without(bytes: &[u8], secret: &[u8]) -> Vec<u8> {
    const INSTEAD: &[u8] = b"***";
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(secret) {
            clean.extend_from_slice(INSTEAD);
            rest = after;
        } else if rest.len() >= SHORTEST && secret.starts_with(rest) {
            clean.extend_from_slice(INSTEAD);
            break;
        } else {
            clean.push(byte);
            rest = after;
        }
    }
    clean
}

fn one_line(text: &str) -> String {
    text::line(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::of(Some(&Credentials { user: "alice".into(), password: "hunter2".into() }))
    }

    #[test]
    fn what_is_text_is_shown_as_text_and_what_is_not_byte_by_byte() {
        let none = Secrets::default();
        assert_eq!(none.start(b"<html>\r\n  <b>hi</b>\n"), "<html> <b>hi</b>");
        assert_eq!(none.start("代理".as_bytes().split_last().unwrap().1), "代");
        assert_eq!(none.start(b"\x05\xff"), r"\x05\xff");
        assert_eq!(none.start(b"a\x1b[2Jb"), r"a\x1b[2Jb");
        assert_eq!(none.start(&[0; 5000]).chars().count(), 201);
        assert_eq!(none.page(b"<p>\xb4\xed\x1b"), "<p>\u{fffd}\u{fffd} ");
    }

    #[test]
    fn credentials_that_come_back_are_taken_out_also_where_the_answer_ends_in_their_midst() {
        for echo in [
            "you sent Basic YWxpY2U6aHVudGVyMg==!",
            "alice hunter2 hunter2",
            "so it is hunter",
            "Basic YWxpY2U6aHVu",
            "\u{7f}hunter2",
        ] {
            let shown = format!("{}{}", secrets().start(echo.as_bytes()), secrets().page(echo.as_bytes()));
            for secret in ["hunt", "alic", "YWxp"] {
                assert!(!shown.contains(secret), "{echo}: {shown}");
            }
            assert!(shown.contains("***"), "{shown}");
        }
    }
}
