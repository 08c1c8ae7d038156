use std::{collections::BTreeSet, sync::Weak, time::Duration};

use longwire_delivery::TargetState;
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        watch,
    },
    time::sleep,
};

use crate::{Engine, engine::Inner};

/// How often views hear that something became of events.
const PACE: Duration = Duration::from_millis(200);
/// The most rows they hear of at a time: more than a window shows.
const ROWS: usize = 100;

/// Shows how the targets stand, as it changes.
pub(crate) async fn follow(engine: Weak<Inner>, mut states: watch::Receiver<Vec<TargetState>>) {
    loop {
        states.mark_unchanged();
        let Some(inner) = engine.upgrade() else { return };
        let again = Engine { inner }.show_targets().map(Duration::from_millis);
        let changed = async {
            match again {
                // What lasts is said although nothing changes.
                Some(again) => tokio::select! {
                    changed = states.changed() => changed.is_ok(),
                    () = sleep(again) => true,
                },
                None => states.changed().await.is_ok(),
            }
        };
        if !changed.await {
            return;
        }
    }
}

/// Has the views that list events hear of those of which something became.
pub(crate) async fn show_settled(engine: Weak<Inner>, mut settled: Receiver<u32>) {
    let mut seqs = BTreeSet::new();
    loop {
        match settled.recv().await {
            Ok(seq) => _ = seqs.insert(seq),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
        sleep(PACE).await;
        loop {
            match settled.try_recv() {
                Ok(seq) => _ = seqs.insert(seq),
                Err(tokio::sync::broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => break,
            }
        }
        let Some(inner) = engine.upgrade() else { return };
        let engine = Engine { inner };
        let shared = engine.inner.surroundings.shared.clone();
        // Of many the newest, which are those that are looked at.
        let newest: Vec<u32> = std::mem::take(&mut seqs).into_iter().rev().take(ROWS).collect();
        if shared.lists_events() {
            shared.show(engine.views(newest).await);
        }
    }
}
