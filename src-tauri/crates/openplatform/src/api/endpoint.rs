use std::{sync::Arc, time::Instant};

use axum::{
    Json,
    body::Bytes,
    extract::State as Extract,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header, uri::Authority};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer;
use crate::{fault::Fault, history::lock, state::State};

const BUSY: i64 = 1;
const BAD_REQUEST: i64 = 9499;
const INTERNAL_ERROR: i64 = 1_000_040_343;
const CREDENTIALS_WRONG: i64 = 1_000_040_345;
const CONNECTION_LIMIT: i64 = 1_000_040_350;
const DOMAIN_WRONG: i64 = 1_000_040_351;
/// No documented code; clients must cope with what they do not know.
const UNKNOWN: i64 = 1_000_049_999;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Discovery {
    #[serde(rename = "AppID")]
    app_id: String,
    app_secret: String,
}

/// `POST /callback/ws/endpoint`: credentials for the URL of a session. The codes come with HTTP 200.
pub(super) async fn discover(
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    state.counters.count(&state.counters.discoveries);
    if let Some(answer) = state.fault().and_then(|fault| play(fault, &state)) {
        return answer;
    }
    let Ok(discovery) = serde_json::from_slice::<Discovery>(&body) else {
        return answer::failure(StatusCode::BAD_REQUEST, BAD_REQUEST, "Bad Request");
    };
    if !state.knows(&discovery.app_id, &discovery.app_secret) {
        return refuse(CREDENTIALS_WRONG, "app_id or app_secret is invalid");
    }
    // The host that the client reached us by, as the platform names its own.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let Some(host) = host else {
        return answer::failure(StatusCode::BAD_REQUEST, BAD_REQUEST, "Bad Request");
    };
    let scheme = if state.secure { "wss" } else { "ws" };
    let query = state.with_rng(|rng| state.tickets.issue(&discovery.app_id, rng, Instant::now()));
    accept(&state, json!(format!("{scheme}://{host}/ws/v2?{query}")))
}

/// The endpoint's answer under a failure; `None` where the failure is elsewhere.
fn play(fault: Fault, state: &State) -> Option<Response> {
    Some(match fault {
        Fault::Html => answer::html(StatusCode::OK, "Sign in to the network"),
        Fault::HttpStatus => answer::html(StatusCode::BAD_GATEWAY, "502 Bad Gateway"),
        Fault::NoUrl => accept(state, Value::Null),
        Fault::Busy => refuse(BUSY, "system busy"),
        Fault::CredentialsWrong => refuse(CREDENTIALS_WRONG, "app_id or app_secret is invalid"),
        Fault::DomainWrong => refuse(DOMAIN_WRONG, "Incorrect domain name"),
        Fault::InternalError => refuse(INTERNAL_ERROR, "internal error"),
        Fault::LimitAtEndpoint => refuse(CONNECTION_LIMIT, "the number of connections exceeded the limit"),
        Fault::UnknownCode => refuse(UNKNOWN, "unknown failure"),
        _ => return None,
    })
}

fn accept(state: &State, url: Value) -> Response {
    let config = *lock(&state.config);
    let mut data = json!({ "ClientConfig": config });
    if !url.is_null() {
        data["URL"] = url;
    }
    Json(json!({ "code": 0, "msg": "", "data": data })).into_response()
}

fn refuse(code: i64, msg: &str) -> Response {
    answer::failure(StatusCode::OK, code, msg)
}
