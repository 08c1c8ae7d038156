use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use fastrand::Rng;
use longwire_wire::ClientConfig;
use tokio::{net::TcpListener, sync::mpsc};

use crate::{
    app::App,
    clock::Clock,
    listener,
    running::Running,
    state::{Parts, State},
    tls::{Authority, Identity, Leaf},
};

/// The largest payload of one frame, by default.
pub(crate) const FRAGMENT: usize = 4096;
/// When the platform sends an event again.
const REDELIVERY: [Duration; 4] = [
    Duration::from_secs(15),
    Duration::from_secs(5 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(6 * 60 * 60),
];
/// How long the platform waits for an acknowledgement.
const ACK_DEADLINE: Duration = Duration::from_secs(3);
/// How many clients an app may have.
const CONNECTION_LIMIT: usize = 50;

/// The platform, simulated.
#[derive(Debug)]
pub struct Simulator;

/// How a simulator is to be.
#[derive(Debug)]
pub struct Builder {
    address: SocketAddr,
    beyond_loopback: bool,
    apps: Vec<App>,
    tls: Option<(Arc<Authority>, Leaf)>,
    names: Vec<String>,
    clock: Clock,
    config: ClientConfig,
    fragment: usize,
    redelivery: Vec<Duration>,
    ack_deadline: Duration,
    time_scale: f64,
    connection_limit: usize,
    rng: Rng,
}

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its address is not this machine's own loopback.
    #[error("{0} can be reached from other machines")]
    NotLoopback(SocketAddr),
    /// Its address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        cause: io::Error,
    },
    /// No certificate could be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
}

impl Simulator {
    /// A simulator on 127.0.0.1 and a free port, without TLS, with one random app, and otherwise as the platform is.
    pub fn builder() -> Builder {
        Builder {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            beyond_loopback: false,
            apps: Vec::new(),
            tls: None,
            names: Vec::new(),
            clock: Clock::Right,
            config: ClientConfig {
                reconnect_count: Some(-1),
                reconnect_interval: Some(120),
                reconnect_nonce: Some(30),
                ping_interval: Some(120),
            },
            fragment: FRAGMENT,
            redelivery: REDELIVERY.to_vec(),
            ack_deadline: ACK_DEADLINE,
            time_scale: 1.0,
            connection_limit: CONNECTION_LIMIT,
            rng: Rng::new(),
        }
    }
}

impl Builder {
    /// Where to listen; port 0 for a free one.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Allows an address that other machines reach. Secrets and messages then cross the network.
    pub fn danger_listen_beyond_loopback(mut self) -> Self {
        self.beyond_loopback = true;
        self
    }

    /// Adds an app.
    pub fn app(mut self, app: App) -> Self {
        self.apps.push(app);
        self
    }

    /// Speaks TLS, with a certificate by that authority.
    pub fn tls(mut self, authority: impl Into<Arc<Authority>>, leaf: Leaf) -> Self {
        self.tls = Some((authority.into(), leaf));
        self
    }

    /// Further DNS names and addresses that certificates are valid for, besides those of this machine.
    pub fn names<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.names.extend(names.into_iter().map(Into::into));
        self
    }

    /// Sets its clock ahead of this machine's: that of its answers, its events and its certificates, which are valid from
    /// a day before to 90 days after what it shows.
    pub fn clock_ahead(mut self, by: Duration) -> Self {
        self.clock = Clock::Ahead(by);
        self
    }

    /// Sets its clock behind this machine's; see [`Builder::clock_ahead`].
    pub fn clock_behind(mut self, by: Duration) -> Self {
        self.clock = Clock::Behind(by);
        self
    }

    /// The configuration that clients are told.
    pub fn client_config(mut self, config: ClientConfig) -> Self {
        self.config = config;
        self
    }

    /// The largest payload of one frame, in bytes; larger ones are sent in parts.
    pub fn fragment(mut self, bytes: usize) -> Self {
        self.fragment = bytes;
        self
    }

    /// When to send again what was not taken: the pause before each further try.
    pub fn redelivery(mut self, pauses: impl Into<Vec<Duration>>) -> Self {
        self.redelivery = pauses.into();
        self
    }

    /// How long to wait for an acknowledgement.
    pub fn ack_deadline(mut self, deadline: Duration) -> Self {
        self.ack_deadline = deadline;
        self
    }

    /// Multiplies the pauses of the redelivery and the deadline of acknowledgements; 1 is the platform's time.
    /// What is no positive number counts as 1.
    pub fn time_scale(mut self, scale: f64) -> Self {
        self.time_scale = scale;
        self
    }

    /// How many clients an app may have.
    pub fn connection_limit(mut self, clients: usize) -> Self {
        self.connection_limit = clients;
        self
    }

    /// Makes every identifier and every choice repeatable.
    pub fn seed(mut self, seed: u64) -> Self {
        self.rng = Rng::with_seed(seed);
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn start(mut self) -> Result<Running, Error> {
        if !self.address.ip().is_loopback() && !self.beyond_loopback {
            return Err(Error::NotLoopback(self.address));
        }
        if self.apps.is_empty() {
            self.apps.push(App::random(&mut self.rng));
        }
        let (identity, server) = match self.tls {
            Some((authority, leaf)) => {
                let identity = Identity { authority, names: self.names, clock: self.clock };
                let server = identity.server(leaf)?;
                (Some(identity), Some(server))
            }
            None => (None, None),
        };
        let cannot_listen = |cause| Error::Listen { address: self.address, cause };
        let listener = TcpListener::bind(self.address).await.map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;

        let scale = if self.time_scale.is_finite() && self.time_scale > 0.0 { self.time_scale } else { 1.0 };
        let scaled =
            |time: Duration| Duration::try_from_secs_f64(time.as_secs_f64() * scale).unwrap_or(Duration::MAX);
        let state = State::new(Parts {
            apps: self.apps,
            fragment: self.fragment,
            redelivery: self.redelivery.into_iter().map(scaled).collect(),
            ack_deadline: scaled(self.ack_deadline),
            connection_limit: self.connection_limit,
            secure: server.is_some(),
            clock: self.clock,
            config: self.config,
            rng: self.rng,
        });
        let tls = Arc::new(Mutex::new(server));
        let (changes, inbox) = mpsc::channel(1);
        state.tasks.spawn(listener::run(state.clone(), listener, tls.clone(), inbox));
        Ok(Running::new(state, address, identity, tls, changes))
    }
}
