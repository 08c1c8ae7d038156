//! Conversations with proxies, without a network.

mod arbitrary;
mod http;
mod socks4;
mod socks5;

use secrecy::ExposeSecret;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::yield_now;

use super::{ProxyFault, ask, place::Place};
use crate::origin::Origin;
use crate::proxy::Proxy;

/// What a proxy does in its turn.
#[derive(Clone, Copy)]
enum Turn<'a> {
    /// Takes as much as this, and writes it down.
    Takes(usize),
    /// Takes a head up to its empty line, and writes it down.
    TakesHead,
    Says(&'a [u8]),
    /// The same, each byte alone.
    Drips(&'a [u8]),
}

/// Asks `proxy` for a tunnel to `origin`. The proxy goes by `script`, then closes. What came of it, and what it was sent.
async fn talk(proxy: &str, origin: &str, script: &[Turn<'_>]) -> (Result<(), ProxyFault>, Vec<u8>) {
    let proxy: Proxy = proxy.parse().unwrap();
    let place = Place::of(&Origin::parse(origin).unwrap());
    let (mut ours, theirs) = duplex(64 << 10);
    let asking = async {
        let ended = ask(&proxy, &mut ours, &place).await;
        // Who has more to say must not wait for us.
        drop(ours);
        ended
    };
    let (ended, taken) = tokio::join!(asking, play(theirs, script));
    if let Err(fault) = &ended {
        let (shown, debug) = (fault.to_string(), format!("{fault:?}"));
        assert!(!shown.contains(['\n', '\r', '\u{1b}']) && shown.chars().count() < 400, "{shown}");
        if let Some(credentials) = proxy.credentials() {
            for secret in [&credentials.user[..], credentials.password.expose_secret()] {
                assert!(secret.len() < 4 || !format!("{shown} {debug}").contains(secret), "{debug}");
            }
        }
    }
    (ended, taken)
}

async fn play(mut stream: DuplexStream, script: &[Turn<'_>]) -> Vec<u8> {
    let mut taken = Vec::new();
    for turn in script {
        match *turn {
            Turn::Takes(length) => {
                let mut bytes = vec![0; length];
                // It may have had enough of us before.
                let Ok(_) = stream.read_exact(&mut bytes).await else { break };
                taken.extend(bytes);
            }
            Turn::TakesHead => {
                while !taken.ends_with(b"\r\n\r\n") {
                    taken.push(stream.read_u8().await.unwrap());
                }
            }
            Turn::Says(bytes) => {
                if stream.write_all(bytes).await.is_err() {
                    break;
                }
            }
            Turn::Drips(bytes) => {
                for byte in bytes {
                    if stream.write_all(&[*byte]).await.is_err() {
                        break;
                    }
                    yield_now().await;
                    yield_now().await;
                }
            }
        }
    }
    taken
}
