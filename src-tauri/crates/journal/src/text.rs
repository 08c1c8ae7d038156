//! What of a payload is searched. Payloads come from outside: this reads whatever is there, without recursion, as far as a
//! bound, and never fails.

use crate::search::{READ, Words};

/// How deep JSON in strings in JSON is followed: a message's `content` is such a string, a card's value may be one in it.
const NESTED: u8 = 2;

/// Members whose values tell one event from another, or say what kind of thing it is: of no use in a search, and most of what
/// an index would have to hold.
const UNSEARCHED: &[&[u8]] = &[
    b"app_id",
    b"chat_type",
    b"event_type",
    b"file_key",
    b"host",
    b"id_type",
    b"image_key",
    b"key",
    b"mentioned_type",
    b"message_type",
    b"operator_type",
    b"preview_token",
    b"sender_type",
    b"tag",
    b"tenant_key",
    b"timezone",
    b"token",
    b"type",
];

/// The words of an event: its own id, and all texts, names, numbers and ids of what it tells of.
pub(crate) fn words(event_id: Option<&str>, payload: &[u8]) -> Words {
    let mut words = Words::default();
    if let Some(id) = event_id {
        words.push(id);
    }
    read(payload.get(..READ as usize).unwrap_or(payload), false, NESTED, &mut words);
    words
}

/// Reads JSON: all of it, or the member `event` of the outermost object alone.
fn read(json: &[u8], all: bool, nested: u8, words: &mut Words) {
    let mut inside = all;
    let mut depth = 0_u32;
    let mut key: &[u8] = b"";
    let mut rest = json;
    while let Some((&first, after)) = rest.split_first() {
        if words.is_full() {
            return;
        }
        match first {
            b'{' | b'[' => depth = depth.saturating_add(1),
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                key = b"";
            }
            b'"' => {
                let (raw, after) = string(after);
                rest = after;
                if rest.trim_ascii_start().first() == Some(&b':') {
                    key = raw;
                    if depth == 1 && !all {
                        inside = raw == b"event";
                    }
                } else if inside && is_searched(key) {
                    text(raw, nested, words);
                }
                continue;
            }
            b'-' | b'0'..=b'9' => {
                let end = rest.iter().position(|byte| !is_numeric(*byte)).unwrap_or(rest.len());
                let (number, after) = rest.split_at(end);
                if inside && is_searched(key) {
                    words.push(&String::from_utf8_lossy(number));
                }
                rest = after;
                continue;
            }
            _ => {}
        }
        rest = after;
    }
}

/// A string's value: JSON again, or text.
fn text(raw: &[u8], nested: u8, words: &mut Words) {
    let text = unescape(raw);
    let json = text.trim_start();
    if nested > 0 && (json.starts_with('{') || json.starts_with("[{") || json.starts_with("[[")) {
        read(json.as_bytes(), true, nested - 1, words);
    } else if !is_moment(&text) {
        words.push(&text);
    }
}

fn is_numeric(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}

fn is_searched(key: &[u8]) -> bool {
    !key.ends_with(b"_time") && UNSEARCHED.binary_search(&key).is_err()
}

