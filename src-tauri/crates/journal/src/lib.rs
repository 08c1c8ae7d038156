//! The durable event log. An event is kept here before it is acknowledged; here it waits for its targets until they have it;
//! here it is found again.
//!
//! One SQLite file in the data folder. All writing is done by one thread, which takes whatever waits and commits it as one;
//! reading goes on beside it. What the file says after a crash is what was committed, and nothing was acknowledged before.

mod clock;
mod codec;
mod error;
mod event;
mod file;
mod indexer;
mod journal;
mod names;
mod notebook;
mod options;
mod queue;
mod readers;
mod reading;
mod request;
mod retention;
mod schema;
mod search;
mod seen;
mod stats;
mod store;
mod sync;
#[cfg(test)]
mod tests;
mod text;
mod writer;

pub use error::{Error, Health, OpenError};
pub use event::{Deliverable, Insertion, NewEvent, Record, Row};
pub use journal::Journal;
pub use notebook::{Asked, Begun, Excuse, MessageKey, Notebook, Pair, Tokens};
pub use options::{Opened, Options};
pub use queue::{Attempt, QueueCount, TargetKey, Then, Waiting};
pub use retention::Size;
