//! What a model's server says, piece by piece: the JSON of OpenAI's chat completions and what other servers make of it.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

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

/// The text of a member, which is read where it is of use. What is none of the form that it has elsewhere is as good as absent.
type Member<'a> = Option<&'a RawValue>;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Piece<'a> {
    #[serde(borrow)]
    choices: Member<'a>,
    #[serde(borrow)]
    model: Member<'a>,
    #[serde(borrow)]
    usage: Member<'a>,
    #[serde(borrow)]
    error: Member<'a>,
    #[serde(borrow)]
    code: Member<'a>,
    #[serde(borrow)]
    message: Member<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Member<'a>,
    #[serde(borrow)]
    message: Member<'a>,
    #[serde(borrow)]
    finish_reason: Member<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Spoken<'a> {
    #[serde(borrow)]
    content: Member<'a>,
    #[serde(borrow)]
    text: Member<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Usage<'a> {
    #[serde(borrow)]
    prompt_tokens: Member<'a>,
    #[serde(borrow)]
    completion_tokens: Member<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Complaint<'a> {
    #[serde(borrow)]
    error: Member<'a>,
    #[serde(borrow)]
    message: Member<'a>,
    #[serde(borrow)]
    code: Member<'a>,
    #[serde(borrow)]
    r#type: Member<'a>,
}

fn read_as<'a, T: Deserialize<'a>>(member: Member<'a>) -> Option<T> {
    serde_json::from_str(member?.get()).ok()
}

/// The same of an object; a list is none.
fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
}

/// Reads a piece.
///
/// # Errors
/// The server says that there will be no answer, or what it says is no JSON.
pub(super) fn read(data: &str) -> Result<Chunk, Refusal> {
    let piece: Option<Piece<'_>> = object(data);
    let no_json = || Refusal::of(Trouble::Nonsense(format!("{} bytes that are no JSON object", data.len())));
    let piece = piece.ok_or_else(no_json)?;
    let choices: Vec<&RawValue> = read_as(piece.choices).unwrap_or_default();
    let native = piece.code.is_some() && piece.message.is_some();
    if choices.is_empty() && (piece.error.is_some() || native) {
        return Err(Refusal::read(None, data, None));
    }
    let choice: Choice<'_> = choices.first().and_then(|choice| object(choice.get())).unwrap_or_default();
    let spoken = [choice.delta, choice.message].into_iter().flatten();
    let spoken: Spoken<'_> = spoken.filter_map(|said| object(said.get())).next().unwrap_or_default();
    let usage: Usage<'_> = read_as(piece.usage).unwrap_or_default();
    Ok(Chunk {
        words: words(spoken.content),
        model: read_as(piece.model).map(|model: String| text::line(&model)).filter(|model| !model.is_empty()),
        tokens: read_as(usage.prompt_tokens)
            .map(|prompt| (prompt, read_as(usage.completion_tokens).unwrap_or_default())),
        finish: read_as(choice.finish_reason),
    })
}

/// A text, or a list of parts of which some are texts. What the model thinks before it speaks stands elsewhere, and is not shown.
fn words(content: Member<'_>) -> String {
    read_as(content).unwrap_or_else(|| {
        let parts: Vec<&RawValue> = read_as(content).unwrap_or_default();
        let parts = parts.iter().filter_map(|part| object::<Spoken<'_>>(part.get()));
        parts.filter_map(|part| read_as::<String>(part.text)).collect()
    })
}

/// Why there is no answer, and whether it makes sense to ask again soon.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Refusal {
    pub(super) trouble: Trouble,
    pub(super) again: bool,
    /// The status of the answer that says so, where one came.
    pub(super) status: Option<u16>,
    /// Whether it is for what the message says.
    pub(super) of_content: bool,
}

impl Refusal {
    /// With what is usual for this trouble.
    pub(super) fn of(trouble: Trouble) -> Self {
        use Trouble::{Failed, PlatformUnreachable, TimedOut, Unreachable};
        let again = matches!(trouble, Unreachable(_) | TimedOut(_) | Failed(_) | PlatformUnreachable(_));
        Self { trouble, again, status: None, of_content: false }
    }

    /// What a server's refusal means: its status, where it is an answer of its own, and its body.
    pub(super) fn read(status: Option<u16>, body: &str, retry_after: Option<Duration>) -> Self {
        let whole: Complaint<'_> = object(body).unwrap_or_default();
        let inner = whole.error.map(|error| object(error.get()).unwrap_or_default());
        let said = read_as(whole.error);
        let complaint: Complaint<'_> = inner.unwrap_or(whole);
        let said: Option<String> = said.or_else(|| read_as(complaint.message));
        let code = [complaint.code, complaint.r#type].into_iter().filter_map(read_as::<String>);
        let code = code.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
        let is = |names: &[&str]| names.iter().any(|name| code.contains(name));
        let message = match (said, status) {
            (Some(said), _) => text::line(&said),
            (None, Some(status)) => format!("status {status}: {}", text::line(body)),
            (None, None) => text::line(body),
        };
        // DashScope tells an empty account as 400 or 403.
        let empty = is(&["arrearage", "insufficient_quota", "freetieronly", "insufficient_balance"]);
        let busy = is(&["throttling", "rate_limit", "rate_quota", "limit_requests", "limit_burst"]);
        let quota = |retry_after| Trouble::Quota { message: message.clone(), retry_after };
        let (trouble, again) = match status {
            _ if empty => (quota(None), false),
            Some(402) => (quota(retry_after), false),
            Some(429) => (quota(retry_after), true),
            None if busy => (quota(retry_after), true),
            Some(401 | 403) => (Trouble::KeyRefused(message), false),
            None if is(&["api_key", "apikey", "authentication"]) => (Trouble::KeyRefused(message), false),
            None if is(&["inspection", "invalid_request", "content_filter"]) => {
                (Trouble::Refused(message), false)
            }
            Some(408 | 425 | 500..) | None => (Trouble::Failed(message), true),
            Some(_) => (Trouble::Refused(message), false),
        };
        Self { trouble, again, status, of_content: !again && is(&["inspection", "content_filter"]) }
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
            let said = refusal.trouble.to_string();
            assert!(data.len() < 3 || !said.contains(&data[..3]), "{said}");
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
            assert_eq!(
                Refusal::read(status, &body(code), wait),
                Refusal { trouble, again, status, of_content: code.contains("inspection") },
                "{code}"
            );
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
