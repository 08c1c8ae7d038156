//! The real proxies that the roads' tests use: each is sound, since `curl` comes through, and shows it in its log.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

use longwire_tests::{
    Certificate, Ended, Platform, Process,
    peers::{self, Login, OUTSIDE, Pac, Peer},
    sandboxed,
};

const LOGIN: Login = Login { user: "ada", password: "lovelace" };
const WRONG: Login = Login { user: "ada", password: "byron" };

/// `curl` to the platform, through a proxy.
fn curl(platform: &Platform, proxy: &str, more: &[&str]) -> Ended {
    let (url, ca) = (format!("{}/nowhere", platform.url()), platform.ca_file());
    Process::start("curl".into())
        .arguments(["-sS", "-w", "%{http_code} %{http_connect}", "-o", "/dev/null", "--proxy", proxy])
        .arguments(["--cacert", ca.to_str().unwrap(), &url])
        .arguments(more.iter().copied())
        .run()
        .end()
}

/// `curl` comes through, the proxy tells of it, and the platform sees the proxy and nobody else.
async fn leads(platform: &Platform, peer: &Peer, proxy: &str, host: &str, more: &[&str]) {
    let before = peer.tunnels(host, platform.port());
    let ended = curl(platform, proxy, more);
    assert!(ended.stdout.starts_with("404"), "{proxy}: {} {}\n{}", ended.stdout, ended.stderr, peer.log());
    peer.led(before + 1, host, platform.port()).await;
    let roads = platform.roads();
    assert!(!roads.is_empty() && roads.iter().all(|road| road.ip() == OUTSIDE), "{roads:?}");
}

#[test]
fn tinyproxy_leads_through_and_knows_who_may() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let open = peers::tinyproxy(None);
        leads(&platform, &open, &open.url("http"), Platform::HOST, &[]).await;
        let closed = peers::tinyproxy(Some(LOGIN));
        leads(&platform, &closed, &closed.url_as("http", LOGIN), Platform::HOST, &[]).await;
        for url in [closed.url("http"), closed.url_as("http", WRONG)] {
            let ended = curl(&platform, &url, &[]);
            assert!(matches!(ended.stdout.as_str(), "000 401" | "000 407"), "{}", ended.stdout);
        }
        assert_eq!(platform.roads().len(), 2);
    });
}

#[test]
fn squid_leads_through_in_the_clear_and_over_tls() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let plain = peers::squid();
        leads(&platform, &plain, &plain.url("http"), Platform::HOST, &[]).await;
        let certificate = Certificate::new("proxy.test");
        let ca = platform.write_private("proxy-ca.pem", &certificate.ca);
        let secure = peers::squid_over_tls(&certificate);
        let url = format!("https://proxy.test:{}", secure.port());
        leads(&platform, &secure, &url, Platform::HOST, &["--proxy-cacert", ca.to_str().unwrap()]).await;
        let untrusting = curl(&platform, &url, &[]);
        assert_eq!(untrusting.code, Some(60), "{}", untrusting.stderr);
    });
}

#[test]
fn microsocks_leads_through_and_knows_who_may() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let open = peers::microsocks(None);
        leads(&platform, &open, &open.url("socks5h"), Platform::HOST, &[]).await;
        leads(&platform, &open, &open.url("socks5"), "127.0.0.1", &[]).await;
        let closed = peers::microsocks(Some(LOGIN));
        leads(&platform, &closed, &closed.url_as("socks5h", LOGIN), Platform::HOST, &[]).await;
        for url in [closed.url("socks5h"), closed.url_as("socks5h", WRONG)] {
            let ended = curl(&platform, &url, &[]);
            assert_eq!(ended.code, Some(97), "{}", ended.stderr);
        }
    });
}

#[test]
fn dante_leads_through_by_socks_4_and_5_and_resolves_names_that_only_it_knows() {
    sandboxed(async |sandbox| {
        let platform = Platform::with(|builder| builder.names(["far.test"])).await;
        let dante = peers::dante(&sandbox, &["far.test"]);
        let far = format!("https://far.test:{}/nowhere", platform.port());
        for (scheme, comes_through) in [("socks5h", true), ("socks5", false), ("socks4", false)] {
            let (proxy, ca) = (dante.url(scheme), platform.ca_file());
            let words = ["-sS", "-o", "/dev/null", "--proxy", &proxy, "--cacert", ca.to_str().unwrap(), &far];
            let ended = Process::start("curl".into()).arguments(words).run().end();
            assert_eq!(ended.code == Some(0), comes_through, "{scheme}: {}\n{}", ended.stderr, dante.log());
        }
        dante.led(1, "127.0.0.1", platform.port()).await;
        for scheme in ["socks5", "socks4"] {
            leads(&platform, &dante, &dante.url(scheme), "127.0.0.1", &[]).await;
        }
        assert!(platform.roads().iter().all(|road| road.ip() == OUTSIDE));
    });
}

#[test]
fn mitmproxy_reads_along_under_a_ca_of_its_own() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let mitm = peers::mitmproxy(&platform.ca_file());
        let untrusting = curl(&platform, &mitm.peer.url("http"), &[]);
        assert_eq!(untrusting.code, Some(60), "{}", untrusting.stderr);
        let ca = mitm.ca_file.to_str().unwrap();
        let trusting = curl(&platform, &mitm.peer.url("http"), &["--cacert", ca]);
        assert!(trusting.stdout.starts_with("404"), "{} {}", trusting.stdout, mitm.peer.log());
        assert!(platform.roads().iter().all(|road| road.ip() == OUTSIDE), "{:?}", platform.roads());
        assert!(mitm.peer.log().contains("/nowhere"), "{}", mitm.peer.log());
    });
}

#[test]
fn a_pac_script_is_served() {
    sandboxed(async |_| {
        let pac = Pac::serve("function FindProxyForURL() { return 'DIRECT'; }").await;
        let ended = Process::start("curl".into()).arguments(["-sS", &pac.url()]).run().end();
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (Some(0), "function FindProxyForURL() { return 'DIRECT'; }")
        );
    });
}
