use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use crate::{Error, Event, Frame, Header, Kind, Reply, key};

/// A whole delivery: what came in, and what its acknowledgement is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// What the payload is.
    pub kind: Kind,
    /// The last part received, without its payload. An acknowledgement is this frame again, so that it finds its way
    /// back to the server instance that waits for it.
    pub frame: Arc<Frame>,
    /// The payload, whole.
    pub payload: Bytes,
}

impl Message {
    /// Reads the event: one pass over the payload.
    ///
    /// # Errors
    /// [`Error::NotUtf8`] and [`Error::NotJson`].
    pub fn event(&self) -> Result<Event, Error> {
        Event::read(self)
    }

    /// The acknowledgement: the last frame received with all its headers in order, and `biz_rt`, the time from the
    /// frame's arrival, in whole milliseconds; its payload is the reply.
    pub fn ack(self, reply: &Reply, biz_rt: Duration) -> Frame {
        let mut frame = Arc::unwrap_or_clone(self.frame);
        frame.headers.push(Header::new(key::BIZ_RT, biz_rt.as_millis().to_string()));
        frame.payload = Some(reply.to_json());
        frame
    }
}
