use std::{fmt, sync::Arc};

use longwire_dial::Dialer;
use longwire_journal::{Notebook, Record};
use tokio::sync::watch;

use super::{AgentState, Bots, Manner, Model};
use crate::webhook::Sent;

/// Who answers messages with what a model says.
#[expect(dead_code, reason = "its roads come with the answering")]
pub struct Agent {
    model: Model,
    manner: Manner,
    bots: Arc<dyn Bots>,
    notebook: Notebook,
    dialer: Arc<Dialer>,
    state: watch::Sender<AgentState>,
}

impl Agent {
    /// One that answers in this manner. `dialer` builds the road to the model's server; those to the platform are the bots'.
    pub fn new(
        model: Model,
        manner: Manner,
        bots: Arc<dyn Bots>,
        notebook: Notebook,
        dialer: Arc<Dialer>,
    ) -> Self {
        Self { model, manner, bots, notebook, dialer, state: watch::Sender::new(AgentState::default()) }
    }

    /// How it stands.
    pub fn state(&self) -> watch::Receiver<AgentState> {
        self.state.subscribe()
    }

    /// Where its model is: `https://dashscope.aliyuncs.com/compatible-mode/v1`.
    pub fn address(&self) -> String {
        format!("{}{}", self.model.origin, self.model.path)
    }

    /// Answers the message that an event brings, where it is one to be answered. Nothing where it was stopped before.
    pub(crate) async fn answer(
        &self,
        _record: &Record,
        stop: impl Future<Output = ()> + Send,
    ) -> Option<Sent> {
        stop.await;
        None
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent")
            .field("model", &self.model)
            .field("manner", &self.manner)
            .finish_non_exhaustive()
    }
}
