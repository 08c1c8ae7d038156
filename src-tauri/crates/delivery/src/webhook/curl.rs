//! A request as a command line for a POSIX shell.

use base64::{Engine, engine::general_purpose::STANDARD};

/// The longest body that is an argument: Linux takes none of more than 128 KiB.
const LONGEST_ARGUMENT: usize = 100 << 10;

/// A request to be written down.
pub(super) struct Line<'a> {
    pub(super) url: &'a str,
    /// Whether it is on this machine, where no proxy is asked.
    pub(super) local: bool,
    /// Names and values.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: &'a [u8],
}

impl Line<'_> {
    pub(super) fn text(&self) -> String {
        let (before, body) = body(self.body);
        let mut line = format!("{before}curl -sS -X POST {}", quoted(self.url));
        if self.url.contains(['[', ']', '{', '}']) {
            line.push_str(" --globoff");
        }
        if self.local {
            line.push_str(" --noproxy '*'");
        }
        for (name, value) in &self.headers {
            line.push_str(" -H ");
            // With nothing after the colon it would be left out.
            let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
            line.push_str(&quoted(&header));
        }
        line.push_str(" --data-binary ");
        line.push_str(&body);
        line
    }
}

/// What comes before the command, and the argument that is the body. What cannot be an argument, or would be a file's name,
/// comes in from before.
fn body(body: &[u8]) -> (String, String) {
    let text = std::str::from_utf8(body).ok().filter(|text| !text.contains('\0'));
    match text {
        Some(text) if text.len() <= LONGEST_ARGUMENT && !text.starts_with('@') => {
            (String::new(), quoted(text))
        }
        Some(text) => (format!("printf '%s' {} | ", quoted(text)), "@-".to_owned()),
        None => {
            (format!("printf '%s' {} | base64 --decode | ", quoted(&STANDARD.encode(body))), "@-".to_owned())
        }
    }
}

/// Between single quotes a shell takes every character as it is; one that ends them stands alone.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
