//! `longwire`: the engine of the tray app without a desktop, and the built-in platform.
//!
//! Standard output is data, standard error is the log and what is said to a person. Exit codes are [`exit::Exit`]'s.

mod app;
mod args;
mod ca;
mod confirm;
mod doctor;
mod exit;
mod given_proxy;
mod options;
mod order;
mod output;
mod print;
mod proxies;
mod run;
mod secret;
mod signals;
mod simulate;
mod status;
mod words;

use std::process::ExitCode;

use clap::Parser;
use longwire_contract::{Fault, FaultCode, Language};
use longwire_engine::{Machine, log};
use tokio::runtime::Builder;
use tracing::Level;

use crate::{
    args::{Arguments, Command, LogLevel, Proxy},
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
        log::start(level(arguments.common.log_level));
    }
    match arguments.command {
        Command::Run(options) => run::run(options, machine).await,
        Command::Status(options) => status::status(&options, &machine).await,
        Command::Doctor(options) => doctor::doctor(options, machine).await,
        Command::App(command) => app::app(command, machine).await,
        Command::Ca(command) => ca::ca(command, &machine).await,
        Command::Proxy(command) => proxies::proxy(command, &machine).await,
        Command::Simulate(options) => simulate::simulate(options, machine.language()).await,
    }
}

/// Says on standard error why the command was not carried out.
#[allow(clippy::print_stderr)]
fn tell(language: Language, fault: &Fault) -> Exit {
    eprintln!("longwire: {}", words::fault(language, fault));
    Exit::from(fault)
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
