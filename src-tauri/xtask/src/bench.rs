use crate::{
    process::{Failure, cargo, run as run_command, say},
    repository::Repository,
};

/// Builds for release what is measured and what measures it, then measures.
pub(crate) fn run(repository: &Repository, arguments: &[String]) -> Result<(), Failure> {
    say("building for release");
    run_command(cargo(&repository.root).args(["build", "--release", "--package", "longwire-cli"]))?;
    let bench = ["run", "--release", "--package", "longwire-tests", "--bin", "bench", "--"];
    run_command(cargo(&repository.root).args(bench).args(arguments))
}
