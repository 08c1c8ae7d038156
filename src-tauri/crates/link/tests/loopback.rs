//! A connection over real sockets of this machine, and what of it reaches the log.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use longwire_dial::{Dialer, Origin, RootSource, Roots};
use longwire_link::{
    Backoff, Config, Error, Event, Intake, NotKept, Reply, State, Tuning, UpgradeError, run,
};
use longwire_wire::{Frame, Header, Method, key};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot, watch},
};
use tokio_tungstenite::{accept_async, tungstenite::Message};

const APP_SECRET: &str = "planted-app-secret";
const ACCESS_KEY: &str = "planted-access-key";
const TICKET: &str = "planted-ticket";
const WORDS: &str = "planted words of a person";

struct Desk;

impl Intake for Desk {
    async fn keep(&self, event: Event) -> Result<Reply, NotKept> {
        assert!(event.text().contains(WORDS));
        Ok(Reply::ok())
    }
}

#[tokio::test]
async fn a_connection_is_held_over_real_sockets_and_no_secret_reaches_a_log_a_state_or_an_error() {
    let logged = capture_logs();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let config = Config {
        origin: Origin::parse(&format!("http://{address}")).unwrap(),
        app_id: "cli_0123456789abcdef".to_owned(),
        app_secret: APP_SECRET.into(),
        dialer: Dialer::new(Arc::new(Roots::new(RootSource::ExtraOnly, Vec::new()))),
        tuning: Tuning {
            backoff: Backoff { first: Duration::from_millis(10), ..Backoff::default() },
            ..Tuning::default()
        },
    };
    let mut seen = format!("{config:?}\n");
    let (state, mut states) = watch::channel(State::Closed);
    let (_nudges, nudged) = mpsc::channel(1);
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(run(config, Arc::new(Desk), fastrand::Rng::with_seed(1), state, nudged, stopped));

    // The first upgrade is answered by a server that repeats what it was asked.
    let request = answer_endpoint(&listener).await;
    assert!(request.starts_with("POST /callback/ws/endpoint HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with(&format!(r#"{{"AppID":"cli_0123456789abcdef","AppSecret":"{APP_SECRET}"}}"#)));
    let (mut stream, _) = listener.accept().await.unwrap();
    let request = read_request(&mut stream).await;
    stream.write_all(format!("HTTP/1.1 404 Not Found\r\n\r\nCannot {request}").as_bytes()).await.unwrap();
    drop(stream);
    let waiting = states.wait_for(|state| matches!(state, State::Waiting { .. })).await.unwrap().clone();
    seen.push_str(&format!("{waiting:?}\n"));
    let State::Waiting { error, steps, .. } = waiting else { unreachable!() };
    assert!(matches!(&error, Error::Upgrade(UpgradeError::Blocked { status: 404, .. })), "{error:?}");
    assert!(steps.road.tcp.is_some() && steps.road.peer == Some(address), "{steps:?}");
    assert!(steps.endpoint.is_some(), "{steps:?}");
    seen.push_str(&format!("{error} {}\n", error.stage()));

    // The second opens a session.
    answer_endpoint(&listener).await;
    let (stream, _) = listener.accept().await.unwrap();
    let mut socket = accept_async(stream).await.unwrap();
    assert_eq!(next_frame(&mut socket).await, Frame::ping(7));
    socket.send(Message::Binary(Frame::pong(7, None).encode())).await.unwrap();
    let connected = states.wait_for(|state| matches!(state, State::Connected { .. })).await.unwrap().clone();
    seen.push_str(&format!("{connected:?}\n"));

    let frame = Frame {
        method: Method::Data as i32,
        headers: vec![Header::new(key::TYPE, "event"), Header::new(key::MESSAGE_ID, "m1")],
        payload: Some(format!(r#"{{"text":"{WORDS}"}}"#).into()),
        ..Frame::default()
    };
    let bad = [Message::Text(WORDS.into()), Message::Binary(WORDS.into())];
    for message in bad.into_iter().chain([Message::Binary(frame.encode())]) {
        socket.send(message).await.unwrap();
    }
    let ack = next_frame(&mut socket).await;
    assert_eq!(
        (ack.header(key::MESSAGE_ID), ack.payload.as_deref()),
        (Some("m1"), Some(&br#"{"code":200}"#[..]))
    );

    stop.send(()).unwrap();
    assert!(matches!(socket.next().await, Some(Ok(Message::Close(Some(_))))));
    assert!(socket.next().await.is_none());
    drop(socket);
    task.await.unwrap();
    assert_eq!(*states.borrow(), State::Closed);

    let logged = String::from_utf8(logged.lock().unwrap().clone()).unwrap();
    assert!(logged.contains(&format!("connected to ws://{address}/…\n")), "{logged}");
    assert!(logged.contains("stage=upgrade"), "{logged}");
    seen.push_str(&logged);
    for secret in [APP_SECRET, ACCESS_KEY, TICKET, WORDS] {
        let line = seen.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

async fn answer_endpoint(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let request = read_request(&mut stream).await;
    let address = listener.local_addr().unwrap();
    let url =
        format!("ws://{address}/ws/v2?device_id=d1&access_key={ACCESS_KEY}&service_id=7&ticket={TICKET}");
    let body = format!(r#"{{"code":0,"msg":"","data":{{"URL":"{url}"}}}}"#);
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(answer.as_bytes()).await.unwrap();
    request
}

/// Headers, and the body where a length is given.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "cut off");
        let text = String::from_utf8(request.clone()).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return text;
        }
    }
}

async fn next_frame(socket: &mut tokio_tungstenite::WebSocketStream<TcpStream>) -> Frame {
    match socket.next().await {
        Some(Ok(Message::Binary(bytes))) => Frame::decode(bytes).unwrap(),
        other => panic!("a frame was to come, not {other:?}"),
    }
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Write::write(&mut *self.0.lock().unwrap(), bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl log::Log for Sink {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        writeln!(self.clone(), "{} {} {}", record.level(), record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}

/// All that is logged, by ours and by the libraries' facade, at the loudest level.
fn capture_logs() -> Arc<Mutex<Vec<u8>>> {
    let sink = Sink::default();
    let writer = sink.clone();
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .init();
    log::set_logger(Box::leak(Box::new(sink.clone()))).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    log::warn!("the facade is heard");
    assert!(!sink.0.lock().unwrap().is_empty());
    sink.0
}
