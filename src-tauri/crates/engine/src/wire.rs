//! The wire: the hops of the road to the platform, as a try of the link finds them.

use longwire_contract::{Domain, Hop, HopKind, Mark, milliseconds};
use longwire_link::{SessionInfo, Stage, Steps};

/// The hops of a road; the one at which the steps are gets `mark`, those before it have passed.
pub(crate) fn hops(steps: &Steps, mark: Mark, domain: &Domain, session: Option<&SessionInfo>) -> Vec<Hop> {
    let proxied = steps.road.route.as_ref().is_some_and(|route| route.proxy.is_some());
    // Before the way is known, the step under way tells.
    let between = if proxied || steps.at == Stage::Proxy { HopKind::Proxy } else { HopKind::Network };
    let encrypted = domain.url().starts_with("https://");
    let mut kinds = vec![HopKind::Computer, between];
    kinds.extend(encrypted.then_some(HopKind::Tls));
    kinds.extend([HopKind::Platform, HopKind::Connection]);
    let at = match steps.at {
        // The second road, to the WebSocket's host, is the last hop's own matter.
        Stage::Upgrade | Stage::Session => HopKind::Connection,
        Stage::Dns | Stage::Tcp | Stage::Proxy | Stage::Tls if steps.endpoint.is_some() => {
            HopKind::Connection
        }
        Stage::Dns => HopKind::Computer,
        Stage::Tcp | Stage::Proxy => between,
        Stage::Tls => HopKind::Tls,
        Stage::Http | Stage::Endpoint => HopKind::Platform,
    };
    let place = kinds.iter().position(|kind| *kind == at).unwrap_or_default();
    let hop = |(index, kind): (usize, HopKind)| {
        let mark = match index.cmp(&place) {
            std::cmp::Ordering::Less => Mark::Ok,
            std::cmp::Ordering::Equal => mark,
            std::cmp::Ordering::Greater => Mark::Off,
        };
        let road = &steps.road;
        let (time, note) = match kind {
            HopKind::Computer => (road.dns, None),
            HopKind::Network => (road.tcp, road.peer.map(|peer| peer.ip().to_string())),
            HopKind::Proxy => {
                (road.proxy, road.route.as_ref().and_then(|route| Some(route.proxy.as_ref()?.to_string())))
            }
            HopKind::Tls => (road.tls, road.issuer.clone()),
            HopKind::Platform => (steps.endpoint, Some(host(domain.url()).to_owned())),
            HopKind::Connection => {
                let time = steps.upgrade.map(|upgrade| upgrade + steps.pong.unwrap_or_default());
                (time, session.map(|session| host(&session.host).to_owned()))
            }
        };
        Hop { kind, mark, ms: time.map(milliseconds), note }
    };
    kinds.into_iter().enumerate().map(hop).collect()
}

fn host(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use longwire_dial::{Protocol, Proxy, ProxyPlace, Taken, Trace, route::Route};

    use super::*;

    fn marks(steps: &Steps, mark: Mark, domain: &Domain) -> Vec<Mark> {
        hops(steps, mark, domain, None).into_iter().map(|hop| hop.mark).collect()
    }

    #[test]
    fn the_wire_holds_up_to_the_hop_that_fails() {
        let at = |at, endpoint| Steps { at, endpoint, ..Steps::default() };
        let passed = Some(Duration::from_millis(3));
        let (ok, bad, off) = (Mark::Ok, Mark::Bad, Mark::Off);
        let feishu = Domain::Feishu;
        assert_eq!(marks(&at(Stage::Dns, None), bad, &feishu), [bad, off, off, off, off]);
        assert_eq!(marks(&at(Stage::Tls, None), bad, &feishu), [ok, ok, bad, off, off]);
        assert_eq!(marks(&at(Stage::Endpoint, None), bad, &feishu), [ok, ok, ok, bad, off]);
        assert_eq!(marks(&at(Stage::Tcp, passed), bad, &feishu), [ok, ok, ok, ok, bad], "on the second road");
        assert_eq!(marks(&at(Stage::Session, passed), ok, &feishu), [ok; 5]);
        let plain = Domain::Custom("http://127.0.0.1:1".into());
        assert_eq!(marks(&at(Stage::Session, passed), ok, &plain), [ok; 4], "no TLS on a plain road");
    }

    #[test]
    fn a_proxy_takes_the_place_of_the_network() {
        let place = ProxyPlace::of(&Proxy::new(Protocol::Socks5h, "127.0.0.1", 1080));
        let route = Taken { proxy: Some(place), why: Route::direct().why };
        let passed = Some(Duration::from_millis(3));
        let road = Trace { route: Some(route), proxy: passed, ..Trace::default() };
        let steps = Steps { at: Stage::Tls, road, ..Steps::default() };
        let wire = hops(&steps, Mark::Bad, &Domain::Feishu, None);
        assert_eq!(wire[1].kind, HopKind::Proxy);
        assert_eq!((wire[1].mark, wire[1].ms), (Mark::Ok, Some(3.0)));
        assert_eq!(wire[1].note.as_deref(), Some("socks5h://127.0.0.1:1080"));
        let reaching = Steps { at: Stage::Proxy, ..Steps::default() };
        assert_eq!(hops(&reaching, Mark::Busy, &Domain::Feishu, None)[1].kind, HopKind::Proxy);
    }
}
