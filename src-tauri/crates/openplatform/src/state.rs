//! What everything in one simulator shares.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use fastrand::Rng;
use longwire_wire::ClientConfig;
use secrecy::ExposeSecret;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::App,
    cast::Cast,
    chats::Chats,
    client::{Client, ClientView},
    clock::Clock,
    counters::{Counters, Stats},
    fault::Fault,
    history::{History, Settled, lock},
    ids,
    rates::Rates,
    tickets::Tickets,
    tokens::Tokens,
    violation::{Observed, Violation},
    visit::Visit,
};

pub(crate) struct State {
    pub(crate) apps: Vec<App>,
    pub(crate) cast: Cast,
    pub(crate) instance_id: String,
    pub(crate) fragment: usize,
    pub(crate) redelivery: Vec<Duration>,
    pub(crate) ack_deadline: Duration,
    pub(crate) connection_limit: usize,
    pub(crate) secure: bool,
    pub(crate) clock: Clock,
    pub(crate) config: Mutex<ClientConfig>,
    pub(crate) tickets: Tickets,
    pub(crate) tokens: Tokens,
    pub(crate) counters: Counters,
    pub(crate) settled: History<Settled>,
    pub(crate) violations: History<Observed>,
    pub(crate) chats: Chats,
    pub(crate) rates: Rates,
    pub(crate) visits: History<Visit>,
    /// Clients that are connected elsewhere, as far as anybody is told.
    pub(crate) strangers: AtomicUsize,
    pub(crate) fault: watch::Sender<Option<Fault>>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
    clients: Mutex<HashMap<String, Vec<Arc<Client>>>>,
    /// Cancelled to cut every connection; replaced by a fresh one then.
    epoch: Mutex<CancellationToken>,
    rng: Mutex<Rng>,
    frame_number: AtomicU64,
}

/// What a simulator is made of; see the builder for the meaning of each.
pub(crate) struct Parts {
    pub(crate) apps: Vec<App>,
    pub(crate) fragment: usize,
    pub(crate) redelivery: Vec<Duration>,
    pub(crate) ack_deadline: Duration,
    pub(crate) connection_limit: usize,
    pub(crate) secure: bool,
    pub(crate) clock: Clock,
    pub(crate) config: ClientConfig,
    pub(crate) rng: Rng,
}

impl State {
    pub(crate) fn new(mut parts: Parts) -> Arc<Self> {
        let shutdown = CancellationToken::new();
        Arc::new(Self {
            apps: parts.apps,
            cast: Cast::new(&mut parts.rng),
            instance_id: format!("sim-{}", ids::hex(&mut parts.rng, 12)),
            fragment: parts.fragment.max(1),
            redelivery: parts.redelivery,
            ack_deadline: parts.ack_deadline,
            connection_limit: parts.connection_limit,
            secure: parts.secure,
            clock: parts.clock,
            config: Mutex::new(parts.config),
            tickets: Tickets::new(),
            tokens: Tokens::new(),
            counters: Counters::new(),
            settled: History::new(),
            violations: History::new(),
            chats: Chats::default(),
            rates: Rates::default(),
            visits: History::new(),
            strangers: AtomicUsize::new(0),
            fault: watch::Sender::new(None),
            epoch: Mutex::new(shutdown.child_token()),
            shutdown,
            tasks: TaskTracker::new(),
            clients: Mutex::default(),
            rng: Mutex::new(parts.rng),
            frame_number: AtomicU64::new(1),
        })
    }

    pub(crate) fn app(&self, app_id: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.id == app_id)
    }

    /// Whether these are the credentials of an app.
    pub(crate) fn knows(&self, app_id: &str, secret: &str) -> bool {
        self.app(app_id).is_some_and(|app| app.secret.expose_secret() == secret)
    }

    pub(crate) fn fault(&self) -> Option<Fault> {
        *self.fault.borrow()
    }

    /// The token that new connections live under.
    pub(crate) fn epoch(&self) -> CancellationToken {
        lock(&self.epoch).clone()
    }

    /// Cuts every connection.
    pub(crate) fn cut(&self) {
        let fresh = self.shutdown.child_token();
        std::mem::replace(&mut *lock(&self.epoch), fresh).cancel();
    }

    pub(crate) fn with_rng<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut lock(&self.rng))
    }

    /// Milliseconds since the Unix epoch, by the simulator's clock.
    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from(self.clock.since_epoch().as_millis()).unwrap_or(u64::MAX)
    }

    /// `message_id`, `trace_id` and `LogID` for one try of a delivery.
    pub(crate) fn delivery_ids(&self) -> (String, String, u64) {
        self.with_rng(|rng| (ids::uuid(rng), ids::hex(rng, 32), rng.u64(1..1 << 62)))
    }

    /// The first of that many numbers for frames.
    pub(crate) fn frame_numbers(&self, count: u64) -> u64 {
        self.frame_number.fetch_add(count, Relaxed)
    }

    /// Lets a client in, unless the app has as many as it may have.
    pub(crate) fn join(&self, client: Arc<Client>) -> bool {
        let mut clients = lock(&self.clients);
        let of_app = clients.entry(client.view.app_id.clone()).or_default();
        if of_app.len() >= self.connection_limit {
            return false;
        }
        of_app.push(client);
        drop(clients);
        self.counters.count(&self.counters.links);
        true
    }

    pub(crate) fn leave(&self, client: &Arc<Client>) {
        if let Some(clients) = lock(&self.clients).get_mut(&client.view.app_id) {
            clients.retain(|other| !Arc::ptr_eq(other, client));
        }
        client.gone();
        self.counters.tell();
    }

    /// A random client of the app: the platform gives each event to one, all alike.
    pub(crate) fn any_client(&self, app_id: &str) -> Option<Arc<Client>> {
        let clients = lock(&self.clients);
        let of_app = clients.get(app_id).filter(|of_app| !of_app.is_empty())?;
        Some(of_app[self.with_rng(|rng| rng.usize(..of_app.len()))].clone())
    }

    /// How many clients of the app are said to be connected.
    pub(crate) fn count_clients(&self, app_id: &str) -> usize {
        lock(&self.clients).get(app_id).map_or(0, Vec::len) + self.strangers.load(Relaxed)
    }

    pub(crate) fn stats(&self) -> Stats {
        let clients = lock(&self.clients).values().map(Vec::len).sum();
        self.counters.stats(clients)
    }

    pub(crate) fn clients(&self) -> Vec<ClientView> {
        lock(&self.clients).values().flatten().map(|client| client.view.clone()).collect()
    }

    pub(crate) fn violated(&self, client: &ClientView, violation: Violation) {
        tracing::debug!(device_id = %client.device_id, %violation, "a client broke the protocol");
        let (app_id, device_id) = (client.app_id.clone(), client.device_id.clone());
        self.violations.push(Observed { app_id, device_id, violation });
        self.counters.count(&self.counters.violations);
    }
}
