use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::broken;
use crate::{
    node::Node,
    process::{Failure, output, run},
    repository::{Repository, metadata},
};

/// What the list of parts is called beside each manifest, while it is made.
const NAME: &str = "longwire-sbom";

/// The crates that the crate of this manifest is linked with, as CycloneDX lists parts.
pub(super) fn of_crate(repository: &Repository, manifest: &Path) -> Result<String, Failure> {
    let mut list = Command::new(super::tool(repository, "cargo-cyclonedx", &["--version", "^0.5.9"])?);
    list.args([
        "cyclonedx",
        "--format",
        "json",
        "--spec-version",
        "1.5",
        "--quiet",
        "--override-filename",
        NAME,
    ]);
    let made = run(list.arg("--manifest-path").arg(manifest).env("CARGO_NET_OFFLINE", "true"));
    let text = fs::read_to_string(beside(manifest));
    // It leaves one beside every manifest of the workspace.
    for manifest in manifests(repository)? {
        fs::remove_file(beside(&manifest)).ok();
    }
    made?;
    text.map_err(|error| broken(&beside(manifest), &error))
}

/// The packages that the window's files are made of.
pub(super) fn of_window(repository: &Repository) -> Result<String, Failure> {
    let node = Node::ensure(repository)?;
    let ui = repository.ui();
    node.install(&ui)?;
    output(&mut node.npm(&ui, &["sbom", "--sbom-format", "cyclonedx", "--omit", "dev"]))
}

fn beside(manifest: &Path) -> PathBuf {
    manifest.with_file_name(format!("{NAME}.json"))
}

fn manifests(repository: &Repository) -> Result<Vec<PathBuf>, Failure> {
    let metadata = metadata(&repository.root, &["--no-deps"])?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    Ok(packages.filter_map(|package| package["manifest_path"].as_str()).map(PathBuf::from).collect())
}
