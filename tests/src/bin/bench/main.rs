//! `cargo xtask bench`: how fast Longwire acknowledges, and what it costs. The simulator runs here, each client in a
//! process of its own: `longwire run` as it is shipped, and `bare`, the least a client can do.

// A developer's tool: it starts processes and prints.
#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr)]

mod agent;
mod client;
#[cfg(target_os = "linux")]
mod connecting;
#[cfg(target_os = "linux")]
mod desktop;
mod error;
mod footprint;
mod growth;
mod idle;
mod kept;
mod load;
mod plan;
mod printing;
mod report;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use longwire_openplatform::ClientConfig;

use crate::{
    client::{Client, Program},
    error::Error,
    idle::Idle,
    load::Load,
    plan::Plan,
    report::Report,
};

const AFTER_HELP: &str = "\
`cargo xtask bench` builds all of it for release first. Memory, descriptors, threads and wakes are Linux's to tell.

Exit codes: 0 measured, 1 a demand is not met (with --check), 2 something broke.";

/// Measures Longwire against a bare client on the simulator, and says of each demand whether it is met
#[derive(Parser)]
#[command(name = "bench", after_help = AFTER_HELP)]
struct Arguments {
    /// A short run with the same parts, to see that it works: too short for figures to be quoted
    #[arg(long)]
    quick: bool,
    /// Exit with 1 where a demand is not met
    #[arg(long)]
    check: bool,
    /// Measure these parts alone
    #[arg(value_name = "PART")]
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Part {
    /// Acknowledgements, one by one and many together
    Load,
    /// Memory, descriptors and threads over many events
    Growth,
    /// The time to connect through proxies
    Connecting,
    /// Events printed into a pipe
    Printing,
    /// Searches among many kept events, and the start with them
    Kept,
    /// Acknowledgements while the agent answers many
    Agent,
    /// The wakes of an idle connection
    Idle,
    /// The app on a desktop of its own: its start, its window, its memory, its size
    #[cfg(target_os = "linux")]
    Desktop,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let plan = if arguments.quick { Plan::quick() } else { Plan::full() };
    let wanted = |part| arguments.parts.is_empty() || arguments.parts.contains(&part);
    match measure(&plan, wanted).await {
        Ok(report) => {
            print!("{report}");
            if arguments.check && !report.passed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::from(2)
        }
    }
}

async fn measure(plan: &Plan, wanted: impl Fn(Part) -> bool) -> Result<Report, Error> {
    let mut report = Report::default();
    // First of all, so that what starting leaves behind is over when its rest is watched.
    let resting = if wanted(Part::Idle) { Some(Idle::start().await?) } else { None };
    if wanted(Part::Load) {
        let bare = Client::start(Program::Bare, ClientConfig::default()).await?;
        let ours = Client::start(Program::Longwire, ClientConfig::default()).await?;
        say(format_args!("{} rounds, 1 event in flight", plan.rounds));
        report.add(Load::compare(&bare, &ours, plan.rounds, plan.alone, 1).await?.latency());
        say(format_args!("{} rounds, 64 events in flight", plan.rounds));
        report.add(Load::compare(&bare, &ours, plan.rounds, plan.together, 64).await?.throughput());
    }
    if wanted(Part::Growth) {
        say(format_args!("growth over {} events", plan.many));
        report.add(growth::measure(plan.some, plan.many).await?);
    }
    #[cfg(target_os = "linux")]
    if wanted(Part::Connecting) {
        say(format_args!("connecting through proxies, {} times each", plan.connects));
        report.add(connecting::measure(plan.connects).await?);
    }
    if wanted(Part::Printing) {
        say(format_args!("--print into a pipe"));
        report.add([printing::measure(plan.together).await?]);
    }
    if wanted(Part::Kept) {
        say(format_args!("{} events kept", plan.many));
        report.add(kept::measure(plan.many).await?);
    }
    if wanted(Part::Agent) {
        say(format_args!("{} rounds, {} answers streaming and none", plan.rounds, agent::ANSWERS));
        report.add([agent::measure(plan.rounds, plan.streaming).await?]);
    }
    #[cfg(target_os = "linux")]
    if wanted(Part::Desktop) {
        say(format_args!("the app, {} starts, {} windows", plan.starts, plan.openings));
        report.add(desktop::measure(plan).await?);
    }
    if let Some(resting) = resting {
        say(format_args!("an idle connection, for {} s", plan.rest.as_secs()));
        report.add([resting.watch(plan.rest).await?]);
    }
    Ok(report)
}

fn say(line: impl std::fmt::Display) {
    eprintln!("… {line}");
}
