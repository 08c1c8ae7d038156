use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use super::{Ca, SHORT, dialer, file, origin, server};
use crate::http::{self as ours, Limits, Response};
use crate::{Cause, Deadlines, Dialer, Error, Origin, Part, Stage, Trace};

fn post(body: &'static str) -> Request<Bytes> {
    Request::builder()
        .method(Method::POST)
        .uri("/callback/ws/endpoint?a=1")
        .header("content-type", "application/json")
        .body(Bytes::from_static(body.as_bytes()))
        .unwrap()
}

async fn send(
    dialer: &Dialer,
    origin: &Origin,
    request: Request<Bytes>,
    limits: Limits,
) -> Result<(Response, Trace), Error> {
    ours::send(dialer, origin, request, limits, &mut |_| {}).await
}

async fn answer(
    bytes: impl AsRef<[u8]> + Clone + Send + Sync + 'static,
    limits: Limits,
) -> Result<Response, Error> {
    let address = server::answers(bytes).await;
    send(&dialer(&[]), &origin(format!("http://{address}")), post("{}"), limits)
        .await
        .map(|(response, _)| response)
}

async fn failure(bytes: impl AsRef<[u8]> + Clone + Send + Sync + 'static, limits: Limits) -> Cause {
    let error = answer(bytes, limits).await.unwrap_err();
    assert_eq!(error.stage, Stage::Http);
    assert!(error.trace.tcp.is_some());
    error.cause
}

#[tokio::test]
async fn a_request_arrives_as_written_and_its_answer_comes_back_over_tls() {
    let (ca, folder) = (Ca::new("Mine"), tempfile::tempdir().unwrap());
    let (arrived, mut requests) = mpsc::unbounded_channel();
    let address = server::encrypted(server::config(ca.sign()), move |mut stream| {
        let arrived = arrived.clone();
        async move {
            let mut head = server::request(&mut stream).await;
            if !head.ends_with("{\"AppID\":1}") {
                let mut body = vec![0; 11];
                stream.read_exact(&mut body).await.unwrap();
                head.push_str(std::str::from_utf8(&body).unwrap());
            }
            arrived.send(head).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nX-Y: z\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").await.unwrap();
            // The client closes; we do not.
            let _ = stream.read_to_end(&mut Vec::new()).await;
            arrived.send("closed".into()).unwrap();
        }
    })
    .await;
    let dialer = dialer(&[file(folder.path(), "ca.pem", &ca.pem)]);
    let origin = origin(format!("https://{address}"));
    let (response, trace) = send(&dialer, &origin, post("{\"AppID\":1}"), Limits::default()).await.unwrap();
    assert_eq!((response.status, &response.body[..]), (StatusCode::OK, &b"abcde"[..]));
    assert_eq!(response.headers["x-y"], "z");
    assert_eq!((trace.peer, trace.issuer.as_deref()), (Some(address), Some("Mine")));

    let request = requests.recv().await.unwrap();
    assert!(request.starts_with("POST /callback/ws/endpoint?a=1 HTTP/1.1\r\n"), "{request}");
    for part in [
        &format!("host: {address}\r\n"),
        "connection: close\r\n",
        "content-length: 11\r\n",
        "\r\n\r\n{\"AppID\":1}",
    ] {
        assert!(request.contains(part), "{part} is missing in {request}");
    }
    assert_eq!(requests.recv().await.as_deref(), Some("closed"));
}

#[tokio::test]
async fn every_status_reaches_the_caller_and_redirects_are_not_followed() {
    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Sign in to the Wi-Fi</html>";
    let response = answer(html, Limits::default()).await.unwrap();
    assert_eq!((response.status, &response.body[..6]), (StatusCode::OK, &b"<html>"[..]));
    assert_eq!(response.headers["content-type"], "text/html");

    let moved = "HTTP/1.1 302 Found\r\nLocation: http://203.0.113.1/\r\nContent-Length: 0\r\n\r\n";
    let response = answer(moved, Limits::default()).await.unwrap();
    assert_eq!((response.status, response.body.len()), (StatusCode::FOUND, 0));
    let response =
        answer("HTTP/1.1 514 Who knows\r\nContent-Length: 2\r\n\r\n{}", Limits::default()).await.unwrap();
    assert_eq!(response.status.as_u16(), 514);
}

