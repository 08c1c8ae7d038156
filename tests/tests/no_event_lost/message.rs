use longwire_openplatform::Event;
use serde_json::{Value, json};

use crate::scene::APP_ID;

/// A message of a chat, by its number there. Everything else of it follows from the two.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Message {
    pub(crate) chat: u32,
    pub(crate) number: u32,
}

impl Message {
    /// The id of its event.
    pub(crate) fn event_id(self) -> String {
        format!("{:08x}-{:08x}", self.chat, self.number)
    }

    /// The message whose event has this id.
    pub(crate) fn of(event_id: &str) -> Option<Self> {
        let (chat, number) = event_id.split_once('-')?;
        let hex = |digits| u32::from_str_radix(digits, 16).ok();
        Some(Self { chat: hex(chat)?, number: hex(number)? })
    }

    /// Its event, as the platform sends it.
    pub(crate) fn event(self) -> Event {
        self.padded(0)
    }

    /// The same with so many bytes more.
    pub(crate) fn padded(self, bytes: usize) -> Event {
        let text = format!("chat {} number {}{}", self.chat, self.number, ".".repeat(bytes));
        self.saying(&self.event_id(), &text)
    }

    /// Whether that is the payload of its event, padded or not.
    pub(crate) fn is_brought_by(self, payload: &[u8]) -> bool {
        let padding = payload.len().checked_sub(self.event().payload.len());
        padding.is_some_and(|padding| self.padded(padding).payload == payload)
    }

    /// The same message, brought by an event of another id.
    pub(crate) fn again_as(self, event_id: &str) -> Event {
        self.saying(event_id, &format!("chat {} number {}", self.chat, self.number))
    }

    fn saying(self, event_id: &str, text: &str) -> Event {
        let event_type = "im.message.receive_v1";
        let content: Value = json!({ "text": text });
        let payload = json!({
            "schema": "2.0",
            "header": {
                "event_id": event_id,
                "token": "v",
                "create_time": "1700000000000",
                "event_type": event_type,
                "tenant_key": "t",
                "app_id": APP_ID,
            },
            "event": {
                "sender": { "sender_id": { "open_id": "ou_1" }, "sender_type": "user" },
                "message": {
                    "message_id": format!("om_{:08x}{:08x}", self.chat, self.number),
                    "chat_id": format!("oc_{:08x}", self.chat),
                    "chat_type": "group",
                    "message_type": "text",
                    "content": content.to_string(),
                },
            },
        });
        Event {
            event_id: event_id.to_owned(),
            event_type: event_type.to_owned(),
            payload: payload.to_string().into(),
        }
    }
}
