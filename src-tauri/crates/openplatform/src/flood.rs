//! Many events to one client, as fast as it takes them: the load of a benchmark.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use bytes::Bytes;
use longwire_wire::{Frame, Method, key};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::oneshot,
    time,
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    catalogue::{self, EventKind},
    delivery::Failure,
    frames::{self, Postmark},
    history::lock,
    ids,
    latencies::Latencies,
    link::Link,
    receipt::{self, Receipt},
    state::State,
    tickets::SERVICE_ID,
    violation::Violation,
};

/// How a flood went.
#[derive(Clone, Debug)]
pub struct FloodReport {
    /// How many events were sent and taken.
    pub events: u64,
    /// The size of each payload, in bytes.
    pub payload_bytes: usize,
    /// From the first event's queueing to the last acknowledgement.
    pub elapsed: Duration,
    /// The time of each, from its queueing to its acknowledgement.
    pub latencies: Latencies,
}

/// A flood for a session to carry out.
pub(crate) struct Flood {
    pub(crate) plan: Plan,
    pub(crate) done: oneshot::Sender<Result<FloodReport, Failure>>,
}

/// What to send: one frame as bytes, with holes for the id of each event.
pub(crate) struct Plan {
    template: Vec<u8>,
    sent: Frame,
    /// Where an id of 32 digits goes: the frame's `message_id`, the event's id, the message's id.
    holes: Vec<usize>,
    /// Where the headers end. An acknowledgement repeats the bytes up to here.
    head: usize,
    /// The first half of every id.
    run: String,
    events: u64,
    in_flight: usize,
    patience: Duration,
    pong: Bytes,
    payload_bytes: usize,
}

/// What a client sent in the middle of a flood.
enum Inbound {
    Ack(u64, Receipt),
    Control,
}

impl Plan {
    pub(crate) fn new(state: &State, app_id: &str, events: u64, in_flight: usize) -> Self {
        let now_ms = state.now_ms();
        let kind = EventKind::MessageText;
        let event = state.with_rng(|rng| {
            catalogue::build(kind, Some("压力测试 · flood"), app_id, &state.cast, rng, now_ms)
        });
        // One id in all three places makes every place a hole.
        let id = event.event_id.clone();
        let payload = String::from_utf8_lossy(&event.payload).into_owned();
        let message_id = payload.split("\"message_id\":\"om_").nth(1).and_then(|rest| rest.get(..id.len()));
        let payload =
            Bytes::from(message_id.map_or(payload.clone(), |message_id| payload.replace(message_id, &id)));
        let (trace_id, log_id) = state.with_rng(|rng| (ids::hex(rng, 16), rng.u64(1..1 << 62)));
        let postmark = Postmark {
            service: SERVICE_ID,
            message_id: &id,
            trace_id: &trace_id,
            instance_id: &state.instance_id,
            log_id,
            now_ms,
        };
        let payload_bytes = payload.len();
        let sent = frames::split(&payload, &postmark, state.frame_numbers(1), usize::MAX / 2).remove(0);
        let template = sent.encode().to_vec();
        let holes = find(&template, id.as_bytes());
        let head = Frame { payload: None, log_id_new: None, ..sent.clone() }.encode().len();
        Self {
            template,
            sent: Frame { payload: None, ..sent },
            holes,
            head,
            run: state.with_rng(|rng| ids::hex(rng, 16)),
            events,
            in_flight: in_flight.max(1),
            patience: state.ack_deadline,
            pong: Frame::pong(SERVICE_ID, Some(&*lock(&state.config))).encode(),
            payload_bytes,
        }
    }

    /// The bytes of event `number`.
    fn frame(&self, number: u64) -> Bytes {
        let mut bytes = self.template.clone();
        let id = self.id(number);
        for &hole in &self.holes {
            bytes[hole..hole + id.len()].copy_from_slice(id.as_bytes());
        }
        bytes.into()
    }

    fn id(&self, number: u64) -> String {
        format!("{}{number:016x}", self.run)
    }

