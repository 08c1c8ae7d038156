use std::{
    ffi::OsStr,
    os::unix::process::ExitStatusExt,
    panic,
    path::Path,
    process::ExitStatus,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::mac::{Fate, Mac};
use crate::{
    command::{Mute, Runner, Said},
    keeper::{Keeper, NetworkSetup, Tools},
};

/// The keeper of a Mac, over the tools of a machine in memory: the same code as on a real one.
///
/// One that hangs is out of time at once. One that kills its caller panics with [`Killed`], after the machine is let go.
pub fn keeper(mac: Arc<Mutex<Mac>>) -> impl Keeper + use<> {
    NetworkSetup::new(
        Tools::of_macos(),
        "Longwire wants to change the proxy settings.".to_owned(),
        MacRunner(mac),
    )
}

/// Runs the tools of a machine in memory.
#[derive(Clone, Debug)]
pub struct MacRunner(pub Arc<Mutex<Mac>>);

/// What a call panics with when the machine kills its caller.
#[derive(Clone, Copy, Debug)]
pub struct Killed;

impl Runner for MacRunner {
    fn run(&self, program: &Path, arguments: &[&OsStr], _: Duration) -> Result<Said, Mute> {
        let tool = program.file_name().unwrap_or_default().to_string_lossy();
        let arguments: Vec<String> = arguments.iter().map(|one| one.to_string_lossy().into_owned()).collect();
        let answer = {
            let mut mac = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            mac.run(&tool, &arguments, false)
        };
        match answer.fate {
            Fate::Ends => Ok(Said {
                status: ExitStatus::from_raw(answer.status << 8),
                output: answer.stdout.into_bytes(),
                errors: answer.stderr.into_bytes(),
            }),
            Fate::Hangs => Err(Mute::TooSlow),
            Fate::Kills => panic::panic_any(Killed),
        }
    }
}
