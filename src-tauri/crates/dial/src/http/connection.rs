use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::sync::watch;
use tokio::time::sleep;

use super::{addressed, builder, cause};
use crate::cause::Cause;
use crate::dialer::Road;
use crate::limit::Limit;
use crate::origin::Origin;
use crate::stream::Stream;

/// A road that carries one request after another. Dropping it closes it.
#[derive(Debug)]
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// Told to the task that carries the bytes; the task ends with it.
    busy: watch::Sender<bool>,
    origin: Origin,
    /// Whether the last answer was read to its end.
    done: bool,
}

/// An answer whose body is still to be read. Where it is dropped before its end the connection is of no more use.
#[derive(Debug)]
pub struct Answer<'c> {
    /// Its status. Redirects are not followed.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    body: Incoming,
    limit: Limit,
    connection: &'c mut Connection,
}

impl Connection {
    /// Begins over a road that stands. Heads of answers larger than `headers` bytes are refused, and the road is closed when it
    /// was not used for `idle`. Belongs to the runtime it begins in.
    ///
    /// # Errors
    /// The road cannot be used.
    pub async fn over(road: Road, origin: &Origin, headers: usize, idle: Duration) -> Result<Self, Cause> {
        let (sender, connection) = builder(headers)
            // The names of headers mean the same in any case, and there are bots that do not know it.
            .title_case_headers(true)
            .handshake(TokioIo::new(road.stream))
            .await
            .map_err(|error| cause(&error, idle))?;
        let (busy, told) = watch::channel(false);
        tokio::spawn(carry(connection, told, idle));
        Ok(Self { sender, busy, origin: origin.clone(), done: true })
    }

    /// Where it leads.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether another request can be sent, as far as is known: the other side may have closed it this moment.
    pub fn is_open(&self) -> bool {
        self.done && !self.sender.is_closed()
    }

    /// Sends a request and reads the head of the answer; `allowed` is for that and for the reading of the body together. Of the
    /// request's URI only path and query count; `Host` is set here.
    ///
    /// # Errors
    /// [`Cause::Cut`] also where the other side had closed the connection before.
    pub async fn send(&mut self, request: Request<Bytes>, allowed: Duration) -> Result<Answer<'_>, Cause> {
        let limit = Limit::of(allowed);
        let request = addressed(request, &self.origin)?;
        self.done = false;
        self.busy.send_replace(true);
        let exchange = async {
            self.sender.ready().await?;
            self.sender.send_request(request).await
        };
        let response = limit.hold(exchange).await?.map_err(|error| cause(&error, allowed))?;
        let (parts, body) = response.into_parts();
        Ok(Answer { status: parts.status, headers: parts.headers, body, limit, connection: self })
    }
}

impl Answer<'_> {
    /// The next bytes of the body; none at its end.
    ///
    /// # Errors
    /// It cannot be read to its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Cause> {
        loop {
            match self.limit.hold(self.body.frame()).await? {
                None => {
                    self.connection.done = true;
                    self.connection.busy.send_replace(false);
                    return Ok(None);
                }
                Some(Err(error)) => return Err(cause(&error, self.limit.allowed())),
                Some(Ok(frame)) => {
                    // Trailers say nothing to us.
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }
}

/// Carries the bytes until the connection ends, nobody holds it any more, or it was idle for too long.
async fn carry(
    connection: http1::Connection<TokioIo<Stream>, Full<Bytes>>,
    mut busy: watch::Receiver<bool>,
    idle: Duration,
) {
    let mut connection = pin!(connection);
    loop {
        let rests = !*busy.borrow_and_update();
        tokio::select! {
            // How it ended is told to whoever waits for an answer.
            _ = &mut connection => return,
            changed = busy.changed() => if changed.is_err() { return },
            () = sleep(idle), if rests => return,
        }
    }
}
