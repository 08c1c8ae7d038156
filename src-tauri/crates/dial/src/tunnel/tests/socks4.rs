use super::Turn::{Drips, Says, Takes};
use super::{ProxyFault, talk};

const GRANTED: [u8; 8] = [0, 90, 0, 0, 0, 0, 0, 0];

#[tokio::test]
async fn a_name_goes_along_for_the_proxy_and_an_address_as_it_is() {
    let named = b"\x04\x01\x01\xbb\x00\x00\x00\x01\x00bot.test\x00";
    let numbered = b"\x04\x01\x20\xfb\xcb\x00\x71\x07alice\x00";
    for (proxy, origin, request) in [
        ("socks4a://p.test", "https://bot.test", &named[..]),
        ("socks4a://alice@p.test", "https://203.0.113.7:8443", numbered),
        // The protocol has no place for the password.
        ("socks4://alice:hunter2@p.test", "https://203.0.113.7:8443", numbered),
    ] {
        let (ended, sent) = talk(proxy, origin, &[Takes(request.len()), Says(&GRANTED)]).await;
        assert_eq!((ended, &sent[..]), (Ok(()), request), "{proxy}");
    }
}

#[tokio::test]
async fn what_the_protocol_cannot_carry_is_not_sent() {
    let (ended, sent) = talk("socks4a://p.test", "https://[2001:db8::1]", &[]).await;
    assert_eq!((ended, sent), (Err(ProxyFault::NoIpv4), vec![]));
    let (ended, sent) = talk("socks4a://a%00b@p.test", "https://bot.test", &[]).await;
    assert!(matches!(ended, Err(ProxyFault::CredentialsUnsendable(_))), "{ended:?}");
    assert_eq!(sent, b"");
}

#[tokio::test]
async fn its_answers_are_told_apart() {
    let other = |start: &str| Err(ProxyFault::OtherProtocol { start: start.to_owned() });
    for (answer, wanted) in [
        (&GRANTED[..], Ok(())),
        (&[0, 91, 1, 1, 1, 1, 1, 1], Err(ProxyFault::SocksRefused { code: 91 })),
        (&[0, 92], Err(ProxyFault::SocksRefused { code: 92 })),
        (&[0, 93, 0, 0, 0, 0, 0, 0], Err(ProxyFault::SocksRefused { code: 93 })),
        (b"", Err(ProxyFault::Cut)),
        (&[0], Err(ProxyFault::Cut)),
        (&GRANTED[..7], Err(ProxyFault::Cut)),
        (b"\x05\xff", other(r"\x05\xff")),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", other("HTTP/1.1 400 Bad Request")),
    ] {
        let request = Takes(18);
        let ended = talk("socks4a://p.test", "https://bot.test", &[request, Says(answer)]).await.0;
        assert_eq!(ended, wanted, "{}", answer.escape_ascii());
        let ended = talk("socks4a://p.test", "https://bot.test", &[request, Drips(answer)]).await.0;
        assert_eq!(ended, wanted, "byte by byte: {}", answer.escape_ascii());
    }
    let eager = [Takes(18), Says(b"\0\x5a\0\0\0\0\0\0early")];
    assert_eq!(talk("socks4a://p.test", "https://bot.test", &eager).await.0, other("early"));
}

#[test]
fn its_codes_have_names() {
    for (code, word) in [(91, "rejected"), (92, "identd"), (93, "another user"), (94, "code 94")] {
        let shown = ProxyFault::SocksRefused { code }.to_string();
        assert!(shown.contains(word), "{shown}");
    }
}
