use std::{collections::BTreeMap, fmt::Display, path::PathBuf, sync::Arc};

use futures_util::future::join_all;
use longwire_contract::{
    AgentKey, AgentView, AppId, AppView, CaFile, Domain, EventView, Fault, FaultCode, Finding, FindingCode,
    JournalView, LogLine, Notice, NoticeCode, Phase, Snapshot, TrustedCa,
};
use longwire_diagnosis::finding;
use longwire_dial::{
    Origin, RootsProblem,
    route::{Choice, SystemProxies},
};
use longwire_host::{
    clock,
    instance::{AcquireError, Holder, InstanceLock},
    paths::{self, PathError},
};
use longwire_journal::Journal;
use longwire_link::Nudge;
use tokio::{
    sync::{Mutex, MutexGuard, Notify, OnceCell, broadcast, watch},
    time::{Duration, Instant, sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::warn;

use crate::{
    agent,
    app::{App, RunningApp, configured, unconnected},
    ca::{Shelf, platform_files},
    control,
    doctor::Examining,
    inbox::Inbox,
    lease::{self, Holding},
    log,
    notify::Clicked,
    options::{Apps, GivenApp, Options},
    proxy,
    proxy::ProxySource,
    report,
    secret::SecretSource,
    service,
    settings::{AppSettings, Settings, SettingsFile, UnknownKey},
    shared::Shared,
    simulator::BuiltIn,
    surroundings::{Roads, Surroundings},
    system,
    targets::{self, Targets},
    updates::{self, Ground, Ways},
};

/// Holds the links of all apps of one data folder. Cheap to clone; every clone is the same engine.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) options: Options,
    pub(crate) settings: SettingsFile,
    pub(crate) surroundings: Surroundings,
    /// The proxy that is given for every app.
    proxy: Option<Choice>,
    /// The CAs that we trusted.
    pub(crate) shelf: Shelf,
    /// The system's proxies, where they are set aside.
    pub(crate) lease: Holding,
    /// Where events are kept; opened when it is needed first.
    pub(crate) journal: OnceCell<Journal>,
    /// Who is handed events.
    pub(crate) targets: Targets,
    /// Who answers by itself.
    pub(crate) agent: agent::Holding,
    /// Of notifications that were clicked.
    pub(crate) clicked: broadcast::Sender<Clicked>,
    /// Set once the targets have been read.
    pub(crate) targets_read: OnceCell<()>,
    /// The last report of what is the matter.
    pub(crate) report: report::Held,
    /// What commands change, one command at a time.
    pub(crate) desk: Mutex<Desk>,
    /// What tells whether the apps' tasks still run.
    pub(crate) pulses: service::Pulses,
    /// Told each time that a service asks for the data folder.
    pub(crate) yielding: Notify,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// Clicks on notifications that nobody has looked at yet.
const CLICKS: usize = 16;

/// How long one that gives way may take to leave: it may have to put the system's proxies back first.
const LEAVING: Duration = Duration::from_secs(30);
/// How often is looked whether it has left.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What is running.
pub(crate) struct Desk {
    pub(crate) running: BTreeMap<AppId, RunningApp>,
    pub(crate) simulator: Option<BuiltIn>,
    /// The doctor at work, or its last one.
    pub(crate) doctor: Option<Examining>,
    /// Given back when the engine closes, last.
    lock: Option<InstanceLock>,
}

impl Engine {
    /// Takes the data folder, reads the settings and begins to connect.
    ///
    /// # Errors
    /// [`FaultCode::DataFolder`], [`FaultCode::HeldByOther`], [`FaultCode::SettingsUnreadable`] or, where the
    /// simulator is all there is to connect to, [`FaultCode::Simulator`]. Nothing is running then.
    pub async fn open(options: Options) -> Result<Self, Fault> {
        let lock = take_over(&options).await?;
        // Not before: a second process must not write to the log of the first.
        log::keep_in(&options.data_dir);
        let settings_file = SettingsFile::in_folder(&options.data_dir);
        let (settings, unknown) = settings_file.read()?;
        if options.secret.is_some() && settings.apps.len() > 1 {
            let detail =
                "one App Secret was given and several apps are configured: name the app with --app-id";
            return Err(Fault::new(FaultCode::BadRequest, detail));
        }
        let proxies = if options.system { system::read().await } else { Arc::default() };
        let (system, proxies) = watch::channel(proxies);
        let ca_files = [&options.ca_files[..], &settings.ca_files[..]].concat();
        let roads = Roads::new(ca_files, options.environment.clone(), proxies);
        let shelf = Shelf::new(&options);
        roads.roots().set_platform(platform_files(&shelf.list));
        let mut snapshot = snapshot(&options, &settings, notices(unknown));
        tell_trusted(&mut snapshot, shelf.list.read());
        tell_ca_files(&mut snapshot, &roads.problems().await, &settings.ca_files);
        let shared = Arc::new(Shared::new(snapshot));
        let surroundings = Surroundings {
            shared: shared.clone(),
            roads,
            secrets: options.secrets.clone(),
            inbox: Arc::new(Inbox::new(shared)),
        };
        let desk = Desk { running: BTreeMap::new(), simulator: None, doctor: None, lock: Some(lock) };
        let proxy = options.proxy.clone().map(proxy::entered).transpose()?;
        let inner = Inner {
            options,
            proxy,
            settings: settings_file,
            shelf,
            lease: Holding::default(),
            journal: OnceCell::new(),
            targets: Targets::default(),
            agent: agent::Holding::default(),
            clicked: broadcast::Sender::new(CLICKS),
            targets_read: OnceCell::new(),
            report: report::Held::default(),
            surroundings,
            desk: Mutex::new(desk),
            pulses: service::Pulses::default(),
            yielding: Notify::new(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        };
        let engine = Self { inner: Arc::new(inner) };
        engine.start_journal().await?;
        engine.start_apps(settings).await?;
        engine.start_tasks(system);
        Ok(engine)
    }

    /// The state of everything; changes as it does.
    pub fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.inner.surroundings.shared.snapshots()
    }

    /// Events as they arrive and as what becomes of them changes, in batches, oldest first. A receiver that lags reads its page
    /// again.
    pub fn arrivals(&self) -> broadcast::Receiver<Arc<Vec<EventView>>> {
        self.inner.surroundings.shared.events()
    }

    /// Lines of the process's log as they are written, in batches, oldest first. A receiver that lags reads its page again.
    pub fn log_lines(&self) -> broadcast::Receiver<Arc<Vec<LogLine>>> {
        log::news()
    }

    /// What clicks on notifications ask to see, as they are clicked.
    pub fn clicks(&self) -> broadcast::Receiver<Clicked> {
        self.inner.clicked.subscribe()
    }

    /// Waits until a service asks for the data folder: this engine is to be closed then, so that the service can have it. Each time
    /// that one asks is told once, to one who waits; one that asked while nobody waited is told to the next.
    pub async fn asked_to_yield(&self) {
        self.inner.yielding.notified().await;
    }

    /// Closes every link in good order, then gives the data folder back.
    pub async fn close(self) {
        service::stopping(&self.inner.options).await;
        self.close_lease().await;
        let mut desk = self.inner.desk.lock().await;
        desk.doctor = None;
        let running = std::mem::take(&mut desk.running);
        join_all(running.into_values().map(RunningApp::stop)).await;
        if let Some(simulator) = desk.simulator.take() {
            simulator.stop().await;
        }
        self.inner.stop.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        if let Some(deliveries) = self.inner.surroundings.inbox.deliveries() {
            deliveries.clone().close().await;
        }
        self.close_notebook().await;
        self.close_journal().await;
        control::remove(&self.inner.options.data_dir);
        desk.lock = None;
    }

    /// The desk, for a command that changes what is running.
    ///
    /// # Errors
    /// [`FaultCode::NotRunning`] once the engine has been closed.
    pub(crate) async fn desk(&self) -> Result<MutexGuard<'_, Desk>, Fault> {
        let desk = self.inner.desk.lock().await;
        if desk.lock.is_some() {
            return Ok(desk);
        }
        let dir = self.inner.options.data_dir.display();
        Err(Fault::new(FaultCode::NotRunning, "the engine is closed").with("path", dir))
    }

    /// Begins to hold an app's connection.
    pub(crate) fn start(&self, desk: &mut Desk, app: App) {
        let id = app.id.clone();
        let running = RunningApp::start(app, self.inner.surroundings.clone(), self.inner.pulses.clone());
        desk.running.insert(id, running);
    }

    /// Begins to hold the connection of an app of the settings, unless it is paused or this engine connects none.
    pub(crate) fn start_configured(&self, desk: &mut Desk, app: &AppSettings) {
        if app.paused || matches!(self.inner.options.apps, Apps::None) {
            return;
        }
        match self.connectable(app) {
            Ok(app) => self.start(desk, app),
            Err(fault) => {
                warn!(app = %app.id, %fault, "cannot connect");
                self.inner.surroundings.shared.change_app(&app.id, |view| {
                    view.phase = Phase::NeedsYou;
                    let unusable = finding(FindingCode::DomainUnusable, fault.detail);
                    view.findings = vec![Finding { values: fault.values, ..unusable }];
                });
            }
        }
    }

    /// An app of the settings, as it is to be connected.
    pub(crate) fn connectable(&self, app: &AppSettings) -> Result<App, Fault> {
        let (id, domain, secret) = (app.id.clone(), app.domain.clone(), self.secret_of(app));
        Ok(App { id, origin: usable(&domain)?, domain, secret, proxy: self.proxy_or(app.proxy.clone()) })
    }

    /// An app given from outside the settings.
    pub(crate) fn given(&self, given: &GivenApp) -> Result<App, Fault> {
        let secret = match &given.secret {
            Some(secret) => SecretSource::Given(secret.clone()),
            None => SecretSource::of(None, &self.inner.options),
        };
        let (id, domain) = (given.id.clone(), given.domain.clone());
        Ok(App { id, origin: usable(&domain)?, domain, secret, proxy: self.proxy_or(Choice::Auto) })
    }

    /// The proxy that is given for every app, else this one.
    pub(crate) fn proxy_or(&self, own: Choice) -> ProxySource {
        self.inner.proxy.clone().map_or(ProxySource::Kept(own), ProxySource::Given)
    }

    /// Has every link hear of what happened to the machine.
    pub(crate) async fn nudge(&self, nudge: Nudge) {
        for running in self.inner.desk.lock().await.running.values() {
            running.nudge(nudge);
        }
    }

    fn secret_of(&self, app: &AppSettings) -> SecretSource {
        match &self.inner.options.secret {
            Some(secret) => SecretSource::Given(secret.clone()),
            None => SecretSource::of(app.secret_file.as_deref(), &self.inner.options),
        }
    }

    async fn start_apps(&self, settings: Settings) -> Result<(), Fault> {
        let mut desk = self.inner.desk.lock().await;
        match &self.inner.options.apps {
            Apps::None => Ok(()),
            Apps::Only(given) => {
                let app = self.given(given)?;
                self.start(&mut desk, app);
                Ok(())
            }
            Apps::ConfiguredOrSimulator if settings.apps.is_empty() => {
                self.start_simulator(&mut desk, true).await
            }
            Apps::Configured | Apps::ConfiguredOrSimulator => {
                for app in &settings.apps {
                    self.start_configured(&mut desk, app);
                }
                Ok(())
            }
        }
    }

    fn start_tasks(&self, system: watch::Sender<Arc<SystemProxies>>) {
        if self.inner.options.system {
            self.spawn(system::follow(Arc::downgrade(&self.inner), system));
        }
        if self.owns_lease() {
            self.spawn(lease::look_after(Arc::downgrade(&self.inner)));
        }
        let shared = self.inner.surroundings.shared.clone();
        self.spawn(async move { shared.publish_events().await });
        self.spawn(log::publish());
        if matches!(self.inner.options.apps, Apps::None) {
            // It is gone as soon as its one command is carried out: who asked it anything would be left without an answer.
            return;
        }
        if let Some(updates) = &self.inner.options.updates {
            let ways = Ways::Engine(self.inner.surroundings.roads.clone());
            updates.stand_on(Ground { snapshots: self.snapshots(), ways });
            self.spawn(updates::show(updates.clone(), self.inner.surroundings.shared.clone()));
        }
        if let Some(supervisor) = self.inner.options.supervisor {
            self.spawn(service::attend(Arc::downgrade(&self.inner), supervisor, self.snapshots()));
        }
        let engine = self.clone();
        self.spawn(async move { engine.mend_login().await });
        match control::bind(&self.inner.options.data_dir) {
            Ok(listener) => self.spawn(control::serve(listener, Arc::downgrade(&self.inner))),
            // The links matter more than being asked about them.
            Err(error) => warn!(%error, "no control socket: `longwire status` cannot reach this process"),
        }
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.inner.stop.clone();
        self.inner.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = task => {}
            }
        });
    }
}

