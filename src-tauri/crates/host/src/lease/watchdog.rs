use std::{
    ffi::OsString,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// What a watchdog says once it watches.
pub(super) const WATCHING: &str = "watching";
/// What an owner says who leaves it to itself.
pub(super) const DETACH: &str = "detach";

/// The time in which it says so.
const START: Duration = Duration::from_secs(5);
/// More than it says before.
const LONGEST: u64 = 64 * 1024;

/// The process that puts the proxies back: one for each lease. Dropping this tells it that the owner is gone; so does the
/// owner's death.
#[derive(Debug)]
pub struct Watchdog {
    pipe: ChildStdin,
}

impl Watchdog {
    /// Starts `program` with `arguments`, which are to lead to [`Lease::watch`](super::Lease::watch), in a session of its
    /// own, and waits until it says that it watches.
    ///
    /// # Errors
    /// Where it cannot be started, or has not said so within 5 s: because another one watches already, too.
    pub fn start(program: &Path, arguments: &[OsString]) -> io::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (pipe, output) = (child.stdin.take(), child.stdout.take());
        match (pipe, says_so(output)) {
            (Some(pipe), Ok(())) => {
                // So that no dead process is left behind while the owner lives on.
                thread::spawn(move || child.wait());
                Ok(Self { pipe })
            }
            (_, said) => {
                end(&mut child);
                Err(said.err().unwrap_or_else(|| io::ErrorKind::BrokenPipe.into()))
            }
        }
    }

    /// Leaves it to itself: the lease then ends at its time, or when it is ended.
    pub fn detach(mut self) {
        // One that is dead already has nobody to be told.
        writeln!(self.pipe, "{DETACH}").ok();
    }
}

fn says_so(output: Option<ChildStdout>) -> io::Result<()> {
    let (say, heard) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let lines = BufReader::new(output.into_iter().next()?.take(LONGEST)).lines();
        let watches = lines.map_while(Result::ok).any(|line| line == WATCHING);
        say.send(watches).ok()
    });
    match heard.recv_timeout(START) {
        Ok(true) => Ok(()),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(io::ErrorKind::TimedOut.into()),
        _ => Err(io::Error::other("the watchdog has ended without a word")),
    }
}

fn end(child: &mut Child) {
    child.kill().ok();
    child.wait().ok();
}
