use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use longwire_contract::{AppId, AppView, EventView, Finding, FindingCode, Phase, Snapshot};
use longwire_host::clock;
use tokio::{
    sync::{Notify, broadcast, watch},
    time::{Duration, sleep},
};

use crate::today::Today;

/// The one state, and the two channels that tell the views of it.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    /// To every view; the last snapshot stays readable when the engine is gone.
    snapshots: watch::Sender<Arc<Snapshot>>,
    /// To every view that lists events, in batches; a view that lags reads its page again.
    events: broadcast::Sender<Arc<Vec<EventView>>>,
    /// Wakes [`Shared::publish_events`] when something arrived; nothing arrives, nothing wakes.
    arrived: Notify,
}

#[derive(Debug)]
struct State {
    snapshot: Snapshot,
    /// What is to be said of apps beside what their links say.
    troubles: [Vec<(Option<AppId>, Finding)>; 3],
    /// Arrived since the views were told, oldest first.
    fresh: VecDeque<EventView>,
    today: Today,
}

/// Who says something of apps beside their links.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// The journal.
    Journal,
    /// The targets.
    Targets,
    /// The agent.
    Agent,
}

/// The most events the views are told of at a time: more than a window shows.
const FRESH: usize = 200;

/// Views are told of events at most this often: more than an eye reads, and a burst costs one snapshot, not one an
/// event.
const BATCH: Duration = Duration::from_millis(100);

