//! HTTP/1.1: one request over a road of its own, or several over one that is kept ([`Connection`]).

mod connection;

use std::error::Error as _;
use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, HOST};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use crate::cause::{Cause, Part};
use crate::dialer::{Begins, Dialer, Road};
use crate::error::{Error, Stage};
use crate::limit::Limit;
use crate::origin::Origin;
use crate::stream::Stream;
use crate::text;
use crate::trace::{Fault, Trace};

pub use connection::{Answer, Connection};

/// The least that hyper accepts for its buffer, in bytes.
const SMALLEST_BUFFER: usize = 8192;

/// An answer, whole.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Response {
    /// Its status. Redirects are not followed: they arrive here like any other status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// How large an answer may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The status line and headers, in bytes. More than a hundred headers are too large, too.
    pub headers: usize,
    /// The body, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { headers: 64 << 10, body: 1 << 20 }
    }
}

/// Builds a road to the origin, sends the request over it, reads the whole answer and closes the road. Of the request's
/// URI only path and query count; `Host` and `Connection` are set here. `begins` is told of each step. Dropping the future
/// closes the road.
pub async fn send(
    dialer: &Dialer,
    origin: &Origin,
    request: Request<Bytes>,
    limits: Limits,
    begins: &mut Begins<'_>,
) -> Result<(Response, Trace), Error> {
    let road = dialer.dial_telling(origin, begins).await?;
    send_over(road, dialer.deadlines().http, origin, request, limits, begins).await
}

/// The same over a road that stands, with this deadline for the exchange.
///
/// # Errors
/// Those of [`Stage::Http`].
pub async fn send_over(
    road: Road,
    deadline: Duration,
    origin: &Origin,
    request: Request<Bytes>,
    limits: Limits,
    begins: &mut Begins<'_>,
) -> Result<(Response, Trace), Error> {
    let Road { stream, trace, .. } = road;
    begins(Stage::Http);
    let exchange = async {
        let mut request = addressed(request, origin)?;
        request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        exchange(stream, request, limits, deadline).await
    };
    match Limit::of(deadline).hold(exchange).await.and_then(|answer| answer) {
        Ok(response) => Ok((response, trace)),
        Err(cause) => {
            Err(Error { stage: Stage::Http, cause, origin: origin.clone(), trace: Box::new(trace) })
        }
    }
}

fn addressed(request: Request<Bytes>, origin: &Origin) -> Result<Request<Full<Bytes>>, Cause> {
    let (mut parts, body) = request.into_parts();
    let unsendable = |error: &dyn std::error::Error| Cause::NotHttp(text::line(&error.to_string()));
    parts.uri = match parts.uri.into_parts().path_and_query {
        Some(path) => Uri::from(path),
        None => Uri::from_static("/"),
    };
    let host = HeaderValue::try_from(origin.authority()).map_err(|error| unsendable(&error))?;
    parts.headers.insert(HOST, host);
    parts.headers.remove(CONNECTION);
    Ok(Request::from_parts(parts, Full::new(body)))
}

/// A request over these bytes, as it is, and the whole answer.
pub(crate) async fn exchange(
    stream: Stream,
    request: Request<Full<Bytes>>,
    limits: Limits,
    deadline: Duration,
) -> Result<Response, Cause> {
    let (mut sender, connection) = builder(limits.headers)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| cause(&error, deadline))?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(|error| cause(&error, deadline))?;
        let (parts, body) = response.into_parts();
        let body = read(body, limits.body, deadline).await?;
        Ok(Response { status: parts.status, headers: parts.headers, body })
    };
    // The connection is driven here and not by a task of its own, so that it cannot outlive the request.
    let (mut answer, connection) = (pin!(answer), pin!(connection));
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        // What it read stays readable after its end, and how it ended is told to the answer too.
        _ = connection => answer.await,
    }
}

fn builder(headers: usize) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.max_header_size(headers).max_buf_size(headers.max(SMALLEST_BUFFER));
    builder
}

async fn read(mut body: Incoming, limit: usize, deadline: Duration) -> Result<Bytes, Cause> {
    let too_large = Cause::TooLarge { part: Part::Body };
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large);
    }
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| cause(&error, deadline))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > limit {
            return Err(too_large);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

fn cause(error: &hyper::Error, deadline: Duration) -> Cause {
    if error.is_parse_too_large() {
        return Cause::TooLarge { part: Part::Headers };
    }
    let mut reason = text::line(&error.to_string());
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<io::Error>() {
            return Cause::of_fault(Fault::from(error), deadline);
        }
        reason = text::line(&inner.to_string());
        source = inner.source();
    }
    // A request is cancelled where the connection was gone before it was sent.
    let cut = error.is_incomplete_message() || error.is_closed() || error.is_canceled();
    if cut { Cause::Cut } else { Cause::NotHttp(reason) }
}
