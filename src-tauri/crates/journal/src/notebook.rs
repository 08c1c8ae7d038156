//! What the agent has answered and what it remembers, in a small file of its own beside the journal.

mod book;
mod file;
#[cfg(test)]
mod tests;

use std::{
    fmt, io,
    path::Path,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use longwire_contract::{AgentDay, AppId};
use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};

use crate::{Error, OpenError, TargetKey};

/// How much is asked of the thread at once; the rest waits.
const AT_ONCE: usize = 64;

/// The agent's notebook. Cheap to clone; every clone is the same. What it has written down outlives a kill.
#[derive(Clone)]
pub struct Notebook {
    shared: Arc<Shared>,
}

struct Shared {
    works: mpsc::Sender<Work>,
    room: Semaphore,
    thread: Mutex<Option<JoinHandle<()>>>,
}

type Work = Option<Box<dyn FnOnce(&mut Connection) + Send>>;

/// A message that was received.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MessageKey {
    /// By this app.
    pub app: AppId,
    /// Under this id.
    pub message: String,
}

/// A message that is to be answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Asked {
    /// Which.
    pub key: MessageKey,
    /// Where it was written.
    pub chat: String,
    /// Who wrote it.
    pub person: String,
    /// The local day: `2026-11-23`.
    pub day: String,
    /// Now, in milliseconds since the Unix epoch.
    pub now_ms: u64,
    /// How many answers a person gets on a day.
    pub per_person: u32,
    /// How many answers there are on a day.
    pub per_day: u32,
    /// How many questions and answers are remembered.
    pub memory: u32,
}

/// How it stands with a message that is to be answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Begun {
    /// It was answered before: nothing is left to say.
    Done,
    /// There are no more answers today. The person is told so once a day.
    Enough {
        /// Whether that is to be done now, in reply to this message.
        tell: bool,
        /// Whether it was begun before.
        again: bool,
        /// The messages in which something was said to it before.
        replies: Vec<String>,
    },
    /// It is to be answered, and counts as one of the day from now on.
    Go {
        /// Whether it was begun before: the process ended in the middle, or it failed.
        again: bool,
        /// The messages in which an answer was begun before, in their order.
        replies: Vec<String>,
        /// What was said before in the chat, the oldest first.
        memory: Vec<Pair>,
    },
}

/// What a chat is told once in a while.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Excuse {
    /// That there is no answer just now.
    Unable,
    /// That only text is read.
    OnlyText,
}

/// A question and its answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pair {
    /// What somebody asked.
    pub question: String,
    /// What the model said.
    pub answer: String,
}

/// What an answer took, as the server counts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tokens {
    /// Tokens of what was asked.
    pub prompt: u64,
    /// Tokens of the answer.
    pub answer: u64,
}

impl Notebook {
    /// Opens the notebook, or begins one; one that is damaged is set aside. Blocks.
    ///
    /// # Errors
    /// Not even a new one can be begun, or the one that is there is a newer Longwire's.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let mut file = file::open(path)?;
        let (works, asked) = mpsc::channel::<Work>();
        let run = move || {
            while let Ok(Some(work)) = asked.recv() {
                work(&mut file);
            }
        };
        let failed = |error: io::Error| OpenError::Failed(error.to_string());
        let thread = thread::Builder::new().name("notebook".to_owned()).spawn(run).map_err(failed)?;
        let shared = Shared { works, room: Semaphore::new(AT_ONCE), thread: Mutex::new(Some(thread)) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Removes the file of one that is closed, with those beside it, and one that was set aside. Blocks.
    ///
    /// # Errors
    /// Why something is still there; what could be removed is gone.
    pub fn remove(path: &Path) -> io::Result<()> {
        file::remove(path)
    }

    /// What the agent is among the journal's targets, and what it is called there, where that was written down.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn target(&self) -> Result<Option<(TargetKey, String)>, Error> {
        self.write(book::target).await
    }

    /// Writes down what the agent is among the journal's targets, or that it is none.
    ///
    /// # Errors
    /// [`Error`]: it is not written down.
    pub async fn set_target(&self, target: Option<(TargetKey, String)>) -> Result<(), Error> {
        self.write(move |file| book::set_target(file, target.as_ref())).await
    }

    /// Takes up a message that is to be answered.
    ///
    /// # Errors
    /// [`Error`]: nothing was changed.
    pub async fn begin(&self, asked: Asked) -> Result<Begun, Error> {
        self.write(move |file| book::begin(file, &asked)).await
    }

