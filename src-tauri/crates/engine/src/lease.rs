//! The system's proxies, set aside for a time: the commands, and what looks after a lease while the engine runs. Another
//! process looks after it, too, since this one may be killed.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use longwire_contract::{
    Fault, FaultCode, Language, LeaseChange, LeasePhase, LeaseReport, LeaseRequest, LeaseState, LeaseView,
    Notice, NoticeCode, ProxyTable,
    text::{text, word},
};
use longwire_host::{
    keeper::{self, Keeper},
    lease::{Lease, LeaseError, Watchdog},
};
use tokio::{
    sync::{Mutex, MutexGuard, Notify},
    task::spawn_blocking,
    time::{Instant, sleep},
};
use tracing::{info, warn};

use crate::{
    engine::{Engine, Inner},
    options::{Apps, Options},
    shared::Shared,
};

/// How to start the process that puts the proxies back when this one is gone. It is to call [`watch_proxies`].
#[derive(Clone, Debug)]
pub struct WatchdogCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// What the process does that [`WatchdogCommand`] starts: looks after the lease of a data folder until that is over.
pub async fn watch_proxies(data_dir: &Path) {
    if let Some(keeper) = keeper::of_this_machine() {
        Lease::new(data_dir, keeper.into()).watch().await;
    }
}

/// How often a lease is looked at: its time may be over, or another process may have ended it.
const LOOK: Duration = Duration::from_secs(1);

/// How often it is tried again to put back what could not be: what was in the way may be gone.
const AGAIN: Duration = Duration::from_secs(30);
/// How many looks a watchdog has to end a lease whose backup is lost.
const PATIENCE: u32 = 10;

/// The lease, as far as this process holds it.
#[derive(Debug, Default)]
pub(crate) struct Holding {
    /// Locked while the settings are changed: one change at a time.
    watchdog: Mutex<Option<Watchdog>>,
    /// Wakes [`look_after`].
    changed: Arc<Notify>,
}

impl Engine {
    pub(crate) async fn proxy_table(&self) -> Result<ProxyTable, Fault> {
        let Some(keeper) = keeper(&self.inner.options) else { return Ok(ProxyTable::default()) };
        let read = spawn_blocking(move || keeper.table());
        read.await.map_err(internal)?.map_err(|error| fault(&LeaseError::Unreadable(error)))
    }

    pub(crate) async fn begin_lease(&self, request: LeaseRequest) -> Result<(), Fault> {
        let length = length(request.minutes)?;
        let lease = self.lease()?;
        let mut watchdog = self.inner.lease.watchdog.lock().await;
        match lease.view() {
            None => {}
            Some(LeaseView { phase: LeasePhase::Damaged, .. }) => return Err(damaged(&self.inner.options)),
            Some(_) => return Err(fault(&LeaseError::Held)),
        }
        // What is being replaced is not to be started as a watchdog either.
        self.unless_placing(|| ())?;
        let started = self.start_watchdog().await?;
        // An update that is not being put in place by now sees the lease, and waits for its end.
        self.unless_placing(|| {
            self.shared().change(|snapshot| {
                snapshot.notices.retain(|notice| !is_of_lease(notice));
                snapshot.lease = Some(beginning(request.minutes));
            });
        })?;
        let begun = {
            let lease = lease.clone();
            spawn_blocking(move || lease.begin(&request.settings, length)).await.map_err(internal)?
        };
        self.show_lease(&lease);
        begun.map_err(|error| fault(&error))?;
        info!(minutes = request.minutes, "the system's proxies are set aside");
        self.keep_watchdog(&mut watchdog, started);
        Ok(())
    }

    pub(crate) async fn extend_lease(&self, minutes: u32) -> Result<(), Fault> {
        let (length, lease) = (length(minutes)?, self.lease()?);
        let mut watchdog = self.inner.lease.watchdog.lock().await;
        let held = lease.view().filter(|view| view.phase == LeasePhase::Held);
        if held.as_ref().is_some_and(|view| view.minutes_left == 0) {
            // Its time is over, or the machine has started anew: its user is to see first what is set aside anew.
            finished(&self.inner, &lease, watchdog, Lease::end).await?;
            return Err(fault(&LeaseError::NotHeld));
        }
        let started = match held.is_some() && !lease.is_watched() {
            true => Some(self.start_watchdog().await?),
            false => None,
        };
        let extended = {
            let lease = lease.clone();
            spawn_blocking(move || lease.extend(length)).await.map_err(internal)?
        };
        self.show_lease(&lease);
        extended.map_err(|error| fault(&error))?;
        if let Some(started) = started {
            self.keep_watchdog(&mut watchdog, started);
        }
        Ok(())
    }

