//! The one thread that writes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender},
    },
    time::Duration,
};

use rusqlite::ErrorCode;
use tokio::sync::watch;

use crate::{Error, Health, error, readers::Readers, request::Request, store::Store, sync::Sync};

/// So many requests share a transaction at most.
const BATCH: usize = 512;
/// After so long without a request the writer tidies.
const QUIET: Duration = Duration::from_secs(1);

/// What the writer is sent.
pub(crate) enum Message {
    /// Something to do.
    Do(Box<dyn Request>),
    /// A reader met damage: SQLite's words.
    Damaged(String),
    /// To do what is waiting, and end.
    Close,
}

/// The writer, and what it shares with those who ask.
pub(crate) struct Writer {
    pub(crate) store: Store,
    pub(crate) sync: Sync,
    /// Whether the last tidying failed: the next one waits for a request.
    pub(crate) failing: bool,
    pub(crate) messages: Receiver<Message>,
    pub(crate) health: watch::Sender<Health>,
    pub(crate) set_aside: watch::Sender<Option<PathBuf>>,
    pub(crate) power_safe: Arc<AtomicBool>,
    pub(crate) readers: Arc<Readers>,
    /// Told when events were kept.
    pub(crate) arrived: SyncSender<()>,
}

impl Writer {
    /// Runs until it is told to close or nobody is left to ask.
    pub(crate) fn run(mut self) {
        let mut power_safe = false;
        let mut open = true;
        while open {
            let mut batch = Vec::new();
            open = self.receive(&mut batch);
            if power_safe != self.power_safe.load(Ordering::Relaxed) {
                power_safe = !power_safe;
                self.tell(|store| store.set_power_safe(power_safe));
            }
            if batch.is_empty() {
                self.tell(Store::tidy);
            } else {
                let keeps = batch.iter().any(|request| request.keeps());
                self.write(batch);
                if keeps {
                    // A signal that still waits to be heard is enough.
                    let _ = self.arrived.try_send(());
                }
                if self.store.is_pressing() {
                    self.tell(|store| store.tidy_some().map(drop));
                }
                if !self.store.is_prepared() {
                    self.tell(Store::prepare_some);
                }
            }
            self.sync.committed();
            if self.sync.is_long() {
                self.tell(|store| store.sync());
            }
        }
        self.tell(Store::tidy);
        self.tell(|store| store.sync());
    }

    /// Waits for requests and takes all that are there, or none when it was quiet for a while; whether more can come.
    fn receive(&mut self, batch: &mut Vec<Box<dyn Request>>) -> bool {
        let first = if self.store.is_untidy() && !self.failing {
            self.messages.recv_timeout(QUIET)
        } else {
            self.messages.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        let mut message = match first {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        let mut open = true;
        loop {
            match message {
                Message::Do(request) => batch.push(request),
                Message::Damaged(cause) => self.begin_anew(&cause),
                Message::Close => open = false,
            }
            if open && batch.len() >= BATCH {
                return true;
            }
            match self.messages.try_recv() {
                Ok(next) => message = next,
                Err(_) => return open,
            }
        }
    }

    /// Does all of these in one transaction; where that fails, each in its own, so that one that cannot be done spoils no other.
    fn write(&mut self, mut batch: Vec<Box<dyn Request>>) {
        if batch.iter().any(|request| request.erases()) {
            self.tell(Store::tidy);
        }
        let outcome = self.attempt(&mut batch);
        if let Err(error) = &outcome {
            self.look_at(error);
            if batch.len() > 1 || error::is_damage(error) {
                for request in batch {
                    let mut alone = [request];
                    let outcome = self.attempt(&mut alone);
                    self.answer(alone, &outcome);
                }
                return;
            }
        }
        self.answer(batch, &outcome);
    }

    fn attempt(&mut self, batch: &mut [Box<dyn Request>]) -> rusqlite::Result<()> {
        let store = &mut self.store;
        let work = AssertUnwindSafe(|| {
            store.begin()?;
            batch.iter_mut().try_for_each(|request| request.run(store))?;
            store.commit()
        });
        let outcome = catch_unwind(work).unwrap_or_else(|_| Err(error::other("the work panicked")));
        if outcome.is_err() {
            self.store.undo();
        }
        outcome
    }

    fn answer(&mut self, batch: impl IntoIterator<Item = Box<dyn Request>>, outcome: &rusqlite::Result<()>) {
        let outcome = match outcome {
            Ok(()) => Ok(()),
            Err(error) => Err(Error::from(error)),
        };
        for request in batch {
            if request.keeps() {
                self.feel(&outcome);
            }
            request.answer(outcome.clone(), &mut self.store);
        }
    }

    fn feel(&self, outcome: &Result<(), Error>) {
        let health = match outcome {
            Ok(()) => Health::Well,
            Err(error) => Health::Failing(error.clone()),
        };
        self.health.send_if_modified(|known| {
            let changed = *known != health;
            *known = health;
            changed
        });
    }

    /// Does what nobody waits for.
    fn tell(&mut self, work: impl FnOnce(&mut Store) -> rusqlite::Result<()>) {
        let done = work(&mut self.store);
        self.failing = done.is_err();
        if let Err(error) = done {
            if error.sqlite_error_code() != Some(ErrorCode::DiskFull) {
                tracing::warn!(%error, "the journal could not be tidied");
            }
            self.look_at(&error);
        }
    }

    fn look_at(&mut self, error: &rusqlite::Error) {
        if error::is_damage(error) {
            self.begin_anew(&error.to_string());
        }
    }

    fn begin_anew(&mut self, cause: &str) {
        let _held = (self.readers.hold(), self.sync.hold());
        match self.store.begin_anew(cause) {
            Ok(aside) => {
                self.set_aside.send_replace(Some(aside));
            }
            Err(error) => tracing::error!(%error, "a new journal cannot be begun"),
        }
    }
}
