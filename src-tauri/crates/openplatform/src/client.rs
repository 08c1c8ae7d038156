use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::Mutex,
    time::Instant,
};

use bytes::Bytes;
use longwire_wire::{Frame, key};
use tokio::sync::{mpsc, oneshot};

use crate::{
    flood::Flood,
    history::lock,
    receipt::{self, Receipt},
    violation::Violation,
};

/// How many ids of deliveries that were given up are remembered, to tell a late acknowledgement from a wrong one.
const RETIRED: usize = 4096;

/// A client that is connected.
#[derive(Clone, Debug)]
pub struct ClientView {
    /// The app it serves.
    pub app_id: String,
    /// The `device_id` of its session.
    pub device_id: String,
    /// Its address.
    pub peer: SocketAddr,
    /// When its link opened.
    pub since: Instant,
}

/// A connected client, as deliveries see it.
pub(crate) struct Client {
    pub(crate) view: ClientView,
    pub(crate) orders: mpsc::Sender<Order>,
    awaited: Mutex<Awaited>,
}

/// What a session is to do.
pub(crate) enum Order {
    /// Send these frames.
    Push(Vec<Bytes>),
    /// Send many events, fast.
    Flood(Box<Flood>),
}

#[derive(Default)]
struct Awaited {
    acks: HashMap<String, Waiting>,
    retired: VecDeque<String>,
}

struct Waiting {
    sent: Frame,
    reply: oneshot::Sender<Result<Receipt, Violation>>,
}

/// What came of a data frame.
pub(crate) enum Arrival {
    /// It answered a delivery.
    Taken,
    /// It answered a delivery that was given up.
    Late,
    /// It broke the protocol.
    Wrong(Violation),
}

impl Client {
    pub(crate) fn new(view: ClientView, orders: mpsc::Sender<Order>) -> Self {
        Self { view, orders, awaited: Mutex::default() }
    }

    /// From now on an acknowledgement of `sent`, the last part of the delivery `message_id`, is waited for.
    pub(crate) fn expect(
        &self,
        message_id: &str,
        sent: Frame,
    ) -> oneshot::Receiver<Result<Receipt, Violation>> {
        let (reply, answer) = oneshot::channel();
        lock(&self.awaited).acks.insert(message_id.to_owned(), Waiting { sent, reply });
        answer
    }

    /// An acknowledgement of that delivery comes too late from now on.
    pub(crate) fn retire(&self, message_id: &str) {
        let mut awaited = lock(&self.awaited);
        awaited.acks.remove(message_id);
        if awaited.retired.len() == RETIRED {
            awaited.retired.pop_front();
        }
        awaited.retired.push_back(message_id.to_owned());
    }

    /// Nothing comes from this client any more.
    pub(crate) fn gone(&self) {
        lock(&self.awaited).acks.clear();
    }

    /// Takes in a data frame: `raw` as it came, `ack` as it decodes.
    pub(crate) fn take(&self, raw: &[u8], ack: &Frame) -> Arrival {
        let message_id = ack.header(key::MESSAGE_ID).unwrap_or_default();
        let mut awaited = lock(&self.awaited);
        let Some(waiting) = awaited.acks.remove(message_id) else {
            let late = awaited.retired.iter().any(|retired| retired == message_id);
            return if late {
                Arrival::Late
            } else {
                Arrival::Wrong(Violation::Unasked(message_id.to_owned()))
            };
        };
        drop(awaited);
        let checked = receipt::check(raw, ack, &waiting.sent);
        let arrival = checked.as_ref().err().cloned().map_or(Arrival::Taken, Arrival::Wrong);
        // The delivery may have given up in this moment.
        let _ = waiting.reply.send(checked);
        arrival
    }
}
