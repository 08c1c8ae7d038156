//! CA certificates that somebody may want to trust: how they are read, what they say, and why one is not to be trusted.

mod asn1;
mod chain;
mod constraints;
mod fault;
mod file;
mod key;
mod look;
mod page;
mod pem;
mod refusal;
pub(crate) mod signature;

pub use chain::{lacking, presented, signs};
pub use fault::CaFault;
pub(crate) use file::LARGEST;
pub use file::read;
pub use look::{Looked, look};
pub use page::{Page, PageError, page};
pub use pem::pem;
pub use refusal::Refusal;
pub(crate) use refusal::may_sign;
