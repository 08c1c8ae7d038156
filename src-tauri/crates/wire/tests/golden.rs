//! Bytes made with the official Python SDK's own protobuf.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::time::Duration;

use bytes::Bytes;
use longwire_wire::{Frame, Header, Inbound, Kind, Limits, Message, Method, Reassembly, Reply, key};

const PING: &str = "0800100018f681801020002a0c0a0474797065120470696e67";
const DATA: &str = "0807100918f681801020012a0d0a047479706512056576656e742a100a0a6d6573736167655f696412026d312a080a03\
                    73756d1201312a080a037365711201302a0e0a0874726163655f6964120274312a110a0b696e7374616e63655f696412\
                    02693142027b7d";
const BIZ_RT_3: &str = "2a0b0a0662697a5f7274120133";
/// `{"code": 200}`, with the space that Python writes.
const PYTHON_REPLY: &str = "420d7b22636f6465223a203230307d";
const OUR_REPLY: &str = "420c7b22636f6465223a3230307d";

#[test]
fn a_ping_is_the_sdks_ping() {
    assert_eq!(hex(&Frame::ping(33_554_678).encode()), PING);
    assert_eq!(Inbound::of(decode(PING)), Ok(Inbound::Ping));
}

#[test]
fn a_data_frame_is_read_whole_and_written_back_byte_for_byte() {
    let frame = decode(DATA);
    let headers = [
        (key::TYPE, "event"),
        (key::MESSAGE_ID, "m1"),
        (key::SUM, "1"),
        (key::SEQ, "0"),
        (key::TRACE_ID, "t1"),
        (key::INSTANCE_ID, "i1"),
    ];
    let wanted = Frame {
        seq_id: 7,
        log_id: 9,
        service: 33_554_678,
        method: Method::Data as i32,
        headers: headers.map(|(key, value)| Header::new(key, value)).to_vec(),
        payload: Some(Bytes::from_static(b"{}")),
        ..Frame::default()
    };
    assert_eq!(frame, wanted);
    assert_eq!(hex(&frame.encode()), DATA);
}

#[test]
fn an_acknowledgement_is_the_sdks_but_for_a_space() {
    let ack = receive(decode(DATA)).ack(&Reply::ok(), Duration::from_micros(3_900)).encode();
    let data_without_payload = DATA.strip_suffix("42027b7d").unwrap();
    assert_eq!(hex(&ack), format!("{data_without_payload}{BIZ_RT_3}{OUR_REPLY}"));

    let sdk = decode(&format!("{data_without_payload}{BIZ_RT_3}{PYTHON_REPLY}"));
    let ours = Frame::decode(ack).unwrap();
    assert_eq!(Frame { payload: None, ..sdk.clone() }, Frame { payload: None, ..ours.clone() });
    assert_eq!(json(&sdk), json(&ours));
}

#[test]
fn an_acknowledgement_keeps_every_field_and_header() {
    let frame = Frame {
        seq_id: u64::MAX,
        log_id: u64::MAX - 1,
        service: i32::MIN,
        headers: ["type:card", "zz:1", "zz:2", ":", "biz_rt:-5", "type:event"]
            .map(|header| header.split_once(':').map(|(key, value)| Header::new(key, value)).unwrap())
            .to_vec(),
        payload_encoding: Some("gzip".to_owned()),
        payload_type: Some(String::new()),
        log_id_new: Some("new".to_owned()),
        ..decode(DATA)
    };
    let message = receive(frame.clone());
    assert_eq!(message.kind, Kind::Card);
    let kept_elsewhere = message.clone();

    let ack = message.ack(&Reply::with_data(r#"{"toast":{}}"#), Duration::ZERO);

    let mut wanted = frame;
    wanted.headers.push(Header::new("biz_rt", "0"));
    wanted.payload = Some(Bytes::from_static(br#"{"code":200,"data":"eyJ0b2FzdCI6e319"}"#));
    assert_eq!(ack, wanted);
    assert_eq!(kept_elsewhere.frame.headers.len(), 6);
}

fn receive(frame: Frame) -> Message {
    let Ok(Inbound::Part(part)) = Inbound::of(frame) else { panic!("not a data frame") };
    Reassembly::new(Limits::default()).accept(part, std::time::Instant::now()).unwrap().unwrap()
}

fn decode(hex: &str) -> Frame {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    Frame::decode((0..hex.len()).step_by(2).map(byte).collect()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn json(frame: &Frame) -> serde_json::Value {
    serde_json::from_slice(frame.payload.as_ref().unwrap()).unwrap()
}
