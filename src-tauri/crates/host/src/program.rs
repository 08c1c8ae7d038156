//! A program of the user's, run for one event: bounded in time and in what it may say, and gone with all of its group when
//! it does not end in time. A program that ended by itself may leave others behind; those are its own.

mod ear;
mod group;
mod place;

use std::{
    env,
    future::Future,
    pin::pin,
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
    time::{sleep, timeout},
};

use self::{ear::Ear, group::Group};
pub use place::{NotStarted, find};

/// How long one that was told to end has for that, before it is killed.
const GRACE: Duration = Duration::from_secs(1);
/// How long what a program wrote may take to be read after it ended: others may hold its pipes.
const AFTERWARDS: Duration = Duration::from_millis(250);
/// How long one that was killed may take to be gone; one that hangs in the kernel need not obey.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// The longest value of a variable. Some come from events, and an environment has its bounds.
const LONGEST_VALUE: usize = 256;

/// What is to be run.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The program, as [`find`] finds it, and its arguments.
    pub command: &'a [String],
    /// What it finds in its environment beside what every program needs. What cannot stand there is left out of a value, and
    /// a long one is cut.
    pub variables: &'a [(&'a str, &'a str)],
    /// What is on its standard input.
    pub input: &'a [u8],
    /// How long it may take.
    pub deadline: Duration,
    /// How many bytes of its output are kept.
    pub keep: usize,
}

/// A line that a program wrote, as text without control characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Line<'a> {
    /// On its standard output.
    Output(&'a str),
    /// On its standard error.
    Error(&'a str),
}

/// A program that has ended.
#[derive(Debug, Eq, PartialEq)]
pub struct Run {
    /// How.
    pub end: End,
    /// How long it took.
    pub took: Duration,
    /// What it wrote to its standard output, up to what was to be kept.
    pub output: Vec<u8>,
    /// Whether it wrote more.
    pub more: bool,
    /// Whether it wrote so much, 64 MiB, that its pipe was closed, which ends most programs.
    pub cut: bool,
    /// The end of what it wrote to its standard error, as text without control characters.
    pub errors: String,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// With this exit code.
    Exited(i32),
    /// By this signal, which was not ours.
    Signalled(i32),
    /// It did not end in time, and was killed.
    Killed,
    /// It was not wanted any more, and was killed.
    Stopped,
}

/// Runs a program to its end, its deadline, or until `stop` is over. It is in a process group of its own, and of that nothing
/// is left when it has to be killed; dropping this kills it at once. `tell` is told the first lines that it writes.
///
/// # Errors
/// [`NotStarted`].
pub async fn run(
    call: Call<'_>,
    stop: impl Future<Output = ()>,
    tell: impl Fn(Line<'_>) + Send + Sync,
) -> Result<Run, NotStarted> {
    let started = Instant::now();
    let mut child = start(&call)?;
    let mut group = Group::of(&child);
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (mut output, mut errors) = (Ear::new(call.keep), Ear::new(0));
    let end = {
        let mut heard = pin!(async {
            tokio::join!(
                output.hear(stdout, |line| tell(Line::Output(line))),
                errors.hear(stderr, |line| tell(Line::Error(line)))
            )
        });
        let mut fed = pin!(async {
            if let Some(mut stdin) = stdin {
                // One that does not read it says by its end what it thinks of it.
                let _ = stdin.write_all(call.input).await;
            }
        });
        let (mut stop, mut deadline) = (pin!(stop), pin!(sleep(call.deadline)));
        let (mut silent, mut full) = (false, false);
        let end = loop {
            tokio::select! {
                status = child.wait() => break status.map_or(End::Killed, end_of),
                _ = &mut heard, if !silent => silent = true,
                () = &mut fed, if !full => full = true,
                () = &mut deadline => break End::Killed,
                () = &mut stop => break End::Stopped,
            }
        };
        let patience = if matches!(end, End::Exited(_) | End::Signalled(_)) {
            group.ended();
            AFTERWARDS
        } else {
            group.terminate();
            GRACE
        };
        // Nobody of the group is left to write, or none that would end for being asked to.
        if !silent {
            let _ = timeout(patience, &mut heard).await;
        }
        end
    };
    if matches!(end, End::Killed | End::Stopped) {
        group.kill();
        if timeout(LAST_WORDS, child.wait()).await.is_ok() {
            group.ended();
        }
    }
    output.finish(|line| tell(Line::Output(line)));
    errors.finish(|line| tell(Line::Error(line)));
    let (more, cut) = (output.more(), output.had_enough() || errors.had_enough());
    let errors = errors.last();
    Ok(Run { end, took: started.elapsed(), output: output.kept(), more, cut, errors })
}

fn start(call: &Call<'_>) -> Result<Child, NotStarted> {
    let program = find(call.command)?;
    let mut command = Command::new(&program);
    command
        .args(&call.command[1..])
        .env_clear()
        .envs(env::vars_os().filter(|(name, _)| name.to_str().is_some_and(usual)))
        .envs(call.variables.iter().map(|(name, value)| (name, bearable(value))))
        .current_dir(place::home())
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().map_err(|error| NotStarted::Failed {
        program: program.display().to_string(),
        cause: error.to_string(),
    })
}

/// What every program needs to find its way. All else may hold secrets.
fn usual(name: &str) -> bool {
    ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "USER"].contains(&name) || name.starts_with("LC_")
}

fn bearable(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).take(LONGEST_VALUE).collect()
}

fn end_of(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exited(code),
        (None, signal) => End::Signalled(signal.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
