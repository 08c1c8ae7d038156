use std::{
    fmt::Write as _,
    fs,
    time::{Duration, Instant},
};

use crate::{
    codegen, debian, deny, layers, macos,
    node::{self, Node},
    package,
    process::{Failure, cargo, find, run as run_command, say},
    python::Venv,
    repository::Repository,
    run::prepare,
};

/// One thing a change must pass.
struct Step {
    /// What it is called on the command line.
    name: &'static str,
    /// What it holds.
    holds: &'static str,
    /// Carries it out, and installs what it needs.
    run: fn(&Repository) -> Result<(), Failure>,
}

/// The steps, quick ones first; `window` before what embeds it.
const STEPS: &[Step] = &[
    Step { name: "format", holds: "rustfmt changes nothing", run: format },
    Step { name: "contract", holds: "the TypeScript is that of the contract", run: codegen::check },
    Step { name: "layers", holds: "nobody depends on whom they may not", run: layers::check },
    Step { name: "licences", holds: "licences, sources, advisories of what we depend on", run: deny::check },
    Step { name: "window", holds: "ui/ is formatted, typed, tested and builds", run: window },
    Step { name: "pages", holds: "every page in Chromium: accessible, nothing cut", run: pages },
    Step { name: "clippy", holds: "no warning in any crate", run: clippy },
    Step { name: "tests", holds: "every Rust test, real peers and the real desktop included", run: tests },
    Step {
        name: "packages",
        holds: "the Debian packages can be made, and lintian is content",
        run: packages,
    },
    Step { name: "documentation", holds: "the documentation builds, its examples run", run: documentation },
    Step { name: "fuzz", holds: "the fuzz target builds", run: fuzz },
    Step { name: "macos", holds: "cargo xtask check-macos", run: macos::check },
];

/// Runs the steps, or those named. All of them run, whatever fails, so that one run tells everything.
pub(crate) fn run(repository: &Repository, names: &[String]) -> Result<(), Failure> {
    let steps = chosen(names)?;
    let mut done = Vec::new();
    for step in steps {
        say(format_args!("[{}] {}", step.name, step.holds));
        let started = Instant::now();
        let result = (step.run)(repository);
        if let Err(failure) = &result {
            say(format_args!("[{}] {failure}", step.name));
        }
        done.push((step.name, started.elapsed(), result));
    }
    print!("{}", summary(&done));
    let failed: Vec<_> = done.iter().filter(|(.., result)| result.is_err()).map(|(name, ..)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("not passed: {}", failed.join(", ")))) }
}

/// The steps, a line each, for the help.
pub(crate) fn steps() -> String {
    STEPS.iter().fold(String::new(), |mut text, step| {
        writeln!(text, "  {:14} {}", step.name, step.holds).ok();
        text
    })
}

fn chosen(names: &[String]) -> Result<Vec<&'static Step>, Failure> {
    if names.is_empty() {
        return Ok(STEPS.iter().collect());
    }
    let step = |name: &String| {
        STEPS.iter().find(|step| step.name == name).ok_or_else(|| {
            let known: Vec<_> = STEPS.iter().map(|step| step.name).collect();
            Failure::new(format!("no step {name:?}: there are {}", known.join(", ")))
        })
    };
    names.iter().map(step).collect()
}

fn summary(done: &[(&str, Duration, Result<(), Failure>)]) -> String {
    let mut text = String::from("\n");
    for (name, took, result) in done {
        let (mark, why) = match result {
            Ok(()) => ('✓', String::new()),
            Err(failure) => ('✗', format!("  {failure}")),
        };
        writeln!(text, "{mark} {name:14} {:4} s{why}", took.as_secs()).ok();
    }
    let failed = done.iter().filter(|(.., result)| result.is_err()).count();
    writeln!(text, "steps: {} passed, {failed} failed", done.len() - failed).ok();
    text
}

