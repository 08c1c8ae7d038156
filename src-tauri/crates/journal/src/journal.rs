use std::{
    fmt, io, mem,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use longwire_contract::JournalSettings;
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, watch};

use crate::{
    Error, Health, Insertion, NewEvent, OpenError, Opened, Options, error, file, indexer,
    queue::Held,
    readers::Readers,
    request::{Insert, Request, Work},
    seen,
    stats::Minutes,
    store::Store,
    sync::Sync,
    writer::{Message, Writer},
};

/// How much may be under way to the file at a time, in KiB: requests beyond it wait. A request counts as one besides what it carries.
const ROOM: u32 = 16 * 1024;

/// The journal of one data folder. Cheap to clone; every clone is the same journal.
#[derive(Clone)]
pub struct Journal {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    messages: mpsc::Sender<Message>,
    room: Arc<Semaphore>,
    readers: Arc<Readers>,
    health: watch::Receiver<Health>,
    set_aside: watch::Receiver<Option<PathBuf>>,
    settings: Mutex<JournalSettings>,
    power_safe: Arc<AtomicBool>,
    held: Mutex<Held>,
    /// What was acknowledged and is not written down yet.
    minutes: Mutex<Minutes>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Journal {
    /// Opens the journal, brings an older one up to date, and sets a damaged one aside. Blocks.
    ///
    /// # Errors
    /// [`OpenError`]: not even a new one can be begun, or the one that is there is a newer Longwire's.
    pub fn open(options: &Options) -> Result<Opened, OpenError> {
        let path = file::path(&options.folder);
        let (store, set_aside) = Store::open(&path)?;
        let (messages, receiver) = mpsc::channel();
        let (health_sender, health) = watch::channel(Health::Well);
        let (aside_sender, aside) = watch::channel(set_aside.clone());
        let power_safe = Arc::new(AtomicBool::new(options.settings.power_safe));
        let (arrived, arrivals) = mpsc::sync_channel(1);
        let failed = |error: io::Error| OpenError::Failed(error.to_string());
        let sync = Sync::start(&path).map_err(failed)?;
        let readers = Arc::new(Readers::new(path));
        let writer = Writer {
            store,
            sync,
            failing: false,
            arrived,
            messages: receiver,
            health: health_sender,
            set_aside: aside_sender,
            power_safe: Arc::clone(&power_safe),
            readers: Arc::clone(&readers),
        };
        let thread =
            thread::Builder::new().name("journal".to_owned()).spawn(move || writer.run()).map_err(failed)?;
        let shared = Shared {
            messages,
            room: Arc::new(Semaphore::new(ROOM as usize)),
            readers,
            health,
            set_aside: aside,
            settings: Mutex::new(options.settings),
            power_safe,
            held: Mutex::default(),
            minutes: Mutex::new(Minutes::default()),
            thread: Mutex::new(Some(thread)),
        };
        let shared = Arc::new(shared);
        let weak = Arc::downgrade(&shared);
        // It ends with the writer, whose signals it waits for.
        thread::Builder::new()
            .name("journal index".to_owned())
            .spawn(move || indexer::run(&weak, &arrivals))
            .map_err(failed)?;
        Ok(Opened { journal: Self { shared }, set_aside })
    }

    /// Keeps an event with the queue entries of its targets, unless it is a duplicate. When this returns it is committed.
    ///
    /// # Errors
    /// [`Error`]: it is not kept.
    pub async fn insert(&self, event: NewEvent) -> Result<Insertion, Error> {
        let room = self.room(event.payload.len() + event.frame.len()).await?;
        let (insert, answered) = Insert::new(event, room);
        self.send(insert)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    /// Returns when all that was asked of the journal before is committed or refused.
    ///
    /// # Errors
    /// [`Error`]: not even nothing can be committed.
    pub async fn flushed(&self) -> Result<(), Error> {
        self.write(|_| Ok(())).await
    }

    /// How keeping goes; changes when it does.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.shared.health.clone()
    }

    /// The damaged file that was set aside last, since the journal was opened or when it was.
    pub fn set_aside(&self) -> watch::Receiver<Option<PathBuf>> {
        self.shared.set_aside.clone()
    }

    /// Writes what is left, closes the file and ends the threads. Blocks.
    pub fn close(self) {
        self.write_minutes();
        self.shared.room.close();
        self.shared.readers.turns.close();
        self.shared.readers.close();
        let _ = self.shared.messages.send(Message::Close);
        let thread = lock(&self.shared.thread).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the journal's writer panicked");
        }
    }

