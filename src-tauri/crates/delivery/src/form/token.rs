use std::ops::Range;

use crate::raw;

/// The event has no place for a Verification Token: it is no JSON object, or of schema 2.0 and without a header.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the event has no place for a Verification Token")]
pub(crate) struct NoPlace;

/// The event with this Verification Token where the platform has its own: `header.token` (schema 2.0) or `token` (schema 1.0).
/// All else stays as it came, byte for byte.
pub(crate) fn with_token(payload: &[u8], token: &str) -> Result<Vec<u8>, NoPlace> {
    let json = raw::json(payload).ok_or(NoPlace)?;
    let token = serde_json::Value::from(token).to_string();
    let (mut headers, mut newer) = (Vec::new(), false);
    let object = raw::each_member(json, |name, value| match raw::text(name).as_deref() {
        Some("schema") => newer = true,
        Some("header") => headers.push(value),
        _ => {}
    });
    if !object {
        return Err(NoPlace);
    }
    let mut cuts = Vec::new();
    if newer {
        // Which one of several a reader takes is its own affair.
        headers.retain(|header| cut(payload, header, &token, &mut cuts));
        if headers.is_empty() {
            return Err(NoPlace);
        }
    } else {
        cut(payload, json, &token, &mut cuts);
    }
    Ok(spliced(payload, &cuts))
}

/// What stands in place of a part of the payload.
struct Cut {
    part: Range<usize>,
    by: String,
}

/// Has the tokens of an object replaced, or one added where it has none. False where it is no object.
fn cut(payload: &[u8], object: &str, token: &str, cuts: &mut Vec<Cut>) -> bool {
    let before = cuts.len();
    let mut empty = true;
    let is_object = raw::each_member(object, |name, value| {
        empty = false;
        if raw::text(name).is_some_and(|name| name == "token") {
            cuts.push(Cut { part: place(payload, value), by: token.to_owned() });
        }
    });
    if is_object && cuts.len() == before {
        let first = place(payload, object).start + 1;
        let comma = if empty { "" } else { "," };
        cuts.push(Cut { part: first..first, by: format!("\"token\":{token}{comma}") });
    }
    is_object
}

/// Where a part of the payload is in it.
fn place(payload: &[u8], part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - payload.as_ptr() as usize;
    start..start + part.len()
}

fn spliced(payload: &[u8], cuts: &[Cut]) -> Vec<u8> {
    let added = cuts.iter().map(|cut| cut.by.len()).sum::<usize>();
    let mut whole = Vec::with_capacity(payload.len() + added);
    let mut at = 0;
    for Cut { part, by } in cuts {
        whole.extend_from_slice(&payload[at..part.start]);
        whole.extend_from_slice(by.as_bytes());
        at = part.end;
    }
    whole.extend_from_slice(&payload[at..]);
    whole
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn with(payload: &str) -> Result<String, NoPlace> {
        with_token(payload.as_bytes(), "t\"0").map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn the_token_alone_is_another() {
        for (payload, expected) in [
            // Schema 2.0.
            (
                "{ \"schema\" : \"2.0\",\n \"header\": { \"token\" : \"old\" , \"x\": 1e999 }, \"token\":1 }\n",
                "{ \"schema\" : \"2.0\",\n \"header\": { \"token\" : \"t\\\"0\" , \"x\": 1e999 }, \"token\":1 }\n",
            ),
            (r#"{"header":{"a":1},"schema":"2.0"}"#, r#"{"header":{"token":"t\"0","a":1},"schema":"2.0"}"#),
            (r#"{"header":{ },"schema":"2.0"}"#, r#"{"header":{"token":"t\"0" },"schema":"2.0"}"#),
            (
                r#"{"schema":"2.0","header":{"\u0074oken":null}}"#,
                r#"{"schema":"2.0","header":{"\u0074oken":"t\"0"}}"#,
            ),
            // Schema 1.0.
            (
                r#"{"uuid":"u","token":"old","event":{"token":"e"}}"#,
                r#"{"uuid":"u","token":"t\"0","event":{"token":"e"}}"#,
            ),
            (r#"{"uuid":"u\ud800"}"#, r#"{"token":"t\"0","uuid":"u\ud800"}"#),
            (r#" {} "#, r#" {"token":"t\"0"} "#),
            // A reader may take the first or the last.
            (r#"{"token":1,"token":2}"#, r#"{"token":"t\"0","token":"t\"0"}"#),
            (
                r#"{"schema":2,"header":{"token":1},"header":{}}"#,
                r#"{"schema":2,"header":{"token":"t\"0"},"header":{"token":"t\"0"}}"#,
            ),
        ] {
            assert_eq!(with(payload).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn an_event_without_a_place_for_it_gets_none() {
        for payload in ["", "[]", "1", "{", r#"{"schema":"2.0"}"#, r#"{"schema":"2.0","header":[]}"#] {
            assert_eq!(with(payload), Err(NoPlace), "{payload}");
        }
    }

    #[test]
    fn depth_is_in_nobodys_way() {
        let deep = format!(r#"{{"deep":{}{},"token":1}}"#, "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(with(&deep).unwrap(), deep.replace(":1}", r#":"t\"0"}"#));
    }

    proptest! {
        #[test]
        fn nothing_else_of_an_event_changes(
            token in ".*",
            had in any::<bool>(),
            newer in any::<bool>(),
            texts in prop::collection::vec(".*", 4),
            pretty in any::<bool>(),
        ) {
            let mut expected = json!({ "event": { "token": texts[0], "content": texts[1] }, &texts[2]: [1.5, null, &texts[3]] });
            let home = if newer {
                expected["schema"] = "2.0".into();
                expected["header"] = json!({ "event_id": texts[3] });
                &mut expected["header"]
            } else {
                &mut expected
            };
            if had {
                home["token"] = texts[1].as_str().into();
            }
            let payload = if pretty { serde_json::to_string_pretty(&expected) } else { serde_json::to_string(&expected) }.unwrap();
            let home = if newer { &mut expected["header"] } else { &mut expected };
            home["token"] = token.as_str().into();
            let spliced = with_token(payload.as_bytes(), &token).unwrap();
            prop_assert_eq!(serde_json::from_slice::<Value>(&spliced).unwrap(), expected);
        }
    }
}
