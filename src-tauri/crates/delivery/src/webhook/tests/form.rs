use longwire_contract::AttemptOutcome as Outcome;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::{AT_MS, Bot, LONG, SHORT, Sending, bot::Came, dialer, one, outcome, webhook};
use crate::{form::decrypted, webhook::Webhook};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"msg\":\"success\"}";

#[tokio::test]
async fn a_bot_gets_the_very_bytes_and_knows_which_event_it_is() {
    let mut bot = Bot::answering(OK, false).await;
    let mut sending = Sending::to(bot.address);
    sending.webhook = sending.webhook.header("Authorization", "Bearer hunter2".to_owned().into()).unwrap();
    let payload = "{ \"a\" :\"\\ud800\", \"n\":1e999}\n";
    let sent = sending.send_this(payload).await;
    assert_eq!(outcome(&sent), (Outcome::Delivered, Some(200)));
    assert_eq!(sent.response.as_deref(), Some("{\"msg\":\"success\"}"));
    assert_eq!((sent.body.len(), sent.detail.as_str()), (0, ""));
    let came = bot.came().await;
    assert_eq!(came.body, payload.as_bytes());
    assert!(came.head.starts_with("POST /webhook/event?k=v HTTP/1.1\r\n"), "{}", came.head);
    let version = concat!("Longwire/", env!("CARGO_PKG_VERSION"));
    for (name, value) in [
        ("Content-Type", Some("application/json; charset=utf-8")),
        ("Host", Some(bot.address.to_string().as_str())),
        ("User-Agent", Some(version)),
        ("X-Longwire-Event", Some("7")),
        ("X-Longwire-Attempt", Some("3")),
        ("X-Longwire-Event-Id", Some("ev_1")),
        ("Authorization", Some("Bearer hunter2")),
        ("X-Lark-Signature", None),
    ] {
        assert_eq!(came.header(name), value, "{name}");
    }
    assert!(!format!("{:?}", sending.webhook).contains("hunter2"));
}

/// As the platform's SDKs do it.
fn check(came: &Came, key: &str) -> Value {
    let header = |name: &str| came.header(name).unwrap_or_else(|| panic!("{name} is missing")).to_owned();
    let mut signed = header("X-Lark-Request-Timestamp") + &header("X-Lark-Request-Nonce") + key;
    signed.push_str(std::str::from_utf8(&came.body).unwrap());
    let hash: String =
        digest(&SHA256, signed.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(header("X-Lark-Signature"), hash);
    assert_eq!(header("X-Lark-Request-Timestamp"), "1700000000");
    serde_json::from_slice(&decrypted(&came.body, key)).unwrap()
}

#[tokio::test]
async fn with_keys_an_event_is_as_the_platform_sends_it() {
    let mut bot = Bot::answering(OK, false).await;
    let mut sending = Sending::to(bot.address);
    sending.webhook =
        sending.webhook.encrypt_key("a key".to_owned().into()).verification_token("tok".to_owned().into());
    let mut seen = Vec::new();
    for _ in 0..2 {
        assert_eq!(sending.send().await.outcome, Outcome::Delivered);
        let came = bot.came().await;
        assert_eq!(check(&came, "a key"), json!({"schema":"2.0","header":{"token":"tok"}}));
        seen.push((came.header("X-Lark-Request-Nonce").unwrap().to_owned(), came.body));
    }
    assert!(seen[0].0 != seen[1].0 && seen[0].1 != seen[1].1, "nothing is the same twice");

    let sent = sending.send_this("[]").await;
    assert_eq!((sent.outcome, sent.status), (Outcome::NotSendable, None));
    assert_eq!(sent.detail, "the event has no place for a Verification Token");
}

#[tokio::test]
async fn a_callbacks_answer_comes_back_whole() {
    let card = format!("{{\"toast\":\"{}\"}}", "好".repeat(100_000));
    let answer = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{card}\r\n0\r\n\r\n",
        card.len()
    );
    let bot = Bot::answering(answer, false).await;
    let sent = Sending::to(bot.address).callback().send().await;
    assert_eq!(sent.outcome, Outcome::Delivered);
    assert_eq!(sent.body, card.as_bytes());
    assert!(sent.response.unwrap().len() < 5000);
    let event = one(&bot).await;
    assert_eq!((event.outcome, event.body.len()), (Outcome::Delivered, 0));
}

