//! `longwire run` through every kind of proxy: the endpoint's POST and the WebSocket take the same road, found in the
//! proxy's own log.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use longwire_openplatform::{EventKind, EventSpec};
use longwire_tests::{
    Certificate, Platform, Process,
    peers::{self, Login, OUTSIDE, Pac, Peer},
    sandboxed,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpSocket},
};

const LOGIN: Login = Login { user: "ada", password: "lovelace-of-london" };
const WRONG: Login = Login { user: "ada", password: "byron-of-london" };

/// Holds to it that a run is connected, takes an event, and came all of its ways from there.
async fn connected_from(platform: &Platform, run: Process, host: &str, from: impl Into<IpAddr>) {
    run.stderr_line(&format!("connected to wss://{host}:{}", platform.port()));
    platform.simulator.send(EventSpec::new(EventKind::MessageText).text("along the road")).unwrap();
    run.stdout_line("along the road");
    run.signal("INT");
    let ended = run.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let visits = platform.simulator.visits();
    let from = from.into();
    assert!(visits.iter().all(|visit| visit.peer.ip() == from), "{visits:?}");
    for path in ["/callback/ws/endpoint", "/ws/v2"] {
        assert!(visits.iter().any(|visit| visit.path == path), "no {path}: {visits:?}");
    }
    for secret in [Platform::SECRET, LOGIN.password, "access_key", "ticket="] {
        assert!(!ended.stderr.contains(secret), "{secret}: {}", ended.stderr);
    }
}

/// The same through a proxy, whose log tells of each connection; it knows the platform by `name`.
async fn connected_through(platform: &Platform, run: Process, peer: &Peer, name: &str) {
    connected_from(platform, run, Platform::HOST, OUTSIDE).await;
    let roads = platform.roads().len();
    assert!(roads >= 2, "the POST and the WebSocket");
    peer.led(roads, name, platform.port()).await;
}

/// Holds to it that a run finds what it tells in these words, is not connected, and ends with the code of a blocked road.
fn blocked(platform: &Platform, mut run: Process, words: &str) {
    run.stderr_line(words);
    if run.is_running() {
        run.signal("INT");
    }
    let ended = run.end();
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    assert_eq!(platform.simulator.visits(), [], "nobody came");
    for login in [LOGIN, WRONG] {
        assert!(!ended.stderr.contains(login.password), "{}", ended.stderr);
    }
}

#[test]
fn tinyproxy() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::tinyproxy(None);
        let run = platform.run().arguments(["--proxy", &proxy.url("http")]).run();
        connected_through(&platform, run, &proxy, Platform::HOST).await;
    });
}

#[test]
fn tinyproxy_that_knows_who_may() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::tinyproxy(Some(LOGIN));
        let run = platform.run().variable("HTTPS_PROXY", proxy.url_as("http", WRONG)).run();
        blocked(&platform, run, "does not accept the password");
        let run = platform.run().variable("HTTPS_PROXY", proxy.url("http")).run();
        blocked(&platform, run, "wants a password");
        // Another one, whose log tells of nobody it turned away.
        let proxy = peers::tinyproxy(Some(LOGIN));
        let run = platform.run().variable("HTTPS_PROXY", proxy.url_as("http", LOGIN)).run();
        connected_through(&platform, run, &proxy, Platform::HOST).await;
    });
}

#[test]
fn a_password_in_the_variable_of_our_own() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::tinyproxy(Some(LOGIN));
        let run = platform.run().variable("LONGWIRE_PROXY", proxy.url_as("http", LOGIN)).run();
        connected_through(&platform, run, &proxy, Platform::HOST).await;
    });
}

#[test]
fn a_password_on_the_command_line_is_refused() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let ended =
            platform.run().arguments(["--proxy", "http://ada:lovelace-of-london@127.0.0.1:1"]).run().end();
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        assert!(ended.stderr.contains("LONGWIRE_PROXY") && !ended.stderr.contains(LOGIN.password));
    });
}

#[test]
fn squid() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::squid();
        let run = platform.run().variable("https_proxy", proxy.url("http")).run();
        connected_through(&platform, run, &proxy, Platform::HOST).await;
    });
}

