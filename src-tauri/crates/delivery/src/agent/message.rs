//! The message an event brings, and what of it the agent answers.

use serde::Deserialize;
use serde_json::Value;

use crate::shortened;

/// How much of a message is asked, in characters: more than anybody writes, and less than models take.
const LONGEST: usize = 20_000;
/// The longest id that is one.
const LONGEST_ID: usize = 128;

/// A message somebody wrote to the bot, or beside it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Message {
    /// Its id.
    pub(super) id: String,
    /// Where it was written.
    pub(super) chat: String,
    /// Whether that is a chat of two.
    pub(super) direct: bool,
    /// Who wrote it.
    pub(super) person: String,
    /// When it was written, in milliseconds since the Unix epoch, where it says so.
    pub(super) written_ms: Option<u64>,
    /// What it says; absent where that is no text.
    text: Option<String>,
    mentions: Vec<Mention>,
}

/// What a message wants.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Wish {
    /// An answer to this.
    Answer(String),
    /// That the chat be forgotten.
    Forget,
    /// Something that has no text in it is to be looked at.
    Look,
}

/// Why an event brings no message for the agent.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum NotForUs {
    #[error("no message that somebody wrote")]
    NoMessage,
    #[error("written by a bot")]
    OfABot,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Mention {
    /// What stands for it in the text: `@_user_1`.
    key: String,
    name: String,
    open_id: String,
}

impl Message {
    /// Reads the payload of an `im.message.receive_v1`.
    pub(super) fn read(payload: &[u8]) -> Result<Self, NotForUs> {
        let Payload { event: Event { sender, message } } =
            serde_json::from_slice(payload).map_err(|_| NotForUs::NoMessage)?;
        if sender.sender_type != "user" {
            return Err(NotForUs::OfABot);
        }
        let person = sender.sender_id.first();
        if !is_id(&message.message_id) || !is_id(&message.chat_id) || !is_id(&person) {
            return Err(NotForUs::NoMessage);
        }
        let text = match message.message_type.as_str() {
            "text" => text_of(&message.content),
            "post" => post_of(&message.content),
            // What the platform says of the chat, nobody has written.
            "system" => return Err(NotForUs::NoMessage),
            _ => None,
        };
        let mention = |mention: RawMention| Mention {
            open_id: mention.id.open_id,
            key: mention.key,
            name: mention.name,
        };
        Ok(Self {
            id: message.message_id,
            chat: message.chat_id,
            direct: message.chat_type == "p2p",
            person,
            written_ms: message.create_time.parse().ok(),
            text,
            mentions: message.mentions.into_iter().map(mention).collect(),
        })
    }

    /// Whether anybody is mentioned.
    pub(super) fn mentions_anybody(&self) -> bool {
        self.mentions.iter().any(|mention| !mention.open_id.is_empty())
    }

    /// Whether this one is mentioned.
    pub(super) fn mentions(&self, open_id: &str) -> bool {
        !open_id.is_empty() && self.mentions.iter().any(|mention| mention.open_id == open_id)
    }

    /// What it wants of the bot, whose own mention, where its id is known, is no part of it.
    pub(super) fn wish(&self, bot: Option<&str>) -> Wish {
        let text = self.text.as_deref().map(|text| self.named(text, bot)).unwrap_or_default();
        let text = text.trim();
        if text.is_empty() {
            Wish::Look
        } else if text.eq_ignore_ascii_case("/reset") {
            Wish::Forget
        } else {
            Wish::Answer(shortened(text, LONGEST).into_owned())
        }
    }

    /// The text with names in the place of what stands for them.
    fn named(&self, text: &str, bot: Option<&str>) -> String {
        let mut named = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('@') {
            named.push_str(&rest[..at]);
            rest = &rest[at..];
            // `@_user_1` begins `@_user_10`, too.
            let found = self.mentions.iter().filter(|mention| !mention.key.is_empty());
            let found = found.filter(|mention| rest.starts_with(&mention.key));
            match found.max_by_key(|mention| mention.key.len()) {
                Some(mention) => {
                    if bot != Some(mention.open_id.as_str()) {
                        named.push('@');
                        named.push_str(&mention.name);
                    }
                    rest = &rest[mention.key.len()..];
                }
                None => {
                    named.push('@');
                    rest = &rest[1..];
                }
            }
        }
        named.push_str(rest);
        named
    }
}

