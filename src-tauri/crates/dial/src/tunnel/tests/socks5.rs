use super::Turn::{self, Drips, Says, Takes};
use super::{ProxyFault, talk};

const HOST: &str = "https://bot.test";
/// The request for it.
const REQUEST: &[u8] = b"\x05\x01\x00\x03\x08bot.test\x01\xbb";
const OPEN: &[u8] = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00";

fn other(start: &str) -> Result<(), ProxyFault> {
    Err(ProxyFault::OtherProtocol { start: start.to_owned() })
}

/// The end of a conversation with a proxy that asks for nothing and answers the request like this.
async fn answered(answer: &[u8]) -> Result<(), ProxyFault> {
    let script = [Takes(3), Says(b"\x05\x00"), Takes(REQUEST.len()), Says(answer)];
    talk("socks5h://p.test", HOST, &script).await.0
}

#[tokio::test]
async fn a_name_and_both_kinds_of_address_have_their_own_form() {
    let v4 = b"\x05\x01\x00\x01\xcb\x00\x71\x07\x20\xfb";
    let v6 = b"\x05\x01\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07\x01\xbb";
    for (origin, request) in
        [(HOST, REQUEST), ("https://203.0.113.7:8443", v4), ("https://[2001:db8::7]", v6)]
    {
        let script = [Takes(3), Says(b"\x05\x00"), Takes(request.len()), Says(OPEN)];
        let (ended, sent) = talk("socks5h://p.test", origin, &script).await;
        assert_eq!(ended, Ok(()), "{origin}");
        assert_eq!(sent, [b"\x05\x01\x00", request].concat(), "{origin}");
    }
}

#[tokio::test]
async fn an_answer_may_name_any_kind_of_address_and_come_byte_by_byte() {
    for answer in [
        OPEN,
        b"\x05\x00\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x1f\x90",
        b"\x05\x00\x00\x03\x05proxy\x1f\x90",
        b"\x05\x00\x00\x03\x00\x1f\x90",
    ] {
        assert_eq!(answered(answer).await, Ok(()), "{}", answer.escape_ascii());
        let script = [Takes(3), Drips(b"\x05\x00"), Takes(REQUEST.len()), Drips(answer)];
        let dripped = talk("socks5h://p.test", HOST, &script).await.0;
        assert_eq!(dripped, Ok(()), "{}", answer.escape_ascii());
    }
}

#[tokio::test]
async fn every_code_is_kept_and_has_its_name() {
    for (code, name) in [
        (1, "failure of its own"),
        (2, "rules"),
        (3, "network cannot be reached"),
        (4, "host cannot be reached"),
        (5, "refused the connection"),
        (6, "TTL"),
        (7, "command not supported"),
        (8, "type of address"),
        (9, "code 9"),
        (255, "code 255"),
    ] {
        // Some servers send no more than the code.
        for answer in [&[5, code, 0, 1, 0, 0, 0, 0, 0, 0][..], &[5, code]] {
            let fault = answered(answer).await.unwrap_err();
            assert_eq!(fault, ProxyFault::SocksRefused { code });
            assert!(fault.to_string().contains(name), "{fault}");
        }
    }
}

#[tokio::test]
async fn a_password_is_sent_where_it_is_asked_for() {
    let right = [Takes(4), Says(b"\x05\x02"), Takes(15), Says(b"\x01\x00"), Takes(REQUEST.len()), Says(OPEN)];
    let (ended, sent) = talk("socks5h://alice:hunter2@p.test", HOST, &right).await;
    assert_eq!(ended, Ok(()));
    assert_eq!(sent, [b"\x05\x02\x00\x02", &b"\x01\x05alice\x07hunter2"[..], REQUEST].concat());
    // Some servers answer with the version of SOCKS in place of RFC 1929's.
    let sloppy = [right[0], right[1], right[2], Says(b"\x05\x00"), right[4], right[5]];
    assert_eq!(talk("socks5h://alice:hunter2@p.test", HOST, &sloppy).await.0, Ok(()));
    let unasked = [Takes(4), Says(b"\x05\x00"), Takes(REQUEST.len()), Says(OPEN)];
    let (ended, sent) = talk("socks5h://alice:hunter2@p.test", HOST, &unasked).await;
    assert_eq!((ended, sent), (Ok(()), [b"\x05\x02\x00\x02", REQUEST].concat()));
}

