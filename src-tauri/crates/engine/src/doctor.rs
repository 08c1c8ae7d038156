//! The doctor: walks an app's road and says what it finds, for the command or for the engine's views.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, UNIX_EPOCH},
};

use longwire_contract::{
    AppId, AppView, DoctorReport, Domain, Fault, FindingCode, HopKind, Language, Phase, call, words,
};
use longwire_diagnosis::{Held, Patient, begun, examine as walk, finding, stopped};
use longwire_dial::{Origin, route::Choice};
use longwire_host::{clock, secrets::SecretStore};
use longwire_link::Tuning;
use tokio::{task::JoinHandle, time::timeout};

use crate::{
    Client, Engine, Options,
    app::App,
    engine::{Desk, usable},
    proxy::{self, ProxySource},
    secret::{SecretSource, finding_of},
    settings::{Settings, SettingsFile},
    shared::Shared,
    surroundings::{Roads, ca_bundle},
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Whose road is to be walked.
#[derive(Clone, Debug)]
pub struct Examination {
    /// The app.
    pub app_id: AppId,
    /// Where it lives; as it is configured, else Feishu, where absent.
    pub domain: Option<Domain>,
}

/// Walks an app's road from this process, tells the report as it grows, and gives it back when it is complete or `stop`
/// completes. No engine is needed; one that holds the app's connection is asked how that stands, and not disturbed.
///
/// # Errors
/// Where there is nothing to walk with: the domain or the proxy cannot be used, or the settings cannot be read. What
/// stands in the way is in the report.
pub async fn examine(
    options: &Options,
    examination: Examination,
    mut tell: impl FnMut(&DoctorReport) + Send,
    stop: impl Future,
) -> Result<DoctorReport, Fault> {
    let (settings, _) = SettingsFile::in_folder(&options.data_dir).read()?;
    let Examination { app_id, domain } = examination;
    let known = settings.app(&app_id);
    let domain = domain.or_else(|| known.map(|app| app.domain.clone())).unwrap_or_default();
    let file = known.and_then(|app| app.secret_file.as_deref());
    let secret = match &options.secret {
        Some(secret) => SecretSource::Given(secret.clone()),
        None => SecretSource::of(file, options),
    };
    let proxy = own_proxy(options, &settings, &app_id)?;
    let road = Road { origin: usable(&domain)?, domain: domain.clone(), secret, proxy };
    let mut last = untouched(&app_id, &domain);
    let whole = async {
        let view = running_view(options, &app_id).await.filter(|view| view.domain == domain);
        let roads = Roads::of(options, &settings).await;
        let patient = patient(options.secrets.clone(), roads, app_id, road, move || view.clone()).await;
        walk(patient, |report| {
            tell(report);
            last = report.clone();
        })
        .await
    };
    tokio::select! {
        report = whole => return Ok(report),
        _ = stop => {}
    }
    Ok(stopped(last, clock::now()))
}

/// A report as text that may be shown to others: without the user's name in paths, and with the App ID cut short.
pub(crate) fn shareable(language: Language, report: &DoctorReport) -> String {
    let text = words::report(language, report);
    let id = report.app_id.as_str();
    let text = text.replace(id, &format!("{}…", &id[..id.len().min(8)]));
    match std::env::home_dir().map(|home| format!("{}/", home.display())) {
        Some(home) if home.len() > 2 => text.replace(&home, "~/"),
        _ => text,
    }
}

/// The doctor at work for the engine's views, or done. Dropping it stops it.
pub(crate) struct Examining {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
    /// Set before the report is closed: a walk that is just being polled tells nothing more.
    over: Arc<AtomicBool>,
}

impl Drop for Examining {
    fn drop(&mut self) {
        if self.task.is_finished() {
            return;
        }
        self.task.abort();
        self.over.store(true, Ordering::SeqCst);
        self.shared.change(|snapshot| {
            snapshot.doctor = snapshot.doctor.take().map(|report| stopped(report, clock::now()))
        });
    }
}

impl Engine {
    /// Begins to walk the road of an app, in place of the walk that is under way.
    pub(crate) fn start_doctor(&self, desk: &mut Desk, app_id: AppId) -> Result<(), Fault> {
        let surroundings = &self.inner.surroundings;
        let view = {
            let (shared, app_id) = (surroundings.shared.clone(), app_id.clone());
            // As it is when it is asked: the connection may come up while the doctor is on its way.
            move || shared.snapshot().apps.iter().find(|app| app.app_id == app_id).cloned()
        };
        let App { domain, origin, secret, proxy, .. } = self.app(desk, &app_id)?;
        desk.doctor = None;
        let (shared, over) = (surroundings.shared.clone(), Arc::new(AtomicBool::new(false)));
        let tell = {
            let (shared, over) = (shared.clone(), over.clone());
            move |report: &DoctorReport| {
                shared.change(|snapshot| {
                    if !over.load(Ordering::SeqCst) {
                        snapshot.doctor = Some(report.clone());
                    }
                });
            }
        };
        // A keychain may ask its user first: something is shown all the same.
        shared.change(|snapshot| snapshot.doctor = Some(untouched(&app_id, &domain)));
        let road = Road { domain, origin, secret, proxy };
        let (secrets, roads) = (surroundings.secrets.clone(), surroundings.roads.clone());
        let task = tokio::spawn(async move {
            walk(patient(secrets, roads, app_id, road, view).await, tell).await;
        });
        desk.doctor = Some(Examining { shared, task, over });
        Ok(())
    }
}

/// Where an app's road leads, and what it is walked with.
struct Road {
    domain: Domain,
    origin: Origin,
    secret: SecretSource,
    proxy: ProxySource,
}

async fn patient(
    secrets: Arc<dyn SecretStore>,
    roads: Roads,
    app_id: AppId,
    road: Road,
    view: impl Fn() -> Option<AppView> + Send + Sync + 'static,
) -> Patient {
    let Road { domain, origin, secret, proxy } = road;
    let secret = match secret.read(&app_id).await {
        Ok(Some(secret)) => Ok(secret),
        Ok(None) => Err(finding(FindingCode::SecretMissing, "no App Secret is kept for this app")),
        Err(error) => Err(finding_of(&error)),
    };
    let proxy = proxy.read(&secrets, &app_id).await;
    let known = view().into_iter().flat_map(|view| view.findings);
    let known = known.filter(|finding| finding.code == FindingCode::Flapping).collect();
    let held = move || view().filter(|view| view.phase == Phase::Connected).as_ref().map(held);
    Patient {
        app_id,
        domain,
        origin,
        secret,
        dialer: roads.dialer(proxy),
        tuning: Tuning::default(),
        held: Arc::new(held),
        known,
        ca_bundle: ca_bundle(),
        now: Arc::new(clock::now),
        version: VERSION.to_owned(),
    }
}

/// The report of a road on which no step has been made.
fn untouched(app_id: &AppId, domain: &Domain) -> DoctorReport {
    begun(app_id.clone(), domain.clone(), VERSION, clock::now())
}

/// The connection that a view shows as up.
fn held(view: &AppView) -> Held {
    let hop = view.hops.iter().find(|hop| hop.kind == HopKind::Connection);
    Held {
        host: hop.and_then(|hop| hop.note.clone()).unwrap_or_default(),
        since: UNIX_EPOCH + Duration::from_millis(view.since_ms),
        upgrade_ms: hop.and_then(|hop| hop.ms),
        pong_ms: None,
        events: view.events,
    }
}

/// How long a running engine has to answer.
const ANSWER: Duration = Duration::from_secs(2);

/// How the engine that runs on this data folder, if one does, shows the app.
async fn running_view(options: &Options, app_id: &AppId) -> Option<AppView> {
    let ask =
        async { Client::connect(&options.data_dir).await.ok()?.call::<call::ReadSnapshot>(&()).await.ok() };
    // It answers at once, or it is stuck and tells nothing.
    let snapshot = timeout(ANSWER, ask).await.ok()??;
    snapshot.apps.into_iter().find(|app| app.app_id == *app_id)
}

/// The proxy that is given, else the app's own.
pub(crate) fn own_proxy(
    options: &Options,
    settings: &Settings,
    app_id: &AppId,
) -> Result<ProxySource, Fault> {
    match options.proxy.clone() {
        Some(given) => proxy::entered(given).map(ProxySource::Given),
        None => Ok(ProxySource::Kept(settings.app(app_id).map_or(Choice::Auto, |app| app.proxy.clone()))),
    }
}
