//! Finding events by their texts. What was kept is indexed a little later, see [`index`]; until then it is read through.

mod index;
mod query;
mod words;

pub(crate) use index::{Kind, READ, forget, indexed, merge, read_batch, write_batch};
pub(crate) use query::TextQuery;
pub(crate) use words::Words;
