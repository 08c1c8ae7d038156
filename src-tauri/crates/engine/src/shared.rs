use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use longwire_contract::{AppId, AppView, EventDetail, EventView, FindingCode, Phase, Snapshot};
use longwire_host::clock;
use tokio::{
    sync::{Notify, broadcast, watch},
    time::{Duration, sleep},
};

use crate::{
    recent::{ReceivedEvent, Recent},
    today::Today,
};

/// The one state, and the two channels that tell the views of it.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    /// To every view; the last snapshot stays readable when the engine is gone.
    snapshots: watch::Sender<Arc<Snapshot>>,
    /// To every view that lists events, in batches; a view that lags reads the list again.
    events: broadcast::Sender<Arc<Vec<EventView>>>,
    /// Wakes [`Shared::publish_events`] when something arrived; nothing arrives, nothing wakes.
    arrived: Notify,
}

#[derive(Debug)]
struct State {
    snapshot: Snapshot,
    recent: Recent,
    today: Today,
}

/// Views are told of events at most this often: more than an eye reads, and a burst costs one snapshot, not one an
/// event.
const BATCH: Duration = Duration::from_millis(100);

impl Shared {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        let snapshots = watch::Sender::new(Arc::new(snapshot.clone()));
        let state = State { snapshot, recent: Recent::default(), today: Today::default() };
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

    /// Changes one app; nothing where it is gone.
    pub(crate) fn change_app(&self, id: &AppId, change: impl FnOnce(&mut AppView)) {
        self.change(|snapshot| {
            if let Some(app) = snapshot.apps.iter_mut().find(|app| app.app_id == *id) {
                change(app);
            }
        });
    }

    /// Notes an event and how it was acknowledged. The views hear of it with the next batch.
    pub(crate) fn received(&self, received: Arc<ReceivedEvent>, ack_code: u16, ack_time: Duration) {
        let mut state = self.lock();
        let State { snapshot, recent, today } = &mut *state;
        if today.is_over(received.at_ms) {
            snapshot.events_today = 0;
        }
        snapshot.events_today = snapshot.events_today.saturating_add(1);
        if let Some(app) = snapshot.apps.iter_mut().find(|app| app.app_id == received.app_id) {
            app.events = app.events.saturating_add(1);
            if app.events == 1 {
                app.findings.retain(|finding| !waits_for_an_event(finding.code));
            }
            app.last_event_ms = Some(received.at_ms);
        }
        recent.push(received, ack_code, ack_time);
        drop(state);
        self.arrived.notify_one();
    }

    /// How many events an app has received since the start.
    pub(crate) fn events_of(&self, id: &AppId) -> u32 {
        let state = self.lock();
        state.snapshot.apps.iter().find(|app| app.app_id == *id).map_or(0, |app| app.events)
    }

    pub(crate) fn events_after(&self, seq: u32) -> Vec<EventView> {
        self.lock().recent.after(seq)
    }

    pub(crate) fn event(&self, seq: u32) -> Option<EventDetail> {
        self.lock().recent.detail(seq)
    }

    /// Tells the views of arrived events, a batch at a time, for as long as it is polled.
    pub(crate) async fn publish_events(&self) {
        let mut told = 0;
        loop {
            self.arrived.notified().await;
            // The first event of a burst is shown at once, the rest in batches.
            told = self.publish_batch(told);
            sleep(BATCH).await;
        }
    }

    fn publish_batch(&self, told: u32) -> u32 {
        let mut state = self.lock();
        self.publish(&mut state);
        let last = state.recent.last_seq();
        // Building the rows is the costly part; without a window there is nobody to read them.
        let batch = if self.events.receiver_count() > 0 { state.recent.after(told) } else { Vec::new() };
        drop(state);
        if !batch.is_empty() {
            // An error says that the last listener has just left.
            self.events.send(Arc::new(batch)).ok();
        }
        last
    }

    fn publish(&self, state: &mut State) {
        let State { snapshot, today, .. } = state;
        if today.is_over(clock::now_ms()) {
            snapshot.events_today = 0;
        }
        snapshot.rev = snapshot.rev.wrapping_add(1);
        snapshot.phase = snapshot.apps.iter().map(|app| app.phase).max().unwrap_or(Phase::Paused);
        self.snapshots.send_replace(Arc::new(snapshot.clone()));
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
