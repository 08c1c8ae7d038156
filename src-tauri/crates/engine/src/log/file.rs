//! `longwire.log` in the data folder.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use file_rotate::{ContentLimit, FileRotate, compression::Compression, suffix::AppendCount};

/// The log's name in the data folder.
pub const LOG_FILE: &str = "longwire.log";
/// Size at which the file is set aside, in bytes; and how many of those are kept.
const LARGEST: usize = 2 * 1024 * 1024;
const KEPT: usize = 4;
/// So many bytes hold more lines than are remembered.
const TAIL: u64 = 384 * 1024;

/// Writes to the file, where there is one.
pub(super) struct LogFile;

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock().as_mut().map_or(Ok(bytes.len()), |open| open.file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        lock().as_mut().map_or(Ok(()), |open| open.file.flush())
    }
}

/// Writes to the file of this folder from now on.
pub(super) fn open(data_dir: &Path) {
    let path = data_dir.join(LOG_FILE);
    if let Some(file) = rotated(&path) {
        *lock() = Some(Open { path, file });
    }
}

/// Where it is, once it is open.
pub(super) fn path() -> Option<PathBuf> {
    lock().as_ref().map(|open| open.path.clone())
}

/// What was written last into the folder's file, and before that into the one that was set aside last; whole lines.
pub(super) fn tail(data_dir: &Path) -> String {
    let newest = end_of(&data_dir.join(LOG_FILE), TAIL);
    let room = TAIL.saturating_sub(newest.len() as u64);
    end_of(&data_dir.join(format!("{LOG_FILE}.1")), room) + &newest
}

struct Open {
    path: PathBuf,
    file: FileRotate<AppendCount>,
}

/// The process has one log; the folder of its file is known only when that is taken.
static FILE: Mutex<Option<Open>> = Mutex::new(None);

fn lock() -> MutexGuard<'static, Option<Open>> {
    FILE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn rotated(path: &Path) -> Option<FileRotate<AppendCount>> {
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true).mode(0o600);
    // The library panics on a file it cannot open; so ask first.
    options.open(path).ok()?;
    let limit = ContentLimit::BytesSurpassed(LARGEST);
    Some(FileRotate::new(path, AppendCount::new(KEPT), limit, Compression::None, Some(options)))
}

/// The end of a file, from the beginning of a line on; nothing where it cannot be read.
fn end_of(path: &Path, room: u64) -> String {
    let read = || -> io::Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let from = length.saturating_sub(room);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        // It may grow meanwhile.
        file.take(room).read_to_end(&mut bytes)?;
        let cut = match from {
            0 => 0,
            _ => bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1),
        };
        Ok(String::from_utf8_lossy(&bytes[cut..]).into_owned())
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_file_begins_with_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert_eq!(end_of(&path, 10), "");
        std::fs::write(&path, "first\nsecond\nthird").unwrap();
        assert_eq!(end_of(&path, 100), "first\nsecond\nthird");
        assert_eq!(end_of(&path, 14), "second\nthird");
        assert_eq!(end_of(&path, 12), "third", "what may have been cut is left out");
        assert_eq!(end_of(&path, 3), "", "as is a line that is cut itself");
        assert_eq!(end_of(&path, 0), "");
        std::fs::write(&path, b"ok\n\xff\xfe\n").unwrap();
        assert_eq!(end_of(&path, 100), "ok\n\u{fffd}\u{fffd}\n");
    }

    #[test]
    fn what_was_set_aside_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("longwire.log.1"), "old\n").unwrap();
        std::fs::write(folder.path().join(LOG_FILE), "new\n").unwrap();
        assert_eq!(tail(folder.path()), "old\nnew\n");
    }
}
