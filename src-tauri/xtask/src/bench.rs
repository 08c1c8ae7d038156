use crate::{
    debian, package,
    process::{Failure, cargo, find, run as run_command, say},
    repository::Repository,
};

/// The part that measures the tray app.
const DESKTOP: &str = "desktop";

/// Builds for release what is measured and what measures it, then measures.
pub(crate) fn run(repository: &Repository, arguments: &[String]) -> Result<(), Failure> {
    let parts: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |named: fn(&str) -> bool| parts.is_empty() || parts.iter().any(|part| named(part));
    if cfg!(target_os = "linux") && wanted(|part| part == DESKTOP) {
        debian::ensure(debian::TO_TEST, || find("Xvfb").is_some() && find("xfce4-panel").is_some())?;
        debian::ensure(debian::FOR_CHINESE, || true)?;
        package::build(repository, &["longwire-empty"])?;
        package::build_command(repository)?;
        package::debian(repository)?;
    }
    say("building for release");
    // One after the other: built together, the command would get the features that the tests ask of its libraries.
    let mut packages = vec!["longwire-tests"];
    if wanted(|part| part != DESKTOP) {
        packages.insert(0, "longwire-cli");
    }
    for package in packages {
        run_command(cargo(&repository.root).args(["build", "--release", "--bins", "--package", package]))?;
    }
    let bench = ["run", "--quiet", "--release", "--package", "longwire-tests", "--bin", "bench", "--"];
    run_command(cargo(&repository.root).args(bench).args(arguments))
}
