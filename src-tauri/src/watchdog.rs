//! The app started again as the process that puts the system's proxies back, whatever becomes of the app itself.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::ExitCode,
};

use longwire_contract::{Fault, FaultCode};
use longwire_engine::{WatchdogCommand, watch_proxies};
use tokio::runtime::Builder;

/// Says that this process is to look after the proxies; the data folder follows.
const WATCH: &str = "--watch-proxies";

/// How to start it for a data folder.
///
/// # Errors
/// Where this program does not know its own file.
pub(crate) fn command(data_dir: &Path) -> Result<WatchdogCommand, Fault> {
    let program = env::current_exe().map_err(|error| Fault::new(FaultCode::Internal, error))?;
    Ok(WatchdogCommand { program, arguments: vec![WATCH.into(), data_dir.into()] })
}

/// Does that process's work, where this is it: without a desktop, a tray or a log.
pub(crate) fn run_if_asked() -> Option<ExitCode> {
    let data_dir = asked(env::args_os().skip(1))?;
    let Ok(runtime) = Builder::new_current_thread().enable_all().build() else {
        return Some(ExitCode::FAILURE);
    };
    runtime.block_on(watch_proxies(&data_dir));
    Some(ExitCode::SUCCESS)
}

fn asked(mut arguments: impl Iterator<Item = OsString>) -> Option<PathBuf> {
    (arguments.next()? == OsStr::new(WATCH)).then(|| arguments.next().map(PathBuf::from))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_starts_the_watchdog_is_understood_by_it() {
        let folder = Path::new("/a folder/with 空格");
        let command = command(folder).unwrap();
        assert_eq!(asked(command.arguments.into_iter()).as_deref(), Some(folder));
    }

    #[test]
    fn the_app_is_no_watchdog_unless_it_is_told() {
        for arguments in [&[][..], &["--hidden"], &[WATCH], &["--hidden", WATCH, "/folder"]] {
            assert_eq!(asked(arguments.iter().map(OsString::from)), None, "{arguments:?}");
        }
    }
}
