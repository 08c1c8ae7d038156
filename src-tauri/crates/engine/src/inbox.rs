use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use bytes::Bytes;
use longwire_contract::{AppId, DeliveryState, EventOrigin, EventView, milliseconds};
use longwire_delivery::{Answer, Deliveries, Wanted};
use longwire_host::clock;
use longwire_journal::{Deliverable, Error, Insertion, Journal, NewEvent, TargetKey};
use longwire_link::Event;
use tokio::{
    sync::OnceCell,
    time::{Duration, Instant},
};
use tracing::debug;

use crate::{
    notify::{Arrival, Arrivals, Arriving, arrivals},
    preview,
    shared::Shared,
};

/// Where every event comes in, from a link or from the user: it is kept, handed to whoever wants it, and shown.
#[derive(Debug)]
pub(crate) struct Inbox {
    shared: Arc<Shared>,
    /// Known before events are taken, so that the first one finds its targets.
    deliveries: OnceCell<Deliveries>,
    /// Where they are kept, once they can be.
    journal: OnceCell<Journal>,
    /// To those who tell the desktop.
    arriving: Mutex<Vec<Arriving>>,
    /// Events that could not be kept since the start.
    refused: AtomicU32,
}

/// An event that was taken.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Taken {
    /// Its number.
    pub(crate) seq: u32,
    /// Whether it was kept before.
    pub(crate) duplicate: bool,
    /// What its target says to the user of the bot, where it is a callback.
    pub(crate) answer: Answer,
}

/// How long a callback's answer may take from the event's arrival: the platform waits 3 s, and what is left is for the way.
const ANSWER: Duration = Duration::from_millis(2500);
/// When the queue hands a callback over whose answer nobody waited for to the end, because Longwire ended: by then it is over.
const ANSWER_OVER_MS: u64 = 10_000;

impl Inbox {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            deliveries: OnceCell::new(),
            journal: OnceCell::new(),
            arriving: Mutex::default(),
            refused: AtomicU32::new(0),
        }
    }

    /// Has events handed over by these, once there are any.
    pub(crate) fn hand_over(&self, deliveries: Deliveries) {
        self.deliveries.set(deliveries).ok();
    }

    /// Takes events and keeps them in this journal from now on.
    pub(crate) fn open(&self, journal: Journal) {
        self.journal.set(journal).ok();
    }

    /// The events that are kept from now on, for somebody who tells the desktop of them.
    pub(crate) fn listen(&self) -> Arrivals {
        let (arriving, arrivals) = arrivals();
        let mut listeners = self.listeners();
        listeners.retain(|listener| !listener.is_over());
        listeners.push(arriving);
        arrivals
    }

    /// Who hands events over, where somebody does.
    pub(crate) fn deliveries(&self) -> Option<&Deliveries> {
        self.deliveries.get()
    }

    /// How many events could not be kept since the start.
    pub(crate) fn refused(&self) -> u32 {
        self.refused.load(Relaxed)
    }

    /// Keeps an event and has it handed to `only`, else to whoever wants it; waits for the answer to a callback. A duplicate
    /// is taken and handed to nobody.
    ///
    /// # Errors
    /// Those of the journal: it is not kept, and whoever sent it has to send it again.
    pub(crate) async fn take(
        &self,
        app_id: &AppId,
        origin: EventOrigin,
        event: Event,
        only: Option<TargetKey>,
    ) -> Result<Taken, Error> {
        let (at_ms, arrived) = (clock::now_ms(), Instant::now());
        let mut receipt = Receipt { inbox: self, app_id, origin, at_ms, arrived, kept: false };
        let taken = self.keep(&receipt, event, only).await;
        receipt.kept = taken.is_ok();
        taken
    }

    async fn keep(
        &self,
        receipt: &Receipt<'_>,
        event: Event,
        only: Option<TargetKey>,
    ) -> Result<Taken, Error> {
        let journal = self.journal.get().ok_or(Error::Closed)?;
        let deliveries = self.deliveries.get().ok_or(Error::Closed)?;
        let Receipt { app_id, origin, at_ms, arrived, .. } = *receipt;
        let pushed = origin == EventOrigin::Platform;
        let wanted = Wanted { app_id, event_type: &event.event_type, payload: &event.payload };
        let wanting = only.map_or_else(|| deliveries.wanting(wanted), |only| vec![only]);
        let answering = deliveries.answering(&wanting).filter(|_| is_callback(&event.event_type));
        let targets = wanting.iter().map(|&target| Deliverable {
            target,
            not_before_ms: (answering == Some(target)).then_some(at_ms + ANSWER_OVER_MS),
        });
        let new = NewEvent {
            app_id: app_id.clone(),
            origin,
            at_ms,
            arrived: arrived.into_std(),
            event_type: event.event_type.clone(),
            event_id: event.event_id.clone(),
            // One that is made here may be about a message that is kept: it is no second copy of it.
            message_id: event.message_id.clone().filter(|_| pushed && event.event_type == MESSAGE),
            chat_id: event.chat_id.clone(),
            frame: if pushed { event.frame.encode() } else { Bytes::new() },
            payload: event.payload.clone(),
            targets: targets.collect(),
        };
        let mut waking = Waking { journal, deliveries, targets: &wanting, committed: false };
        let insertion = journal.insert(new).await;
        waking.committed = true;
        let seq = match insertion? {
            Insertion::Kept(seq) => seq,
            Insertion::Duplicate(seq) => {
                return Ok(Taken { seq, duplicate: true, answer: Answer::Nothing });
            }
        };
        drop(waking);
        let event_id = event.event_id.as_deref().unwrap_or_default();
        debug!(app = %app_id, seq, event_id, "received {}", event.event_type);
        let shown = || view(seq, receipt, &event, !wanting.is_empty());
        self.shared.received(app_id, at_ms, pushed, shown);
        for listener in &*self.listeners() {
            listener.tell(|| arrival(seq, app_id, &event));
        }
        let answer = match answering {
            Some(target) => deliveries.answer(target, seq, &event.event_type, arrived + ANSWER).await,
            None => Answer::Nothing,
        };
        Ok(Taken { seq, duplicate: false, answer })
    }
}

