use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use fastrand::Rng;
use jiff::{Timestamp, tz};
use serde_json::{Value, json};

use crate::{
    cast::{Cast, Group, Person},
    ids,
};

/// Texts to choose from, by the name that templates use.
static WORDS: LazyLock<HashMap<&str, Vec<&str>>> =
    LazyLock::new(|| serde_json::from_str(include_str!("words.json")).unwrap_or_default());

/// What a template draws from: who takes part, where, and when. The same person, group and labelled value come
/// back each time they are named.
pub(super) struct Scene<'a> {
    pub(super) rng: &'a mut Rng,
    app_id: &'a str,
    cast: &'a Cast,
    people: Vec<&'a Person>,
    group: &'a Group,
    now_ms: u64,
    /// The text that the caller wants in a message.
    text: Option<&'a str>,
    labelled: BTreeMap<String, Value>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(
        app_id: &'a str,
        cast: &'a Cast,
        rng: &'a mut Rng,
        now_ms: u64,
        text: Option<&'a str>,
    ) -> Self {
        let mut people: Vec<_> = cast.people.iter().collect();
        rng.shuffle(&mut people);
        let group = &cast.groups[rng.usize(..cast.groups.len())];
        Self { rng, app_id, cast, people, group, now_ms, text, labelled: BTreeMap::new() }
    }

    /// The value of a placeholder: `person.open_id`, `hex:32@root`, `ms-1h`, `s|number`. Absent where there is none.
    pub(super) fn value(&mut self, placeholder: &str) -> Option<Value> {
        let (name, number) = match placeholder.strip_suffix("|number") {
            Some(name) => (name, true),
            None => (placeholder, false),
        };
        let value = match name.split_once('@') {
            Some((source, _)) => match self.labelled.get(name) {
                Some(value) => value.clone(),
                None => {
                    let value = self.draw(source)?;
                    self.labelled.insert(name.to_owned(), value.clone());
                    value
                }
            },
            None => self.draw(name)?,
        };
        if number { Some(value.as_str()?.parse::<u64>().ok()?.into()) } else { Some(value) }
    }

    fn draw(&mut self, source: &str) -> Option<Value> {
        let text = match source {
            "app_id" => self.app_id.to_owned(),
            "tenant_key" => self.cast.tenant_key.clone(),
            "token" => self.cast.token.clone(),
            "uuid" => ids::uuid(self.rng),
            "UUID" => ids::uuid(self.rng).to_uppercase(),
            "text" => self.text.map_or_else(|| self.word("sentence"), |text| Some(text.to_owned()))?,
            "title" => self.text.map_or_else(|| self.word("title"), |text| Some(text.to_owned()))?,
            _ => return self.someone(source).or_else(|| Some(self.made_up(source)?.into())),
        };
        Some(text.into())
    }

    /// A person, one of their fields, or a field of the group.
    fn someone(&self, source: &str) -> Option<Value> {
        let (who, field) = source.split_once('.').unwrap_or((source, ""));
        let person = match who {
            "person" => self.people.first()?,
            "other" => self.people.get(1)?,
            "third" => self.people.get(2)?,
            "bot" => &self.cast.bot,
            "group" => {
                return match field {
                    "chat_id" => Some(json!(self.group.chat_id)),
                    "name" => Some(json!(self.group.zh)),
                    "en" => Some(json!(self.group.en)),
                    _ => None,
                };
            }
            _ => return None,
        };
        match field {
            "" => Some(person.ids()),
            "name" => Some(json!(person.name)),
            "open_id" => Some(json!(person.open_id)),
            "union_id" => Some(json!(person.union_id)),
            "user_id" => Some(json!(person.user_id)),
            "chat_id" => Some(json!(person.chat_id)),
            _ => None,
        }
    }

    /// A fresh identifier, a time, or one of the texts to choose from.
    fn made_up(&mut self, source: &str) -> Option<String> {
        if let Some((kind, length)) = source.split_once(':') {
            let length = length.parse().ok()?;
            return match kind {
                "hex" => Some(ids::hex(self.rng, length)),
                "digits" => Some(ids::digits(self.rng, length)),
                "word" => Some(ids::word(self.rng, length)),
                _ => None,
            };
        }
        time(source, self.now_ms).or_else(|| self.word(source))
    }

    fn word(&mut self, list: &str) -> Option<String> {
        let words = WORDS.get(list)?;
        words.get(self.rng.usize(..words.len())).map(|&word| word.to_owned())
    }
}

/// A time in the form that its name says, and some seconds, minutes, hours or days before or after: `ms`, `s+1h`,
/// `date-3d`. Dates are those of China, where the platform lives.
fn time(source: &str, now_ms: u64) -> Option<String> {
    let split = source.find(['+', '-']).unwrap_or(source.len());
    let (form, offset) = source.split_at(split);
    let at_ms = now_ms.saturating_add_signed(milliseconds(offset)?);
    let civil = |form| {
        let at = Timestamp::from_millisecond(at_ms.try_into().ok()?).ok()?;
        Some(tz::offset(8).to_datetime(at).strftime(form).to_string())
    };
    match form {
        "ms" => Some(at_ms.to_string()),
        "s" => Some((at_ms / 1000).to_string()),
        "day" => civil("%Y%m%d"),
        "date" => civil("%Y-%m-%d"),
        "datetime" => civil("%Y-%m-%d %H:%M:%S"),
        _ => None,
    }
}

/// `+30m` in milliseconds; nothing is zero.
fn milliseconds(offset: &str) -> Option<i64> {
    let Some(unit) = offset.chars().last() else { return Some(0) };
    let unit_ms = match unit {
        's' => 1000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        _ => return None,
    };
    let count: i64 = offset.strip_suffix(unit)?.parse().ok()?;
    count.checked_mul(unit_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_form_and_the_distance_they_name() {
        let now = 1_700_000_000_123;
        assert_eq!(time("ms-1s", now).unwrap(), "1699999999123");
        assert_eq!(time("s", now).unwrap(), "1700000000");
        assert_eq!(time("day", now).unwrap(), "20231115");
        assert_eq!(time("date+1d", now).unwrap(), "2023-11-16");
        assert_eq!(time("datetime", now).unwrap(), "2023-11-15 06:13:20");
        assert_eq!(time("ms-1d", 5).unwrap(), "0");
        for wrong in ["", "year", "ms+", "ms+h", "ms+1w", "s+99999999999999999999d"] {
            assert_eq!(time(wrong, now), None, "{wrong}");
        }
    }
}
