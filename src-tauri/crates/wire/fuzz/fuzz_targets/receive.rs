//! Everything a peer's bytes pass through: frames, classification, reassembly, the event, the acknowledgement.
//! The input is several frames, each after its length in two bytes, as a peer sends them one after another.

#![no_main]

use std::time::{Duration, Instant};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use longwire_wire::{Frame, Inbound, Limits, Reassembly, Reply, key};

fuzz_target!(|input: &[u8]| {
    let mut rest = Bytes::copy_from_slice(input);
    let mut now = Instant::now();
    let mut reassembly = Reassembly::new(Limits { message_bytes: 4096, bytes: 8192, messages: 4, ..Limits::default() });
    while rest.len() > 2 {
        let length = usize::from(rest[0]) << 8 | usize::from(rest[1]);
        let _ = rest.split_to(2);
        receive(rest.split_to(length.min(rest.len())), &mut reassembly, now);
        now += Duration::from_secs(1);
    }
});

fn receive(bytes: Bytes, reassembly: &mut Reassembly, now: Instant) {
    let Ok(frame) = Frame::decode(bytes) else { return };
    assert_eq!(Frame::decode(frame.encode()).as_ref(), Ok(&frame));
    let Ok(Inbound::Part(part)) = Inbound::of(frame) else { return };
    let Ok(Some(message)) = reassembly.accept(part, now) else { return };
    if let Ok(event) = message.event() {
        assert_eq!(event.text().as_bytes(), event.payload);
    }
    let headers = message.frame.headers.len();
    let ack = message.ack(&Reply::ok(), Duration::from_millis(3));
    assert_eq!((ack.headers.len(), ack.headers[headers].key.as_str()), (headers + 1, key::BIZ_RT));
}
