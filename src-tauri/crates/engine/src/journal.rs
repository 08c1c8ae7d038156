//! The journal of the data folder: opened when it is needed first, looked after while the engine runs.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Weak},
    time::Duration,
};

use longwire_contract::{
    AppId, EventOrigin, EventQuery, Fault, FaultCode, FindingCode, JournalSettings, JournalView, Notice,
    NoticeCode, Phase, Snapshot,
};
use longwire_delivery::Deliveries;
use longwire_diagnosis::finding;
use longwire_dial::route::Choice;
use longwire_host::clock;
use longwire_journal::{Error, Health, Journal, OpenError};
use tokio::{
    sync::watch,
    task::spawn_blocking,
    time::{Instant, Interval, MissedTickBehavior, interval, interval_at, sleep, timeout},
};
use tracing::{info, warn};

use crate::{
    Engine, agent,
    engine::Inner,
    options::Apps,
    shared::{Shared, Source},
    surroundings::Surroundings,
    targets,
};

/// How often what is too old or too much is deleted.
const RETAIN: Duration = Duration::from_secs(3600);
/// The first time; before that, starting matters more.
const FIRST_RETAIN: Duration = Duration::from_secs(60);
/// How long after a change of what is too old or too much that is deleted: longer than the 10 s in which the window offers to take
/// the change back.
const SETTLED: Duration = Duration::from_secs(15);
/// How long until a journal that could not be opened is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(5);
/// How far what is shown of the size may be behind what is kept.
const BEHIND: Duration = Duration::from_secs(2);
/// How often it is written down that Longwire still runs.
const ALIVE: Duration = Duration::from_secs(120);

impl Engine {
    /// The journal. It is opened the first time.
    ///
    /// # Errors
    /// [`FaultCode::Journal`] where it cannot be opened.
    pub(crate) async fn journal(&self) -> Result<Journal, Fault> {
        let inner = &self.inner;
        let opened = inner.journal.get_or_try_init(|| async {
            let settings = inner.settings.read().map(|(settings, _)| settings.journal).unwrap_or_default();
            let options = longwire_journal::Options { folder: inner.options.data_dir.clone(), settings };
            let opened = spawn_blocking(move || Journal::open(&options)).await;
            let opened = opened.unwrap_or_else(|panicked| Err(OpenError::Failed(panicked.to_string())));
            let opened =
                opened.map_err(|error| Fault::new(FaultCode::Journal, &error).with("error", error))?;
            let shared = inner.surroundings.shared.clone();
            self.spawn(tell_set_aside(shared, opened.journal.set_aside()));
            Ok(opened.journal)
        });
        opened.await.cloned()
    }

    /// Begins to keep events and to hand them over, where this engine connects any app.
    ///
    /// # Errors
    /// Those of the targets that were given: who gave them is to know. A journal that cannot be opened is told, and the
    /// connections go on.
    pub(crate) async fn start_journal(&self) -> Result<(), Fault> {
        if matches!(self.inner.options.apps, Apps::None) {
            return Ok(());
        }
        for given in &self.inner.options.targets {
            given.check()?;
        }
        if let Err(fault) = self.open_inbox().await {
            tell_unusable(&self.inner.surroundings.shared, Some(&fault));
            self.spawn(try_again(Arc::downgrade(&self.inner)));
        }
        Ok(())
    }

    async fn open_inbox(&self) -> Result<(), Fault> {
        let journal = self.journal().await?;
        let Surroundings { inbox, roads, .. } = &self.inner.surroundings;
        let deliveries = Deliveries::start(journal.clone(), roads.dialer(Choice::Auto));
        inbox.hand_over(deliveries.clone());
        self.targets().await?;
        self.start_telling();
        self.count_today(&journal).await;
        inbox.open(journal.clone());
        self.show_journal().await;
        let apps: Vec<AppId> =
            self.inner.surroundings.shared.snapshot().apps.iter().map(|app| app.app_id.clone()).collect();
        for app in &apps {
            self.tell_received(app).await;
        }
        let weak = || Arc::downgrade(&self.inner);
        self.spawn(follow_health(weak(), journal.health()));
        self.spawn(look_after(weak(), journal.clone(), self.snapshots()));
        self.spawn(follow_size(weak(), self.snapshots()));
        self.spawn(keep_phases(journal, self.snapshots()));
        let engine = self.clone();
        self.spawn(async move { engine.look_for_agent_key().await });
        self.spawn(agent::follow(weak()));
        self.spawn(targets::follow(weak(), deliveries.states()));
        self.spawn(targets::show_settled(weak(), deliveries.settled()));
        Ok(())
    }

    /// Goes on counting today's events where the last run ended.
    async fn count_today(&self, journal: &Journal) {
        let now_ms = clock::now_ms();
        if let Ok(count) = journal.count_since(clock::midnight_ms(now_ms)).await {
            self.inner.surroundings.shared.kept_today(now_ms, count);
        }
    }

