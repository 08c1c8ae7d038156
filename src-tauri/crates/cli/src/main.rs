//! `longwire`: the engine of the tray app without a desktop, and the built-in platform.
//!
//! Standard output is data, standard error is the log and what is said to a person. Exit codes are [`exit::Exit`]'s.

mod agent;
mod app;
mod args;
mod ca;
mod command_line;
mod completions;
mod confirm;
mod doctor;
mod events;
mod exit;
mod given_proxy;
mod guide;
mod handed;
mod logs;
mod manual;
mod options;
mod order;
mod output;
mod payload;
mod print;
mod printable;
mod proxies;
mod report;
mod run;
mod secret;
mod service;
mod settings;
mod signals;
mod simulate;
mod status;
mod target;
mod trigger;
mod unit;
mod words;

use std::{path::Path, process::ExitCode};

use clap::Parser;
use longwire_contract::{Fault, FaultCode, Language, ServiceKeeper};
use longwire_engine::{Machine, Supervisor, log};
use tokio::runtime::Builder;
use tracing::Level;

use crate::{
    args::{Arguments, Command, DATA_DIR, LogLevel, Proxy},
    exit::Exit,
};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let machine = match Machine::new(arguments.common.data_dir.as_deref()) {
        Ok(machine) => machine,
        Err(fault) => return tell(Language::English, &fault).into(),
    };
    let language = machine.language();
    // One thread: a link is waiting most of its life, and a second one would cost memory and wake-ups.
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return tell(language, &Fault::new(FaultCode::Internal, error)).into(),
    };
    let outcome = runtime.block_on(carry_out(arguments, machine));
    // A name that is still being looked up, or a keychain that waits for its user, cannot be interrupted and must not
    // keep the process.
    runtime.shutdown_background();
    outcome.unwrap_or_else(|fault| tell(language, &fault)).into()
}

async fn carry_out(arguments: Arguments, machine: Machine) -> Result<Exit, Fault> {
    // What looks after the proxies has nobody who reads its log.
    if !matches!(arguments.command, Command::Proxy(Proxy::Watch)) {
        let (screen, file) = levels(&arguments);
        log::start_apart(screen, file);
    }
    match arguments.command {
        Command::Run(options) => run::run(options, machine).await,
        Command::Status(options) => status::status(&options, &machine).await,
        Command::Doctor(options) => doctor::doctor(options, machine).await,
        Command::App(command) => app::app(command, machine).await,
        Command::Ca(command) => {
            let data_dir = arguments.common.data_dir.as_deref().filter(|dir| !is_in_environment(dir));
            ca::ca(command, &machine, data_dir).await
        }
        Command::Proxy(command) => proxies::proxy(command, &machine).await,
        Command::Events(command) => events::events(command, &machine).await,
        Command::Trigger(options) => trigger::trigger(options, &machine).await,
        Command::Target(command) => target::target(command, &machine).await,
        Command::Agent(command) => agent::agent(command, &machine).await,
        Command::Guide(options) => Ok(guide::guide(&options, machine.language())),
        Command::Logs(options) => logs::logs(&options, &machine).await,
        Command::Report(options) => report::report(&options, &machine).await,
        Command::Settings(command) => settings::settings(command, &machine).await,
        Command::Service(command) => {
            service::service(command, &machine, arguments.common.data_dir.is_some()).await
        }
        Command::Simulate(options) => simulate::simulate(options, machine.language()).await,
        Command::Completions(options) => Ok(completions::completions(&options)),
        Command::Manual(options) => manual::manual(&options),
        Command::Unit => unit::unit(),
    }
}

/// Says on standard error why the command was not carried out.
#[allow(clippy::print_stderr)]
fn tell(language: Language, fault: &Fault) -> Exit {
    eprintln!("longwire: {}", words::fault(language, fault));
    Exit::from(fault)
}

/// Whether the next command has this data folder without being told.
fn is_in_environment(data_dir: &Path) -> bool {
    std::env::var_os(DATA_DIR).is_some_and(|dir| dir == data_dir)
}

/// How much is logged to the terminal, and to the file. One who waits for a command reads what it says; the log of one that
/// goes on for hours is what it says.
fn levels(arguments: &Arguments) -> (Level, Level) {
    match (arguments.common.log_level, &arguments.command) {
        (Some(asked), _) => (level(asked), level(asked)),
        // launchd lets that file grow for ever; all of it is in longwire.log.
        (None, Command::Run(_)) if is_launched() => (Level::ERROR, Level::INFO),
        (None, Command::Run(_) | Command::Simulate(_)) => (Level::INFO, Level::INFO),
        (None, _) => (Level::ERROR, Level::INFO),
    }
}

fn is_launched() -> bool {
    Supervisor::of_this_process().is_some_and(|supervisor| supervisor.keeper() == ServiceKeeper::Launchd)
}

fn level(level: LogLevel) -> Level {
    match level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
        LogLevel::Trace => Level::TRACE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_of_a_command_that_is_over_in_a_moment_stays_out_of_what_it_says() {
        let of = |words: &[&str]| levels(&Arguments::parse_from([&["longwire"], words].concat()));
        for goes_on in [&["run"][..], &["simulate"]] {
            assert_eq!(of(goes_on), (Level::INFO, Level::INFO), "{goes_on:?}");
        }
        for short in [&["proxy", "status"][..], &["ca", "list"], &["doctor"], &["app", "list"]] {
            assert_eq!(of(short), (Level::ERROR, Level::INFO), "{short:?}");
        }
        assert_eq!(of(&["ca", "list", "--log-level", "debug"]), (Level::DEBUG, Level::DEBUG));
    }
}
