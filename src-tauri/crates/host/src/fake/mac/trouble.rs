use serde::{Deserialize, Serialize};

use super::Mac;

/// Something that goes wrong.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Trouble {
    /// When.
    pub at: At,
    /// What.
    pub what: What,
}

/// Which call it happens to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// The nth of all, from 1. A batch is one, and each command inside it is another.
    Call(usize),
    /// The nth of those that are to change something, from 1.
    Change(usize),
    /// Each that has this word among its arguments, or is of this tool.
    Each(String),
}

/// What goes wrong.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It prints an error and exits with 0; nothing is changed.
    Fails,
    /// It prints what nobody understands; nothing is changed.
    Garbles,
    /// It says what it always says; nothing is changed.
    Lies,
    /// It never ends; nothing is changed.
    Hangs,
    /// The service of this name is gone from now on.
    Vanishes(String),
    /// Its caller is killed; nothing is changed.
    KillsBefore,
    /// Its caller is killed once it is done.
    KillsAfter,
}

/// What happens to the last call that was noted.
pub(super) fn of_last_call(mac: &Mac) -> Option<What> {
    let call = mac.calls.last()?;
    let changes = mac.calls.iter().filter(|call| call.changes()).count();
    let hit = |at: &At| match at {
        At::Call(nth) => *nth == mac.calls.len(),
        At::Change(nth) => call.changes() && *nth == changes,
        At::Each(word) => call.tool == *word || call.args.contains(word),
    };
    mac.troubles.iter().find(|trouble| hit(&trouble.at)).map(|trouble| trouble.what.clone())
}
