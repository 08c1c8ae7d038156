use fastrand::Rng;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Event, envelope, sample};
use crate::cast::{Cast, Person};

/// The type of every message.
const TYPE: &str = "im.message.receive_v1";

/// A message to a bot: who says what, and where. A person is a number, the same one always; so is a group.
#[derive(Clone, Debug)]
pub struct MessageSpec {
    pub(crate) app_id: Option<String>,
    body: Body,
    sender: Sender,
    group: Option<u32>,
    mentions: Vec<Mention>,
}

#[derive(Clone, Debug)]
enum Body {
    Text(String),
    /// The name of a sample.
    Of(&'static str),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sender {
    Person(u32),
    /// The bot itself.
    Itself,
    /// Another app's bot.
    OtherBot,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mention {
    Bot,
    Person(u32),
    All,
}

/// A message that stands in a chat.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Written {
    /// Its `message_id`.
    pub message_id: String,
    /// The chat.
    pub chat_id: String,
}

impl MessageSpec {
    /// This text, from person 0 to the bot alone, of the first app.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Body::Text(text.into()))
    }

    /// An image.
    pub fn image() -> Self {
        Self::new(Body::Of("im.message.receive_v1:image"))
    }

    /// A file.
    pub fn file() -> Self {
        Self::new(Body::Of("im.message.receive_v1:file"))
    }

    /// Rich text.
    pub fn post() -> Self {
        Self::new(Body::Of("im.message.receive_v1:post"))
    }

    fn new(body: Body) -> Self {
        Self { app_id: None, body, sender: Sender::Person(0), group: None, mentions: Vec::new() }
    }

    /// The same, for this app.
    pub fn to(mut self, app_id: impl Into<String>) -> Self {
        self.app_id = Some(app_id.into());
        self
    }

    /// The same, from this person; alone with the bot, everybody has a chat of their own.
    pub fn from(mut self, person: u32) -> Self {
        self.sender = Sender::Person(person);
        self
    }

    /// The same, from the bot that it goes to.
    pub fn from_itself(mut self) -> Self {
        self.sender = Sender::Itself;
        self
    }

    /// The same, from the bot of another app.
    pub fn from_other_bot(mut self) -> Self {
        self.sender = Sender::OtherBot;
        self
    }

    /// The same, in this group.
    pub fn in_group(mut self, group: u32) -> Self {
        self.group = Some(group);
        self
    }

    /// The same, with the bot mentioned before the text.
    pub fn mentioning_the_bot(mut self) -> Self {
        self.mentions.push(Mention::Bot);
        self
    }

    /// The same, with this person mentioned before the text.
    pub fn mentioning(mut self, person: u32) -> Self {
        self.mentions.push(Mention::Person(person));
        self
    }

    /// The same, with everybody mentioned before the text.
    pub fn mentioning_all(mut self) -> Self {
        self.mentions.push(Mention::All);
        self
    }

    /// The event. `now_ms` is the time in milliseconds since the Unix epoch.
    pub(crate) fn event(&self, app_id: &str, cast: &Cast, rng: &mut Rng, now_ms: u64) -> Event {
        let name = match self.body {
            Body::Text(_) => TYPE,
            Body::Of(name) => name,
        };
        let mut body =
            sample(name).map(|sample| sample.body(None, app_id, cast, rng, now_ms)).unwrap_or_default();
        let message = &mut body["message"];
        let home = match self.sender {
            Sender::Person(person) => cast.person(person),
            Sender::Itself | Sender::OtherBot => cast.person(0),
        };
        match self.group {
            Some(group) => {
                message["chat_id"] = json!(cast.group(group).chat_id);
                message["chat_type"] = json!("group");
            }
            None => message["chat_id"] = json!(home.chat_id),
        }
        if let Body::Text(text) = &self.body {
            message["content"] = json!({ "text": self.prefixed(text) }).to_string().into();
        }
        let mentions: Vec<Value> = self.mentioned(cast).collect();
        if !mentions.is_empty() {
            message["mentions"] = mentions.into();
        }
        let (ids, sender_type) = match self.sender {
            Sender::Person(_) => (home.ids(), "user"),
            Sender::Itself => (cast.bot.ids(), "app"),
            Sender::OtherBot => (cast.person(u32::MAX).ids(), "app"),
        };
        body["sender"]["sender_id"] = ids;
        body["sender"]["sender_type"] = sender_type.into();
        envelope::seal(TYPE, body, app_id, cast, rng, now_ms)
    }

