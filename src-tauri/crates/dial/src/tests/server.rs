//! Servers that behave as a test wants. They live as long as the test's runtime.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Identity;

/// Does the same with every connection.
pub(super) async fn each<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// Answers every request, once it is there, with these bytes, and closes.
pub(super) async fn answers(bytes: impl AsRef<[u8]> + Clone + Send + Sync + 'static) -> SocketAddr {
    each(move |mut stream| {
        let bytes = bytes.clone();
        async move {
            request(&mut stream).await;
            // The client may have had enough of it before the end.
            let _ = stream.write_all(bytes.as_ref()).await;
        }
    })
    .await
}

/// Accepts, and never says a word.
pub(super) async fn silent() -> SocketAddr {
    each(|mut stream| async move {
        let mut nothing = Vec::new();
        let _ = stream.read_to_end(&mut nothing).await;
    })
    .await
}

/// Speaks TLS, and sends back what it receives.
pub(super) async fn echoes(identity: Identity) -> SocketAddr {
    encrypted(config(identity), |mut stream| async move {
        let mut bytes = [0; 256];
        while let Ok(length @ 1..) = stream.read(&mut bytes).await {
            stream.write_all(&bytes[..length]).await.unwrap();
        }
    })
    .await
}

pub(super) async fn encrypted<F>(
    config: ServerConfig,
    serve: impl Fn(TlsStream<TcpStream>) -> F + Clone + Send + Sync + 'static,
) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let acceptor = TlsAcceptor::from(Arc::new(config));
    each(move |stream| {
        let (acceptor, serve) = (acceptor.clone(), serve.clone());
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream).await;
            }
        }
    })
    .await
}

pub(super) fn config(identity: Identity) -> ServerConfig {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)
        .unwrap()
}

/// Reads a request without a body, or the head of one with a body.
pub(super) async fn request(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        let Ok(1..) = stream.read_buf(&mut bytes).await else { break };
    }
    String::from_utf8(bytes).unwrap()
}
