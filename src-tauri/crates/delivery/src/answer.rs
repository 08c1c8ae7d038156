use std::collections::BTreeMap;

use bytes::Bytes;
use longwire_contract::{
    AttemptOutcome, Language,
    text::{text, word},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::webhook::Sent;

/// What a target said to a callback.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// This JSON object.
    Data(Bytes),
    /// Nothing, which is an answer.
    Nothing,
    /// Nothing in time, or nothing the platform takes. The user of the bot is told so where the callback has a place for it.
    Failed {
        /// What the user of the bot is told; absent where the callback has no place for it.
        toast: Option<Bytes>,
    },
}

/// What is told to a user of a bot whose answer did not come, or is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Toast {
    /// It did not come in time.
    Late,
    /// It is none that the platform takes.
    Invalid,
    /// The bot does not run.
    Down,
}

impl Toast {
    /// The answer to a callback of this type that tells it: a toast for a click on a card, nothing for others, since only a card
    /// has a place for one.
    pub fn answer(self, event_type: &str) -> Answer {
        Answer::Failed { toast: (event_type == "card.action.trigger").then(|| self.bytes()) }
    }

    fn bytes(self) -> Bytes {
        let key = format!("toast.{}", word(&self));
        let [zh_cn, en_us] =
            [Language::Chinese, Language::English].map(|language| text(language, &key, &BTreeMap::new()));
        let toast = json!({
            "toast": { "type": "error", "content": zh_cn, "i18n": { "zh_cn": zh_cn, "en_us": en_us } },
        });
        toast.to_string().into()
    }
}

/// What an attempt to have a callback answered says: what goes to the platform, and how the attempt ended in view of that.
pub(crate) fn of(sent: &Sent, event_type: &str) -> (Answer, AttemptOutcome) {
    use AttemptOutcome::{
        AnswerInvalid, AnswerLate, BadStatus, Broken, Delivered, ExitedBadly, Killed, NotSendable,
        NotStarted, Redirected, TimedOut, TooLarge, Unreachable,
    };
    match sent.outcome {
        Delivered => match said(&sent.body) {
            Some(answer) => (answer, Delivered),
            None => (Toast::Invalid.answer(event_type), AnswerInvalid),
        },
        // It took the event, and says too much.
        TooLarge if sent.status.is_none_or(|status| (200..300).contains(&status)) => {
            (Toast::Invalid.answer(event_type), AnswerInvalid)
        }
        Unreachable | NotStarted => (Toast::Down.answer(event_type), sent.outcome),
        TimedOut | Killed | AnswerLate => (Toast::Late.answer(event_type), sent.outcome),
        AnswerInvalid | Broken | BadStatus | Redirected | TooLarge | ExitedBadly | NotSendable => {
            (Toast::Invalid.answer(event_type), sent.outcome)
        }
    }
}

/// A body as an answer, where the platform takes it: an object.
fn said(body: &Bytes) -> Option<Answer> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Some(Answer::Nothing);
    }
    let object: Map<String, Value> = serde_json::from_slice(body).ok()?;
    // The official SDKs say so where a handler returned nothing.
    let success = object.len() == 1 && object.get("msg").is_some_and(|msg| msg == "success");
    Some(if object.is_empty() || success { Answer::Nothing } else { Answer::Data(body.clone()) })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const CARD: &str = "card.action.trigger";

    fn sent(outcome: AttemptOutcome, status: Option<u16>, body: &[u8]) -> Sent {
        let body = Bytes::copy_from_slice(body);
        let (response, retry_after, detail) = (None, None, String::new());
        Sent { outcome, status, took: Duration::ZERO, response, body, retry_after, detail }
    }

    fn toast(answer: &Answer) -> Option<Value> {
        match answer {
            Answer::Failed { toast: Some(toast) } => Some(serde_json::from_slice(toast).unwrap()),
            _ => None,
        }
    }

    #[test]
    fn an_object_is_an_answer_and_nothing_else_is() {
        let data = r#" {"toast":{"type":"info","content":"好"}}"#.as_bytes();
        let table: [(&[u8], Option<Answer>); 14] = [
            (data, Some(Answer::Data(Bytes::from_static(data)))),
            (br#"{"msg":"failure"}"#, Some(Answer::Data(Bytes::from_static(br#"{"msg":"failure"}"#)))),
            (b"", Some(Answer::Nothing)),
            (b" \r\n", Some(Answer::Nothing)),
            (b"{}", Some(Answer::Nothing)),
            (br#"{ "msg": "success" }"#, Some(Answer::Nothing)),
            (b"null", None),
            (b"[]", None),
            (b"\"ok\"", None),
            (b"OK", None),
            (b"{\"a\":1}{", None),
            (b"{\"a\":\"\xff\"}", None),
            (br#"{"a":"\ud800"}"#, None),
            (b"<html>", None),
        ];
        for (body, answer) in table {
            let (said, outcome) = of(&sent(AttemptOutcome::Delivered, Some(200), body), CARD);
            match answer {
                Some(answer) => assert_eq!((said, outcome), (answer, AttemptOutcome::Delivered)),
                None => {
                    assert!(toast(&said).is_some(), "{said:?}");
                    assert_eq!(outcome, AttemptOutcome::AnswerInvalid);
                }
            }
        }
        let deep = [b"{\"a\":".repeat(10_000), b"1".to_vec(), b"}".repeat(10_000)].concat();
        assert_eq!(
            of(&sent(AttemptOutcome::Delivered, Some(200), &deep), CARD).1,
            AttemptOutcome::AnswerInvalid
        );
    }

    #[test]
    fn a_failure_tells_the_user_of_the_bot_what_happened() {
        use AttemptOutcome::*;
        let table = [
            (Unreachable, Toast::Down),
            (NotStarted, Toast::Down),
            (TimedOut, Toast::Late),
            (Killed, Toast::Late),
            (BadStatus, Toast::Invalid),
            (Broken, Toast::Invalid),
            (ExitedBadly, Toast::Invalid),
            (Redirected, Toast::Invalid),
            (NotSendable, Toast::Invalid),
        ];
        for (outcome, toast) in table {
            assert_eq!(of(&sent(outcome, Some(500), b"{}"), CARD), (toast.answer(CARD), outcome));
        }
        assert_eq!(of(&sent(TooLarge, Some(200), b""), CARD).1, AnswerInvalid);
        assert_eq!(of(&sent(TooLarge, Some(500), b""), CARD).1, TooLarge);
        let nowhere = Answer::Failed { toast: None };
        assert_eq!(of(&sent(TimedOut, None, b""), "url.preview.get"), (nowhere, TimedOut));
    }

    #[test]
    fn a_toast_is_in_both_languages() {
        for kind in [Toast::Late, Toast::Invalid, Toast::Down] {
            let told = toast(&kind.answer(CARD)).unwrap();
            let told = &told["toast"];
            assert_eq!(told["type"], "error");
            assert_eq!(told["content"], told["i18n"]["zh_cn"]);
            assert_ne!(told["content"], told["i18n"]["en_us"]);
            assert!(!told["content"].as_str().unwrap().starts_with("toast."), "{told}");
        }
    }
}