#[tokio::test]
async fn the_question_of_the_platform_is_asked_and_its_answer_judged() {
    for key in ["", "a key"] {
        let bot = Bot::new(move |mut client| async move {
            let Some(came) = client.request().await else { return };
            let question =
                if key.is_empty() { serde_json::from_slice(&came.body).unwrap() } else { check(&came, key) };
            assert_eq!((&question["type"], &question["token"]), (&json!("url_verification"), &json!("tok")));
            let answer = json!({ "challenge": question["challenge"] }).to_string();
            client.say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{answer}", answer.len())).await;
        })
        .await;
        let webhook = webhook(bot.address)
            .encrypt_key(key.to_owned().into())
            .verification_token("tok".to_owned().into());
        let attempt = webhook.challenge(&dialer(), AT_MS).await;
        assert_eq!((attempt.outcome, attempt.status), (Outcome::Delivered, Some(200)), "{attempt:?}");
        assert_eq!((attempt.number, attempt.at_ms), (1, AT_MS));
        assert!(attempt.took_ms > 0.0);
    }
    for (answer, expected) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Outcome::AnswerInvalid),
        ("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", Outcome::BadStatus),
        ("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", Outcome::Unreachable),
    ] {
        let bot = Bot::answering(answer, false).await;
        assert_eq!(webhook(bot.address).challenge(&dialer(), AT_MS).await.outcome, expected);
    }
}

#[test]
fn a_webhook_is_the_same_as_one_with_the_same_url_keys_and_headers() {
    let webhook = || Webhook::new("http://127.0.0.1:1/a", false).unwrap();
    let secret = |text: &str| text.to_owned().into();
    let with = |name: &str, value: &str| webhook().header(name, secret(value)).unwrap();
    assert_eq!(webhook(), webhook().encrypt_key(secret("")).verification_token(secret("")));
    assert_eq!(with("X-A", "1"), with("x-a", "1"));
    for other in [
        Webhook::new("http://127.0.0.1:1/b", false).unwrap(),
        webhook().encrypt_key(secret("k")),
        webhook().verification_token(secret("k")),
        with("x-a", "1"),
    ] {
        assert_ne!(webhook(), other);
    }
    assert_ne!(with("x-a", "1"), with("x-a", "2"));
}

#[tokio::test]
async fn an_id_that_is_no_header_is_left_out() {
    let mut bot = Bot::answering(OK, false).await;
    let mut record = crate::testing::record("{}");
    record.event_id = Some("a\r\nX-Evil: 1".into());
    let post = crate::webhook::Post {
        record: &record,
        number: 1,
        at_ms: AT_MS,
        asked_ms: 0,
        deadline: LONG,
        callback: false,
    };
    let sent = webhook(bot.address).send(&mut Default::default(), &dialer(), post).await;
    assert_eq!(sent.outcome, Outcome::Delivered);
    let came = bot.came().await;
    assert_eq!((came.header("X-Longwire-Event-Id"), came.header("X-Evil")), (None, None));
}

#[tokio::test]
async fn a_bot_that_is_not_there_is_unreachable() {
    let address = { std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
    let sent = Sending::to(address).send().await;
    assert_eq!(outcome(&sent), (Outcome::Unreachable, None));
    assert!(sent.detail.contains("nothing listens on that port"), "{}", sent.detail);
    let bot =
        Bot::new(|mut client| async move { assert!(client.say("HTTP/1.1 400 Bad Request\r\n\r\n").await) })
            .await;
    let encrypted = Webhook::new(&format!("https://{}/", bot.address), false).unwrap();
    let sent = Sending { webhook: encrypted, ..Sending::to(address) }.send().await;
    assert_eq!(sent.outcome, Outcome::Unreachable);
    assert!(sent.detail.contains("tls failed"), "this machine is reached straight: {}", sent.detail);
    let elsewhere = Webhook::new("https://bot.example.com/", true).unwrap();
    let mut sending = Sending { webhook: elsewhere, ..Sending::to(address) }.within(SHORT);
    let sent = sending.send().await;
    assert_eq!(sent.outcome, Outcome::Unreachable);
    assert!(sent.detail.contains("proxy"), "another machine is reached by the router's way: {}", sent.detail);
}
