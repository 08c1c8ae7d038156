use tokio::{sync::watch, time::Instant};
use tracing::{info, warn};

use crate::State;

/// Where the state is shown: to whom it may concern, and in the log, one line a change.
pub(crate) struct Board {
    states: watch::Sender<State>,
}

impl Board {
    pub(crate) fn new(states: watch::Sender<State>) -> Self {
        Self { states }
    }

    pub(crate) fn show(&self, state: State) {
        match &state {
            State::Connecting { attempt, .. } => {
                // The steps of a try are no change of state.
                if !matches!(*self.states.borrow(), State::Connecting { .. }) {
                    match attempt {
                        0 => info!("connecting"),
                        failed => info!("connecting again, after {failed} failed"),
                    }
                }
            }
            State::Connected { session, .. } => info!("connected to {}/…", session.host),
            State::Waiting { error, attempt, retry_at, .. } => {
                let seconds = retry_at.duration_since(Instant::now()).as_secs_f64();
                let stage = error.stage();
                if matches!(*self.states.borrow(), State::Connected { .. }) {
                    warn!(%stage, "disconnected: {error}; connecting again in {seconds:.1} s");
                } else {
                    warn!(%stage, attempt, "not connected: {error}; next try in {seconds:.1} s");
                }
            }
            State::Refused { error, .. } => {
                warn!(stage = %error.stage(), "refused: {error}; not tried again until asked");
            }
            State::Closed => info!("closed"),
        }
        self.states.send_replace(state);
    }
}
