//! What names somebody, or may be a secret, by its form alone.

/// What stands in the place of a secret.
pub(super) const SECRET: &str = "[redacted]";

/// The beginnings of the platform's ids: of apps, chats, users, messages, departments.
const IDS: &[&str] = &["cli", "oc", "ou", "on", "om", "omt", "od", "ob", "of"];
/// So many characters of an id are left, by which it is known again.
const LEFT: usize = 4;

/// A word without slashes, its ids shortened and what may be a secret left out.
pub(super) fn redacted(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(begins) = rest.find(is_part) {
        out.push_str(&rest[..begins]);
        rest = &rest[begins..];
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        part(&rest[..end], &mut out);
        rest = &rest[end..];
    }
    out + rest
}

/// Whether a word with slashes is Base64.
pub(super) fn is_base64(word: &str) -> bool {
    let text = word.trim_end_matches('=');
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    text.len() >= 32 && text.bytes().all(fits) && mixed(text)
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

fn part(text: &str, out: &mut String) {
    if let Some((begins, end, kind)) = id(text) {
        part(&text[..begins], out);
        out.push_str(kind);
        out.push_str("_…");
        if end - begins > kind.len() + 2 * LEFT {
            out.push_str(&text[end - LEFT..end]);
        }
        part(&text[end..], out);
    } else if is_whole_secret(text) {
        out.push_str(SECRET);
    } else {
        for run in text.split_inclusive(['_', '-']) {
            let bare = run.trim_end_matches(['_', '-']);
            if is_secret(bare) {
                out.push_str(SECRET);
                out.push_str(&run[bare.len()..]);
            } else {
                out.push_str(run);
            }
        }
    }
}

/// Where the first id begins and ends, and its kind.
fn id(text: &str) -> Option<(usize, usize, &'static str)> {
    let bytes = text.as_bytes();
    let starts = (0..bytes.len()).filter(|&at| at == 0 || !bytes[at - 1].is_ascii_alphanumeric());
    starts.flat_map(|at| IDS.iter().map(move |kind| (at, *kind))).find_map(|(at, kind)| {
        let tail = text[at..].strip_prefix(kind)?.strip_prefix('_')?;
        let length = tail.bytes().take_while(u8::is_ascii_alphanumeric).count();
        (length >= 6).then(|| (at, at + kind.len() + 1 + length, kind))
    })
}

/// Whether what is joined by dashes is one secret: a token of the platform's (`t-…`), a UUID, Base64 for URLs.
fn is_whole_secret(text: &str) -> bool {
    let bytes = text.as_bytes();
    let token = bytes.len() >= 12 && bytes[0].is_ascii_lowercase() && bytes[1] == b'-' && has_digit(text);
    let hex = bytes.len() >= 32 && bytes.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    token || hex || (bytes.len() >= 20 && mixed(text))
}

/// Whether letters and digits in a row are too many for a word or a number.
fn is_secret(run: &str) -> bool {
    let upper = run.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = run.bytes().any(|byte| byte.is_ascii_lowercase());
    match run.len() {
        0..16 => false,
        16..20 => has_digit(run),
        20..28 => has_digit(run) || (upper && lower),
        _ => true,
    }
}

fn mixed(text: &str) -> bool {
    has_digit(text)
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_known_again_by_their_end() {
        for (word, left) in [
            ("cli_0123456789abcdef", "cli_…cdef"),
            ("id=cli_0123456789abcdef", "id=cli_…cdef"),
            ("oc_a0553eda9014c201e6969b478895c230", "oc_…c230"),
            ("ou_7d8a6e6df7621556ce0d21922b676706ccs", "ou_…6ccs"),
            ("x-om_dc13264520392913993dd051dba21dcf.json", "x-om_…1dcf.json"),
            ("on_abc123", "on_…"),
            ("app_cli_0123456789abcdef-oc_a0553eda9014", "app_cli_…cdef-oc_…9014"),
        ] {
            assert_eq!(redacted(word), left, "{word}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_left_out() {
        for secret in [
            "t-g1044qeGEDXTB6NDJOGV4JQCYDGHRBARFTGT1234",
            "u-6U1SbDiM6XIH2DcTCPyeub",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
            "f7984f25108f8137722bb63cee927e66",
            "550e8400-e29b-41d4-a716-446655440000",
            "abcDEFghiJKLmnoPQRstuVWXyzABcdEF",
            "736588c9260f175d",
        ] {
            let left = redacted(secret);
            assert!(left.replace(SECRET, "").len() <= 2, "{secret} {left}");
        }
        assert!(is_base64("n3I9PlFUP0THsR8U+dozjgNryP4J3j/VmNHl0w5N=="));
    }

    #[test]
    fn words_numbers_and_names_of_files_stay() {
        for word in [
            "connected",
            "config.toml",
            "longwire-report-2026-03-29-200105.zip",
            "TLS13_AES_256_GCM_SHA384",
            "im.message.receive_v1",
            "longwire_delivery::courier",
            "1774785600123",
            "x86_64-unknown-linux-gnu",
            "on_start",
            "authentication",
        ] {
            assert_eq!(redacted(word), word);
        }
    }
}
