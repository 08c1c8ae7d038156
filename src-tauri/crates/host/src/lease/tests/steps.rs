use std::{
    fs, io,
    panic::resume_unwind,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use rustix::process::{Signal, getpid, kill_process};

use crate::{files::ReplaceError, lease::disk::Disk};

/// How a process comes to its end between two steps.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    /// It does nothing more, as after a kill.
    Dies,
    /// A real kill.
    Killed,
    /// It goes on, and nothing works any more.
    Fails,
    /// It does nothing more, and what it was writing is half written: a file system that does not keep its word.
    Tears,
}

/// Counts what a lease does to the disk and to the machine, and makes an end of it.
#[derive(Debug)]
pub(super) struct Steps {
    left: AtomicI64,
    end: End,
}

impl Steps {
    /// After `left` steps comes the end.
    pub(super) fn new(left: i64, end: End) -> Arc<Self> {
        Arc::new(Self { left: AtomicI64::new(left), end })
    }

    pub(super) fn endless() -> Arc<Self> {
        Self::new(i64::MAX, End::Fails)
    }

    /// Whether the end has come.
    pub(super) fn is_over(&self) -> bool {
        self.left.load(Ordering::SeqCst) <= 0
    }

    /// One step: between this and the next the end may come.
    pub(super) fn step(&self) -> io::Result<()> {
        self.step_or(|| ())
    }

    fn step_or(&self, tear: impl FnOnce()) -> io::Result<()> {
        if self.left.fetch_sub(1, Ordering::SeqCst) > 1 {
            return Ok(());
        }
        match self.end {
            End::Dies => resume_unwind(Box::new("dead")),
            End::Tears => {
                tear();
                resume_unwind(Box::new("dead"))
            }
            End::Killed => {
                kill_process(getpid(), Signal::KILL).unwrap();
                unreachable!("it is dead")
            }
            End::Fails => Err(io::Error::other("the power is cut")),
        }
    }
}

/// A disk that is slow to nobody, since it waits for nothing, and that can be cut off.
#[derive(Debug)]
pub(super) struct SteppedDisk(pub(super) Arc<Steps>);

impl SteppedDisk {
    fn around<T>(&self, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        self.0.step()?;
        let done = act()?;
        self.0.step()?;
        Ok(done)
    }
}

impl Disk for SteppedDisk {
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), ReplaceError> {
        let written = self
            .0
            .step_or(|| fs::write(path, &bytes[..bytes.len() / 2]).unwrap())
            .and_then(|()| fs::write(path, bytes))
            .and_then(|()| self.0.step());
        written.map_err(|error| ReplaceError::Other { path: path.to_owned(), cause: error.to_string() })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.around(|| crate::lease::disk::RealDisk.remove(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.around(|| fs::rename(from, to))
    }

    fn sync(&self, _: &Path) -> io::Result<()> {
        self.0.step()
    }
}

/// A disk on which there is room for so many writes; removing and renaming need none.
#[derive(Debug)]
pub(super) struct FullDisk(pub(super) AtomicI64);

impl Disk for FullDisk {
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), ReplaceError> {
        if self.0.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(ReplaceError::Full { path: path.to_owned() });
        }
        fs::write(path, bytes).unwrap();
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        crate::lease::disk::RealDisk.remove(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}
