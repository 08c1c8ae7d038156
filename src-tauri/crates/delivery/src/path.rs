use std::{fmt, str::FromStr};

use serde_json::{Map, Value};

use crate::raw;

/// More names than a place can have: a document that is deeper is read by few.
const DEEPEST: usize = 100;

/// A place in a JSON document: `event.message.mentions.0.name`. A member whose name has a dot, or anything else that is no
/// letter, no digit and none of `_ - $ @`, is written `["a.b"]`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Path(Vec<String>);

/// Why a text names no place in a JSON document, or a document has no such place.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PathError {
    /// It is no path.
    #[error("{0:?} is no place in a JSON document: write one as event.message.chat_id")]
    Malformed(String),
    /// What stands before the place has no members.
    #[error("{0} is neither an object nor a list, so that nothing can be set in it")]
    NoMembers(String),
    /// It is in a list, and neither the number of an element nor that of the next one.
    #[error("{0} is in a list, and neither one of its elements nor the next one")]
    NotInList(String),
}

impl Path {
    /// The value at this place.
    pub fn of<'j>(&self, json: &'j Value) -> Option<&'j Value> {
        self.0.iter().try_fold(json, |at, name| match at {
            Value::Object(members) => members.get(name),
            Value::Array(elements) => elements.get(raw::index(name)?),
            _ => None,
        })
    }

    /// Sets the value at this place; objects on the way there that are missing, or null, are made, and the element after a list's
    /// last one is added to it.
    ///
    /// # Errors
    /// [`PathError::NoMembers`] and [`PathError::NotInList`]; the document is as it was then.
    pub fn set(&self, json: &mut Value, value: Value) -> Result<(), PathError> {
        let mut at = json;
        for (depth, name) in self.0.iter().enumerate() {
            if at.is_null() {
                *at = Value::Object(Map::new());
            }
            at = match at {
                Value::Object(members) => members.entry(name.as_str()).or_insert(Value::Null),
                Value::Array(elements) => {
                    let index = raw::index(name).unwrap_or(usize::MAX);
                    if index == elements.len() {
                        elements.push(Value::Null);
                    }
                    let missing = || PathError::NotInList(self.shown(depth + 1));
                    elements.get_mut(index).ok_or_else(missing)?
                }
                _ => return Err(PathError::NoMembers(self.shown(depth))),
            };
        }
        *at = value;
        Ok(())
    }

    /// The JSON text at this place in a text.
    pub(crate) fn within<'t>(&self, json: &'t str) -> Option<&'t str> {
        self.0.iter().try_fold(json, |at, name| raw::member(at, name))
    }

    /// Reads a path that a text begins with, and gives the rest of it back.
    pub(crate) fn read(text: &str) -> Option<(Self, &str)> {
        let mut names = Vec::new();
        let mut rest = text;
        loop {
            let name;
            (name, rest) = if rest.starts_with("[\"") { quoted(rest)? } else { bare(rest)? };
            names.push(name);
            match rest.strip_prefix('.') {
                Some(next) => rest = next,
                None if rest.starts_with("[\"") => {}
                None => break,
            }
        }
        (names.len() <= DEEPEST).then_some((Self(names), rest))
    }

    fn shown(&self, names: usize) -> String {
        if names == 0 { "the document".to_owned() } else { Self(self.0[..names].to_vec()).to_string() }
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        match Self::read(text.trim()) {
            Some((path, "")) => Ok(path),
            _ => Err(PathError::Malformed(text.chars().take(200).collect())),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, name) in self.0.iter().enumerate() {
            if name.is_empty() || !name.chars().all(is_bare) {
                write!(f, "[{}]", Value::from(name.as_str()))?;
            } else if place == 0 {
                f.write_str(name)?;
            } else {
                write!(f, ".{name}")?;
            }
        }
        Ok(())
    }
}

fn is_bare(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@')
}

