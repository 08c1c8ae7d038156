use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncWriteExt, duplex};
use tokio::time::Instant;

use super::Turn::{Drips, Says, TakesHead};
use super::{ProxyFault, talk};
use crate::origin::Origin;
use crate::tunnel::ask;
use crate::tunnel::heard::LINGER;
use crate::tunnel::place::Place;

const HOST: &str = "https://bot.test:8443";
const OPEN: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";

async fn answered(answer: &[u8]) -> Result<(), ProxyFault> {
    talk("http://proxy.test", HOST, &[TakesHead, Says(answer)]).await.0
}

fn refused(status: u16, start: &str) -> Result<(), ProxyFault> {
    Err(ProxyFault::Refused { status, start: start.to_owned() })
}

fn other(start: &str) -> Result<(), ProxyFault> {
    Err(ProxyFault::OtherProtocol { start: start.to_owned() })
}

#[tokio::test]
async fn the_request_is_a_connect_in_authority_form_and_nothing_else() {
    for (origin, authority) in [
        (HOST, "bot.test:8443"),
        ("https://bot.test", "bot.test:443"),
        ("https://203.0.113.7", "203.0.113.7:443"),
        ("https://[2001:db8::7]", "[2001:db8::7]:443"),
    ] {
        let (ended, head) = talk("http://proxy.test", origin, &[TakesHead, Says(OPEN)]).await;
        assert_eq!(ended, Ok(()));
        let agent = concat!("longwire/", env!("CARGO_PKG_VERSION"));
        let wanted =
            format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: {agent}\r\n\r\n");
        assert_eq!(String::from_utf8(head).unwrap(), wanted);
    }
}

#[tokio::test]
async fn credentials_are_sent_at_once_whatever_characters_they_hold() {
    for (written, meant) in [
        ("alice:hunter2", "alice:hunter2"),
        ("al%40ice:p%3Aw%2F%25%20", "al@ice:p:w/% "),
        ("%E4%BB%A3:%E7%90%86%F0%9F%94%91", "代:理🔑"),
        ("alice", "alice:"),
        (":only-a-token", ":only-a-token"),
    ] {
        let proxy = format!("http://{written}@proxy.test");
        let (ended, head) = talk(&proxy, HOST, &[TakesHead, Says(OPEN)]).await;
        assert_eq!(ended, Ok(()), "{written}");
        let header = format!("\r\nProxy-Authorization: Basic {}\r\n", STANDARD.encode(meant));
        let head = String::from_utf8(head).unwrap();
        assert!(head.contains(&header), "{head}");
    }
}

#[tokio::test]
async fn a_user_name_that_basic_cannot_carry_is_not_sent_at_all() {
    let (ended, sent) = talk("http://a%3Ab:hunter2@proxy.test", HOST, &[]).await;
    assert!(matches!(ended, Err(ProxyFault::CredentialsUnsendable(_))), "{ended:?}");
    assert_eq!(sent, b"");
}

