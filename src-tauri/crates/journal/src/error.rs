use rusqlite::{ErrorCode, ffi};

/// Why the journal did not do what it was asked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    /// The disk is full. Nothing was changed; it may be asked again once there is room.
    #[error("the disk is full")]
    DiskFull,
    /// The file cannot be read or written: SQLite's words.
    #[error("{0}")]
    Failed(String),
    /// The journal was closed.
    #[error("the journal is closed")]
    Closed,
}

/// How keeping goes at the moment.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Health {
    /// Well.
    #[default]
    Well,
    /// The last event could not be kept for this reason.
    Failing(Error),
}

/// Why a journal cannot be opened at all, not even a new one.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// The file is of a newer Longwire, and left as it is.
    #[error("journal.db was written by a newer Longwire (version {found}, known up to {known})")]
    Newer {
        /// Its version.
        found: i64,
        /// The newest we know.
        known: i64,
    },
    /// It cannot be opened, and no new one begun.
    #[error("{0}")]
    Failed(String),
}

impl From<&rusqlite::Error> for Error {
    fn from(error: &rusqlite::Error) -> Self {
        if is_full(error) { Self::DiskFull } else { Self::Failed(error.to_string()) }
    }
}

/// Whether it says that no room is left on the disk.
fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
        || error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHMSIZE)
}

/// Whether it says that the file is not what was written. An index of texts that is not what it should be can be made anew, and
/// is no reason to begin another file.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        && error.sqlite_error().is_some_and(|error| error.extended_code != ffi::SQLITE_CORRUPT_VTAB)
}

/// An error that is not SQLite's.
pub(crate) fn other(cause: &str) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(cause.into())
}
