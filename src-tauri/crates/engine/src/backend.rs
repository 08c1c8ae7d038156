//! What a desktop's views stand on: an engine of this process, or one that another process holds.

use std::sync::Arc;

use longwire_contract::{Call, EventView, Fault, FaultCode, LogLine, Request, Snapshot, dispatch};
use serde_json::Value;
use tokio::{
    sync::{broadcast, watch},
    time::{Duration, Instant, sleep, timeout_at},
};

use crate::{Clicked, Engine, Options, Remote};

/// The engine of a data folder, wherever it runs. Cheap to clone.
#[derive(Clone)]
pub enum Backend {
    /// In this process.
    Own(Engine),
    /// In another one, as a service.
    Attached(Remote),
}

/// How long one is waited for that holds the folder and does not answer: it is on its way up or down.
const UNANSWERED: Duration = Duration::from_secs(5);
/// How long a service may take to come back, or to come up where it was given way to, before the folder is taken.
const RETURN: Duration = Duration::from_secs(10);
/// How often is looked.
const PACE: Duration = Duration::from_millis(200);

impl Backend {
    /// Takes the data folder, or attaches to whoever holds it.
    ///
    /// # Errors
    /// As [`Engine::open`], [`FaultCode::HeldByOther`] where the holder does not answer; [`FaultCode::OtherVersion`],
    /// [`FaultCode::NewerVersion`].
    pub async fn open(options: Options) -> Result<Self, Fault> {
        let until = Instant::now() + UNANSWERED;
        loop {
            let held = match Engine::open(options.clone()).await {
                Err(fault) if fault.code == FaultCode::HeldByOther => fault,
                opened => return opened.map(Self::Own),
            };
            match Remote::attach(options.clone()).await {
                Err(fault) if fault.code == FaultCode::NotRunning && Instant::now() < until => {
                    sleep(PACE).await
                }
                Err(fault) if fault.code == FaultCode::NotRunning => return Err(held),
                attached => return attached.map(Self::Attached),
            }
        }
    }

    /// Waits until there has to be another one: a service wants this one's data folder, which is told once each time that it asks, or
    /// the one in another process is gone.
    pub async fn over(&self) {
        match self {
            Self::Own(engine) => engine.asked_to_yield().await,
            Self::Attached(remote) => remote.gone().await,
        }
    }

    /// The one that follows where one is over, and closed: it is attached to whoever answers within 10 s, else it takes the
    /// folder.
    ///
    /// # Errors
    /// As [`Backend::open`].
    pub async fn open_after(options: Options) -> Result<Self, Fault> {
        let until = Instant::now() + RETURN;
        while Instant::now() < until {
            match attach(&options, until).await {
                Some(attached) => return attached,
                None => sleep(PACE).await,
            }
        }
        Self::open(options).await
    }

    /// The state of everything; changes as it does.
    pub fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        match self {
            Self::Own(engine) => engine.snapshots(),
            Self::Attached(remote) => remote.snapshots(),
        }
    }

    /// Events as they arrive and as what becomes of them changes, in batches, oldest first. A receiver that lags reads its page
    /// again.
    pub fn arrivals(&self) -> broadcast::Receiver<Arc<Vec<EventView>>> {
        match self {
            Self::Own(engine) => engine.arrivals(),
            Self::Attached(remote) => remote.arrivals(),
        }
    }

    /// Lines of the engine's log as they are written, in batches, oldest first. A receiver that lags reads its page again.
    pub fn log_lines(&self) -> broadcast::Receiver<Arc<Vec<LogLine>>> {
        match self {
            Self::Own(engine) => engine.log_lines(),
            Self::Attached(remote) => remote.log_lines(),
        }
    }

    /// What clicks on notifications ask to see, as they are clicked.
    pub fn clicks(&self) -> broadcast::Receiver<Clicked> {
        match self {
            Self::Own(engine) => engine.clicks(),
            Self::Attached(remote) => remote.clicks(),
        }
    }

    /// Has a command carried out.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn dispatch(&self, request: Request) -> Result<Value, Fault> {
        match self {
            Self::Own(engine) => dispatch(engine, request).await,
            Self::Attached(remote) => remote.dispatch(request).await,
        }
    }

    /// The same, with its type.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn call<C: Call>(&self, request: &C::Request) -> Result<C::Response, Fault> {
        let internal = |error: serde_json::Error| Fault::new(FaultCode::Internal, error);
        let arguments = serde_json::to_value(request).map_err(internal)?;
        let request = Request { command: C::NAME.to_owned(), arguments };
        serde_json::from_value(self.dispatch(request).await?).map_err(internal)
    }

    /// Closes an engine of this process, and gives the data folder back. One in another process is left as it is.
    pub async fn close(self) {
        match self {
            Self::Own(engine) => engine.close().await,
            Self::Attached(remote) => remote.leave(),
        }
    }
}

/// What comes of asking whoever holds the folder; nothing where there is no answer until then.
async fn attach(options: &Options, until: Instant) -> Option<Result<Backend, Fault>> {
    match timeout_at(until, Remote::attach(options.clone())).await {
        Ok(Err(fault)) if !matches!(fault.code, FaultCode::OtherVersion | FaultCode::NewerVersion) => None,
        Ok(attached) => Some(attached.map(Backend::Attached)),
        Err(_) => None,
    }
}
