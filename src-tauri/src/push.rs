//! What the engine says unasked, brought to the tray and the window.

use std::{future::Future, sync::Arc, time::Duration};

use longwire_contract::{EventView, LogLine, Push, Snapshot};
use longwire_engine::{Backend, Clicked};
use tauri::{AppHandle, Emitter, Manager};
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        watch,
    },
    task::JoinSet,
    time::sleep,
};

use crate::{
    menu::View,
    settled::{self, Asked},
    theme, tray,
    window::{self, Page, Presence},
};

/// The window's name for what is pushed to it.
const EVENT: &str = "push";
/// A view is told of changes at most this often; what happens in between is told as one.
const PACE: Duration = Duration::from_millis(100);

/// Follows the engine for as long as what is given back is not dropped.
pub(crate) fn follow(app: &AppHandle, engine: &Backend) -> JoinSet<()> {
    let mut following = JoinSet::new();
    following.spawn(follow_state(app.clone(), engine.snapshots()));
    following.spawn(follow_tray(app.clone(), engine.snapshots()));
    following.spawn(follow_clicks(app.clone(), engine.clicks()));
    let window = app.state::<Presence>().follow();
    let (app, engine) = (app.clone(), engine.clone());
    let (to, source) = (app.clone(), engine.clone());
    following.spawn(while_open(window.clone(), move || follow_events(to.clone(), source.arrivals())));
    following.spawn(while_open(window, move || follow_log(app.clone(), engine.log_lines())));
    following
}

/// Does what `follow` begins while there is a window, until that ends by itself. The engine makes no rows of events
/// where nobody listens; a window that opens asks for the list first.
async fn while_open<F: Future<Output = ()>>(mut window: watch::Receiver<bool>, follow: impl Fn() -> F) {
    while window.wait_for(|open| *open).await.is_ok() {
        tokio::select! {
            () = follow() => return,
            closed = window.wait_for(|open| !*open) => if closed.is_err() { return },
        }
    }
}

async fn follow_state(app: AppHandle, mut snapshots: watch::Receiver<Arc<Snapshot>>) {
    loop {
        let snapshot = Arc::clone(&snapshots.borrow_and_update());
        push(&app, || Push::Snapshot(Box::new(Snapshot::clone(&snapshot))));
        theme::choose(&app, snapshot.theme);
        sleep(PACE).await;
        if snapshots.changed().await.is_err() {
            return;
        }
    }
}

async fn follow_tray(app: AppHandle, snapshots: watch::Receiver<Arc<Snapshot>>) {
    let asked = app.state::<Asked>();
    settled::follow(snapshots, &asked, |snapshot| tray::show(&app, View::of(snapshot))).await;
}

async fn follow_events(app: AppHandle, mut batches: Receiver<Arc<Vec<EventView>>>) {
    loop {
        match batches.recv().await {
            Ok(batch) => {
                let mut events = (*batch).clone();
                while let Ok(batch) = batches.try_recv() {
                    events.extend_from_slice(&batch);
                }
                push(&app, || Push::Events(events));
            }
            // More came than the channel holds: the window finds the gap, and reads its page again.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
        sleep(PACE).await;
    }
}

async fn follow_log(app: AppHandle, mut batches: Receiver<Arc<Vec<LogLine>>>) {
    loop {
        match batches.recv().await {
            Ok(batch) => {
                if app.get_webview_window(window::LABEL).is_some() {
                    // A line about a line that cannot be told would be the next one.
                    app.emit_to(window::LABEL, EVENT, Push::Log((*batch).clone())).ok();
                }
            }
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
        sleep(PACE).await;
    }
}

/// Shows what a clicked notification is about.
async fn follow_clicks(app: AppHandle, mut clicks: Receiver<Clicked>) {
    loop {
        let page = match clicks.recv().await {
            Ok(Clicked::Event(seq)) => Some(Page::Event(seq)),
            Ok(Clicked::App(id)) => Some(Page::App(id)),
            Ok(Clicked::Window) => None,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        let handle = app.clone();
        // Windows are the main thread's.
        if let Err(error) = app.run_on_main_thread(move || window::show(&handle, page)) {
            tracing::error!(%error, "what was clicked cannot be shown");
        }
    }
}

fn push(app: &AppHandle, what: impl FnOnce() -> Push) {
    if app.get_webview_window(window::LABEL).is_some()
        && let Err(error) = app.emit_to(window::LABEL, EVENT, what())
    {
        tracing::error!(%error, "the window cannot be told");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::broadcast;

    #[tokio::test]
    async fn events_are_listened_to_only_while_there_is_a_window() {
        let window = watch::Sender::new(false);
        let events = broadcast::Sender::<u8>::new(4);
        let source = events.clone();
        let mut following = std::pin::pin!(while_open(window.subscribe(), move || {
            let mut heard = source.subscribe();
            async move { while heard.recv().await.is_ok() {} }
        }));
        for open in [false, true, false, true] {
            window.send_replace(open);
            let settled = tokio::time::timeout(Duration::ZERO, following.as_mut()).await;
            assert!(settled.is_err(), "it follows for as long as the engine lives");
            assert_eq!(events.receiver_count(), usize::from(open));
        }
    }
}