impl Inbox {
    fn listeners(&self) -> MutexGuard<'_, Vec<Arriving>> {
        // A panic while holding the lock leaves a list behind that is as good as before.
        self.arriving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one type whose events bring a message, so that its id tells duplicates.
const MESSAGE: &str = "im.message.receive_v1";

/// Whether the answer travels in the acknowledgement.
pub(crate) fn is_callback(event_type: &str) -> bool {
    matches!(event_type, "card.action.trigger" | "url.preview.get")
}

/// An event on its way in. How long its acknowledgement took is counted whatever happens: a keeping that takes too long, or
/// whose link ends, is dropped.
struct Receipt<'a> {
    inbox: &'a Inbox,
    app_id: &'a AppId,
    origin: EventOrigin,
    at_ms: u64,
    arrived: Instant,
    kept: bool,
}

impl Drop for Receipt<'_> {
    fn drop(&mut self) {
        let Self { inbox, app_id, origin, at_ms, arrived, kept } = self;
        if *origin != EventOrigin::Platform {
            return;
        }
        if !*kept {
            inbox.refused.fetch_add(1, Relaxed);
        }
        if let Some(journal) = inbox.journal.get() {
            journal.acknowledged(app_id, *at_ms, arrived.elapsed(), *kept);
        }
    }
}

/// Tells targets, when it is dropped, that there is something new for them. Where nobody waited for the commit to its end, that
/// is as soon as the journal is done with it.
struct Waking<'a> {
    journal: &'a Journal,
    deliveries: &'a Deliveries,
    targets: &'a [TargetKey],
    committed: bool,
}

impl Drop for Waking<'_> {
    fn drop(&mut self) {
        if self.committed || self.targets.is_empty() {
            self.deliveries.wake(self.targets);
            return;
        }
        let (journal, deliveries) = (self.journal.clone(), self.deliveries.clone());
        let targets = self.targets.to_vec();
        tokio::spawn(async move {
            journal.flushed().await.ok();
            deliveries.wake(&targets);
        });
    }
}

fn arrival(seq: u32, app_id: &AppId, event: &Event) -> Arrival {
    Arrival {
        seq,
        app_id: app_id.clone(),
        event_type: event.event_type.clone(),
        chat_id: event.chat_id.clone(),
        // It is a slice of the socket's buffer, which would stay as long as it does.
        payload: Bytes::copy_from_slice(&event.payload),
    }
}

fn view(seq: u32, receipt: &Receipt<'_>, event: &Event, wanted: bool) -> EventView {
    EventView {
        seq,
        app_id: receipt.app_id.clone(),
        origin: receipt.origin,
        at_ms: receipt.at_ms,
        event_type: event.event_type.clone(),
        event_id: event.event_id.clone(),
        chat_id: event.chat_id.clone(),
        preview: preview::of(&event.event_type, &event.payload),
        bytes: u32::try_from(event.payload.len()).unwrap_or(u32::MAX),
        ack_ms: milliseconds(receipt.arrived.elapsed()),
        duplicates: 0,
        delivery: wanted.then_some(DeliveryState::Queued),
    }
}
