//! Where the log goes: standard error, a file in the data folder that is rotated, and the memory of this process, so that
//! views can show the newest lines.

mod file;
mod layer;
mod page;
mod ring;
mod written;

use std::{
    io::{self, IsTerminal},
    path::Path,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};

use longwire_contract::{LogLine, LogPage, LogQuery};
use tokio::{
    sync::{Notify, broadcast},
    time::{Duration, sleep},
};
use tracing::{Level, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer,
    filter::{FilterExt, filter_fn},
    fmt,
    layer::{Filter, SubscriberExt},
    util::SubscriberInitExt,
};

pub use self::file::LOG_FILE;
pub(crate) use self::ring::Remembered;
use self::{file::LogFile, layer::Remembering, ring::Ring};

/// Starts logging at `level` to standard error, and to `longwire.log` in the data folder once an engine holds that. Only
/// Longwire's own lines are written, whatever the level: those of libraries may hold what was sent.
pub fn start(level: Level) {
    start_apart(level, level);
}

/// As [`start`], at one level to standard error and at another to the file. What is remembered for the views begins at
/// [`Level::DEBUG`], whatever these are.
pub fn start_apart(screen: Level, file: Level) {
    let on_screen =
        fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).with_target(false);
    let in_file = fmt::layer().with_writer(|| LogFile).with_ansi(false);
    let all = on_screen
        .with_filter(ours(screen))
        .and_then(in_file.with_filter(ours(file)))
        .and_then(Remembering.with_filter(ours(Level::DEBUG)));
    // An error says that a log is running already, as in tests.
    tracing_subscriber::registry().with(all).try_init().ok();
}

/// From now on the log goes to `longwire.log` in this folder as well, and what that file says already is remembered before
/// what this process has said. A folder that cannot be written to costs the file, not the program.
pub(crate) fn keep_in(data_dir: &Path) {
    lock().seed(|| written::parse(&file::tail(data_dir)));
    file::open(data_dir);
}

/// The newest lines that match.
pub(crate) fn page(query: &LogQuery) -> LogPage {
    page::of(&remembered(), query, file::path())
}

/// As the command of that name gives it, from the file of a data folder that no engine holds.
pub fn in_file(data_dir: &Path, query: &LogQuery) -> LogPage {
    let mut ring = Ring::new();
    ring.seed(|| written::parse(&file::tail(data_dir)));
    page::of(&ring.lines(), query, Some(data_dir.join(LOG_FILE)))
}

/// All lines that are remembered, oldest first.
pub(crate) fn remembered() -> Vec<Arc<Remembered>> {
    lock().lines()
}

/// Lines as they are written, in batches, oldest first. A receiver that lags reads its page again.
pub(crate) fn news() -> broadcast::Receiver<Arc<Vec<LogLine>>> {
    NEWS.subscribe()
}

/// Tells those who listen of new lines, a batch at a time, for as long as it is polled. Each engine of the process does:
/// whichever is woken tells for all.
pub(crate) async fn publish() {
    loop {
        WRITTEN.notified().await;
        let batch = lock().take_fresh();
        if !batch.is_empty() {
            // An error says that the last listener has just left.
            NEWS.send(Arc::new(batch.iter().map(|line| line.line.clone()).collect())).ok();
        }
        sleep(BATCH).await;
    }
}

/// Keeps a line. Nothing here writes a line itself, and the lock is held for a few pushes only.
fn remember(line: Remembered) {
    let heard = NEWS.receiver_count() > 0;
    lock().push(line, heard);
    if heard {
        WRITTEN.notify_one();
    }
}

/// Views are told of lines at most this often.
const BATCH: Duration = Duration::from_millis(100);

/// The process has one log, whatever the number of its engines.
static RING: Mutex<Ring> = Mutex::new(Ring::new());
static NEWS: LazyLock<broadcast::Sender<Arc<Vec<LogLine>>>> = LazyLock::new(|| broadcast::Sender::new(64));
/// Wakes [`publish`] when there is something to tell.
static WRITTEN: Notify = Notify::const_new();

fn lock() -> MutexGuard<'static, Ring> {
    RING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ours<S: Subscriber>(level: Level) -> impl Filter<S> {
    LevelFilter::from_level(level).and(filter_fn(|metadata| metadata.target().starts_with("longwire")))
}

#[cfg(test)]
mod tests {
    use longwire_contract::LogLevel;

    use super::*;

    fn line(text: &str) -> Remembered {
        let line = LogLine {
            seq: 0,
            at_ms: 1,
            level: LogLevel::Info,
            app_id: None,
            part: "engine".into(),
            text: text.into(),
        };
        Remembered { line, quoted: false }
    }

    #[tokio::test(start_paused = true)]
    async fn lines_are_told_in_batches_to_those_who_listen() {
        remember(line("before anybody listened"));
        let telling = tokio::spawn(publish());
        let mut news = news();
        remember(line("first"));
        let texts = |batch: Arc<Vec<LogLine>>| {
            batch.iter().map(|line| line.text.clone()).filter(|text| text != "other").collect::<Vec<_>>()
        };
        assert_eq!(texts(news.recv().await.unwrap()), ["first"], "at once");
        for n in 0..500 {
            remember(line(&n.to_string()));
        }
        let batch = texts(news.recv().await.unwrap());
        assert_eq!(batch.last().unwrap(), "499");
        assert!(batch.len() <= 200, "{}", batch.len());
        telling.abort();
    }

    #[test]
    fn a_file_of_a_folder_is_read_where_no_engine_runs() {
        let folder = tempfile::tempdir().unwrap();
        let empty = in_file(folder.path(), &LogQuery::default());
        assert_eq!((empty.lines.len(), empty.more), (0, false));
        let text = "2026-03-29T12:00:00.123456Z  INFO longwire_link::board: connecting\n";
        std::fs::write(folder.path().join(LOG_FILE), text).unwrap();
        let page = in_file(folder.path(), &LogQuery::default());
        assert_eq!(page.lines[0].text, "connecting");
        assert_eq!(page.path, Some(folder.path().join(LOG_FILE).display().to_string()));
    }
}
