//! Evidence of an app's connection and of the road to it, told as findings.
//!
//! [`rule`] is the table: one line a diagnosis. [`of_error`] names why a try failed or a link ended, [`of_road`] does so
//! with more evidence of the road, and [`explain`] gathers that evidence first. [`Evidence::findings`] says what is to be
//! said of a connection that is up or down, [`Lifetimes`] whether it comes and goes, and [`Visible`] what of it is worth
//! showing already. [`examine`] is the doctor: it walks the road hop by hop.

mod after_trust;
mod ca_file;
mod examine;
mod explain;
mod lifetimes;
mod note;
mod order;
mod platform;
mod road;
mod session;
mod standing;
mod table;
#[cfg(test)]
mod testing;
mod visible;

pub use after_trust::{AfterTrust, after_trust};
pub use ca_file::ca_file;
pub use examine::{Held, Patient, begun, examine, stopped};
pub use explain::{Insight, explain, look_into};
pub use lifetimes::Lifetimes;
pub use note::{of_failed_route, of_route, of_taken, source};
pub use order::told;
pub use platform::of_error;
pub use road::of_road;
pub use standing::Evidence;
pub use table::{Rule, finding, rule};
pub use visible::{Shown, Visible};
