//! Longwire as a service: what it tells the one who started it, what is installed, and what the real systemd thinks of that.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do, and ask real programs.
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod fake;
mod installed;
mod supervised;
mod supervisor;
mod units;
