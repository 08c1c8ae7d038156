//! The client side of the platform's long connection.
//!
//! [`run`] holds one app's connection until it is told to stop. Each try asks the endpoint for a fresh ticket, upgrades
//! to a WebSocket with it, and runs a session: pings, events to the [`Intake`], acknowledgements back. A try or a
//! session that ends does so with a typed [`Error`]; a policy, apart from the loop, says whether and when to try again.
//! What goes on is told as a [`State`], of which the latest can be watched. [`probe`] makes one try and holds nothing;
//! [`online`] asks how many connections an app has.
//!
//! The URL of a session is a secret, as is the app's own: neither appears in a [`State`], an [`Error`] or the log.

mod board;
mod censor;
mod config;
mod connect;
mod endpoint;
mod error;
mod hold;
mod intake;
mod keeping;
mod liveness;
mod online;
mod platform;
mod probe;
mod retry;
mod session;
mod state;
mod throttle;
mod ticket;
mod upgrade;

pub use longwire_wire::{Event, Reply};

pub use config::{Backoff, Config, Tuning};
pub use error::{BadUrl, Code, EndpointError, Error, SessionError, Stage, UpgradeError};
pub use hold::{Nudge, run};
pub use intake::{BadFrame, Intake, NotKept};
pub use online::{OnlineError, online};
pub use probe::{Probe, check, knock, probe};
pub use state::{SessionInfo, State, Steps};

#[cfg(test)]
mod behaviour;
#[cfg(test)]
mod testing;
