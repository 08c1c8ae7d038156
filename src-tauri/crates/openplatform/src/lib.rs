//! The server side of the platform's long connection, as a library: the simulator behind `longwire simulate`, the
//! app's built-in platform, and the tests' peer.
//!
//! A [`Simulator`] listens on one port for everything the platform does there: the endpoint that hands out tickets,
//! the WebSocket, and the few OpenAPI calls a bot makes. [`Running`] is its handle: it sends events of a
//! [catalogue](EventKind), checks every acknowledgement to the byte, sends again what was not taken, plays
//! [failures](Fault), and shows what clients did.
//!
//! [`samples`] is the whole catalogue, of many more types than the simulator sends by itself.

mod api;
mod app;
mod cast;
mod catalogue;
mod chats;
mod client;
mod clock;
mod content;
mod counters;
mod delivery;
mod fault;
mod flood;
mod frames;
mod garbage;
mod history;

mod ids;
mod latencies;
mod link;
mod listener;
mod rates;
mod receipt;
mod running;
mod session;
mod simulator;
mod state;
mod tickets;
mod tls;
mod tokens;
mod upgrade;
mod violation;
mod visit;

pub use app::App;
pub use catalogue::{Event, EventKind, EventSpec, MessageSpec, Sample, Written, nearest, sample, samples};
pub use chats::{Recorded, Target, Update};
pub use client::ClientView;
pub use counters::Stats;
pub use delivery::{Ack, Attempt, Delivery, Failure, Outcome, Report};
pub use fault::Fault;
pub use flood::FloodReport;
pub use history::Settled;
pub use latencies::Latencies;
pub use longwire_wire::ClientConfig;
pub use running::{Running, UnknownApp};
pub use simulator::{Builder, Error, Simulator};
pub use tls::{Authority, Leaf};
pub use violation::{Observed, Violation};
pub use visit::Visit;