#[tokio::test]
async fn what_is_not_http_is_recognised() {
    for garbage in ["SSH-2.0-OpenSSH_9.2\r\n", "\0\u{1}\u{2}\u{3}garbage\r\n\r\n", "{\"code\":0}\r\n\r\n"] {
        let cause = failure(garbage, Limits::default()).await;
        assert!(matches!(cause, Cause::NotHttp(_)), "{garbage:?}: {cause:?}");
    }
    // A banner that does not wait for the request.
    let address = server::each(|mut stream| async move {
        stream.write_all(b"220 mail.example.test ESMTP\r\n").await.unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let error = send(&dialer(&[]), &origin(format!("http://{address}")), post("{}"), Limits::default())
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::NotHttp(_)), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_ends_too_early_is_cut_off() {
    for answer in ["", "HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"] {
        assert_eq!(failure(answer, Limits::default()).await, Cause::Cut, "{answer:?}");
    }
}

#[tokio::test]
async fn endless_headers_are_refused() {
    let long = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(1 << 20));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(500));
    let small = Limits { headers: 40, ..Limits::default() };
    assert_eq!(failure(long, Limits::default()).await, Cause::TooLarge { part: Part::Headers });
    assert_eq!(failure(many, Limits::default()).await, Cause::TooLarge { part: Part::Headers });
    let beyond = "HTTP/1.1 200 OK\r\nX-Long: abcdefghijklmnopqrstuvwxyz\r\n\r\n";
    assert_eq!(failure(beyond, small).await, Cause::TooLarge { part: Part::Headers });
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_and_one_within_it_is_not() {
    let limits = Limits { body: 5, ..Limits::default() };
    let announced = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n";
    let until_the_end = "HTTP/1.1 200 OK\r\n\r\nabcdef";
    for answer in [announced, chunked, until_the_end] {
        assert_eq!(failure(answer, limits).await, Cause::TooLarge { part: Part::Body }, "{answer}");
    }
    let response = answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", limits).await.unwrap();
    assert_eq!(&response.body[..], b"abcde");
}

#[tokio::test]
async fn a_server_silent_after_the_request_runs_into_the_deadline() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
    for answer in ["", half] {
        let address = server::each(move |mut stream| async move {
            server::request(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
        })
        .await;
        let dialer = dialer(&[]).with_deadlines(Deadlines { http: SHORT, ..Deadlines::default() });
        let error = send(&dialer, &origin(format!("http://{address}")), post("{}"), Limits::default())
            .await
            .unwrap_err();
        assert_eq!((error.stage, error.cause), (Stage::Http, Cause::TimedOut(SHORT)));
    }
}

#[tokio::test]
async fn giving_up_closes_the_connection() {
    let (told, mut news) = mpsc::unbounded_channel();
    let address = server::each(move |mut stream| {
        let told = told.clone();
        async move {
            server::request(&mut stream).await;
            told.send("asked").unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
            told.send("closed").unwrap();
        }
    })
    .await;
    let (dialer, origin) = (dialer(&[]), origin(format!("http://{address}")));
    tokio::select! {
        answer = send(&dialer, &origin, post("{}"), Limits::default()) => panic!("{answer:?}"),
        asked = news.recv() => assert_eq!(asked, Some("asked")),
    }
    let closed = tokio::time::timeout(Duration::from_secs(5), news.recv()).await;
    assert_eq!(closed, Ok(Some("closed")));
}

#[tokio::test]
async fn a_road_that_fails_keeps_its_own_stage() {
    let address = { std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
    let error = send(&dialer(&[]), &origin(format!("http://{address}")), post("{}"), Limits::default())
        .await
        .unwrap_err();
    assert_eq!((error.stage, error.cause), (Stage::Tcp, Cause::Refused));
}