impl Shared {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        let snapshots = watch::Sender::new(Arc::new(snapshot.clone()));
        let state =
            State { snapshot, troubles: Default::default(), fresh: VecDeque::new(), today: Today::default() };
        Self {
            state: Mutex::new(state),
            snapshots,
            events: broadcast::Sender::new(64),
            arrived: Notify::new(),
        }
    }

    pub(crate) fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.subscribe()
    }

    pub(crate) fn events(&self) -> broadcast::Receiver<Arc<Vec<EventView>>> {
        self.events.subscribe()
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshots.borrow().clone()
    }

    /// Changes the state and tells the views at once.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        let mut state = self.lock();
        change(&mut state.snapshot);
        self.publish(&mut state);
    }

    /// Changes the state, and tells the views where that says that it did.
    pub(crate) fn change_if(&self, change: impl FnOnce(&mut Snapshot) -> bool) {
        let mut state = self.lock();
        if change(&mut state.snapshot) {
            self.publish(&mut state);
        }
    }

    /// Says this of apps, of all where none is named, in place of what the same source said before, and changes the state.
    pub(crate) fn tell(
        &self,
        source: Source,
        troubles: Vec<(Option<AppId>, Finding)>,
        change: impl FnOnce(&mut Snapshot) -> bool,
    ) {
        let mut state = self.lock();
        let said = &mut state.troubles[source as usize];
        let differs = *said != troubles;
        *said = troubles;
        if change(&mut state.snapshot) || differs {
            self.publish(&mut state);
        }
    }

    /// Changes one app; nothing where it is gone.
    pub(crate) fn change_app(&self, id: &AppId, change: impl FnOnce(&mut AppView)) {
        self.change(|snapshot| {
            if let Some(app) = snapshot.apps.iter_mut().find(|app| app.app_id == *id) {
                change(app);
            }
        });
    }

    /// Notes an event that was kept; `pushed` where the platform pushed it. The views hear of it with the next batch.
    pub(crate) fn received(
        &self,
        app_id: &AppId,
        at_ms: u64,
        pushed: bool,
        view: impl FnOnce() -> EventView,
    ) {
        let mut state = self.lock();
        let State { snapshot, today, fresh, .. } = &mut *state;
        if today.is_over(at_ms) {
            snapshot.events_today = 0;
        }
        snapshot.events_today = snapshot.events_today.saturating_add(1);
        let app = snapshot.apps.iter_mut().find(|app| app.app_id == *app_id);
        if let Some(app) = app.filter(|_| pushed) {
            app.events = app.events.saturating_add(1);
            if app.events == 1 {
                app.findings.retain(|finding| !waits_for_an_event(finding.code));
            }
            app.last_event_ms = Some(at_ms);
            app.received = true;
        }
        // Building the rows is the costly part; without a window there is nobody to read them.
        if self.events.receiver_count() > 0 {
            fresh.push_back(view());
            if fresh.len() > FRESH {
                fresh.pop_front();
            }
        }
        drop(state);
        self.arrived.notify_one();
    }

    /// Notes how many events of today were kept before the start. Before any is taken.
    pub(crate) fn kept_today(&self, now_ms: u64, count: u32) {
        let mut state = self.lock();
        state.today.is_over(now_ms);
        state.snapshot.events_today = count;
        self.publish(&mut state);
    }

    /// How many events an app has received since the start; not none where it ever did.
    pub(crate) fn events_of(&self, id: &AppId) -> u32 {
        let state = self.lock();
        let app = state.snapshot.apps.iter().find(|app| app.app_id == *id);
        app.map_or(0, |app| app.events.max(u32::from(app.received)))
    }

    /// Tells the views of arrived events, a batch at a time, for as long as it is polled.
    pub(crate) async fn publish_events(&self) {
        loop {
            self.arrived.notified().await;
            // The first event of a burst is shown at once, the rest in batches.
            self.publish_batch();
            sleep(BATCH).await;
        }
    }

    /// Tells the views that list events of these.
    pub(crate) fn show(&self, events: Vec<EventView>) {
        if !events.is_empty() {
            // An error says that the last listener has just left.
            self.events.send(Arc::new(events)).ok();
        }
    }

    /// Whether any view lists events.
    pub(crate) fn lists_events(&self) -> bool {
        self.events.receiver_count() > 0
    }

    fn publish_batch(&self) {
        let mut state = self.lock();
        self.publish(&mut state);
        let batch = std::mem::take(&mut state.fresh);
        drop(state);
        self.show(batch.into());
    }

    fn publish(&self, state: &mut State) {
        let State { snapshot, today, troubles, .. } = state;
        if today.is_over(clock::now_ms()) {
            snapshot.events_today = 0;
        }
        snapshot.rev = snapshot.rev.wrapping_add(1);
        snapshot.phase = snapshot.apps.iter().map(|app| app.phase).max().unwrap_or(Phase::Paused);
        let mut shown = snapshot.clone();
        for (source, said) in troubles.iter().enumerate() {
            // There is one agent: what is wrong with it is said once.
            let most = if source == Source::Agent as usize { 1 } else { usize::MAX };
            for (app_id, finding) in said {
                let about = |app: &&mut AppView| app_id.as_ref().is_none_or(|id| app.app_id == *id);
                let apps = shown.apps.iter_mut().filter(about).filter(|app| app.phase != Phase::Paused);
                apps.take(most).for_each(|app| app.findings.push(finding.clone()));
            }
        }
        for app in &mut shown.apps {
            // What each source says first stays before what it says next.
            app.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        }
        self.snapshots.send_replace(Arc::new(shown));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while holding the lock leaves plain data behind, which is still the best there is to show.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the first event settles what a finding says.
fn waits_for_an_event(code: FindingCode) -> bool {
    matches!(code, FindingCode::PlatformSeesUs | FindingCode::NothingReceived)
}

#[cfg(test)]
mod tests {
    use longwire_diagnosis::finding;

    use super::*;

    #[test]
    fn what_is_wrong_with_the_agent_is_said_once_and_with_an_apps_replies_at_that_app() {
        let id = |number: u64| format!("cli_{number:016x}").parse::<AppId>().unwrap();
        let app = |number, phase| AppView { phase, ..AppView::new(id(number), 0) };
        let apps = vec![app(1, Phase::Paused), app(2, Phase::Connected), app(3, Phase::Connected)];
        let shared = Shared::new(Snapshot { apps, ..Snapshot::default() });
        let [key, reply, disk] =
            [FindingCode::AgentKeyWrong, FindingCode::AgentReplyRefused, FindingCode::DiskFull]
                .map(|code| finding(code, ""));
        shared.tell(Source::Journal, vec![(None, disk)], |_| false);
        shared.tell(Source::Agent, vec![(None, key), (Some(id(3)), reply)], |_| false);
        let shown = shared.snapshot();
        let codes = |app: &AppView| app.findings.iter().map(|finding| finding.code).collect::<Vec<_>>();
        assert_eq!(
            shown.apps.iter().map(codes).collect::<Vec<_>>(),
            [
                vec![],
                vec![FindingCode::DiskFull, FindingCode::AgentKeyWrong],
                vec![FindingCode::DiskFull, FindingCode::AgentReplyRefused],
            ]
        );
    }
}
