use std::{future::Future, time::Duration};

use longwire_dial::{Road, Trace};
use longwire_wire::ClientConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::Instant,
};
use tokio_tungstenite::WebSocketStream;

use crate::{Config, Error, endpoint, ticket::Ticket, upgrade};

/// The two things a try asks of the platform. The tests have another platform behind them.
pub(crate) trait Platform: Send + Sync {
    /// The bytes under a WebSocket.
    type Io: AsyncRead + AsyncWrite + Send + Unpin;

    /// Asks for a ticket. Each opens one session.
    fn ticket(&self) -> impl Future<Output = Walk<Grant>> + Send;

    /// Opens a session and uses the ticket up.
    fn open(&self, ticket: Ticket) -> impl Future<Output = Walk<WebSocketStream<Self::Io>>> + Send;
}

/// A step that took a road: what it led to, and what was seen of the road either way.
#[derive(Debug)]
pub(crate) struct Walk<T> {
    pub(crate) trace: Trace,
    /// From the moment the road stood.
    pub(crate) took: Option<Duration>,
    pub(crate) result: Result<T, Error>,
}

/// What the endpoint grants.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) ticket: Ticket,
    pub(crate) wishes: ClientConfig,
}

impl<T> Walk<T> {
    /// A road that did not come to stand.
    pub(crate) fn no_road(error: longwire_dial::Error) -> Self {
        Self { trace: (*error.trace).clone(), took: None, result: Err(error.into()) }
    }
}

/// The platform at the end of a network.
impl Platform for Config {
    type Io = longwire_dial::Stream;

    async fn ticket(&self) -> Walk<Grant> {
        endpoint::ask(self).await
    }

    async fn open(&self, ticket: Ticket) -> Walk<WebSocketStream<Self::Io>> {
        let Road { stream, trace } = match self.dialer.dial(&ticket.origin).await {
            Ok(road) => road,
            Err(error) => return Walk::no_road(error),
        };
        let began = Instant::now();
        let result = upgrade::upgrade(stream, &ticket, &self.tuning).await;
        let took = result.is_ok().then(|| began.elapsed());
        Walk { trace, took, result: result.map_err(Error::from) }
    }
}
