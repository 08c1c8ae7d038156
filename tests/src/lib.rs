//! What the scenarios share: the built programs, as processes a test can watch.

// These are tests: they start processes, measure real time, and stop at the first surprise.
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod bot;
mod certificate;
#[cfg(target_os = "linux")]
pub mod desktop;
#[cfg(target_os = "linux")]
mod mac;
mod model;
#[cfg(target_os = "linux")]
pub mod peers;
#[cfg(target_os = "linux")]
mod platform;
mod process;
mod python;
#[cfg(unix)]
mod run;
#[cfg(target_os = "linux")]
mod sandbox;
mod served;
#[cfg(target_os = "linux")]
mod tree;

use std::path::PathBuf;

pub use bot::{Bot, Posted};
pub use certificate::Certificate;
#[cfg(target_os = "linux")]
pub use mac::FakeMac;
pub use model::{Answer, Asked, Model};
#[cfg(target_os = "linux")]
pub use platform::Platform;
pub use process::{Ended, Process, Start};
pub use python::peer;
#[cfg(unix)]
pub use run::{Run, acked};
#[cfg(target_os = "linux")]
pub use sandbox::{Sandbox, sandboxed, sandboxed_online};
#[cfg(target_os = "linux")]
pub use tree::Tree;

/// A program of this workspace, built by `cargo xtask test` before the tests run.
///
/// # Panics
/// Where it is not built.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let profile = test.ancestors().find(|dir| dir.ends_with("deps")).and_then(|deps| deps.parent());
    let program = profile.expect("tests run from target/PROFILE/deps").join(name);
    assert!(program.exists(), "{} is missing: `cargo xtask test` builds it", program.display());
    program
}

/// `longwire` with these arguments, on a data folder of its own, with nothing of this user's environment.
pub fn longwire<'a>(
    data_dir: &std::path::Path,
    arguments: impl IntoIterator<Item = &'a str>,
) -> process::Start {
    Process::start(program("longwire")).arguments(arguments).variable("LONGWIRE_DATA_DIR", data_dir)
}
