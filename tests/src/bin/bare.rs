//! The least a client can do, to measure Longwire against: it decodes each event, adds `biz_rt`, encodes it again and
//! sends it. No queue, no state, no second look at anything.
//!
//! `bare APP_ID URL`, with the App Secret in `LONGWIRE_APP_SECRET`.

use std::{env, error::Error, time::Instant};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use longwire_wire::{Frame, Header, key};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{client_async, tungstenite::Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(app_id), Some(url)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bare APP_ID URL".into());
    };
    let address = url.strip_prefix("http://").ok_or("the URL begins with http://")?;
    let ticket = ticket(address, &app_id, &env::var("LONGWIRE_APP_SECRET")?).await?;
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut socket, _) = client_async(ticket, stream).await?;
    while let Some(message) = socket.next().await {
        let Message::Binary(bytes) = message? else { continue };
        let arrived = Instant::now();
        let mut frame = Frame::decode(bytes)?;
        frame.headers.push(Header::new(key::BIZ_RT, arrived.elapsed().as_millis().to_string()));
        frame.payload = Some(Bytes::from_static(br#"{"code":200}"#));
        socket.send(Message::Binary(frame.encode())).await?;
    }
    Ok(())
}

/// The URL to connect to, from the endpoint.
async fn ticket(address: &str, app_id: &str, secret: &str) -> Result<String, Box<dyn Error>> {
    let body = json!({ "AppID": app_id, "AppSecret": secret }).to_string();
    let request = format!(
        "POST /callback/ws/endpoint HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    let answer: Value = serde_json::from_str(body)?;
    Ok(answer["data"]["URL"].as_str().ok_or("no URL in the answer")?.to_owned())
}
