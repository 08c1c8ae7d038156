use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use super::{SHORT, dialer, origin, server};
use crate::http::Connection;
use crate::{Cause, Part};

const LONG: Duration = Duration::from_secs(20);

fn post() -> Request<Bytes> {
    let body = Bytes::from_static(b"{}");
    Request::builder()
        .method(Method::POST)
        .uri("/hook?a=1")
        .header("connection", "close")
        .header("x-lark-signature", "5")
        .body(body)
        .unwrap()
}

async fn connected(address: std::net::SocketAddr, idle: Duration) -> Connection {
    let origin = origin(format!("http://{address}"));
    let road = dialer(&[]).dial(&origin).await.unwrap();
    Connection::over(road, &origin, 8192, idle).await.unwrap()
}

/// The status and the body of the answer to a request.
async fn ask(connection: &mut Connection, allowed: Duration) -> Result<(u16, String), Cause> {
    let mut answer = connection.send(post(), allowed).await?;
    let (status, mut body) = (answer.status.as_u16(), Vec::new());
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
    }
    Ok((status, String::from_utf8(body).unwrap()))
}

/// Answers the requests of a connection with these, one after another, tells of each request, and of the end.
async fn each_with(
    answers: &'static [&'static str],
) -> (std::net::SocketAddr, mpsc::UnboundedReceiver<String>) {
    let (told, news) = mpsc::unbounded_channel();
    let address = server::each(move |mut stream| {
        let told = told.clone();
        async move {
            for answer in answers {
                let mut request = server::request(&mut stream).await;
                while !request.is_empty() && !request.ends_with("{}") {
                    let mut rest = [0; 64];
                    let length = stream.read(&mut rest).await.unwrap();
                    request.push_str(std::str::from_utf8(&rest[..length]).unwrap());
                }
                told.send(request).unwrap();
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            let _ = stream.read_to_end(&mut Vec::new()).await;
            told.send("closed".into()).unwrap();
        }
    })
    .await;
    (address, news)
}

const ABC: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
const CHUNKED: &str = "HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n";

#[tokio::test]
async fn one_connection_carries_one_request_after_another() {
    let (address, mut requests) = each_with(&[ABC, CHUNKED, ABC]).await;
    let mut connection = connected(address, LONG).await;
    for expected in [(200, "abc"), (500, "de"), (200, "abc")] {
        let (status, body) = ask(&mut connection, LONG).await.unwrap();
        assert_eq!((status, body.as_str()), expected);
        assert!(connection.is_open());
        let request = requests.recv().await.unwrap();
        assert!(request.starts_with("POST /hook?a=1 HTTP/1.1\r\n"), "{request}");
        assert!(request.contains(&format!("\r\nHost: {address}\r\n")), "{request}");
        assert!(request.contains("\r\nX-Lark-Signature: 5\r\n"), "{request}");
        assert!(!request.to_lowercase().contains("connection"), "{request}");
    }
    drop(connection);
    assert_eq!(requests.recv().await.as_deref(), Some("closed"));
}

#[tokio::test]
async fn a_connection_that_rests_too_long_is_closed_and_one_in_use_is_not() {
    let (address, mut requests) = each_with(&[ABC]).await;
    let mut connection = connected(address, SHORT).await;
    ask(&mut connection, LONG).await.unwrap();
    requests.recv().await.unwrap();
    assert_eq!(requests.recv().await.as_deref(), Some("closed"), "it rested");
    assert!(!connection.is_open());
    assert_eq!(ask(&mut connection, LONG).await, Err(Cause::Cut));

    let address = server::each(|mut stream| async move {
        server::request(&mut stream).await;
        tokio::time::sleep(SHORT * 3).await;
        stream.write_all(ABC.as_bytes()).await.unwrap();
    })
    .await;
    let mut connection = connected(address, SHORT).await;
    assert_eq!(ask(&mut connection, LONG).await, Ok((200, "abc".into())));
}

#[tokio::test]
async fn a_connection_closed_by_the_other_side_is_cut() {
    for last in [
        ABC,
        "HTTP/1.0 200 OK\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
    ] {
        let address = server::answers(last).await;
        let mut connection = connected(address, LONG).await;
        assert_eq!(ask(&mut connection, LONG).await, Ok((200, "abc".into())), "{last}");
        assert_eq!(ask(&mut connection, LONG).await, Err(Cause::Cut), "{last}");
        assert!(!connection.is_open());
    }
}

#[tokio::test]
async fn an_answer_nobody_asked_for_is_not_taken_for_the_next_one() {
    let twice: &str =
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nxyz";
    let (address, _requests) = each_with(Box::leak(Box::new([twice, ABC]))).await;
    let mut connection = connected(address, LONG).await;
    assert_eq!(ask(&mut connection, LONG).await, Ok((200, "abc".into())));
    assert_eq!(ask(&mut connection, LONG).await, Err(Cause::Cut));
}

#[tokio::test]
async fn an_answer_left_in_the_middle_ends_the_connection() {
    let (address, _requests) = each_with(&["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"]).await;
    let mut connection = connected(address, LONG).await;
    let mut answer = connection.send(post(), LONG).await.unwrap();
    assert_eq!(answer.chunk().await.unwrap().as_deref(), Some(&b"abc"[..]));
    drop(answer);
    assert!(!connection.is_open());
}

#[tokio::test]
async fn the_time_allowed_is_for_head_and_body_together() {
    for answer in ["", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"] {
        let (address, _requests) = each_with(Box::leak(Box::new([answer]))).await;
        let mut connection = connected(address, LONG).await;
        assert_eq!(ask(&mut connection, SHORT).await, Err(Cause::TimedOut(SHORT)), "{answer}");
    }
}

#[tokio::test]
async fn a_head_without_end_is_too_large() {
    let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(1 << 20));
    let mut connection = connected(server::answers(endless).await, LONG).await;
    assert_eq!(ask(&mut connection, LONG).await, Err(Cause::TooLarge { part: Part::Headers }));
}
