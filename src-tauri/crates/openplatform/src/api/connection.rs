use std::sync::Arc;

use axum::{extract::State as Extract, response::Response};
use http::HeaderMap;
use serde_json::json;

use super::{answer, token};
use crate::state::State;

/// `GET /open-apis/event/v1/connection`: how many clients of the app are connected.
pub(super) async fn count(Extract(state): Extract<Arc<State>>, headers: HeaderMap) -> Response {
    match token::bearer(&state, &headers) {
        Ok(app_id) => answer::success(json!({ "online_instance_cnt": state.count_clients(&app_id) })),
        Err(refusal) => *refusal,
    }
}
