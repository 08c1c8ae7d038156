use std::net::SocketAddr;

/// A request that came, and which way: from where, and whom it was for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Visit {
    /// The address the connection came from: the client's own, or that of a proxy.
    pub peer: SocketAddr,
    /// The host and port that the client asked for, as its `Host` header names them.
    pub host: String,
    /// The path, without its query, which may hold a session's secrets.
    pub path: String,
}
