//! `longwire service …`: has the system hold Longwire up.

mod disagreement;
mod install;
mod refusal;
mod status;
mod uninstall;

use longwire_contract::{Fault, FaultCode, ServiceScope};
use longwire_engine::{Machine, Service as Kept, ServiceError};

use crate::{
    args::{Service, Whose},
    confirm::Person,
    exit::Exit,
    output::hint,
    words::Words,
};

/// `longwire service …`; `given` where the command line names the data folder.
pub(crate) async fn service(command: Service, machine: &Machine, given: bool) -> Result<Exit, Fault> {
    let words = Words::new(machine.language());
    match command {
        Service::Install(install) => install::install(install, machine, given, &words, Person::here()).await,
        Service::Uninstall(uninstall) => uninstall::uninstall(&uninstall, &words, Person::here()).await,
        Service::Status(status) => status::status(&status, machine, &words).await,
    }
}

impl Whose {
    fn scope(&self) -> ServiceScope {
        if self.system { ServiceScope::System } else { ServiceScope::User }
    }
}

/// Asks the keeper, which may take its time.
async fn ask<T: Send + 'static>(
    scope: ServiceScope,
    ask: impl FnOnce(&Kept) -> Result<T, ServiceError> + Send + 'static,
) -> Result<Result<T, ServiceError>, Fault> {
    let asked = tokio::task::spawn_blocking(move || Kept::of_this_machine(scope).and_then(|kept| ask(&kept)));
    asked.await.map_err(|panicked| Fault::new(FaultCode::Internal, panicked))
}

/// Says why it was not done.
fn refuse(words: &Words, error: &ServiceError) -> Exit {
    hint(&refusal::said(words, error));
    refusal::exit(error)
}
