use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, oneshot};

use super::{NotShown, Notification};

/// As many wait to be shown; beyond that the oldest goes.
const MOST: usize = 16;

/// The notifications that wait to be shown.
#[derive(Debug, Default)]
pub(super) struct Board {
    queue: Mutex<Queue>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    closed: bool,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) notification: Notification,
    /// Who wants to know what became of it; dropped where it is never shown.
    pub(super) answer: Option<oneshot::Sender<Result<(), NotShown>>>,
}

impl Board {
    /// Puts one at the end, in place of one of the same slot.
    pub(super) fn put(
        &self,
        notification: Notification,
        answer: Option<oneshot::Sender<Result<(), NotShown>>>,
    ) {
        let mut queue = self.lock();
        queue.waiting.retain(|other| other.notification.slot != notification.slot);
        queue.waiting.push_back(Waiting { notification, answer });
        if queue.waiting.len() > MOST {
            queue.waiting.pop_front();
        }
        drop(queue);
        self.changed.notify_one();
    }

    /// Ends it: what waits is not shown any more.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }

    /// The next one, as soon as there is one; `None` once it is closed.
    pub(super) async fn next(&self) -> Option<Waiting> {
        loop {
            {
                let mut queue = self.lock();
                if queue.closed {
                    return None;
                }
                if let Some(waiting) = queue.waiting.pop_front() {
                    return Some(waiting);
                }
            }
            self.changed.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
