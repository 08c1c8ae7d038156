//! Where the log goes: standard error, and a file in the data folder that is rotated.

use std::{
    fs::OpenOptions,
    io::{self, IsTerminal, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use file_rotate::{ContentLimit, FileRotate, compression::Compression, suffix::AppendCount};
use longwire_contract::{LogPage, LogQuery};
use tracing::{Level, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer,
    filter::{FilterExt, filter_fn},
    fmt,
    layer::{Filter, SubscriberExt},
    util::SubscriberInitExt,
};

/// The log's name in the data folder.
pub const LOG_FILE: &str = "longwire.log";
/// Size at which the file is set aside, in bytes; and how many of those are kept.
const LARGEST: usize = 2 * 1024 * 1024;
const KEPT: usize = 4;

/// Starts logging at `level` to standard error, and to `longwire.log` in the data folder once an engine holds that. Only
/// Longwire's own lines are written, whatever the level: those of libraries may hold what was sent.
pub fn start(level: Level) {
    start_apart(level, level);
}

/// As [`start`], at one level to standard error and at another to the file.
pub fn start_apart(screen: Level, file: Level) {
    let on_screen =
        fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).with_target(false);
    let in_file = fmt::layer().with_writer(|| LogFile).with_ansi(false);
    let both = on_screen.with_filter(ours(screen)).and_then(in_file.with_filter(ours(file)));
    // An error says that a log is running already, as in tests.
    tracing_subscriber::registry().with(both).try_init().ok();
}

/// From now on the log goes to `longwire.log` in this folder as well. A folder that cannot be written to costs the file,
/// not the program.
pub(crate) fn keep_in(data_dir: &Path) {
    if let Some(file) = open(data_dir) {
        *lock() = Some(file);
    }
}

/// The newest lines that match.
pub(crate) fn page(_query: &LogQuery) -> LogPage {
    unimplemented!()
}

fn ours<S: Subscriber>(level: Level) -> impl Filter<S> {
    LevelFilter::from_level(level).and(filter_fn(|metadata| metadata.target().starts_with("longwire")))
}

/// The process has one log; the folder of its file is known only when that is taken.
static FILE: Mutex<Option<FileRotate<AppendCount>>> = Mutex::new(None);

/// Writes to the file, where there is one.
struct LogFile;

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock().as_mut().map_or(Ok(bytes.len()), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        lock().as_mut().map_or(Ok(()), FileRotate::flush)
    }
}

fn lock() -> MutexGuard<'static, Option<FileRotate<AppendCount>>> {
    FILE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn open(data_dir: &Path) -> Option<FileRotate<AppendCount>> {
    let path = data_dir.join(LOG_FILE);
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true).mode(0o600);
    // The library panics on a file it cannot open; so ask first.
    options.open(&path).ok()?;
    let limit = ContentLimit::BytesSurpassed(LARGEST);
    Some(FileRotate::new(path, AppendCount::new(KEPT), limit, Compression::None, Some(options)))
}
