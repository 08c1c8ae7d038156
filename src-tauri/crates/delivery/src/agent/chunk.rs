//! What a model's server says, piece by piece: the JSON of OpenAI's chat completions and what other servers make of it.

use std::time::Duration;

use serde_json::Value;

use super::Trouble;
use crate::text;

/// A piece of an answer, or all of it where the server does not stream.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Chunk {
    /// The next words.
    pub(super) words: String,
    /// The model, as the server names it.
    pub(super) model: Option<String>,
    /// Tokens of the question and of the answer so far.
    pub(super) tokens: Option<(u64, u64)>,
    /// Why it ends, where it does.
    pub(super) finish: Option<String>,
}

/// Reads a piece.
///
/// # Errors
/// The server says that there will be no answer, or what it says is no JSON.
pub(super) fn read(data: &str) -> Result<Chunk, Refusal> {
    let nonsense = || Refusal::of(Trouble::Nonsense(text::line(data)));
    let value: Value = serde_json::from_str(data).map_err(|_| nonsense())?;
    let Some(object) = value.as_object() else { return Err(nonsense()) };
    let choice = value["choices"].get(0).unwrap_or(&Value::Null);
    let native = object.contains_key("code") && object.contains_key("message");
    if choice.is_null() && (object.get("error").is_some_and(|error| !error.is_null()) || native) {
        return Err(Refusal::read(None, data, None));
    }
    let said = if choice["delta"].is_object() { &choice["delta"] } else { &choice["message"] };
    let usage = &value["usage"];
    let count = |name: &str| usage[name].as_u64();
    Ok(Chunk {
        words: words(&said["content"]),
        model: value["model"].as_str().map(text::line).filter(|model| !model.is_empty()),
        tokens: count("prompt_tokens").map(|prompt| (prompt, count("completion_tokens").unwrap_or(0))),
        finish: choice["finish_reason"].as_str().map(str::to_owned),
    })
}

/// A text, or a list of parts of which some are texts. What the model thinks before it speaks stands elsewhere, and is not shown.
fn words(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

/// Why there is no answer, and whether it makes sense to ask again soon.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Refusal {
    pub(super) trouble: Trouble,
    pub(super) again: bool,
}

impl Refusal {
    /// With what is usual for this trouble.
    pub(super) fn of(trouble: Trouble) -> Self {
        use Trouble::{Failed, PlatformUnreachable, TimedOut, Unreachable};
        let again = matches!(trouble, Unreachable(_) | TimedOut(_) | Failed(_) | PlatformUnreachable(_));
        Self { trouble, again }
    }

