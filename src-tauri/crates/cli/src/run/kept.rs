//! `longwire run` under the system's keeper of services: nobody is there to read why it ended, so that it waits instead.

use std::time::Duration;

use longwire_contract::{Fault, FaultCode, Language};
use longwire_engine::{Engine, News, Options, Supervisor};
use tokio::time::sleep;
use tracing::{info, warn};

use super::Watcher;
use crate::{exit::Exit, signals::Signals, words};

/// How often a data folder that another one holds is tried again.
const PAUSE: Duration = Duration::from_secs(5);
/// So much longer the start may take, each time.
const LONGER: Duration = Duration::from_secs(90);

/// Holds the connections until told to stop: also where there is none to hold, and where the platform refuses.
pub(super) async fn run(
    options: Options,
    supervisor: Supervisor,
    language: Language,
    mut signals: Signals,
) -> Result<Exit, Fault> {
    let engine = tokio::select! {
        engine = open(options, supervisor, language) => engine?,
        () = signals.next() => return Ok(Exit::Ok),
    };
    let mut watcher = Watcher::new(language);
    tokio::select! {
        () = signals.next() => info!("closing; once more to leave at once"),
        () = watcher.follow(engine.snapshots()) => {}
    }
    tokio::select! {
        () = engine.close() => Ok(Exit::Ok),
        () = signals.next() => Ok(Exit::Failed),
    }
}

/// Opens the engine, as soon as nobody else holds its data folder.
async fn open(options: Options, supervisor: Supervisor, language: Language) -> Result<Engine, Fault> {
    let mut said = None;
    loop {
        match Engine::open(options.clone()).await {
            Err(fault) if fault.code == FaultCode::HeldByOther => {
                let words = words::fault(language, &fault);
                let news = [News::Status(words.clone()), News::Starting(LONGER)];
                if let Err(error) = supervisor.tell(&news) {
                    warn!(%error, "the supervisor does not hear");
                }
                if said.as_ref() != Some(&words) {
                    warn!("{words}");
                    said = Some(words);
                }
                sleep(PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}
