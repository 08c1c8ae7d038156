use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use longwire_openplatform::{App, Running};
use longwire_wire::{Error, Frame, Inbound, Limits, Message, Reassembly, Reply};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message as Ws},
};

/// Longer than anything here takes; it only ends a test that would hang.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// A client of the platform.
pub(crate) struct Peer {
    pub(crate) socket: WebSocketStream<TcpStream>,
    pub(crate) service: i32,
    pub(crate) device_id: String,
    reassembly: Reassembly,
}

impl Peer {
    /// Discovers and connects as the first app.
    pub(crate) async fn connect(platform: &Running) -> Self {
        let url = session_url(platform).await;
        Self::open(&url).await.expect("the session should open")
    }

    /// Opens the session of a URL.
    pub(crate) async fn open(url: &str) -> Result<Self, tungstenite::Error> {
        let address = url.split('/').nth(2).unwrap();
        let stream = TcpStream::connect(address).await?;
        let (socket, _) = client_async(url, stream).await?;
        let query: HashMap<_, _> =
            url.split_once('?').unwrap().1.split('&').filter_map(|pair| pair.split_once('=')).collect();
        Ok(Self {
            socket,
            service: query["service_id"].parse().unwrap(),
            device_id: query["device_id"].to_owned(),
            reassembly: Reassembly::new(Limits::default()),
        })
    }

    /// The next frame, or why it is none. Panics when the link ends.
    pub(crate) async fn frame(&mut self) -> Result<Frame, Error> {
        loop {
            match time::timeout(SOON, self.socket.next()).await.expect("something should come") {
                Some(Ok(Ws::Binary(raw))) => return Frame::decode(raw),
                Some(Ok(Ws::Text(text))) => return Err(Error::NotAFrame(text.to_string())),
                Some(Ok(_)) => {}
                end => panic!("the link ended: {end:?}"),
            }
        }
    }

    /// The next event, whole; pongs and what is wrong are skipped.
    pub(crate) async fn message(&mut self) -> Message {
        loop {
            let inbound = self.frame().await.and_then(Inbound::of);
            let Ok(Inbound::Part(part)) = inbound else { continue };
            if let Ok(Some(message)) = self.reassembly.accept(part, std::time::Instant::now())
                && message.event().is_ok()
            {
                return message;
            }
        }
    }

    pub(crate) async fn send(&mut self, frame: &Frame) {
        self.socket.send(Ws::Binary(frame.encode())).await.unwrap();
    }

    pub(crate) async fn ack(&mut self, message: Message, reply: &Reply) {
        self.send(&message.ack(reply, Duration::from_millis(2))).await;
    }

    /// Whether the link ends, whatever comes before.
    pub(crate) async fn ends(&mut self) -> bool {
        let end = async { while let Some(Ok(_)) = self.socket.next().await {} };
        time::timeout(SOON, end).await.is_ok()
    }
}

/// The URL of a fresh session of the first app.
pub(crate) async fn session_url(platform: &Running) -> String {
    let answer = discover(platform, &platform.apps()[0]).await;
    answer["data"]["URL"].as_str().expect("a URL").to_owned()
}

/// The endpoint's answer to an app.
pub(crate) async fn discover(platform: &Running, app: &App) -> Value {
    let body = json!({ "AppID": app.id, "AppSecret": app.secret.expose_secret() });
    let (status, answer) = post(platform, "/callback/ws/endpoint", None, &body).await;
    assert_eq!(status, 200);
    answer
}

pub(crate) async fn post(platform: &Running, path: &str, token: Option<&str>, body: &Value) -> (u16, Value) {
    send(platform, Request::post(path), token, body).await
}

pub(crate) async fn patch(platform: &Running, path: &str, token: Option<&str>, body: &Value) -> (u16, Value) {
    send(platform, Request::patch(path), token, body).await
}

async fn send(
    platform: &Running,
    request: http::request::Builder,
    token: Option<&str>,
    body: &Value,
) -> (u16, Value) {
    let mut request = request.header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    json_of(request_to(platform, request.body(Full::from(body.to_string())).unwrap()).await.unwrap())
}

pub(crate) async fn get(platform: &Running, path: &str, token: Option<&str>) -> (u16, Value) {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    json_of(request_to(platform, request.body(Full::default()).unwrap()).await.unwrap())
}

/// One request over a connection of its own.
pub(crate) async fn request_to(
    platform: &Running,
    mut request: Request<Full<Bytes>>,
) -> Result<Response<Bytes>, hyper::Error> {
    let address = platform.address();
    request.headers_mut().insert("host", address.to_string().parse().unwrap());
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await?.into_parts();
    Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
}

fn json_of(response: Response<Bytes>) -> (u16, Value) {
    let body = serde_json::from_slice(response.body()).expect("a JSON body");
    (response.status().as_u16(), body)
}
