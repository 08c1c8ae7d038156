use std::collections::{BTreeMap, BTreeSet};

use rtnetlink::{
    packet_core::NetlinkPayload,
    packet_route::{RouteNetlinkMessage, address::AddressMessage, link::LinkMessage, route::RouteMessage},
};

use super::fact::{Address, Fact, Link, Route, address, fact, lasting, link, route};

/// The network as far as it matters to a connection that leaves this machine.
#[derive(Debug)]
pub(super) struct Picture {
    links: BTreeMap<u32, Link>,
    addresses: BTreeSet<Address>,
    routes: BTreeSet<Route>,
    /// The interfaces that lead somewhere.
    leading: BTreeSet<u32>,
}

/// How much a message of the kernel says against a picture.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Told {
    /// It is as in the picture, or does not matter: lifetimes, counters, neighbours.
    Nothing,
    /// The picture is to be drawn again.
    Something,
    /// Something that led somewhere has gone, if only for a moment.
    Loss,
}

/// Whether a message is about something that a picture may hold.
pub(super) fn concerns(message: &NetlinkPayload<RouteNetlinkMessage>) -> bool {
    matches!(message, NetlinkPayload::Overrun(_)) || fact(message).is_some()
}

impl Picture {
    pub(super) fn new(
        links: Vec<LinkMessage>,
        addresses: Vec<AddressMessage>,
        routes: Vec<RouteMessage>,
    ) -> Self {
        let links = links.iter().map(|message| (message.header.index, link(message))).collect();
        let addresses = addresses.iter().filter(|message| lasting(message)).filter_map(address).collect();
        let routes = routes.iter().filter_map(route).collect();
        let mut picture = Self { links, addresses, routes, leading: BTreeSet::new() };
        picture.leading = picture.links.keys().copied().filter(|index| picture.leads(*index)).collect();
        picture
    }

    pub(super) fn told_by(&self, message: &NetlinkPayload<RouteNetlinkMessage>) -> Told {
        if matches!(message, NetlinkPayload::Overrun(_)) {
            return Told::Something;
        }
        let Some((fact, gone)) = fact(message) else { return Told::Nothing };
        let (index, known, lost) = match fact {
            Fact::Link(index, link) => {
                let known = self.links.get(&index);
                (index, if gone { known.is_some() } else { known == Some(&link) }, gone || !link.up)
            }
            Fact::Address(address) => (address.link, self.addresses.contains(&address), gone),
            // A route that is replaced goes and comes, and breaks nothing where it ends up the same.
            Fact::Route(route) => (0, self.routes.contains(&route), false),
        };
        match (known == gone, lost && self.leading.contains(&index)) {
            (false, _) => Told::Nothing,
            (true, true) => Told::Loss,
            (true, false) => Told::Something,
        }
    }

    /// Whether what leads somewhere is the same in both.
    pub(super) fn leads_where(&self, other: &Self) -> bool {
        self.leading == other.leading
            && self.leading_addresses().eq(other.leading_addresses())
            && self.leading_routes().eq(other.leading_routes())
    }

    fn leads(&self, index: u32) -> bool {
        let routed = || self.routes.iter().any(|route| route.over(index));
        let addressed = || self.addresses.iter().any(|address| address.link == index);
        self.links.get(&index).is_some_and(|link| {
            link.up && !link.port && (link.loopback || routed() || (!link.bridge && addressed()))
        })
    }

    fn leading_addresses(&self) -> impl Iterator<Item = &Address> {
        self.addresses.iter().filter(|address| self.leading.contains(&address.link))
    }

    fn leading_routes(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter().filter(|route| self.leading.iter().any(|index| route.over(*index)))
    }
}

// Links and routes are tested against a kernel, in `tests/news`.
#[cfg(test)]
mod tests {
    use rtnetlink::packet_route::{
        address::{AddressAttribute, AddressFlags, AddressScope},
        link::LinkFlags,
        neighbour::NeighbourMessage,
    };

    use super::*;

    fn eth0() -> LinkMessage {
        let mut message = LinkMessage::default();
        message.header.index = 2;
        message.header.flags = LinkFlags::Up | LinkFlags::Running;
        message
    }

    fn address(text: &str, flags: AddressFlags, scope: AddressScope) -> AddressMessage {
        let mut message = AddressMessage::default();
        message.header.index = 2;
        message.header.prefix_len = 64;
        message.header.scope = scope;
        message.attributes =
            vec![AddressAttribute::Address(text.parse().unwrap()), AddressAttribute::Flags(flags)];
        message
    }

    fn stable() -> AddressMessage {
        address("2001:db8::1", AddressFlags::empty(), AddressScope::Universe)
    }

    fn says(picture: &Picture, message: RouteNetlinkMessage) -> Told {
        picture.told_by(&NetlinkPayload::InnerMessage(message))
    }

    #[test]
    fn what_is_known_passing_or_near_says_nothing() {
        let picture = Picture::new(vec![eth0()], vec![stable()], Vec::new());
        let wide = AddressScope::Universe;
        for message in [
            stable(),
            address("2001:db8::1", AddressFlags::Deprecated, wide),
            address("2001:db8::2", AddressFlags::Tentative, wide),
            address("2001:db8::2", AddressFlags::Dadfailed | AddressFlags::Permanent, wide),
            address("2001:db8::aaaa", AddressFlags::Secondary, wide),
            address("fe80::1", AddressFlags::empty(), AddressScope::Link),
            address("127.0.0.1", AddressFlags::empty(), AddressScope::Host),
        ] {
            assert_eq!(
                says(&picture, RouteNetlinkMessage::NewAddress(message.clone())),
                Told::Nothing,
                "{message:?}"
            );
        }
        assert_eq!(says(&picture, RouteNetlinkMessage::NewLink(eth0())), Told::Nothing);
        let neighbour = RouteNetlinkMessage::NewNeighbour(NeighbourMessage::default());
        assert_eq!(says(&picture, neighbour), Told::Nothing);
        let stranger = address("2001:db8::9", AddressFlags::empty(), wide);
        assert_eq!(says(&picture, RouteNetlinkMessage::DelAddress(stranger)), Told::Nothing);
    }

    #[test]
    fn what_is_new_says_something_and_what_goes_is_a_loss() {
        let picture = Picture::new(vec![eth0()], vec![stable()], Vec::new());
        let another = address("10.0.0.2", AddressFlags::Secondary, AddressScope::Universe);
        assert_eq!(says(&picture, RouteNetlinkMessage::NewAddress(another)), Told::Something);
        assert_eq!(says(&picture, RouteNetlinkMessage::DelAddress(stable())), Told::Loss);
        assert_eq!(says(&picture, RouteNetlinkMessage::DelLink(eth0())), Told::Loss);
        let mut down = eth0();
        down.header.flags = LinkFlags::Up;
        assert_eq!(says(&picture, RouteNetlinkMessage::NewLink(down.clone())), Told::Loss);
        let idle = Picture::new(vec![eth0()], Vec::new(), Vec::new());
        assert_eq!(says(&idle, RouteNetlinkMessage::NewLink(down)), Told::Something, "it led nowhere");
    }

    #[test]
    fn what_the_kernel_could_not_tell_makes_the_picture_doubtful() {
        let picture = Picture::new(Vec::new(), Vec::new(), Vec::new());
        let overrun = NetlinkPayload::Overrun(Vec::new());
        assert_eq!(picture.told_by(&overrun), Told::Something);
        assert!(concerns(&overrun));
    }
}
