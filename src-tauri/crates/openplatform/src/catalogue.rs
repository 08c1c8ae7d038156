//! The events of the platform, with the field names of its documentation: [samples](Sample) of its types, and those
//! of them that the simulator sends. Building one is pure: identifiers come from the given randomness, times from the
//! given clock.

mod domain;
mod envelope;
mod message;
mod sample;
mod scene;
mod template;

use bytes::Bytes;
use fastrand::Rng;
use serde_json::Value;

pub use self::{
    message::{MessageSpec, Written},
    sample::{Sample, nearest, sample, samples},
};
use crate::cast::Cast;

/// An event of the catalogue.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum EventKind {
    /// `im.message.receive_v1` with text.
    MessageText,
    /// `im.message.receive_v1` with an image.
    MessageImage,
    /// `im.message.receive_v1` with a file.
    MessageFile,
    /// `im.message.receive_v1` with rich text, large enough to be sent in several parts.
    MessagePost,
    /// `card.action.trigger`: a callback, whose answer is shown to the user who pressed.
    CardAction,
    /// `im.chat.member.bot.added_v1`.
    BotAdded,
    /// `im.chat.member.bot.deleted_v1`.
    BotRemoved,
    /// `im.message.reaction.created_v1`.
    Reaction,
    /// `url.preview.get`: a callback, whose answer is the preview of a link.
    UrlPreview,
    /// `application.bot.menu_v6`.
    MenuClick,
    /// `approval_instance`, an event of schema 1.0.
    SchemaV1,
}

impl EventKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::MessageText,
        Self::MessageImage,
        Self::MessageFile,
        Self::MessagePost,
        Self::CardAction,
        Self::BotAdded,
        Self::BotRemoved,
        Self::Reaction,
        Self::UrlPreview,
        Self::MenuClick,
        Self::SchemaV1,
    ];

    /// The name the platform gives it.
    pub fn event_type(self) -> &'static str {
        match self {
            Self::MessageText | Self::MessageImage | Self::MessageFile | Self::MessagePost => {
                "im.message.receive_v1"
            }
            Self::CardAction => "card.action.trigger",
            Self::BotAdded => "im.chat.member.bot.added_v1",
            Self::BotRemoved => "im.chat.member.bot.deleted_v1",
            Self::Reaction => "im.message.reaction.created_v1",
            Self::UrlPreview => "url.preview.get",
            Self::MenuClick => "application.bot.menu_v6",
            Self::SchemaV1 => "approval_instance",
        }
    }

    /// Whether the answer travels in the acknowledgement, so that it is never sent again.
    pub fn is_callback(self) -> bool {
        is_callback(self.event_type())
    }
}

/// What to send, and to whom.
#[derive(Clone, Debug)]
pub struct EventSpec {
    /// Which event.
    pub kind: EventKind,
    /// The app it is for; the first one where absent.
    pub app_id: Option<String>,
    /// The text of a message ([`EventKind::MessageText`]; the title of [`EventKind::MessagePost`]); one is made
    /// up where absent.
    pub text: Option<String>,
}

impl EventSpec {
    /// That event, for the first app.
    pub fn new(kind: EventKind) -> Self {
        Self { kind, app_id: None, text: None }
    }

    /// The same, for this app.
    pub fn to(mut self, app_id: impl Into<String>) -> Self {
        self.app_id = Some(app_id.into());
        self
    }

    /// The same, with this text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }
}

impl From<EventKind> for EventSpec {
    fn from(kind: EventKind) -> Self {
        Self::new(kind)
    }
}

/// An event ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The platform's id for telling duplicates: `event_id` (schema 2.0) or `uuid` (schema 1.0).
    pub event_id: String,
    /// Its type.
    pub event_type: String,
    /// The JSON the client receives.
    pub payload: Bytes,
}

impl Event {
    /// Whether the answer travels in the acknowledgement.
    pub fn is_callback(&self) -> bool {
        is_callback(&self.event_type)
    }
}

