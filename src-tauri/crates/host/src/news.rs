//! News of the machine that a connection must hear: it woke, the network is another, the proxies are.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;

/// A piece of news.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum News {
    /// The machine slept, or its clock was set: what was alive before may not be, and deadlines mean nothing.
    Woke,
    /// Interfaces, addresses or routes that lead somewhere are others than before.
    NetworkChanged,
    /// The system's proxy settings are others than before: see [`crate::proxies::read`].
    ProxiesChanged,
}

/// The news, until dropped.
#[derive(Debug)]
pub struct Watch {
    board: Arc<Board>,
}

/// Listens to the system from now on. It must be called within a runtime of tokio's. What the system cannot tell (no
/// bus, no netlink) is never news: the clock's jumps lie beneath.
pub fn watch() -> Watch {
    Watch { board: Arc::default() }
}

impl Watch {
    /// The next piece of news, in the order they came. News that nobody has heard yet is not told twice. Dropping the
    /// future loses none.
    pub async fn next(&mut self) -> News {
        loop {
            if let Some(news) = self.board.take() {
                return news;
            }
            self.board.posted.notified().await;
        }
    }
}

/// Where the sources put their news.
#[derive(Debug, Default)]
struct Board {
    unheard: Mutex<VecDeque<News>>,
    /// The sources notify; the one [`Watch`] waits.
    posted: Notify,
}

impl Board {
    fn post(&self, news: News) {
        let mut unheard = self.unheard.lock().unwrap_or_else(PoisonError::into_inner);
        if !unheard.contains(&news) {
            unheard.push_back(news);
        }
        drop(unheard);
        self.posted.notify_one();
    }

    fn take(&self) -> Option<News> {
        self.unheard.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}
