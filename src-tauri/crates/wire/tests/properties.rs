//! What holds for any frame, any split and any bytes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use bytes::Bytes;
use longwire_wire::{
    Frame, Header, Inbound, Kind, Limits, MAX_HEADERS, Method, Part, Reassembly, Reply, key,
};
use proptest::{collection::vec, option, prelude::*};

prop_compose! {
    fn header()(key in ".{0,12}", value in ".{0,40}") -> Header {
        Header { key, value }
    }
}

prop_compose! {
    fn frame()(
        (seq_id, log_id, service, method) in any::<(u64, u64, i32, i32)>(),
        headers in vec(header(), 0..=MAX_HEADERS),
        payload_encoding in option::of(".{0,8}"),
        payload_type in option::of(".{0,8}"),
        payload in option::of(vec(any::<u8>(), 0..300).prop_map(Bytes::from)),
        log_id_new in option::of(".{0,20}"),
    ) -> Frame {
        Frame { seq_id, log_id, service, method, headers, payload_encoding, payload_type, payload, log_id_new }
    }
}

/// A payload, the places where it is cut, and the order in which its parts arrive, each at least once.
fn delivery() -> impl Strategy<Value = (Vec<u8>, Vec<usize>, Vec<usize>)> {
    (vec(any::<u8>(), 0..2000), 2..20_usize).prop_flat_map(|(payload, sum)| {
        let cuts = vec(0..=payload.len(), sum - 1).prop_map(|mut cuts| {
            cuts.sort_unstable();
            cuts
        });
        let order = vec(0..sum, 0..20).prop_flat_map(move |again| {
            let all: Vec<usize> = (0..sum).chain(again).collect();
            Just(all).prop_shuffle()
        });
        (Just(payload), cuts, order)
    })
}

proptest! {
    #[test]
    fn a_frame_survives_the_wire(frame in frame()) {
        prop_assert_eq!(Frame::decode(frame.encode()).unwrap(), frame);
    }

    #[test]
    fn an_acknowledgement_differs_in_payload_and_one_header_only(frame in frame(), ms in any::<u32>()) {
        let part = Part { kind: Kind::Event, frame: frame.clone() };
        let Ok(Some(message)) = Reassembly::new(Limits::default()).accept(part, Instant::now()) else { return Ok(()) };
        let mut ack = message.ack(&Reply::ok(), Duration::from_millis(ms.into()));
        prop_assert_eq!(ack.headers.pop(), Some(Header::new(key::BIZ_RT, ms.to_string())));
        prop_assert_eq!(Frame { payload: frame.payload.clone(), ..ack }, frame);
    }

    #[test]
    fn shuffled_and_repeated_parts_make_the_payload_exactly_when_the_last_new_one_comes(
        (payload, cuts, order) in delivery()
    ) {
        let sum = cuts.len() + 1;
        let start = |seq: usize| if seq == 0 { 0 } else { cuts[seq - 1] };
        let end = |seq: usize| cuts.get(seq).copied().unwrap_or(payload.len());
        let mut reassembly = Reassembly::new(Limits::default());
        let mut seen = std::collections::BTreeSet::new();
        let now = Instant::now();
        for seq in order {
            let headers = [(key::TYPE, "event"), (key::MESSAGE_ID, "m"), (key::SUM, &sum.to_string()), (key::SEQ, &seq.to_string())]
                .map(|(key, value)| Header::new(key, value));
            let frame = Frame {
                method: Method::Data as i32,
                headers: headers.to_vec(),
                payload: Some(Bytes::copy_from_slice(&payload[start(seq)..end(seq)])),
                ..Frame::default()
            };
            let Ok(Inbound::Part(part)) = Inbound::of(Frame::decode(frame.encode()).unwrap()) else { panic!() };
            let whole = reassembly.accept(part, now).unwrap();
            seen.insert(seq);
            if seen.len() < sum {
                prop_assert_eq!(whole, None);
            } else {
                let message = whole.unwrap();
                prop_assert_eq!(&message.payload[..], &payload[..]);
                let last = seq.to_string();
                prop_assert_eq!(message.frame.header(key::SEQ), Some(last.as_str()));
                return Ok(());
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(inputs in vec(vec(any::<u8>(), 0..200), 1..8)) {
        let mut reassembly = Reassembly::new(Limits::default());
        for bytes in inputs {
            let Ok(frame) = Frame::decode(bytes.into()) else { continue };
            let Ok(Inbound::Part(part)) = Inbound::of(frame) else { continue };
            let Ok(Some(message)) = reassembly.accept(part, Instant::now()) else { continue };
            let _ = message.event();
        }
    }
}