    /// What a server's refusal means: its status, where it is an answer of its own, and its body.
    pub(super) fn read(status: Option<u16>, body: &str, retry_after: Option<Duration>) -> Self {
        let value: Value = serde_json::from_str(body).unwrap_or_default();
        let error = if value["error"].is_null() { &value } else { &value["error"] };
        let said = error.as_str().or_else(|| error["message"].as_str());
        let code = [&error["code"], &error["type"]].into_iter().filter_map(Value::as_str).collect::<Vec<_>>();
        let code = code.join(" ").to_ascii_lowercase();
        let is = |names: &[&str]| names.iter().any(|name| code.contains(name));
        let message = match (said, status) {
            (Some(said), _) => text::line(said),
            (None, Some(status)) => format!("status {status}: {}", text::line(body)),
            (None, None) => text::line(body),
        };
        // DashScope tells an empty account as 400 or 403.
        let empty = is(&["arrearage", "insufficient_quota", "freetieronly", "insufficient_balance"]);
        let busy = is(&["throttling", "rate_limit", "rate_quota", "limit_requests", "limit_burst"]);
        match status {
            _ if empty => Self { trouble: Trouble::Quota { message, retry_after: None }, again: false },
            Some(402) => Self { trouble: Trouble::Quota { message, retry_after }, again: false },
            Some(429) => Self { trouble: Trouble::Quota { message, retry_after }, again: true },
            None if busy => Self { trouble: Trouble::Quota { message, retry_after }, again: true },
            Some(401 | 403) => Self::of(Trouble::KeyRefused(message)),
            None if is(&["api_key", "apikey", "authentication"]) => Self::of(Trouble::KeyRefused(message)),
            None if is(&["inspection", "invalid_request", "content_filter"]) => {
                Self::of(Trouble::Refused(message))
            }
            Some(408 | 425 | 500..) | None => Self::of(Trouble::Failed(message)),
            Some(_) => Self::of(Trouble::Refused(message)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_found_wherever_servers_put_them() {
        let table = [
            (r#"{"choices":[{"delta":{"role":"assistant","content":"你"}}]}"#, "你"),
            (r#"{"choices":[{"delta":{"content":null,"reasoning_content":"hm"}}]}"#, ""),
            (r#"{"choices":[{"message":{"content":"whole"}}]}"#, "whole"),
            (r#"{"choices":[{"delta":{"content":[{"type":"text","text":"a"},{"text":"b"},7]}}]}"#, "ab"),
            (r#"{"choices":[],"usage":{"prompt_tokens":3}}"#, ""),
            (r#"{"choices":"none"}"#, ""),
            ("{}", ""),
        ];
        for (data, words) in table {
            assert_eq!(read(data).unwrap().words, words, "{data}");
        }
    }

    #[test]
    fn model_tokens_and_the_end_are_read() {
        let data = r#"{"model":"qwen-plus","choices":[{"delta":{},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}"#;
        let chunk = read(data).unwrap();
        assert_eq!((chunk.model.as_deref(), chunk.tokens), (Some("qwen-plus"), Some((3, 5))));
        assert_eq!(chunk.finish.as_deref(), Some("stop"));
        let odd = read(r#"{"model":7,"usage":{"prompt_tokens":-1,"completion_tokens":"x"}}"#).unwrap();
        assert_eq!(odd, Chunk::default());
    }

    #[test]
    fn what_is_no_json_object_makes_no_sense() {
        for data in ["", "{", "[]", "7", "<html>", &"[".repeat(10_000)] {
            let refusal = read(data).unwrap_err();
            assert!(matches!(refusal.trouble, Trouble::Nonsense(_)) && !refusal.again, "{data:.20}");
        }
    }

    #[test]
    fn a_refusal_is_known_by_status_and_code() {
        let body = |code: &str| format!(r#"{{"error":{{"message":"no","type":"{code}","code":"{code}"}}}}"#);
        let (no, wait) = ("no".to_owned(), Some(Duration::from_secs(7)));
        let quota = |retry_after| Trouble::Quota { message: "no".to_owned(), retry_after };
        let table = [
            (Some(401), "invalid_api_key", Trouble::KeyRefused(no.clone()), false),
            (Some(403), "AccessDenied", Trouble::KeyRefused(no.clone()), false),
            (Some(403), "AllocationQuota.FreeTierOnly", quota(None), false),
            (Some(400), "Arrearage", quota(None), false),
            (Some(429), "insufficient_quota", quota(None), false),
            (Some(429), "limit_requests", quota(wait), true),
            (Some(402), "", quota(wait), false),
            (Some(400), "invalid_parameter_error", Trouble::Refused(no.clone()), false),
            (Some(400), "data_inspection_failed", Trouble::Refused(no.clone()), false),
            (Some(404), "model_not_found", Trouble::Refused(no.clone()), false),
            (Some(302), "", Trouble::Refused(no.clone()), false),
            (Some(500), "internal_error", Trouble::Failed(no.clone()), true),
            (Some(503), "", Trouble::Failed(no.clone()), true),
            (None, "invalid_api_key", Trouble::KeyRefused(no.clone()), false),
            (None, "data_inspection_failed", Trouble::Refused(no.clone()), false),
            (None, "Throttling.RateQuota", quota(wait), true),
            (None, "server_error", Trouble::Failed(no.clone()), true),
        ];
        for (status, code, trouble, again) in table {
            assert_eq!(Refusal::read(status, &body(code), wait), Refusal { trouble, again }, "{code}");
        }
    }

    #[test]
    fn a_refusal_in_the_middle_is_one_in_every_form() {
        for data in [
            r#"{"error":{"message":"down","code":"server_error"}}"#,
            r#"{"error":"down"}"#,
            r#"{"code":"InternalError","message":"down","request_id":"x"}"#,
        ] {
            assert_eq!(read(data), Err(Refusal::of(Trouble::Failed("down".to_owned()))), "{data}");
        }
        assert_eq!(read(r#"{"error":null,"choices":[{"delta":{"content":"x"}}]}"#).unwrap().words, "x");
    }

    #[test]
    fn a_page_instead_of_json_is_shown_in_one_line() {
        let Refusal { trouble: Trouble::Failed(message), .. } =
            Refusal::read(Some(502), "<html>\n<b>Bad", None)
        else {
            panic!()
        };
        assert_eq!(message, "status 502: <html> <b>Bad");
    }
}
