//! The control socket: how the command and a second Longwire talk to the engine that holds the data folder.
//!
//! JSON, a line each way: a request, its answer. The socket is in the data folder, mode 0600: whoever can open it
//! is the user. Beside the commands that every view can give there are two of its own. [`FOLLOW`] is answered by a
//! [`Hello`], and from then on the engine tells all that changes, a [`Told`] a line, until the client goes. [`YIELD`] asks an
//! engine for its data folder.

mod client;
mod follow;
mod server;

use longwire_contract::Push;
use serde::{Deserialize, Serialize};

pub use client::Client;
pub(crate) use client::{Followed, ask_to_yield, not_yours};
pub(crate) use server::{bind, remove, serve};

use crate::notify::Arrival;

/// The socket's name in the data folder.
pub(crate) const SOCKET: &str = "control.sock";
/// Longest line either side reads: an event of the largest size there is, and what writing it as JSON text adds.
const LONGEST_LINE: usize = 32 * 1024 * 1024;
/// Asks to be told of all that changes.
const FOLLOW: &str = "follow";
/// Asks for the data folder: on behalf of a service, which is to have it.
const YIELD: &str = "yield";

/// Who is followed. What comes after it is understood by the same version alone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Hello {
    /// Longwire's version there.
    pub version: String,
    /// What it is, as a user knows it.
    #[serde(default)]
    pub program: String,
    /// Its process.
    #[serde(default)]
    pub pid: u32,
}

/// What a follower is told, a line each.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    /// What every view is told.
    Push(Push),
    /// An event was kept, of which the desktop may be told.
    Arrival(Arrival),
    /// So were others, more than a follower is told of one by one.
    Missed,
}
