//! The frames of a delivery.

use bytes::Bytes;
use longwire_wire::{Frame, Header, Method, key};

/// What the headers of a delivery say.
pub(crate) struct Postmark<'a> {
    pub(crate) service: i32,
    pub(crate) message_id: &'a str,
    pub(crate) trace_id: &'a str,
    pub(crate) instance_id: &'a str,
    pub(crate) log_id: u64,
    /// Milliseconds since the Unix epoch.
    pub(crate) now_ms: u64,
}

/// Splits a payload into frames of at most `fragment` bytes each. `seq_id` is the number of the first.
pub(crate) fn split(payload: &Bytes, postmark: &Postmark<'_>, seq_id: u64, fragment: usize) -> Vec<Frame> {
    let sum = payload.len().div_ceil(fragment).max(1);
    (0..sum)
        .map(|seq| {
            let part = payload.slice(seq * fragment..payload.len().min((seq + 1) * fragment));
            Frame {
                seq_id: seq_id + seq as u64,
                log_id: postmark.log_id,
                service: postmark.service,
                method: Method::Data as i32,
                headers: postmark.headers(sum, seq),
                payload: Some(part),
                log_id_new: Some(postmark.trace_id.to_owned()),
                ..Frame::default()
            }
        })
        .collect()
}

impl Postmark<'_> {
    fn headers(&self, sum: usize, seq: usize) -> Vec<Header> {
        vec![
            Header::new(key::TYPE, key::TYPE_EVENT),
            Header::new(key::MESSAGE_ID, self.message_id),
            Header::new(key::SUM, sum.to_string()),
            Header::new(key::SEQ, seq.to_string()),
            Header::new(key::TRACE_ID, self.trace_id),
            Header::new(key::INSTANCE_ID, self.instance_id),
            Header::new(key::TIMESTAMP, self.now_ms.to_string()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_together_are_the_payload_and_say_their_place() {
        let postmark =
            Postmark { service: 1, message_id: "m", trace_id: "t", instance_id: "i", log_id: 5, now_ms: 9 };
        for (len, fragment, parts) in [(0, 4, 1), (4, 4, 1), (5, 4, 2), (12, 4, 3)] {
            let payload = Bytes::from(vec![b'x'; len]);
            let frames = split(&payload, &postmark, 10, fragment);
            assert_eq!(frames.len(), parts);
            let whole: Vec<u8> = frames.iter().flat_map(|frame| frame.payload.clone().unwrap()).collect();
            assert_eq!(whole, payload);
            for (seq, frame) in frames.iter().enumerate() {
                assert_eq!(frame.header(key::SUM), Some(parts.to_string().as_str()));
                assert_eq!(frame.header(key::SEQ), Some(seq.to_string().as_str()));
                assert_eq!(frame.seq_id, 10 + seq as u64);
            }
        }
    }
}
