//! A hundred connections through each kind of proxy, made and ended, leave no task, socket or descriptor behind.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use longwire_dial::{
    Deadlines, Dialer, Error, Origin, RootSource, Roots,
    http::{self, Limits},
    route::{Choice, Environment, Router},
};
use longwire_tests::{
    Certificate, Platform,
    peers::{self, Login, Pac},
    sandboxed,
};
use tokio::{runtime::Handle, sync::watch, time};

const LOGIN: Login = Login { user: "ada", password: "lovelace" };
const ROADS: usize = 100;
/// How many of them are built at the same time.
const TOGETHER: usize = 10;
/// How long what ends on its own may take to end: far longer than it does.
const PATIENCE: Duration = Duration::from_secs(20);

/// A dialer as `--proxy` and `--ca-file` make one.
fn dialer(proxy: &str, ca_files: impl Into<Vec<std::path::PathBuf>>) -> Dialer {
    let choice: Choice = proxy.parse().unwrap();
    let router = Router::new(choice, Environment::default(), watch::Sender::default().subscribe());
    let roots = Arc::new(Roots::new(RootSource::System, ca_files.into()));
    Dialer::new(roots).with_router(Arc::new(router))
}

/// One road, one request over it, and its end.
async fn walk(dialer: &Dialer, platform: &Platform) -> Result<u16, Error> {
    let origin = Origin::parse(&platform.url()).unwrap();
    let request = ::http::Request::head("/nowhere").body(Default::default()).unwrap();
    let answer = http::send(dialer, &origin, request, Limits::default(), &mut |_| {}).await;
    answer.map(|(response, _)| response.status.as_u16())
}

/// What may leak: open descriptors, and tasks of the runtime.
fn held() -> (usize, usize) {
    let descriptors = fs::read_dir("/proc/self/fd").unwrap().count();
    (descriptors, Handle::current().metrics().num_alive_tasks())
}

/// Waits until no more is held than `before`.
async fn let_go(before: (usize, usize), what: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let now = held();
        if now.0 <= before.0 && now.1 <= before.1 {
            return;
        }
        assert!(Instant::now() < deadline, "{what}: (descriptors, tasks) were {before:?}, and are {now:?}");
        time::sleep(Duration::from_millis(20)).await;
    }
}

/// Walks a hundred times and holds to it that nothing stays; each time must come to `expected`.
async fn leaves_nothing(what: &str, dialer: &Dialer, platform: &Platform, expected: Option<u16>) {
    let rounds = async |roads: usize| {
        for _ in 0..roads / TOGETHER {
            let walks = (0..TOGETHER).map(|_| walk(dialer, platform));
            for walked in futures_util::future::join_all(walks).await {
                assert_eq!(walked.as_ref().ok().copied(), expected, "{what}: {walked:?}");
            }
        }
    };
    // What is loaded once and kept, such as the roots, is no leak.
    rounds(TOGETHER).await;
    let settled = settled().await;
    rounds(ROADS).await;
    let_go(settled, what).await;
}

/// What is held once the ends of what came before have been seen.
async fn settled() -> (usize, usize) {
    let (mut last, mut same) = (held(), 0);
    while same < 10 {
        time::sleep(Duration::from_millis(20)).await;
        let now = held();
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    last
}

#[test]
fn a_hundred_roads_through_each_kind_of_proxy_leave_nothing_behind() {
    sandboxed(async |sandbox| {
        let platform = Platform::start().await;
        let certificate = Certificate::new("proxy.test");
        let proxy_ca = platform.write_private("proxy-ca.pem", &certificate.ca);
        let (tinyproxy, closed) = (peers::tinyproxy(None), peers::tinyproxy(Some(LOGIN)));
        let (squid, secure) = (peers::squid(), peers::squid_over_tls(&certificate));
        let (microsocks, asking) = (peers::microsocks(None), peers::microsocks(Some(LOGIN)));
        let dante = peers::dante(&sandbox, &[Platform::HOST]);
        let script =
            format!("function FindProxyForURL() {{ return 'PROXY 127.0.0.1:{}'; }}", tinyproxy.port());
        let pac = Pac::serve(&script).await;
        let ca_files = [platform.ca_file(), proxy_ca];
        for proxy in [
            "direct".to_owned(),
            tinyproxy.url("http"),
            closed.url_as("http", LOGIN),
            squid.url("http"),
            format!("https://proxy.test:{}", secure.port()),
            microsocks.url("socks5"),
            microsocks.url("socks5h"),
            asking.url_as("socks5h", LOGIN),
            dante.url("socks4"),
            dante.url("socks5h"),
            format!("pac+{}", pac.url()),
        ] {
            let dialer = dialer(&proxy, ca_files.clone());
            leaves_nothing(&proxy, &dialer, &platform, Some(404)).await;
        }
    });
}

#[test]
fn a_hundred_roads_that_fail_leave_nothing_behind() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let (closed, asking) = (peers::tinyproxy(Some(LOGIN)), peers::microsocks(Some(LOGIN)));
        let refusing = peers::tinyproxy_to_port(1);
        let open = peers::tinyproxy(None);
        for (proxy, ca_files) in [
            ("http://127.0.0.1:1".to_owned(), vec![platform.ca_file()]),
            (closed.url("http"), vec![platform.ca_file()]),
            (asking.url("socks5h"), vec![platform.ca_file()]),
            (refusing.url("http"), vec![platform.ca_file()]),
            // A SOCKS proxy taken for HTTP, and a certificate that nobody vouches for.
            (asking.url("http"), vec![platform.ca_file()]),
            (open.url("http"), vec![]),
        ] {
            leaves_nothing(&proxy, &dialer(&proxy, ca_files), &platform, None).await;
        }
        // An HTTP proxy taken for SOCKS waits for a line that never comes.
        let deadlines = Deadlines { proxy: Duration::from_millis(100), ..Deadlines::default() };
        let dialer = dialer(&open.url("socks5"), [platform.ca_file()]).with_deadlines(deadlines);
        leaves_nothing("out of time", &dialer, &platform, None).await;
    });
}
