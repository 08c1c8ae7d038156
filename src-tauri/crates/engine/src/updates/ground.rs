use std::sync::Arc;

use longwire_contract::{Fault, Snapshot};
use longwire_dial::{Dialer, route::Choice};
use tokio::sync::watch;

use crate::{Options, settings::SettingsFile, surroundings::Roads};

/// What updates stand on: the engine whose connections they must not come in between of, and the roads there are.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) snapshots: watch::Receiver<Arc<Snapshot>>,
    pub(crate) ways: Ways,
}

/// Where roads come from.
#[derive(Clone)]
pub(crate) enum Ways {
    /// Those of the engine of this process.
    Engine(Roads),
    /// The engine is in another process: the same settings, read here.
    Settings(Box<Options>),
}

impl Ground {
    /// What builds the roads, as things are now.
    ///
    /// # Errors
    /// The settings cannot be read.
    pub(super) async fn dialer(&self) -> Result<Dialer, Fault> {
        match &self.ways {
            Ways::Engine(roads) => Ok(roads.dialer(Choice::Auto)),
            Ways::Settings(options) => {
                let (settings, _) = SettingsFile::in_folder(&options.data_dir).read()?;
                Ok(Roads::of(options, &settings).await.dialer(Choice::Auto))
            }
        }
    }
}

impl Ways {
    /// Those of an engine in another process, as this one was opened.
    pub(crate) fn of(options: &Options) -> Self {
        // Not the updates themselves, which hold these.
        Self::Settings(Box::new(Options { updates: None, ..options.clone() }))
    }
}
