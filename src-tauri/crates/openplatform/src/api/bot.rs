use std::sync::Arc;

use axum::{
    Json,
    extract::State as Extract,
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use serde_json::json;

use super::token;
use crate::state::State;

/// What the platform calls an app that may be used.
const ACTIVE: u32 = 2;

/// `GET /open-apis/bot/v3/info`: the bot's name and `open_id`. It is older than the other paths: its data is in `bot`.
pub(super) async fn info(Extract(state): Extract<Arc<State>>, headers: HeaderMap) -> Response {
    if let Err(refusal) = token::bearer(&state, &headers) {
        return *refusal;
    }
    let bot = json!({
        "activate_status": ACTIVE,
        "app_name": state.cast.bot.name,
        "avatar_url": "",
        "ip_white_list": [],
        "open_id": state.cast.bot.open_id,
    });
    Json(json!({ "code": 0, "msg": "ok", "bot": bot })).into_response()
}
