use std::{
    env,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::process::{Failure, cargo, output};

/// The places of this repository.
pub(crate) struct Repository {
    /// Its root folder.
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
}

impl Repository {
    /// The repository this tool was built from.
    pub(crate) fn locate() -> Result<Self, Failure> {
        let here = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| Failure::new("run it as: cargo xtask"))?;
        let root = Path::new(&here)
            .ancestors()
            .find(|folder| folder.join("deny.toml").is_file())
            .ok_or_else(|| Failure::new("this is not Longwire's repository"))?
            .to_owned();
        let metadata = metadata(&root, &["--no-deps"])?;
        let target = metadata["target_directory"].as_str().map_or_else(|| root.join("target"), PathBuf::from);
        Ok(Self { root, target })
    }

    /// The window's sources.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// Where tools are kept that a machine lacks: out of the way of its own, gone with `cargo clean`.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }
}

/// What `cargo metadata` says of the workspace.
pub(crate) fn metadata(root: &Path, arguments: &[&str]) -> Result<Value, Failure> {
    let json = output(cargo(root).args(["metadata", "--format-version=1"]).args(arguments))?;
    serde_json::from_str(&json).map_err(|error| Failure::new(format!("cargo metadata: {error}")))
}
