use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Process, process::Start};

/// A script of `tests/peers`, to be run by the Python that has the official SDK.
///
/// # Panics
/// Where there is none.
pub fn peer(script: &str) -> Start {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let venv = env::var_os("LONGWIRE_TEST_VENV").map_or_else(|| folder.join(".venv"), PathBuf::from);
    let python = venv.join("bin/python");
    // Finding it is quick; loading it takes seconds.
    let find = "import importlib.util, sys; sys.exit(importlib.util.find_spec('lark_oapi') is None)";
    let has_sdk = Command::new(&python).args(["-c", find]).output();
    assert!(
        has_sdk.is_ok_and(|ran| ran.status.success()),
        "{} lacks the Python SDK lark-oapi: `cargo xtask test` installs it",
        venv.display()
    );
    let script = folder.join("peers").join(script);
    Process::start(python)
        .arguments([script.to_str().expect("a plain path")])
        .variable("PYTHONDONTWRITEBYTECODE", "1")
}
