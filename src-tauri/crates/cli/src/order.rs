use std::time::Duration;

use longwire_contract::{Call, Fault, FaultCode, Request, dispatch};
use longwire_engine::{Apps, Client, Engine, Machine, Options};
use tokio::time::{Instant, sleep};

use crate::options::options;

/// How long a command that holds the data folder for a moment is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long until it is tried again.
const PAUSE: Duration = Duration::from_millis(50);

/// Who carries commands out: the engine that runs on the data folder, or one opened for the purpose that connects nothing.
pub(crate) enum Orders {
    Running(Client),
    Own(Box<Engine>),
}

impl Orders {
    /// `program` is what a second Longwire is told meanwhile.
    pub(crate) async fn open(machine: &Machine, program: &str) -> Result<Self, Fault> {
        patiently(PATIENCE, async || attempt(machine, program).await).await
    }

    /// Has a command carried out.
    pub(crate) async fn give<C: Call>(&mut self, request: &C::Request) -> Result<C::Response, Fault> {
        match self {
            Self::Running(client) => client.call::<C>(request).await,
            Self::Own(engine) => Box::pin(carry_out::<C>(engine, request)).await,
        }
    }

    /// Whether an engine runs on the data folder.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self, Self::Running(_))
    }

    pub(crate) async fn close(self) {
        if let Self::Own(engine) = self {
            engine.close().await;
        }
    }
}

/// Has one command carried out.
pub(crate) async fn order<C: Call>(
    machine: &Machine,
    program: &str,
    request: &C::Request,
) -> Result<C::Response, Fault> {
    let mut orders = Orders::open(machine, program).await?;
    let outcome = orders.give::<C>(request).await;
    orders.close().await;
    outcome
}

/// Whether the engine that was asked has ended, or is about to, or does not answer any more.
pub(crate) fn is_gone(fault: &Fault) -> bool {
    matches!(fault.code, FaultCode::NotRunning | FaultCode::Internal)
}

async fn attempt(machine: &Machine, program: &str) -> Result<Orders, Fault> {
    // At each try: an engine that stays may have come up meanwhile.
    if let Ok(client) = Client::connect(&machine.data_dir).await {
        return Ok(Orders::Running(client));
    }
    // In a box: what an engine does in all is more than a compiler's patience for one future in another.
    let engine = Box::pin(Engine::open(Options { apps: Apps::None, ..options(machine, program)? })).await?;
    Ok(Orders::Own(Box::new(engine)))
}

/// Tries again while the data folder is held by one who is about to leave it.
async fn patiently<T>(
    patience: Duration,
    mut attempt: impl AsyncFnMut() -> Result<T, Fault>,
) -> Result<T, Fault> {
    let until = Instant::now() + patience;
    loop {
        match attempt().await {
            Err(fault) if is_held_for_a_moment(&fault) && Instant::now() < until => sleep(PAUSE).await,
            outcome => return outcome,
        }
    }
}

/// Whether another command of this kind has the data folder, which is gone as soon as it is carried out.
fn is_held_for_a_moment(fault: &Fault) -> bool {
    let holder = fault.values.get("holder").and_then(|holder| holder.strip_prefix("longwire "));
    fault.code == FaultCode::HeldByOther && holder.is_some_and(|command| command != "run")
}

async fn carry_out<C: Call>(engine: &Engine, request: &C::Request) -> Result<C::Response, Fault> {
    let internal = |error: serde_json::Error| Fault::new(FaultCode::Internal, error);
    let arguments = serde_json::to_value(request).map_err(internal)?;
    let request = Request { command: C::NAME.to_owned(), arguments };
    serde_json::from_value(dispatch(engine, request).await?).map_err(internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held_by(program: &str) -> Fault {
        Fault::new(FaultCode::HeldByOther, "held").with("holder", program).with("pid", 7)
    }

    #[tokio::test]
    async fn a_command_that_lives_for_a_moment_is_waited_for_but_not_for_ever() {
        let mut tries = 0;
        let outcome = patiently(PATIENCE, async || {
            tries += 1;
            if tries < 3 { Err(held_by("longwire proxy")) } else { Ok(tries) }
        });
        assert_eq!(outcome.await, Ok(3));
        let outcome = patiently(Duration::ZERO, async || Err::<(), _>(held_by("longwire proxy")));
        assert_eq!(outcome.await, Err(held_by("longwire proxy")));
    }

    #[tokio::test]
    async fn one_that_stays_is_named_at_once() {
        for stays in ["longwire run", "Longwire", "a program that has left no name"] {
            let mut tries = 0;
            let outcome = patiently(PATIENCE, async || {
                tries += 1;
                Err::<(), _>(held_by(stays))
            });
            assert_eq!(outcome.await, Err(held_by(stays)));
            assert_eq!(tries, 1, "{stays}");
        }
        let other = Fault::new(FaultCode::DataFolder, "full").with("holder", "longwire app");
        assert!(!is_held_for_a_moment(&other));
    }
}
