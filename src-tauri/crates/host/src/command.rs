//! Other programs that answer a question: bounded in time and in what they may say.

use std::{
    ffi::OsStr,
    fmt,
    io::{self, Read, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, getpgrp, kill_process_group};

/// More than any answer that we ask for (the longest lists a Mac's certificates); what comes after it is not read.
const LONGEST: u64 = 2 * 1024 * 1024;

/// How long one that was killed may take to be gone; one with more rights than ours need not obey.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What a program said before it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: ExitStatus,
    pub(crate) output: Vec<u8>,
    pub(crate) errors: Vec<u8>,
}

/// Why a program said nothing.
#[derive(Debug)]
pub(crate) enum Mute {
    /// It cannot be started or waited for.
    Failed(io::Error),
    /// It has not ended in time, and was killed with all that it started.
    TooSlow,
}

/// What runs other programs; in a test, a machine in memory.
pub(crate) trait Runner: fmt::Debug + Send + Sync {
    /// Runs `program` to its end, or to its `deadline`.
    fn run(&self, program: &Path, arguments: &[&OsStr], deadline: Duration) -> Result<Said, Mute>;
}

/// Runs them as processes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Processes;

impl Runner for Processes {
    fn run(&self, program: &Path, arguments: &[&OsStr], deadline: Duration) -> Result<Said, Mute> {
        run(command(program).args(arguments), deadline)
    }
}

/// A program by its name, as `path` (the variable `PATH`) finds it; only absolute folders count, since the folder we
/// happen to be in is nobody's choice.
pub(crate) fn find(program: &str, path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(program))
        .find(|file| file.metadata().is_ok_and(|metadata| metadata.is_file()))
}

/// A command that starts `program` in a group of its own, with nothing to read.
pub(crate) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    command
}

/// A command that starts `program` in our own group, so that it may ask on the terminal that we run on.
pub(crate) fn in_front(program: &Path) -> Command {
    let mut command = command(program);
    command.process_group(getpgrp().as_raw_nonzero().get());
    command
}

/// Runs a [`command`] to its end, or to its `deadline`.
pub(crate) fn run(command: &mut Command, deadline: Duration) -> Result<Said, Mute> {
    end(command.spawn().map_err(Mute::Failed)?, Instant::now(), deadline)
}

/// The same, with something to read.
pub(crate) fn run_with(command: &mut Command, input: Vec<u8>, deadline: Duration) -> Result<Said, Mute> {
    let started = Instant::now();
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(Mute::Failed)?;
    let reader = child.stdin.take();
    // One that does not read it says by its end what it thinks of it.
    thread::spawn(move || reader.map(|mut reader| reader.write_all(&input)));
    end(child, started, deadline)
}

fn end(child: Child, started: Instant, deadline: Duration) -> Result<Said, Mute> {
    let mut group = Group(child);
    let output = read(group.0.stdout.take());
    let errors = read(group.0.stderr.take());
    let left = || deadline.saturating_sub(started.elapsed());
    let output = output.recv_timeout(left()).map_err(|_| Mute::TooSlow)?;
    let errors = errors.recv_timeout(left()).map_err(|_| Mute::TooSlow)?;
    // It has closed both, so its end is a matter of moments, if it means to end at all.
    loop {
        match group.0.try_wait().map_err(Mute::Failed)? {
            Some(status) => return Ok(Said { status, output, errors }),
            None if left().is_zero() => return Err(Mute::TooSlow),
            None => thread::sleep(Duration::from_millis(2)),
        }
    }
}

/// Reads to the end on a thread, which ends when the last holder of the other end is gone.
fn read(from: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (read, bytes) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut all = Vec::new();
        // What came before a failure is still an answer.
        let _ = from.map(|from| from.take(LONGEST).read_to_end(&mut all));
        read.send(all).ok();
    });
    bytes
}

