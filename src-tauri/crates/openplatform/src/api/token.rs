use std::{sync::Arc, time::Instant};

use axum::{
    Json,
    body::Bytes,
    extract::State as Extract,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::answer;
use crate::{app, state::State};

const INVALID_PARAM: i64 = 10003;
const NO_SUCH_APP: i64 = 10014;
const SECRET_WRONG: i64 = 10015;
const TOKEN_MISSING: i64 = 99_991_661;
const TOKEN_INVALID: i64 = 99_991_663;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Credentials {
    app_id: String,
    app_secret: String,
}

/// `POST /open-apis/auth/v3/tenant_access_token/internal`.
pub(super) async fn issue(Extract(state): Extract<Arc<State>>, body: Bytes) -> Response {
    let refuse = |code, msg| answer::failure(StatusCode::OK, code, msg);
    let credentials: Credentials = serde_json::from_slice(&body).unwrap_or_default();
    if !app::is_app_id(&credentials.app_id) {
        return refuse(INVALID_PARAM, "invalid param");
    }
    if state.app(&credentials.app_id).is_none() {
        return refuse(NO_SUCH_APP, "app not exist");
    }
    if !state.knows(&credentials.app_id, &credentials.app_secret) {
        return refuse(SECRET_WRONG, "app secret invalid");
    }
    let (token, left) = state.with_rng(|rng| state.tokens.issue(&credentials.app_id, rng, Instant::now()));
    Json(json!({ "code": 0, "msg": "ok", "tenant_access_token": token, "expire": left.as_secs() }))
        .into_response()
}

/// The app a request speaks for, by its bearer token; else the platform's refusal.
pub(super) fn bearer(state: &State, headers: &HeaderMap) -> Result<String, Box<Response>> {
    let refuse = |code, msg| Box::new(answer::failure(StatusCode::BAD_REQUEST, code, msg));
    let token =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(token) = token else {
        return Err(refuse(
            TOKEN_MISSING,
            "Missing access token for authorization. Please make a test attempt.",
        ));
    };
    state.tokens.app(token, Instant::now()).ok_or_else(|| {
        refuse(TOKEN_INVALID, "Invalid access token for authorization. Please make a test attempt.")
    })
}
