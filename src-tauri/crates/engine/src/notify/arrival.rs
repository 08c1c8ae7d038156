use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use bytes::Bytes;
use longwire_contract::AppId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::preview;

/// As many events wait to be looked at. What comes on top of that is only counted: an acknowledgement waits for no
/// notification.
const MOST: usize = 512;
/// What is larger is not looked into.
const LARGEST: usize = 256 * 1024;
/// The one type whose events have a text.
const MESSAGE: &str = "im.message.receive_v1";

/// An event that was kept and may be told.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Arrival {
    /// Its number.
    pub(crate) seq: u32,
    /// The app that received it.
    pub(crate) app_id: AppId,
    /// Its type.
    pub(crate) event_type: String,
    /// The chat it is from.
    pub(crate) chat_id: Option<String>,
    /// Its JSON text.
    #[serde(serialize_with = "write_text", deserialize_with = "read_text")]
    pub(crate) payload: Bytes,
}

/// What is no text, or not looked into, is left out on its way to another process.
fn write_text<S: Serializer>(payload: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    let text = if payload.len() > LARGEST { "" } else { std::str::from_utf8(payload).unwrap_or_default() };
    serializer.serialize_str(text)
}

fn read_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    String::deserialize(deserializer).map(Bytes::from)
}

/// What a message is, as far as a notification says it.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Message {
    /// `p2p`, `group`.
    pub(super) chat_type: String,
    /// `text`, `image` …
    pub(super) kind: String,
    /// Its beginning, on one line.
    pub(super) preview: Option<String>,
}

/// Where events are told as they arrive.
#[derive(Clone, Debug)]
pub(crate) struct Arriving {
    sender: mpsc::Sender<Arrival>,
    missed: Arc<AtomicU32>,
}

/// Where they are heard.
#[derive(Debug)]
pub(crate) struct Arrivals {
    receiver: mpsc::Receiver<Arrival>,
    missed: Arc<AtomicU32>,
}

/// The way of events from who keeps them to who tells the desktop.
pub(crate) fn arrivals() -> (Arriving, Arrivals) {
    let (sender, receiver) = mpsc::channel(MOST);
    let missed: Arc<AtomicU32> = Arc::default();
    (Arriving { sender, missed: missed.clone() }, Arrivals { receiver, missed })
}

impl Arriving {
    /// Tells of an event. It never waits; where too many have not been heard yet this one is only counted.
    pub(crate) fn tell(&self, arrival: impl FnOnce() -> Arrival) {
        match self.sender.try_reserve() {
            Ok(place) => place.send(arrival()),
            Err(_) => self.miss(),
        }
    }

    /// Tells that there was one more, and nothing else of it.
    pub(crate) fn miss(&self) {
        self.missed.fetch_add(1, Relaxed);
    }

    /// Whether nobody hears of any more.
    pub(crate) fn is_over(&self) -> bool {
        self.sender.is_closed()
    }
}

impl Arrivals {
    /// The next one; `None` once nobody can tell of any more.
    pub(crate) async fn next(&mut self) -> Option<Arrival> {
        self.receiver.recv().await
    }

    /// Whether there were others since this was asked, which can only be guessed at.
    pub(crate) fn missed_any(&self) -> bool {
        self.missed.swap(0, Relaxed) > 0
    }
}

impl Arrival {
    /// Whether it is a message.
    pub(super) fn is_message(&self) -> bool {
        self.event_type == MESSAGE
    }

    /// The whole text of a message.
    pub(super) fn text(&self) -> Option<String> {
        if self.payload.len() > LARGEST { None } else { preview::text(&self.event_type, &self.payload) }
    }

    /// What it says as a message.
    pub(super) fn message(&self) -> Message {
        if self.payload.len() > LARGEST {
            return Message::default();
        }
        let payload: Value = serde_json::from_slice(&self.payload).unwrap_or_default();
        let part = |name: &str| payload["event"]["message"][name].as_str().unwrap_or_default().to_owned();
        Message {
            chat_type: part("chat_type"),
            kind: part("message_type"),
            preview: preview::of(&self.event_type, &self.payload),
        }
    }
}

#[cfg(test)]
pub(super) fn sample(seq: u32, chat: &str, text: &str) -> Arrival {
    let content = serde_json::json!({ "text": text }).to_string();
    let message = serde_json::json!({ "chat_type": "group", "message_type": "text", "content": content });
    Arrival {
        seq,
        app_id: "cli_0123456789abcdef".parse().unwrap(),
        event_type: MESSAGE.to_owned(),
        chat_id: Some(chat.to_owned()),
        payload: serde_json::json!({ "event": { "message": message } }).to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_tells_never_waits_and_what_is_too_much_is_counted() {
        let (arriving, mut arrivals) = arrivals();
        let mut made = 0;
        for seq in 0..MOST + 10 {
            arriving.tell(|| {
                made += 1;
                sample(u32::try_from(seq).unwrap(), "oc_1", "hello")
            });
        }
        assert_eq!(made, MOST, "what is only counted is not made");
        assert!(arrivals.missed_any());
        assert!(!arrivals.missed_any());
        assert_eq!(arrivals.receiver.try_recv().unwrap().seq, 0);
        drop(arrivals);
        arriving.tell(|| unreachable!("nobody listens"));
    }

    #[test]
    fn a_message_is_read_and_what_is_none_is_harmless() {
        let read = sample(1, "oc_1", "明天\n10 点？").message();
        let preview = Some("明天 10 点？".to_owned());
        assert_eq!(read, Message { chat_type: "group".into(), kind: "text".into(), preview });
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        for payload in ["", "[]", "{\"event\":{\"message\":7}}", &deep, &"x".repeat(LARGEST + 1)] {
            let arrival = Arrival { payload: payload.to_owned().into(), ..sample(1, "oc_1", "") };
            assert_eq!(arrival.message(), Message::default(), "{}", payload.len());
            assert_eq!(arrival.text(), None);
        }
    }
}
