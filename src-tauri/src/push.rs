//! What the engine says unasked, brought to the tray and the window.

use std::{sync::Arc, time::Duration};

use longwire_contract::{EventView, EventsAfter, Handler, Push, Snapshot};
use longwire_engine::Engine;
use tauri::{AppHandle, Emitter, Manager, async_runtime};
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        watch,
    },
    time::sleep,
};

use crate::{menu::View, tray, window};

/// The window's name for what is pushed to it.
const EVENT: &str = "push";
/// A view is told of changes at most this often; what happens in between is told as one.
const PACE: Duration = Duration::from_millis(100);

/// Follows the engine until it closes.
pub(crate) fn follow(app: &AppHandle, engine: &Engine) {
    async_runtime::spawn(follow_state(app.clone(), engine.snapshots()));
    async_runtime::spawn(follow_events(app.clone(), engine.clone(), engine.arrivals()));
}

async fn follow_state(app: AppHandle, mut snapshots: watch::Receiver<Arc<Snapshot>>) {
    loop {
        let snapshot = Arc::clone(&snapshots.borrow_and_update());
        push(&app, || Push::Snapshot((*snapshot).clone()));
        tray::show(&app, View::of(&snapshot));
        sleep(PACE).await;
        if snapshots.changed().await.is_err() {
            return;
        }
    }
}

async fn follow_events(app: AppHandle, engine: Engine, mut batches: Receiver<Arc<Vec<EventView>>>) {
    let mut last = 0;
    loop {
        let events = match batches.recv().await {
            Ok(batch) => {
                let mut events = (*batch).clone();
                while let Ok(batch) = batches.try_recv() {
                    events.extend_from_slice(&batch);
                }
                events
            }
            // More came than the channel holds; the engine's own list has them.
            Err(RecvError::Lagged(_)) => engine.events(EventsAfter { after: last }).await.unwrap_or_default(),
            Err(RecvError::Closed) => return,
        };
        if let Some(event) = events.last() {
            last = event.seq;
            push(&app, || Push::Events(events));
        }
        sleep(PACE).await;
    }
}

fn push(app: &AppHandle, what: impl FnOnce() -> Push) {
    if app.get_webview_window(window::LABEL).is_some()
        && let Err(error) = app.emit_to(window::LABEL, EVENT, what())
    {
        tracing::error!(%error, "the window cannot be told");
    }
}
