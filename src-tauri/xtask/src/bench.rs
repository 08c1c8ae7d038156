use crate::{
    process::{Failure, cargo, run as run_command, say},
    repository::Repository,
};

/// Builds for release what is measured and what measures it, then measures.
pub(crate) fn run(repository: &Repository, arguments: &[String]) -> Result<(), Failure> {
    say("building for release");
    // One after the other: built together, the command would get the features that the tests ask of its libraries.
    for package in ["longwire-cli", "longwire-tests"] {
        run_command(cargo(&repository.root).args(["build", "--release", "--bins", "--package", package]))?;
    }
    let bench = ["run", "--quiet", "--release", "--package", "longwire-tests", "--bin", "bench", "--"];
    run_command(cargo(&repository.root).args(bench).args(arguments))
}
