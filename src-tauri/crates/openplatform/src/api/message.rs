use std::{collections::HashMap, sync::Arc};

use axum::{
    body::Bytes,
    extract::{Path, Query, State as Extract},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{answer, token};
use crate::{
    chats::{Recorded, Refusal, Target, Update},
    content::{self, Flaw},
    ids,
    state::State,
};

const INVALID_PARAM: i64 = 230_001;
const WITHDRAWN: i64 = 230_011;
const NOT_THE_SENDER: i64 = 230_012;
const TOO_OFTEN: i64 = 230_020;
const TOO_LONG: i64 = 230_025;
const APP_TOO_OFTEN: i64 = 99_991_400;
const NO_CARD_MADE: i64 = 230_099;
const NO_SUCH_MESSAGE: i64 = 99_992_354;
const FIELD_INVALID: i64 = 99_992_402;
/// The most characters of a `uuid`.
const LONGEST_UUID: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    receive_id: String,
    msg_type: String,
    content: String,
    reply_in_thread: bool,
    uuid: String,
}

/// `POST /open-apis/im/v1/messages?receive_id_type=…`.
pub(super) async fn create(
    Extract(state): Extract<Arc<State>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let id_type = query.get("receive_id_type").cloned().unwrap_or_default();
    if !matches!(id_type.as_str(), "open_id" | "union_id" | "user_id" | "email" | "chat_id") {
        return refuse(FIELD_INVALID, "field validation failed: receive_id_type");
    }
    say(&state, &headers, &body, "create", |_, body| {
        if body.receive_id.is_empty() {
            return Err(Refusal::NoReceiver);
        }
        let id = body.receive_id.clone();
        let chat_id = if id_type == "chat_id" { id.clone() } else { state.cast.chat_with(&id) };
        Ok((chat_id, Target::Receiver { id_type, id }))
    })
}

