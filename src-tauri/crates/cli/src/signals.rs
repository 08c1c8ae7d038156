use std::io::{self, IsTerminal};

use longwire_contract::{Fault, FaultCode};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What ends a command in good order: Ctrl-C, what a service manager sends, and a terminal that goes away.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Option<Signal>,
}

impl Signals {
    /// Listens from now on; before, a signal ends the process at once.
    pub(crate) fn listen() -> Result<Self, Fault> {
        let on = |kind| signal(kind).map_err(|error| Fault::new(FaultCode::Internal, error));
        // `nohup` has this signal ignored, and leaves no terminal behind; listening would undo what it did.
        let terminal = io::stdin().is_terminal() || io::stdout().is_terminal() || io::stderr().is_terminal();
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
            hangup: terminal.then(|| on(SignalKind::hangup())).transpose()?,
        })
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = hung_up(&mut self.hangup) => {}
        }
    }
}

async fn hung_up(hangup: &mut Option<Signal>) {
    match hangup {
        Some(hangup) => drop(hangup.recv().await),
        None => std::future::pending().await,
    }
}
