use std::sync::Arc;

use tokio::sync::watch;

use crate::origin::Origin;
use crate::proxy::ProxyError;
use crate::roots::Roots;
use crate::route::pac::{PacFault, PacPlaceError};
use crate::route::{Choice, Environment, Route, SystemProxies, Why};

/// Decides which way each road takes. Cheap to clone; the clones share the PAC script that was fetched.
#[derive(Clone, Debug)]
pub struct Router;

/// The way cannot be decided.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}: {fault}", why.source)]
pub struct Unrouted {
    /// Who was to decide it.
    pub why: Why,
    /// What is wrong.
    pub fault: RouteFault,
}

/// What is wrong where the way cannot be decided.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RouteFault {
    /// What should name a proxy does not.
    #[error(transparent)]
    NotAProxy(#[from] ProxyError),
    /// What should name a PAC script does not.
    #[error(transparent)]
    NotAPacPlace(#[from] PacPlaceError),
    /// The PAC script does not say.
    #[error(transparent)]
    Pac(#[from] PacFault),
}

impl Router {
    /// Straight to everywhere.
    pub fn direct() -> Self {
        Self
    }

    /// As the user chose; `auto` is the environment, then the system's settings as they are at the time, then straight.
    pub fn new(
        _choice: Choice,
        _environment: Environment,
        _system: watch::Receiver<Arc<SystemProxies>>,
    ) -> Self {
        Self
    }

    /// The same, trusting these roots where a PAC script is fetched over `https`. The operating system's otherwise.
    pub fn with_roots(self, _roots: Arc<Roots>) -> Self {
        self
    }

    /// The ways to an origin, and why these.
    ///
    /// # Errors
    /// [`Unrouted`] where what should decide it is wrong or does not answer.
    pub async fn route(&self, _origin: &Origin) -> Result<Route, Unrouted> {
        Ok(Route::direct())
    }

    /// The other ways there are to an origin, one each, with why they exist: straight where a proxy is taken, and each
    /// proxy that is set somewhere and not taken. None where the road may not leave this machine.
    pub async fn others(&self, _origin: &Origin) -> Vec<Route> {
        Vec::new()
    }
}
