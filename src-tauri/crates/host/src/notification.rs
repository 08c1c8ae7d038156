//! Notifications on the desktop.
//!
//! Whoever has something to tell is never kept waiting: a thread of its own shows one notification after the other, each
//! within a deadline, and gives up on a service that hangs.

mod board;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod text;

use std::{future::Future, io, sync::Arc, thread, time::Duration};

use tokio::{
    runtime,
    sync::{broadcast, oneshot, watch},
    time::timeout,
};

use self::board::Board;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;

/// How long the desktop's service may take over one notification.
const DEADLINE: Duration = Duration::from_secs(3);
/// As many clicks are kept for who listens slowly.
const CLICKS: usize = 16;

/// Whose notifications they are, as the desktop is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// The app's name, for people.
    pub name: String,
    /// Its icon: a name in the icon theme, or a path. Linux.
    pub icon: String,
    /// Its desktop entry, without `.desktop`: desktops keep the user's choices by it. Linux.
    pub desktop_entry: String,
    /// Its bundle's identifier. macOS.
    pub bundle: String,
}

/// What is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notification {
    /// Its place: it stands in for an earlier one of the same place. A click on it gives this name back.
    pub slot: String,
    /// The line that is read first. Plain text; what is too long is cut.
    pub title: String,
    /// What is to be said more. Plain text, whatever is in it; what is too long is cut.
    pub body: String,
    /// What the button that opens it is called, where the desktop shows one.
    pub open: String,
}

/// Why a notification was not shown.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotShown {
    /// The service did not answer in time.
    #[error("the notification service did not answer within {} s", DEADLINE.as_secs())]
    NoAnswer,
    /// The service holds on to an earlier one, and no more are given to it meanwhile.
    #[error("the notification service still hangs over an earlier notification")]
    Stuck,
    /// There is no service, or it did not take it.
    #[error("{0}")]
    Refused(String),
    /// It had not been shown yet when others took its place.
    #[error("other notifications took its place before it was shown")]
    Overtaken,
}

/// The desktop's notifications, as long as one of its clones lives.
#[derive(Clone, Debug)]
pub struct Desktop(Arc<Open>);

#[derive(Debug)]
struct Open {
    board: Arc<Board>,
    trouble: watch::Sender<Option<NotShown>>,
    clicks: broadcast::Sender<String>,
}

impl Desktop {
    /// Begins, without a word to the desktop before there is something to tell.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub fn start(identity: Identity) -> io::Result<Self> {
        Self::with(|clicks| system::Service::new(identity, clicks))
    }

    pub(crate) fn with<S: Service + Send + 'static>(
        service: impl FnOnce(broadcast::Sender<String>) -> S,
    ) -> io::Result<Self> {
        let (board, trouble) = (Arc::<Board>::default(), watch::Sender::new(None));
        let clicks = broadcast::Sender::new(CLICKS);
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let mut service = service(clicks.clone());
        let (queue, told) = (board.clone(), trouble.clone());
        thread::Builder::new()
            .name("notifications".to_owned())
            .spawn(move || runtime.block_on(show_all(&queue, &mut service, &told)))?;
        Ok(Self(Arc::new(Open { board, trouble, clicks })))
    }

    /// Shows a notification soon. It returns at once, whatever becomes of it: see [`Desktop::trouble`].
    pub fn show(&self, notification: Notification) {
        self.0.board.put(notification, None);
    }

    /// Shows a notification, and waits until it is shown.
    ///
    /// # Errors
    /// [`NotShown`], saying why it is not.
    pub async fn try_show(&self, notification: Notification) -> Result<(), NotShown> {
        let (answer, shown) = oneshot::channel();
        self.0.board.put(notification, Some(answer));
        shown.await.unwrap_or(Err(NotShown::Overtaken))
    }

    /// Why the last notification was not shown; `None` once one is.
    pub fn trouble(&self) -> watch::Receiver<Option<NotShown>> {
        self.0.trouble.subscribe()
    }

    /// The places of the notifications that are clicked from now on.
    pub fn clicks(&self) -> broadcast::Receiver<String> {
        self.0.clicks.subscribe()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.board.close();
    }
}

/// What shows notifications: the desktop's service, or a fake.
pub(crate) trait Service {
    /// Shows one. It may be dropped before it ends.
    fn show(&mut self, notification: &Notification) -> impl Future<Output = Result<(), NotShown>>;
}

async fn show_all(board: &Board, service: &mut impl Service, trouble: &watch::Sender<Option<NotShown>>) {
    while let Some(waiting) = board.next().await {
        let notification = text::made_safe(waiting.notification);
        let shown = timeout(DEADLINE, service.show(&notification)).await.unwrap_or(Err(NotShown::NoAnswer));
        let now = shown.clone().err();
        trouble.send_if_modified(|before| {
            let changed = *before != now;
            *before = now;
            changed
        });
        if let Some(answer) = waiting.answer {
            // Who asked may have gone.
            answer.send(shown).ok();
        }
    }
}

#[cfg(test)]
mod tests;
