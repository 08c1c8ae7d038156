//! The file on the disk.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{OpenError, file};

/// What leads from each version to the next, beginning at none. The last one is what this program writes.
const STEPS: [&str; 3] = [
    include_str!("../../schema/agent.sql"),
    include_str!("../../schema/agent.2.sql"),
    include_str!("../../schema/agent.3.sql"),
];
const VERSION: i64 = 3;
/// `LWAG`, in the file's header: that it is a notebook.
const APPLICATION: i64 = 0x4c57_4147;
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

/// Opens a file, or begins one; one that is no notebook, or damaged, gets another name first.
pub(super) fn open(path: &Path) -> Result<Connection, OpenError> {
    match try_open(path) {
        Ok(file) => Ok(file),
        Err(Fault::Damaged(cause)) => {
            tracing::warn!("what the agent has written down is damaged and set aside: {cause}");
            set_aside(path).map_err(|error| OpenError::Failed(error.to_string()))?;
            try_open(path).map_err(OpenError::from)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Has nothing left in the files of what was deleted.
pub(super) fn wipe(file: &Connection) -> rusqlite::Result<()> {
    // A reader beside us may keep a page for a while: that what was deleted is deleted does not depend on it.
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
}

enum Fault {
    Damaged(String),
    Failed(String),
}

fn try_open(path: &Path) -> Result<Connection, Fault> {
    file::make(path).map_err(|error| Fault::Failed(error.to_string()))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut file = Connection::open_with_flags(path, flags)?;
    file.busy_timeout(file::BUSY)?;
    let number = |file: &Connection, pragma: &str| file.query_row(pragma, (), |row| row.get::<_, i64>(0));
    let found = number(&file, "PRAGMA user_version")?;
    if found > VERSION {
        let cause =
            format!("agent.db was written by a newer Longwire (version {found}, known up to {VERSION})");
        return Err(Fault::Failed(cause));
    }
    if found > 0 && number(&file, "PRAGMA application_id")? != APPLICATION {
        return Err(Fault::Damaged("the file is no notebook".to_owned()));
    }
    let _: String = file.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
    file.execute_batch(
        "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1024; PRAGMA temp_store = MEMORY;
         PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 4194304;",
    )?;
    file.set_prepared_statement_cache_capacity(32);
    if found < VERSION {
        let begin = file.transaction()?;
        for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
            begin.execute_batch(step)?;
        }
        begin.pragma_update(None, "application_id", APPLICATION)?;
        begin.pragma_update(None, "user_version", VERSION)?;
        begin.commit()?;
    }
    // It is small: all of it is looked at.
    let sound: String = file.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
    if sound == "ok" { Ok(file) } else { Err(Fault::Damaged(sound)) }
}

fn set_aside(path: &Path) -> io::Result<()> {
    for beside in BESIDE {
        unless_absent(fs::rename(named(path, beside), named(&aside(path), beside)))?;
    }
    Ok(())
}

/// Removes the file with those beside it, and the one that was set aside.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let mut outcome = Ok(());
    for file in [path, &aside(path)] {
        for beside in BESIDE {
            outcome = outcome.and(unless_absent(fs::remove_file(named(file, beside))));
        }
    }
    outcome
}

/// Where one that is damaged goes.
fn aside(path: &Path) -> PathBuf {
    path.with_extension("damaged.db")
}

fn named(path: &Path, beside: &str) -> OsString {
    let mut name = path.as_os_str().to_owned();
    name.push(beside);
    name
}

fn unless_absent(outcome: io::Result<()>) -> io::Result<()> {
    outcome.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        let damaged = matches!(
            error.sqlite_error_code(),
            // `Unknown` is SQLITE_ERROR: a table that should not be there is.
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::Unknown) | None
        );
        if damaged { Self::Damaged(error.to_string()) } else { Self::Failed(error.to_string()) }
    }
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged(cause) | Fault::Failed(cause) => Self::Failed(cause),
        }
    }
}
