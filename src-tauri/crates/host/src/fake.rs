//! Stand-ins for the parts of a system that a test must not touch.

#[cfg(any(test, feature = "fake"))]
mod mac;
#[cfg(any(test, feature = "fake"))]
mod notifications;
#[cfg(any(test, feature = "fake"))]
mod runner;
#[cfg(any(test, feature = "fake"))]
mod systemd;
#[cfg(test)]
mod systemd_runner;

#[cfg(any(test, feature = "fake"))]
pub use mac::{
    Agent, Answer, At, Call, Certificate, Fate, Launchd, Mac, Proxy, Script, Security, Service, Silence,
    Trouble, Trusted, What,
};
#[cfg(any(test, feature = "fake"))]
pub use notifications::Notifications;
#[cfg(any(test, feature = "fake"))]
pub use runner::{Killed, MacRunner, keeper};
#[cfg(any(test, feature = "fake"))]
pub use systemd::Systemd;
#[cfg(test)]
pub(crate) use systemd_runner::SystemdRunner;

pub use crate::secrets::memory::MemoryStore;
