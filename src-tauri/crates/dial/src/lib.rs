//! One road to a host, for everything Longwire sends.
//!
//! [`Dialer::dial`] asks its [`Router`](route::Router) for the way and walks it step by step: name → address → connection,
//! or tunnel through a proxy → TLS. Every step has a deadline, and every failure says at which [`Stage`] it happened, why
//! ([`Cause`]), and keeps the evidence ([`Trace`]): the way taken, the addresses tried, what a proxy said, the certificates
//! the peer presented. [`http::send`] sends one HTTP request over such a road.
//! [`Dialer::dial_after`] builds one that belongs to another road, and goes the way that that one took.
//!
//! What a peer presents is always verified: against the operating system's roots and our own CA files, all of them in
//! [`Roots`]. Nothing here can switch that off. Unencrypted roads lead to this machine only; [`Origin`] cannot express another.
//!
//! Of a chain that was seen, trusted or not, [`judge`] says who signed it and who would believe it, and [`interceptor`]
//! who stands in between; [`clock`] says whether it is our clock that is wrong. [`ca`] reads and looks at the certificates
//! that somebody may want to trust, and fetches them.

pub mod ca;
mod ca_file;
mod cause;
pub mod certificate;
pub mod clock;
mod connect;
mod deadlines;
mod dialer;
mod error;
pub mod http;
pub mod interceptor;
pub mod judge;
mod limit;
pub mod network;
mod origin;
mod proxy;
mod race;
mod recorder;
mod refusal;
mod resolve;
mod roots;
pub mod route;
mod stream;
mod text;
mod tls;
mod trace;
mod trust;
mod tunnel;
mod walk;

#[cfg(test)]
mod tests;

pub use rustls::pki_types::CertificateDer;

pub use crate::ca_file::RootsProblem;
pub use crate::cause::{Cause, Lookup, Part};
pub use crate::certificate::date;
pub use crate::deadlines::Deadlines;
pub use crate::dialer::{Begins, Dialer, Road};
pub use crate::error::{Error, Stage};
pub use crate::origin::{Origin, OriginError, Scheme};
pub use crate::proxy::{Credentials, Protocol, Proxy, ProxyError};
pub use crate::roots::{RootSource, Roots};
pub use crate::stream::{Layer, Stream, Wire};
pub use crate::trace::{Attempt, FailedWay, Fault, ProxyPlace, Taken, Trace};
pub use crate::tunnel::ProxyFault;
