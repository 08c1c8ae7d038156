//! What a message of the kernel's says, as far as it matters to a connection that leaves this machine.

use std::net::IpAddr;

use rtnetlink::{
    packet_core::NetlinkPayload,
    packet_route::{
        RouteNetlinkMessage,
        address::{AddressAttribute, AddressFlags, AddressMessage, AddressScope},
        link::{InfoKind, LinkAttribute, LinkFlags, LinkInfo, LinkMessage},
        route::{
            RouteAddress, RouteAttribute, RouteFlags, RouteHeader, RouteMessage, RouteProtocol, RouteType,
            RouteVia,
        },
    },
};

/// The kernel's own table: addresses of this machine.
const LOCAL: u32 = 255;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Link {
    /// Switched on, and something is at the other end.
    pub(super) up: bool,
    pub(super) loopback: bool,
    /// It is a part of another interface, which leads in its place.
    pub(super) port: bool,
    /// It joins machines inside this one, unless a route out goes over it.
    pub(super) bridge: bool,
}

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Address {
    pub(super) link: u32,
    address: IpAddr,
    prefix: u8,
}

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Route {
    to: Option<IpAddr>,
    prefix: u8,
    /// 4 and 6 have the same default route but for this.
    v6: bool,
    table: u32,
    metric: u32,
    hops: Vec<(u32, Option<IpAddr>)>,
}

pub(super) enum Fact {
    Link(u32, Link),
    Address(Address),
    Route(Route),
}

impl Route {
    pub(super) fn over(&self, index: u32) -> bool {
        self.hops.iter().any(|(link, _)| *link == index)
    }
}

/// What a message says, and whether it says that it is gone.
pub(super) fn fact(message: &NetlinkPayload<RouteNetlinkMessage>) -> Option<(Fact, bool)> {
    let NetlinkPayload::InnerMessage(message) = message else { return None };
    match message {
        RouteNetlinkMessage::NewLink(message) => {
            Some((Fact::Link(message.header.index, link(message)), false))
        }
        RouteNetlinkMessage::DelLink(message) => {
            Some((Fact::Link(message.header.index, link(message)), true))
        }
        RouteNetlinkMessage::NewAddress(message) if lasting(message) => {
            Some((Fact::Address(address(message)?), false))
        }
        RouteNetlinkMessage::DelAddress(message) => Some((Fact::Address(address(message)?), true)),
        RouteNetlinkMessage::NewRoute(message) => Some((Fact::Route(route(message)?), false)),
        RouteNetlinkMessage::DelRoute(message) => Some((Fact::Route(route(message)?), true)),
        _ => None,
    }
}

pub(super) fn link(message: &LinkMessage) -> Link {
    let flags = message.header.flags;
    let bridge = |info: &LinkInfo| matches!(info, LinkInfo::Kind(InfoKind::Bridge));
    Link {
        up: flags.contains(LinkFlags::Up | LinkFlags::Running),
        loopback: flags.contains(LinkFlags::Loopback),
        port: message.attributes.iter().any(|attribute| matches!(attribute, LinkAttribute::Controller(_))),
        bridge: message
            .attributes
            .iter()
            .any(|attribute| matches!(attribute, LinkAttribute::LinkInfo(infos) if infos.iter().any(bridge))),
    }
}

/// An address that reaches beyond its link. The temporary ones of IPv6 come and go beside one that stays.
pub(super) fn address(message: &AddressMessage) -> Option<Address> {
    let local = |attribute: &AddressAttribute| match attribute {
        AddressAttribute::Local(address) => Some(*address),
        _ => None,
    };
    let peer = |attribute: &AddressAttribute| match attribute {
        AddressAttribute::Address(address) => Some(*address),
        _ => None,
    };
    let attributes = &message.attributes;
    let address = attributes.iter().find_map(local).or_else(|| attributes.iter().find_map(peer))?;
    let wide = matches!(message.header.scope, AddressScope::Universe | AddressScope::Site);
    // For IPv6 this flag's other name is IFA_F_TEMPORARY.
    let temporary = address.is_ipv6() && flags(message).contains(AddressFlags::Secondary);
    (wide && !temporary).then_some(Address {
        link: message.header.index,
        address,
        prefix: message.header.prefix_len,
    })
}

/// Whether an address can be used: it is not just being looked for whether another machine has it.
pub(super) fn lasting(message: &AddressMessage) -> bool {
    !flags(message).intersects(AddressFlags::Tentative | AddressFlags::Dadfailed)
}

fn flags(message: &AddressMessage) -> AddressFlags {
    let flags = |attribute: &AddressAttribute| match attribute {
        AddressAttribute::Flags(flags) => Some(*flags),
        _ => None,
    };
    message
        .attributes
        .iter()
        .find_map(flags)
        .unwrap_or_else(|| AddressFlags::from_bits_retain(message.header.flags.bits().into()))
}

/// A route to more than one machine that somebody has set. Those that the kernel makes follow from the addresses.
pub(super) fn route(message: &RouteMessage) -> Option<Route> {
    let header: &RouteHeader = &message.header;
    let v6 = match u8::from(header.address_family) {
        2 => false,
        10 => true,
        _ => return None,
    };
    let prefix = header.destination_prefix_length;
    if header.kind != RouteType::Unicast
        || matches!(header.protocol, RouteProtocol::Kernel | RouteProtocol::IcmpRedirect)
        || header.flags.contains(RouteFlags::Cloned)
        || prefix == if v6 { 128 } else { 32 }
    {
        return None;
    }
    let mut route = Route { to: None, prefix, v6, table: header.table.into(), metric: 0, hops: Vec::new() };
    let mut link = 0;
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Destination(to) => route.to = ip(to),
            RouteAttribute::Table(table) => route.table = *table,
            RouteAttribute::Priority(metric) => route.metric = *metric,
            RouteAttribute::Oif(index) => link = *index,
            RouteAttribute::MultiPath(hops) => {
                route.hops = hops.iter().map(|hop| (hop.interface_index, gateway(&hop.attributes))).collect();
            }
            _ => {}
        }
    }
    if route.hops.is_empty() {
        route.hops.push((link, gateway(&message.attributes)));
    }
    (route.table != LOCAL).then_some(route)
}

fn gateway(attributes: &[RouteAttribute]) -> Option<IpAddr> {
    attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::Gateway(address) => ip(address),
        RouteAttribute::Via(RouteVia::Inet(address)) => Some((*address).into()),
        RouteAttribute::Via(RouteVia::Inet6(address)) => Some((*address).into()),
        _ => None,
    })
}

fn ip(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(address) => Some((*address).into()),
        RouteAddress::Inet6(address) => Some((*address).into()),
        _ => None,
    }
}