    fn unless_placing(&self, act: impl FnOnce()) -> Result<(), Fault> {
        match &self.inner.options.updates {
            Some(updates) => updates.unless_placing(act),
            None => {
                act();
                Ok(())
            }
        }
    }

    async fn start_watchdog(&self) -> Result<Watchdog, Fault> {
        let command = self.inner.options.watchdog.clone();
        let command = command.ok_or_else(|| unwatched("this program has no watchdog"))?;
        let started = spawn_blocking(move || Watchdog::start(&command.program, &command.arguments));
        started.await.map_err(internal)?.map_err(unwatched)
    }

    /// Holds it for as long as the lease is held here, or leaves it to itself.
    fn keep_watchdog(&self, held: &mut Option<Watchdog>, started: Watchdog) {
        if self.owns_lease() {
            *held = Some(started);
            self.inner.lease.changed.notify_one();
        } else {
            started.detach();
        }
    }

    pub(crate) async fn end_lease(&self) -> Result<LeaseReport, Fault> {
        self.finish_lease(Lease::end).await
    }

    pub(crate) async fn repair_lease(&self) -> Result<LeaseReport, Fault> {
        self.finish_lease(Lease::repair).await
    }

    async fn finish_lease(
        &self,
        finish: fn(&Lease) -> Result<LeaseReport, LeaseError>,
    ) -> Result<LeaseReport, Fault> {
        let lease = self.lease()?;
        let watchdog = self.inner.lease.watchdog.lock().await;
        finished(&self.inner, &lease, watchdog, finish).await
    }

    /// Puts the proxies back before the engine is gone; what cannot be put back is left to the watchdog, and to the next
    /// start.
    pub(crate) async fn close_lease(&self) {
        if !self.owns_lease() {
            return;
        }
        let Ok(lease) = self.lease() else { return };
        {
            let watchdog = self.inner.lease.watchdog.lock().await;
            if lease.view().is_some_and(|view| view.phase != LeasePhase::Damaged) {
                // What went wrong is in the log.
                finished(&self.inner, &lease, watchdog, Lease::end).await.ok();
            }
        }
        *self.inner.lease.watchdog.lock().await = None;
    }

    /// Whether a lease ends with this engine. One that was opened for a single command leaves it to the watchdog.
    pub(crate) fn owns_lease(&self) -> bool {
        !matches!(self.inner.options.apps, Apps::None)
    }

    fn lease(&self) -> Result<Lease, Fault> {
        let keeper = keeper(&self.inner.options)
            .ok_or_else(|| Fault::new(FaultCode::NoProxySettings, "this system keeps no proxy settings"))?;
        Ok(Lease::new(&self.inner.options.data_dir, keeper.into()))
    }

    fn shared(&self) -> &Shared {
        &self.inner.surroundings.shared
    }

    fn show_lease(&self, lease: &Lease) {
        show(self.shared(), lease.view());
    }
}

/// What keeps the system's proxy settings, where the system is asked at all.
fn keeper(options: &Options) -> Option<Box<dyn Keeper>> {
    if options.system { keeper::of_this_machine() } else { None }
}

/// How the lease of a data folder stands, as an engine finds it. Only the one that [looks after](look_after) it follows it.
pub(crate) fn found(options: &Options) -> Option<LeaseView> {
    let lease = Lease::new(&options.data_dir, keeper(options)?.into());
    lease.view().map(|view| with_repairs(&lease, view))
}

/// The same, with what a repair would switch on where the backup cannot be read: who is asked is to be told.
fn with_repairs(lease: &Lease, view: LeaseView) -> LeaseView {
    match view.phase {
        // What cannot be read now is told by the repair itself, which then changes nothing.
        LeasePhase::Damaged => LeaseView { changes: lease.repairs().unwrap_or_default(), ..view },
        _ => view,
    }
}

