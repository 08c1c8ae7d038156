//! The agent, with a real `longwire run` between the simulator and a server that speaks OpenAI's protocol: who is answered, how,
//! and that nothing of it ever harms the link.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::print_stdout, clippy::unwrap_used)]

mod answers;
mod elsewhere;
mod failures;
mod ignored;
mod killed;
mod scene;
mod secrets;
