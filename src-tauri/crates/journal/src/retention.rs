use longwire_contract::JournalSettings;

use crate::{Error, Journal};

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Size {
    /// How many events.
    pub events: u32,
    /// What the file takes on the disk, in bytes.
    pub bytes: u64,
    /// When the oldest event arrived, in milliseconds since the Unix epoch.
    pub oldest_ms: Option<u64>,
}

impl Journal {
    /// How much is kept.
    pub async fn size(&self) -> Result<Size, Error> {
        unimplemented!()
    }

    /// Changes how long events are kept, from the next commit on.
    pub async fn set(&self, settings: JournalSettings) -> Result<(), Error> {
        unimplemented!("{settings:?}")
    }

    /// Deletes what is too old or too much: events that no target waits for, keys of duplicates older than 24 hours,
    /// statistics older than 30 days; and gives the room back to the disk. How many events.
    pub async fn retain(&self, now_ms: u64) -> Result<u32, Error> {
        unimplemented!("{now_ms}")
    }
}