    /// Works on the tables within the writer's transaction; returns when that is committed. The work is done once more where a
    /// transaction that it shared with others failed. It must not delete events: see [`erase`](Self::erase).
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(move |store| work(store.file()), false).await
    }

    /// The same for work that deletes events. What tells duplicates of them is written elsewhere before.
    pub(crate) async fn erase<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(move |store| work(store.file()), true).await
    }

    /// The same for work that changes the targets.
    pub(crate) async fn write_targets<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(
            move |store| {
                let done = work(store.file())?;
                store.read_targets()?;
                Ok(done)
            },
            false,
        )
        .await
    }

    /// Is told what the wall clock says; whether it is to be believed.
    pub(crate) async fn compare_clocks(&self, now_ms: u64) -> Result<bool, Error> {
        self.ask(move |store| store.compare_clocks(now_ms), false).await
    }

    /// Reads the tables, beside the writer, as they are after the last commit.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let _turn = self.shared.readers.turns.acquire().await.map_err(|_| Error::Closed)?;
        let readers = Arc::clone(&self.shared.readers);
        let read = tokio::task::spawn_blocking(move || readers.read(work)).await;
        let read = read.map_err(|error| Error::Failed(error.to_string()))?;
        read.ok_or(Error::Closed)?.map_err(|error| {
            if error::is_damage(&error) {
                let _ = self.shared.messages.send(Message::Damaged(error.to_string()));
            }
            Error::from(&error)
        })
    }

    /// Forgets the ids that are too old to come again.
    pub(crate) async fn expire_ids(&self) -> Result<(), Error> {
        for part in 0..seen::PARTS {
            self.write(move |file| seen::expire(file, part)).await?;
        }
        let expired = |store: &mut Store| {
            store.expired();
            Ok(())
        };
        self.ask(expired, false).await
    }

    /// How long events are kept, and whether a commit waits for the disk.
    pub(crate) fn settings(&self) -> JournalSettings {
        *lock(&self.shared.settings)
    }

    /// Changes that, from the next commit on.
    pub(crate) fn set_settings(&self, settings: JournalSettings) {
        *lock(&self.shared.settings) = settings;
        self.shared.power_safe.store(settings.power_safe, Ordering::Relaxed);
    }

    /// The targets that somebody hands events to.
    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        lock(&self.shared.held)
    }

    /// What was acknowledged and is not written down yet.
    pub(crate) fn minutes(&self) -> MutexGuard<'_, Minutes> {
        lock(&self.shared.minutes)
    }

    /// Has it written down with what comes next. Nobody waits for it.
    fn write_minutes(&self) {
        let minutes = mem::take(&mut *self.minutes());
        if let Ok(room) = Arc::clone(&self.shared.room).try_acquire_owned() {
            let (work, _) = Work::new(move |store: &mut Store| minutes.write(store.file()), false, room);
            let _ = self.send(work);
        }
    }

    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Store) -> rusqlite::Result<T> + Send + 'static,
        erases: bool,
    ) -> Result<T, Error> {
        let room = self.room(0).await?;
        let (work, answered) = Work::new(work, erases, room);
        self.send(work)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    fn send(&self, request: impl Request + 'static) -> Result<(), Error> {
        self.shared.send(request)
    }

    /// Waits until so many bytes may be under way.
    async fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Error> {
        let wanted = u32::try_from(bytes / 1024).unwrap_or(ROOM).saturating_add(1).min(ROOM);
        let room = Arc::clone(&self.shared.room);
        room.acquire_many_owned(wanted).await.map_err(|_| Error::Closed)
    }
}

impl Shared {
    fn send(&self, request: impl Request + 'static) -> Result<(), Error> {
        self.messages.send(Message::Do(Box::new(request))).map_err(|_| Error::Closed)
    }

    /// Works on the tables within the writer's transaction. Blocks until that is committed.
    pub(crate) fn write_now<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let room = loop {
            match Arc::clone(&self.room).try_acquire_owned() {
                Ok(room) => break room,
                Err(TryAcquireError::Closed) => return Err(Error::Closed),
                // All room is taken by events: they go first.
                Err(TryAcquireError::NoPermits) => thread::sleep(Duration::from_millis(10)),
            }
        };
        let (work, answered) = Work::new(move |store: &mut Store| work(store.file()), false, room);
        self.send(work)?;
        answered.blocking_recv().map_err(|_| Error::Closed)?
    }

    /// Reads the tables, whoever else reads. Blocks.
    pub(crate) fn read_now<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        self.readers.read(work).ok_or(Error::Closed)?.map_err(|error| Error::from(&error))
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("health", &*self.shared.health.borrow()).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