#[tokio::test]
async fn passwords_hold_any_bytes_and_no_more_of_them_than_the_protocol_takes() {
    let (long, odd) = ("x".repeat(255), "%00%3A%40%E4%BB%A3");
    let auth = [&b"\x01\x06\0:@\xe4\xbb\xa3\xff"[..], long.as_bytes()].concat();
    let script =
        [Takes(4), Says(b"\x05\x02"), Takes(auth.len()), Says(b"\x01\x00"), Takes(REQUEST.len()), Says(OPEN)];
    let (ended, sent) = talk(&format!("socks5h://{odd}:{long}@p.test"), HOST, &script).await;
    assert_eq!(ended, Ok(()));
    assert_eq!(sent[4..4 + auth.len()], auth);
    for (user, password) in [("a", "x".repeat(256)), (&"x".repeat(256)[..], "b".to_owned())] {
        let (ended, sent) = talk(&format!("socks5h://{user}:{password}@p.test"), HOST, &[]).await;
        assert!(matches!(ended, Err(ProxyFault::CredentialsUnsendable(_))), "{ended:?}");
        assert_eq!(sent, b"");
    }
}

#[tokio::test]
async fn wanted_refused_and_unspoken_credentials_are_told_apart() {
    let none = Vec::<String>::new;
    let wrong = [Takes(4), Says(b"\x05\x02"), Takes(15), Says(b"\x01\x01")];
    for (proxy, script, wanted) in [
        (
            "socks5h://p.test",
            &[Takes(3), Says(b"\x05\xff")][..],
            ProxyFault::CredentialsWanted { schemes: none() },
        ),
        ("socks5h://alice:hunter2@p.test", &wrong, ProxyFault::CredentialsRefused),
        (
            "socks5h://alice:hunter2@p.test",
            &[Takes(4), Says(b"\x05\xff")],
            ProxyFault::SchemeNotSpoken { schemes: none() },
        ),
    ] {
        assert_eq!(talk(proxy, HOST, script).await.0, Err(wanted));
    }
}

#[tokio::test]
async fn another_protocol_is_shown_as_it_begins() {
    let greeted = |says: &'static [u8]| async move {
        let said = talk("socks5h://p.test", HOST, &[Takes(3), Says(says)]).await.0;
        let dripped = talk("socks5h://p.test", HOST, &[Takes(3), Drips(says)]).await.0;
        assert_eq!(said, dripped, "{}", says.escape_ascii());
        said
    };
    let http = other("HTTP/1.1 400 Bad Request Server: nginx");
    assert_eq!(greeted(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n").await, http);
    assert_eq!(greeted(b"\x15\x03\x03\x00\x02\x02\x32").await, other(r"\x15\x03\x03\x00\x02\x022"));
    assert_eq!(greeted(b"\x04\x5a").await, other(r"\x04Z"));
    // A method that was not offered.
    assert_eq!(greeted(b"\x05\x02").await, other(r"\x05\x02"));
    assert_eq!(greeted(b"\x05\x01").await, other(r"\x05\x01"));
    assert_eq!(
        answered(b"\x05\x00\x00\x02\0\0\0\0\0\0").await,
        other(r"\x05\x00\x00\x02\x00\x00\x00\x00\x00\x00")
    );
}

#[tokio::test]
async fn who_speaks_out_of_turn_does_not_speak_the_protocol() {
    assert_eq!(answered(&[OPEN, b"early"].concat()).await, other("early"));
    let at_once: [Turn<'_>; 2] = [Takes(3), Says(b"\x05\x00\x05\x00")];
    assert_eq!(talk("socks5h://p.test", HOST, &at_once).await.0, other(r"\x05\x00"));
    // What sends back what it is sent must not get the password.
    let echo = [Takes(4), Says(b"\x05\x02\x00\x02")];
    let (ended, sent) = talk("socks5h://alice:hunter2@p.test", HOST, &echo).await;
    assert_eq!((ended, sent), (other(r"\x00\x02"), b"\x05\x02\x00\x02".to_vec()));
}

#[tokio::test]
async fn an_answer_that_ends_early_was_cut() {
    for length in 0..OPEN.len() {
        assert_eq!(answered(&OPEN[..length]).await, Err(ProxyFault::Cut), "{length} bytes");
    }
    for script in [
        &[Takes(4)][..],
        &[Takes(4), Says(b"\x05")],
        &[Takes(4), Says(b"\x05\x02"), Takes(15)],
        &[Takes(4), Says(b"\x05\x02"), Takes(15), Says(b"\x01")],
    ] {
        let ended = talk("socks5h://alice:hunter2@p.test", HOST, script).await.0;
        assert_eq!(ended, Err(ProxyFault::Cut));
    }
}
