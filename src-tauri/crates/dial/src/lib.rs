//! One road to a host, for everything Longwire sends.
//!
//! [`Dialer::dial`] walks the road step by step: name → address → connection → TLS. Every step has a deadline, and
//! every failure says at which [`Stage`] it happened, why ([`Cause`]), and keeps the evidence ([`Trace`]): the addresses
//! tried, the certificates the peer presented. [`http::send`] sends one HTTP request over such a road.
//!
//! What a peer presents is always verified: against the operating system's roots and the extra CA files of [`Roots`].
//! Nothing here can switch that off. Unencrypted roads lead to this machine only; [`Origin`] cannot express another.

mod ca_file;
mod cause;
pub mod certificate;
pub mod clock;
mod deadlines;
mod dialer;
mod error;
pub mod http;
pub mod interceptor;
pub mod judge;
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
pub use crate::stream::Stream;
pub use crate::trace::{Attempt, FailedWay, Fault, ProxyPlace, Taken, Trace};
pub use crate::tunnel::ProxyFault;
