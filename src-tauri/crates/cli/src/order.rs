use std::time::Duration;

use longwire_contract::{Call, Fault, FaultCode, Request, dispatch};
use longwire_engine::{Apps, Client, Engine, Machine, Options};
use tokio::time::{Instant, sleep};

use crate::options::options;

/// How long a command that holds the data folder for a moment is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long until it is tried again.
const PAUSE: Duration = Duration::from_millis(50);

/// Has a command carried out: by the engine that runs on the data folder, or by one opened for the purpose that connects
/// nothing. `program` is what a second Longwire is told meanwhile.
pub(crate) async fn order<C: Call>(
    machine: &Machine,
    program: &str,
    request: &C::Request,
) -> Result<C::Response, Fault> {
    // In a box: what an engine does in all is more than a compiler's patience for one future in another.
    let attempt = async || Box::pin(attempt::<C>(machine, program, request)).await;
    patiently(PATIENCE, attempt).await
}

async fn attempt<C: Call>(
    machine: &Machine,
    program: &str,
    request: &C::Request,
) -> Result<C::Response, Fault> {
    // At each try: an engine that stays may have come up meanwhile.
    if let Ok(mut client) = Client::connect(&machine.data_dir).await {
        return client.call::<C>(request).await;
    }
    let engine = Engine::open(Options { apps: Apps::None, ..options(machine, program)? }).await?;
    let outcome = carry_out::<C>(&engine, request).await;
    engine.close().await;
    outcome
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
