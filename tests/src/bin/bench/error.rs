use std::{io, path::PathBuf};

use longwire_openplatform::Failure;

/// What kept the benchmark from measuring.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0} is not built for release: run `cargo xtask bench`")]
    NotBuilt(PathBuf),
    #[error("cannot start a client: {0}")]
    Start(#[from] io::Error),
    #[error("the simulator: {0}")]
    Simulator(#[from] longwire_openplatform::Error),
    #[error("{0} did not connect")]
    NotConnected(&'static str),
    #[error("{client}: {cause}")]
    Flood { client: &'static str, cause: Failure },
    #[error("{0}")]
    Connect(String),
    #[cfg(target_os = "linux")]
    #[error("{0}")]
    Desktop(String),
    #[cfg(target_os = "linux")]
    #[error("the session bus: {0}")]
    Bus(#[from] zbus::Error),
    #[error("{printed} lines were printed of {events} events")]
    Printed { printed: u64, events: u64 },
}
