//! The port: accepting, TLS, and the failures that happen below HTTP.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use futures_util::future::OptionFuture;
use http::{HeaderValue, Request, Response, header};
use hyper::{body::Incoming, server::conn::http1, service::Service, service::service_fn};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    time,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    api, clock::Clock, fault::Fault, history::lock, link::swallow, state::State, upgrade::Connection,
    visit::Visit,
};

/// How long a client may take for its TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// More than the first message of a TLS handshake takes, in bytes.
const HELLO: usize = 16 * 1024;
/// How long to wait before a port that is taken, or an accept that failed, is tried again.
const RETRY: Duration = Duration::from_millis(20);

/// The TLS configuration of new connections; none where the simulator speaks plain HTTP.
pub(crate) type Tls = Arc<Mutex<Option<Arc<ServerConfig>>>>;

/// Change the failure that is played; answered when it is in force.
pub(crate) struct Change {
    pub(crate) fault: Option<Fault>,
    pub(crate) done: oneshot::Sender<()>,
}

/// Accepts connections until the simulator is shut down.
pub(crate) async fn run(
    state: Arc<State>,
    listener: TcpListener,
    tls: Tls,
    mut changes: mpsc::Receiver<Change>,
) {
    let Ok(address) = listener.local_addr() else { return };
    let mut port = Some(listener);
    let router = api::router(state.clone());
    loop {
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            change = changes.recv() => {
                let Some(change) = change else { return };
                apply(&state, change.fault, &mut port, address).await;
                let _ = change.done.send(());
            }
            Some(accepted) = OptionFuture::from(port.as_ref().map(TcpListener::accept)) => match accepted {
                Ok((stream, peer)) => {
                    let connection = Connection { peer, epoch: state.epoch() };
                    let serve = serve(state.clone(), router.clone(), lock(&tls).clone(), stream, connection.clone());
                    state.tasks.spawn(async move { connection.epoch.run_until_cancelled(serve).await });
                }
                // Out of file descriptors, most likely: some may be free again soon.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    time::sleep(RETRY).await;
                }
            },
        }
    }
}

/// Puts a failure in force: the port first, then what new connections see, then those that are open.
async fn apply(state: &State, fault: Option<Fault>, port: &mut Option<TcpListener>, address: SocketAddr) {
    if fault == Some(Fault::Refused) {
        *port = None;
    }
    state.fault.send_replace(fault);
    if fault.is_some_and(|fault| !fault.keeps_links()) {
        state.cut();
    }
    while port.is_none() && fault != Some(Fault::Refused) {
        match TcpListener::bind(address).await {
            Ok(listener) => *port = Some(listener),
            Err(error) => {
                tracing::warn!(%error, "the port cannot be had back yet");
                if state.shutdown.run_until_cancelled(time::sleep(RETRY)).await.is_none() {
                    return;
                }
            }
        }
    }
}

async fn serve(
    state: Arc<State>,
    router: Router,
    tls: Option<Arc<ServerConfig>>,
    mut stream: TcpStream,
    connection: Connection,
) {
    if state.fault() == Some(Fault::BlackHole) {
        let mut fault = state.fault.subscribe();
        tokio::select! {
            () = swallow(&mut stream) => {}
            _ = fault.wait_for(|fault| *fault != Some(Fault::BlackHole)) => {}
        }
        return;
    }
    if tls.is_some() && state.fault() == Some(Fault::TlsCut) {
        // What a client begins with is read first, so that it meets an end and no refusal.
        let _ = stream.read(&mut [0; HELLO]).await;
        return;
    }
    // Pings and acknowledgements are small, and their times are measured.
    let _ = stream.set_nodelay(true);
    match tls {
        None => speak(state, router, stream, connection).await,
        Some(config) => match time::timeout(HANDSHAKE, TlsAcceptor::from(config).accept(stream)).await {
            Ok(Ok(stream)) => speak(state, router, stream, connection).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        },
    }
}

async fn speak<S>(state: Arc<State>, router: Router, stream: S, connection: Connection)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = TowerToHyperService::new(router);
    let peer = connection.peer;
    let service = service_fn(move |mut request: Request<Incoming>| {
        let (router, state) = (router.clone(), state.clone());
        request.extensions_mut().insert(connection.clone());
        async move {
            if state.fault() == Some(Fault::BlackHole) {
                let mut fault = state.fault.subscribe();
                let _ = fault.wait_for(|fault| *fault != Some(Fault::BlackHole)).await;
                return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
            }
            state.visits.push(visit(&request, peer));
            let Ok(mut response) = router.call(request).await;
            date(&mut response, state.clock);
            Ok(response)
        }
    });
    // An error is the client's leaving, or the connection's end under a failure.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await;
}

fn visit<B>(request: &Request<B>, peer: SocketAddr) -> Visit {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    Visit { peer, host: host.to_owned(), path: request.uri().path().to_owned() }
}

/// Dates an answer, as every server with a clock does (RFC 9110 §6.6.1).
fn date<B>(response: &mut Response<B>, clock: Clock) {
    if let Ok(now) = HeaderValue::from_str(&httpdate::fmt_http_date(clock.now())) {
        response.headers_mut().insert(header::DATE, now);
    }
}