/// The address of a domain, where we may dial it.
pub(crate) fn usable(domain: &Domain) -> Result<Origin, Fault> {
    Origin::parse(domain.url()).map_err(|error| {
        // What stands before an @ may be a password.
        let shown = domain.to_string();
        let shown = shown.rsplit_once('@').map_or(shown.as_str(), |(_, host)| host);
        Fault::new(FaultCode::DomainUnusable, error).with("domain", shown)
    })
}

/// Takes the data folder. A service asks one that gives way for it, and waits until that has left.
async fn take_over(options: &Options) -> Result<InstanceLock, Fault> {
    let until = Instant::now() + LEAVING;
    let mut asked = false;
    loop {
        match take(options) {
            Err(fault)
                if options.service && fault.code == FaultCode::HeldByOther && Instant::now() < until =>
            {
                if !asked && control::ask_to_yield(&options.data_dir).await.is_err() {
                    return Err(fault);
                }
                asked = true;
                sleep(LOOK_AGAIN).await;
            }
            outcome => return outcome,
        }
    }
}

fn take(options: &Options) -> Result<InstanceLock, Fault> {
    let dir = &options.data_dir;
    let fault = |code, error: &dyn Display| Fault::new(code, error).with("path", dir.display());
    let unusable =
        |error: &dyn Display, cause: &str| fault(FaultCode::DataFolder, error).with("error", cause);
    // One that connects nothing is opened for a change by hand. One that runs may be root's by intent: in a container it works on what
    // is mounted into that, whoever's it is.
    if matches!(options.apps, Apps::None)
        && let Some(user) = paths::owner_beside_root(dir)
    {
        return Err(control::not_yours(dir, &user));
    }
    paths::create(dir).map_err(|error| match &error {
        PathError::NotUsable { cause, .. } => unusable(&error, cause),
        PathError::NoHome => unusable(&error, &error.to_string()),
    })?;
    let holder = Holder::this_process(&options.program);
    InstanceLock::acquire(dir, &holder).map_err(|error| match &error {
        AcquireError::Held(holder) => {
            fault(FaultCode::HeldByOther, &error).with("holder", &holder.program).with("pid", holder.pid)
        }
        AcquireError::NotUsable { cause, .. } => unusable(&error, cause),
    })
}

