use std::{future::pending, time::Duration};

use longwire_host::program::{self, Call, End};

use super::{AT_MS, Bot, bot::Came, webhook};
use crate::{form::decrypted, testing::record, webhook::Webhook};

const OK: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

/// Runs a line in a real shell, where a proxy is named that nobody is to take, and gives what came.
async fn run(shell: &str, line: &str, bot: &mut Bot) -> Came {
    let call = Call {
        command: &[shell.to_owned(), "-s".to_owned()],
        variables: &[("http_proxy", "http://127.0.0.1:9")],
        input: line.as_bytes(),
        deadline: Duration::from_secs(20),
        keep: 1024,
    };
    let ran = program::run(call, pending(), |_| {}).await.unwrap();
    assert_eq!(ran.end, End::Exited(0), "{}", ran.errors);
    assert_eq!(ran.output, b"{}", "{}", ran.errors);
    bot.came().await
}

#[tokio::test]
async fn the_line_sends_what_we_send() {
    let mut bot = Bot::answering(OK, true).await;
    let long = format!("{{\"x\":\"{}\"}}", "x'".repeat(100_000));
    for payload in [
        r#"{"a":"it's $HOME `id` \"quoted\" \\ !! 你好 %s\n"}"#,
        "{\n  \"a\": 1,\r\n\t\"b\": \"''\"\n}\n",
        "@/etc/passwd",
        "-d x",
        long.as_str(),
        "'; exit 7; '",
        "\0",
    ] {
        for shell in ["sh", "bash"] {
            let webhook = webhook(bot.address).header("x-secret", "hunter2".to_owned().into()).unwrap();
            let line = webhook.curl(&record(payload), AT_MS);
            assert!(!line.contains("hunter2"));
            let came = run(shell, &line, &mut bot).await;
            assert_eq!(came.body, payload.as_bytes(), "{shell}: {}", &line[..line.len().min(500)]);
            assert!(came.head.starts_with("POST /webhook/event?k=v HTTP/1.1\r\n"), "{}", came.head);
            assert_eq!(came.header("content-type"), Some("application/json; charset=utf-8"));
            assert_eq!(
                (came.header("x-longwire-event"), came.header("x-longwire-event-id")),
                (Some("7"), Some("ev_1"))
            );
            assert_eq!(came.header("x-secret"), Some("…"));
        }
    }
}

#[tokio::test]
async fn the_line_is_encrypted_and_signed_where_the_event_is() {
    let mut bot = Bot::answering(OK, true).await;
    let url = format!("http://{}/a'b;c?x=$(id)&y={{1,2}}[3]", bot.address);
    let webhook = Webhook::new(&url, false).unwrap().encrypt_key("a key".to_owned().into());
    let webhook = webhook.verification_token("tok".to_owned().into());
    let line = webhook.curl(&record(r#"{"uuid":"u"}"#), AT_MS);
    assert!(!line.contains("a key"), "{line}");
    let came = run("sh", &line, &mut bot).await;
    assert!(came.head.starts_with("POST /a'b;c?x=$(id)&y={1,2}[3] HTTP/1.1\r\n"), "{}", came.head);
    assert_eq!(decrypted(&came.body, "a key"), br#"{"token":"tok","uuid":"u"}"#);
    assert_eq!(came.header("x-lark-request-timestamp"), Some("1700000000"));
    assert_eq!(came.header("x-lark-signature").unwrap().len(), 64);
    assert_eq!(came.header("x-lark-request-nonce").unwrap().len(), 32);
    // An event without a place for the token is shown as it is.
    let came = run("sh", &webhook.curl(&record("[]"), AT_MS), &mut bot).await;
    assert_eq!(decrypted(&came.body, "a key"), b"[]");
}
