//! The way to a proxy and through it, in place of a connection.

mod evidence;
mod fault;
mod heard;
mod http;
mod place;
mod socks4;
mod socks5;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::cause::Cause;
use crate::connect::connect;
use crate::dialer::Dialer;
use crate::limit::Limit;
use crate::origin::Origin;
use crate::proxy::{Protocol, Proxy};
use crate::race;
use crate::resolve;
use crate::roots::Peer;
use crate::stream::Wire;
use crate::tls;
use crate::trace::{Attempt, Trace};
pub use fault::ProxyFault;
pub(crate) use http::authorization;
use place::Place;

/// Opens a tunnel to an origin: to one of the addresses `found` for it, else to its name, which the proxy then resolves.
pub(crate) async fn open(
    dialer: &Dialer,
    proxy: &Proxy,
    origin: &Origin,
    found: Option<&[SocketAddr]>,
    trace: &mut Trace,
) -> Result<Wire, ProxyFault> {
    let limit = Limit::of(dialer.deadlines().proxy);
    let mut wire = reach(dialer, proxy, limit, trace).await?;
    let Some(found) = found else {
        let place = Place::of(origin);
        limit
            .hold(ask(proxy, &mut wire, &place))
            .await
            .map_err(|_| ProxyFault::TimedOut(limit.allowed()))??;
        return Ok(wire);
    };
    let usable = |address: &&SocketAddr| address.is_ipv4() || proxy.protocol() != Protocol::Socks4;
    let addresses: Vec<_> = found.iter().filter(usable).copied().collect();
    if addresses.is_empty() {
        return Err(ProxyFault::NoIpv4);
    }
    race(proxy, wire, &race::interleave(&addresses), limit, trace).await
}

/// Connects to the proxy itself, and speaks TLS with it where it wants that.
pub(crate) async fn reach(
    dialer: &Dialer,
    proxy: &Proxy,
    limit: Limit,
    trace: &mut Trace,
) -> Result<Wire, ProxyFault> {
    let deadlines = dialer.deadlines();
    let unreachable = |cause| ProxyFault::Unreachable(Box::new(cause));
    let found = limit.and(deadlines.dns).hold(resolve::of_host(proxy.host(), proxy.port())).await;
    let addresses = race::interleave(&found.and_then(|found| found).map_err(unreachable)?);
    let (peer, tcp) =
        connect(&addresses, limit.and(deadlines.tcp), &mut trace.attempts).await.map_err(unreachable)?;
    trace.proxy_peer = Some(peer);
    if proxy.protocol() != Protocol::Https {
        return Ok(Wire::Plain(tcp));
    }
    let handshake = async {
        let name = ServerName::try_from(proxy.host().to_owned()).map_err(|_| {
            Cause::Handshake("the proxy's name is none that a certificate can hold".to_owned())
        })?;
        let limit = limit.and(deadlines.tls);
        tls::handshake(dialer.roots(), Peer::Wayside, name, tcp, limit, &mut trace.proxy_chain).await
    };
    let tls = handshake.await.map_err(|cause| ProxyFault::Tls(Box::new(cause)))?;
    Ok(Wire::Tls(Box::new(tls)))
}

/// Asks the proxy for a tunnel to a place.
async fn ask(
    proxy: &Proxy,
    wire: &mut (impl AsyncRead + AsyncWrite + Unpin),
    place: &Place,
) -> Result<(), ProxyFault> {
    match proxy.protocol() {
        Protocol::Http | Protocol::Https => http::ask(wire, place, proxy.credentials()).await,
        Protocol::Socks4 | Protocol::Socks4a => socks4::ask(wire, place, proxy.credentials()).await,
        Protocol::Socks5 | Protocol::Socks5h => socks5::ask(wire, place, proxy.credentials()).await,
    }
}

/// Asks for a tunnel to each address as if it were connected to from here. The first is asked for over `wire`, every
/// other one over a connection of its own.
async fn race(
    proxy: &Proxy,
    wire: Wire,
    addresses: &[SocketAddr],
    limit: Limit,
    trace: &mut Trace,
) -> Result<Wire, ProxyFault> {
    let proxy_peer = trace.proxy_peer;
    let first = Mutex::new(Some(wire));
    let connect = |address: SocketAddr| {
        let wire = first.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move {
            let mut wire = match (wire, proxy_peer) {
                (Some(wire), _) => wire,
                (None, Some(peer)) => again(peer).await?,
                (None, None) => return Err(ProxyFault::Cut),
            };
            match ask(proxy, &mut wire, &Place::from(address)).await {
                // The only refusal that tells of an address. Every other one would come again for the next.
                Err(fault @ ProxyFault::SocksRefused { .. }) => Err(fault),
                ended => Ok(ended.map(|()| wire)),
            }
        }
    };
    let mut faults = Vec::new();
    let failed = |address, fault: ProxyFault| {
        trace.attempts.push(Attempt { address, fault: fault.as_of_address() });
        faults.push(fault);
    };
    let silent = match limit.hold(race::first(addresses, connect, failed)).await {
        Ok(Some((peer, tunnel))) => {
            trace.peer = tunnel.is_ok().then_some(peer);
            return tunnel;
        }
        Ok(None) => None,
        Err(_) => Some(ProxyFault::TimedOut(limit.allowed())),
    };
    Err(faults.into_iter().chain(silent).max_by_key(ProxyFault::telling).unwrap_or(ProxyFault::Cut))
}

async fn again(proxy: SocketAddr) -> Result<Wire, ProxyFault> {
    let tcp = TcpStream::connect(proxy).await.map_err(|error| ProxyFault::of(&error))?;
    let _ = tcp.set_nodelay(true);
    Ok(Wire::Plain(tcp))
}
