mod clean_root;
mod command;
mod copyright;
mod deb;
mod macos;
mod manifest;
mod papers;
mod sbom;
#[cfg(test)]
mod scripts;
mod tree;
#[cfg(test)]
mod workflows;

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    node,
    process::{Failure, cargo, find, run as run_command, say},
    repository::Repository,
    run::prepare,
};

/// The window comes out of the program itself, with nothing of a development server in it.
const SHIPPED: &str = "tauri/custom-protocol";

/// What all of it is a version of.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Builds for release and makes this system's packages, does one of both, or tries those that were made.
pub(crate) fn run(repository: &Repository, arguments: &[String]) -> Result<(), Failure> {
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => {
            build_for_this_system(repository)?;
            make(repository)
        }
        ["--build"] => build_for_this_system(repository),
        ["--built"] => make(repository),
        ["--verify"] => clean_root::verify(repository, &deb::made(repository)?),
        ["--manifest", package, home] => manifest::print(repository, Path::new(package), home),
        ["--cask", image, home] => macos::cask(repository, Path::new(image), home),
        _ => Err(Failure::new(format!(
            "package does not take {}: see cargo xtask --help",
            arguments.join(" ")
        ))),
    }
}

fn build_for_this_system(repository: &Repository) -> Result<(), Failure> {
    if cfg!(target_os = "macos") {
        return macos::build(repository);
    }
    build(repository, &[])?;
    build_command(repository)
}

/// Makes the packages of what was built.
fn make(repository: &Repository) -> Result<(), Failure> {
    if cfg!(target_os = "macos") {
        return tell(&[macos::bundle(repository)?]);
    }
    let papers = papers::Papers::gather(repository)?;
    let packages = deb::make(repository, &release(repository), Some(&papers))?;
    deb::lint(&packages)?;
    tell(&packages)
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

/// Builds the command for release. By itself: together with others it would get the features that those ask of its libraries.
pub(crate) fn build_command(repository: &Repository) -> Result<(), Failure> {
    say("building the command for release");
    run_command(cargo(&repository.root).args(["build", "--release", "--package", "longwire-cli"]))
}

/// Makes the Debian packages of what was built for release, without the papers that travel with one that is given away.
pub(crate) fn debian(repository: &Repository) -> Result<Vec<PathBuf>, Failure> {
    deb::make(repository, &release(repository), None)
}

/// Makes Debian packages of the programs as the tests have them, in a hurry, and has lintian look at them.
pub(crate) fn check(repository: &Repository) -> Result<(), Failure> {
    let programs = repository.target.join("debug");
    if !programs.join("longwire").is_file() || !programs.join("longwire-app").is_file() {
        prepare()?;
        run_command(cargo(&repository.root).args([
            "build",
            "--package",
            "longwire-cli",
            "--package",
            "longwire-app",
        ]))?;
    }
    deb::lint(&deb::make(repository, &programs, None)?)
}

fn release(repository: &Repository) -> PathBuf {
    repository.target.join("release")
}

/// Says where packages are and how large.
fn tell(packages: &[PathBuf]) -> Result<(), Failure> {
    for package in packages {
        let about = package.metadata().map_err(|error| broken(package, &error))?;
        say(format_args!("{} ({:.1} MB)", package.display(), about.len() as f64 / 1e6));
    }
    Ok(())
}

fn broken(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

/// A program of cargo's: the machine's own, else one built here, once.
fn tool(repository: &Repository, name: &str, install: &[&str]) -> Result<PathBuf, Failure> {
    if let Some(own) = find(name) {
        return Ok(own);
    }
    let built = repository.tools().join("bin").join(name);
    if !built.is_file() {
        say(format_args!("building {name} (some minutes, once)"));
        let mut build = cargo(&repository.root);
        build
            .args(["install", "--locked", "--quiet", name])
            .args(install)
            .arg("--root")
            .arg(repository.tools());
        run_command(&mut build)?;
    }
    Ok(built)
}

/// The files that packages are made with.
fn packaging(repository: &Repository) -> PathBuf {
    repository.root.join("src-tauri/packaging")
}
