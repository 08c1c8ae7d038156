use std::sync::Arc;

use longwire_contract::{Domain, Fault, FaultCode, Phase, Snapshot};
use longwire_engine::{Apps, Engine, GivenApp, Machine, Options};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tracing::{error, info};

use crate::{args::Run, exit::Exit, print::Printer, secret, words};

/// `longwire run`: holds the connections until told to stop, or until trying again cannot help.
pub(crate) async fn run(run: Run, machine: Machine) -> Result<Exit, Fault> {
    let language = machine.language();
    let given = secret::given(run.app_secret_file.as_deref())?;
    let printer = run.print.then(|| Arc::new(Printer::start(std::io::stdout())));
    let mut options = Options::new(&machine, "longwire run");
    options.ca_files = run.ca_file;
    options.sink = printer.clone().map(|printer| printer as _);
    match run.app_id {
        Some(id) => {
            let kept = machine.app(&id)?;
            let domain = run.domain.or(kept).unwrap_or(Domain::Feishu);
            options.apps = Apps::Only(GivenApp { id, secret: given, domain });
        }
        None => options.secret = given,
    }
    // Before anything connects, so that no signal finds the process unprepared.
    let mut interrupted = signals()?;
    let engine = Engine::open(options).await?;
    let mut snapshots = engine.snapshots();
    if snapshots.borrow().apps.is_empty() {
        engine.close().await;
        return Err(Fault::new(FaultCode::NoApps, "no app is configured"));
    }
    let exit = tokio::select! {
        () = interrupted.recv() => {
            info!("closing; once more to leave at once");
            standing(&snapshots.borrow())
        }
        () = hopeless(&mut snapshots) => {
            let snapshot = snapshots.borrow().clone();
            for app in &snapshot.apps {
                if let Some(reason) = &app.reason {
                    error!(app = %app.app_id, "{}", words::reason(language, reason));
                }
            }
            standing(&snapshot)
        }
        () = closed(printer.as_deref()) => {
            error!("standard output is closed: nobody reads the events any more");
            Exit::Failed
        }
    };
    tokio::select! {
        () = engine.close() => Ok(exit),
        () = interrupted.recv() => Ok(Exit::Failed),
    }
}

/// Waits until no app can be connected without the user.
async fn hopeless(snapshots: &mut watch::Receiver<Arc<Snapshot>>) {
    let stuck = |snapshot: &Arc<Snapshot>| {
        snapshot.apps.iter().all(|app| app.phase == Phase::NeedsYou || app.phase == Phase::Paused)
            && snapshot.apps.iter().any(|app| app.phase == Phase::NeedsYou)
    };
    if snapshots.wait_for(stuck).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn closed(printer: Option<&Printer>) {
    match printer {
        Some(printer) => printer.broken().cancelled().await,
        None => std::future::pending().await,
    }
}

/// 0 where an app is, or has been held, connected; else why the first one is not.
fn standing(snapshot: &Snapshot) -> Exit {
    let well = |phase| matches!(phase, Phase::Connected | Phase::Paused);
    if snapshot.apps.iter().any(|app| well(app.phase)) {
        return Exit::Ok;
    }
    snapshot.apps.iter().find_map(|app| app.reason.as_ref()).map_or(Exit::Ok, Exit::from)
}

/// Ctrl-C, and what a service manager sends.
struct Interrupted {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

fn signals() -> Result<Interrupted, Fault> {
    let on = |kind| signal(kind).map_err(|error| Fault::new(FaultCode::Internal, error));
    Ok(Interrupted { interrupt: on(SignalKind::interrupt())?, terminate: on(SignalKind::terminate())? })
}

impl Interrupted {
    async fn recv(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
