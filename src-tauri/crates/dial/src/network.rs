//! Whether this machine has a network at all.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Whether a road leads away from this machine, as its own routing table has it. Nothing is sent, and whether anything
/// answers is not asked.
pub fn is_routed() -> bool {
    // Addresses for documentation (RFC 5737, RFC 3849) and the discard service: with a datagram socket, to "connect" is
    // to look up the route, and nothing more.
    const DISCARD: u16 = 9;
    let v4 = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), DISCARD));
    let v6 = SocketAddr::from((Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), DISCARD));
    leads_to(v4) || leads_to(v6)
}

fn leads_to(address: SocketAddr) -> bool {
    let any = match address {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    match UdpSocket::bind(any).and_then(|socket| socket.connect(address)) {
        Ok(()) => true,
        // A sandbox that forbids datagrams says nothing of routes.
        Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_leads_to_itself_and_to_no_neighbour_without_naming_a_network() {
        assert!(leads_to(SocketAddr::from((Ipv4Addr::LOCALHOST, 9))));
        assert!(!leads_to(SocketAddr::from((Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1), 9))));
    }
}
