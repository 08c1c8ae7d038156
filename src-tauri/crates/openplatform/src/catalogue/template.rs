//! How a sample is written: JSON in which some values stand for others.
//!
//! - `${…}` in a text is a value of the [`Scene`]; a text that is nothing but one takes its value whole, be it a
//!   text, a number or an object. `|number` makes a number of it. The same name with the same label, as in
//!   `${hex:32@root}`, is the same value throughout a payload.
//! - `{"$json": …}` is the text of that JSON: messages carry their content like this.
//! - `{"$pick": […]}` is one of them.
//! - `{"$repeat": 3, "of": …}` in a list is that value three times, each filled anew.

use serde_json::{Map, Value};

use super::scene::Scene;

/// Changes `target` as a JSON merge patch (RFC 7396) says: an object changes the members it names, `null` takes
/// one away, and anything else replaces. What stands for another value is replaced whole.
pub(super) fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) if plain(target) && plain(&patch) => {
            for (name, value) in patch {
                if value.is_null() {
                    target.remove(&name);
                } else {
                    merge(target.entry(name).or_insert_with(|| Value::Object(Map::new())), value);
                }
            }
        }
        (target, patch) => *target = patch,
    }
}

fn plain(object: &Map<String, Value>) -> bool {
    !object.keys().any(|name| name.starts_with('$'))
}

/// The template with every value in its place. A name that the scene does not know stays as it is.
pub(super) fn fill(template: Value, scene: &mut Scene<'_>) -> Value {
    match template {
        Value::String(text) => fill_text(text, scene),
        Value::Array(items) => {
            let mut filled = Vec::with_capacity(items.len());
            for item in items {
                let times = item.get("$repeat").and_then(Value::as_u64);
                match (times, item.get("of")) {
                    (Some(times), Some(of)) => {
                        filled.extend((0..times).map(|_| fill(of.clone(), scene)));
                    }
                    _ => filled.push(fill(item, scene)),
                }
            }
            Value::Array(filled)
        }
        Value::Object(mut object) => {
            if let Some(json) = object.remove("$json") {
                return fill(json, scene).to_string().into();
            }
            if let Some(Value::Array(mut choices)) = object.remove("$pick") {
                let chosen = scene.rng.usize(..choices.len().max(1));
                return if chosen < choices.len() {
                    fill(choices.swap_remove(chosen), scene)
                } else {
                    Value::Null
                };
            }
            Value::Object(object.into_iter().map(|(name, value)| (name, fill(value, scene))).collect())
        }
        other => other,
    }
}

fn fill_text(text: String, scene: &mut Scene<'_>) -> Value {
    if let Some(name) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'))
        && !name.contains('}')
    {
        return scene.value(name).unwrap_or_else(|| text.clone().into());
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, name, after)) = placeholder(rest) {
        filled.push_str(before);
        match scene.value(name) {
            Some(Value::String(value)) => filled.push_str(&value),
            Some(value) => filled.push_str(&value.to_string()),
            None => filled.extend(["${", name, "}"]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled.into()
}

/// What stands before the first placeholder, its name, and what stands behind it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use serde_json::json;

    use super::*;
    use crate::cast::Cast;

    fn filled(template: Value) -> Value {
        let mut rng = Rng::with_seed(7);
        let cast = Cast::new(&mut rng);
        fill(template, &mut Scene::new("cli_1", &cast, &mut rng, 1_700_000_000_123, None))
    }

    #[test]
    fn a_patch_changes_what_it_names_takes_away_null_and_replaces_a_stand_in_whole() {
        let mut body = json!({ "a": 1, "b": { "c": 2, "d": 3 }, "e": { "$json": { "x": 1 } } });
        merge(
            &mut body,
            json!({ "a": null, "b": { "c": 4 }, "e": { "$json": { "y": 2 } }, "f": { "g": null } }),
        );
        assert_eq!(body, json!({ "b": { "c": 4, "d": 3 }, "e": { "$json": { "y": 2 } }, "f": {} }));
    }

    #[test]
    fn values_take_their_places() {
        assert_eq!(filled(json!("${app_id}")), "cli_1");
        assert_eq!(filled(json!("at ${s+1h}, ${ms}")), "at 1700003600, 1700000000123");
        assert_eq!(filled(json!("${s|number}")), 1_700_000_000);
        assert_eq!(filled(json!({ "$json": { "t": "${app_id}" } })), r#"{"t":"cli_1"}"#);
        assert_eq!(filled(json!({ "$pick": ["only"] })), "only");
        assert_eq!(filled(json!([0, { "$repeat": 2, "of": "x" }])), json!([0, "x", "x"]));
        assert!(filled(json!("${person}"))["open_id"].as_str().unwrap().starts_with("ou_"));
    }

    #[test]
    fn a_label_keeps_a_value_and_without_one_it_is_new() {
        let ids = filled(json!(["${hex:8@a}", "x${hex:8@a}", "${hex:8@b}", "${hex:8}", "${hex:8}"]));
        assert_eq!(format!("x{}", ids[0].as_str().unwrap()), ids[1].as_str().unwrap());
        assert_ne!(ids[0], ids[2]);
        assert_ne!(ids[3], ids[4]);
    }

    #[test]
    fn an_unknown_name_stays_to_be_seen() {
        assert_eq!(filled(json!("${nobody} and ${hex:x} ${")), "${nobody} and ${hex:x} ${");
        assert_eq!(filled(json!("${person|number}")), "${person|number}");
    }
}
