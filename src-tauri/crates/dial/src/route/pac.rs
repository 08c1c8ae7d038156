//! PAC scripts: fetched, kept for a while, and asked in a sandbox.

mod fault;
mod place;

pub use fault::PacFault;
pub use place::{PacPlace, PacPlaceError};

/// The largest script that is read, in bytes. Lists of blocked hosts come near it; nothing larger is a script by hand.
const LARGEST: usize = 1 << 20;
