//! Servers that do their worst to whoever asks them.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{sleep, timeout},
};

/// What a server does once it was asked.
#[derive(Clone, Debug)]
pub(crate) enum Worst {
    /// It says nothing.
    Silence,
    /// 10 GB, in chunks.
    Endless,
    /// It leads there, with this status.
    Redirect(u16, String),
    /// It closes in the middle of the body.
    CutShort,
    /// It sends headers for ever.
    Headers,
    /// A byte a second.
    Drip,
}

/// One of them. It ends when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<AtomicUsize>,
    most: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(worst: Worst) -> Self {
        Self::listen(([127, 0, 0, 1], 0).into(), worst).await
    }

    pub(crate) async fn listen(address: SocketAddr, worst: Worst) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicU64>::default());
        let (count, largest) = (asked.clone(), most.clone());
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Relaxed);
                let (worst, largest) = (worst.clone(), largest.clone());
                tokio::spawn(async move {
                    let mut sent = 0;
                    // Whoever asked is to go away sooner or later.
                    let _ = serve(stream, &worst, &mut sent).await;
                    largest.fetch_max(sent, Relaxed);
                });
            }
        });
        Self { address, asked, most, serving }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// How many connections there were.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Relaxed)
    }

    /// Waits until there were so many.
    pub(crate) async fn until_asked(&self, count: usize) {
        let asked = timeout(Duration::from_secs(10), async {
            while self.asked() < count {
                sleep(Duration::from_millis(5)).await;
            }
        });
        assert!(asked.await.is_ok(), "{} asked", self.asked());
    }

    /// The most it sent over one connection that is over, in bytes.
    pub(crate) fn most(&self) -> u64 {
        self.most.load(Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(mut stream: TcpStream, worst: &Worst, sent: &mut u64) -> io::Result<()> {
    read(&mut stream).await?;
    match worst {
        Worst::Silence => {
            stream.read_to_end(&mut Vec::new()).await?;
        }
        Worst::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await?;
            let chunk = [b"100000\r\n", vec![b'x'; 1 << 20].as_slice(), b"\r\n"].concat();
            for _ in 0..10 << 10 {
                stream.write_all(&chunk).await?;
                *sent += chunk.len() as u64;
            }
            stream.write_all(b"0\r\n\r\n").await?;
        }
        Worst::Redirect(status, to) => {
            let answer =
                format!("HTTP/1.1 {status} Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await?;
        }
        Worst::CutShort => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"msg\"").await?
        }
        Worst::Headers => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                let line = format!("X-{sent}: {}\r\n", "x".repeat(100));
                stream.write_all(line.as_bytes()).await?;
                *sent += line.len() as u64;
            }
        }
        Worst::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await?;
            loop {
                stream.write_all(b" ").await?;
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
    Ok(())
}

/// Reads a request to its end.
async fn read(stream: &mut TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    let head = loop {
        if stream.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(head) = request.windows(4).position(|end| end == b"\r\n\r\n") {
            break head;
        }
    };
    let lines = String::from_utf8_lossy(&request[..head]).to_lowercase();
    let length = lines.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    let left = (head + 4 + length.unwrap_or_default()).saturating_sub(request.len());
    stream.read_exact(&mut vec![0; left]).await.map(|_| ())
}
