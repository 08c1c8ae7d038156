use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tempfile::tempdir;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};

use super::{Ca, Identity, ca_params, dialer, file, leaf_params, origin, server};
use crate::clock::{NoTime, Skew, probe};
use crate::judge::judge;
use crate::route::{Environment, Router};
use crate::{Cause, CertificateDer, Dialer, Error, Origin, Stage};

/// A leaf for this machine, valid for the given year.
fn in_year(year: i32) -> CertificateParams {
    let mut params = leaf_params("127.0.0.1");
    (params.not_before, params.not_after) = (date_time_ymd(year, 1, 1), date_time_ymd(year + 1, 1, 1));
    params
}

/// Sees the refusal by our clock first, as every caller does, then asks a server that trusts `ca` alone, and answers
/// with `head`, for its time. Also says how many requests reached it.
async fn asked(ca: &Ca, config: ServerConfig, head: &'static str) -> (Error, Result<Skew, NoTime>, usize) {
    let folder = tempdir().unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let address = server::encrypted(config, move |mut stream| {
        let counted = Arc::clone(&counted);
        async move {
            if !server::request(&mut stream).await.is_empty() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    })
    .await;
    let dialer = dialer(&[file(folder.path(), "ca.pem", &ca.pem)]);
    let origin = origin(format!("https://{address}"));
    let refused = dialer.dial(&origin).await.unwrap_err();
    let told = probe(&dialer, &origin, &refused.trace.chain).await;
    if let Ok(skew) = told {
        let verdict = judge(dialer.roots(), &refused.trace.chain, &origin.host(), skew.server).await.unwrap();
        assert_eq!(verdict.time, Ok(()), "at the server's time its own certificate is valid");
    }
    assert_eq!(dialer.dial(&origin).await.unwrap_err().cause, refused.cause, "nothing is trusted afterwards");
    (refused, told, requests.load(Ordering::SeqCst))
}

/// The stage and cause of a probe that was refused, having sent nothing.
async fn refusal(ca: &Ca, config: ServerConfig) -> Cause {
    let (_, told, requests) =
        asked(ca, config, "HTTP/1.1 200 OK\r\nDate: Wed, 15 Jun 2050 12:00:00 GMT\r\n\r\n").await;
    assert_eq!(requests, 0, "nothing is sent to somebody who is not verified");
    match told {
        Err(NoTime::Road(error)) => {
            assert_eq!(error.stage, Stage::Tls);
            error.cause
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_of_the_future_shows_that_our_clock_is_behind() {
    let ca = Ca::new("Mine");
    let config = server::config(ca.sign_with(in_year(2050)));
    let head = "HTTP/1.1 404 Not Found\r\nDate: Wed, 15 Jun 2050 12:00:00 GMT\r\nContent-Length: 9\r\n\r\n";
    let (refused, told, requests) = asked(&ca, config, head).await;
    assert!(matches!(refused.cause, Cause::NotYetValid { .. }), "{refused}");
    let skew = told.unwrap();
    assert_eq!(skew.server, UNIX_EPOCH + Duration::from_secs(2_538_907_200));
    assert!(skew.seconds() > 0 && skew.ours <= SystemTime::now());
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn a_server_of_the_past_shows_that_our_clock_is_ahead() {
    let ca = Ca::new("Mine");
    let config = server::config(ca.sign_with(in_year(2021)));
    let head = "HTTP/1.1 200 OK\r\nDate: Tue, 15 Jun 2021 12:00:00 GMT\r\nContent-Length: 5\r\n\r\n";
    let (refused, told, _) = asked(&ca, config, head).await;
    assert!(matches!(refused.cause, Cause::Expired { .. }), "{refused}");
    assert!(told.unwrap().seconds() < -86_400 * 365);
}

#[tokio::test]
async fn a_server_without_a_date_leaves_the_finding_as_it_was() {
    let ca = Ca::new("Mine");
    let config = server::config(ca.sign_with(in_year(2021)));
    let (_, told, _) = asked(&ca, config, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(told, Err(NoTime::NoDate));
    let config = server::config(ca.sign_with(in_year(2021)));
    let (_, told, _) = asked(&ca, config, "not HTTP\r\n\r\n").await;
    assert!(matches!(told, Err(NoTime::Road(error)) if error.stage == Stage::Http));
}

#[tokio::test]
async fn all_that_is_sent_is_a_bare_request() {
    let (ca, folder) = (Ca::new("Mine"), tempdir().unwrap());
    let (arrived, mut requests) = mpsc::unbounded_channel();
    let address = server::encrypted(server::config(ca.sign_with(in_year(2050))), move |mut stream| {
        let arrived = arrived.clone();
        async move {
            arrived.send(server::request(&mut stream).await).unwrap();
        }
    })
    .await;
    let dialer = dialer(&[file(folder.path(), "ca.pem", &ca.pem)]);
    let origin = origin(format!("wss://{address}/ws?access_key=s3cret&ticket=s3cret"));
    let refused = dialer.dial(&origin).await.unwrap_err();
    probe(&dialer, &origin, &refused.trace.chain).await.unwrap_err();
    let request = requests.recv().await.unwrap();
    assert_eq!(request, format!("HEAD / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"));
}

#[tokio::test]
async fn an_unknown_issuer_is_refused_at_any_time() {
    let config = server::config(Ca::new("Theirs").sign_with(in_year(2050)));
    assert_eq!(refusal(&Ca::new("Mine"), config).await, Cause::UntrustedIssuer { issuer: "Theirs".into() });
    let config = server::config(Identity::signed_by_itself(in_year(2050)));
    assert!(matches!(refusal(&Ca::new("Mine"), config).await, Cause::SelfSigned { .. }));
}

#[tokio::test]
async fn a_wrong_host_is_refused_at_any_time() {
    let ca = Ca::new("Mine");
    let mut params = CertificateParams::new(["portal.example".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(2050, 1, 1), date_time_ymd(2051, 1, 1));
    let cause = refusal(&ca, server::config(ca.sign_with(params))).await;
    assert_eq!(cause, Cause::WrongHost { names: vec!["portal.example".into()] });
}

#[tokio::test]
async fn a_bad_signature_on_the_certificate_is_refused_at_any_time() {
    let config = server::config(Ca::new("Mine").sign_with(in_year(2050)));
    assert_eq!(refusal(&Ca::new("Mine"), config).await, Cause::UntrustedIssuer { issuer: "Mine".into() });
}

/// Shows a certificate without having its key.
#[derive(Debug)]
struct Thief(Arc<CertifiedKey>);

impl ResolvesServerCert for Thief {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

#[tokio::test]
async fn who_shows_a_certificate_without_its_key_is_refused_at_any_time() {
    let ca = Ca::new("Mine");
    let chain = ca.sign_with(in_year(2050)).chain;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let another = PrivateKeyDer::from(KeyPair::generate().unwrap());
        let key = ring::sign::any_supported_type(&another).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Thief(Arc::new(CertifiedKey::new(chain.clone(), key)))));
        let cause = refusal(&ca, config).await;
        assert_eq!(cause, Cause::UntrustedIssuer { issuer: "Mine".into() }, "{version:?}");
    }
}

#[tokio::test]
async fn a_ca_that_was_not_valid_when_the_certificate_was_is_not_excused() {
    let root = Ca::new("Root");
    let mut params = ca_params("Old middle");
    (params.not_before, params.not_after) = (date_time_ymd(2015, 1, 1), date_time_ymd(2016, 1, 1));
    let middle = root.below_with(params);
    let config = server::config(middle.sign_with(in_year(2050)).with(&middle));
    assert!(matches!(refusal(&root, config).await, Cause::Expired { .. }));
}

/// Opens a tunnel to this address, whatever it is asked for, and says what it was asked.
async fn tunnel(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    to: SocketAddr,
    asked: mpsc::UnboundedSender<String>,
) {
    asked.send(server::request(&mut stream).await).unwrap();
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    let mut server = TcpStream::connect(to).await.unwrap();
    let _ = copy_bidirectional(&mut stream, &mut server).await;
}

/// A server of the year 2050 that only a proxy can find, its chain, and a dialer that trusts `ca` and goes through it.
async fn behind(ca: &Ca, proxy: &str, folder: &Path) -> (SocketAddr, Identity, Origin, Dialer) {
    let mut params = leaf_params("platform.test");
    (params.not_before, params.not_after) = (date_time_ymd(2050, 1, 1), date_time_ymd(2051, 1, 1));
    let identity = ca.sign_with(params);
    let shown = Identity { chain: identity.chain.clone(), key: identity.key.clone_key() };
    let address = server::encrypted(server::config(identity), |mut stream| async move {
        server::request(&mut stream).await;
        let answer = "HTTP/1.1 200 OK\r\nDate: Wed, 15 Jun 2050 12:00:00 GMT\r\n\r\n";
        stream.write_all(answer.as_bytes()).await.unwrap();
        let _ = stream.shutdown().await;
    })
    .await;
    let (_, system) = watch::channel(Arc::default());
    let router = Router::new(proxy.parse().unwrap(), Environment::default(), system);
    let dialer = dialer(&[file(folder, "ca.pem", &ca.pem)]).with_router(Arc::new(router));
    (address, shown, origin("https://platform.test"), dialer)
}

#[tokio::test]
async fn the_question_takes_the_same_road_through_a_proxy() {
    let (ca, folder) = (Ca::new("Mine"), tempdir().unwrap());
    let (asked, mut questions) = mpsc::unbounded_channel();
    let (target, place) = watch::channel(None::<SocketAddr>);
    let proxy = server::each(move |stream| tunnel(stream, place.borrow().unwrap(), asked.clone())).await;
    let (address, _, origin, dialer) = behind(&ca, &format!("http://{proxy}"), folder.path()).await;
    target.send(Some(address)).unwrap();

    let refused = dialer.dial(&origin).await.unwrap_err();
    assert!(matches!(refused.cause, Cause::NotYetValid { .. }), "{refused}");
    assert!(probe(&dialer, &origin, &refused.trace.chain).await.unwrap().seconds() > 0);
    for _ in 0..2 {
        assert!(questions.recv().await.unwrap().starts_with("CONNECT platform.test:443 HTTP/1.1\r\n"));
    }
}

#[tokio::test]
async fn a_proxy_on_the_way_is_judged_now_and_gets_no_credentials_else() {
    let (ca, folder) = (Ca::new("Mine"), tempdir().unwrap());
    let (asked, mut questions) = mpsc::unbounded_channel();
    let (target, place) = watch::channel(None::<SocketAddr>);
    let of_its_time = server::config(ca.sign_with(in_year(2050)));
    let serve = move |stream| tunnel(stream, place.borrow().unwrap(), asked.clone());
    let proxy = server::encrypted(of_its_time, serve).await;
    let (address, shown, origin, dialer) =
        behind(&ca, &format!("https://user:s3cret@{proxy}"), folder.path()).await;
    target.send(Some(address)).unwrap();

    match probe(&dialer, &origin, &shown.chain).await {
        Err(NoTime::Road(error)) => {
            assert_eq!(error.stage, Stage::Proxy, "{error}");
            assert!(error.to_string().contains("is not valid before 2050-01-01"), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert!(questions.try_recv().is_err(), "it heard nothing");
}

#[tokio::test]
async fn without_a_chain_nobody_is_asked() {
    let dialer = dialer(&[]);
    let nowhere = origin("https://127.0.0.1:9");
    for chain in [vec![], vec![CertificateDer::from(vec![0x30, 0x00])]] {
        assert_eq!(probe(&dialer, &nowhere, &chain).await, Err(NoTime::Unreadable));
    }
}
