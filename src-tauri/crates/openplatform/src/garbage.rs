use bytes::Bytes;
use fastrand::Rng;
use longwire_wire::{Frame, Header, Method, key};
use tokio_tungstenite::tungstenite::Message;

use crate::{ids, tickets::SERVICE_ID};

/// What a good client survives, one piece after the other.
pub(crate) struct Garbage {
    next: usize,
}

/// What is made of a good frame.
type Lie = fn(&mut Frame);

/// Frames that lie, each with its name.
const LIES: &[(&str, Lie)] = &[
    ("a seq beyond the sum", |frame| set(frame, &[(key::SUM, "2"), (key::SEQ, "7")])),
    ("a sum of 0", |frame| set(frame, &[(key::SUM, "0")])),
    ("a negative seq", |frame| set(frame, &[(key::SUM, "2"), (key::SEQ, "-1")])),
    ("a sum of more parts than memory", |frame| {
        set(frame, &[(key::SUM, "4294967295"), (key::SEQ, "4294967294")])
    }),
    ("counts that are no numbers", |frame| set(frame, &[(key::SUM, "two"), (key::SEQ, "")])),
    ("a part whose rest never comes", |frame| set(frame, &[(key::SUM, "3"), (key::SEQ, "1")])),
    ("an unknown type", |frame| set(frame, &[(key::TYPE, "telemetry")])),
    ("no headers", |frame| frame.headers.clear()),
    ("an unknown method", |frame| frame.method = 7),
    ("a control frame of an unknown type", |frame| {
        frame.method = Method::Control as i32;
        set(frame, &[(key::TYPE, "hello")]);
    }),
    ("a payload that is not UTF-8", |frame| {
        frame.payload = Some(Bytes::from_static(b"{\"a\":\"\xff\xfe\"}"))
    }),
    ("a payload that is not JSON", |frame| frame.payload = Some(Bytes::from_static(b"{\"schema\":\"2.0\","))),
    ("no payload", |frame| frame.payload = None),
];

/// Messages that are no frames.
const NOISE: &[&[u8]] =
    &[b"", b"<html><body>not a frame</body></html>", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"];

impl Garbage {
    pub(crate) fn new() -> Self {
        Self { next: 0 }
    }

    /// The next piece, and the `message_id` it uses.
    pub(crate) fn piece(&mut self, rng: &mut Rng) -> (Message, String) {
        let message_id = format!("garbage-{}", ids::hex(rng, 16));
        let turn = self.next % (LIES.len() + NOISE.len() + 1);
        self.next += 1;
        let message = if let Some((_, lie)) = LIES.get(turn) {
            let mut frame = good(&message_id);
            lie(&mut frame);
            Message::Binary(frame.encode())
        } else if let Some(noise) = NOISE.get(turn - LIES.len()) {
            Message::Binary(Bytes::from_static(noise))
        } else {
            Message::text("{\"type\":\"event\"}")
        };
        (message, message_id)
    }
}

fn good(message_id: &str) -> Frame {
    let headers = [
        (key::TYPE, key::TYPE_EVENT),
        (key::MESSAGE_ID, message_id),
        (key::SUM, "1"),
        (key::SEQ, "0"),
        (key::TRACE_ID, message_id),
    ];
    Frame {
        service: SERVICE_ID,
        method: Method::Data as i32,
        headers: headers.into_iter().map(|(key, value)| Header::new(key, value)).collect(),
        payload: Some(Bytes::from_static(b"{}")),
        ..Frame::default()
    }
}

fn set(frame: &mut Frame, values: &[(&str, &str)]) {
    for header in &mut frame.headers {
        if let Some((_, value)) = values.iter().find(|(key, _)| *key == header.key) {
            (*value).clone_into(&mut header.value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use longwire_wire::{Error, Inbound, Limits, Reassembly};

    use super::*;

    #[test]
    fn no_lie_passes_for_an_event() {
        for (name, lie) in LIES {
            let mut frame = good("m");
            lie(&mut frame);
            let event = Inbound::of(frame).and_then(|inbound| match inbound {
                Inbound::Part(part) => Reassembly::new(Limits::default()).accept(part, Instant::now()),
                _ => Err(Error::NoType),
            });
            let whole = event.ok().flatten().and_then(|message| message.event().ok());
            assert!(whole.is_none(), "{name}");
        }
    }
}
