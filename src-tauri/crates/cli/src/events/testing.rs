use longwire_contract::{EventOrigin, EventView};

/// A message that nobody wanted, at 2026-01-31 10:30 UTC.
pub(super) fn event(seq: u32) -> EventView {
    EventView {
        seq,
        app_id: "cli_0123456789abcdef".parse().unwrap(),
        origin: EventOrigin::Platform,
        at_ms: 1_769_855_400_000,
        event_type: "im.message.receive_v1".to_owned(),
        event_id: Some("5e3702a84e847582be8db7fb73283c02".to_owned()),
        chat_id: None,
        preview: None,
        bytes: 1200,
        ack_ms: 1.25,
        duplicates: 0,
        delivery: None,
    }
}
