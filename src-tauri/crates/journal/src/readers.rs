//! Connections that read beside the writer.

use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard},
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
    /// Whether there is a file to read; held by each who reads.
    open: RwLock<bool>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, turns: Semaphore::new(AT_ONCE), open: RwLock::new(true), idle: Mutex::new(Vec::new()) }
    }

    /// Reads; nothing once the journal is closed.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Option<rusqlite::Result<T>> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.then(|| {
            let idle = self.idle().pop();
            let file = idle.map_or_else(|| file::open_to_read(&self.path), Ok)?;
            let read = work(&file)?;
            self.idle().push(file);
            Ok(read)
        })
    }

    /// Waits for those who read, and has none read until the answer is dropped, and then from the file that is there then.
    pub(crate) fn hold(&self) -> RwLockWriteGuard<'_, bool> {
        let open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        self.idle().clear();
        open
    }

    /// Waits for those who read, and has none read again.
    pub(crate) fn close(&self) {
        *self.hold() = false;
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
