//! What takes a target's events from its queue and hands them over: one task a target.

mod asking;
mod handing;
mod lanes;
mod outside;
mod retry;
mod standing;
#[cfg(test)]
mod testing;
mod work;

use std::sync::Arc;

use longwire_journal::{Attempt, Then};
use tokio::{
    sync::{Notify, broadcast, mpsc, oneshot},
    task::JoinHandle,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

pub use self::standing::TargetState;
pub(crate) use self::{
    outside::{Outside, Road},
    standing::Board,
    work::Courier,
};
use crate::{Answer, Target};

/// What a courier is told.
#[derive(Debug)]
pub(crate) enum Word {
    /// The target is this one from now on.
    Target(Arc<Target>),
    /// Try it now.
    Hasten,
    /// Hand this event over and answer with what it says.
    Ask(Ask),
}

/// A callback that waits for its answer.
#[derive(Debug)]
pub(crate) struct Ask {
    /// The event.
    pub(crate) seq: u32,
    /// Its type, which says what can be told where no answer comes.
    pub(crate) event_type: String,
    /// Until when it waits.
    pub(crate) deadline: Instant,
    /// Where the answer goes.
    pub(crate) reply: oneshot::Sender<Answer>,
}

/// What the target has had, or refused, and the journal does not know yet.
#[derive(Clone, Debug)]
pub(crate) struct Unwritten {
    attempt: Attempt,
    then: Then,
    /// When it is tried again, should it be, and how often it was.
    due: Option<Instant>,
    tried: lanes::Tried,
}

/// A courier at work.
#[derive(Debug)]
pub(crate) struct Posted {
    /// Its target.
    pub(crate) target: Arc<Target>,
    words: mpsc::UnboundedSender<Word>,
    woken: Arc<Notify>,
    stop: CancellationToken,
    task: JoinHandle<Vec<Unwritten>>,
}

impl Posted {
    /// Sends a courier to work; `unwritten` is what the one before it left.
    pub(crate) fn send<O: Outside>(
        target: Arc<Target>,
        outside: O,
        board: Arc<Board>,
        settled: broadcast::Sender<u32>,
        unwritten: Vec<Unwritten>,
        rng: fastrand::Rng,
    ) -> Self {
        let (words, heard) = mpsc::unbounded_channel();
        let (woken, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let courier = Courier::new(target.clone(), outside, board, settled, unwritten, rng);
        let task = tokio::spawn(courier.run(heard, woken.clone(), stop.clone()));
        Self { target, words, woken, stop, task }
    }

    /// There may be something new in the queue.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Tells it something; whether it hears.
    pub(crate) fn tell(&self, word: Word) -> bool {
        self.words.send(word).is_ok()
    }

    /// Has it end: what is under way is given up to two seconds. What it could not write down.
    pub(crate) async fn end(self) -> Vec<Unwritten> {
        self.stop.cancel();
        self.task.await.unwrap_or_default()
    }
}
