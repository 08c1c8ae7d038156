use std::sync::Arc;

use longwire_contract::{AppId, AppView, Domain, Phase, Reason, ReasonCode};
use longwire_dial::{Dialer, Origin};
use longwire_host::clock;
use longwire_link::{Config, Nudge, State, Tuning};
use secrecy::SecretString;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info_span, warn};

use crate::{
    intake::AppIntake, options::Sink, reason, secret::SecretSource, shared::Shared, standing::Standing,
};

/// An app whose connection is to be held.
pub(crate) struct App {
    pub(crate) id: AppId,
    pub(crate) domain: Domain,
    pub(crate) origin: Origin,
    pub(crate) secret: SecretSource,
}

/// What an app's task works with.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) shared: Arc<Shared>,
    pub(crate) dialer: Dialer,
    pub(crate) sink: Option<Arc<dyn Sink>>,
}

/// An app whose connection is being held.
pub(crate) struct RunningApp {
    /// To the link. Full means that a nudge is waiting already.
    nudges: mpsc::Sender<Nudge>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl RunningApp {
    pub(crate) fn start(app: App, surroundings: Surroundings) -> Self {
        let (nudges, nudged) = mpsc::channel(1);
        let stop = CancellationToken::new();
        let span = info_span!("app", id = %app.id);
        let task = tokio::spawn(hold(app, surroundings, nudged, stop.clone()).instrument(span));
        Self { nudges, stop, task }
    }

    /// Tries again at once.
    pub(crate) fn retry(&self) {
        self.nudges.try_send(Nudge::Retry).ok();
    }

    /// Closes the connection in good order and waits for its end.
    pub(crate) async fn stop(self) {
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
    let Surroundings { shared, dialer, sink } = surroundings;
    let Some(secret) = secret(&app, &shared, &mut nudges, &stop).await else { return };
    let config = Config {
        origin: app.origin,
        app_id: app.id.to_string(),
        app_secret: secret,
        dialer,
        tuning: Tuning::default(),
    };
    let intake = Arc::new(AppIntake { app_id: app.id.clone(), shared: shared.clone(), sink });
    let (states, followed) = watch::channel(State::Closed);
    let run =
        longwire_link::run(config, intake, fastrand::Rng::new(), states, nudges, stop.cancelled_owned());
    tokio::join!(run, follow(&app.id, &app.domain, followed, &shared));
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
        let reason = match read {
            Ok(Some(secret)) => return Some(secret),
            Ok(None) => Reason::new(ReasonCode::SecretMissing, "no App Secret is kept for this app"),
            Err(error) => reason::of_secret(&error),
        };
        warn!(reason = %reason.detail, "cannot connect");
        shared.change_app(&app.id, |view| {
            view.phase = Phase::NeedsYou;
            view.reason = Some(reason);
            view.since_ms = clock::now_ms();
        });
        tokio::select! {
            () = stop.cancelled() => return None,
            nudge = nudges.recv() => nudge?,
        };
    }
}

/// Tells the views of each state of the link, until the link ends.
async fn follow(id: &AppId, domain: &Domain, mut states: watch::Receiver<State>, shared: &Shared) {
    while states.changed().await.is_ok() {
        let standing = Standing::of(&states.borrow_and_update(), domain);
        if let Some(standing) = standing {
            shared.change_app(id, |view| standing.apply(view, clock::now_ms()));
        }
    }
}

/// A view of an app that has not begun to connect.
pub(crate) fn unconnected(id: AppId, name: String, domain: Domain, simulated: bool, paused: bool) -> AppView {
    let phase = if paused { Phase::Paused } else { Phase::Connecting };
    AppView { name, domain, simulated, phase, ..AppView::new(id, clock::now_ms()) }
}
