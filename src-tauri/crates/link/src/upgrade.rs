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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const URL: &str =
        "wss://h.test/ws/v2?device_id=d&service_id=7&access_key=key-of-the-session&ticket=ticket-of-it";

    /// What comes of an upgrade that is answered like this, and the request.
    async fn answered(answer: &str) -> (Result<(), UpgradeError>, String) {
        let (ours, mut theirs) = duplex(64 << 10);
        let ticket = Ticket::parse(URL).unwrap();
        let server = async {
            let mut request = vec![0; 4096];
            let length = theirs.read(&mut request).await.unwrap();
            theirs.write_all(answer.as_bytes()).await.unwrap();
            drop(theirs);
            String::from_utf8(request[..length].to_vec()).unwrap()
        };
        let tuning = Tuning::default();
        let (result, request) = tokio::join!(upgrade(ours, &ticket, &tuning), server);
        (result.map(drop), request)
    }

    async fn fault(answer: &str) -> UpgradeError {
        answered(answer).await.0.unwrap_err()
    }

    #[tokio::test]
    async fn the_request_is_plain_websocket() {
        let (_, request) = answered("").await;
        assert!(request.starts_with("GET /ws/v2?device_id=d&service_id=7&access_key="), "{request}");
        assert!(
            request.contains("Host: h.test\r\n") && request.contains("Sec-WebSocket-Version: 13\r\n"),
            "{request}"
        );
        assert!(!request.to_ascii_lowercase().contains("sec-websocket-protocol"));
    }

    #[tokio::test]
    async fn the_platforms_refusals_are_told_apart() {
        let message = || "why".to_owned();
        for (status, code, wanted) in [
            (514, "1000040350", UpgradeError::ConnectionLimit { message: message() }),
            (
                514,
                "1000040348",
                UpgradeError::TicketRefused { code: Some(1_000_040_348), message: message() },
            ),
            (514, "", UpgradeError::TicketRefused { code: None, message: message() }),
            (403, "", UpgradeError::Forbidden { message: message() }),
            (500, "x", UpgradeError::Refused { status: 500, code: None, message: message() }),
        ] {
            let headers = format!("Handshake-Msg: why\r\nHandshake-Autherrcode: {code}\r\n");
            // The status stands in the header, or only in the status line.
            for status in [format!("200 OK\r\nHandshake-Status: {status}"), format!("{status} No")] {
                assert_eq!(
                    fault(&format!("HTTP/1.1 {status}\r\n{headers}\r\n")).await,
                    wanted,
                    "{status} {code}"
                );
            }
        }
    }

    #[tokio::test]
    async fn an_answer_without_the_platforms_headers_is_somebody_elses() {
        let page = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>\n<b>Blocked</b>";
        assert_eq!(
            fault(page).await,
            UpgradeError::Blocked { status: 403, start: "<html> <b>Blocked</b>".to_owned() }
        );
        let proxy = "HTTP/1.1 502 Bad Gateway\r\n\r\n";
        assert_eq!(fault(proxy).await, UpgradeError::Blocked { status: 502, start: String::new() });
    }

    #[tokio::test]
    async fn a_page_that_repeats_the_url_does_not_get_it_into_an_error() {
        let path = URL.strip_prefix("wss://h.test").unwrap();
        for answer in [
            format!("HTTP/1.1 404 Not Found\r\n\r\nCannot GET {path}"),
            format!("HTTP/1.1 514 No\r\nHandshake-Msg: {path}\r\n\r\n"),
        ] {
            let error = fault(&answer).await;
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("key-of") && !shown.contains("ticket-of"), "{shown}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_no_upgrade_is_named() {
        for answer in [
            "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n",
        ] {
            assert!(matches!(fault(answer).await, UpgradeError::NotWebSocket(_)), "{answer}");
        }
        for answer in ["", "HTTP/1.1 101 Swit"] {
            assert_eq!(fault(answer).await, UpgradeError::Cut, "{answer}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_upgrade_without_an_answer_ends_at_its_deadline() {
        let (ours, _theirs) = duplex(4096);
        let result = upgrade(ours, &Ticket::parse(URL).unwrap(), &Tuning::default()).await;
        assert_eq!(result.map(drop), Err(UpgradeError::TimedOut(Duration::from_secs(10))));
    }
}
