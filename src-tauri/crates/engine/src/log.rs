//! Where the log goes: standard error, and a file in the data folder that is rotated.

use std::{
    fs::OpenOptions,
    io::{self, IsTerminal, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use file_rotate::{ContentLimit, FileRotate, compression::Compression, suffix::AppendCount};
use tracing::{Level, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer,
    filter::{FilterExt, filter_fn},
    fmt::{self, MakeWriter},
    layer::{Filter, SubscriberExt},
    util::SubscriberInitExt,
};

/// The log's name in the data folder.
pub const LOG_FILE: &str = "longwire.log";
/// Size at which the file is set aside, in bytes; and how many of those are kept.
const LARGEST: usize = 2 * 1024 * 1024;
const KEPT: usize = 4;

/// Starts logging at `level`, to standard error and, where a data folder is named, to `longwire.log` in it. Only Longwire's own lines are
/// written, whatever the level: those of libraries may hold what was sent.
///
/// A folder that cannot be written to costs the file, not the program.
pub fn start(data_dir: Option<&Path>, level: Level) {
    let screen =
        fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).with_target(false);
    let file = data_dir
        .and_then(LogFile::open)
        .map(|file| fmt::layer().with_writer(file).with_ansi(false).with_filter(ours(level)));
    // An error says that a log is running already, as in tests.
    tracing_subscriber::registry().with(screen.with_filter(ours(level))).with(file).try_init().ok();
}

fn ours<S: Subscriber>(level: Level) -> impl Filter<S> {
    LevelFilter::from_level(level).and(filter_fn(|metadata| metadata.target().starts_with("longwire")))
}

#[derive(Clone)]
struct LogFile(Arc<Mutex<FileRotate<AppendCount>>>);

impl LogFile {
    fn open(data_dir: &Path) -> Option<Self> {
        longwire_host::paths::create(data_dir).ok()?;
        // The library panics on a folder it cannot write to; so ask first.
        let path = data_dir.join(LOG_FILE);
        let mut options = OpenOptions::new();
        options.create(true).append(true).read(true).mode(0o600);
        options.open(&path).ok()?;
        let limit = ContentLimit::BytesSurpassed(LARGEST);
        let file = FileRotate::new(path, AppendCount::new(KEPT), limit, Compression::None, Some(options));
        Some(Self(Arc::new(Mutex::new(file))))
    }
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
