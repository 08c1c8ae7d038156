use std::{io, net::Ipv4Addr, sync::Arc};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A web server that has one PAC script. It ends with the test's runtime.
pub struct Pac {
    port: u16,
}

impl Pac {
    /// Serves that script.
    ///
    /// # Panics
    /// Where no port is free.
    pub async fn serve(script: &str) -> Self {
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-ns-proxy-autoconfig\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{script}",
            script.len()
        );
        let answer: Arc<str> = answer.into();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("a bound socket").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone()));
            }
        });
        Self { port }
    }

    /// Where the script is.
    pub fn url(&self) -> String {
        format!("http://pac.test:{}/proxy.pac", self.port)
    }
}

async fn serve(stream: TcpStream, answer: Arc<str>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    // The empty line ends the request's head; nobody sends a body for this.
    while stream.read_line(&mut line).await? > 2 {
        line.clear();
    }
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}
