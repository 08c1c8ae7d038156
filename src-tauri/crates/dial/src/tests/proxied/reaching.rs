//! Proxies that cannot be reached, or do not answer.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::{HOST, Setting, dial, route, server};
use crate::tests::{Ca, SHORT};
use crate::{Cause, Deadlines, Error, ProxyFault, Stage};

async fn fault(setting: &Setting, proxy: &str) -> (ProxyFault, Error) {
    let (road, begun) = setting.dial(&[proxy], HOST).await;
    let error = road.unwrap_err();
    assert_eq!((error.stage, begun), (Stage::Proxy, vec![Stage::Proxy]), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    let Cause::Proxy(fault) = error.cause.clone() else { panic!("{error:?}") };
    (fault, error)
}

#[tokio::test]
async fn a_dead_proxy_is_told_from_a_host_that_is_down() {
    let setting = Setting::new().await;
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for scheme in ["http", "https", "socks4a", "socks5h"] {
        let (fault, error) = fault(&setting, &format!("{scheme}://alice:hunter2@{dead}")).await;
        assert_eq!(fault, ProxyFault::Unreachable(Box::new(Cause::Refused)));
        assert_eq!(error.trace.attempts.len(), 1);
        let said = error.to_string();
        let wanted =
            "https://bot.invalid:8443: proxy failed: the proxy cannot be reached: the connection was refused";
        assert!(said.starts_with(wanted), "{said}");
    }
}

#[tokio::test]
async fn a_proxy_without_an_address_is_named_as_such() {
    let setting = Setting::new().await;
    // Longer than a name may be, so that no name server is asked.
    let (fault, _) = fault(&setting, &format!("http://{}:8080", "x".repeat(64))).await;
    let ProxyFault::Unreachable(cause) = fault else { panic!("{fault:?}") };
    assert!(matches!(*cause, Cause::NoAddress { .. }), "{cause:?}");
}

#[tokio::test]
async fn an_untrusted_https_proxy_gets_no_credentials() {
    let setting = Setting::new().await;
    let (proxy, mut heads) = setting.https_proxy(&Ca::new("Somebody else")).await;
    let (fault, error) = fault(&setting, &format!("https://alice:hunter2@{proxy}")).await;
    let untrusted = Cause::UntrustedIssuer { issuer: "Somebody else".into() };
    assert_eq!(fault, ProxyFault::Tls(Box::new(untrusted)));
    assert_eq!((error.trace.proxy_chain.len(), error.trace.chain.len()), (1, 0));
    assert_eq!((error.trace.proxy_peer, error.trace.issuer), (Some(proxy), None));
    assert!(heads.try_recv().is_err());
}

#[tokio::test]
async fn tls_where_it_is_not_spoken_and_none_where_it_is() {
    let setting = Setting::new().await;
    let plain = server::each(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    })
    .await;
    let (cause, _) = fault(&setting, &format!("https://{plain}")).await;
    assert_eq!(cause, ProxyFault::Tls(Box::new(Cause::NotTls)));
    let (encrypted, _heads) = setting.https_proxy(&setting.ca).await;
    for scheme in ["http", "socks5h"] {
        let (fault, _) = fault(&setting, &format!("{scheme}://{encrypted}")).await;
        // A TLS server answers with an alert, or with nothing at all.
        let alert = |start: &str| start.starts_with(r"\x15\x03");
        assert!(
            matches!(&fault, ProxyFault::OtherProtocol { start } if alert(start)) || fault == ProxyFault::Cut,
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn a_silent_proxy_runs_into_the_deadline_of_the_whole_stage() {
    let setting = Setting::new().await;
    let silent = server::silent().await;
    let deadlines = Deadlines { proxy: SHORT, ..Deadlines::default() };
    let dialer = setting.dialer.clone().with_deadlines(deadlines);
    for (scheme, to) in
        [("http", HOST), ("socks4a", HOST), ("socks5h", HOST), ("socks5", "https://localhost:8443")]
    {
        let (road, _) = dial(&dialer, &route(&[&format!("{scheme}://{silent}")]), to).await;
        assert_eq!(road.unwrap_err().cause, Cause::Proxy(ProxyFault::TimedOut(SHORT)), "{scheme}");
    }
    let (road, _) = dial(&dialer, &route(&[&format!("https://{silent}")]), HOST).await;
    let silent_in_tls = ProxyFault::Tls(Box::new(Cause::TimedOut(SHORT)));
    assert_eq!(road.unwrap_err().cause, Cause::Proxy(silent_in_tls));
    // A step's own deadline holds within the stage's.
    let deadlines = Deadlines { proxy: Duration::from_secs(60), tls: SHORT, ..Deadlines::default() };
    let dialer = setting.dialer.clone().with_deadlines(deadlines);
    let (road, _) = dial(&dialer, &route(&[&format!("https://{silent}")]), HOST).await;
    let silent_in_tls = ProxyFault::Tls(Box::new(Cause::TimedOut(SHORT)));
    assert_eq!(road.unwrap_err().cause, Cause::Proxy(silent_in_tls));
}
