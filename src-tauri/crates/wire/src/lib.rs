//! The bytes of the platform's long connection, and the values they mean.
//!
//! A WebSocket message holds one protobuf [`Frame`]. [`Inbound::of`] says what it is: a ping, a pong that may carry a
//! new [`ClientConfig`], or a [`Part`] of an event. [`Reassembly`] turns parts into a [`Message`], which reads its
//! [`Event`] and makes its acknowledgement from a [`Reply`].
//!
//! Nothing here waits, sends or keeps time: the caller brings bytes and the moment they came. Whatever the bytes say,
//! the answer is a value or a typed [`Error`]; no size is taken from a header's claim.

mod config;
mod error;
mod event;
mod frame;
mod inbound;
pub mod key;
mod lenient;
mod message;
mod reassembly;
mod reply;

pub use config::ClientConfig;
pub use error::Error;
pub use event::Event;
pub use frame::{Frame, Header, MAX_HEADERS, Method};
pub use inbound::{Inbound, Kind, Part};
pub use message::Message;
pub use reassembly::{Limits, Reassembly};
pub use reply::Reply;
