//! The whole of a held connection, under paused time.

mod closing;
mod living;
mod retrying;
mod serving;
