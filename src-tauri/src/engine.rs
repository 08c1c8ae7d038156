//! The engine inside this process: opened once, closed before the process ends.

use std::time::Duration;

use longwire_contract::{Fault, FaultCode, Language, Theme};
use longwire_engine::{Apps, Desktop, Engine, Identity, LoginItem, Machine, Options};
use tauri::AppHandle;
use tokio::{sync::Mutex, time::timeout};

use crate::{menu::View, push, tray, watchdog};

/// How long the links may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(3);
/// How long that may take where the system's proxies have to be put back first: the system may ask for a password. What is not
/// back by then its watchdog puts back.
const PUTTING_BACK: Duration = Duration::from_secs(120);

/// The place of the engine.
pub(crate) struct EngineSlot(Mutex<Slot>);

enum Slot {
    Empty,
    Open(Engine),
    Closed,
}

impl EngineSlot {
    /// A slot without an engine yet.
    pub(crate) fn empty() -> Self {
        Self(Mutex::new(Slot::Empty))
    }

    /// The engine. Where it is not open it is opened, and the views begin to follow it.
    pub(crate) async fn engine(&self, app: &AppHandle) -> Result<Engine, Fault> {
        let mut slot = self.0.lock().await;
        match &*slot {
            Slot::Open(engine) => Ok(engine.clone()),
            Slot::Closed => Err(Fault::new(FaultCode::NotRunning, "Longwire is quitting")),
            Slot::Empty => match open(&app.config().identifier).await {
                Ok(engine) => {
                    *slot = Slot::Open(engine.clone());
                    push::follow(app, &engine);
                    Ok(engine)
                }
                Err(fault) => {
                    tracing::error!(code = ?fault.code, %fault, "the engine cannot be opened");
                    tray::show(app, View::without_engine(language(), Some(&fault)));
                    Err(fault)
                }
            },
        }
    }

    /// Closes the engine's links; none is opened afterwards.
    pub(crate) async fn close(&self) {
        let slot = std::mem::replace(&mut *self.0.lock().await, Slot::Closed);
        let Slot::Open(engine) = slot else { return };
        let patience = if engine.snapshots().borrow().lease.is_some() { PUTTING_BACK } else { GOODBYE };
        if timeout(patience, engine.close()).await.is_err() {
            tracing::warn!("the engine did not close in time");
        }
    }
}

/// The language to speak while no engine says which.
pub(crate) fn language() -> Language {
    Machine::new(None).map_or(Language::English, |machine| machine.language())
}

/// How the window is to look while no engine says so.
pub(crate) fn theme() -> Theme {
    Machine::new(None).map_or(Theme::System, |machine| machine.theme())
}

async fn open(identifier: &str) -> Result<Engine, Fault> {
    let machine = Machine::new(None)?;
    let mut options = Options::new(&machine, "Longwire");
    options.apps = Apps::ConfiguredOrSimulator;
    options.watchdog = Some(watchdog::command(&machine.data_dir)?);
    options.desktop = desktop(identifier);
    options.login = LoginItem::of_this_process();
    Engine::open(options).await
}

/// Where notifications are shown, under the names that the packages install.
fn desktop(identifier: &str) -> Option<Desktop> {
    let identity = Identity {
        name: "Longwire".to_owned(),
        icon: env!("CARGO_PKG_NAME").to_owned(),
        desktop_entry: "Longwire".to_owned(),
        bundle: identifier.to_owned(),
    };
    Desktop::start(identity).inspect_err(|error| tracing::error!(%error, "no notification can be shown")).ok()
}
