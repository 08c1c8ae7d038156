//! The WebSocket's handshake: `GET /ws/v2` with the query of a session's URL.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Instant};

use axum::{
    Extension,
    body::Body,
    extract::{Query, Request, State as Extract},
    response::Response,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_util::sync::CancellationToken;

use crate::{
    api::html,
    client::{Client, ClientView},
    fault::Fault,
    session,
    state::State,
};

/// The platform's own status for a refused session.
const AUTH_FAILED: u16 = 514;
const FORBIDDEN: u16 = 403;
const TICKET_INVALID: u32 = 1_000_040_348;
const CONNECTION_LIMIT: u32 = 1_000_040_350;
/// How many pushes wait for a session to write them.
const QUEUE: usize = 1024;

/// The connection a request came over.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) peer: SocketAddr,
    /// Cancelled when the connection is to be cut.
    pub(crate) epoch: CancellationToken,
}

pub(crate) async fn open(
    Extract(state): Extract<Arc<State>>,
    Extension(connection): Extension<Connection>,
    Query(query): Query<HashMap<String, String>>,
    mut request: Request,
) -> Response {
    let opened = match play(state.fault()) {
        Some(refusal) => Err(refusal),
        None => admit(&state, connection, &query, &mut request),
    };
    opened.unwrap_or_else(|refusal| {
        state.counters.count(&state.counters.refused);
        *refusal
    })
}

fn admit(
    state: &Arc<State>,
    connection: Connection,
    query: &HashMap<String, String>,
    request: &mut Request,
) -> Result<Response, Box<Response>> {
    let accept = accept_key(request.headers()).ok_or_else(|| Box::new(status(StatusCode::BAD_REQUEST)))?;
    let upgrade = request.extensions_mut().remove::<OnUpgrade>();
    let upgrade = upgrade.ok_or_else(|| Box::new(status(StatusCode::BAD_REQUEST)))?;
    let ticket = state.tickets.redeem(query, Instant::now()).ok_or_else(|| {
        refuse(StatusCode::UNAUTHORIZED.as_u16(), AUTH_FAILED, "ticket is invalid", TICKET_INVALID)
    })?;

    let (orders, inbox) = mpsc::channel(QUEUE);
    let view = ClientView {
        app_id: ticket.app_id,
        device_id: ticket.device_id,
        peer: connection.peer,
        since: Instant::now(),
    };
    let client = Arc::new(Client::new(view, orders));
    if !state.join(client.clone()) {
        return Err(limit());
    }
    let session_state = state.clone();
    state.tasks.spawn(async move {
        let state = session_state;
        let session = async {
            if let Ok(stream) = upgrade.await {
                session::run(&state, &client, TokioIo::new(stream), inbox).await;
            }
        };
        connection.epoch.run_until_cancelled(session).await;
        state.leave(&client);
    });

    let mut switching = status(StatusCode::SWITCHING_PROTOCOLS);
    let headers = switching.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    Ok(switching)
}

/// The upgrade's answer under a failure; `None` where the failure is elsewhere.
fn play(fault: Option<Fault>) -> Option<Box<Response>> {
    match fault? {
        Fault::Forbidden => Some(refuse(FORBIDDEN, FORBIDDEN, "forbidden", None)),
        Fault::ConnectionLimit => Some(limit()),
        Fault::TicketRefused => Some(refuse(AUTH_FAILED, AUTH_FAILED, "auth failed", TICKET_INVALID)),
        Fault::UpgradeBlocked => Some(Box::new(html(StatusCode::FORBIDDEN, "Blocked by policy"))),
        _ => None,
    }
}

fn limit() -> Box<Response> {
    refuse(AUTH_FAILED, AUTH_FAILED, "the number of connections exceeded the limit", CONNECTION_LIMIT)
}

/// A refusal of the platform's own: its reason is in the `Handshake-*` headers.
fn refuse(http: u16, handshake: u16, msg: &'static str, auth: impl Into<Option<u32>>) -> Box<Response> {
    let mut response = status(StatusCode::from_u16(http).unwrap_or(StatusCode::FORBIDDEN));
    let headers = response.headers_mut();
    headers.insert("handshake-status", HeaderValue::from(handshake));
    headers.insert("handshake-msg", HeaderValue::from_static(msg));
    if let Some(auth) = auth.into() {
        headers.insert("handshake-autherrcode", HeaderValue::from(auth));
    }
    Box::new(response)
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// What a WebSocket handshake is answered with; `None` where it is none.
fn accept_key(headers: &HeaderMap) -> Option<HeaderValue> {
    let says = |name, token: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok())?;
        value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)).then_some(())
    };
    says(header::CONNECTION, "upgrade")?;
    says(header::UPGRADE, "websocket")?;
    says(header::SEC_WEBSOCKET_VERSION, "13")?;
    HeaderValue::from_str(&derive_accept_key(headers.get(header::SEC_WEBSOCKET_KEY)?.as_bytes())).ok()
}
