use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{BasicConstraints, DnType, IsCa, date_time_ymd};
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Ca, Identity, SHORT, dialer, file, leaf_params, origin, server, stranger};
use crate::{Cause, Deadlines, Error, Stage, Stream};

/// What a dialer that trusts `ca` says of a server that shows `identity`.
async fn refusal(ca: &Ca, identity: Identity) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let presented = identity.chain.clone();
    let address = server::echoes(identity).await;
    let dialer = dialer(&[file(folder.path(), "ca.pem", &ca.pem)]);
    let error = dialer.dial(&origin(format!("wss://{address}"))).await.unwrap_err();
    assert_eq!(error.stage, Stage::Tls);
    assert_eq!(error.trace.chain, presented, "the chain is kept although it was refused");
    assert!(error.trace.tcp.is_some() && error.trace.tls.is_none());
    error
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

#[tokio::test]
async fn a_server_whose_ca_is_in_an_extra_file_is_trusted_in_both_versions_of_tls() {
    let (ca, folder) = (Ca::new("Longwire test CA"), tempfile::tempdir().unwrap());
    let dialer = dialer(&[file(folder.path(), "ca.pem", &ca.pem)]);
    for version in [&TLS12, &TLS13] {
        let identity = ca.sign();
        let presented = identity.chain.clone();
        let mut config =
            rustls::ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
                .with_protocol_versions(&[version])
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(identity.chain, identity.key)
                .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let address = server::encrypted(config, |mut stream| async move {
            stream.write_all(b"hello").await.unwrap();
            stream.shutdown().await.unwrap();
        })
        .await;
        let mut road = dialer.dial(&origin(format!("https://{address}"))).await.unwrap();
        let mut said = String::new();
        road.stream.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "hello");
        let Stream::Tls(stream) = &road.stream else { panic!("{:?}", road.stream) };
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        assert_eq!((road.trace.chain, road.trace.issuer.as_deref()), (presented, Some("Longwire test CA")));
        assert_eq!(road.trace.peer, Some(address));
        assert!(road.trace.tls.is_some());
    }
}

#[tokio::test]
async fn an_unknown_ca_is_named() {
    let error = refusal(&Ca::new("Mine"), Ca::new("Charles Proxy CA").sign()).await;
    assert_eq!(error.cause, Cause::UntrustedIssuer { issuer: "Charles Proxy CA".into() });
    assert_eq!(error.trace.issuer.as_deref(), Some("Charles Proxy CA"));
    let said = error.to_string();
    assert!(
        said.ends_with(
            "tls failed: the certificate is signed by \"Charles Proxy CA\", which is not trusted here"
        ),
        "{said}"
    );
}

#[tokio::test]
async fn of_a_longer_chain_the_ca_at_its_end_is_named_and_once_trusted_suffices() {
    let root = Ca::new("Corporation root");
    let middle = root.below("Corporation proxies");
    let error = refusal(&Ca::new("Mine"), middle.sign().with(&middle)).await;
    assert_eq!(error.cause, Cause::UntrustedIssuer { issuer: "Corporation root".into() });
    assert_eq!(error.trace.issuer.as_deref(), Some("Corporation proxies"));

    let folder = tempfile::tempdir().unwrap();
    let address = server::echoes(middle.sign().with(&middle)).await;
    let dialer = dialer(&[file(folder.path(), "ca.pem", &root.pem)]);
    dialer.dial(&origin(format!("https://{address}"))).await.unwrap();
}

#[tokio::test]
async fn another_ca_under_a_trusted_name_is_not_trusted() {
    let error = refusal(&Ca::new("mitmproxy"), Ca::new("mitmproxy").sign()).await;
    assert_eq!(error.cause, Cause::UntrustedIssuer { issuer: "mitmproxy".into() });
}

#[tokio::test]
async fn a_certificate_signed_by_itself_is_told_from_an_unknown_ca() {
    let mut as_ca = leaf_params("127.0.0.1");
    // What `openssl req -x509` makes unless told otherwise.
    as_ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    for params in [leaf_params("127.0.0.1"), as_ca] {
        let error = refusal(&Ca::new("Mine"), Identity::signed_by_itself(params)).await;
        assert_eq!(error.cause, Cause::SelfSigned { subject: "127.0.0.1".into() });
    }
}

