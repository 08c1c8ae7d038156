//! What the platform answers over plain requests.

mod answer;
mod bot;
mod connection;
mod endpoint;
mod message;
mod token;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use answer::html;

use crate::{state::State, upgrade};

/// Every path the simulator serves.
pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/callback/ws/endpoint", post(endpoint::discover))
        .route("/ws/v2", get(upgrade::open))
        .route("/open-apis/auth/v3/tenant_access_token/internal", post(token::issue))
        .route("/open-apis/bot/v3/info", get(bot::info))
        .route("/open-apis/event/v1/connection", get(connection::count))
        .route("/open-apis/im/v1/messages", post(message::create))
        .route("/open-apis/im/v1/messages/{message_id}", get(message::read).patch(message::update))
        .route("/open-apis/im/v1/messages/{message_id}/reply", post(message::reply))
        .fallback(answer::not_found)
        .with_state(state)
}
