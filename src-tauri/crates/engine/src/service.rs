//! The service: what the system's keeper of services says of it.

use longwire_contract::{Fault, ServiceRef, ServiceView};

use crate::Engine;

impl Engine {
    /// What the keeper says.
    pub(crate) async fn read_service(&self, _service: ServiceRef) -> Result<ServiceView, Fault> {
        unimplemented!()
    }
}
