//! Linux: everything is told by the kernel or by a bus, so that nothing here runs while nothing happens.

mod clock;
mod logind;
mod network;
mod picture;
mod settings;
mod waking;

use std::{sync::Arc, time::Duration};

use tokio::{task::JoinSet, time::Instant};

use self::waking::Waking;
use super::Board;
use crate::proxies::Desktop;

/// What belongs to one change comes within this of each other …
const QUIET: Duration = Duration::from_millis(300);
/// … and what goes on for longer is told in between.
const LONGEST: Duration = Duration::from_secs(2);

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
        let waking = Arc::new(Waking::new(board));
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

/// The time that one change takes to come in all its parts.
struct Settling {
    quiet: Instant,
    latest: Instant,
}

impl Settling {
    fn begin() -> Self {
        let now = Instant::now();
        Self { quiet: now + QUIET, latest: now + LONGEST }
    }

    /// Another part has come.
    fn go_on(&mut self) {
        self.quiet = Instant::now() + QUIET;
    }

    fn end(&self) -> Instant {
        self.quiet.min(self.latest)
    }
}
