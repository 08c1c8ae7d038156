use std::{future::Future, time::Duration};

use longwire_dial::{Road, Taken, Trace, clock::Skew, route::Way};
use longwire_wire::ClientConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::Instant,
};
use tokio_tungstenite::WebSocketStream;

use crate::{Config, Error, Stage, endpoint, ticket::Ticket, upgrade};

/// The two things a try asks of the platform. The tests have another platform behind them.
pub(crate) trait Platform: Send + Sync {
    /// The bytes under a WebSocket.
    type Io: AsyncRead + AsyncWrite + Send + Unpin;

    /// Asks for a ticket. Each opens one session.
    fn ticket(&self, begins: &mut Begins<'_>) -> impl Future<Output = Walk> + Send;

    /// Opens a session and uses the ticket up. `way` is the one to the endpoint.
    fn open(
        &self,
        ticket: Ticket,
        way: &Way,
        begins: &mut Begins<'_>,
    ) -> impl Future<Output = Opening<Self::Io>> + Send;
}

/// Told of each step as it begins.
pub(crate) type Begins<'a> = dyn FnMut(Stage) + Send + 'a;

/// The way to the endpoint: what it led to, and what was seen of the road either way.
#[derive(Debug)]
pub(crate) struct Walk {
    pub(crate) trace: Trace,
    /// From the moment the road stood.
    pub(crate) took: Option<Duration>,
    /// What the endpoint's clock said.
    pub(crate) skew: Option<Skew>,
    pub(crate) result: Result<Grant, Error>,
}

/// The way to the WebSocket's host, and what it led to.
#[derive(Debug)]
pub(crate) struct Opening<S> {
    /// Absent where none was decided on.
    pub(crate) route: Option<Taken>,
    pub(crate) result: Result<Opened<S>, Error>,
}

/// A WebSocket, and how long the upgrade to it took from the moment its road stood.
#[derive(Debug)]
pub(crate) struct Opened<S> {
    pub(crate) socket: WebSocketStream<S>,
    pub(crate) took: Duration,
}

/// What the endpoint grants.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) ticket: Ticket,
    /// The way that led to it.
    pub(crate) way: Way,
    pub(crate) wishes: ClientConfig,
}

/// The platform at the end of a network.
impl Platform for Config {
    type Io = longwire_dial::Stream;

    async fn ticket(&self, begins: &mut Begins<'_>) -> Walk {
        endpoint::ask(self, begins).await
    }

    async fn open(&self, ticket: Ticket, way: &Way, begins: &mut Begins<'_>) -> Opening<Self::Io> {
        let dialled = self.dialer.dial_after(way, &ticket.origin, &mut |stage| begins(stage.into())).await;
        let Road { stream, trace, .. } = match dialled {
            Ok(road) => road,
            Err(error) => return Opening { route: error.trace.route.clone(), result: Err(error.into()) },
        };
        begins(Stage::Upgrade);
        let began = Instant::now();
        let upgraded = upgrade::upgrade(stream, &ticket, &self.tuning).await;
        let result = upgraded.map(|socket| Opened { socket, took: began.elapsed() }).map_err(Error::from);
        Opening { route: trace.route, result }
    }
}
