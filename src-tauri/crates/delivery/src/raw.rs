//! JSON text, read level by level: what is deeper than a parser wants to go, and half a surrogate pair, are in nobody's way.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// The JSON text in these bytes, without the spaces around it; nothing where they are none.
pub(crate) fn json(bytes: &[u8]) -> Option<&str> {
    serde_json::from_slice::<&RawValue>(bytes).ok().map(RawValue::get)
}

/// Shows each member of an object: its name and its value, both as JSON text. False where the text is no object.
pub(crate) fn each_member<'t>(json: &'t str, mut take: impl FnMut(&'t str, &'t str)) -> bool {
    let mut reader = serde_json::Deserializer::from_str(json);
    json.starts_with('{') && reader.deserialize_map(Members(&mut take)).is_ok()
}

/// The value of a member, or of a list's element by its index, as JSON text. Of several of the same name it is the last.
pub(crate) fn member<'t>(json: &'t str, name: &str) -> Option<&'t str> {
    let mut found = None;
    if json.starts_with('[') {
        let wanted = index(name)?;
        let mut reader = serde_json::Deserializer::from_str(json);
        let mut take = |index, value| {
            if index == wanted {
                found = Some(value);
            }
        };
        reader.deserialize_seq(Elements(&mut take)).ok()?;
    } else {
        each_member(json, |key, value| {
            if text(key).is_some_and(|key| key == name) {
                found = Some(value);
            }
        });
    }
    found
}

/// A number of a list's element, written as it is shown.
pub(crate) fn index(name: &str) -> Option<usize> {
    let digits = name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    if digits { name.parse().ok() } else { None }
}

/// What a JSON string says, with half a surrogate pair replaced; nothing where the text is no string.
pub(crate) fn text(json: &str) -> Option<Cow<'_, str>> {
    let quoted = json.strip_prefix('"')?.strip_suffix('"')?;
    if !quoted.contains('\\') {
        return Some(Cow::Borrowed(quoted));
    }
    serde_json::from_str::<Text>(json).ok().map(|text| Cow::Owned(text.0))
}

struct Members<'f, F>(&'f mut F);

impl<'de, F: FnMut(&'de str, &'de str)> Visitor<'de> for Members<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            (self.0)(key.get(), value.get());
        }
        Ok(())
    }
}

struct Elements<'f, F>(&'f mut F);

impl<'de, F: FnMut(usize, &'de str)> Visitor<'de> for Elements<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(value) = list.next_element::<&RawValue>()? {
            (self.0)(index, value.get());
            index += 1;
        }
        Ok(())
    }
}

/// A string of which every one is accepted, as bytes are.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(TextVisitor)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Text, E> {
        Ok(Text(String::from_utf8_lossy(bytes).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_by_its_name_however_it_is_written_and_the_last_one_counts() {
        let json = r#"{"a":1,"\u0062":[10,{"x":"y"}], "a" : 2 }"#;
        assert_eq!(member(json, "a"), Some("2"));
        assert_eq!(member(json, "b"), Some(r#"[10,{"x":"y"}]"#));
        assert_eq!(member(json, "c"), None);
        assert_eq!(member("[10,20]", "1"), Some("20"));
        for none in ["2", "01", "+1", "-1", "", "x", "99999999999999999999999"] {
            assert_eq!(member("[10,20]", none), None, "{none}");
        }
        assert_eq!(member("\"text\"", "0"), None);
    }

    #[test]
    fn what_a_parser_refuses_is_read_all_the_same() {
        let deep = format!(r#"{{"d":{}{},"a":"x"}}"#, "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(member(&deep, "a"), Some("\"x\""));
        let half = r#"{"\ud800":1,"a":"\ude00 x","n":1e999}"#;
        assert!(serde_json::from_str::<serde_json::Value>(half).is_err());
        assert_eq!(text(member(half, "a").unwrap()).unwrap(), "\u{fffd}\u{fffd}\u{fffd} x");
        assert_eq!(member(half, "n"), Some("1e999"));
    }

    #[test]
    fn text_that_is_no_json_is_none() {
        for bytes in [&b"{"[..], b"", b"{}{}", b"\xff", b"\"\xff\"", b"\xef\xbb\xbf{}", b"{\"a\":01}"] {
            assert_eq!(json(bytes), None, "{bytes:?}");
        }
        assert_eq!(json(b" {} \n"), Some("{}"));
    }
}
