//! The doctor: walks an app's road and says what it finds, for the command or for the engine's views.

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use longwire_contract::{
    AppId, AppView, DoctorReport, Domain, Fault, FaultCode, FindingCode, HopKind, Language, Phase, call,
    words,
};
use longwire_diagnosis::{Held, Patient, examine as walk, finding, stopped};
use longwire_dial::{Origin, route::Choice};
use longwire_host::clock;
use longwire_link::Tuning;
use tokio::task::JoinHandle;

use crate::{
    Client, Engine, Options,
    engine::{Desk, usable},
    machine::unreadable,
    proxy,
    secret::{SecretSource, finding_of},
    settings::{Settings, SettingsFile},
    shared::Shared,
    surroundings::Roads,
};

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
    let held = running_view(options, &app_id).await.filter(|view| view.domain == domain);
    let file = known.and_then(|app| app.secret_file.as_deref());
    let secret = match &options.secret {
        Some(secret) => SecretSource::Given(secret.clone()),
        None => SecretSource::of(file, options),
    };
    let roads = Roads::of(options, &settings).await;
    let road =
        Road { origin: usable(&domain)?, domain, secret, proxy: own_proxy(options, &settings, &app_id)? };
    let patient = patient(options, &roads, app_id, road, held.as_ref()).await?;
    let mut last = None;
    let walk = walk(patient, |report| {
        tell(report);
        last = Some(report.clone());
    });
    tokio::select! {
        report = walk => return Ok(report),
        _ = stop => {}
    }
    last.map(stopped).ok_or_else(|| Fault::new(FaultCode::Internal, "stopped before the first step"))
}

/// A report as text that may be shown to others: without the user's name in paths, and with the App ID cut short.
pub(crate) fn shareable(language: Language, report: &DoctorReport) -> String {
    let text = words::report(language, report);
    let id = report.app_id.as_str();
    let text = text.replace(id, &format!("{}…", &id[..id.len().min(8)]));
    match std::env::home_dir() {
        Some(home) => text.replace(&home.display().to_string(), "~"),
        None => text,
    }
}

/// The doctor at work for the engine's views, or done. Dropping it stops it.
pub(crate) struct Examining {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Drop for Examining {
    fn drop(&mut self) {
        if self.task.is_finished() {
            return;
        }
        self.task.abort();
        self.shared.change(|snapshot| snapshot.doctor = snapshot.doctor.take().map(stopped));
    }
}

impl Engine {
    /// Begins to walk the road of an app, in place of the walk that is under way.
    pub(crate) async fn start_doctor(&self, desk: &mut Desk, app_id: AppId) -> Result<(), Fault> {
        let (options, surroundings) = (&self.inner.options, &self.inner.surroundings);
        let view = self.view(&app_id)?;
        let app = self.app(desk, &app_id)?;
        desk.doctor = None;
        let road = Road { domain: app.domain, origin: app.origin, secret: app.secret, proxy: app.proxy };
        let patient = patient(options, &surroundings.roads, app_id, road, Some(&view)).await?;
        let shared = surroundings.shared.clone();
        let tell = {
            let shared = shared.clone();
            move |report: &DoctorReport| shared.change(|snapshot| snapshot.doctor = Some(report.clone()))
        };
        let task = tokio::spawn(async move {
            walk(patient, tell).await;
        });
        desk.doctor = Some(Examining { shared, task });
        Ok(())
    }
}

/// Where an app's road leads, and what it is walked with.
struct Road {
    domain: Domain,
    origin: Origin,
    secret: SecretSource,
    proxy: Choice,
}

async fn patient(
    options: &Options,
    roads: &Roads,
    app_id: AppId,
    road: Road,
    view: Option<&AppView>,
) -> Result<Patient, Fault> {
    let Road { domain, origin, secret, proxy } = road;
    let secret = match secret.read(&app_id).await {
        Ok(Some(secret)) => Ok(secret),
        Ok(None) => Err(finding(FindingCode::SecretMissing, "no App Secret is kept for this app")),
        Err(error) => Err(finding_of(&error)),
    };
    let proxy = proxy::complete(&options.secrets, &app_id, proxy).await.map_err(unreadable)?;
    let held = view.filter(|view| view.phase == Phase::Connected).map(held);
    let known = view.into_iter().flat_map(|view| &view.findings);
    let known = known.filter(|finding| finding.code == FindingCode::Flapping).cloned().collect();
    Ok(Patient {
        app_id,
        domain,
        origin,
        secret,
        dialer: roads.dialer(proxy),
        tuning: Tuning::default(),
        held,
        known,
        ca_file: roads.ca_file(),
        now: Arc::new(clock::now),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
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

/// How the engine that runs on this data folder, if one does, shows the app.
async fn running_view(options: &Options, app_id: &AppId) -> Option<AppView> {
    let snapshot =
        Client::connect(&options.data_dir).await.ok()?.call::<call::ReadSnapshot>(&()).await.ok()?;
    snapshot.apps.into_iter().find(|app| app.app_id == *app_id)
}

/// The proxy that is given, else the app's own.
pub(crate) fn own_proxy(options: &Options, settings: &Settings, app_id: &AppId) -> Result<Choice, Fault> {
    match options.proxy.clone() {
        Some(given) => proxy::entered(given),
        None => Ok(settings.app(app_id).map_or(Choice::Auto, |app| app.proxy.clone())),
    }
}