fn bare(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c| !is_bare(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    (!name.is_empty()).then(|| (name.to_owned(), rest))
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let text = text.strip_prefix('[')?;
    let mut names = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let name = names.next()?.ok()?;
    let rest = text.get(names.byte_offset()..)?.strip_prefix(']')?;
    Some((name, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn path(text: &str) -> Path {
        text.parse().unwrap()
    }

    #[test]
    fn a_place_is_found_by_names_and_numbers() {
        let json = json!({"a.b": {"c": [1, {"名": "x"}]}, "0": "zero", "": 1});
        for (text, expected) in [
            (r#"["a.b"].c.0"#, Some(json!(1))),
            (r#"["a.b"]["c"].1.名"#, Some(json!("x"))),
            ("0", Some(json!("zero"))),
            (r#"[""]"#, Some(json!(1))),
            (r#"["a\u002eb"].c.2"#, None),
            (r#"["a.b"].c.00"#, None),
            ("0.x", None),
        ] {
            assert_eq!(path(text).of(&json).cloned(), expected, "{text}");
            assert_eq!(
                path(text).within(&json.to_string()),
                expected.map(|value| value.to_string()).as_deref()
            );
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        let deep = vec!["a"; DEEPEST + 1].join(".");
        for text in
            ["", ".", "a.", ".a", "a..b", "a b", "a[0]", r#"["a"#, r#"["a]"#, r#"["a"]b"#, "a=b", "a*", &deep]
        {
            assert!(matches!(text.parse::<Path>(), Err(PathError::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_made_and_what_is_there_is_not_overrun() {
        let mut json = json!({"a": null, "l": [1]});
        path("a.b.0").set(&mut json, json!(5)).unwrap();
        path("l.1").set(&mut json, json!(2)).unwrap();
        path("l.2.x").set(&mut json, json!(3)).unwrap();
        assert_eq!(json, json!({"a": {"b": {"0": 5}}, "l": [1, 2, {"x": 3}]}));
        let before = json.clone();
        for (text, error) in [
            ("l.4", PathError::NotInList("l.4".into())),
            ("l.x.y", PathError::NotInList("l.x".into())),
            ("l.0.y", PathError::NoMembers("l.0".into())),
        ] {
            assert_eq!(path(text).set(&mut json, json!(0)), Err(error), "{text}");
            assert_eq!(json, before, "{text}");
        }
        let error = path("a").set(&mut json!("text"), json!(0)).unwrap_err();
        assert_eq!(error, PathError::NoMembers("the document".into()));
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), ".*".prop_map(Value::from)];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((name(), inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn name() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("a".to_owned()),
            Just("b.c".to_owned()),
            Just("0".to_owned()),
            Just("1".to_owned()),
            ".*"
        ]
    }

    proptest! {
        #[test]
        fn what_was_set_is_there(
            names in prop::collection::vec(name(), 1..5),
            mut json in value(),
            value in value(),
        ) {
            let (path, before) = (Path(names), json.clone());
            match path.set(&mut json, value.clone()) {
                Ok(()) => prop_assert_eq!(path.of(&json), Some(&value)),
                Err(_) => prop_assert_eq!(json, before),
            }
        }

        #[test]
        fn a_place_is_read_as_it_is_shown(names in prop::collection::vec(name(), 1..5), rest in "( = .*)?") {
            let path = Path(names);
            prop_assert_eq!(path.to_string().parse::<Path>(), Ok(path.clone()));
            let text = format!("{path}{rest}");
            prop_assert_eq!(Path::read(&text), Some((path, rest.as_str())));
        }

        #[test]
        fn text_and_value_are_read_alike(names in prop::collection::vec(name(), 1..4), json in value()) {
            let (path, text) = (Path(names), json.to_string());
            let within = path.within(&text).map(|text| serde_json::from_str::<Value>(text).unwrap());
            prop_assert_eq!(within.as_ref(), path.of(&json));
        }
    }
}
