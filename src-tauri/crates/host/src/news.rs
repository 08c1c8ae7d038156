//! News of the machine that a connection must hear: it woke, the network is another, the proxies are.

#[cfg(any(not(target_os = "linux"), test))]
mod jump;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod settling;
mod waking;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
use tokio::sync::Notify;

#[cfg(target_os = "linux")]
use crate::proxies::Desktop;

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

/// The news, until dropped: then every task, thread and descriptor behind it ends.
#[derive(Debug)]
pub struct Watch {
    board: Arc<Board>,
    _sources: system::Sources,
}

/// Listens to the system from now on. It must be called within a runtime of tokio's. What the system cannot tell (no
/// bus, no netlink, no desktop) is never news; that the clock has jumped is noticed everywhere.
pub fn watch() -> Watch {
    let board = Arc::default();
    Watch { _sources: system::Sources::of_this_process(&board), board }
}

/// The same, with another system bus (its address; `None` is the system's own) and another desktop.
#[cfg(target_os = "linux")]
pub fn watch_in(system_bus: Option<String>, desktop: Desktop) -> Watch {
    let board = Arc::default();
    Watch { _sources: system::Sources::new(&board, system_bus, desktop), board }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_that_nobody_has_heard_yet_is_told_once_and_in_order() {
        let board = Board::default();
        for news in [News::NetworkChanged, News::Woke, News::NetworkChanged, News::Woke] {
            board.post(news);
        }
        assert_eq!(
            [board.take(), board.take(), board.take()],
            [Some(News::NetworkChanged), Some(News::Woke), None]
        );
        board.post(News::Woke);
        assert_eq!(board.take(), Some(News::Woke), "what is heard can be told again");
    }
    #[test]
    fn a_watch_can_go_to_another_thread() {
        fn can_go<T: Send + 'static>() {}
        can_go::<Watch>();
    }
}
