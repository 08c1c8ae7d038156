use crate::origin::Origin;
use crate::route::{Route, Why};

/// Decides which way each road takes.
#[derive(Clone, Debug)]
pub struct Router;

/// The way cannot be decided.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{fault}")]
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
    NotAProxy(#[from] crate::proxy::ProxyError),
}

impl Router {
    /// Straight to everywhere.
    pub fn direct() -> Self {
        Self
    }

    /// The ways to an origin, and why these.
    ///
    /// # Errors
    /// [`Unrouted`] where what should decide it is wrong or does not answer.
    pub async fn route(&self, _origin: &Origin) -> Result<Route, Unrouted> {
        Ok(Route::direct())
    }
}
