//! Fetching a script.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONNECTION, HOST, LOCATION};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use url::Url;

use super::place::Kind;
use super::{LARGEST, PacFault, PacPlace};
use crate::cause::{Cause, Lookup};
use crate::dialer::Dialer;
use crate::error::Stage;
use crate::origin::Origin;
use crate::race;
use crate::roots::Roots;
use crate::text;
use crate::trace::Fault;

/// The most redirects that are followed.
const REDIRECTS: usize = 5;

/// The text of a script. The caller sets the deadline.
///
/// Of the answer's headers nothing is asked: scripts are served under every type there is.
pub(super) fn fetch<'a>(place: &'a PacPlace, roots: &'a Arc<Roots>) -> Fetching<'a> {
    Box::pin(async move {
        let bytes = match place.kind() {
            Kind::File(path) => read(path).await.map_err(|error| match error {
                Unread::Io(error) => PacFault::Unreadable(Fault::from(&error)),
                Unread::TooLarge => PacFault::TooLarge,
            })?,
            Kind::Url(url) => download(url, roots).await?.into(),
        };
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.trim_start_matches('\u{feff}').into())
    })
}

/// Boxed, since a dialer asks a router, a router fetches a script, and that takes a dialer: the one that goes straight.
pub(super) type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Arc<str>, PacFault>> + Send + 'a>>;

enum Unread {
    Io(io::Error),
    TooLarge,
}

async fn read(path: &Path) -> Result<Vec<u8>, Unread> {
    let about = tokio::fs::metadata(path).await.map_err(Unread::Io)?;
    // Opening a pipe would wait for somebody to write into it.
    if !about.is_file() {
        return Err(Unread::Io(io::Error::new(io::ErrorKind::InvalidInput, "not a file")));
    }
    let file = File::open(path).await.map_err(Unread::Io)?;
    let mut bytes = Vec::new();
    file.take(LARGEST as u64 + 1).read_to_end(&mut bytes).await.map_err(Unread::Io)?;
    if bytes.len() > LARGEST { Err(Unread::TooLarge) } else { Ok(bytes) }
}

async fn download(url: &Url, roots: &Arc<Roots>) -> Result<Bytes, PacFault> {
    let mut url = url.clone();
    for _ in 0..=REDIRECTS {
        let (status, headers, body) = if url.scheme() == "https" {
            let origin = Origin::of(&url).map_err(|error| unanswered(&error))?;
            let road = Dialer::new(Arc::clone(roots)).for_wayside().dial(&origin).await;
            let road = road.map_err(|error| PacFault::Unreachable {
                stage: error.stage,
                cause: Box::new(error.cause),
            })?;
            get(&url, road.stream).await?
        } else {
            get(&url, connect(&url).await?).await?
        };
        if status == StatusCode::OK {
            return Ok(body);
        }
        let target = headers.get(LOCATION).and_then(|target| target.to_str().ok());
        match target.filter(|_| status.is_redirection()).map(|target| url.join(target)) {
            Some(Ok(target)) if leads_on(&url, &target) => url = target,
            _ => return Err(PacFault::Status(status.as_u16())),
        }
    }
    Err(PacFault::Status(StatusCode::FOUND.as_u16()))
}

/// Whether a redirect may be followed: to a server, and never from an encrypted road to an unencrypted one.
fn leads_on(from: &Url, to: &Url) -> bool {
    to.has_host() && (to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http"))
}

/// Unencrypted and to another machine, which nothing else here does, and deliberately: it is how companies serve their
/// scripts. The request holds no secret, and whatever road the script names, the platform's certificate is verified at its
/// end: somebody between could send us through their proxy, or nowhere, but could not read along.
async fn connect(url: &Url) -> Result<TcpStream, PacFault> {
    let unreachable = |stage, cause| PacFault::Unreachable { stage, cause: Box::new(cause) };
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or(80);
    let addresses: Vec<SocketAddr> = lookup_host((host, port))
        .await
        .map_err(|error| {
            let cause = Cause::NoAddress { why: Lookup::Unknown, fault: Fault::from(&error) };
            unreachable(Stage::Dns, cause)
        })?
        .collect();
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    let failed = |_, error| last = error;
    match race::first(&race::interleave(&addresses), TcpStream::connect, failed).await {
        Some((_, stream)) => Ok(stream),
        None => Err(unreachable(Stage::Tcp, Cause::of_fault(Fault::from(&last), super::ALLOWED))),
    }
}

async fn get(
    url: &Url,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> Result<(StatusCode, HeaderMap, Bytes), PacFault> {
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let request = Request::get(path)
        .header(HOST, authority)
        .header(ACCEPT, "application/x-ns-proxy-autoconfig, */*")
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| unanswered(&error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| unanswered(&error))?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(|error| unanswered(&error))?;
        let (parts, body) = response.into_parts();
        if parts.status != StatusCode::OK {
            return Ok((parts.status, parts.headers, Bytes::new()));
        }
        let body = Limited::new(body, LARGEST).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() { PacFault::TooLarge } else { unanswered(&*error) }
        })?;
        Ok((parts.status, parts.headers, body.to_bytes()))
    };
    // Driven here and not by a task of its own, so that the connection cannot outlive the request.
    let (mut answer, connection) = (pin!(answer), pin!(connection));
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        _ = connection => answer.await,
    }
}

fn unanswered(error: &dyn std::error::Error) -> PacFault {
    PacFault::Unreachable {
        stage: Stage::Http,
        cause: Box::new(Cause::NotHttp(text::line(&error.to_string()))),
    }
}