#[test]
fn squid_over_tls() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let certificate = Certificate::new("proxy.test");
        let ca = platform.write_private("proxy-ca.pem", &certificate.ca);
        let proxy = peers::squid_over_tls(&certificate);
        let url = format!("https://proxy.test:{}", proxy.port());
        let run = platform.run().arguments(["--proxy", &url]).run();
        blocked(&platform, run, "is itself reached over TLS");
        let run = platform.run().arguments(["--proxy", &url, "--ca-file", ca.to_str().unwrap()]).run();
        connected_through(&platform, run, &proxy, Platform::HOST).await;
    });
}

#[test]
fn microsocks_asked_by_name() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::microsocks(None);
        let run = platform.run().variable("ALL_PROXY", proxy.url("socks5h")).run();
        connected_through(&platform, run, &proxy, Platform::HOST).await;
    });
}

#[test]
fn microsocks_asked_by_address() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::microsocks(None);
        let run = platform.run().arguments(["--proxy", &proxy.url("socks5")]).run();
        connected_through(&platform, run, &proxy, "127.0.0.1").await;
    });
}

#[test]
fn microsocks_that_knows_who_may() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::microsocks(Some(LOGIN));
        let run = platform.run().variable("ALL_PROXY", proxy.url_as("socks5h", WRONG)).run();
        blocked(&platform, run, "does not accept the password");
        let run = platform.run().variable("ALL_PROXY", proxy.url("socks5h")).run();
        blocked(&platform, run, "wants a password");
        let run = platform.run().variable("ALL_PROXY", proxy.url_as("socks5h", LOGIN)).run();
        connected_through(&platform, run, &proxy, Platform::HOST).await;
    });
}

#[test]
fn dante_that_alone_knows_the_name() {
    sandboxed(async |sandbox| {
        let platform = Platform::with(|builder| builder.names(["far.test"])).await;
        let proxy = peers::dante(&sandbox, &["far.test"]);
        let far = format!("https://far.test:{}", platform.port());
        let run = platform.run_to(&far).arguments(["--proxy", &proxy.url("socks5h")]).run();
        connected_from(&platform, run, "far.test", OUTSIDE).await;
        proxy.led(platform.roads().len(), "127.0.0.1", platform.port()).await;
        let visits = platform.simulator.visits();
        assert!(visits.iter().all(|visit| visit.host.starts_with("far.test")), "{visits:?}");
    });
}

#[test]
fn dante_by_socks_4() {
    sandboxed(async |sandbox| {
        let platform = Platform::start().await;
        let proxy = peers::dante(&sandbox, &[]);
        let run = platform.run().arguments(["--proxy", &proxy.url("socks4")]).run();
        connected_through(&platform, run, &proxy, "127.0.0.1").await;
    });
}

#[test]
fn mitmproxy_whose_ca_is_first_unknown_and_then_given() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let mitm = peers::mitmproxy(&platform.ca_file());
        let run = platform.run().arguments(["--proxy", &mitm.peer.url("http")]).run();
        blocked(&platform, run, "Certificate of platform.test not trusted");
        let before = mitm.peer.tunnels(Platform::HOST, platform.port());
        let ca = mitm.ca_file.to_str().unwrap();
        let run = platform.run().arguments(["--proxy", &mitm.peer.url("http"), "--ca-file", ca]).run();
        connected_from(&platform, run, Platform::HOST, OUTSIDE).await;
        let log = mitm.peer.log();
        assert!(log.contains("/callback/ws/endpoint") && log.contains("/ws/v2"), "{log}");
        mitm.peer.led(before + platform.roads().len(), Platform::HOST, platform.port()).await;
    });
}

#[test]
fn a_pac_script_that_picks_by_host() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::tinyproxy(None);
        let script = format!(
            "function FindProxyForURL(url, host) {{
                if (dnsDomainIs(host, 'platform.test')) return 'PROXY 127.0.0.1:{}';
                return 'DIRECT';
            }}",
            proxy.port()
        );
        let pac = format!("pac+{}", Pac::serve(&script).await.url());
        let run = platform.run().arguments(["--proxy", &pac]).run();
        connected_through(&platform, run, &proxy, Platform::HOST).await;

        let platform = Platform::start().await;
        let other = format!("https://other.test:{}", platform.port());
        let run = platform.run_to(&other).arguments(["--proxy", &pac]).run();
        connected_from(&platform, run, "other.test", Ipv4Addr::LOCALHOST).await;
        assert_eq!(proxy.tunnels("other.test", platform.port()), 0);
    });
}