/// Looks after the lease for as long as it is polled: ends one that a crash left behind, and one whose time is over, and
/// shows how it stands.
pub(crate) async fn look_after(engine: Weak<Inner>) {
    let (lease, changed) = {
        let Some(inner) = engine.upgrade() else { return };
        let Some(keeper) = keeper(&inner.options) else { return };
        (Lease::new(&inner.options.data_dir, keeper.into()), inner.lease.changed.clone())
    };
    let mut tried = false;
    let mut tried_at = Instant::now();
    let mut lost = 0;
    loop {
        let Some(inner) = engine.upgrade() else { return };
        let view = lease.view();
        let Some(view) = view else {
            tried = false;
            if lost < PATIENCE && is_lost(&inner, &lease) {
                lost += 1;
                drop(inner);
                sleep(LOOK).await;
                continue;
            }
            lost = 0;
            gone(&inner, &lease);
            if let Ok(mut watchdog) = inner.lease.watchdog.try_lock()
                && lease.view().is_none()
            {
                *watchdog = None;
            }
            // Not kept while nothing happens: the engine ends with its last handle.
            drop(inner);
            changed.notified().await;
            continue;
        };
        let over = view.minutes_left == 0 || !lease.is_watched();
        if over && !tried && view.phase != LeasePhase::Damaged {
            // Once: a dialog that asks for a password must not come again and again.
            tried = true;
            tried_at = Instant::now();
            let watchdog = inner.lease.watchdog.lock().await;
            finished(&inner, &lease, watchdog, Lease::end).await.ok();
        } else if view.phase == LeasePhase::Stuck && tried_at.elapsed() >= AGAIN {
            tried_at = Instant::now();
            try_again(&inner, &lease).await;
        } else {
            let shown = inner.surroundings.shared.snapshot().lease.as_ref().map(|lease| lease.phase);
            if view.phase != LeasePhase::Damaged {
                show(&inner.surroundings.shared, Some(view));
            } else if shown != Some(LeasePhase::Damaged) {
                // Once: the whole machine is read for it.
                let lease = lease.clone();
                let view = spawn_blocking(move || with_repairs(&lease, view)).await.ok();
                show(&inner.surroundings.shared, view);
            }
        }
        drop(inner);
        sleep(LOOK).await;
    }
}

/// Whether the lease that is held here is gone, and nobody has noted its end: its watchdog remembers what it was, ends it,
/// and notes that.
fn is_lost(inner: &Inner, lease: &Lease) -> bool {
    let is_held = inner.lease.watchdog.try_lock().is_ok_and(|watchdog| watchdog.is_some());
    is_held && lease.last().is_none()
}

/// No lease is there: whoever ended one, its user is told what became of it, once.
fn gone(inner: &Inner, lease: &Lease) {
    let shared = &inner.surroundings.shared;
    let last = lease.last();
    if last.is_none() && shared.snapshot().lease.is_none() {
        return;
    }
    shared.change(|snapshot| {
        snapshot.lease = None;
        if let Some(ended) = &last {
            tell(&mut snapshot.notices, snapshot.language, &ended.report);
        }
    });
    lease.forget_last();
}

async fn finished(
    inner: &Inner,
    lease: &Lease,
    mut watchdog: MutexGuard<'_, Option<Watchdog>>,
    finish: fn(&Lease) -> Result<LeaseReport, LeaseError>,
) -> Result<LeaseReport, Fault> {
    let shared = &inner.surroundings.shared;
    if let Some(view) = lease.view() {
        shared.change(|snapshot| snapshot.lease = Some(LeaseView { phase: LeasePhase::Ending, ..view }));
    }
    let ended = {
        let lease = lease.clone();
        spawn_blocking(move || finish(&lease)).await.map_err(internal)?
    };
    match &ended {
        Ok(report) => put_back(shared, lease, &mut watchdog, report),
        Err(error) => {
            warn!(%error, "the system's proxies");
            show(shared, lease.view());
        }
    }
    ended.map_err(|error| fault(&error))
}

/// Tries once more to end a lease that is stuck. Nobody is asked for a password, and nothing is said of a try in vain: all
/// of it has been said.
async fn try_again(inner: &Inner, lease: &Lease) {
    let mut watchdog = inner.lease.watchdog.lock().await;
    let tried = {
        let lease = lease.clone();
        spawn_blocking(move || lease.try_again()).await
    };
    let shared = &inner.surroundings.shared;
    match tried {
        Ok(Ok(Some(report))) => put_back(shared, lease, &mut watchdog, &report),
        _ => show(shared, lease.view()),
    }
}

