use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use longwire_wire::ClientConfig;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::DropGuard;

use crate::{
    app::App,
    catalogue::{self, Event, EventSpec, MessageSpec},
    chats::{Recorded, Update},
    client::{ClientView, Order},
    counters::Stats,
    delivery::{self, Delivery, Failure},
    fault::Fault,
    flood::{self, FloodReport},
    history::{Settled, lock},
    listener::{Change, Tls},
    state::State,
    tls::{Authority, Identity, Leaf},
    violation::Observed,
    visit::Visit,
};

/// A simulator that runs. It ends with [`Running::shutdown`], or when the last copy of this handle is dropped.
#[derive(Clone)]
pub struct Running {
    state: Arc<State>,
    address: SocketAddr,
    identity: Option<Arc<Identity>>,
    tls: Tls,
    changes: mpsc::Sender<Change>,
    _end: Arc<DropGuard>,
}

/// The simulator knows no app of this ID.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the simulator knows no app {0}")]
pub struct UnknownApp(pub String);

impl Running {
    pub(crate) fn new(
        state: Arc<State>,
        address: SocketAddr,
        identity: Option<Identity>,
        tls: Tls,
        changes: mpsc::Sender<Change>,
    ) -> Self {
        let end = Arc::new(state.shutdown.clone().drop_guard());
        Self { state, address, identity: identity.map(Arc::new), tls, changes, _end: end }
    }

    /// Its base URL: the domain to give to a client.
    pub fn url(&self) -> String {
        let scheme = if self.state.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The apps it knows; there is at least one.
    pub fn apps(&self) -> &[App] {
        &self.state.apps
    }

    /// The authority of its certificate, where it speaks TLS.
    pub fn authority(&self) -> Option<&Arc<Authority>> {
        self.identity.as_ref().map(|identity| &identity.authority)
    }

    /// Sends an event: to one random client of its app, and again after each failure, as the platform does.
    ///
    /// # Errors
    /// Where the spec names an app that the simulator does not know.
    pub fn send(&self, spec: impl Into<EventSpec>) -> Result<Delivery, UnknownApp> {
        let spec = spec.into();
        let app_id = self.app_id(spec.app_id)?;
        let now_ms = self.state.now_ms();
        let event = self.state.with_rng(|rng| {
            catalogue::build(spec.kind, spec.text.as_deref(), &app_id, &self.state.cast, rng, now_ms)
        });
        Ok(delivery::start(&self.state, app_id, event))
    }

    /// Sends a message, as [`Running::send`] does.
    ///
    /// # Errors
    /// Where the spec names an app that the simulator does not know.
    pub fn send_message(&self, spec: MessageSpec) -> Result<Delivery, UnknownApp> {
        let app_id = self.app_id(spec.app_id.clone())?;
        let now_ms = self.state.now_ms();
        let event = self.state.with_rng(|rng| spec.event(&app_id, &self.state.cast, rng, now_ms));
        Ok(delivery::start(&self.state, app_id, event))
    }

    /// Takes a person's message back: nobody can answer it any more.
    pub fn withdraw(&self, message_id: &str) {
        self.state.chats.withdraw(message_id);
    }

    /// Ends every token that a bot has, as their time does.
    pub fn expire_tokens(&self) {
        self.state.tokens.expire();
    }

    /// Sends an event of the caller's making to an app; the first one where none is named.
    ///
    /// # Errors
    /// Where the simulator does not know the app.
    pub fn send_event(&self, app_id: Option<String>, event: Event) -> Result<Delivery, UnknownApp> {
        let app_id = self.app_id(app_id)?;
        Ok(delivery::start(&self.state, app_id, event))
    }

    /// Sends text messages to one client of the first app, with that many on their way at a time, and times each
    /// from its queueing to its acknowledgement. Every acknowledgement is checked; nothing is sent again. A failure
    /// that shows on open links begins when it is over.
    ///
    /// # Errors
    /// The first thing that went wrong, which ends it.
    pub async fn flood(&self, events: u64, in_flight: usize) -> Result<FloodReport, Failure> {
        let app_id = &self.state.apps[0].id;
        let client = self.state.any_client(app_id).ok_or(Failure::NoClient)?;
        let plan = flood::Plan::new(&self.state, app_id, events, in_flight);
        let (done, report) = oneshot::channel();
        let order = Order::Flood(Box::new(flood::Flood { plan, done }));
        client.orders.send(order).await.map_err(|_| Failure::Disconnected)?;
        report.await.map_err(|_| Failure::Disconnected)?
    }

    /// Plays a failure from now on, or none. Returns when it is in force.
    pub async fn set_fault(&self, fault: Option<Fault>) {
        let (done, in_force) = oneshot::channel();
        if self.changes.send(Change { fault, done }).await.is_ok() {
            // An error: the simulator was shut down meanwhile.
            let _ = in_force.await;
        }
    }

    /// The failure that is played.
    pub fn fault(&self) -> Option<Fault> {
        self.state.fault()
    }

    /// Cuts every connection that is open, once.
    pub fn cut_links(&self) {
        self.state.cut();
    }

    /// Tells clients this configuration from now on, with the endpoint's answers and with pongs.
    pub fn set_client_config(&self, config: ClientConfig) {
        *lock(&self.state.config) = config;
    }

    /// Shows another certificate to connections from now on. Without effect where it speaks no TLS.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn set_leaf(&self, leaf: Leaf) -> Result<(), rcgen::Error> {
        if let Some(identity) = &self.identity {
            *lock(&self.tls) = Some(identity.server(leaf)?);
        }
        Ok(())
    }

