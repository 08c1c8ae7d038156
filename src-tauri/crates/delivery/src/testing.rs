use bytes::Bytes;
use longwire_contract::EventOrigin;
use longwire_journal::Record;

/// A kept event with this payload.
pub(crate) fn record(payload: &str) -> Record {
    Record {
        seq: 7,
        app_id: "cli_0123456789abcdef".parse().unwrap(),
        origin: EventOrigin::Platform,
        at_ms: 1_700_000_000_123,
        event_type: "im.message.receive_v1".into(),
        event_id: Some("ev_1".into()),
        message_id: None,
        chat_id: None,
        ack_us: 0,
        duplicates: 0,
        frame: Bytes::new(),
        payload: Bytes::copy_from_slice(payload.as_bytes()),
    }
}