/// An id as the platform makes them: it goes into paths, and tells messages, chats and persons apart.
fn is_id(id: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(known)
}

fn text_of(content: &str) -> Option<String> {
    let content: Value = serde_json::from_str(content).ok()?;
    content["text"].as_str().map(str::to_owned)
}

/// The text of a rich one: its title and its paragraphs, which stand under a language where it was sent so.
fn post_of(content: &str) -> Option<String> {
    let content: Value = serde_json::from_str(content).ok()?;
    let in_a_language = || content.as_object()?.values().find(|post| post["content"].is_array());
    let post = if content["content"].is_array() { &content } else { in_a_language()? };
    let mut lines: Vec<String> = post["title"].as_str().map(str::to_owned).into_iter().collect();
    for paragraph in post["content"].as_array()? {
        lines.push(paragraph.as_array().into_iter().flatten().map(element).collect());
    }
    lines.retain(|line| !line.trim().is_empty());
    Some(lines.join("\n"))
}

fn element(element: &Value) -> String {
    let word = |name: &str| element[name].as_str().unwrap_or_default();
    match word("tag") {
        "a" if word("text") == word("href") => word("href").to_owned(),
        "a" => format!("{} ({})", word("text"), word("href")),
        // Who that is stands among the mentions.
        "at" if word("user_id").starts_with('@') => word("user_id").to_owned(),
        "at" => format!("@{}", word("user_name")),
        "code_block" => format!("```{}\n{}\n```", word("language").to_ascii_lowercase(), word("text")),
        _ => word("text").to_owned(),
    }
}

#[derive(Deserialize)]
struct Payload {
    event: Event,
}

#[derive(Deserialize)]
struct Event {
    sender: Sender,
    message: RawMessage,
}

#[derive(Deserialize)]
struct Sender {
    #[serde(default)]
    sender_id: Ids,
    #[serde(default)]
    sender_type: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ids {
    #[serde(deserialize_with = "or_empty")]
    open_id: String,
    #[serde(deserialize_with = "or_empty")]
    union_id: String,
    #[serde(deserialize_with = "or_empty")]
    user_id: String,
}

impl Ids {
    fn first(self) -> String {
        [self.open_id, self.union_id, self.user_id].into_iter().find(|id| !id.is_empty()).unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct RawMessage {
    message_id: String,
    chat_id: String,
    #[serde(default)]
    chat_type: String,
    #[serde(default)]
    message_type: String,
    #[serde(default, deserialize_with = "text_or_empty")]
    create_time: String,
    #[serde(default)]
    content: String,
    #[serde(default, deserialize_with = "or_empty")]
    mentions: Vec<RawMention>,
}

#[derive(Deserialize)]
struct RawMention {
    #[serde(default)]
    key: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    id: Ids,
}

/// What is no text is as good as absent.
fn text_or_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Value::deserialize(from)?.as_str().unwrap_or_default().to_owned())
}

/// What is `null` is as good as absent.
fn or_empty<'de, T: Default + Deserialize<'de>, D: serde::Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn event(kind: &str, content: &Value, mentions: &Value) -> Vec<u8> {
        json!({
            "schema": "2.0",
            "header": { "event_type": "im.message.receive_v1" },
            "event": {
                "sender": {
                    "sender_id": { "open_id": "ou_1", "union_id": null, "user_id": null },
                    "sender_type": "user",
                },
                "message": {
                    "message_id": "om_1", "chat_id": "oc_1", "chat_type": "p2p", "message_type": kind,
                    "content": content.to_string(), "mentions": mentions,
                },
            },
        })
        .to_string()
        .into_bytes()
    }

    fn mention(number: u32, name: &str, open_id: &str) -> Value {
        json!({ "key": format!("@_user_{number}"), "name": name, "id": { "open_id": open_id } })
    }

    fn wish(text: &str, mentions: &Value) -> Wish {
        Message::read(&event("text", &json!({ "text": text }), mentions)).unwrap().wish(Some("ou_bot"))
    }

