//! The service: what the system's keeper of services says of it, and what it is told where it started this process.

mod attend;
mod beat;
mod said;

pub(crate) use attend::{attend, stopping};
pub(crate) use beat::{Pulse, Pulses};
use longwire_contract::{Fault, FaultCode, ServiceRef, ServiceView};
use longwire_host::service::{self, Service, ServiceError};
use tokio::task::spawn_blocking;

use crate::Engine;

impl Engine {
    /// What the keeper says.
    pub(crate) async fn read_service(&self, of: ServiceRef) -> Result<ServiceView, Fault> {
        if !self.inner.options.system {
            return Ok(service::unknown(of.scope, &ServiceError::NoKeeper));
        }
        let view = spawn_blocking(move || match Service::of_this_machine(of.scope) {
            Ok(service) => service.view(),
            Err(error) => service::unknown(of.scope, &error),
        });
        view.await.map_err(|panicked| Fault::new(FaultCode::Internal, panicked))
    }
}
