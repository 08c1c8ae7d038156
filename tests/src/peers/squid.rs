use super::{OUTSIDE, Peer, Place, plain};
use crate::{Certificate, Process};

/// What a line of its log says of a tunnel, once that is over.
const MARK: (&str, char) = ("CONNECT ", ':');

/// An HTTP proxy as companies have it.
///
/// # Panics
/// Where it does not start.
pub fn squid() -> Peer {
    let place = Place::new();
    let port = format!("http_port 127.0.0.1:{}", place.port);
    start(place, &port)
}

/// The same, reached over TLS, with that certificate.
///
/// # Panics
/// Where it does not start.
pub fn squid_over_tls(certificate: &Certificate) -> Peer {
    let place = Place::new();
    let (chain, key) =
        (place.write("chain.pem", &certificate.chain), place.write("key.pem", &certificate.key));
    let port = format!("https_port 127.0.0.1:{} tls-cert={chain} tls-key={key}", place.port);
    start(place, &port)
}

fn start(place: Place, port: &str) -> Peer {
    let (log, news) = (place.file("access.log"), plain(&place.file("cache.log")));
    let config = format!(
        "{port}
visible_hostname proxy.test
acl anybody src all
http_access allow anybody
tcp_outgoing_address {OUTSIDE}
cache deny all
pinger_enable off
access_log stdio:{}
cache_log {news}
pid_filename none
shutdown_lifetime 0 seconds
coredump_dir {}
",
        plain(&log),
        plain(place.folder.path()),
    );
    let config = place.write("squid.conf", &config);
    let start = Process::start("squid".into()).arguments(["-N", "-f", &config]);
    place.start(start, Some(log), MARK)
}
