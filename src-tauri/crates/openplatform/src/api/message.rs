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
use crate::{ids, state::State};

const INVALID_PARAM: i64 = 230_001;
const FIELD_INVALID: i64 = 99_992_402;

/// A message that a bot sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recorded {
    /// The app that sent it.
    pub app_id: String,
    /// The id the simulator gave it.
    pub message_id: String,
    /// Where it went.
    pub target: Target,
    /// Its type: `text`, `post`, `interactive` …
    pub msg_type: String,
    /// Its content: JSON text, whose form depends on the type.
    pub content: String,
    /// When it came, in milliseconds since the Unix epoch.
    pub at_ms: u64,
}

/// Where a bot's message goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Target {
    /// To a person or a chat.
    Receiver {
        /// What the id is: `open_id`, `chat_id` …
        id_type: String,
        /// The id.
        id: String,
    },
    /// In answer to this message.
    Reply {
        /// Its `message_id`.
        message_id: String,
        /// Whether it opens or joins a thread.
        in_thread: bool,
    },
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    receive_id: String,
    msg_type: String,
    content: String,
    reply_in_thread: bool,
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
        return answer::failure(
            StatusCode::BAD_REQUEST,
            FIELD_INVALID,
            "field validation failed: receive_id_type",
        );
    }
    record(&state, &headers, &body, |body| {
        (!body.receive_id.is_empty()).then(|| Target::Receiver { id_type, id: body.receive_id.clone() })
    })
}

/// `POST /open-apis/im/v1/messages/{message_id}/reply`.
pub(super) async fn reply(
    Extract(state): Extract<Arc<State>>,
    Path(message_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    record(&state, &headers, &body, |body| {
        message_id
            .starts_with("om_")
            .then(|| Target::Reply { message_id: message_id.clone(), in_thread: body.reply_in_thread })
    })
}

fn record(
    state: &State,
    headers: &HeaderMap,
    body: &[u8],
    target: impl FnOnce(&Body) -> Option<Target>,
) -> Response {
    let app_id = match token::bearer(state, headers) {
        Ok(app_id) => app_id,
        Err(refusal) => return *refusal,
    };
    let invalid = |what| {
        answer::failure(StatusCode::BAD_REQUEST, INVALID_PARAM, &format!("invalid request parameter: {what}"))
    };
    let Ok(body) = serde_json::from_slice::<Body>(body) else { return invalid("body") };
    if body.msg_type.is_empty() {
        return invalid("msg_type");
    }
    if !serde_json::from_str::<Value>(&body.content).is_ok_and(|content| content.is_object()) {
        return invalid("content");
    }
    let Some(target) = target(&body) else { return invalid("receiver") };

    let message_id = state.with_rng(|rng| ids::prefixed(rng, "om_"));
    let at_ms = state.now_ms();
    let recorded =
        Recorded { app_id, message_id, target, msg_type: body.msg_type, content: body.content, at_ms };
    let answer = sent(state, &recorded);
    state.recorded.push(recorded);
    state.counters.count(&state.counters.messages);
    answer
}

fn sent(state: &State, message: &Recorded) -> Response {
    let at = message.at_ms.to_string();
    let chat_id = match &message.target {
        Target::Receiver { id_type, id } if id_type == "chat_id" => id,
        _ => &state.cast.bot.chat_id,
    };
    let mut data = json!({
        "message_id": message.message_id,
        "msg_type": message.msg_type,
        "create_time": at,
        "update_time": at,
        "deleted": false,
        "updated": false,
        "chat_id": chat_id,
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
    answer::success(data)
}
