//! Hands kept events to their targets: webhooks in the platform's own format, programs, standard output.
//!
//! Each target has a courier, which takes events from the target's queue in the journal, those of one chat in order, and
//! writes down how each attempt ended. A target that does not answer is left alone for a while and its events wait; one that
//! refuses an event is asked again a few times, and the event waits for a replay then. A callback goes to its target first, and
//! its answer into the acknowledgement.

pub mod agent;
mod answer;
mod command;
mod courier;
mod deliveries;
mod filter;
mod form;
mod path;
mod print;
mod raw;
mod target;
#[cfg(test)]
mod testing;
mod text;
mod webhook;

pub use answer::{Answer, Toast};
pub use command::Program;
pub use courier::TargetState;
pub use deliveries::Deliveries;
pub use filter::{Filter, FilterError, Pattern, Wanted};
pub use path::{Path, PathError};
pub use print::{Closed, Printing, line};
pub use target::{Kind, Target};
pub use text::shortened;
pub use webhook::{Webhook, WebhookError};