#[tokio::test]
async fn an_expired_certificate_says_since_when() {
    let (ca, mut params) = (Ca::new("Mine"), leaf_params("127.0.0.1"));
    (params.not_before, params.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    let error = refusal(&ca, ca.sign_with(params)).await;
    assert_eq!(error.cause, Cause::Expired { not_after: at(1_577_836_800) });
    assert!(error.to_string().ends_with("expired on 2020-01-01 00:00 UTC"), "{error}");
}

#[tokio::test]
async fn a_certificate_of_the_future_says_from_when_it_is_valid() {
    let (ca, mut params) = (Ca::new("Mine"), leaf_params("127.0.0.1"));
    (params.not_before, params.not_after) = (date_time_ymd(2999, 1, 1), date_time_ymd(3000, 1, 1));
    let error = refusal(&ca, ca.sign_with(params)).await;
    assert_eq!(error.cause, Cause::NotYetValid { not_before: at(32_472_144_000) });
}

#[tokio::test]
async fn a_certificate_for_other_hosts_names_them() {
    let ca = Ca::new("Mine");
    let mut params =
        rcgen::CertificateParams::new(["example.test", "10.0.0.1", "::1", "2001:db8::7"].map(str::to_owned))
            .unwrap();
    params.distinguished_name.push(DnType::CommonName, "127.0.0.1");
    let error = refusal(&ca, ca.sign_with(params)).await;
    let names = ["example.test", "10.0.0.1", "::1", "2001:db8::7"].map(str::to_owned).to_vec();
    assert_eq!(error.cause, Cause::WrongHost { names });
    let error = refusal(&ca, ca.sign_with(rcgen::CertificateParams::new(Vec::new()).unwrap())).await;
    assert_eq!(error.cause, Cause::WrongHost { names: vec![] });
}

#[tokio::test]
async fn names_in_a_certificate_cannot_write_into_the_log() {
    let error = refusal(&Ca::new("Mine"), Ca::new("Evil\n\u{1b}[2Jconnected to wss://x").sign()).await;
    assert!(!error.to_string().contains(['\n', '\u{1b}']), "{error:?}");
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_recognised() {
    let (dialer, _folder) = stranger();
    for answer in ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "220 mail ready\r\n"] {
        let address = server::each(move |mut stream| async move {
            stream.write_all(answer.as_bytes()).await.unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
        })
        .await;
        let error = dialer.dial(&origin(format!("wss://{address}"))).await.unwrap_err();
        assert_eq!((error.stage, error.cause), (Stage::Tls, Cause::NotTls), "{answer}");
    }
}

#[tokio::test]
async fn a_connection_cut_in_mid_handshake_is_told() {
    let (dialer, _folder) = stranger();
    // Half of a handshake record: a version, and a length that never comes.
    for answer in [&b""[..], &[0x16, 0x03, 0x03, 0x00]] {
        let address = server::each(move |mut stream| async move {
            stream.read_buf(&mut Vec::new()).await.unwrap();
            stream.write_all(answer).await.unwrap();
        })
        .await;
        let error = dialer.dial(&origin(format!("wss://{address}"))).await.unwrap_err();
        assert_eq!((error.stage, error.cause), (Stage::Tls, Cause::Cut), "{answer:?}");
    }
}

#[tokio::test]
async fn an_alert_is_passed_on_by_its_name() {
    let (dialer, _folder) = stranger();
    let mut config = server::config(Ca::new("Mine").sign());
    config.alpn_protocols = vec![b"h2".to_vec()];
    let address = server::encrypted(config, |_| async {}).await;
    let error = dialer.dial(&origin(format!("https://{address}"))).await.unwrap_err();
    assert_eq!(error.cause, Cause::Alert("NoApplicationProtocol".into()));
}

#[tokio::test]
async fn a_server_silent_in_the_handshake_runs_into_the_deadline() {
    let (dialer, _folder) = stranger();
    let address = server::silent().await;
    let error = dialer
        .with_deadlines(Deadlines { tls: SHORT, ..Deadlines::default() })
        .dial(&origin(format!("https://{address}")))
        .await
        .unwrap_err();
    assert_eq!((error.stage, error.cause), (Stage::Tls, Cause::TimedOut(SHORT)));
    assert_eq!(error.trace.peer, Some(address));
}