fn put_back(shared: &Shared, lease: &Lease, watchdog: &mut Option<Watchdog>, report: &LeaseReport) {
    info!(settings = report.changes.len(), "the system's proxies are put back");
    *watchdog = None;
    shared.change(|snapshot| {
        snapshot.lease = None;
        tell(&mut snapshot.notices, snapshot.language, report);
    });
    lease.forget_last();
}

fn show(shared: &Shared, view: Option<LeaseView>) {
    if shared.snapshot().lease != view {
        shared.change(|snapshot| snapshot.lease = view);
    }
}

/// Says what was not put back, since it is no longer ours.
fn tell(notices: &mut Vec<Notice>, language: Language, report: &LeaseReport) {
    notices.retain(|notice| !is_of_lease(notice));
    let told = [(LeaseState::Theirs, NoticeCode::ProxiesTheirs), (LeaseState::Gone, NoticeCode::ProxiesGone)];
    for (state, code) in told {
        let left: Vec<String> = report
            .changes
            .iter()
            .filter(|change| change.state == state)
            .map(|change| named(language, change))
            .collect();
        if !left.is_empty() {
            notices.push(Notice { code, values: [("settings".to_owned(), left.join(", "))].into() });
        }
    }
}

fn named(language: Language, change: &LeaseChange) -> String {
    let kind = text(language, &format!("proxy_kind.{}", word(&change.before.kind)), &Default::default());
    format!("{} – {kind}", change.service)
}

fn is_of_lease(notice: &Notice) -> bool {
    matches!(notice.code, NoticeCode::ProxiesTheirs | NoticeCode::ProxiesGone)
}

fn beginning(minutes: u32) -> LeaseView {
    let since_ms = longwire_host::clock::now_ms();
    LeaseView {
        phase: LeasePhase::Beginning,
        since_ms,
        until_ms: since_ms + u64::from(minutes) * 60_000,
        minutes_left: minutes,
        changes: Vec::new(),
        detail: String::new(),
    }
}

fn length(minutes: u32) -> Result<Duration, Fault> {
    if (1..=60).contains(&minutes) {
        return Ok(Duration::from_secs(u64::from(minutes) * 60));
    }
    Err(Fault::new(FaultCode::BadRequest, "the system's proxies can be set aside for 1 to 60 minutes"))
}

fn fault(error: &LeaseError) -> Fault {
    let code = match error {
        LeaseError::Nothing => FaultCode::LeaseNothing,
        LeaseError::Held => FaultCode::LeaseHeld,
        LeaseError::NotHeld => FaultCode::LeaseNone,
        LeaseError::NotNamed(_) => FaultCode::LeaseNotNamed,
        LeaseError::Password(_) => FaultCode::LeasePassword,
        LeaseError::Unreadable(_) => FaultCode::LeaseUnreadable,
        LeaseError::Backup(_) => FaultCode::LeaseBackup,
        LeaseError::Failed(_) => FaultCode::LeaseFailed,
        LeaseError::Cancelled => FaultCode::LeaseCancelled,
        LeaseError::Damaged(_) => FaultCode::LeaseDamaged,
        LeaseError::Stuck { .. } => FaultCode::LeaseStuck,
        LeaseError::Unwatched(_) => FaultCode::LeaseUnwatched,
    };
    let told = Fault::new(code, error);
    match error {
        LeaseError::NotNamed(services) => told.with("services", services.join(", ")),
        LeaseError::Password(service) => told.with("service", service),
        LeaseError::Unreadable(cause) | LeaseError::Failed(cause) => told.with("error", cause),
        LeaseError::Backup(cause) | LeaseError::Unwatched(cause) => told.with("error", cause),
        LeaseError::Damaged(path) => told.with("path", path.display()),
        LeaseError::Stuck { cause, .. } => told.with("error", cause),
        LeaseError::Nothing | LeaseError::Held | LeaseError::NotHeld | LeaseError::Cancelled => told,
    }
}

fn damaged(options: &Options) -> Fault {
    fault(&LeaseError::Damaged(options.data_dir.clone()))
}

fn unwatched(error: impl std::fmt::Display) -> Fault {
    fault(&LeaseError::Unwatched(error.to_string()))
}

fn internal(error: tokio::task::JoinError) -> Fault {
    Fault::new(FaultCode::Internal, error)
}
