use std::{
    any::Any,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{FutureExt, Stream, stream::FuturesUnordered};
use longwire_wire::{Event, Frame, Message, Reply};
use tokio::time::{Instant, timeout_at};
use tracing::{error, warn};

use crate::{Intake, NotKept, throttle::Throttle};

/// The events that are being kept.
pub(crate) struct Keeping<I> {
    intake: Arc<I>,
    /// How long each may take from its arrival.
    deadline: Duration,
    running: FuturesUnordered<Pin<Box<dyn Future<Output = Kept> + Send>>>,
    /// Events come in masses when their keeper is slow; the log need not.
    complaints: Throttle,
}

/// An event's end, ready to be acknowledged.
pub(crate) struct Kept {
    pub(crate) message: Message,
    pub(crate) reply: Reply,
    pub(crate) arrived: Instant,
    /// Its keeping was given up at the deadline.
    late: bool,
}

impl Kept {
    /// An event that could not even be read.
    pub(crate) fn failed(message: Message, arrived: Instant) -> Self {
        Self { message, reply: Reply::failed(), arrived, late: false }
    }

    pub(crate) fn ack(self, now: Instant) -> Frame {
        self.message.ack(&self.reply, now.duration_since(self.arrived))
    }
}

impl<I: Intake> Keeping<I> {
    pub(crate) fn new(intake: Arc<I>, deadline: Duration) -> Self {
        Self { intake, deadline, running: FuturesUnordered::new(), complaints: Throttle::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.running.len()
    }

    pub(crate) fn intake(&self) -> &I {
        &self.intake
    }

    /// Starts to keep an event. Most intakes are done at once; what comes back then costs no task, timer or wakeup.
    pub(crate) fn start(
        &mut self,
        mut message: Message,
        event: Event,
        arrived: Instant,
        cx: &mut Context<'_>,
    ) -> Option<Kept> {
        // The event has it, and is to be its only owner.
        message.payload = Bytes::new();
        let intake = Arc::clone(&self.intake);
        let mut keep = Box::pin(AssertUnwindSafe(async move { intake.keep(event).await }).catch_unwind());
        if let Poll::Ready(outcome) = keep.as_mut().poll(cx) {
            return Some(Kept { message, reply: reply(outcome), arrived, late: false });
        }
        let deadline = self.deadline;
        self.running.push(Box::pin(async move {
            let outcome = timeout_at(arrived + deadline, keep).await.map(reply);
            let late = outcome.is_err();
            Kept { message, reply: outcome.unwrap_or_else(|_| Reply::failed()), arrived, late }
        }));
        None
    }

    /// The next event whose keeping ended; `None` where none is being kept.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Kept>> {
        if self.running.is_empty() {
            return Poll::Ready(None);
        }
        let next = Pin::new(&mut self.running).poll_next(cx);
        if let Poll::Ready(Some(Kept { late: true, .. })) = &next
            && let Some(held_back) = self.complaints.pass(Instant::now())
        {
            let deadline = self.deadline;
            warn!(held_back, "an event was not kept within {deadline:?}; the platform will send it again");
        }
        next
    }
}

fn reply(outcome: Result<Result<Reply, NotKept>, Box<dyn Any + Send>>) -> Reply {
    match outcome {
        Ok(Ok(reply)) => reply,
        Ok(Err(NotKept)) => Reply::failed(),
        Err(_) => {
            // The panic's own words are with the panic hook; they may hold the event.
            error!("keeping an event panicked; the platform will send it again");
            Reply::failed()
        }
    }
}
