//! The way to a proxy and through it, in place of a connection.

mod fault;

pub use fault::ProxyFault;
