use std::sync::Arc;

use longwire_contract::{AppId, AppView, Domain, FindingCode, Phase};
use longwire_diagnosis::finding;
use longwire_dial::Origin;
use longwire_host::clock;
use longwire_link::{Config, Nudge, State, Tuning};
use secrecy::SecretString;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info, info_span, warn};

use crate::{
    following::Following,
    intake::AppIntake,
    proxy::ProxySource,
    secret::{SecretSource, finding_of},
    service::{Pulse, Pulses},
    settings::AppSettings,
    shared::Shared,
    surroundings::Surroundings,
};

/// An app whose connection is to be held.
pub(crate) struct App {
    pub(crate) id: AppId,
    pub(crate) domain: Domain,
    pub(crate) origin: Origin,
    pub(crate) secret: SecretSource,
    pub(crate) proxy: ProxySource,
}

/// An app whose connection is being held.
pub(crate) struct RunningApp {
    /// To the link.
    nudges: mpsc::Sender<Nudge>,
    stop: CancellationToken,
    task: JoinHandle<()>,
    id: AppId,
    /// Where it is told whether the task still runs.
    pulses: Pulses,
}

/// Nudges that may wait for a link: so many that one that matters is never turned away by those that do not.
const NUDGES: usize = 16;

impl RunningApp {
    pub(crate) fn start(app: App, surroundings: Surroundings, pulses: Pulses) -> Self {
        let id = app.id.clone();
        let (nudges, nudged) = mpsc::channel(NUDGES);
        let stop = CancellationToken::new();
        let span = info_span!("app", id = %app.id);
        let (pulse, task) = Pulse::of(hold(app, surroundings, nudged, stop.clone()));
        let task = tokio::spawn(task.instrument(span));
        pulses.begin(id.clone(), pulse);
        Self { nudges, stop, task, id, pulses }
    }

    /// Tries again at once.
    pub(crate) fn retry(&self) {
        self.nudge(Nudge::Retry);
    }

    /// Has the link hear of something.
    pub(crate) fn nudge(&self, nudge: Nudge) {
        self.nudges.try_send(nudge).ok();
    }

    /// Closes the connection in good order and waits for its end.
    pub(crate) async fn stop(self) {
        self.pulses.end(&self.id);
        self.stop.cancel();
        if let Err(error) = self.task.await {
            warn!(%error, "an app's task ended badly");
        }
    }
}

async fn hold(
    app: App,
    surroundings: Surroundings,
    mut nudges: mpsc::Receiver<Nudge>,
    stop: CancellationToken,
) {
    let Surroundings { shared, roads, secrets, inbox } = surroundings;
    let Some(secret) = secret(&app, &shared, &mut nudges, &stop).await else { return };
    let proxy = tokio::select! {
        proxy = app.proxy.read(&secrets, &app.id) => proxy,
        () = stop.cancelled() => return,
    };
    // Neither holds credentials when it is written.
    info!(domain = %app.origin, %proxy, "client made");
    let config = Config {
        origin: app.origin,
        app_id: app.id.to_string(),
        app_secret: secret,
        dialer: roads.dialer(proxy),
        tuning: Tuning::default(),
    };
    let intake = Arc::new(AppIntake { app_id: app.id.clone(), shared: shared.clone(), inbox });
    let (states, followed) = watch::channel(State::Closed);
    let following = Following::new(app.id, app.domain, config.clone(), shared);
    let run =
        longwire_link::run(config, intake, fastrand::Rng::new(), states, nudges, stop.cancelled_owned());
    tokio::join!(run, following.run(followed));
}

/// The app's secret; while there is none, the app waits for the user. `None` at the end.
async fn secret(
    app: &App,
    shared: &Shared,
    nudges: &mut mpsc::Receiver<Nudge>,
    stop: &CancellationToken,
) -> Option<SecretString> {
    loop {
        let read = tokio::select! {
            // A keychain may ask its user for as long as it likes; nobody has to wait for that to go on.
            read = app.secret.read(&app.id) => read,
            () = stop.cancelled() => return None,
        };
        let finding = match read {
            Ok(Some(secret)) => return Some(secret),
            Ok(None) => finding(FindingCode::SecretMissing, "no App Secret is kept for this app"),
            Err(error) => finding_of(&error),
        };
        warn!(cause = %finding.detail, "cannot connect");
        shared.change_app(&app.id, |view| {
            view.phase = Phase::NeedsYou;
            view.findings = vec![finding];
            view.since_ms = clock::now_ms();
        });
        // Another network is no reason to ask a keychain again whose user has just refused.
        let asked = async {
            while nudges.recv().await? != Nudge::Retry {}
            Some(())
        };
        tokio::select! {
            () = stop.cancelled() => return None,
            asked = asked => asked?,
        };
    }
}

/// A view of an app that has not begun to connect.
pub(crate) fn unconnected(id: AppId, domain: Domain) -> AppView {
    AppView { domain, ..AppView::new(id, clock::now_ms()) }
}

/// A view of an app of the settings that has not begun to connect.
pub(crate) fn configured(app: &AppSettings) -> AppView {
    AppView {
        name: app.name.clone(),
        phase: if app.paused { Phase::Paused } else { Phase::Connecting },
        proxy: app.proxy.to_string(),
        ..unconnected(app.id.clone(), app.domain.clone())
    }
}
