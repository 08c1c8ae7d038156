use longwire_contract::{Call, Fault, FaultCode, Request, dispatch};
use longwire_engine::{Apps, Client, Engine, Machine, Options};

use crate::options::options;

/// Has a command carried out: by the engine that runs on the data folder, or by one opened for the purpose that connects
/// nothing.
pub(crate) async fn order<C: Call>(machine: &Machine, request: &C::Request) -> Result<C::Response, Fault> {
    if let Ok(mut client) = Client::connect(&machine.data_dir).await {
        return client.call::<C>(request).await;
    }
    let engine = Engine::open(Options { apps: Apps::None, ..options(machine, "longwire")? }).await?;
    let outcome = carry_out::<C>(&engine, request).await;
    engine.close().await;
    outcome
}

async fn carry_out<C: Call>(engine: &Engine, request: &C::Request) -> Result<C::Response, Fault> {
    let internal = |error: serde_json::Error| Fault::new(FaultCode::Internal, error);
    let arguments = serde_json::to_value(request).map_err(internal)?;
    let request = Request { command: C::NAME.to_owned(), arguments };
    serde_json::from_value(dispatch(engine, request).await?).map_err(internal)
}
