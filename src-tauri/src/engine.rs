//! The engine: one of this process, closed before that ends, or one that a service holds.

use std::{
    future::Future,
    sync::{Mutex as StdMutex, PoisonError},
    time::{Duration, Instant},
};

use longwire_contract::{Fault, FaultCode, Language, Theme};
use longwire_engine::{Apps, Backend, Desktop, Identity, LoginItem, Machine, Options, Updates};
use tauri::{AppHandle, Manager};
use tokio::{
    sync::{Mutex, Notify},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{menu::View, push, tray, watchdog, window, yielding::Yielding};

/// How long the links may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(3);
/// How long that may take where the system's proxies have to be put back first: the system may ask for a password. What is not
/// back by then its watchdog puts back.
const PUTTING_BACK: Duration = Duration::from_secs(120);

/// How often one is tried to attach to that did not answer, or is of another version.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// The place of the engine, and of those that come after it.
pub(crate) struct EngineSlot {
    slot: Mutex<Slot>,
    /// Cancelled once the app is about to end: nothing is waited for any more.
    quitting: CancellationToken,
    /// Told when an engine is there.
    opened: Notify,
    /// What was last said to be in the way.
    said: StdMutex<Option<Fault>>,
}

enum Slot {
    Empty,
    /// The engine, and what brings to the views what it says, for as long as this is not dropped.
    Open(Backend, JoinSet<()>),
    Closed,
}

impl EngineSlot {
    /// A slot without an engine yet.
    pub(crate) fn empty() -> Self {
        let (quitting, opened) = (CancellationToken::new(), Notify::new());
        Self { slot: Mutex::new(Slot::Empty), quitting, opened, said: StdMutex::default() }
    }

    /// The engine. Where it is not open it is opened, and the views begin to follow it.
    pub(crate) async fn engine(&self, app: &AppHandle) -> Result<Backend, Fault> {
        let mut slot = self.slot.lock().await;
        match &*slot {
            Slot::Open(engine, _) => Ok(engine.clone()),
            Slot::Closed => Err(quitting()),
            Slot::Empty => self.fill(&mut slot, app, Backend::open).await,
        }
    }

    /// Looks after the engine until the app ends: where it is over, another one follows, and where none could be opened, that is tried
    /// again.
    pub(crate) async fn look_after(&self, app: &AppHandle) {
        let mut yielding = Yielding::default();
        while !self.quitting.is_cancelled() {
            let engine = self.engine(app).await;
            if let Ok(engine) = &engine {
                yielding.opened(matches!(engine, Backend::Own(_)));
            }
            let begun = Instant::now();
            tokio::select! {
                () = self.until_another_is_wanted(&engine, &yielding) => {}
                () = self.quitting.cancelled() => return,
            }
            if let Ok(engine) = engine {
                match engine {
                    Backend::Own(_) => yielding.given(),
                    Backend::Attached(_) => yielding.gone(begun.elapsed()),
                }
                self.renew(app).await;
            }
        }
    }

    async fn until_another_is_wanted(&self, engine: &Result<Backend, Fault>, yielding: &Yielding) {
        match engine {
            Ok(engine @ Backend::Own(_)) => yielding.until_due(|| engine.over()).await,
            Ok(engine @ Backend::Attached(_)) => engine.over().await,
            // Their user mends them, and comes back then.
            Err(Fault { code: FaultCode::SettingsUnreadable, .. }) => self.opened.notified().await,
            // What else is in the way passes by itself, most likely: one that holds the data folder is about to end or to answer.
            Err(_) => sleep(TRY_AGAIN).await,
        }
    }

    /// Closes the engine's links; none is opened afterwards. One in another process is left as it is.
    pub(crate) async fn close(&self) {
        self.quitting.cancel();
        let slot = std::mem::replace(&mut *self.slot.lock().await, Slot::Closed);
        if let Slot::Open(engine, _following) = slot {
            close(engine).await;
        }
    }

    /// Puts another engine in the place of one that is over.
    async fn renew(&self, app: &AppHandle) {
        let mut slot = self.slot.lock().await;
        let Slot::Open(engine, following) = std::mem::replace(&mut *slot, Slot::Empty) else { return };
        let before = engine.snapshots().borrow().pid;
        close(engine).await;
        // What fails is logged and shown there.
        let opened = self.fill(&mut slot, app, Backend::open_after).await;
        drop(following);
        // It counts anew what it tells. The page knows another process from the last one, and goes on with what is being typed there;
        // else it begins anew, too.
        if !opened.is_ok_and(|engine| engine.snapshots().borrow().pid != before) {
            window::reload(app);
        }
    }

    async fn fill<F: Future<Output = Result<Backend, Fault>>>(
        &self,
        slot: &mut Slot,
        app: &AppHandle,
        open: impl FnOnce(Options) -> F,
    ) -> Result<Backend, Fault> {
        let opened = match options(app) {
            Ok(options) => tokio::select! {
                opened = open(options) => opened,
                () = self.quitting.cancelled() => return Err(quitting()),
            },
            Err(fault) => Err(fault),
        };
        match opened {
            Ok(engine) => {
                *slot = Slot::Open(engine.clone(), push::follow(app, &engine));
                self.says_anew(None);
                self.opened.notify_one();
                Ok(engine)
            }
            Err(fault) => {
                if self.says_anew(Some(&fault)) {
                    tracing::error!(code = ?fault.code, %fault, "the engine cannot be opened");
                }
                tray::show(app, View::without_engine(language(), Some(&fault)));
                Err(fault)
            }
        }
    }

    /// Remembers what is in the way; whether that is another thing than before.
    fn says_anew(&self, fault: Option<&Fault>) -> bool {
        // A panic while holding the lock leaves plain data behind.
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let anew = said.as_ref() != fault;
        *said = fault.cloned();
        anew
    }
}

async fn close(engine: Backend) {
    let patience = match &engine {
        Backend::Own(engine) if engine.snapshots().borrow().lease.is_some() => PUTTING_BACK,
        _ => GOODBYE,
    };
    if timeout(patience, engine.close()).await.is_err() {
        tracing::warn!("the engine did not close in time");
    }
}

fn quitting() -> Fault {
    Fault::new(FaultCode::NotRunning, "Longwire is quitting")
}

/// The language to speak while no engine says which.
pub(crate) fn language() -> Language {
    Machine::new(None).map_or(Language::English, |machine| machine.language())
}

/// How the window is to look while no engine says so.
pub(crate) fn theme() -> Theme {
    Machine::new(None).map_or(Theme::System, |machine| machine.theme())
}

/// What the app is called where it holds a data folder.
pub(crate) const PROGRAM: &str = "Longwire";

fn options(app: &AppHandle) -> Result<Options, Fault> {
    let machine = Machine::new(None)?;
    let mut options = Options::new(&machine, PROGRAM);
    options.apps = Apps::ConfiguredOrSimulator;
    options.watchdog = Some(watchdog::command(&machine.data_dir)?);
    options.desktop = desktop(&app.config().identifier);
    options.login = LoginItem::of_this_process();
    options.yields = true;
    options.updates.clone_from(&app.state::<Option<Updates>>());
    Ok(options)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_way_is_said_once_and_again_after_it_was_gone() {
        let slot = EngineSlot::empty();
        let held = |pid| Fault::new(FaultCode::HeldByOther, "held").with("pid", pid);
        assert!(slot.says_anew(Some(&held(1))));
        assert!(!slot.says_anew(Some(&held(1))));
        assert!(slot.says_anew(Some(&held(2))));
        slot.says_anew(None);
        assert!(slot.says_anew(Some(&held(2))));
    }
}