    /// The text behind the keys that stand for whom it mentions.
    fn prefixed(&self, text: &str) -> String {
        let mut number = 0;
        let mut prefixed = String::new();
        for mention in &self.mentions {
            if *mention == Mention::All {
                prefixed.push_str("@_all ");
            } else {
                number += 1;
                prefixed.push_str(&format!("@_user_{number} "));
            }
        }
        prefixed + text
    }

    fn mentioned(&self, cast: &Cast) -> impl Iterator<Item = Value> {
        let somebody = |person: &Person, kind: &str| json!({ "id": person.ids(), "name": person.name, "mentioned_type": kind });
        let named = self.mentions.iter().filter_map(move |mention| match mention {
            Mention::Bot => Some(somebody(&cast.bot, "bot")),
            Mention::Person(person) => Some(somebody(&cast.person(*person), "user")),
            Mention::All => None,
        });
        named.zip(1..).map(|(mut mention, number)| {
            mention["key"] = format!("@_user_{number}").into();
            mention["tenant_key"] = cast.tenant_key.clone().into();
            mention
        })
    }
}

impl Event {
    /// Where it stands, where it is a message to a bot.
    pub fn written(&self) -> Option<Written> {
        #[derive(Deserialize)]
        struct Envelope {
            event: Body,
        }
        #[derive(Deserialize)]
        struct Body {
            message: Message,
        }
        #[derive(Deserialize)]
        struct Message {
            message_id: String,
            chat_id: String,
        }
        if self.event_type != TYPE {
            return None;
        }
        let envelope: Envelope = serde_json::from_slice(&self.payload).ok()?;
        let Message { message_id, chat_id } = envelope.event.message;
        Some(Written { message_id, chat_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(spec: &MessageSpec) -> (Event, Value, Cast) {
        let mut rng = Rng::with_seed(3);
        let cast = Cast::new(&mut rng);
        let event = spec.event("cli_0123456789abcdef", &cast, &mut rng, 1_700_000_000_123);
        let json = serde_json::from_slice::<Value>(&event.payload).unwrap();
        (event, json["event"].clone(), cast)
    }

    #[test]
    fn a_person_writes_in_a_chat_of_their_own_and_keeps_it() {
        let (first, json, cast) = event(&MessageSpec::text("hi").from(41));
        assert_eq!(json["sender"]["sender_id"], cast.person(41).ids());
        assert_eq!(json["message"]["chat_type"], "p2p");
        assert_eq!(json["message"]["content"], r#"{"text":"hi"}"#);
        let chat = |person| event(&MessageSpec::text("x").from(person)).0.written().unwrap().chat_id;
        assert_eq!(first.written().unwrap().chat_id, chat(41));
        assert_ne!(chat(41), chat(42));
    }

    #[test]
    fn a_group_names_whom_it_mentions() {
        let spec = MessageSpec::text("what?")
            .from(2)
            .in_group(9)
            .mentioning(5)
            .mentioning_all()
            .mentioning_the_bot();
        let (written, json, cast) = event(&spec);
        assert_eq!(written.written().unwrap().chat_id, cast.group(9).chat_id);
        assert_eq!(json["message"]["chat_type"], "group");
        assert_eq!(json["message"]["content"], r#"{"text":"@_user_1 @_all @_user_2 what?"}"#);
        let mentions = json["message"]["mentions"].as_array().unwrap();
        assert_eq!((mentions.len(), &mentions[1]["key"]), (2, &json!("@_user_2")));
        assert_eq!(mentions[1]["id"]["open_id"], cast.bot.open_id);
        assert!(event(&MessageSpec::text("x").in_group(9)).1["message"].get("mentions").is_none());
    }

    #[test]
    fn a_bots_message_says_so_and_an_image_is_one() {
        let (_, own, cast) = event(&MessageSpec::text("x").from_itself());
        assert_eq!(
            (&own["sender"]["sender_type"], &own["sender"]["sender_id"]),
            (&json!("app"), &cast.bot.ids())
        );
        let (_, other, _) = event(&MessageSpec::text("x").from_other_bot());
        assert_eq!(other["sender"]["sender_type"], "app");
        assert_ne!(other["sender"]["sender_id"], cast.bot.ids());
        assert_eq!(event(&MessageSpec::image()).1["message"]["message_type"], "image");
        assert_eq!(event(&MessageSpec::file()).1["message"]["message_type"], "file");
    }
}
