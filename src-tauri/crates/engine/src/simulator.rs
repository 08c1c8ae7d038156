use std::sync::Arc;

use longwire_contract::{
    AppId, AppView, Domain, Fault, FaultCode, Phase, SimulatedEventKind, SimulatedFault, SimulatorView,
};
use longwire_dial::route::Choice;
use longwire_openplatform::{Running, Simulator};
use tokio::{task::JoinHandle, time::Duration};
use tracing::{info, warn};

use crate::{
    Engine,
    app::{App, unconnected},
    engine::{Desk, usable},
    proxy::ProxySource,
    secret::SecretSource,
    shared::Shared,
    simulated,
};

/// The built-in platform and the app on it, for whoever has no app yet.
pub(crate) struct BuiltIn {
    pub(crate) app_id: AppId,
    /// Whether it was started because there was nothing else to connect to; it ends when there is.
    pub(crate) unasked: bool,
    secret: secrecy::SecretString,
    platform: Arc<Running>,
    story: JoinHandle<()>,
}

/// What it sends by itself, one a pause, so that there is something to see: first these, then from the start again.
const STORY: &[SimulatedEventKind] = &[
    SimulatedEventKind::MessageText,
    SimulatedEventKind::Reaction,
    SimulatedEventKind::CardAction,
    SimulatedEventKind::MessagePost,
    SimulatedEventKind::BotAdded,
    SimulatedEventKind::MessageText,
    SimulatedEventKind::MessageImage,
    SimulatedEventKind::MenuClick,
];
/// The first few come quickly, the others at the pace of a quiet chat.
const FIRST_PAUSE: Duration = Duration::from_millis(1500);
const PAUSE: Duration = Duration::from_secs(20);
const QUICK: usize = 3;

impl BuiltIn {
    pub(crate) fn app(&self) -> Result<App, Fault> {
        let domain = Domain::Custom(self.platform.url().to_string());
        let secret = SecretSource::Given(self.secret.clone());
        Ok(App {
            id: self.app_id.clone(),
            origin: usable(&domain)?,
            domain,
            secret,
            proxy: ProxySource::Given(Choice::Direct),
        })
    }

    pub(crate) fn send(&self, kind: SimulatedEventKind) {
        send(&self.platform, kind);
    }

    pub(crate) async fn play(&self, fault: Option<SimulatedFault>) {
        self.platform.set_fault(fault.map(simulated::fault)).await;
    }

    pub(crate) async fn stop(self) {
        self.story.abort();
        self.platform.shutdown().await;
    }
}

impl Engine {
    pub(crate) async fn start_simulator(&self, desk: &mut Desk, unasked: bool) -> Result<(), Fault> {
        let not_started =
            |error: &dyn std::fmt::Display| Fault::new(FaultCode::Simulator, error).with("error", error);
        let app = longwire_openplatform::App::random(&mut fastrand::Rng::new());
        let app_id: AppId = app.id.parse().map_err(|error| not_started(&error))?;
        let secret = app.secret.clone();
        let platform = Simulator::builder().app(app).start().await.map_err(|error| not_started(&error))?;
        let platform = Arc::new(platform);
        info!(url = %platform.url(), "the built-in simulator is running");
        let shared = self.inner.surroundings.shared.clone();
        let story = tokio::spawn(tell_story(platform.clone(), shared, app_id.clone()));
        let built_in = BuiltIn { app_id, unasked, secret, platform, story };
        let app = built_in.app()?;
        self.inner.surroundings.shared.change(|snapshot| {
            let (id, domain) = (app.id.clone(), app.domain.clone());
            snapshot.simulator =
                Some(SimulatorView { app_id: id.clone(), url: domain.to_string(), fault: None });
            snapshot.apps.push(AppView { simulated: true, ..unconnected(id, domain) });
        });
        self.start(desk, app);
        desk.simulator = Some(built_in);
        Ok(())
    }

    pub(crate) async fn end_simulator(&self, desk: &mut Desk) {
        let Some(simulator) = desk.simulator.take() else { return };
        if let Some(running) = desk.running.remove(&simulator.app_id) {
            running.stop().await;
        }
        self.inner.surroundings.shared.change(|snapshot| {
            snapshot.simulator = None;
            snapshot.apps.retain(|app| app.app_id != simulator.app_id);
        });
        simulator.stop().await;
    }
}

/// Sends the story while somebody is connected to hear it.
async fn tell_story(platform: Arc<Running>, shared: Arc<Shared>, app_id: AppId) {
    let mut snapshots = shared.snapshots();
    for (told, kind) in STORY.iter().cycle().enumerate() {
        tokio::time::sleep(if told < QUICK { FIRST_PAUSE } else { PAUSE }).await;
        let connected = snapshots.wait_for(|snapshot| {
            snapshot.apps.iter().any(|app| app.app_id == app_id && app.phase == Phase::Connected)
        });
        if connected.await.is_err() {
            return;
        }
        send(&platform, *kind);
    }
}

fn send(platform: &Running, kind: SimulatedEventKind) {
    if let Err(error) = platform.send(simulated::event_kind(kind)) {
        warn!(%error, "the simulator did not send");
    }
}
