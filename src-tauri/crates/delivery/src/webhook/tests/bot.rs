//! A server that behaves as a test wants, and tells what came. It lives as long as the test's runtime.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

pub(super) struct Bot {
    pub(super) address: SocketAddr,
    requests: mpsc::UnboundedReceiver<Came>,
    connections: Arc<AtomicUsize>,
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Came {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

/// A connection to the bot.
pub(super) struct Client {
    pub(super) stream: TcpStream,
    told: mpsc::UnboundedSender<Came>,
    read: Vec<u8>,
}

impl Bot {
    /// Does the same with every connection.
    pub(super) async fn new<F>(serve: impl Fn(Client) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (told, requests) = mpsc::unbounded_channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(Client { stream, told: told.clone(), read: Vec::new() }));
            }
        });
        Self { address, requests, connections }
    }

    /// Answers each request with these bytes, and closes where `closes` says so.
    pub(super) async fn answering(answer: impl Into<Vec<u8>>, closes: bool) -> Self {
        let answer = Arc::new(answer.into());
        Self::new(move |mut client| {
            let answer = Arc::clone(&answer);
            async move {
                while client.request().await.is_some() {
                    // The other side may have had enough of it before the end.
                    let written = client.stream.write_all(&answer).await;
                    if written.is_err() || closes {
                        return;
                    }
                }
            }
        })
        .await
    }

    pub(super) async fn came(&mut self) -> Came {
        self.requests.recv().await.unwrap()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Client {
    /// The next request, whole; none at the end.
    pub(super) async fn request(&mut self) -> Option<Came> {
        let head = loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                break self.read.drain(..end + 4).collect::<Vec<_>>();
            }
            if self.stream.read_buf(&mut self.read).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8(head).unwrap();
        let came = Came { body: Vec::new(), head };
        let length: usize = came.header("content-length").unwrap_or("0").parse().unwrap();
        while self.read.len() < length {
            if self.stream.read_buf(&mut self.read).await.ok()? == 0 {
                return None;
            }
        }
        let came = Came { body: self.read.drain(..length).collect(), ..came };
        let _ = self.told.send(came.clone());
        Some(came)
    }

    pub(super) async fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Waits until the other side has closed.
    pub(super) async fn closed(&mut self) {
        let _ = self.stream.read_to_end(&mut Vec::new()).await;
    }
}

impl Came {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (is, value) = line.split_once(':')?;
            is.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}
