//! An engine in another process, followed over its control socket: what it tells is told here, and commands are handed to it.
//!
//! What is the desktop's is done in this process: see [`here`].

mod here;
mod telling;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use longwire_contract::{
    AppView, EventView, Fault, FaultCode, Language, LogLine, Phase, Push, Request, Snapshot, UpdateView,
};
use longwire_host::notification::NotShown;
use serde_json::Value;
use tokio::{
    sync::{broadcast, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    Clicked, Options,
    control::{Client, Followed, Told},
    notify::{self, Arriving, arrivals},
    report::Held,
    updates::{self, Ground, Ways},
};

/// The engine that holds a data folder, in another process. Cheap to clone; every clone is the same one. It does not end that
/// engine, and does not wait for another one once that is gone.
#[derive(Clone, Debug)]
pub struct Remote(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    told: Arc<Heard>,
    options: Options,
    /// The last report, which is saved as it was shown.
    report: Held,
    /// What follows the engine and tells the desktop. They end with this.
    tasks: Mutex<JoinSet<()>>,
}

/// What was heard of the engine, as it is told on.
#[derive(Debug)]
struct Heard {
    snapshots: watch::Sender<Arc<Snapshot>>,
    /// What the system speaks here: a service has no user whose language it could know.
    system_language: Language,
    /// How the update of this process stands.
    update: Mutex<UpdateView>,
    /// Why the desktop here shows nothing.
    trouble: Mutex<Option<NotShown>>,
    events: broadcast::Sender<Arc<Vec<EventView>>>,
    lines: broadcast::Sender<Arc<Vec<LogLine>>>,
    clicked: broadcast::Sender<Clicked>,
    gone: CancellationToken,
}

/// Batches and clicks that nobody has looked at yet.
const UNSEEN: usize = 64;

impl Remote {
    /// Follows the engine that holds the data folder of `options`.
    ///
    /// # Errors
    /// [`FaultCode::NotRunning`] where none answers; [`FaultCode::OtherVersion`], [`FaultCode::NewerVersion`].
    pub async fn attach(options: Options) -> Result<Self, Fault> {
        let mut followed = Client::connect(&options.data_dir).await?.follow().await?;
        let Some(Told::Push(Push::Snapshot(first))) = followed.next().await? else {
            let detail = "the engine went away before it said how it stands";
            return Err(Fault::new(FaultCode::NotRunning, detail).with("path", options.data_dir.display()));
        };
        info!(pid = first.pid, "attached to {}", first.program);
        let told = Arc::new(Heard {
            snapshots: watch::Sender::default(),
            system_language: options.system_language,
            update: Mutex::new(updates::view(&options)),
            trouble: Mutex::default(),
            events: broadcast::Sender::new(UNSEEN),
            lines: broadcast::Sender::new(UNSEEN),
            clicked: broadcast::Sender::new(UNSEEN),
            gone: CancellationToken::new(),
        });
        told.show(*first);
        let mut tasks = JoinSet::new();
        let (arriving, arrivals) = arrivals();
        tasks.spawn(follow(followed, told.clone(), arriving));
        if let Some(desktop) = options.desktop.clone() {
            let heard = notify::Heard { clicks: desktop.clicks(), trouble: desktop.trouble() };
            let outlet = telling::Telling { desktop, told: told.clone() };
            tasks.spawn(notify::run(told.snapshots.subscribe(), arrivals, heard, outlet));
        }
        if let Some(updates) = &options.updates {
            updates.stand_on(Ground { snapshots: told.snapshots.subscribe(), ways: Ways::of(&options) });
            tasks.spawn(follow_update(updates.views(), told.clone()));
        }
        Ok(Self(Arc::new(Inner { told, options, report: Held::default(), tasks: Mutex::new(tasks) })))
    }

    /// The state of everything; changes as it does. Its revisions count what was heard here.
    pub fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.0.told.snapshots.subscribe()
    }

    /// As [`Engine::arrivals`](crate::Engine::arrivals).
    pub fn arrivals(&self) -> broadcast::Receiver<Arc<Vec<EventView>>> {
        self.0.told.events.subscribe()
    }

    /// Lines of the engine's log, as [`Engine::log_lines`](crate::Engine::log_lines).
    pub fn log_lines(&self) -> broadcast::Receiver<Arc<Vec<LogLine>>> {
        self.0.told.lines.subscribe()
    }

    /// What clicks on notifications of this process ask to see, as they are clicked.
    pub fn clicks(&self) -> broadcast::Receiver<Clicked> {
        self.0.told.clicked.subscribe()
    }

    /// Waits until the engine is gone. Its apps are shown as connecting from then on: somebody is about to.
    pub async fn gone(&self) {
        self.0.told.gone.cancelled().await;
    }

    /// Has a command carried out: here where it is about this desktop, there else.
    ///
    /// # Errors
    /// As the engine's own; [`FaultCode::NotRunning`] where that is gone.
    pub async fn dispatch(&self, request: Request) -> Result<Value, Fault> {
        match self.do_here(request).await {
            Ok(outcome) => outcome,
            Err(request) => self.forward(&request).await,
        }
    }

    async fn forward(&self, request: &Request) -> Result<Value, Fault> {
        Client::connect(&self.0.options.data_dir).await?.carry_out(request).await
    }

    /// Follows it no more.
    pub fn leave(&self) {
        self.tasks().abort_all();
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        // A panic while holding the lock leaves a set of tasks behind that is as good as before.
        self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
    /// Shows a state as it is for this desktop: in its language, and with what is to be said of it.
    fn show(&self, mut snapshot: Snapshot) {
        snapshot.language = snapshot.language_choice.resolve(self.system_language);
        // That process has no desktop, or its own.
        notify::tell_trouble(&mut snapshot, self.trouble().as_ref());
        // That process has an update of its own, or none.
        snapshot.update = self.update().clone();
        self.snapshots.send_modify(|shown| {
            snapshot.rev = shown.rev.wrapping_add(1);
            *shown = Arc::new(snapshot);
        });
    }

    /// Says why the desktop here shows nothing, or that it does again.
    fn tell_trouble(&self, trouble: Option<NotShown>) {
        *self.trouble() = trouble;
        let snapshot = Snapshot::clone(&self.snapshots.borrow());
        self.show(snapshot);
    }

    /// Says how the update of this process stands.
    fn tell_update(&self, update: UpdateView) {
        *self.update() = update.clone();
        self.snapshots.send_if_modified(|shown| {
            let differs = shown.update != update;
            if differs {
                let rev = shown.rev.wrapping_add(1);
                *shown = Arc::new(Snapshot { rev, update, ..Snapshot::clone(shown) });
            }
            differs
        });
    }

    fn update(&self) -> MutexGuard<'_, UpdateView> {
        self.update.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn trouble(&self) -> MutexGuard<'_, Option<NotShown>> {
        // A panic while holding the lock leaves plain data behind.
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells on what the engine tells, until that is gone.
async fn follow(mut followed: Followed, told: Arc<Heard>, arriving: Arriving) {
    loop {
        match followed.next().await {
            // An error of these says that nobody listens.
            Ok(Some(Told::Push(Push::Snapshot(snapshot)))) => told.show(*snapshot),
            Ok(Some(Told::Push(Push::Events(events)))) => drop(told.events.send(Arc::new(events))),
            Ok(Some(Told::Push(Push::Log(lines)))) => drop(told.lines.send(Arc::new(lines))),
            Ok(Some(Told::Arrival(arrival))) => arriving.tell(|| arrival),
            Ok(Some(Told::Missed)) => arriving.miss(),
            Ok(None) => break,
            Err(fault) => {
                warn!(%fault, "what the other Longwire says is not understood");
                break;
            }
        }
    }
    info!("the Longwire that held the connection is gone");
    let mut snapshot = Snapshot::clone(&told.snapshots.borrow());
    snapshot.apps.iter_mut().for_each(connect_again);
    snapshot.phase = snapshot.apps.iter().map(|app| app.phase).max().unwrap_or(snapshot.phase);
    told.show(snapshot);
    told.gone.cancel();
}

/// Tells how the update of this process stands, as that changes.
async fn follow_update(mut views: watch::Receiver<UpdateView>, told: Arc<Heard>) {
    loop {
        let view = views.borrow_and_update().clone();
        told.tell_update(view);
        if views.changed().await.is_err() {
            return;
        }
    }
}

fn connect_again(app: &mut AppView) {
    if app.phase != Phase::Paused {
        app.phase = Phase::Connecting;
        app.findings.clear();
        app.hops.clear();
        app.retry_at_ms = None;
    }
}