    /// Shows whether the platform has ever pushed an event of an app that is kept.
    pub(crate) async fn tell_received(&self, app_id: &AppId) {
        let Some(journal) = self.inner.journal.get() else { return };
        let newest = EventQuery { app_id: Some(app_id.clone()), ..EventQuery::default() };
        // Made here by hand are a few at most: one that the platform pushed is among the newest.
        let Ok((rows, _)) = journal.page(newest).await else { return };
        if rows.iter().any(|row| row.record.origin == EventOrigin::Platform) {
            self.inner.surroundings.shared.change_app(app_id, |view| view.received = true);
        }
    }

    /// Shows how much is kept. How long is shown by what has that take effect.
    pub(crate) async fn show_journal(&self) {
        let Ok(journal) = self.journal().await else { return };
        match journal.size().await {
            Ok(size) => {
                self.inner.surroundings.shared.change_if(|snapshot| {
                    let view = JournalView {
                        events: size.events,
                        bytes: size.bytes,
                        oldest_ms: size.oldest_ms,
                        settings: snapshot.journal.settings,
                    };
                    let changed = snapshot.journal != view;
                    snapshot.journal = view;
                    changed
                });
            }
            Err(error) => warn!(%error, "the size of the journal is not known"),
        }
    }

    /// Writes down what is left and closes it.
    pub(crate) async fn close_journal(&self) {
        let Some(journal) = self.inner.journal.get().cloned() else { return };
        let apps = self
            .inner
            .surroundings
            .shared
            .snapshot()
            .apps
            .iter()
            .map(|app| app.app_id.clone())
            .collect::<Vec<_>>();
        for app in apps {
            journal.phase(app, clock::now_ms(), None).await.ok();
        }
        spawn_blocking(move || journal.close()).await.ok();
    }
}

/// What the journal's fault means to whoever gave the command.
pub(crate) fn fault(error: Error) -> Fault {
    Fault::new(FaultCode::Journal, &error).with("error", error)
}

/// Tells of each damaged file that was set aside.
async fn tell_set_aside(shared: Arc<Shared>, mut set_aside: watch::Receiver<Option<PathBuf>>) {
    loop {
        let path = set_aside.borrow_and_update().clone();
        if let Some(path) = path {
            let path = path.display().to_string();
            warn!(path, "the journal was damaged: it is set aside, and a new one begun");
            let notice =
                Notice { code: NoticeCode::JournalSetAside, values: [("path".to_owned(), path)].into() };
            shared.change(|snapshot| snapshot.notices.push(notice));
        }
        if set_aside.changed().await.is_err() {
            return;
        }
    }
}

/// Tells that no event can be kept, or that they can be again.
fn tell_unusable(shared: &Shared, fault: Option<&Fault>) {
    let notice = fault.map(|fault| {
        warn!(%fault, "no event can be kept; the platform will send them again");
        Notice { code: NoticeCode::JournalUnusable, values: fault.values.clone() }
    });
    let found = fault.map(|fault| {
        let error = fault.values.get("error").cloned().unwrap_or_default();
        (None, finding(FindingCode::NotKept, fault).with("error", error).with("refused", 0))
    });
    shared.tell(Source::Journal, found.into_iter().collect(), |snapshot| {
        let before = snapshot.notices.len();
        snapshot.notices.retain(|notice| notice.code != NoticeCode::JournalUnusable);
        snapshot.notices.extend(notice);
        snapshot.notices.len() != before
    });
}

/// Tries to open the journal until that can be done: a disk that was full at the start need not stay so.
async fn try_again(engine: Weak<Inner>) {
    loop {
        sleep(TRY_AGAIN).await;
        let Some(inner) = engine.upgrade() else { return };
        let engine = Engine { inner };
        if engine.open_inbox().await.is_ok() {
            info!("events can be kept again");
            tell_unusable(&engine.inner.surroundings.shared, None);
            return;
        }
    }
}

/// Says of every app that its events cannot be kept, for as long as that is so.
pub(crate) async fn follow_health(engine: Weak<Inner>, mut health: watch::Receiver<Health>) {
    loop {
        let now = health.borrow_and_update().clone();
        let Some(inner) = engine.upgrade() else { return };
        let found = match now {
            Health::Well => None,
            Health::Failing(error) => {
                let code =
                    if error == Error::DiskFull { FindingCode::DiskFull } else { FindingCode::NotKept };
                warn!(%error, "an event could not be kept; the platform will send it again");
                let refused = inner.surroundings.inbox.refused();
                Some(finding(code, &error).with("error", &error).with("refused", refused))
            }
        };
        let troubles = found.into_iter().map(|finding| (None, finding)).collect();
        inner.surroundings.shared.tell(Source::Journal, troubles, |_| false);
        drop(inner);
        if health.changed().await.is_err() {
            return;
        }
    }
}

