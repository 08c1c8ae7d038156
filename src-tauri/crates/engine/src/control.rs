//! The control socket: how the command talks to the engine that holds the data folder.
//!
//! One request a line, one answer a line, JSON. The socket is in the data folder, mode 0600: whoever can open it
//! is the user.

mod client;
mod server;

pub use client::Client;
pub(crate) use server::{bind, remove, serve};

/// The socket's name in the data folder.
const SOCKET: &str = "control.sock";
/// Longest line either side reads: an event of the largest size there is, and what writing it as JSON text adds.
const LONGEST_LINE: usize = 32 * 1024 * 1024;