/// `POST /open-apis/im/v1/messages/{message_id}/reply`.
pub(super) async fn reply(
    Extract(state): Extract<Arc<State>>,
    Path(message_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    say(&state, &headers, &body, "reply", |app_id, body| {
        let chat_id = state.chats.chat(app_id, &message_id)?;
        Ok((chat_id, Target::Reply { message_id: message_id.clone(), in_thread: body.reply_in_thread }))
    })
}

/// `PATCH /open-apis/im/v1/messages/{message_id}`: another card in the place of the bot's own.
pub(super) async fn update(
    Extract(state): Extract<Arc<State>>,
    Path(message_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let app_id = match app(&state, &headers, "update") {
        Ok(app_id) => app_id,
        Err(refusal) => return *refusal,
    };
    let Ok(body) = serde_json::from_slice::<Body>(&body) else { return invalid("body") };
    if let Err(flaw) = content::check("interactive", &body.content) {
        return flawed(&flaw);
    }
    let shared = state.chats.one(&message_id).is_none_or(|before| content::is_shared(&before.content));
    if !shared || !content::is_shared(&body.content) {
        return invalid("update_multi of the card is not true");
    }
    let update = Update { message_id, content: body.content, at_ms: state.now_ms() };
    match state.chats.update(&app_id, update) {
        Ok(()) => {
            state.counters.count(&state.counters.updates);
            answer::success(json!({}))
        }
        Err(refusal) => refused(refusal),
    }
}

/// `GET /open-apis/im/v1/messages/{message_id}`: a bot's message, as it is now.
pub(super) async fn read(
    Extract(state): Extract<Arc<State>>,
    Path(message_id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(refusal) = token::bearer(&state, &headers) {
        return *refusal;
    }
    match state.chats.one(&message_id) {
        Some(message) => answer::success(json!({ "items": [shown(&state, &message)] })),
        None => refused(Refusal::Unknown),
    }
}

fn say(
    state: &State,
    headers: &HeaderMap,
    body: &[u8],
    what: &'static str,
    target: impl FnOnce(&str, &Body) -> Result<(String, Target), Refusal>,
) -> Response {
    let app_id = match app(state, headers, what) {
        Ok(app_id) => app_id,
        Err(refusal) => return *refusal,
    };
    let Ok(body) = serde_json::from_slice::<Body>(body) else { return invalid("body") };
    if body.uuid.chars().count() > LONGEST_UUID {
        return refuse(FIELD_INVALID, "field validation failed: uuid");
    }
    if let Err(flaw) = content::check(&body.msg_type, &body.content) {
        return flawed(&flaw);
    }
    let (chat_id, target) = match target(&app_id, &body) {
        Ok(target) => target,
        Err(refusal) => return refused(refusal),
    };
    let message_id = state.with_rng(|rng| ids::prefixed(rng, "om_"));
    let Body { msg_type, content, uuid, .. } = body;
    let at_ms = state.now_ms();
    let recorded = Recorded { app_id, message_id, chat_id, target, msg_type, content, at_ms, updates: 0 };
    match state.chats.say(recorded, &uuid) {
        Ok((message, new)) => {
            if new {
                state.counters.count(&state.counters.messages);
            }
            answer::success(shown(state, &message))
        }
        Err(refusal) => refused(refusal),
    }
}

/// The app that asks for this, where it may; else the platform's refusal.
fn app(state: &State, headers: &HeaderMap, what: &'static str) -> Result<String, Box<Response>> {
    let app_id = token::bearer(state, headers)?;
    match state.rates.ask(&app_id, what, state.now_ms()) {
        Ok(()) => Ok(app_id),
        Err(rest_ms) => {
            let mut refusal = refuse(APP_TOO_OFTEN, "request trigger frequency limit");
            refusal.headers_mut().insert("x-ogw-ratelimit-reset", rest_ms.div_ceil(1000).into());
            Err(Box::new(refusal))
        }
    }
}

/// A message, as the platform describes it.
fn shown(state: &State, message: &Recorded) -> Value {
    let at = message.at_ms.to_string();
    let mut data = json!({
        "message_id": message.message_id,
        "msg_type": message.msg_type,
        "create_time": at,
        "update_time": at,
        "deleted": false,
        "updated": message.updates > 0,
        "chat_id": message.chat_id,
        "sender": {
            "id": message.app_id,
            "id_type": "app_id",
            "sender_type": "app",
            "tenant_key": state.cast.tenant_key,
        },
        "body": { "content": message.content },
    });
    if let Target::Reply { message_id, .. } = &message.target {
        data["root_id"] = json!(message_id);
        data["parent_id"] = json!(message_id);
    }
    data
}

fn flawed(flaw: &Flaw) -> Response {
    match flaw {
        Flaw::Invalid(what) => invalid(what),
        Flaw::TooLong => refuse(TOO_LONG, "The length of the message content reaches its limit."),
        Flaw::Card(code, what) => {
            let msg = format!("Failed to create card content, ext=ErrCode: {code}; ErrMsg: {what};");
            refuse(NO_CARD_MADE, &msg)
        }
    }
}

fn refused(refusal: Refusal) -> Response {
    match refusal {
        Refusal::Unknown => refuse(
            NO_SUCH_MESSAGE,
            "The request you send is not a valid {open_message_id} or not exists, please check.",
        ),
        Refusal::NoReceiver => invalid("receive_id is empty"),
        Refusal::Withdrawn => refuse(WITHDRAWN, "The message was withdrawn."),
        Refusal::NotTheSender => refuse(NOT_THE_SENDER, "Bot is NOT the sender of the message."),
        Refusal::NoCard => invalid("This message is NOT a card."),
        Refusal::TooOften => refuse(TOO_OFTEN, "This operation triggers the frequency limit."),
    }
}

fn invalid(what: &str) -> Response {
    refuse(INVALID_PARAM, &format!("Your request contains an invalid request parameter, ext={what}"))
}

fn refuse(code: i64, msg: &str) -> Response {
    answer::failure(StatusCode::BAD_REQUEST, code, msg)
}
