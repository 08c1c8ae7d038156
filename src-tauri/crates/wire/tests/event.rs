//! What an event says of itself, and that nothing which is JSON is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use bytes::Bytes;
use longwire_wire::{Error, Event, Frame, Header, Kind, Message, key};

#[test]
fn schema_2_names_itself_in_its_header() {
    let event = read(
        r#"{"schema":"2.0","header":{"event_id":"e1","token":"t","create_time":"1608725989000",
            "event_type":"im.message.receive_v1","tenant_key":"tk","app_id":"cli_a"},
            "event":{"sender":{"type":"user"},"message":{"message_id":"om_1","content":"{\"text\":\"hi\"}"}}}"#,
    );
    assert_eq!(event.event_type, "im.message.receive_v1");
    assert_eq!(event.event_id.as_deref(), Some("e1"));
    assert_eq!(event.app_id.as_deref(), Some("cli_a"));
    assert_eq!(event.tenant_key.as_deref(), Some("tk"));
    assert_eq!(event.create_time.as_deref(), Some("1608725989000"));
    assert_eq!(event.message_id.as_deref(), Some("om_1"));
}

#[test]
fn schema_1_names_itself_in_the_event() {
    let event = read(
        r#"{"ts":"1502199207.7171419","uuid":"u1","token":"t","type":"event_callback",
            "event":{"app_id":"cli_a","tenant_key":"tk","type":"add_bot"}}"#,
    );
    assert_eq!(event.event_type, "add_bot");
    assert_eq!(event.event_id.as_deref(), Some("u1"));
    assert_eq!(event.app_id.as_deref(), Some("cli_a"));
    assert_eq!(event.tenant_key.as_deref(), Some("tk"));
    assert_eq!(event.create_time.as_deref(), Some("1502199207.7171419"));
}

#[test]
fn an_escaped_identifier_is_unescaped() {
    let event = read(r#"{"head\u0065r":{"event_id":"\u0065\"1"},"event":{"message_id":"om\/1"}}"#);
    assert_eq!(event.event_id.as_deref(), Some("e\"1"));
    assert_eq!(event.message_id.as_deref(), Some("om/1"));
}

#[test]
fn json_of_any_shape_is_an_event() {
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let long = format!(r#"{{"header":{{"event_id":"{}"}}}}"#, "x".repeat(257));
    let odd = [
        "{}",
        "[]",
        "null",
        " 7 ",
        "-1.5",
        "\"text\"",
        "true",
        r#"{"header":null,"event":[{"a":1}],"uuid":7}"#,
        r#"{"header":"h","event":false}"#,
        r#"{"header":{"event_id":{},"event_type":[1],"app_id":true,"create_time":1608725989000}}"#,
        r#"{"header":{"event_id":""},"event":{"message":null}}"#,
        r#"{"event":{"text":"\ud83d"},"uuid":"\ud83d"}"#,
        r#" "half \ud800" "#,
        "1e999",
        r#"{"header":"\ud800","event":{"message":-1e999}}"#,
        &format!(r#"{{"event":{{"x":{deep}}}}}"#),
        &long,
    ];
    for payload in odd {
        let event = read(payload);
        assert_eq!((event.event_type.as_str(), event.event_id.as_deref()), ("", None), "{payload:.80}");
        assert_eq!(event.text(), payload);
    }
}

#[test]
fn half_a_surrogate_pair_in_a_key_is_in_nobodys_way() {
    let event = read(
        r#"{"\ud800":1,"header":{"\udc00":{},"event_id":"e1"},"event":{"message":{"a\ud83d":0,"chat_id":"oc_1"}}}"#,
    );
    assert_eq!((event.event_id.as_deref(), event.chat_id.as_deref()), (Some("e1"), Some("oc_1")));
}

#[test]
fn the_last_of_a_repeated_key_counts_as_in_json_parsers_everywhere() {
    let event = read(r#"{"header":{"event_id":"first"},"header":{"event_id":"a","event_id":"b"}}"#);
    assert_eq!(event.event_id.as_deref(), Some("b"));
}

#[test]
fn what_is_not_utf8_or_not_json_is_named_with_its_place() {
    let kind = Kind::Event;
    assert_eq!(try_read(b"{\"a\":\"\xff\"}"), Err(Error::NotUtf8 { kind, at: 6 }));
    assert_eq!(try_read(b""), Err(Error::NotJson { kind, line: 1, column: 0 }));
    assert_eq!(try_read(b"{\n]"), Err(Error::NotJson { kind, line: 2, column: 1 }));
    for broken in [
        "{",
        "{}}",
        "{} x",
        r#"{"a":01}"#,
        r#"{"a":"\x"}"#,
        r#"{"event":{"type":nul}}"#,
        "{'a':1}",
        "\u{feff}{}",
    ] {
        assert!(matches!(try_read(broken.as_bytes()), Err(Error::NotJson { .. })), "{broken}");
    }
}

#[test]
fn an_event_keeps_its_frames_headers() {
    let frame = Frame {
        headers: vec![Header::new(key::TYPE, "event"), Header::new(key::TRACE_ID, "t1")],
        ..Frame::default()
    };
    let message = Message { kind: Kind::Event, frame: Arc::new(frame), payload: Bytes::from_static(b"{}") };
    let event = message.event().unwrap();
    assert_eq!(event.trace_id(), Some("t1"));
    assert_eq!(event.headers(), message.frame.headers);
}

fn read(payload: &str) -> Event {
    try_read(payload.as_bytes()).unwrap_or_else(|error| panic!("{error}: {payload:.200}"))
}

fn try_read(payload: &[u8]) -> Result<Event, Error> {
    let payload = Bytes::copy_from_slice(payload);
    Message { kind: Kind::Event, frame: Arc::new(Frame::default()), payload }.event()
}
