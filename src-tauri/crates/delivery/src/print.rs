use std::{fmt, future::Future, pin::Pin};

use longwire_journal::Record;

/// Where lines go.
pub trait Printing: fmt::Debug + Send + Sync {
    /// Writes a line out. When this returns it is written and flushed.
    fn print(&self, line: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<(), Closed>> + Send + '_>>;
}

/// Nobody reads any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("nobody reads the lines any more")]
pub struct Closed;

/// The event as received, on one line that ends, with a `longwire` object as its last member.
pub fn line(record: &Record) -> Vec<u8> {
    unimplemented!("{record:?}")
}