/// Builds an event. `now_ms` is the time in milliseconds since the Unix epoch.
pub(crate) fn build(
    kind: EventKind,
    text: Option<&str>,
    app_id: &str,
    cast: &Cast,
    rng: &mut Rng,
    now_ms: u64,
) -> Event {
    let name = match kind {
        EventKind::MessageText if text.is_none() && rng.bool() => "im.message.receive_v1:group",
        EventKind::MessageImage => "im.message.receive_v1:image",
        EventKind::MessageFile => "im.message.receive_v1:file",
        EventKind::MessagePost => "im.message.receive_v1:post_long",
        _ => kind.event_type(),
    };
    match sample(name) {
        Some(sample) => sample.event(text, app_id, cast, rng, now_ms),
        // Never, as the tests show.
        None => envelope::seal(kind.event_type(), Value::Null, app_id, cast, rng, now_ms),
    }
}

fn is_callback(event_type: &str) -> bool {
    matches!(event_type, "card.action.trigger" | "url.preview.get")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: EventKind, text: Option<&str>) -> (Event, Value) {
        let mut rng = Rng::with_seed(3);
        let cast = Cast::new(&mut rng);
        let event = build(kind, text, "cli_0123456789abcdef", &cast, &mut rng, 1_700_000_000_123);
        let json = serde_json::from_slice(&event.payload).unwrap();
        (event, json)
    }

    #[test]
    fn every_kind_names_its_type_its_app_and_a_fresh_id() {
        for &kind in EventKind::ALL {
            let (event, json) = event(kind, None);
            assert_eq!(event.event_type, kind.event_type());
            let (id, event_type, app_id) = if kind == EventKind::SchemaV1 {
                (&json["uuid"], &json["event"]["type"], &json["event"]["app_id"])
            } else {
                assert_eq!(json["schema"], "2.0");
                (&json["header"]["event_id"], &json["header"]["event_type"], &json["header"]["app_id"])
            };
            assert_eq!(id, event.event_id.as_str(), "{kind:?}");
            assert_eq!(event_type, kind.event_type());
            assert_eq!(app_id, "cli_0123456789abcdef");
        }
    }

    #[test]
    fn the_same_seed_and_clock_build_the_same_bytes() {
        for &kind in EventKind::ALL {
            assert_eq!(event(kind, None).0, event(kind, None).0, "{kind:?}");
        }
    }

    #[test]
    fn the_text_of_a_message_is_the_one_asked_for() {
        let (_, json) = event(EventKind::MessageText, Some("部署 \"完成\"\n🎉"));
        let content: Value =
            serde_json::from_str(json["event"]["message"]["content"].as_str().unwrap()).unwrap();
        assert_eq!(content["text"], "部署 \"完成\"\n🎉");
    }

    #[test]
    fn a_text_that_is_made_up_comes_from_a_person_alone_or_from_a_group_that_mentions_the_bot() {
        let mut rng = Rng::with_seed(3);
        let cast = Cast::new(&mut rng);
        let mut seen = std::collections::HashSet::new();
        for _ in 0..50 {
            let event = build(EventKind::MessageText, None, "cli_0123456789abcdef", &cast, &mut rng, 1);
            let json: Value = serde_json::from_slice(&event.payload).unwrap();
            let message = &json["event"]["message"];
            let in_group = message["chat_type"] == "group";
            assert_eq!(message["content"].as_str().unwrap().contains("@_user_1"), in_group);
            assert_eq!(message["mentions"][0]["name"] == cast.bot.name, in_group);
            seen.insert(in_group);
        }
        assert_eq!(seen.len(), 2);
    }

    #[test]
    fn a_post_is_larger_than_a_part() {
        let (event, _) = event(EventKind::MessagePost, None);
        assert!(event.payload.len() > 2 * crate::simulator::FRAGMENT, "{}", event.payload.len());
    }

    #[test]
    fn callbacks_are_the_two_the_platform_never_sends_again() {
        let callbacks: Vec<_> = EventKind::ALL.iter().copied().filter(|kind| kind.is_callback()).collect();
        assert_eq!(callbacks, [EventKind::CardAction, EventKind::UrlPreview]);
    }
}
