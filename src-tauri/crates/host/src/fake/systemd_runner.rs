use std::{
    ffi::OsStr,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::ExitStatus,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::Systemd;
use crate::command::{Mute, Runner, Said};

/// Runs the tools of a systemd in memory.
#[derive(Clone, Debug)]
pub(crate) struct SystemdRunner(pub(crate) Arc<Mutex<Systemd>>);

impl Runner for SystemdRunner {
    fn run(&self, program: &Path, arguments: &[&OsStr], _: Duration) -> Result<Said, Mute> {
        let arguments: Vec<String> = arguments.iter().map(|one| one.to_string_lossy().into_owned()).collect();
        let mut systemd = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = systemd.run(&program.to_string_lossy(), &arguments);
        Ok(Said {
            status: ExitStatus::from_raw(answer.status << 8),
            output: answer.stdout.into_bytes(),
            errors: answer.stderr.into_bytes(),
        })
    }
}
