use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    node::{self, Node},
    process::{Failure, cargo, run as run_command, say},
    repository::Repository,
    run::prepare,
};

/// The window comes out of the program itself, with nothing of a development server in it.
const SHIPPED: &str = "tauri/custom-protocol";

/// Builds the Debian package of the tray app, and says where it is and how large.
pub(crate) fn run(repository: &Repository) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new("a Debian package is made on Linux"));
    }
    build(repository, &[])?;
    let package = debian(repository)?;
    say(format_args!("{} ({})", package.display(), size(&package)?));
    Ok(())
}

/// Builds the tray app for release, with its window, and beside it other packages that use some of the same libraries.
pub(crate) fn build(repository: &Repository, beside: &[&str]) -> Result<(), Failure> {
    prepare()?;
    node::build_window(repository)?;
    say("building the app for release");
    let mut build = cargo(&repository.root);
    build.args(["build", "--release", "--package", "longwire-app", "--features", SHIPPED]);
    for package in beside {
        build.args(["--package", package]);
    }
    run_command(&mut build)
}

/// Makes the Debian package of what was built.
pub(crate) fn debian(repository: &Repository) -> Result<PathBuf, Failure> {
    let folder = repository.target.join("release/bundle/deb");
    // One of another version, or of another build, would be taken for this one.
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| unread(&folder, &error))?;
    }
    say("making the Debian package");
    let mut bundler = Node::ensure(repository)?.bundler(repository)?;
    bundler.args(["bundle", "--bundles", "deb", "--ci"]).current_dir(repository.root.join("src-tauri"));
    run_command(&mut bundler)?;
    fs::read_dir(&folder)
        .map_err(|error| unread(&folder, &error))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .ok_or_else(|| Failure::new(format!("no package in {}", folder.display())))
}

fn size(package: &Path) -> Result<String, Failure> {
    let about = package.metadata().map_err(|error| unread(package, &error))?;
    Ok(format!("{:.1} MB", about.len() as f64 / 1e6))
}

fn unread(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
