use std::fmt;

use bytes::Bytes;
use prost::Message as _;

use crate::{ClientConfig, Error, key};

/// The most headers a frame may have. The platform sends seven; a bound is needed because a header of two bytes on
/// the wire takes fifty in memory.
pub const MAX_HEADERS: usize = 64;

/// One frame, the protobuf (proto2) message `pbbp2.Frame`.
///
/// Fields 1 to 4 are *required*: their zeros must be on the wire, or the platform's decoder refuses the frame. A
/// frame that lacks them is read as if they were 0.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub struct Frame {
    /// The sender's number for the frame.
    #[prost(uint64, required, tag = "1")]
    pub seq_id: u64,
    /// The platform's log id.
    #[prost(uint64, required, tag = "2")]
    pub log_id: u64,
    /// The `service_id` of the session's URL.
    #[prost(int32, required, tag = "3")]
    pub service: i32,
    /// Control (0) or data (1): see [`Method`].
    #[prost(int32, required, tag = "4")]
    pub method: i32,
    /// Keys (see [`key`]) and values, in order.
    #[prost(message, repeated, tag = "5")]
    pub headers: Vec<Header>,
    /// Not used by the platform today; kept as it came.
    #[prost(string, optional, tag = "6")]
    pub payload_encoding: Option<String>,
    /// Not used by the platform today; kept as it came.
    #[prost(string, optional, tag = "7")]
    pub payload_type: Option<String>,
    /// The event, the configuration, or the acknowledgement: JSON.
    #[prost(bytes = "bytes", optional, tag = "8")]
    pub payload: Option<Bytes>,
    /// The platform's newer log id.
    #[prost(string, optional, tag = "9")]
    pub log_id_new: Option<String>,
}

/// One header of a frame. Both fields are required.
#[derive(Clone, Eq, PartialEq, prost::Message)]
pub struct Header {
    /// What it is about: see [`key`].
    #[prost(string, required, tag = "1")]
    pub key: String,
    /// What it says.
    #[prost(string, required, tag = "2")]
    pub value: String,
}

/// What `Frame::method` means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(i32)]
pub enum Method {
    /// Ping and pong.
    Control = 0,
    /// Events and acknowledgements.
    Data = 1,
}

impl Frame {
    /// Reads one frame. The payload shares the memory of `bytes`.
    ///
    /// # Errors
    /// [`Error::NotAFrame`] and [`Error::TooManyHeaders`].
    pub fn decode(bytes: Bytes) -> Result<Self, Error> {
        if count_headers(&bytes)? > MAX_HEADERS {
            return Err(Error::TooManyHeaders);
        }
        <Self as prost::Message>::decode(bytes).map_err(|error| Error::NotAFrame(error.to_string()))
    }

    /// The frame's bytes.
    pub fn encode(&self) -> Bytes {
        self.encode_to_vec().into()
    }

    /// The value of the first header of that key.
    pub fn header(&self, key: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.key == key).map(|header| header.value.as_str())
    }

    /// A client's ping; `service` is the `service_id` of the session's URL.
    pub fn ping(service: i32) -> Self {
        Self::control(service, key::TYPE_PING, None)
    }

    /// The platform's pong, with the configuration that it wants the client to use from now on.
    pub fn pong(service: i32, config: Option<&ClientConfig>) -> Self {
        Self::control(service, key::TYPE_PONG, config.map(ClientConfig::to_json))
    }

    fn control(service: i32, kind: &str, payload: Option<Bytes>) -> Self {
        let headers = vec![Header::new(key::TYPE, kind)];
        Self { service, method: Method::Control as i32, headers, payload, ..Self::default() }
    }
}

/// Sizes in place of contents: a payload is a person's message.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("seq_id", &self.seq_id)
            .field("log_id", &self.log_id)
            .field("service", &self.service)
            .field("method", &self.method)
            .field("headers", &self.headers)
            .field("payload_encoding", &self.payload_encoding)
            .field("payload_type", &self.payload_type)
            .field("payload_bytes", &self.payload.as_ref().map(Bytes::len))
            .field("log_id_new", &self.log_id_new)
            .finish()
    }
}

impl Header {
    /// A header of that key and value.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

/// How many headers the bytes hold, found without keeping any: prost would allocate them all before we could count.
fn count_headers(mut rest: &[u8]) -> Result<usize, Error> {
    let mut headers = 0;
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        if tag >> 3 == 5 {
            headers += 1;
        }
        let skipped = match tag & 7 {
            0 => {
                varint(&mut rest)?;
                0
            }
            1 => 8,
            2 => varint(&mut rest)?,
            5 => 4,
            // Groups (3, 4) belong to no field of a frame.
            _ => return Err(Error::NotAFrame(format!("wire type {}", tag & 7))),
        };
        rest = usize::try_from(skipped).ok().and_then(|n| rest.get(n..)).ok_or_else(cut_short)?;
    }
    Ok(headers)
}

fn varint(rest: &mut &[u8]) -> Result<u64, Error> {
    let mut value = 0;
    for place in 0..10 {
        let (byte, tail) = rest.split_first().ok_or_else(cut_short)?;
        *rest = tail;
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Error::NotAFrame("a number of more than ten bytes".to_owned()))
}

fn cut_short() -> Error {
    Error::NotAFrame("cut short".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_lacks_its_required_fields_reads_as_zeros() {
        assert_eq!(Frame::decode(Bytes::new()), Ok(Frame::default()));
        assert_eq!(&Frame::default().encode()[..], b"\x08\0\x10\0\x18\0\x20\0");
    }

    #[test]
    fn bytes_that_are_no_frame_are_an_error() {
        let bad: [&[u8]; 7] = [
            b"\x08",                                         // no value
            b"\x2a\x05\x0a",                                 // a header cut short
            b"\x42\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", // a payload of 2^64-1 bytes
            b"\x0b\x0c",                                     // a group
            b"\x2a\x03\x0a\x01\xff",                         // a key that is not UTF-8
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", // a tag without an end
            b"<html>not a frame</html>",
        ];
        for bytes in bad {
            assert!(
                matches!(Frame::decode(Bytes::from_static(bytes)), Err(Error::NotAFrame(_))),
                "{bytes:x?}"
            );
        }
    }

    #[test]
    fn headers_beyond_the_bound_are_refused_before_they_take_memory() {
        let headers = |n: usize| Bytes::from(b"\x2a\x00".repeat(n));
        assert_eq!(Frame::decode(headers(MAX_HEADERS)).unwrap().headers.len(), MAX_HEADERS);
        assert_eq!(Frame::decode(headers(4_000_000)), Err(Error::TooManyHeaders));
    }

    #[test]
    fn the_payload_shares_the_memory_it_came_in() {
        let bytes = Frame { payload: Some(Bytes::from_static(b"{}")), ..Frame::default() }.encode();
        let payload = Frame::decode(bytes.clone()).unwrap().payload.unwrap();
        assert!(bytes.as_ptr_range().contains(&payload.as_ptr()));
    }

    #[test]
    fn debug_shows_no_payload() {
        let frame = Frame { payload: Some(Bytes::from_static(b"private words")), ..Frame::default() };
        assert!(!format!("{frame:?}").contains("private"));
    }
}
