//! One engine a data folder.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process, thread,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::clock;

const FILE: &str = "longwire.lock";
/// More than any holder's details need; a bound on what a foreign file can make us read.
const LONGEST: u64 = 4096;

/// The right to run an engine on a data folder. There is one a folder, and it ends with this value or with the
/// process, however that ends: the system frees the lock, so that none is ever stale.
#[derive(Debug)]
pub struct InstanceLock {
    file: File,
}

/// Who holds a data folder.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Holder {
    /// The process; 0 where it left no readable word.
    pub pid: u32,
    /// What it is, as a user knows it: `longwire run`, `Longwire`.
    pub program: String,
    /// Since when, in milliseconds since the Unix epoch; 0 where it left no readable word.
    pub since_ms: u64,
}

/// Why a data folder could not be taken.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AcquireError {
    /// Another process holds it.
    #[error("another Longwire holds this data folder: {} (process {})", .0.program, .0.pid)]
    Held(Holder),
    /// The lock file cannot be made, written or locked.
    #[error("the data folder cannot be used: {}: {cause}", .path.display())]
    NotUsable {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
}

impl Holder {
    /// This process, which calls itself `program`, from now on.
    pub fn this_process(program: &str) -> Self {
        Self { pid: process::id(), program: program.to_owned(), since_ms: clock::now_ms() }
    }

    /// A process that holds the folder and whose word cannot be read.
    fn unknown() -> Self {
        Self { pid: 0, program: "a program that has left no name".to_owned(), since_ms: 0 }
    }
}

impl AcquireError {
    /// Who holds the folder, where that is why.
    pub fn holder(&self) -> Option<&Holder> {
        match self {
            Self::Held(holder) => Some(holder),
            Self::NotUsable { .. } => None,
        }
    }
}

impl InstanceLock {
    /// Takes the data folder `dir`, which must exist, and leaves word of `holder` for who comes second.
    ///
    /// # Errors
    /// [`AcquireError::Held`] where another process, or another value in this one, has it.
    pub fn acquire(dir: &Path, holder: &Holder) -> Result<Self, AcquireError> {
        let path = dir.join(FILE);
        let not_usable =
            |error: io::Error| AcquireError::NotUsable { path: path.clone(), cause: error.to_string() };
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let mut file = open.map_err(not_usable)?;
        let mut patience = 10;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(not_usable(error)),
                // One without a word is about to leave it; or it is gone, and a program that it was just starting has the
                // lock for another moment.
                Err(TryLockError::WouldBlock) => match read(&mut file) {
                    Some(holder) => return Err(AcquireError::Held(holder)),
                    None if patience == 0 => return Err(AcquireError::Held(Holder::unknown())),
                    None => {
                        patience -= 1;
                        thread::sleep(Duration::from_millis(10));
                    }
                },
            }
        }
        let word = serde_json::to_vec(holder).map_err(|error| not_usable(error.into()))?;
        // What a killed holder left goes first: no one may read it as ours.
        file.set_len(0).and_then(|()| file.rewind()).map_err(not_usable)?;
        // On a full disk it is held without a word: what is kept there may still have to be put back.
        file.write_all(&word).ok();
        Ok(Self { file })
    }
}

impl Drop for InstanceLock {
    fn drop(&mut self) {
        // The file stays: were it removed, one process could lock the old file while another makes a new one.
        // Closing it frees the lock; that its word goes too is a courtesy to who reads it.
        self.file.set_len(0).ok();
    }
}

/// The holder's word, where it can be read.
fn read(file: &mut File) -> Option<Holder> {
    let mut word = Vec::new();
    file.rewind().ok()?;
    file.take(LONGEST).read_to_end(&mut word).ok()?;
    serde_json::from_slice(&word).ok()
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        io::{BufRead, BufReader},
        process::{Child, Command, Stdio},
    };

    use super::*;

    fn holder(pid: u32) -> Holder {
        Holder { pid, program: "longwire run".to_owned(), since_ms: 1_700_000_000_000 }
    }

    #[test]
    fn the_second_is_told_who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let first = InstanceLock::acquire(dir.path(), &holder(7)).unwrap();
        let error = InstanceLock::acquire(dir.path(), &holder(8)).unwrap_err();
        assert_eq!(error, AcquireError::Held(holder(7)));
        assert_eq!(error.to_string(), "another Longwire holds this data folder: longwire run (process 7)");
        drop(first);
        InstanceLock::acquire(dir.path(), &holder(8)).unwrap();
    }

    #[test]
    fn a_holder_that_has_not_finished_writing_still_holds() {
        let dir = tempfile::tempdir().unwrap();
        let _first = InstanceLock::acquire(dir.path(), &holder(7)).unwrap();
        for half in ["", "{\"pid\":7,\"prog", "\0\0\0"] {
            fs::write(dir.path().join(FILE), half).unwrap();
            let error = InstanceLock::acquire(dir.path(), &holder(8)).unwrap_err();
            assert_eq!(error, AcquireError::Held(Holder::unknown()), "{half:?}");
        }
    }

    #[test]
    fn what_an_older_holder_left_is_not_taken_for_ours() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), "x".repeat(2000)).unwrap();
        let _first = InstanceLock::acquire(dir.path(), &holder(7)).unwrap();
        let error = InstanceLock::acquire(dir.path(), &holder(8)).unwrap_err();
        assert_eq!(error, AcquireError::Held(holder(7)));
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("missing");
        let error = InstanceLock::acquire(&missing, &holder(7)).unwrap_err();
        assert!(
            matches!(&error, AcquireError::NotUsable { path, .. } if path.starts_with(&missing)),
            "{error:?}"
        );
    }

    #[test]
    fn a_killed_process_leaves_the_folder_free() {
        const DIR: &str = "LONGWIRE_TEST_LOCK_DIR";
        if let Ok(dir) = std::env::var(DIR) {
            // The child: takes the folder, says so, and waits to be killed.
            let _lock = InstanceLock::acquire(Path::new(&dir), &holder(std::process::id())).unwrap();
            println!("\nheld");
            io::stdin().read_line(&mut String::new()).ok();
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let mut child = Killed(
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "--nocapture", "instance::tests::a_killed_process_leaves_the_folder_free"])
                .env(DIR, dir.path())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap(),
        );
        let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "held"), "the child never took the folder");
        let error = InstanceLock::acquire(dir.path(), &holder(8)).unwrap_err();
        assert_eq!(error, AcquireError::Held(holder(child.0.id())));
        child.0.kill().unwrap();
        child.0.wait().unwrap();
        InstanceLock::acquire(dir.path(), &holder(8)).unwrap();
    }

    /// A child that does not outlive a failing test.
    struct Killed(Child);

    impl Drop for Killed {
        fn drop(&mut self) {
            self.0.kill().ok();
            self.0.wait().ok();
        }
    }
}
