use std::{path::Path, process::Command};

use longwire_host::news::{News, watch_in};

use crate::{
    NOWHERE, assert_one, assert_silent,
    namespace::{in_a_namespace, inside},
    nobody, run,
};

fn ip(arguments: &str) {
    let output = Command::new("ip").args(arguments.split_whitespace()).output().unwrap();
    assert!(output.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn each_change_of_the_network_is_one_piece_of_news() {
    if !inside() {
        in_a_namespace("network::each_change_of_the_network_is_one_piece_of_news");
        return;
    }
    run(async {
        let mut watch = watch_in(Some(NOWHERE.to_owned()), nobody());
        assert_silent(&mut watch, "beginning to listen").await;

        ip("link set lo up");
        assert_one(&mut watch, News::NetworkChanged, "the first interface").await;
        ip("addr add 10.9.0.1/24 dev lo");
        assert_one(&mut watch, News::NetworkChanged, "an address").await;
        ip("addr replace 10.9.0.1/24 dev lo valid_lft 3600 preferred_lft 3600");
        ip("addr replace 10.9.0.1/24 dev lo valid_lft 1800 preferred_lft 1800");
        assert_silent(&mut watch, "another lifetime").await;

        ip("link add inner type veth peer name outer");
        ip("link set inner up");
        ip("neigh add 10.9.0.7 lladdr 02:00:00:00:00:07 dev inner nud permanent");
        ip("link set inner mtu 1400");
        assert_silent(&mut watch, "an interface that leads nowhere, and its neighbours").await;

        // As a lease of DHCP brings it: several messages, one change.
        ip("link set outer up");
        ip("addr add 10.8.0.2/24 dev inner");
        ip("route add default via 10.8.0.1 dev inner");
        assert_one(&mut watch, News::NetworkChanged, "a new network").await;
        ip("route replace default via 10.8.0.9 dev inner");
        assert_one(&mut watch, News::NetworkChanged, "another way out").await;
        ip("route replace default via 10.8.0.9 dev inner");
        assert_silent(&mut watch, "the same way out again").await;

        ip("link set outer down");
        ip("link set outer up");
        assert_one(&mut watch, News::NetworkChanged, "a cable pulled for a moment").await;

        if Path::new("/proc/sys/net/ipv6").is_dir() {
            ip("addr add 2001:db8::5/64 dev inner");
            assert_one(&mut watch, News::NetworkChanged, "an address that nobody else turns out to have")
                .await;
            ip("addr replace 2001:db8::5/64 dev inner valid_lft 3600 preferred_lft 3600");
            assert_silent(&mut watch, "another lifetime").await;
            ip("route add default via fe80::1 dev inner");
            assert_one(&mut watch, News::NetworkChanged, "a router").await;
        }
        ip("addr del 10.8.0.2/24 dev inner");
        assert_one(&mut watch, News::NetworkChanged, "an address that is gone").await;
    });
}

#[test]
fn bridges_for_containers_are_no_news_until_the_way_out_goes_over_one() {
    if !inside() {
        in_a_namespace("network::bridges_for_containers_are_no_news_until_the_way_out_goes_over_one");
        return;
    }
    run(async {
        ip("link set lo up");
        let mut watch = watch_in(Some(NOWHERE.to_owned()), nobody());
        assert_silent(&mut watch, "beginning to listen").await;
        ip("link add docker9 type bridge");
        ip("addr add 172.30.0.1/16 dev docker9");
        ip("link set docker9 up");
        ip("link add port type veth peer name inside");
        ip("link set port master docker9 up");
        ip("link set inside up");
        assert_silent(&mut watch, "a container that starts").await;
        ip("link del port");
        assert_silent(&mut watch, "a container that ends").await;
        ip("link add port type veth peer name inside");
        ip("link set port master docker9 up");
        ip("link set inside up");
        ip("route add default via 172.30.0.2 dev docker9");
        assert_one(&mut watch, News::NetworkChanged, "a way out over the bridge").await;
        ip("link del port");
        assert_one(&mut watch, News::NetworkChanged, "the bridge's last cable").await;
    });
}

#[test]
fn what_happens_before_the_first_look_is_news_too() {
    if !inside() {
        in_a_namespace("network::what_happens_before_the_first_look_is_news_too");
        return;
    }
    run(async {
        let mut watch = watch_in(Some(NOWHERE.to_owned()), nobody());
        // This task has not waited yet, so that no other has run.
        ip("link set lo up");
        assert_one(&mut watch, News::NetworkChanged, "an interface").await;
    });
}
