//! The command line tools of a Mac, as processes over a machine in a file: it is whichever tool it is called by the name of
//! (`networksetup`, `scutil`, `route`, `osascript`, `security`).
//!
//! The file is `LONGWIRE_FAKE_MAC`, or `fakemac.json` beside the name it is called by. It is replaced, so that its folder has
//! to be writable.

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
};

use longwire_host::{
    fake::{Answer, Fate, Mac},
    files,
};
use rustix::process::{Signal, getppid, kill_process};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args();
    let called = PathBuf::from(arguments.next().ok_or("called by no name")?);
    let tool = called.file_name().ok_or("called by no name")?.to_string_lossy().into_owned();
    let state =
        env::var_os("LONGWIRE_FAKE_MAC").map_or_else(|| called.with_file_name("fakemac.json"), PathBuf::from);
    let answer = answer(&state, &tool, &arguments.collect::<Vec<_>>())?;
    match answer.fate {
        Fate::Ends => {}
        Fate::Hangs => loop {
            thread::park();
        },
        Fate::Kills => kill_process(getppid().ok_or("called by nobody")?, Signal::KILL)?,
    }
    io::stdout().write_all(answer.stdout.as_bytes())?;
    io::stderr().write_all(answer.stderr.as_bytes())?;
    Ok(ExitCode::from(u8::try_from(answer.status)?))
}

/// Runs the tool on the machine, and keeps what became of that. One call at a time: the file is replaced, so another is locked.
fn answer(state: &Path, tool: &str, arguments: &[String]) -> Result<Answer, Box<dyn Error>> {
    let state = fs::canonicalize(state)?;
    let lock = File::create(state.with_extension("lock"))?;
    lock.lock()?;
    let mut mac: Mac = serde_json::from_slice(&fs::read(&state)?)?;
    let answer = mac.run(tool, arguments, false);
    files::replace(&state, &serde_json::to_vec(&mac)?)?;
    Ok(answer)
}
