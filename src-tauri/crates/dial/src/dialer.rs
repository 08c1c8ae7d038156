use std::sync::Arc;

use crate::cause::Cause;
use crate::deadlines::Deadlines;
use crate::error::{Error, Stage};
use crate::origin::Origin;
use crate::roots::{Peer, Roots};
use crate::route::{Route, Router, Way};
use crate::stream::Stream;
use crate::trace::{Taken, Trace};
use crate::walk;

/// Builds roads. Cheap to clone; the clones share the trusted roots and the router.
#[derive(Clone, Debug)]
pub struct Dialer {
    roots: Arc<Roots>,
    router: Arc<Router>,
    deadlines: Deadlines,
    peer: Peer,
}

/// A road that stands.
#[derive(Debug)]
pub struct Road {
    /// Its bytes.
    pub stream: Stream,
    /// The way it took, to be taken again by what belongs to the same conversation.
    pub way: Way,
    /// What was seen while it was built.
    pub trace: Trace,
}

/// Told of each step as it begins. Where several ways are tried, the steps begin anew with each.
pub type Begins<'a> = dyn FnMut(Stage) + Send + 'a;

impl Dialer {
    /// A dialer that trusts these roots and goes straight to everywhere, with the default deadlines.
    pub fn new(roots: Arc<Roots>) -> Self {
        let (router, deadlines) = (Arc::new(Router::direct()), Deadlines::default());
        Self { roots, router, deadlines, peer: Peer::Origin }
    }

    /// The same, going where this router says.
    pub fn with_router(self, router: Arc<Router>) -> Self {
        Self { router, ..self }
    }

    /// The same with other deadlines.
    pub fn with_deadlines(self, deadlines: Deadlines) -> Self {
        Self { deadlines, ..self }
    }

    /// The same for what stands beside the roads: CAs that are trusted for origins alone do not count.
    pub(crate) fn for_wayside(self) -> Self {
        Self { peer: Peer::Wayside, ..self }
    }

    /// Whose certificates are seen at the end of a road.
    pub(crate) fn peer(&self) -> Peer {
        self.peer
    }

    /// The deadlines in force.
    pub fn deadlines(&self) -> Deadlines {
        self.deadlines
    }

    /// The roots trusted, shared by every clone.
    pub fn roots(&self) -> &Arc<Roots> {
        &self.roots
    }

    /// What decides which way a road takes, shared by every clone.
    pub fn router(&self) -> &Arc<Router> {
        &self.router
    }

    /// Builds the road to an origin, the way the router says: name, connection or tunnel, TLS. Dropping the future gives
    /// up and closes what was opened.
    ///
    /// # Errors
    /// Where no way leads there: of the last one tried, with the others in its trace.
    pub async fn dial(&self, origin: &Origin) -> Result<Road, Error> {
        self.dial_telling(origin, &mut |_| {}).await
    }

    /// The same, and says when the next step begins: the lookup of the name, or the way to the proxy, first.
    ///
    /// # Errors
    /// Those of [`Dialer::dial`].
    pub async fn dial_telling(&self, origin: &Origin, begins: &mut Begins<'_>) -> Result<Road, Error> {
        let route = self.route(origin, begins).await?;
        self.dial_along(&route, origin, begins).await
    }

    /// The same, for what belongs to a conversation whose first road took `way`: where the router says that it is one of
    /// the ways to this origin, it is the only one tried. Each of several ways may lead somewhere at one moment and
    /// nowhere at the next, and what belongs together would go apart without anybody having said so. Where the router
    /// says otherwise of this origin, somebody has.
    ///
    /// # Errors
    /// Those of [`Dialer::dial`].
    pub async fn dial_after(
        &self,
        way: &Way,
        origin: &Origin,
        begins: &mut Begins<'_>,
    ) -> Result<Road, Error> {
        let mut route = self.route(origin, begins).await?;
        if route.ways.contains(way) {
            route.ways = vec![way.clone()];
        }
        self.dial_along(&route, origin, begins).await
    }

    /// The same by a route that is known already.
    ///
    /// # Errors
    /// Those of [`Dialer::dial`].
    pub async fn dial_along(
        &self,
        route: &Route,
        origin: &Origin,
        begins: &mut Begins<'_>,
    ) -> Result<Road, Error> {
        let mut trace = Trace::default();
        match walk::walk(self, route, origin, &mut trace, begins).await {
            Ok((stream, way)) => Ok(Road { stream, way, trace }),
            Err(failure) => Err(failed(failure, origin, trace)),
        }
    }

    async fn route(&self, origin: &Origin, begins: &mut Begins<'_>) -> Result<Route, Error> {
        self.router.route(origin).await.map_err(|unrouted| {
            begins(Stage::Proxy);
            let route = Some(Taken { proxy: None, why: unrouted.why });
            let trace = Trace { route, ..Trace::default() };
            failed((Stage::Proxy, Cause::Route(unrouted.fault)), origin, trace)
        })
    }
}

fn failed((stage, cause): (Stage, Cause), origin: &Origin, trace: Trace) -> Error {
    Error { stage, cause, origin: origin.clone(), trace: Box::new(trace) }
}
