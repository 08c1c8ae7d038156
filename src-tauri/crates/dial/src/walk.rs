//! One road, step by step, by the ways of its route.

use std::mem;
use std::net::SocketAddr;

use rustls::pki_types::CertificateDer;
use tokio::time::Instant;

use crate::cause::Cause;
use crate::certificate::Names;
use crate::connect::connect;
use crate::dialer::{Begins, Dialer};
use crate::error::Stage;
use crate::limit::Limit;
use crate::origin::{Origin, Scheme};
use crate::proxy::{Protocol, Proxy};
use crate::race::interleave;
use crate::resolve;
use crate::route::{Route, Way};
use crate::stream::{Stream, Wire};
use crate::tls;
use crate::trace::{FailedWay, ProxyPlace, Taken, Trace};
use crate::tunnel;

/// Tries the ways in their order. What the host itself says is the last word: only where a way does not lead to it is
/// the next one tried. The way that led there is given back, too.
pub(crate) async fn walk(
    dialer: &Dialer,
    route: &Route,
    origin: &Origin,
    trace: &mut Trace,
    begins: &mut Begins<'_>,
) -> Result<(Stream, Way), (Stage, Cause)> {
    let mut ways = ways(route, origin);
    let last = ways.pop().unwrap_or(&Way::Direct);
    for way in ways {
        trace.begin(way, route);
        match go(dialer, way, origin, trace, begins).await {
            Err((stage, cause)) if stage < Stage::Tls => trace.fail(stage, cause),
            ended => return ended.map(|stream| (stream, way.clone())),
        }
    }
    trace.begin(last, route);
    go(dialer, last, origin, trace, begins).await.map(|stream| (stream, last.clone()))
}

/// The ways that may be taken. The routers know that an unencrypted road never leaves this machine; here it cannot.
fn ways<'a>(route: &'a Route, origin: &Origin) -> Vec<&'a Way> {
    let allowed = |way: &&Way| origin.scheme() == Scheme::Tls || **way == Way::Direct;
    route.ways.iter().filter(allowed).collect()
}

async fn go(
    dialer: &Dialer,
    way: &Way,
    origin: &Origin,
    trace: &mut Trace,
    begins: &mut Begins<'_>,
) -> Result<Stream, (Stage, Cause)> {
    let wire = match way {
        Way::Direct => straight(dialer, origin, trace, begins).await?,
        Way::Through(proxy) => through(dialer, proxy, origin, trace, begins).await?,
    };
    match origin.scheme() {
        Scheme::Plain => Ok(Stream::Plain(wire)),
        Scheme::Tls => {
            begins(Stage::Tls);
            let began = Instant::now();
            let limit = Limit::of(dialer.deadlines().tls);
            let name = origin.server_name();
            let (roots, peer) = (dialer.roots(), dialer.peer());
            let handshake = tls::handshake(roots, peer, name, wire, limit, &mut trace.chain).await;
            trace.issuer = issuer(&trace.chain);
            let tls = handshake.map_err(|cause| (Stage::Tls, cause))?;
            trace.tls = Some(began.elapsed());
            Ok(Stream::Tls(Box::new(tls)))
        }
    }
}

async fn straight(
    dialer: &Dialer,
    origin: &Origin,
    trace: &mut Trace,
    begins: &mut Begins<'_>,
) -> Result<Wire, (Stage, Cause)> {
    let addresses = find(dialer, origin, trace, begins).await?;
    begins(Stage::Tcp);
    let began = Instant::now();
    let (peer, tcp) =
        connect(&interleave(&addresses), Limit::of(dialer.deadlines().tcp), &mut trace.attempts)
            .await
            .map_err(|cause| (Stage::Tcp, cause))?;
    trace.peer = Some(peer);
    trace.tcp = Some(began.elapsed());
    Ok(Wire::Plain(tcp))
}

async fn through(
    dialer: &Dialer,
    proxy: &Proxy,
    origin: &Origin,
    trace: &mut Trace,
    begins: &mut Begins<'_>,
) -> Result<Wire, (Stage, Cause)> {
    let found = match proxy.protocol() {
        Protocol::Socks4 | Protocol::Socks5 => Some(find(dialer, origin, trace, begins).await?),
        Protocol::Http | Protocol::Https | Protocol::Socks4a | Protocol::Socks5h => None,
    };
    begins(Stage::Proxy);
    let began = Instant::now();
    let wire = tunnel::open(dialer, proxy, origin, found.as_deref(), trace)
        .await
        .map_err(|fault| (Stage::Proxy, Cause::Proxy(fault)))?;
    trace.proxy = Some(began.elapsed());
    Ok(wire)
}

async fn find(
    dialer: &Dialer,
    origin: &Origin,
    trace: &mut Trace,
    begins: &mut Begins<'_>,
) -> Result<Vec<SocketAddr>, (Stage, Cause)> {
    begins(Stage::Dns);
    let began = Instant::now();
    let found = Limit::of(dialer.deadlines().dns).hold(resolve::addresses(origin)).await;
    let addresses = found.and_then(|found| found).map_err(|cause| (Stage::Dns, cause))?;
    trace.dns = origin.address().is_none().then(|| began.elapsed());
    Ok(addresses)
}

fn issuer(chain: &[CertificateDer<'_>]) -> Option<String> {
    chain.first().and_then(Names::of).map(|names| names.issuer)
}

impl Trace {
    fn begin(&mut self, way: &Way, route: &Route) {
        let proxy = match way {
            Way::Direct => None,
            Way::Through(proxy) => Some(ProxyPlace::of(proxy)),
        };
        self.route = Some(Taken { proxy, why: route.why.clone() });
    }

    /// The way led nowhere: puts what was seen of it aside for the next one.
    fn fail(&mut self, stage: Stage, cause: Cause) {
        let seen = mem::take(self);
        let proxy = seen.route.and_then(|route| route.proxy);
        self.ways_failed = seen.ways_failed;
        self.ways_failed.push(FailedWay { proxy, stage, cause, attempts: seen.attempts });
    }
}