    #[test]
    fn names_stand_where_others_are_mentioned_and_nothing_where_the_bot_is() {
        let mentions =
            json!(
                [mention(1, "Bot", "ou_bot"), mention(2, "Ann", "ou_2"), mention(10, "@_user_2", "ou_10"),]
            );
        let table = [
            ("@_user_1 hello", "hello"),
            ("hello @_user_1", "hello"),
            ("ask @_user_2, not @_user_10!", "ask @Ann, not @@_user_2!"),
            ("@_user_3 @_all a@b.c @", "@_user_3 @_all a@b.c @"),
        ];
        for (text, asked) in table {
            assert_eq!(wish(text, &mentions), Wish::Answer(asked.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_reset_stands_alone() {
        let mentions = json!([mention(1, "Bot", "ou_bot")]);
        for text in ["/reset", " /RESET\n", "@_user_1 /Reset"] {
            assert_eq!(wish(text, &mentions), Wish::Forget, "{text}");
        }
        for text in ["/reset it", "reset", "//reset"] {
            assert_eq!(wish(text, &mentions), Wish::Answer(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_has_no_text_is_looked_at_in_vain() {
        for (kind, content) in [
            ("image", json!({ "image_key": "img_1" })),
            ("file", json!({ "text": "a name that is no text" })),
            ("sticker", json!({})),
            ("text", json!({ "text": " \n" })),
            ("text", json!({ "text": 7 })),
            ("text", json!("x")),
            ("post", json!({ "title": "", "content": [[{ "tag": "img", "image_key": "k" }]] })),
            ("post", json!([])),
        ] {
            let message = Message::read(&event(kind, &content, &Value::Null)).unwrap();
            assert_eq!(message.wish(None), Wish::Look, "{kind} {content}");
        }
        assert_eq!(wish("@_user_1", &json!([mention(1, "Bot", "ou_bot")])), Wish::Look);
    }

    #[test]
    fn a_post_is_read_line_by_line() {
        let paragraphs = json!([
            [{ "tag": "at", "user_id": "@_user_1", "user_name": "Bot" }, { "tag": "text", "text": " see " }],
            [],
            [{ "tag": "a", "text": "here", "href": "https://x.y" }, { "tag": "img", "image_key": "k" }],
            [{ "tag": "code_block", "language": "RUST", "text": "fn x() {}" }],
            "nonsense", 7, [7, null],
        ]);
        let post = json!({ "title": "Title", "content": paragraphs });
        let expected = "Title\n see \nhere (https://x.y)\n```rust\nfn x() {}\n```";
        for content in [post.clone(), json!({ "zh_cn": post })] {
            let read = Message::read(&event("post", &content, &json!([mention(1, "Bot", "ou_bot")])));
            let message = read.unwrap();
            assert_eq!(message.wish(Some("ou_bot")), Wish::Answer(expected.to_owned()));
        }
    }

    #[test]
    fn bots_and_what_nobody_wrote_are_not_answered() {
        let text = String::from_utf8(event("text", &json!({ "text": "x" }), &json!([]))).unwrap();
        let read = |from: &str, to: &str| Message::read(text.replace(from, to).as_bytes());
        assert!(read("", "").is_ok());
        for sender in ["app", "bot", "", "USER"] {
            let read = read(r#""sender_type":"user""#, &format!(r#""sender_type":"{sender}""#));
            assert_eq!(read, Err(NotForUs::OfABot), "{sender}");
        }
        for (from, to) in [
            ("om_1", "om/1"),
            ("om_1", ""),
            ("oc_1", "../x"),
            ("ou_1", "ou 1"),
            ("\"event\"", "\"evnt\""),
            (r#""message_type":"text""#, r#""message_type":"system""#),
            ("om_1", &"x".repeat(129)),
        ] {
            assert_eq!(read(from, to), Err(NotForUs::NoMessage), "{from} {to:.9}");
        }
    }

    #[test]
    fn a_very_long_message_is_asked_in_part() {
        let Wish::Answer(asked) = wish(&"你".repeat(30_000), &json!([])) else { panic!() };
        assert_eq!(asked.chars().count(), LONGEST + 1);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            content in ".{0,60}",
            key in "(@|@_user_1|.{0,5})",
        ) {
            prop_assert!(Message::read(&bytes).is_err());
            let mentions = json!([{ "key": key, "name": content, "id": { "open_id": "ou_bot" } }]);
            for (kind, content) in [("text", json!({ "text": content })), ("post", json!(content))] {
                Message::read(&event(kind, &content, &mentions)).unwrap().wish(Some("ou_bot"));
            }
        }
    }
}