    /// Says of every app, from now on, that this many clients more are connected than there are: as if others, elsewhere,
    /// had connected with its credentials.
    pub fn set_strangers(&self, clients: usize) {
        self.state.strangers.store(clients, Relaxed);
    }

    /// The clients that are connected.
    pub fn clients(&self) -> Vec<ClientView> {
        self.state.clients()
    }

    /// What happened so far.
    pub fn stats(&self) -> Stats {
        self.state.stats()
    }

    /// Waits until what happened so far is as wanted.
    pub async fn until(&self, mut wanted: impl FnMut(&Stats) -> bool) -> Stats {
        let mut news = self.state.counters.news();
        loop {
            news.mark_unchanged();
            let stats = self.stats();
            if wanted(&stats) {
                return stats;
            }
            // The sender lives as long as we do.
            let _ = news.changed().await;
        }
    }

    /// The last deliveries that came to their end, the oldest first.
    pub fn settled(&self) -> Vec<Settled> {
        self.state.settled.all()
    }

    /// The last things clients did against the protocol, the oldest first.
    pub fn violations(&self) -> Vec<Observed> {
        self.state.violations.all()
    }

    /// The last messages bots sent, the oldest first, as they are now.
    pub fn messages(&self) -> Vec<Recorded> {
        self.state.chats.sent()
    }

    /// The last cards that bots put in place of others, the oldest first.
    pub fn updates(&self) -> Vec<Update> {
        self.state.chats.updates()
    }

    /// The last requests that came, the oldest first, and the way each took.
    pub fn visits(&self) -> Vec<Visit> {
        self.state.visits.all()
    }

    /// Ends everything: when it returns, no task runs and no socket is open.
    pub async fn shutdown(&self) {
        self.state.shutdown.cancel();
        self.state.tasks.close();
        self.state.tasks.wait().await;
    }

    fn app_id(&self, wanted: Option<String>) -> Result<String, UnknownApp> {
        match wanted {
            None => Ok(self.state.apps[0].id.clone()),
            Some(app_id) if self.state.app(&app_id).is_some() => Ok(app_id),
            Some(app_id) => Err(UnknownApp(app_id)),
        }
    }
}

/// Nothing of a session or a secret.
impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("url", &self.url()).finish_non_exhaustive()
    }
}