fn snapshot(options: &Options, settings: &Settings, notices: Vec<Notice>) -> Snapshot {
    let apps: Vec<AppView> = match &options.apps {
        Apps::Only(app) => vec![unconnected(app.id.clone(), app.domain.clone())],
        _ => settings.apps.iter().map(configured).collect(),
    };
    let now_ms = clock::now_ms();
    Snapshot {
        rev: 0,
        program: options.program.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        data_dir: options.data_dir.display().to_string(),
        targets: settings.targets.iter().map(|target| targets::of_settings(target, now_ms)).collect(),
        journal: JournalView { settings: settings.journal, ..JournalView::default() },
        notify: settings.notify.clone(),
        language_choice: settings.language,
        language: settings.language.resolve(options.system_language),
        theme: settings.theme,
        phase: Phase::Connecting,
        apps,
        simulator: None,
        events_today: 0,
        notices,
        ca_files: Vec::new(),
        trusted: Vec::new(),
        agent: AgentView { settings: settings.agent.clone(), key: AgentKey::Unread, ..AgentView::default() },
        service: options.service,
        updates: settings.updates.clone(),
        update: updates::view(options),
        lease: lease::found(options),
        doctor: None,
    }
}

fn notices(unknown: Vec<UnknownKey>) -> Vec<Notice> {
    let notice = |UnknownKey { key, line }| {
        warn!(key, line, "config.toml: no such setting");
        let values = [("key".to_owned(), key), ("line".to_owned(), line.to_string())].into();
        Notice { code: NoticeCode::SettingsKeyUnknown, values }
    };
    unknown.into_iter().map(notice).collect()
}

