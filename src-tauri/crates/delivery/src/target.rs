use std::{sync::Arc, time::Duration};

use longwire_contract::AppId;
use longwire_journal::TargetKey;

use crate::{Filter, Printing, Program, Wanted, Webhook, agent::Agent};

/// Somebody who is handed events.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The number the journal knows it by.
    pub key: TargetKey,
    /// Its name.
    pub name: String,
    /// The app whose events it gets; of all where absent.
    pub app_id: Option<AppId>,
    /// Which events it gets.
    pub filter: Filter,
    /// Where they go.
    pub kind: Kind,
    /// How long it may take for one event.
    pub deadline: Duration,
    /// Whether it is held back.
    pub paused: bool,
}

/// The kinds of target.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A URL.
    Webhook(Webhook),
    /// A program.
    Command(Program),
    /// Standard output.
    Print(Arc<dyn Printing>),
    /// The agent, which answers messages by itself.
    Agent(Arc<Agent>),
}

impl Target {
    /// Whether it wants an event.
    pub fn wants(&self, event: Wanted<'_>) -> bool {
        self.app_id.as_ref().is_none_or(|app| app == event.app_id) && self.filter.wants(event)
    }
}

/// The same place: for printers and agents, the very same one.
impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Webhook(one), Self::Webhook(other)) => one == other,
            (Self::Command(one), Self::Command(other)) => one == other,
            (Self::Print(one), Self::Print(other)) => Arc::ptr_eq(one, other),
            (Self::Agent(one), Self::Agent(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}
