use std::{
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{broadcast, watch};

use crate::notification::{Desktop, NotShown, Notification, Service};

/// A desktop that remembers what it was told, and hangs or fails when it is asked to.
#[derive(Clone, Debug, Default)]
pub struct Notifications(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    shown: Vec<Notification>,
    failure: Option<NotShown>,
    hangs: watch::Sender<bool>,
    clicks: Option<broadcast::Sender<String>>,
    /// Whether a service is at work.
    works: watch::Sender<bool>,
}

struct FakeService {
    state: Notifications,
    _at_work: AtWork,
}

struct AtWork(watch::Sender<bool>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.send_replace(false);
    }
}

impl Notifications {
    /// The desktop, to be told things.
    ///
    /// # Panics
    /// Where no thread can be started.
    #[allow(clippy::expect_used)]
    pub fn desktop(&self) -> Desktop {
        let state = self.clone();
        let service = |clicks| {
            let works = state.lock().works.clone();
            works.send_replace(true);
            state.lock().clicks = Some(clicks);
            FakeService { state, _at_work: AtWork(works) }
        };
        Desktop::with(service).expect("a thread")
    }

    /// What was shown, in order; what replaced an earlier one stands beside it.
    pub fn shown(&self) -> Vec<Notification> {
        self.lock().shown.clone()
    }

    /// Has it never answer, or answer again.
    pub fn hang(&self, hangs: bool) {
        self.lock().hangs.send_replace(hangs);
    }

    /// Has it refuse everything like this; `None` mends it.
    pub fn fail(&self, failure: Option<NotShown>) {
        self.lock().failure = failure;
    }

    /// Clicks the notification of a place.
    pub fn click(&self, slot: &str) {
        if let Some(clicks) = &self.lock().clicks {
            clicks.send(slot.to_owned()).ok();
        }
    }

    /// Waits until nobody can tell it anything any more.
    pub async fn ended(&self) {
        let mut works = self.lock().works.subscribe();
        // An error says that the state itself is gone.
        works.wait_for(|works| !works).await.ok();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service for FakeService {
    async fn show(&mut self, notification: &Notification) -> Result<(), NotShown> {
        let mut hangs = self.state.lock().hangs.subscribe();
        if hangs.wait_for(|hangs| !hangs).await.is_err() {
            pending::<()>().await;
        }
        let mut state = self.state.lock();
        match &state.failure {
            Some(failure) => Err(failure.clone()),
            None => {
                state.shown.push(notification.clone());
                Ok(())
            }
        }
    }
}
