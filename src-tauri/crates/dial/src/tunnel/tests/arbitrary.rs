//! Whatever a proxy says, it ends in a tunnel or in an error, and soon.

use proptest::collection::vec;
use proptest::prelude::*;
use tokio::runtime::Builder;

use super::Turn::{Drips, Says};
use super::{ProxyFault, talk};

const PROXIES: [&str; 5] = [
    "http://p.test",
    "http://alice:hunter2@p.test",
    "socks4a://p.test",
    "socks5h://p.test",
    "socks5h://alice:hunter2@p.test",
];

/// The end of a conversation with a proxy that says this without listening.
fn told(proxy: &str, bytes: &[u8], dripping: bool) -> Result<(), ProxyFault> {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let turn = if dripping { Drips(bytes) } else { Says(bytes) };
    runtime.block_on(talk(proxy, "https://bot.test", &[turn])).0
}

/// Pieces of the protocols, and noise between them.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"HTTP/1.1 200 OK\r\n".to_vec()),
        Just(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
        Just(b"HTTP/1.1 407 No\r\nProxy-Authenticate: ".to_vec()),
        Just(b"Content-Length: 99999999999999999999\r\n".to_vec()),
        Just(b"Transfer-Encoding: chunked\r\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(vec![5, 0]),
        Just(vec![5, 2, 1, 0]),
        Just(vec![5, 0, 0, 3, 255]),
        Just(vec![0, 90]),
        vec(any::<u8>(), 0..40),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn noise_is_never_a_tunnel(mut bytes in vec(any::<u8>(), 0..600), proxy in 0..PROXIES.len(), dripping: bool) {
        // Neither the beginning of an answer in SOCKS 5 nor in SOCKS 4.
        if matches!(bytes.first(), Some(5 | 0)) {
            bytes[0] = 1;
        }
        prop_assert!(told(PROXIES[proxy], &bytes, dripping).is_err());
    }

    #[test]
    fn pieces_of_the_protocols_in_any_order_end_in_a_tunnel_or_an_error(
        bytes in pieces(), proxy in 0..PROXIES.len(), dripping: bool,
    ) {
        // That it ends, with nothing of the credentials in an error, is what `talk` asserts.
        let _ = told(PROXIES[proxy], &bytes, dripping);
    }
}