/// Whether a text is a moment in milliseconds or finer, which the platform writes as a string of digits.
fn is_moment(text: &str) -> bool {
    text.len() >= 13 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The raw inside of a string that was opened, and what comes after it; all that is left where it is not closed.
fn string(json: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return (&json[..at], &json[at + 1..]),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    (json, b"")
}

/// The text of a string's raw inside. What stands for no character (half a surrogate pair, bytes that are no UTF-8, an
/// unknown escape) becomes U+FFFD.
fn unescape(raw: &[u8]) -> String {
    let lossy = String::from_utf8_lossy(raw);
    if !lossy.contains('\\') {
        return lossy.into_owned();
    }
    let mut text = String::with_capacity(lossy.len());
    let mut rest: &str = &lossy;
    while let Some(slash) = rest.find('\\') {
        text.push_str(&rest[..slash]);
        rest = &rest[slash + 1..];
        let Some(kind) = rest.chars().next() else { break };
        rest = &rest[kind.len_utf8()..];
        match kind {
            'n' | 'r' | 't' | 'b' | 'f' => text.push(' '),
            '"' | '\\' | '/' => text.push(kind),
            'u' => {
                let (unit, after) = code_unit(rest);
                rest = after;
                let low = rest.strip_prefix("\\u").map(code_unit);
                match (unit, low) {
                    (Some(high @ 0xd800..=0xdbff), Some((Some(low @ 0xdc00..=0xdfff), after))) => {
                        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                        text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                        rest = after;
                    }
                    (unit, _) => {
                        text.push(unit.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                }
            }
            _ => text.push(char::REPLACEMENT_CHARACTER),
        }
    }
    text.push_str(rest);
    text
}

/// The four hexadecimal digits after `\u`, and what comes after them.
fn code_unit(text: &str) -> (Option<u32>, &str) {
    match text.get(..4) {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            (u32::from_str_radix(digits, 16).ok(), &text[4..])
        }
        _ => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(payload: &str) -> String {
        words(None, payload.as_bytes()).as_str().trim().to_owned()
    }

    #[test]
    fn the_list_of_unsearched_members_is_in_order() {
        assert!(UNSEARCHED.is_sorted());
    }

    #[test]
    fn a_message_is_found_by_its_text_and_the_names_it_mentions() {
        let payload = r#"{"schema":"2.0","header":{"token":"secret","tenant_key":"736588c9260f175d"},"event":{"sender":
            {"sender_id":{"user_id":"e33ggbyz"},"sender_type":"user"},"message":{"create_time":"1609073151345",
            "content":"{\"text\":\"@_user_1 Hello\\n世界\"}","message_type":"text","mentions":[{"key":"@_user_1",
            "name":"Tom"}]}}}"#;
        assert_eq!(of(payload), "e33ggbyz hello 世 界 tom");
    }

    #[test]
    fn every_envelope_and_every_broken_one_gives_what_there_is() {
        for (payload, expected) in [
            (
                r#"{"ts":"1.2","uuid":"x","type":"event_callback","event":{"type":"leave","status":"PENDING"}}"#,
                "pending",
            ),
            (r#"{"event":{"a":12.5,"b":-3,"c":true,"d":null,"e":"f"}}"#, "12 5 3 f"),
            (r#"{"event":["a",["b"],{"c":"d"},"e"]}"#, "a b d e"),
            (r#"{"event":"plain","other":"no"}"#, "plain"),
            (r#"{"a":{"event":"not the outermost"}}"#, ""),
            (r#"{"event":{"a":"open"#, "open"),
            (r#"{"event":{"a":"b\"#, "b"),
            ("", ""),
            ("[]", ""),
            ("not json at all", ""),
            (
                r#"{"event":{"a":"\ud800x\udc00","b":"\ud83d\ude00","c":"\u00e9\u4e16","d":"\u00zz\q"}}"#,
                "x 😀 é 世 00zz",
            ),
            (r#"{"event":{"text":"x\u0000y"}}"#, "x y"),
        ] {
            assert_eq!(of(payload), expected, "{payload}");
        }
        assert_eq!(words(None, b"{\"event\":\"a\xffb\"}").as_str().trim(), "a b");
    }

    #[test]
    fn a_hostile_payload_is_read_as_far_as_its_bound() {
        let deep = format!("{{\"event\":{}\"deep\"{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(of(&deep), "deep");
        let long = format!("{{\"event\":{{\"text\":\"{}\"}}}}", "字".repeat(2_700_000));
        assert!(words(None, long.as_bytes()).as_str().len() <= 9 * 1024);
        let mut nested = "\"inner\"".to_owned();
        for _ in 0..10 {
            nested = serde_json::to_string(&format!("{{\"a\":{nested}}}")).unwrap();
        }
        assert!(of(&format!("{{\"event\":{nested}}}")).len() < 10_000);
        let keys = format!("{{\"event\":{{{}}}}}", "\"k\":".repeat(100_000));
        assert!(of(&keys).len() <= 1);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_fail(payload: Vec<u8>, text: String) {
            words(Some(&text), &payload);
            let whole = serde_json::json!({ "event": { "text": text } }).to_string();
            let (read, plain) = (words(None, whole.as_bytes()), Words::of(&text));
            // A text that looks like JSON or a moment is read as such; any other is read as it is.
            if !text.contains(['{', '[']) && !is_moment(&text) {
                proptest::prop_assert_eq!(read, plain);
            }
        }
    }
}
