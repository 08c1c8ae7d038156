use std::time::Duration;

use longwire_contract::{AppId, Phase, Stats, StatsQuery};

use crate::{Error, Journal};

impl Journal {
    /// Counts an acknowledgement: how long it took, and whether the event was kept. Returns at once; it is written down with
    /// the minute.
    pub fn acknowledged(&self, app: &AppId, at_ms: u64, took: Duration, kept: bool) {
        unimplemented!("{app} {at_ms} {took:?} {kept}")
    }

    /// Writes down an app's state from this moment on; `None` where it is held no more.
    pub async fn phase(&self, app: AppId, at_ms: u64, phase: Option<Phase>) -> Result<(), Error> {
        unimplemented!("{app} {at_ms} {phase:?}")
    }

    /// Writes down that Longwire still runs: after a crash, the states end at the last such moment.
    pub async fn alive(&self, at_ms: u64) -> Result<(), Error> {
        unimplemented!("{at_ms}")
    }

    /// What happened in the time before `now_ms`.
    pub async fn stats(&self, query: StatsQuery, now_ms: u64) -> Result<Stats, Error> {
        unimplemented!("{query:?} {now_ms}")
    }
}
