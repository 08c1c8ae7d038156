use std::{sync::Arc, time::Duration};

use longwire_contract::AppId;
use longwire_journal::TargetKey;

use crate::{Filter, Printing, Program, Webhook};

/// Somebody who is handed events.
#[derive(Clone, Debug)]
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
}
