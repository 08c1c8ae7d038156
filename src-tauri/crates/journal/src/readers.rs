//! Connections that read beside the writer.

use std::{
    path::PathBuf,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::file;

/// So many read at a time.
const AT_ONCE: usize = 2;

/// The connections that read. Each is opened when it is needed first.
pub(crate) struct Readers {
    path: PathBuf,
    pub(crate) turns: Semaphore,
    /// Which file it is: another one after a damaged one was set aside.
    age: AtomicU64,
    idle: Mutex<Vec<(u64, Connection)>>,
}

impl Readers {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, turns: Semaphore::new(AT_ONCE), age: AtomicU64::new(0), idle: Mutex::new(Vec::new()) }
    }

    /// Reads.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let age = self.age.load(Ordering::Acquire);
        let idle = self.idle().pop().filter(|(of, _)| *of == age);
        let file = match idle {
            Some((_, file)) => file,
            None => file::open_to_read(&self.path)?,
        };
        let read = work(&file)?;
        self.idle().push((age, file));
        Ok(read)
    }

    /// Closes those that are idle; those that are busy are not used again.
    pub(crate) fn close(&self) {
        self.age.fetch_add(1, Ordering::AcqRel);
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(u64, Connection)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
