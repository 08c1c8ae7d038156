use std::io::{self, IsTerminal};

use longwire_contract::{Fault, FaultCode};
use longwire_engine::{Asking, Machine, Options, WatchdogCommand};

/// How this command opens an engine; `program` is what a second Longwire is told.
///
/// # Errors
/// Where this program does not know its own file, which it has to start again to look after the system's proxies.
pub(crate) fn options(machine: &Machine, program: &str) -> Result<Options, Fault> {
    let this = std::env::current_exe().map_err(|error| Fault::new(FaultCode::Internal, error))?;
    let data_dir = machine.data_dir.clone().into_os_string();
    let arguments = ["proxy".into(), "watch".into(), "--data-dir".into(), data_dir].into();
    Ok(Options {
        watchdog: Some(WatchdogCommand { program: this, arguments }),
        asking: if io::stdin().is_terminal() { Asking::Terminal } else { Asking::Window },
        ..Options::new(machine, program)
    })
}