/// Shows the CAs that we trusted, or that the list of them cannot be read.
pub(crate) fn tell_trusted(snapshot: &mut Snapshot, trusted: Result<Vec<TrustedCa>, Fault>) {
    snapshot.notices.retain(|notice| notice.code != NoticeCode::TrustedUnreadable);
    match trusted {
        Ok(trusted) => snapshot.trusted = trusted,
        Err(fault) => {
            warn!(%fault, "the list of trusted CAs");
            snapshot.trusted.clear();
            snapshot.notices.push(Notice { code: NoticeCode::TrustedUnreadable, values: fault.values });
        }
    }
}

/// Shows the CA files of the settings, and which of all that are trusted are left out.
pub(crate) fn tell_ca_files(snapshot: &mut Snapshot, problems: &[RootsProblem], files: &[PathBuf]) {
    snapshot.notices.retain(|notice| notice.code != NoticeCode::CaFileUnreadable);
    for problem in problems {
        warn!(%problem, "a CA file is left out");
        let values = [("cause".to_owned(), problem.to_string())].into();
        snapshot.notices.push(Notice { code: NoticeCode::CaFileUnreadable, values });
    }
    let file = |path: &PathBuf| {
        let problem = problems.iter().find(|problem| problem.path() == Some(path.as_path()));
        CaFile { path: path.display().to_string(), problem: problem.map(ToString::to_string) }
    };
    snapshot.ca_files = files.iter().map(file).collect();
}
