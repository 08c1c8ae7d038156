//! `longwire simulate`: the platform, played on this machine.

mod input;
mod keys;
mod replies;

use std::{io::Write, sync::Arc};

use longwire_contract::{
    Fault, FaultCode, Language, SimulatedEventKind, SimulatedFault,
    text::{text, word},
};
use longwire_engine::simulated;
use longwire_openplatform::{App, Authority, Leaf, Running, Simulator, Stats};
use secrecy::ExposeSecret;
use tempfile::TempPath;
use tokio::time::{Interval, interval};
use tracing::info;

use crate::{
    args::{Certificate, Simulate},
    exit::Exit,
    output::say,
    secret,
    signals::Signals,
    words::values,
};
use input::{Command, Input};
use replies::Replies;

/// Serves until `quit` or a signal. The end of standard input changes nothing: a service has none.
pub(crate) async fn simulate(options: Simulate, language: Language) -> Result<Exit, Fault> {
    let mut app = App::random(&mut fastrand::Rng::new());
    if let Some(id) = &options.app_id {
        app.id = id.to_string();
    }
    if let Some(given) = secret::given(options.app_secret_file.as_deref())? {
        app.secret = given;
    }
    let mut builder = Simulator::builder().listen(options.listen).app(app.clone());
    // Before there is a file or a terminal to be left in order.
    let mut signals = Signals::listen()?;
    let mut ca_file = None;
    if let Some(kind) = options.tls {
        let authority = Authority::new().map_err(not_started)?;
        // What is signed by itself is trusted by way of no CA.
        if !matches!(kind, Certificate::SelfSigned) {
            ca_file = Some(write_ca(&authority).map_err(not_started)?);
        }
        builder = builder.tls(Arc::new(authority), leaf(kind));
    }
    let platform = builder.start().await.map_err(not_started)?;
    platform.set_fault(options.fault.map(simulated::fault)).await;
    introduce(&platform, &app, ca_file.as_ref());
    let mut ticks = options.every.map(interval);
    let mut input = Input::start();
    if input.is_terminal() {
        say(&text(language, "cli.simulate_keys", &values([])));
    }
    let mut replies = Replies::default();
    loop {
        let command = tokio::select! {
            command = input.next() => command,
            () = replies.tell(&platform) => continue,
            () = signals.next() => Command::Quit,
            () = tick(&mut ticks) => Command::Send(SimulatedEventKind::MessageText),
        };
        match command {
            Command::Send(kind) => send(&platform, kind),
            Command::Fault(fault) => play(&platform, fault).await,
            Command::Stats => say(&stats(platform.stats())),
            Command::Help => say(&input::help(language)),
            Command::Unknown(what) => say(&text(language, "cli.simulate_unknown", &values([("what", what)]))),
            Command::Quit => break,
        }
    }
    drop(input);
    platform.shutdown().await;
    Ok(Exit::Ok)
}

/// What to use, on standard output: for a person to copy, and for a script to read.
fn introduce(platform: &Running, app: &App, ca_file: Option<&TempPath>) {
    say(&format!("domain      {}", platform.url()));
    say(&format!("app id      {}", app.id));
    say(&format!("app secret  {}", app.secret.expose_secret()));
    let ca = ca_file.map_or_else(String::new, |path| {
        say(&format!("ca file     {}", path.display()));
        format!(" --ca-file {}", path.display())
    });
    let run = format!("longwire run --app-id {} --domain {}{ca} --print", app.id, platform.url());
    say(&format!("\nLONGWIRE_APP_SECRET={} {run}\n", app.secret.expose_secret()));
}

/// The simulator's CA, where a client of the same user can read it, for as long as the simulator runs.
fn write_ca(authority: &Authority) -> std::io::Result<TempPath> {
    let mut file = tempfile::Builder::new().prefix("longwire-simulator-").suffix("-ca.pem").tempfile()?;
    file.write_all(authority.pem().as_bytes())?;
    Ok(file.into_temp_path())
}

fn send(platform: &Running, kind: SimulatedEventKind) {
    match platform.send(simulated::event_kind(kind)) {
        Ok(_) if platform.clients().is_empty() => {
            info!(event = %word(&kind), "nobody is connected; sent again later, as the platform does");
        }
        Ok(_) => info!(event = %word(&kind), "sent"),
        Err(error) => info!(event = %word(&kind), %error, "not sent"),
    }
}

async fn play(platform: &Running, fault: Option<SimulatedFault>) {
    platform.set_fault(fault.map(simulated::fault)).await;
    info!(fault = %fault.as_ref().map_or_else(|| "none".to_owned(), word), "playing");
}

fn stats(stats: Stats) -> String {
    let Stats { clients, sent, acked, failed, redelivered, lost, violations, .. } = stats;
    format!(
        "clients {clients}  sent {sent}  acked {acked}  failed {failed}  redelivered {redelivered}  lost {lost}  \
         violations {violations}"
    )
}

async fn tick(ticks: &mut Option<Interval>) {
    match ticks {
        Some(ticks) => drop(ticks.tick().await),
        None => std::future::pending().await,
    }
}

fn leaf(kind: Certificate) -> Leaf {
    match kind {
        Certificate::Good => Leaf::Good,
        Certificate::Expired => Leaf::Expired,
        Certificate::NotYetValid => Leaf::NotYetValid,
        Certificate::WrongHost => Leaf::WrongHost,
        Certificate::SelfSigned => Leaf::SelfSigned,
    }
}

fn not_started(error: impl std::fmt::Display) -> Fault {
    let detail = error.to_string();
    Fault::new(FaultCode::Simulator, &detail).with("error", detail)
}
