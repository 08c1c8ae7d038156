use std::path::PathBuf;

use longwire_contract::JournalSettings;

use crate::Journal;

/// How to open a journal.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder it is in; there has to be one.
    pub folder: PathBuf,
    /// How long events are kept, and whether a commit waits for the disk.
    pub settings: JournalSettings,
}

/// A journal that was opened.
#[derive(Debug)]
pub struct Opened {
    /// It.
    pub journal: Journal,
    /// The file that was there before, where it was damaged and a new one had to be begun.
    pub set_aside: Option<PathBuf>,
}
