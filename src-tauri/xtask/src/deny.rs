use std::{path::PathBuf, process::Command};

use crate::{
    process::{Failure, cargo, find, run, say},
    repository::Repository,
};

/// Checks licences, sources, banned crates and, where their database can be had, advisories, as deny.toml says.
pub(crate) fn check(repository: &Repository) -> Result<(), Failure> {
    let program = program(repository)?;
    let deny = || {
        let mut command = Command::new(&program);
        command.current_dir(&repository.root);
        command
    };
    run(deny().args(["--all-features", "check", "bans", "licenses", "sources"]))?;
    // The database is fetched from its Git repository, out of reach behind some proxies; that is no fault of a change.
    if run(deny().args(["fetch", "db"])).is_err() {
        say("advisories are not checked: their database cannot be fetched");
        return Ok(());
    }
    run(deny().args(["--all-features", "check", "--disable-fetch", "advisories"]))
}

/// cargo-deny: the machine's own, else one built here, once.
fn program(repository: &Repository) -> Result<PathBuf, Failure> {
    if let Some(own) = find("cargo-deny") {
        return Ok(own);
    }
    let built = repository.tools().join("bin/cargo-deny");
    if !built.is_file() {
        say("building cargo-deny (some minutes, once)");
        // It runs for a second or two: optimising it would take longer than it saves.
        let install =
            ["install", "--debug", "--locked", "--quiet", "--version", "^0.20", "cargo-deny", "--root"];
        let mut command = cargo(&repository.root);
        run(command.args(install).arg(repository.tools()).env("CARGO_PROFILE_DEV_DEBUG", "false"))?;
    }
    Ok(built)
}
