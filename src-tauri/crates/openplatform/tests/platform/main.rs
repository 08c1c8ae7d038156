//! The simulator over real sockets, met by a client made of nothing but TCP, HTTP, a WebSocket and `wire`.

// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod delivery;
mod faults;
mod flood;
mod openapi;
mod peer;
mod session;
mod tls;