#[tokio::test]
async fn every_2xx_is_a_tunnel_and_interim_answers_are_passed_over() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\n\r\n"[..],
        b"HTTP/1.0 200 Connection established\r\nProxy-agent: tinyproxy/1.11\r\n\r\n",
        b"HTTP/1.1 204 \r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200\r\n\r\n",
        b"HTTP/1.1 200  two spaces\r\nno colon here\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ] {
        assert_eq!(answered(answer).await, Ok(()), "{}", answer.escape_ascii());
        let dripped = talk("http://proxy.test", HOST, &[TakesHead, Drips(answer)]).await.0;
        assert_eq!(dripped, Ok(()), "byte by byte: {}", answer.escape_ascii());
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_keeps_its_status_and_how_its_page_begins() {
    for (answer, wanted) in [
        (&b"HTTP/1.1 403 Forbidden\r\n\r\n"[..], refused(403, "")),
        (
            b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 22\r\n\r\n<h1>\r\n\tNo  way\n</h1>and beyond",
            refused(502, "<h1> No way </h1>and beyond"),
        ),
        (b"HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n", refused(302, "")),
        (
            b"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n2f\r\nplain HTTP to an HTTPS port",
            refused(400, "plain HTTP to an HTTPS port"),
        ),
        (b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\nno", refused(401, "no")),
        (b"HTTP/1.1 503 \xe4\xbb\xa3\r\n\r\n\xb4\xed\x1b[31m", refused(503, "\u{fffd}\u{fffd} [31m")),
    ] {
        assert_eq!(answered(answer).await, wanted, "{}", answer.escape_ascii());
        let dripped = talk("http://proxy.test", HOST, &[TakesHead, Drips(answer)]).await.0;
        assert_eq!(dripped.is_err(), wanted.is_err());
    }
    let long = format!("HTTP/1.1 403 Forbidden\r\n\r\n{}", "x".repeat(100_000));
    let Err(ProxyFault::Refused { start, .. }) = answered(long.as_bytes()).await else { panic!() };
    assert_eq!(start.chars().count(), 201);
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_a_page_is_not_waited_for_long() {
    for (answer, wait) in [
        (&b"HTTP/1.1 403 Forbidden\r\nContent-Length: 999\r\n\r\nNo"[..], LINGER),
        (b"HTTP/1.1 403 Forbidden\r\n\r\nNo", LINGER),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nNo", Duration::ZERO),
    ] {
        let (mut ours, mut theirs) = duplex(4096);
        theirs.write_all(answer).await.unwrap();
        let (proxy, place) = ("http://p.test".parse().unwrap(), Place::of(&Origin::parse(HOST).unwrap()));
        let began = Instant::now();
        assert_eq!(ask(&proxy, &mut ours, &place).await, refused(403, "No"));
        assert_eq!(began.elapsed(), wait);
    }
}

#[tokio::test]
async fn wanted_credentials_are_told_from_refused_ones() {
    let basic =
        &b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n"[..];
    let many = b"HTTP/1.1 407 No\r\nproxy-authenticate: NTLM\r\nProxy-Authenticate: basic realm=x\r\n\r\n";
    let bare = b"HTTP/1.1 407 No\r\n\r\n";
    let foreign =
        b"HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM TlRM==\r\n\r\n";
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    for (answer, schemes) in [(basic, &["Basic"][..]), (many, &["NTLM", "basic"]), (bare, &[])] {
        let schemes = words(schemes);
        assert_eq!(answered(answer).await, Err(ProxyFault::CredentialsWanted { schemes }));
        let (ended, _) = talk("http://alice:hunter2@p.test", HOST, &[TakesHead, Says(answer)]).await;
        assert_eq!(ended, Err(ProxyFault::CredentialsRefused));
    }
    let schemes = words(&["Negotiate", "NTLM"]);
    assert_eq!(answered(foreign).await, Err(ProxyFault::SchemeNotSpoken { schemes: schemes.clone() }));
    let (ended, _) = talk("http://alice:hunter2@p.test", HOST, &[TakesHead, Says(foreign)]).await;
    assert_eq!(ended, Err(ProxyFault::SchemeNotSpoken { schemes }));
}

#[tokio::test]
async fn what_is_not_http_is_shown_as_it_begins() {
    for (answer, wanted) in [
        (&b"SSH-2.0-OpenSSH_9.2\r\n"[..], other("SSH-2.0-OpenSSH_9.2")),
        (b"\x05\xff", other(r"\x05\xff")),
        // What a TLS server says to a request in the clear: an alert.
        (b"\x15\x03\x01\x00\x02\x02\x46", other(r"\x15\x03\x01\x00\x02\x02F")),
        (b"<html>hello</html>", other("<html>hello</html>")),
        (b"HTTP/2 200\r\n\r\n", other("HTTP/2 200")),
    ] {
        assert_eq!(answered(answer).await, wanted, "{}", answer.escape_ascii());
        let dripped = talk("http://proxy.test", HOST, &[TakesHead, Drips(answer)]).await.0;
        assert_eq!(dripped, wanted, "byte by byte: {}", answer.escape_ascii());
    }
}

#[tokio::test]
async fn a_success_with_a_page_behind_it_is_no_tunnel() {
    let portal = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Please log in</html>";
    assert_eq!(answered(portal).await, other("<html>Please log in</html>"));
    let eager = b"HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03";
    assert_eq!(answered(eager).await, other(r"\x16\x03\x03"));
}

#[tokio::test]
async fn an_answer_that_ends_early_was_cut() {
    for answer in [&b""[..], b"HTTP", b"HTTP/1.1 200 Connection estab", b"HTTP/1.1 200 OK\r\nA: b\r\n"] {
        assert_eq!(answered(answer).await, Err(ProxyFault::Cut), "{}", answer.escape_ascii());
    }
}

#[tokio::test]
async fn a_head_without_end_is_not_kept() {
    let header = format!("X: {}\r\n", "y".repeat(1000));
    let huge = format!("HTTP/1.1 200 OK\r\n{}", header.repeat(1000));
    let Err(ProxyFault::OtherProtocol { start }) = answered(huge.as_bytes()).await else { panic!() };
    assert!(start.starts_with("HTTP/1.1 200 OK X: yyy"), "{start}");
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(101));
    assert!(matches!(answered(many.as_bytes()).await, Err(ProxyFault::OtherProtocol { .. })));
}

#[tokio::test]
async fn a_page_that_repeats_what_it_was_sent_does_not_get_it_into_an_error() {
    let sent = STANDARD.encode("alice:hunter2");
    for answer in [
        format!("HTTP/1.1 403 No\r\n\r\nYou sent: Proxy-Authorization: Basic {sent} (alice, hunter2)"),
        format!("HTTP/1.1 200 OK\r\n\r\nBasic {sent}"),
        format!("Basic {sent}"),
    ] {
        let (ended, _) =
            talk("http://alice:hunter2@p.test", HOST, &[TakesHead, Says(answer.as_bytes())]).await;
        let shown = format!("{ended:?}");
        assert!(shown.contains("***") && !shown.contains(&sent), "{shown}");
    }
}
