//! What a PAC script may call: the functions of Netscape's "Proxy Auto-Config File Format", with the meaning that
//! browsers have given them since, and Microsoft's for IPv6. They are all the script gets of the world.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};

use ipnet::IpNet;
use jiff::Zoned;

use super::calendar;
use crate::route::glob;

/// What the functions know of the world.
pub(super) struct World {
    /// The time, of the whole evaluation.
    pub(super) now: Zoned,
    /// Finds a name's addresses; none where it has none, or time is up.
    pub(super) lookup: Box<Lookup>,
    /// What was found already: scripts ask for the same name over and over.
    pub(super) found: RefCell<HashMap<String, Vec<IpAddr>>>,
}

/// A name's addresses.
type Lookup = dyn Fn(&str) -> Vec<IpAddr>;

/// A function: the arguments arrive as the script's own words turned into text.
pub(super) type Function = fn(&World, &[String]) -> Answer;

/// What a function answers.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Bool(bool),
    Number(u32),
    Text(String),
    Null,
    Nothing,
}

/// Every function by its name.
pub(super) const FUNCTIONS: [(&str, Function); 19] = [
    ("isPlainHostName", |_, args| Answer::Bool(!first(args).contains(['.', ':']))),
    ("dnsDomainIs", |_, args| Answer::Bool(first(args).ends_with(second(args)))),
    ("localHostOrDomainIs", |_, args| Answer::Bool(local_host_or_domain_is(first(args), second(args)))),
    ("isResolvable", |world, args| Answer::Bool(world.ipv4(first(args)).is_some())),
    ("isResolvableEx", |world, args| Answer::Bool(!world.addresses(first(args)).is_empty())),
    ("dnsResolve", |world, args| world.ipv4(first(args)).map_or(Answer::Null, text)),
    ("dnsResolveEx", |world, args| Answer::Text(list(&world.addresses(first(args))))),
    ("isInNet", |world, args| Answer::Bool(is_in_net(world, args).unwrap_or(false))),
    ("isInNetEx", |world, args| Answer::Bool(is_in_net_ex(world, first(args), second(args)))),
    ("myIpAddress", |_, _| text(own_address(false).unwrap_or(Ipv4Addr::LOCALHOST.into()))),
    ("myIpAddressEx", |_, _| Answer::Text(list(&own_addresses()))),
    ("sortIpAddressList", |_, args| Answer::Text(sorted(first(args)))),
    ("dnsDomainLevels", |_, args| Answer::Number(levels(first(args)))),
    ("shExpMatch", |_, args| Answer::Bool(glob::matches(second(args), first(args)))),
    ("weekdayRange", |world, args| Answer::Bool(calendar::weekday_range(args, &world.now))),
    ("dateRange", |world, args| Answer::Bool(calendar::date_range(args, &world.now))),
    ("timeRange", |world, args| Answer::Bool(calendar::time_range(args, &world.now))),
    ("getClientVersion", |_, _| Answer::Text("1.0".to_owned())),
    ("alert", |_, _| Answer::Nothing),
];

impl World {
    fn addresses(&self, host: &str) -> Vec<IpAddr> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = host.parse() {
            return vec![address];
        }
        if host.is_empty() {
            return Vec::new();
        }
        let mut found = self.found.borrow_mut();
        found.entry(host.to_owned()).or_insert_with(|| (self.lookup)(host)).clone()
    }

    fn ipv4(&self, host: &str) -> Option<Ipv4Addr> {
        self.addresses(host).into_iter().find_map(v4)
    }
}

fn first(args: &[String]) -> &str {
    args.first().map_or("", String::as_str)
}

fn second(args: &[String]) -> &str {
    args.get(1).map_or("", String::as_str)
}

fn text(address: impl ToString) -> Answer {
    Answer::Text(address.to_string())
}

fn list(addresses: &[IpAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

fn v4(address: IpAddr) -> Option<Ipv4Addr> {
    match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}

fn local_host_or_domain_is(host: &str, full: &str) -> bool {
    host == full || (!host.contains('.') && full.split_once('.').is_some_and(|(name, _)| name == host))
}

fn levels(host: &str) -> u32 {
    u32::try_from(host.matches('.').count()).unwrap_or(u32::MAX)
}

fn is_in_net(world: &World, args: &[String]) -> Option<bool> {
    let network: Ipv4Addr = second(args).parse().ok()?;
    let mask: Ipv4Addr = args.get(2)?.parse().ok()?;
    let address = world.ipv4(first(args))?;
    Some(address.to_bits() & mask.to_bits() == network.to_bits() & mask.to_bits())
}

fn is_in_net_ex(world: &World, host: &str, network: &str) -> bool {
    let Ok(network) = network.parse::<IpNet>() else { return false };
    world.addresses(host).iter().any(|address| network.contains(address))
}

/// IPv6 before IPv4, each in numeric order; empty where one of the list is no address.
fn sorted(addresses: &str) -> String {
    let Ok(mut addresses) =
        addresses.split(';').map(|one| one.trim().parse()).collect::<Result<Vec<IpAddr>, _>>()
    else {
        return String::new();
    };
    addresses.sort_by_key(|address| (address.is_ipv4(), *address));
    list(&addresses)
}

/// The address this machine would send from to the wider network. Nothing is sent: connecting a UDP socket only asks
/// for the route. The addresses asked about are those reserved for documentation (RFC 5737, RFC 3849).
fn own_address(ipv6: bool) -> Option<IpAddr> {
    let (here, there) = if ipv6 { ("[::]:0", "[2001:db8::1]:9") } else { ("0.0.0.0:0", "192.0.2.1:9") };
    let socket = UdpSocket::bind(here).ok()?;
    socket.connect(there).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified()).then_some(address)
}

fn own_addresses() -> Vec<IpAddr> {
    [own_address(true), own_address(false)].into_iter().flatten().collect()
}