    /// What `raw` is; of an acknowledgement, the number of its event and what it says.
    fn receive(&self, raw: &Bytes) -> Result<Inbound, Violation> {
        if let Some(number) = self.repeats_head(raw) {
            // Everything up to the headers' end is as sent, so that what follows is all there is to check.
            let tail = decode(raw.slice(self.head..))?;
            let log_id_new = tail.log_id_new == self.sent.log_id_new;
            if let ([biz_rt], true) = (tail.headers.as_slice(), log_id_new)
                && biz_rt.key == key::BIZ_RT
            {
                let biz_rt = Some(receipt::biz_rt(&biz_rt.value)?);
                let (code, data) = match tail.payload.as_deref() {
                    Some(b"{\"code\":200}") => (200, None),
                    payload => receipt::payload(payload.unwrap_or_default())?,
                };
                return Ok(Inbound::Ack(number, Receipt { code, data, biz_rt }));
            }
        }
        // Another encoder, or something wrong: compare field by field.
        let ack = decode(raw.clone())?;
        if ack.method == Method::Control as i32 {
            return Ok(Inbound::Control);
        }
        let message_id = ack.header(key::MESSAGE_ID).unwrap_or_default().to_owned();
        let number =
            self.number(message_id.as_bytes()).ok_or_else(|| Violation::Unasked(message_id.clone()))?;
        let mut sent = self.sent.clone();
        if let Some(header) = sent.headers.iter_mut().find(|header| header.key == key::MESSAGE_ID) {
            header.value = message_id;
        }
        Ok(Inbound::Ack(number, receipt::check(raw, &ack, &sent)?))
    }

    /// The number of the event whose fields and headers `raw` begins with, to the byte.
    fn repeats_head(&self, raw: &[u8]) -> Option<u64> {
        let hole = *self.holes.first()?;
        let end = hole + 32;
        let number = self.number(raw.get(hole..end)?)?;
        let same = raw.get(..hole)? == &self.template[..hole]
            && raw.get(end..self.head)? == &self.template[end..self.head];
        same.then_some(number)
    }

    fn number(&self, id: &[u8]) -> Option<u64> {
        let digits = id.strip_prefix(self.run.as_bytes()).filter(|digits| digits.len() == 16)?;
        u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }
}

pub(crate) async fn run<S: AsyncRead + AsyncWrite + Unpin>(
    link: &mut Link<S>,
    plan: Plan,
) -> Result<FloodReport, Failure> {
    let mut waiting: HashMap<u64, Instant> = HashMap::with_capacity(plan.in_flight);
    let mut latencies = Latencies::new();
    let start = Instant::now();
    let mut next = 0;
    while latencies.len() < plan.events {
        while next < plan.events && waiting.len() < plan.in_flight {
            let frame = plan.frame(next);
            waiting.insert(next, Instant::now());
            link.feed(Message::Binary(frame)).await.map_err(|_| Failure::Disconnected)?;
            next += 1;
        }
        let message =
            time::timeout(plan.patience, link.next()).await.map_err(|_| Failure::NoAck(plan.patience))?;
        let mut message = Some(message.ok_or(Failure::Disconnected)?);
        // Take every answer that is there before writing again, so that writes are few and large.
        while let Some(current) = message {
            if let Message::Binary(raw) = current {
                match plan.receive(&raw)? {
                    Inbound::Ack(number, receipt) => {
                        settle(&plan, number, &receipt, &mut waiting, &mut latencies)?
                    }
                    Inbound::Control => {
                        let pong = Message::Binary(plan.pong.clone());
                        link.feed(pong).await.map_err(|_| Failure::Disconnected)?;
                    }
                }
            }
            message = link.ready();
        }
    }
    Ok(FloodReport {
        events: plan.events,
        payload_bytes: plan.payload_bytes,
        elapsed: start.elapsed(),
        latencies,
    })
}

fn settle(
    plan: &Plan,
    number: u64,
    receipt: &Receipt,
    waiting: &mut HashMap<u64, Instant>,
    latencies: &mut Latencies,
) -> Result<(), Failure> {
    let queued = waiting.remove(&number).ok_or_else(|| Violation::Unasked(plan.id(number)))?;
    if receipt.code != 200 {
        return Err(Failure::Code(receipt.code));
    }
    latencies.record(queued.elapsed());
    Ok(())
}

fn decode(raw: Bytes) -> Result<Frame, Violation> {
    Frame::decode(raw).map_err(|error| Violation::NotAFrame(error.to_string()))
}

fn find(hay: &[u8], needle: &[u8]) -> Vec<usize> {
    hay.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle).map(|(at, _)| at).collect()
}
