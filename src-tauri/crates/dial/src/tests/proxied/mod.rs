//! Roads through proxies on this machine, to a server whose name only the proxies know.

mod closing;
mod racing;
mod reaching;
mod standing;
mod ways;

use std::net::SocketAddr;

use rcgen::CertificateParams;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{Ca, dialer, file, leaf_params, origin, server};
use crate::error::Stage;
use crate::route::{Route, Way};
use crate::{Dialer, Error, Road};

/// A name that no resolver knows.
const HOST: &str = "https://bot.invalid:8443";

/// A server that sends back what it receives, and a dialer that trusts it.
struct Setting {
    ca: Ca,
    dialer: Dialer,
    target: SocketAddr,
    _folder: TempDir,
}

impl Setting {
    async fn new() -> Self {
        let (ca, folder) = (Ca::new("Longwire test CA"), tempfile::tempdir().unwrap());
        let names = ["bot.invalid", "localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let target = server::echoes(ca.sign_with(CertificateParams::new(names).unwrap())).await;
        let dialer = dialer(&[file(folder.path(), "ca.pem", &ca.pem)]);
        Self { ca, dialer, target, _folder: folder }
    }

    /// An HTTP proxy that leads everywhere to the server, and the heads that it receives.
    async fn http_proxy(&self) -> (SocketAddr, UnboundedReceiver<String>) {
        let (heads, received) = unbounded_channel();
        let target = self.target;
        let address = server::each(move |stream| tunnel(stream, target, heads.clone())).await;
        (address, received)
    }

    /// The same over TLS, with a certificate of `ca`.
    async fn https_proxy(&self, ca: &Ca) -> (SocketAddr, UnboundedReceiver<String>) {
        let (heads, received) = unbounded_channel();
        let target = self.target;
        let config = server::config(ca.sign_with(leaf_params("127.0.0.1")));
        let address = server::encrypted(config, move |stream| tunnel(stream, target, heads.clone())).await;
        (address, received)
    }

    /// A SOCKS 5 proxy that leads everywhere to the server, and the places it is asked for, as they come.
    async fn socks5_proxy(&self) -> (SocketAddr, UnboundedReceiver<Vec<u8>>) {
        let (places, received) = unbounded_channel();
        let target = self.target;
        let address = server::each(move |mut stream| {
            let places = places.clone();
            async move {
                let mut greeting = [0; 2];
                stream.read_exact(&mut greeting).await.unwrap();
                stream.read_exact(&mut vec![0; greeting[1].into()]).await.unwrap();
                stream.write_all(&[5, 0]).await.unwrap();
                let mut request = vec![0; 300];
                let length = stream.read(&mut request).await.unwrap();
                places.send(request[3..length].to_vec()).unwrap();
                stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
                let mut target = TcpStream::connect(target).await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut target).await;
            }
        })
        .await;
        (address, received)
    }

    async fn dial(&self, proxies: &[&str], to: &str) -> (Result<Road, Error>, Vec<Stage>) {
        dial(&self.dialer, &route(proxies), to).await
    }
}

/// Through these proxies, or `direct`.
fn route(ways: &[&str]) -> Route {
    let way = |way: &&str| match *way {
        "direct" => Way::Direct,
        proxy => Way::Through(proxy.parse().unwrap()),
    };
    Route { ways: ways.iter().map(way).collect(), ..Route::direct() }
}

async fn dial(dialer: &Dialer, route: &Route, to: &str) -> (Result<Road, Error>, Vec<Stage>) {
    let mut begun = Vec::new();
    let road = dialer.dial_along(route, &origin(to), &mut |stage| begun.push(stage)).await;
    (road, begun)
}

/// Sends a word along a road, and takes it back.
async fn carries(road: &mut Road) -> bool {
    let mut back = [0; 5];
    road.stream.write_all(b"hello").await.unwrap();
    road.stream.flush().await.unwrap();
    road.stream.read_exact(&mut back).await.unwrap();
    &back == b"hello"
}

async fn tunnel(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    target: SocketAddr,
    heads: UnboundedSender<String>,
) {
    heads.send(server::request(&mut stream).await).unwrap();
    let mut target = TcpStream::connect(target).await.unwrap();
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    let _ = copy_bidirectional(&mut stream, &mut target).await;
}