/// A process and those it started; none outlives this.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // Once it is waited for, its number may be another's.
        if !matches!(self.0.try_wait(), Ok(Some(_))) {
            if let Some(group) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
                kill_process_group(group, Signal::KILL).ok();
            }
            // One that was started in front is in no group of its own.
            self.0.kill().ok();
            let killed = Instant::now();
            while matches!(self.0.try_wait(), Ok(None)) && killed.elapsed() < LAST_WORDS {
                thread::sleep(Duration::from_millis(2));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    fn shell(script: &str, deadline: Duration) -> Result<Said, Mute> {
        run(command(Path::new("/bin/sh")).args(["-c", script]), deadline)
    }

    #[test]
    fn what_it_says_and_how_it_ends_is_told() {
        let said = shell("echo out; echo err >&2; exit 3", Duration::from_secs(20)).unwrap();
        assert_eq!((said.output.as_slice(), said.errors.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
        assert_eq!(said.status.code(), Some(3));
    }

    #[test]
    fn one_that_hangs_is_killed_with_all_that_it_started() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pid");
        let started = Instant::now();
        let script = format!("sleep 600 & echo $! >{}; wait", file.display());
        assert!(matches!(shell(&script, Duration::from_millis(500)), Err(Mute::TooSlow)));
        assert!(started.elapsed() < Duration::from_secs(10));
        let pid: i32 = fs::read_to_string(file).unwrap().trim().parse().unwrap();
        let gone =
            || fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "));
        let patience = Instant::now();
        while !gone() {
            assert!(patience.elapsed() < Duration::from_secs(10), "{pid} lives on");
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn what_it_is_given_is_read_to_its_end() {
        let much = vec![b'x'; 300_000];
        let mut count = command(Path::new("/bin/sh"));
        let said = run_with(count.args(["-c", "wc -c"]), much.clone(), Duration::from_secs(20)).unwrap();
        assert_eq!(String::from_utf8_lossy(&said.output).trim(), "300000");
        let mut deaf = command(Path::new("/bin/sh"));
        let said = run_with(deaf.args(["-c", "exit 4"]), much, Duration::from_secs(20)).unwrap();
        assert_eq!(said.status.code(), Some(4));
    }

    #[test]
    fn one_in_front_is_in_our_group_and_killed_alone() {
        let mut command = in_front(Path::new("/bin/sh"));
        let said = run(
            command.args(["-c", "ps -o pgid= -p $$ || cut -d' ' -f5 /proc/$$/stat"]),
            Duration::from_secs(20),
        );
        let group = String::from_utf8_lossy(&said.unwrap().output).trim().to_owned();
        assert_eq!(group, getpgrp().as_raw_nonzero().to_string());
        let mut slow = in_front(Path::new("/bin/sleep"));
        let started = Instant::now();
        assert!(matches!(run(slow.arg("600"), Duration::from_millis(200)), Err(Mute::TooSlow)));
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn one_that_says_too_much_is_not_read_to_its_end() {
        match shell("exec yes", Duration::from_secs(1)) {
            // The pipe closes, so `yes` ends by a signal or by its own word.
            Ok(said) => assert_eq!(said.output.len() as u64, LONGEST),
            Err(mute) => assert!(matches!(mute, Mute::TooSlow)),
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_no_answer() {
        let mut command = command(Path::new("/nonexistent/gsettings"));
        assert!(matches!(run(&mut command, Duration::from_secs(1)), Err(Mute::Failed(_))));
    }

    #[test]
    fn only_files_in_absolute_folders_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let (empty, full) = (dir.path().join("a"), dir.path().join("b"));
        fs::create_dir_all(empty.join("tool")).unwrap();
        fs::create_dir(&full).unwrap();
        symlink("/bin/sh", full.join("tool")).unwrap();
        let path = std::env::join_paths([Path::new("."), Path::new(""), &empty, &full]).unwrap();
        assert_eq!(find("tool", &path), Some(full.join("tool")));
        assert_eq!(find("another", &path), None);
    }
}
