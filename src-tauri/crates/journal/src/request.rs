//! What the writer is asked to do.

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::{
    Error, Insertion, NewEvent,
    store::{Kept, Store},
};

/// Something to be done within a transaction, and answered when that is committed.
pub(crate) trait Request: Send {
    /// Does it. It is done once more, in a transaction of its own, where one that it shared with others failed.
    fn run(&mut self, store: &mut Store) -> rusqlite::Result<()>;

    /// Tells who asked what became of it. Who asked may have given up; what is done is done all the same.
    fn answer(self: Box<Self>, outcome: Result<(), Error>, store: &mut Store);

    /// Whether it keeps an event, by which the health of the journal is told.
    fn keeps(&self) -> bool {
        false
    }

    /// Whether it deletes events.
    fn erases(&self) -> bool {
        false
    }
}

/// An event to be kept.
pub(crate) struct Insert {
    event: NewEvent,
    kept: Option<Kept>,
    answer: oneshot::Sender<Result<Insertion, Error>>,
    _room: OwnedSemaphorePermit,
}

impl Insert {
    pub(crate) fn new(
        event: NewEvent,
        room: OwnedSemaphorePermit,
    ) -> (Self, oneshot::Receiver<Result<Insertion, Error>>) {
        let (answer, answered) = oneshot::channel();
        (Self { event, kept: None, answer, _room: room }, answered)
    }
}

impl Request for Insert {
    fn run(&mut self, store: &mut Store) -> rusqlite::Result<()> {
        self.kept = Some(store.insert(&self.event)?);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), Error>, store: &mut Store) {
        let kept = outcome.and_then(|()| self.kept.ok_or(Error::Closed));
        if let Ok(kept) = &kept {
            store.committed(kept, self.event.arrived);
        }
        let _ = self.answer.send(kept.map(|kept| kept.insertion));
    }

    fn keeps(&self) -> bool {
        true
    }
}

/// Any other work on the tables.
pub(crate) struct Work<F, T> {
    work: F,
    erases: bool,
    done: Option<T>,
    answer: oneshot::Sender<Result<T, Error>>,
    _room: OwnedSemaphorePermit,
}

impl<F, T> Work<F, T> {
    pub(crate) fn new(
        work: F,
        erases: bool,
        room: OwnedSemaphorePermit,
    ) -> (Self, oneshot::Receiver<Result<T, Error>>) {
        let (answer, answered) = oneshot::channel();
        (Self { work, erases, done: None, answer, _room: room }, answered)
    }
}

impl<F, T> Request for Work<F, T>
where
    F: FnMut(&mut Store) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn run(&mut self, store: &mut Store) -> rusqlite::Result<()> {
        self.done = Some((self.work)(store)?);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), Error>, _: &mut Store) {
        let done = self.done;
        let _ = self.answer.send(outcome.and_then(|()| done.ok_or(Error::Closed)));
    }

    fn erases(&self) -> bool {
        self.erases
    }
}