/// Deletes what is too old or too much, every now and then, and soon after it was changed what that is.
pub(crate) async fn look_after(
    engine: Weak<Inner>,
    journal: Journal,
    mut snapshots: watch::Receiver<Arc<Snapshot>>,
) {
    let mut kept = snapshots.borrow().journal.settings;
    let mut ticks = interval_at(Instant::now() + FIRST_RETAIN, RETAIN);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        due(&mut ticks, &mut snapshots, &mut kept).await;
        match journal.retain(clock::now_ms()).await {
            Ok(0) => {}
            Ok(events) => info!(events, "old events are deleted"),
            Err(error) => warn!(%error, "old events could not be deleted"),
        }
        let Some(inner) = engine.upgrade() else { return };
        Engine { inner }.show_journal().await;
    }
}

/// Waits for the next tick, or until what is kept is another than `kept` and has stayed so for a while: until then it may be taken back.
async fn due(
    ticks: &mut Interval,
    snapshots: &mut watch::Receiver<Arc<Snapshot>>,
    kept: &mut JournalSettings,
) {
    let before = *kept;
    tokio::select! {
        // A tick that is overdue has to wait for a change, too.
        biased;
        Ok(snapshot) = snapshots.wait_for(|snapshot| snapshot.journal.settings != before) => {
            *kept = snapshot.journal.settings;
        }
        _ = ticks.tick() => return,
    }
    loop {
        let now = *kept;
        match timeout(SETTLED, snapshots.wait_for(|snapshot| snapshot.journal.settings != now)).await {
            Ok(Ok(snapshot)) => *kept = snapshot.journal.settings,
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

/// Shows how much is kept as it grows.
async fn follow_size(engine: Weak<Inner>, mut snapshots: watch::Receiver<Arc<Snapshot>>) {
    let mut counted = snapshots.borrow_and_update().events_today;
    while snapshots.wait_for(|snapshot| snapshot.events_today != counted).await.is_ok() {
        sleep(BEHIND).await;
        counted = snapshots.borrow_and_update().events_today;
        let Some(inner) = engine.upgrade() else { return };
        Engine { inner }.show_journal().await;
    }
}

/// Writes down the states of the apps as they change, and that Longwire runs.
pub(crate) async fn keep_phases(journal: Journal, mut snapshots: watch::Receiver<Arc<Snapshot>>) {
    let mut written: BTreeMap<AppId, Phase> = BTreeMap::new();
    let mut alive = interval(ALIVE);
    alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let phases: BTreeMap<_, _> =
            snapshots.borrow_and_update().apps.iter().map(|app| (app.app_id.clone(), app.phase)).collect();
        let now_ms = clock::now_ms();
        let gone = written.keys().filter(|app| !phases.contains_key(*app)).map(|app| (app.clone(), None));
        let changed = phases.iter().filter(|(app, phase)| written.get(*app) != Some(*phase));
        let changes: Vec<_> = gone.chain(changed.map(|(app, phase)| (app.clone(), Some(*phase)))).collect();
        for (app, phase) in changes {
            if let Err(error) = journal.phase(app, now_ms, phase).await {
                warn!(%error, "the state of an app could not be written down");
            }
        }
        written = phases;
        tokio::select! {
            changed = snapshots.changed() => if changed.is_err() { return },
            _ = alive.tick() => {
                journal.alive(clock::now_ms()).await.ok();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep_until;

    use super::*;

    /// When old events are deleted, in seconds, where each of these changes is made at its second.
    async fn deleted_at(changes: &[(u64, u32)], first_tick: u64) -> u64 {
        let view = |days| {
            let settings = JournalSettings { days, ..JournalSettings::default() };
            let journal = JournalView { settings, ..JournalView::default() };
            Arc::new(Snapshot { journal, ..Snapshot::default() })
        };
        let (sender, mut snapshots) = watch::channel(view(30));
        let start = Instant::now();
        let mut ticks = interval_at(start + Duration::from_secs(first_tick), RETAIN);
        let mut kept = snapshots.borrow().journal.settings;
        let making = async {
            for (at, days) in changes {
                sleep_until(start + Duration::from_secs(*at)).await;
                sender.send_replace(view(*days));
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = due(&mut ticks, &mut snapshots, &mut kept) => start.elapsed().as_secs(),
            () = making => unreachable!(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_of_what_is_kept_takes_effect_once_it_cannot_be_taken_back() {
        assert_eq!(deleted_at(&[], 60).await, 60);
        assert_eq!(deleted_at(&[(5, 30)], 60).await, 60, "nothing of it was changed");
        assert_eq!(deleted_at(&[(5, 7)], 60).await, 20);
        assert_eq!(deleted_at(&[(5, 7), (14, 1)], 60).await, 29, "the second can be taken back, too");
        assert_eq!(deleted_at(&[(55, 7), (64, 30)], 60).await, 79, "a tick in between deletes nothing");
    }
}
