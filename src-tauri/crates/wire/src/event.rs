use std::sync::Arc;

use bytes::Bytes;
use serde::de::IgnoredAny;

use crate::{
    Error, Frame, Header, Kind, Message, key,
    lenient::{Fields, Object, Text},
};

/// One event: its payload as it came, and what the payload says of itself.
///
/// An identifier that is absent, no text, or longer than 256 bytes is not there: the payload is kept whole whatever
/// it says, and only what is not JSON is an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What the frame said the payload is.
    pub kind: Kind,
    /// The event's type, such as `im.message.receive_v1`: `header.event_type` (schema 2.0) or `event.type` (schema
    /// 1.0); empty where the payload names none.
    pub event_type: String,
    /// What tells duplicates: `header.event_id` (schema 2.0) or `uuid` (schema 1.0).
    pub event_id: Option<String>,
    /// The app it is for: `header.app_id` (schema 2.0) or `event.app_id` (schema 1.0).
    pub app_id: Option<String>,
    /// The tenant it is from: `header.tenant_key` (schema 2.0) or `event.tenant_key` (schema 1.0).
    pub tenant_key: Option<String>,
    /// When it happened, as the payload writes it: `header.create_time` (schema 2.0: milliseconds since the Unix
    /// epoch) or `ts` (schema 1.0: seconds, with a fraction).
    pub create_time: Option<String>,
    /// The message it is about, for `im.message.*`: `event.message.message_id` or `event.message_id`.
    pub message_id: Option<String>,
    /// The chat it is from: `event.message.chat_id`, `event.chat_id`, `event.open_chat_id` (schema 1.0) or, of a card,
    /// `event.context.open_chat_id`.
    pub chat_id: Option<String>,
    /// The JSON text, checked to be UTF-8 and JSON.
    pub payload: Bytes,
    /// The last frame it came in, without payload.
    pub frame: Arc<Frame>,
}

impl Event {
    pub(crate) fn read(message: &Message) -> Result<Self, Error> {
        let kind = message.kind;
        let text = std::str::from_utf8(&message.payload)
            .map_err(|error| Error::NotUtf8 { kind, at: error.valid_up_to() })?;
        let root = match serde_json::from_str::<Object<Root<'_>>>(text) {
            Ok(Object(root)) => root,
            // It is JSON, with a number beyond all floats or half a surrogate pair in an object's place.
            Err(_) if serde_json::from_str::<IgnoredAny>(text).is_ok() => Root::default(),
            Err(error) => return Err(Error::NotJson { kind, line: error.line(), column: error.column() }),
        };
        let Root { uuid, ts, header, event } = root;
        Ok(Self {
            kind,
            event_type: header.event_type.or(event.event_type).into_owned().unwrap_or_default(),
            event_id: header.event_id.or(uuid).into_owned(),
            app_id: header.app_id.or(event.app_id).into_owned(),
            tenant_key: header.tenant_key.or(event.tenant_key).into_owned(),
            create_time: header.create_time.or(ts).into_owned(),
            message_id: event.message.message_id.or(event.message_id).into_owned(),
            chat_id: event.message.chat_id.or(event.chat_id).or(event.context.chat_id).into_owned(),
            payload: message.payload.clone(),
            frame: Arc::clone(&message.frame),
        })
    }

    /// The payload as text.
    pub fn text(&self) -> &str {
        // It was checked when the event was read.
        std::str::from_utf8(&self.payload).unwrap_or_default()
    }

    /// The frame's headers, in order.
    pub fn headers(&self) -> &[Header] {
        &self.frame.headers
    }

    /// The platform's trace of this delivery, for its support.
    pub fn trace_id(&self) -> Option<&str> {
        self.frame.header(key::TRACE_ID)
    }
}

#[derive(Default)]
struct Root<'a> {
    uuid: Text<'a>,
    ts: Text<'a>,
    header: Head<'a>,
    event: Body<'a>,
}

#[derive(Default)]
struct Head<'a> {
    event_type: Text<'a>,
    event_id: Text<'a>,
    app_id: Text<'a>,
    tenant_key: Text<'a>,
    create_time: Text<'a>,
}

#[derive(Default)]
struct Body<'a> {
    event_type: Text<'a>,
    app_id: Text<'a>,
    tenant_key: Text<'a>,
    message_id: Text<'a>,
    chat_id: Text<'a>,
    message: ImMessage<'a>,
    context: Context<'a>,
}

#[derive(Default)]
struct ImMessage<'a> {
    message_id: Text<'a>,
    chat_id: Text<'a>,
}

#[derive(Default)]
struct Context<'a> {
    chat_id: Text<'a>,
}

crate::lenient::fields! {
    Root { "uuid" => uuid, "ts" => ts; "header" => header, "event" => event }
    Head {
        "event_type" => event_type, "event_id" => event_id, "app_id" => app_id, "tenant_key" => tenant_key,
        "create_time" => create_time;
    }
    Body {
        "type" => event_type, "app_id" => app_id, "tenant_key" => tenant_key, "message_id" => message_id,
        "chat_id" => chat_id, "open_chat_id" => chat_id;
        "message" => message, "context" => context
    }
    ImMessage { "message_id" => message_id, "chat_id" => chat_id; }
    Context { "open_chat_id" => chat_id; }
}
