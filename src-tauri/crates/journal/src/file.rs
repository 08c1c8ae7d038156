//! The file on the disk: opened, brought up to date, or set aside where it is damaged.

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{OpenError, schema};

const NAME: &str = "journal.db";
/// What SQLite adds to the name for the files beside it.
const BESIDE: [&str; 2] = ["-wal", "-shm"];
/// So many damaged files are left lying; an older one makes room for a newer.
const DAMAGED_KEPT: u32 = 3;
/// `LWJR`, in the file's header: that it is a journal.
const APPLICATION: i64 = 0x4c57_4a52;
/// How long to wait for another program that reads the file (a user's `sqlite3`).
pub(crate) const BUSY: Duration = Duration::from_secs(2);

/// The journal of a folder.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

/// Opens a file for writing, brings it up to date and sees that it can be used. Makes one where there is none.
pub(crate) fn open(path: &Path) -> Result<Connection, Fault> {
    make(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut file = Connection::open_with_flags(path, flags)?;
    file.busy_timeout(BUSY)?;
    let found = schema::version(&file)?;
    if found > schema::VERSION {
        return Err(Fault::Newer(found));
    }
    if found == 0 {
        begin(&file)?;
    }
    check(&file, path)?;
    let mode: String = file.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        tracing::warn!(mode, "the data folder is on a disk that cannot have the journal written at once");
    }
    // A commit is in the hands of the kernel, and outlives us; sync.rs has it on the disk soon. Pages: 2 MB. At 256 MB the -wal
    // file goes into the main one whatever waits for it; it is not left larger than 16 MB.
    file.execute_batch(
        "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = OFF; PRAGMA wal_autocheckpoint = 65536; PRAGMA journal_size_limit = 16777216;",
    )?;
    file.set_prepared_statement_cache_capacity(64);
    schema::bring_up(&mut file)?;
    Ok(file)
}

/// Opens a file for reading.
pub(crate) fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = Connection::open_with_flags(path, flags)?;
    file.busy_timeout(BUSY)?;
    file.execute_batch("PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY;")?;
    Ok(file)
}

/// Opens a file to have what was committed on the disk.
pub(crate) fn open_to_sync(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = Connection::open_with_flags(path, flags)?;
    file.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA cache_size = 10;")?;
    Ok(file)
}

/// Gives a damaged file another name, so that a new one can be begun.
pub(crate) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let named = |number: u32| path.with_file_name(format!("journal.damaged-{number}.db"));
    let known = || {
        let names =
            fs::read_dir(path.parent()?).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let number = |name: String| name.strip_prefix("journal.damaged-")?.strip_suffix(".db")?.parse().ok();
        names.filter_map(number).max()
    };
    let number = known().unwrap_or(0_u32).saturating_add(1);
    if let Some(oldest) = number.checked_sub(DAMAGED_KEPT) {
        remove(&named(oldest))?;
        for beside in BESIDE {
            remove(&with(&named(oldest), beside))?;
        }
    }
    let aside = named(number);
    fs::rename(path, &aside)?;
    for beside in BESIDE {
        absent_is_well(fs::rename(with(path, beside), with(&aside, beside)))?;
    }
    Ok(aside)
}

/// Why a file could not be opened.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It is not what it should be.
    Damaged(String),
    /// It is a newer Longwire's.
    Newer(i64),
    /// It cannot be reached: rights, the disk.
    Unreachable(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error_code();
        let damaged = matches!(
            code,
            // `Unknown` is SQLITE_ERROR: a table that should be there is not.
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::Unknown)
        ) || code.is_none();
        if damaged { Self::Damaged(error.to_string()) } else { Self::Unreachable(error.to_string()) }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Unreachable(error.to_string())
    }
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Newer(found) => Self::Newer { found, known: schema::VERSION },
            Fault::Damaged(cause) | Fault::Unreachable(cause) => Self::Failed(cause),
        }
    }
}

/// Sees that there is a file and that nobody else can read it. SQLite gives the files beside it the same rights.
pub(crate) fn make(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// What can be set in an empty file alone.
fn begin(file: &Connection) -> Result<(), Fault> {
    let tables: i64 = file.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    if tables > 0 {
        return Err(Fault::Damaged("the file holds other tables".to_owned()));
    }
    // Deleted events give their room back to the disk without the whole file being written anew.
    file.execute_batch("PRAGMA auto_vacuum = INCREMENTAL")?;
    file.pragma_update(None, "application_id", APPLICATION)?;
    Ok(())
}

/// What can be told of damage without reading the whole file; the rest is told when it is met.
fn check(file: &Connection, path: &Path) -> Result<(), Fault> {
    let number = |pragma: &str| file.query_row(pragma, (), |row| row.get::<_, i64>(0));
    if number("PRAGMA application_id")? != APPLICATION {
        return Err(Fault::Damaged("the file is not a journal".to_owned()));
    }
    let whole = number("PRAGMA page_count")?.saturating_mul(number("PRAGMA page_size")?);
    let waiting = fs::metadata(with(path, BESIDE[0])).map_or(0, |wal| wal.len());
    let length = fs::metadata(path)?.len();
    if waiting == 0 && length < u64::try_from(whole).unwrap_or(0) {
        return Err(Fault::Damaged(format!("the file has {length} bytes of {whole}")));
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    absent_is_well(fs::remove_file(path))
}

fn absent_is_well(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn with(path: &Path, beside: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(beside);
    PathBuf::from(name)
}
