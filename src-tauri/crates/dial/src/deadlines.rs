use std::time::Duration;

/// The longest each step of a road may take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Deadlines {
    /// Finding the host's addresses.
    pub dns: Duration,
    /// Connecting to one of them, all addresses together.
    pub tcp: Duration,
    /// All of the way through a proxy: its addresses, connecting to it, TLS with it, and its answer.
    pub proxy: Duration,
    /// The TLS handshake, with the loading of the trusted roots where they are needed for the first time.
    pub tls: Duration,
    /// An HTTP request and its whole answer, from the moment the road stands.
    pub http: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            dns: Duration::from_secs(5),
            tcp: Duration::from_secs(10),
            proxy: Duration::from_secs(10),
            tls: Duration::from_secs(10),
            http: Duration::from_secs(15),
        }
    }
}
