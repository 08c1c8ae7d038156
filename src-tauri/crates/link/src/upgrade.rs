use http::Response;
use secrecy::ExposeSecret;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, client::IntoClientRequest, error::ProtocolError, protocol::WebSocketConfig},
};

use crate::{Code, Tuning, UpgradeError, censor::Censor, session::fault, ticket::Ticket};

/// Upgrades a stream to the WebSocket that a ticket opens.
pub(crate) async fn upgrade<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    ticket: &Ticket,
    tuning: &Tuning,
) -> Result<WebSocketStream<S>, UpgradeError> {
    let broken = |error| broken(error, &ticket.censor);
    let request = ticket.url.expose_secret().into_client_request().map_err(broken)?;
    let shake = client_async_with_config(request, stream, Some(websocket(tuning)));
    match timeout(tuning.upgrade, shake).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(broken(error)),
        Err(_) => Err(UpgradeError::TimedOut(tuning.upgrade)),
    }
}

pub(crate) fn websocket(tuning: &Tuning) -> WebSocketConfig {
    // Room for some hundred frames a system call; half of tungstenite's own, since most links are idle.
    const BUFFER: usize = 64 << 10;
    WebSocketConfig::default()
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(Some(tuning.message_bytes))
        .max_frame_size(Some(tuning.message_bytes))
}

fn broken(error: tungstenite::Error, censor: &Censor) -> UpgradeError {
    match error {
        tungstenite::Error::Http(response) => refused(&response, censor),
        tungstenite::Error::Io(error) => fault(&error).map_or(UpgradeError::Cut, UpgradeError::Os),
        tungstenite::Error::Protocol(ProtocolError::HandshakeIncomplete)
        | tungstenite::Error::ConnectionClosed => UpgradeError::Cut,
        other => UpgradeError::NotWebSocket(censor.line(&other.to_string())),
    }
}

/// What an answer other than 101 means. The platform explains itself in headers; an answer without them is a proxy's, a
/// portal's, or some other server's.
fn refused(response: &Response<Option<Vec<u8>>>, censor: &Censor) -> UpgradeError {
    let header = |key| response.headers().get(key).map(|value| censor.bytes(value.as_bytes()));
    let explained = ["handshake-status", "handshake-msg", "handshake-autherrcode"].map(header);
    let [None, None, None] = explained else {
        let [status, message, code] = explained;
        let message = message.unwrap_or_default();
        let code = code.and_then(|code| code.parse().ok());
        let status = status.and_then(|status| status.parse().ok()).unwrap_or(response.status().as_u16());
        return match (status, code.map(Code::from)) {
            (_, Some(Code::ConnectionLimit)) => UpgradeError::ConnectionLimit { message },
            (403, _) => UpgradeError::Forbidden { message },
            (514, _) => UpgradeError::TicketRefused { code, message },
            (status, _) => UpgradeError::Refused { status, code, message },
        };
    };
    let start = censor.bytes(response.body().as_deref().unwrap_or_default());
    UpgradeError::Blocked { status: response.status().as_u16(), start }
}
