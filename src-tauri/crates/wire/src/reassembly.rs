use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};

use crate::{Error, Frame, Message, Part, error::excerpt, key};

/// How much is kept of messages whose parts have not all arrived.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The most parts of one message. 1024: parts of 16 KiB, smaller than any seen, then make the largest message.
    pub parts: usize,
    /// The largest message, in bytes. 16 MiB: far above any event, which are of kilobytes, and the same as the
    /// largest WebSocket message that is read.
    pub message_bytes: usize,
    /// The most bytes of all incomplete messages together, and what keeping them costs. 32 MiB: two of the largest.
    pub bytes: usize,
    /// The most incomplete messages. 256: the platform sends the parts of a message one after another, so that a few
    /// are incomplete at a time.
    pub messages: usize,
    /// How long a message may go without a new part. 30 s: the platform stops waiting for an acknowledgement after
    /// 3 s, but a slow road may hold parts back longer, and a late event is better than a lost one.
    pub age: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let mib = 1 << 20;
        Self {
            parts: 1024,
            message_bytes: 16 * mib,
            bytes: 32 * mib,
            messages: 256,
            age: Duration::from_secs(30),
        }
    }
}

/// Puts messages together from their parts, which may come in any order and more than once.
///
/// One session has one: parts of one message never come over two.
#[derive(Debug)]
pub struct Reassembly {
    limits: Limits,
    /// By the header `message_id`.
    incomplete: HashMap<String, Incomplete>,
    /// What `incomplete` holds, in bytes.
    bytes: usize,
}

/// What keeping a part costs beside its bytes: its place in the map and its allocation.
const PART_COST: usize = 128;

#[derive(Debug)]
struct Incomplete {
    sum: u64,
    parts: BTreeMap<u64, Bytes>,
    /// Of the payload, in bytes.
    payload_bytes: usize,
    /// With what keeping it costs, in bytes.
    bytes: usize,
    /// When it is given up.
    expiry: Instant,
}

impl Reassembly {
    /// Nothing yet, within these limits.
    pub fn new(limits: Limits) -> Self {
        Self { limits, incomplete: HashMap::new(), bytes: 0 }
    }

    /// Takes a part that came at `now`; gives the message back where this part makes it whole. A part that is there
    /// already is dropped.
    ///
    /// # Errors
    /// Headers that lie, and limits that are reached. See [`Error`] for what becomes of the message.
    pub fn accept(&mut self, part: Part, now: Instant) -> Result<Option<Message>, Error> {
        let Part { kind, mut frame } = part;
        let place = Place::of(&frame)?;
        let payload = frame.payload.take().unwrap_or_default();
        let whole = if place.sum == 1 {
            if payload.len() > self.limits.message_bytes {
                return Err(Error::MessageTooLarge { limit: self.limits.message_bytes });
            }
            Some(payload)
        } else {
            self.expire(now);
            self.keep(place, &frame, &payload, now)?
        };
        Ok(whole.map(|payload| Message { kind, frame: Arc::new(frame), payload }))
    }

    /// Drops the messages that no part has come for in time, and says how many.
    pub fn expire(&mut self, now: Instant) -> usize {
        let before = self.incomplete.len();
        let bytes = &mut self.bytes;
        self.incomplete.retain(|_, message| {
            let live = message.expiry > now;
            if !live {
                *bytes -= message.bytes;
            }
            live
        });
        before - self.incomplete.len()
    }

    /// When the next message is given up, where one is incomplete.
    pub fn next_expiry(&self) -> Option<Instant> {
        self.incomplete.values().map(|message| message.expiry).min()
    }

    /// How many messages are incomplete.
    pub fn incomplete(&self) -> usize {
        self.incomplete.len()
    }

    fn keep(
        &mut self,
        place: Place,
        frame: &Frame,
        payload: &[u8],
        now: Instant,
    ) -> Result<Option<Bytes>, Error> {
        let Limits { parts, message_bytes, bytes, messages, age } = self.limits;
        let Place { seq, sum } = place;
        if usize::try_from(sum).map_or(true, |sum| sum > parts) {
            return Err(Error::TooManyParts { sum, limit: parts });
        }
        let id = frame.header(key::MESSAGE_ID).filter(|id| !id.is_empty()).ok_or(Error::NoMessageId)?;
        let known = self.incomplete.get(id);
        if let Some(known) = known {
            let was = known.sum;
            if was != sum {
                self.forget(id);
                return Err(Error::SumChanged { was, now: sum });
            }
            if known.parts.contains_key(&seq) {
                return Ok(None);
            }
            if known.payload_bytes + payload.len() > message_bytes {
                self.forget(id);
                return Err(Error::MessageTooLarge { limit: message_bytes });
            }
        } else if payload.len() > message_bytes {
            return Err(Error::MessageTooLarge { limit: message_bytes });
        } else if self.incomplete.len() >= messages {
            return Err(Error::TooManyMessages { limit: messages });
        }
        let cost = payload.len() + PART_COST + if known.is_none() { PART_COST + id.len() } else { 0 };
        if self.bytes + cost > bytes {
            return Err(Error::BufferFull { limit: bytes });
        }
        self.bytes += cost;
        let message = self.incomplete.entry(id.to_owned()).or_insert_with(|| Incomplete {
            sum,
            parts: BTreeMap::new(),
            payload_bytes: 0,
            bytes: 0,
            expiry: now,
        });
        message.bytes += cost;
        message.payload_bytes += payload.len();
        message.expiry = now + age;
        // A copy: the part's own memory is the whole buffer that it was read into.
        message.parts.insert(seq, Bytes::copy_from_slice(payload));
        if (message.parts.len() as u64) < sum {
            return Ok(None);
        }
        Ok(self.forget(id).map(Incomplete::join))
    }

    fn forget(&mut self, id: &str) -> Option<Incomplete> {
        let message = self.incomplete.remove(id)?;
        self.bytes -= message.bytes;
        Some(message)
    }
}

impl Incomplete {
    fn join(self) -> Bytes {
        let mut whole = BytesMut::with_capacity(self.payload_bytes);
        for part in self.parts.values() {
            whole.extend_from_slice(part);
        }
        whole.freeze()
    }
}

/// Which part of how many: `seq < sum`.
#[derive(Clone, Copy)]
struct Place {
    seq: u64,
    sum: u64,
}

impl Place {
    fn of(frame: &Frame) -> Result<Self, Error> {
        let sum = count(frame, key::SUM)?.unwrap_or(1);
        if sum == 0 {
            return Err(Error::BadCount { key: key::SUM, value: "0".to_owned() });
        }
        let seq = match count(frame, key::SEQ)? {
            Some(seq) => seq,
            None if sum == 1 => 0,
            None => return Err(Error::NoSeq),
        };
        if seq < sum { Ok(Self { seq, sum }) } else { Err(Error::SeqBeyondSum { seq, sum }) }
    }
}

fn count(frame: &Frame, key: &'static str) -> Result<Option<u64>, Error> {
    let Some(value) = frame.header(key) else { return Ok(None) };
    value.parse().map(Some).map_err(|_| Error::BadCount { key, value: excerpt(value) })
}
