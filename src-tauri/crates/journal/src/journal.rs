use tokio::sync::watch;

use crate::{Error, Health, Insertion, NewEvent, OpenError, Opened, Options};

/// The journal of one data folder. Cheap to clone; every clone is the same journal.
#[derive(Clone, Debug)]
pub struct Journal {
    health: watch::Sender<Health>,
}

impl Journal {
    /// Opens the journal, brings an older one up to date, and sets a damaged one aside. Blocks.
    ///
    /// # Errors
    /// [`OpenError`]: not even a new one can be begun, or the one that is there is a newer Longwire's.
    pub fn open(options: &Options) -> Result<Opened, OpenError> {
        unimplemented!("{options:?}")
    }

    /// Keeps an event with the queue entries of its targets, unless it is a duplicate. When this returns it is committed.
    ///
    /// # Errors
    /// [`Error`]: it is not kept.
    pub async fn insert(&self, event: NewEvent) -> Result<Insertion, Error> {
        unimplemented!("{event:?}")
    }

    /// How keeping goes; changes when it does.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    /// Writes what is left, closes the file and ends the threads. Blocks.
    pub fn close(self) {}
}
