use serde_json::{Number, Value};

use super::FilterError;
use crate::{Path, raw};

/// What must hold of an event's JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    place: Path,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// Something is there, and not null.
    There,
    /// It is this.
    Is(Expected),
    /// It is not this, or nothing.
    IsNot(Expected),
    /// It has this in it, in lower case.
    Contains(String),
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq)]
struct Expected {
    text: String,
    /// `null`, which what is not there is, too.
    null: bool,
}

impl Condition {
    pub(super) fn new(text: &str) -> Result<Self, FilterError> {
        let malformed = || FilterError::Condition(text.chars().take(200).collect());
        let (place, rest) = Path::read(text.trim()).ok_or_else(malformed)?;
        let rest = rest.trim_start();
        let test = if rest.is_empty() {
            Test::There
        } else if let Some(value) = rest.strip_prefix("!=") {
            Test::IsNot(Expected::new(value).ok_or_else(malformed)?)
        } else if let Some(value) = rest.strip_prefix('=') {
            Test::Is(Expected::new(value).ok_or_else(malformed)?)
        } else if let Some(value) = rest.strip_prefix('~') {
            Test::Contains(Expected::new(value).ok_or_else(malformed)?.text.to_lowercase())
        } else {
            return Err(malformed());
        };
        Ok(Self { place, test })
    }

    /// Whether it holds of this JSON text.
    pub(super) fn holds(&self, json: &str) -> bool {
        let found = self.place.within(json).filter(|value| *value != "null");
        match &self.test {
            Test::There => found.is_some(),
            Test::Is(expected) => expected.is(found),
            Test::IsNot(expected) => !expected.is(found),
            Test::Contains(part) => found.is_some_and(|value| {
                raw::text(value).as_deref().unwrap_or(value).to_lowercase().contains(part)
            }),
        }
    }
}

impl Expected {
    /// The value as the user writes it: a JSON string, number, boolean or null; else a text.
    fn new(value: &str) -> Option<Self> {
        let value = value.trim();
        // A second sign, as in `a == b`, is a slip and no value.
        if value.is_empty() || value.starts_with(['=', '~']) {
            return None;
        }
        let text = match serde_json::from_str(value) {
            Ok(Value::String(text)) => text,
            _ => value.to_owned(),
        };
        Some(Self { text, null: value == "null" })
    }

    /// Whether a value, as JSON text, is this: numbers by what they are worth, all else by its text, so that `1` is the number
    /// and the text; objects and lists are nothing that can be written here.
    fn is(&self, found: Option<&str>) -> bool {
        let Some(found) = found else { return self.null };
        match raw::text(found) {
            Some(text) => text == self.text,
            None => found == self.text || number(found).is_some_and(|is| number(&self.text) == Some(is)),
        }
    }
}

/// What a number is worth: `1`, `1.0` and `1e0` are the same.
fn number(text: &str) -> Option<Worth> {
    let number = serde_json::from_str::<Number>(text).ok()?;
    let whole = number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
    match (whole, number.as_f64()?) {
        (Some(whole), _) => Some(Worth::Whole(whole)),
        (None, float) if float.fract() == 0.0 && float.abs() < 9e15 => Some(Worth::Whole(float as i128)),
        (None, float) => Some(Worth::Other(float)),
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Worth {
    Whole(i128),
    Other(f64),
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{
        "schema": "2.0",
        "event": {
            "message": {"chat_type": "p2p", "content": "{\"text\":\"Hallo Ä 你好\"}", "mentions": [{"id": {"open_id": "ou_1"}}]},
            "n": 1, "f": 1.50, "big": 18446744073709551615, "huge": 123456789012345678901234567890,
            "s": "1", "yes": true, "no": "false", "nothing": null, "empty": "", "half": "a \ud800 B",
            "a.b": "x", "a=b": "y"
        }
    }"#;

    fn holds(text: &str) -> bool {
        Condition::new(text).unwrap_or_else(|error| panic!("{text}: {error}")).holds(JSON)
    }

    #[test]
    fn these_hold() {
        for text in [
            "event",
            "event.message.mentions.0.id.open_id",
            "event.empty",
            "event.message.chat_type = p2p",
            "event.message.chat_type=p2p",
            r#"event.message.chat_type = "p2p""#,
            "event.message.chat_type != group",
            "event.absent != group",
            "event.absent = null",
            "event.nothing = null",
            "event.yes != null",
            "event.n = 1",
            "event.n = 1.0",
            "event.n = \"1\"",
            "event.s = 1",
            "event.f = 1.5",
            "event.f = 15e-1",
            "event.big = 18446744073709551615",
            "event.huge = 123456789012345678901234567890",
            "event.yes = true",
            "event.no = false",
            "event.empty = \"\"",
            "event.n != 2",
            "schema = 2.0",
            "event.message.content ~ hallo ä",
            "event.message.content ~ 你好",
            "event.message.mentions ~ OU_1",
            "event.half ~ b",
            "event.big ~ 709",
            r#"event["a.b"] = x"#,
            r#"event["a=b"] = y"#,
            "event.message.chat_type = p2p ",
        ] {
            assert!(holds(text), "{text}");
        }
    }

    #[test]
    fn these_do_not() {
        for text in [
            "absent",
            "event.nothing",
            "event.message.mentions.1",
            "event.message.chat_type.x",
            "event.message.chat_type = P2P",
            "event.message.chat_type = group",
            "event.message.chat_type != p2p",
            "event.absent = group",
            "event.absent != null",
            "event.nothing != null",
            "event.yes = null",
            "event.n = 2",
            "event.n = one",
            "event.n != 1.0",
            "event.s = 1.0",
            "event.yes = 1",
            "event.big = 18446744073709551614",
            "event.message = p2p",
            "event.message.content ~ tschüss",
            "event.absent ~ a",
            "event.nothing ~ null",
        ] {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for text in [
            "",
            "= a",
            "event. = a",
            "event ==",
            "event == a",
            "event =",
            "event ~",
            "event !~ a",
            "event > 1",
            "a b",
        ] {
            assert_eq!(Condition::new(text), Err(FilterError::Condition(text.into())), "{text}");
        }
    }
}