/// An HTTP proxy that leads to this port of this machine once, and is gone as soon as it is asked to.
async fn brief_proxy(port: u16) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        drop(listener);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.unwrap());
        }
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((OUTSIDE, 0).into()).unwrap();
        let mut platform = socket.connect((Ipv4Addr::LOCALHOST, port).into()).await.unwrap();
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
        copy_bidirectional(&mut client, &mut platform).await.ok();
    });
    address
}

#[test]
fn a_proxy_that_dies_after_the_endpoint_and_the_websocket_that_does_not_go_past_it() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let proxy = brief_proxy(platform.port()).await;
        let pac =
            Pac::serve(&format!("function FindProxyForURL() {{ return 'PROXY {proxy}; DIRECT' }}")).await;
        let run = platform.run().arguments(["--proxy", &format!("pac+{}", pac.url())]).run();
        run.stderr_line(&format!("Nothing answers at http://{proxy}"));
        // The next try finds nobody there from the start, and goes straight as a whole.
        run.stderr_line(&format!("connected to wss://{}:{}", Platform::HOST, platform.port()));
        // The log is written before the command itself has seen that it is connected; this line it writes itself.
        run.stderr_line("The console can be saved now");
        run.signal("INT");
        let ended = run.end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let visits = platform.simulator.visits();
        let seen: Vec<_> = visits.iter().map(|visit| (visit.path.as_str(), visit.peer.ip())).collect();
        let (outside, straight) = (IpAddr::from(OUTSIDE), IpAddr::from(Ipv4Addr::LOCALHOST));
        let endpoint = "/callback/ws/endpoint";
        assert_eq!(seen[..3], [(endpoint, outside), (endpoint, straight), ("/ws/v2", straight)], "{seen:?}");
    });
}

#[test]
fn a_pac_script_that_never_ends() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let pac = Pac::serve("function FindProxyForURL() { while (true) {} }").await;
        let run = platform.run().arguments(["--proxy", &format!("pac+{}", pac.url())]).run();
        blocked(&platform, run, "The PAC script http://pac.test");
    });
}

#[test]
fn straight_where_the_environment_makes_an_exception_or_the_user_says_so() {
    sandboxed(async |_| {
        let proxy = peers::tinyproxy(None);
        let platform = Platform::start().await;
        let run = platform.run().variable("HTTPS_PROXY", proxy.url("http")).variable("NO_PROXY", ".test");
        connected_from(&platform, run.run(), Platform::HOST, Ipv4Addr::LOCALHOST).await;

        let platform = Platform::start().await;
        let run = platform.run().variable("HTTPS_PROXY", proxy.url("http")).arguments(["--proxy", "direct"]);
        connected_from(&platform, run.run(), Platform::HOST, Ipv4Addr::LOCALHOST).await;
        assert_eq!(proxy.tunnels(Platform::HOST, platform.port()), 0);
    });
}

#[test]
fn a_desktops_settings_are_taken_and_followed() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::tinyproxy(None);
        let home = tempfile::tempdir().unwrap();
        let set = |port: u16| {
            let settings = format!("[Proxy Settings]\nProxyType=1\nhttpsProxy=http://127.0.0.1 {port}\n");
            let new = home.path().join("new");
            std::fs::write(&new, settings).unwrap();
            std::fs::rename(&new, home.path().join("kioslaverc")).unwrap();
        };
        set(1);
        let run = platform.run().variable("XDG_CURRENT_DESKTOP", "KDE");
        let run = run.variable("XDG_CONFIG_HOME", home.path()).variable("HOME", home.path()).run();
        run.stderr_line("Nothing answers at http://127.0.0.1:1, the proxy named by KDE");
        set(proxy.port());
        run.stderr_line("the system's proxy settings changed");
        connected_through(&platform, run, &proxy, Platform::HOST).await;
    });
}
