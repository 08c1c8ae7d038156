use std::{fmt, future::Future, pin::Pin};

use longwire_journal::Record;
use serde_json::{Value, json};

use crate::raw;

/// Where lines go.
pub trait Printing: fmt::Debug + Send + Sync {
    /// Writes a line out. When this returns it is written and flushed.
    fn print(&self, line: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<(), Closed>> + Send + '_>>;
}

/// Nobody reads any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("nobody reads the lines any more")]
pub struct Closed;

/// The event as received, on one line that ends, with a `longwire` object as its last member: `app_id`, `received_ms` and `seq`.
/// What is no JSON object is in a member `payload`, what is no JSON in it as a text.
pub fn line(record: &Record) -> Vec<u8> {
    let about = json!({ "app_id": record.app_id, "received_ms": record.at_ms, "seq": record.seq });
    let mut line = Vec::with_capacity(record.payload.len() + 128);
    let text = match raw::json(&record.payload) {
        // A line break can stand only between the tokens of JSON, where a space does as well.
        Some(json) => json.replace(['\n', '\r'], " "),
        None => Value::from(String::from_utf8_lossy(&record.payload)).to_string(),
    };
    match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(members) => {
            let comma = if members.trim().is_empty() { "" } else { "," };
            line.extend([b"{", members.as_bytes(), comma.as_bytes()].concat());
        }
        None => line.extend([b"{\"payload\":", text.as_bytes(), b","].concat()),
    }
    line.extend(format!("\"longwire\":{about}}}\n").into_bytes());
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::record;

    #[test]
    fn an_event_is_one_line_of_json_with_our_object_last() {
        for payload in
            ["{\n  \"a\": \"x\\ny\",\r\n \"b\": [1, 2]\n}\n", "{}", " { } ", "[1,\n2]", "{\"half", "1"]
        {
            let line = String::from_utf8(line(&record(payload))).unwrap();
            assert_eq!(line.matches('\n').count(), 1, "{line:?}");
            let about =
                r#""longwire":{"app_id":"cli_0123456789abcdef","received_ms":1700000000123,"seq":7}}"#;
            assert!(line.ends_with(&format!("{about}\n")), "{line}");
            let value: Value = serde_json::from_str(&line).unwrap();
            match serde_json::from_str(payload) {
                Ok(Value::Object(members)) => {
                    for (key, member) in members {
                        assert_eq!(value[&key], member);
                    }
                }
                Ok(other) => assert_eq!(value["payload"], other),
                Err(_) => assert_eq!(value["payload"], payload),
            }
        }
    }

    #[test]
    fn what_a_parser_refuses_is_printed_as_it_came() {
        let payload = format!("{{\"a\":\"\\ud800\",\"d\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        let line = String::from_utf8(line(&record(&payload))).unwrap();
        assert!(line.starts_with(payload.strip_suffix('}').unwrap()));
    }
}
