//! What a developer of Longwire runs: `cargo xtask run`, `cargo xtask test` and their parts.
//!
//! Each command installs what it needs and is missing, or says in one line what to install. This is a tool for
//! developers: it starts processes and prints, which nothing in the product but `host` and the views does.

#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod codegen;
mod debian;
mod deny;
mod layers;
mod macos;
mod node;
mod package;
mod process;
mod python;
mod repository;
mod run;
mod sources;
mod test;

use std::{env, process::ExitCode};

use process::Failure;
use repository::Repository;

const HELP: &str = "\
Longwire's developer commands.

  cargo xtask run [ARGS…]    builds the window and the tray app, and opens it; ARGS go to the app
  cargo xtask test [STEP…]   everything a change must pass, in order; STEPs alone where named
  cargo xtask check-macos    type-checks and lints the whole workspace for Apple silicon, also from Linux
  cargo xtask bench [ARGS…]  builds for release and measures (--quick: a short run; --check: fails where a demand does)
  cargo xtask package        builds this system's packages: .deb of the app and of the command, or .dmg with both (--build:
                             builds what they are made of; --built: makes them of that; --verify: tries the packages in a
                             clean Debian, as root; --cask IMAGE HOME: prints the cask for a .dmg;
                             --manifest PACKAGE HOME: prints what announces an update that is signed)
  cargo xtask codegen        writes ui/src/backend/contract.gen.ts from the contract crate (--check: only compares)
  cargo xtask layers         checks who may depend on whom, and where the system may be touched

Each installs what it needs and is missing: Debian packages (through sudo where you are not root), npm packages,
Node itself, a Rust target, Python packages in a folder of this repository. What it cannot install it names in one
line. Everything it makes is under target/, ui/node_modules, ui/dist and tests/.venv.

Run the product itself with `cargo run -- --help` (headless) or `cargo xtask run` (the tray app).
";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    match carry_out(&command, &rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(command: &str, rest: &[String]) -> Result<(), Failure> {
    if matches!(command, "" | "help" | "-h" | "--help") || (command != "run" && asks_for_help(rest)) {
        print!("{HELP}");
        if command == "test" {
            println!("\nThe steps of test:\n{}", test::steps());
        }
        return Ok(());
    }
    let repository = Repository::locate()?;
    match (command, rest) {
        ("run", arguments) => run::run(&repository, arguments),
        ("test", steps) => test::run(&repository, steps),
        ("bench", arguments) => bench::run(&repository, arguments),
        ("package", arguments) => package::run(&repository, arguments),
        ("check-macos", []) => macos::check(&repository),
        ("codegen", []) => codegen::write(&repository),
        ("codegen", [flag]) if flag == "--check" => codegen::check(&repository),
        ("layers", []) => layers::check(&repository),
        ("check-macos" | "codegen" | "layers", _) => {
            Err(Failure::new(format!("{command} does not take {}: see cargo xtask --help", rest.join(" "))))
        }
        _ => Err(Failure::new(format!("no command {command:?}: see cargo xtask --help"))),
    }
}

fn asks_for_help(arguments: &[String]) -> bool {
    arguments.iter().any(|argument| argument == "-h" || argument == "--help")
}