fn format(repository: &Repository) -> Result<(), Failure> {
    run_command(cargo(&repository.root).args(["fmt", "--all", "--check"]))
}

fn window(repository: &Repository) -> Result<(), Failure> {
    let (node, ui) = (Node::ensure(repository)?, repository.ui());
    node.install(&ui)?;
    // The build comes first, since the app embeds it, and each runs whatever another found; the first failure counts.
    let mut outcome = Ok(());
    for script in ["build", "lint", "check", "test"] {
        say(format_args!("npm run {script}"));
        outcome = outcome.and(node.script(&ui, script));
    }
    outcome
}

fn pages(repository: &Repository) -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        debian::ensure(debian::FOR_PAGES, || find("chromium").is_some())?;
        debian::ensure(debian::FOR_CHINESE, || true)?;
    }
    let (node, ui) = (Node::ensure(repository)?, repository.ui());
    node.install(&ui)?;
    node.script(&ui, "pages")
}

fn clippy(repository: &Repository) -> Result<(), Failure> {
    prepare()?;
    let lint = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    run_command(cargo(&repository.root).args(lint))
}

fn tests(repository: &Repository) -> Result<(), Failure> {
    prepare()?;
    if cfg!(target_os = "linux") {
        debian::ensure(debian::TO_TEST, || find("Xvfb").is_some() && find("WebKitWebDriver").is_some())?;
        debian::ensure(debian::FOR_CHINESE, || true)?;
    }
    let peers = repository.root.join("tests/peers/requirements.txt");
    if let Ok(requirements) = fs::read_to_string(&peers) {
        Venv::ensure(&repository.root.join("tests/.venv"), &requirements)?;
    }
    if !repository.ui().join("dist/index.html").is_file() {
        node::build_window(repository)?;
    }
    // Some tests drive the programs themselves.
    run_command(cargo(&repository.root).args(["build", "--workspace", "--bins"]))?;
    if find("cargo-nextest").is_some() {
        run_command(cargo(&repository.root).args(["nextest", "run", "--workspace", "--no-fail-fast"]))
    } else {
        let all = ["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"];
        run_command(cargo(&repository.root).args(all))
    }
}

fn packages(repository: &Repository) -> Result<(), Failure> {
    if cfg!(target_os = "linux") { package::check(repository) } else { Ok(()) }
}

fn documentation(repository: &Repository) -> Result<(), Failure> {
    prepare()?;
    let build = ["doc", "--workspace", "--no-deps"];
    run_command(cargo(&repository.root).args(build).env("RUSTDOCFLAGS", "--deny warnings"))?;
    run_command(cargo(&repository.root).args(["test", "--workspace", "--doc"]))
}

fn fuzz(repository: &Repository) -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        debian::ensure(debian::FOR_FUZZING, || find("c++").is_some())?;
    }
    let build = ["build", "--manifest-path", "src-tauri/crates/wire/fuzz/Cargo.toml", "--target-dir"];
    run_command(cargo(&repository.root).args(build).arg(repository.target.join("fuzz")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_chosen_by_name() {
        assert_eq!(chosen(&[]).unwrap().len(), STEPS.len());
        let names: Vec<_> =
            chosen(&["fuzz".into(), "format".into()]).unwrap().iter().map(|step| step.name).collect();
        assert_eq!(names, ["fuzz", "format"]);
        let failure = chosen(&["fmt".into()]).err().unwrap().to_string();
        assert!(failure.contains("\"fmt\"") && failure.contains("format, contract"), "{failure}");
    }

    #[test]
    fn the_summary_ends_in_two_counts() {
        let second = Duration::from_secs(1);
        let done = [("format", second, Ok(())), ("clippy", second, Err(Failure::new("cargo clippy failed")))];
        let text = summary(&done);
        assert!(text.ends_with("steps: 1 passed, 1 failed\n"), "{text}");
        assert!(text.contains("✗ clippy") && text.contains("cargo clippy failed"), "{text}");
    }
}
