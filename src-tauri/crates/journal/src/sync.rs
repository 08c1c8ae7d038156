//! Has on the disk what was committed, beside the writer: waiting for a disk takes long, and an acknowledgement does not.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::file;

/// So long after a commit what was committed is on its way to the disk.
const SOON: Duration = Duration::from_secs(1);
/// A -wal file of so many pages is begun at its start again: 32 MB.
const LONG: i64 = 8192;

/// The thread that has things on the disk. It sleeps while nothing is written.
pub(crate) struct Sync {
    wanted: SyncSender<()>,
    shared: Arc<Shared>,
    /// Gone when it is to end.
    open: Option<mpsc::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    path: PathBuf,
    /// Held while the file is open here: a file that is closed may not have been given another name meanwhile.
    file: Mutex<()>,
    /// Whether the -wal file is long.
    long: AtomicBool,
}

impl Sync {
    pub(crate) fn start(path: &Path) -> std::io::Result<Self> {
        let (wanted, wants) = mpsc::sync_channel(1);
        let (open, closed) = mpsc::channel();
        let shared =
            Arc::new(Shared { path: path.to_owned(), file: Mutex::new(()), long: AtomicBool::new(false) });
        let of_thread = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("journal-sync".to_owned())
            .spawn(move || run(&of_thread, &wants, &closed))?;
        Ok(Self { wanted, shared, open: Some(open), thread: Some(thread) })
    }

    /// There was a commit.
    pub(crate) fn committed(&self) {
        // Where there is no room for it, it is known already.
        let _ = self.wanted.try_send(());
    }

    /// Whether the -wal file has become long, and all but the end of it is on the disk: what is left is little, and then the file
    /// can begin anew. Said once.
    pub(crate) fn is_long(&self) -> bool {
        self.shared.long.swap(false, Ordering::Relaxed)
    }

    /// Keeps its hands off the file.
    pub(crate) fn hold(&self) -> MutexGuard<'_, ()> {
        self.shared.hold()
    }
}

impl Drop for Sync {
    fn drop(&mut self) {
        self.open = None;
        let (wanted, _) = mpsc::sync_channel(0);
        self.wanted = wanted;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that has the journal on the disk panicked");
        }
    }
}

impl Shared {
    fn hold(&self) -> MutexGuard<'_, ()> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has on the disk, and in the main file, what is in the -wal file.
    fn sync(&self) -> rusqlite::Result<()> {
        let _held = self.hold();
        let file = file::open_to_sync(&self.path)?;
        let pages: i64 = file.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |row| row.get(1))?;
        self.long.store(pages >= LONG, Ordering::Relaxed);
        Ok(())
    }
}

fn run(shared: &Shared, wants: &Receiver<()>, closed: &Receiver<Infallible>) {
    while wants.recv().is_ok() {
        // More may come in this time, and goes with it.
        if closed.recv_timeout(SOON) == Err(RecvTimeoutError::Disconnected) {
            return;
        }
        let _ = wants.try_recv();
        if let Err(error) = shared.sync() {
            tracing::warn!(%error, "the journal is not on the disk yet");
        }
    }
}