    /// The messages in which something was said to a message before; nothing where nothing is left to say.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn replies(&self, key: MessageKey) -> Result<Option<Vec<String>>, Error> {
        self.write(move |file| book::standing(file, &key)).await
    }

    /// Writes down that a part of the answer is in this message.
    ///
    /// # Errors
    /// [`Error`]: it is not written down.
    pub async fn replied(&self, key: MessageKey, part: u32, reply: String, now_ms: u64) -> Result<(), Error> {
        self.write(move |file| book::replied(file, &key, part, &reply, now_ms)).await
    }

    /// Writes down that it was answered: it counts, and is remembered in its chat.
    ///
    /// # Errors
    /// [`Error`]: it is not written down.
    pub async fn answered(&self, asked: Asked, pair: Pair, tokens: Tokens) -> Result<(), Error> {
        self.write(move |file| book::answered(file, &asked, &pair, tokens)).await
    }

    /// Writes down that it could not be answered, and what that took. It counts as one of the person's answers only where it
    /// `counts`.
    ///
    /// # Errors
    /// [`Error`]: it is not written down.
    pub async fn failed(
        &self,
        key: MessageKey,
        day: String,
        counts: bool,
        tokens: Tokens,
    ) -> Result<(), Error> {
        self.write(move |file| book::failed(file, &key, &day, counts, tokens)).await
    }

    /// Writes down that nobody was told in reply to this message that there are no more answers today.
    ///
    /// # Errors
    /// [`Error`]: it is not written down.
    pub async fn untold(&self, key: MessageKey) -> Result<(), Error> {
        self.write(move |file| book::untold(file, &key)).await
    }

    /// Writes down what was spent on a day without an answer.
    ///
    /// # Errors
    /// [`Error`]: it is not written down.
    pub async fn spent(&self, day: String, tokens: Tokens) -> Result<(), Error> {
        self.write(move |file| book::spent(file, &day, tokens)).await
    }

    /// Writes down that nothing is left to say to a message, which no model has answered.
    ///
    /// # Errors
    /// [`Error`]: it is not written down.
    pub async fn settled(&self, key: MessageKey, now_ms: u64) -> Result<(), Error> {
        self.write(move |file| book::settled(file, &key, now_ms)).await
    }

    /// Whether a chat may be told this: it was not told within this time. From now on it was.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn excuse(
        &self,
        app: AppId,
        chat: String,
        what: Excuse,
        now_ms: u64,
        pause_ms: u64,
    ) -> Result<bool, Error> {
        self.write(move |file| book::excuse(file, &app, &chat, what, now_ms, pause_ms)).await
    }

    /// Whether a chat was told this within this time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn excused(
        &self,
        app: AppId,
        chat: String,
        what: Excuse,
        now_ms: u64,
        pause_ms: u64,
    ) -> Result<bool, Error> {
        self.write(move |file| book::excused(file, &app, &chat, what, now_ms, pause_ms)).await
    }

    /// Forgets what was said in a chat.
    ///
    /// # Errors
    /// [`Error`]: nothing is forgotten.
    pub async fn forget_chat(&self, app: AppId, chat: String) -> Result<(), Error> {
        self.write(move |file| book::forget_chat(file, &app, &chat)).await?;
        self.work(|file| file::wipe(file)).await
    }

    /// Forgets what was said in all chats. What was answered, and how much, stays written down.
    ///
    /// # Errors
    /// [`Error`]: nothing is forgotten.
    pub async fn forget(&self) -> Result<(), Error> {
        self.write(|file| file.execute("DELETE FROM pairs", ()).map(drop)).await?;
        self.work(|file| file::wipe(file)).await
    }

    /// What was done on the days from this one on (`2026-11-23`), the oldest first; days without anything are left out.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn days(&self, from: String) -> Result<Vec<AgentDay>, Error> {
        self.write(move |file| book::days(file, &from)).await
    }

    /// Writes what is left, closes the file and ends the thread. Blocks.
    pub fn close(self) {
        self.shared.room.close();
        let _ = self.shared.works.send(None);
        let thread = self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the notebook's thread panicked");
        }
    }

    /// Works on the tables, all of it or nothing.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.work(|file| {
            let transaction = file.transaction()?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let _turn = self.shared.room.acquire().await.map_err(|_| Error::Closed)?;
        let (reply, answer) = oneshot::channel();
        let work = Box::new(move |file: &mut Connection| {
            // Who asked may have gone: what was begun is done all the same.
            let _ = reply.send(work(file).map_err(|error| Error::from(&error)));
        });
        self.shared.works.send(Some(work)).map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)?
    }
}

impl fmt::Debug for Notebook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notebook").finish_non_exhaustive()
    }
}
