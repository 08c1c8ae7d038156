//! Linux: everything is told by the kernel or by a bus, so that nothing here runs while nothing happens.

mod clock;
mod fact;
mod logind;
mod network;
mod picture;
mod settings;

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::{Board, waking::Waking};
use crate::proxies::Desktop;

/// The kernel and logind tell of the same waking this far apart at most.
const SAME: Duration = Duration::from_secs(5);

/// The tasks that listen; all end when this is dropped.
#[derive(Debug)]
pub(super) struct Sources {
    _tasks: JoinSet<()>,
}

impl Sources {
    pub(super) fn of_this_process(board: &Arc<Board>) -> Self {
        Self::new(board, None, Desktop::of_this_process())
    }

    pub(super) fn new(board: &Arc<Board>, system_bus: Option<String>, desktop: Desktop) -> Self {
        let mut tasks = JoinSet::new();
        let waking = Arc::new(Waking::new(board, SAME));
        // Those that can begin to listen at once do so here, that nothing is lost between now and the task's turn.
        if let Ok(clock) = clock::Clock::new() {
            tasks.spawn(clock.follow(waking.clone()));
        }
        if let Ok(network) = network::Network::new(&mut tasks) {
            tasks.spawn(network.follow(board.clone()));
        }
        if let Some(settings) = settings::Settings::new(desktop) {
            tasks.spawn(settings.follow(board.clone()));
        }
        tasks.spawn(async move {
            // Without a bus, or without logind on it, the clock tells.
            logind::follow(system_bus, waking).await.ok();
        });
        Self { _tasks: tasks }
    }
}
