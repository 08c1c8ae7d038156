use longwire_contract::{Call, Fault, FaultCode, Request, dispatch};
use longwire_engine::{Apps, Client, Engine, Machine, Options};

/// Who carries commands out: the engine that runs on the data folder, or one opened for the purpose that connects
/// nothing.
pub(crate) enum Keeper {
    Running(Client),
    Own(Engine),
}

impl Keeper {
    pub(crate) async fn of(options: Options, machine: &Machine) -> Result<Self, Fault> {
        match Client::connect(&machine.data_dir).await {
            Ok(client) => Ok(Self::Running(client)),
            Err(_) => Ok(Self::Own(Engine::open(Options { apps: Apps::None, ..options }).await?)),
        }
    }

    pub(crate) async fn call<C: Call>(&mut self, request: &C::Request) -> Result<C::Response, Fault> {
        match self {
            Self::Running(client) => client.call::<C>(request).await,
            Self::Own(engine) => {
                let internal = |error: serde_json::Error| Fault::new(FaultCode::Internal, error);
                let arguments = serde_json::to_value(request).map_err(internal)?;
                let request = Request { command: C::NAME.to_owned(), arguments };
                serde_json::from_value(dispatch(engine, request).await?).map_err(internal)
            }
        }
    }

    pub(crate) async fn close(self) {
        if let Self::Own(engine) = self {
            engine.close().await;
        }
    }
}
