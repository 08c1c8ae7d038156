use std::{sync::Arc, time::Duration};

use longwire_openplatform::{Authority, Fault, Leaf, Running, Simulator};
use rustls::{
    CertificateError, ClientConfig, Error, RootCertStore, crypto::ring, pki_types::CertificateDer,
    pki_types::ServerName,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

#[tokio::test]
async fn each_leaf_is_met_with_its_own_verdict() {
    let authority = Arc::new(Authority::new().unwrap());
    let platform = Simulator::builder().tls(authority.clone(), Leaf::Good).start().await.unwrap();
    assert!(platform.url().starts_with("https://127.0.0.1:"));

    for leaf in [Leaf::Good, Leaf::ByIntermediate, Leaf::WithRoot] {
        platform.set_leaf(leaf).unwrap();
        let chain = handshake(&platform, &authority, "localhost")
            .await
            .unwrap_or_else(|error| panic!("{leaf:?} {error}"));
        assert_eq!(chain.len(), if leaf == Leaf::Good { 1 } else { 2 }, "{leaf:?}");
    }
    let verdict = async |leaf| {
        platform.set_leaf(leaf).unwrap();
        match handshake(&platform, &authority, "127.0.0.1").await {
            Err(Error::InvalidCertificate(error)) => error,
            other => panic!("{leaf:?}: {other:?}"),
        }
    };
    assert!(matches!(verdict(Leaf::Expired).await, CertificateError::ExpiredContext { .. }));
    assert!(matches!(verdict(Leaf::NotYetValid).await, CertificateError::NotValidYetContext { .. }));
    assert!(matches!(verdict(Leaf::WrongHost).await, CertificateError::NotValidForNameContext { .. }));
    for leaf in [Leaf::IntermediateMissing, Leaf::SelfSigned] {
        assert_eq!(verdict(leaf).await, CertificateError::UnknownIssuer, "{leaf:?}");
    }
}

#[tokio::test]
async fn another_authority_does_not_vouch_for_it() {
    let authority = Authority::new().unwrap();
    let platform = Simulator::builder().tls(authority, Leaf::Good).start().await.unwrap();
    let stranger = Authority::new().unwrap();
    let refused = handshake(&platform, &stranger, "localhost").await.unwrap_err();
    assert!(matches!(refused, Error::InvalidCertificate(_)), "{refused}");
}

#[tokio::test]
async fn a_certificate_is_valid_for_the_names_it_was_given_too() {
    let authority = Arc::new(Authority::new().unwrap());
    let builder = Simulator::builder().tls(authority.clone(), Leaf::Good);
    let platform = builder.names(["platform.test", "192.0.2.7"]).start().await.unwrap();
    for host in ["localhost", "platform.test", "192.0.2.7"] {
        handshake(&platform, &authority, host).await.unwrap_or_else(|error| panic!("{host}: {error}"));
    }
    let refused = handshake(&platform, &authority, "elsewhere.test").await.unwrap_err();
    assert!(matches!(refused, Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. })));
}

#[tokio::test]
async fn certificates_are_of_the_simulators_own_time() {
    let authority = Arc::new(Authority::new().unwrap());
    let days = |days: u64| Duration::from_secs(86_400 * days);
    let builder = || Simulator::builder().tls(authority.clone(), Leaf::Good);
    let ahead = builder().clock_ahead(days(3)).start().await.unwrap();
    let refused = handshake(&ahead, &authority, "localhost").await.unwrap_err();
    assert!(matches!(refused, Error::InvalidCertificate(CertificateError::NotValidYetContext { .. })));
    let behind = builder().clock_behind(days(100)).start().await.unwrap();
    let refused = handshake(&behind, &authority, "localhost").await.unwrap_err();
    assert!(matches!(refused, Error::InvalidCertificate(CertificateError::ExpiredContext { .. })));
}

#[tokio::test]
async fn a_handshake_that_is_cut_ends_before_the_servers_first_word() {
    let authority = Arc::new(Authority::new().unwrap());
    let platform = Simulator::builder().tls(authority.clone(), Leaf::Good).start().await.unwrap();
    platform.set_fault(Some(Fault::TlsCut)).await;
    let mut stream = TcpStream::connect(platform.address()).await.unwrap();
    stream.write_all(b"the first message").await.unwrap();
    assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
    platform.set_fault(None).await;
    handshake(&platform, &authority, "localhost").await.unwrap();
}

/// The chain the platform shows to a client that trusts `authority` and nothing else.
async fn handshake(
    platform: &Running,
    authority: &Authority,
    host: &'static str,
) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone())?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(platform.address()).await.unwrap();
    let name = ServerName::try_from(host).unwrap();
    match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
        Ok(stream) => Ok(stream
            .get_ref()
            .1
            .peer_certificates()
            .unwrap()
            .iter()
            .cloned()
            .map(CertificateDer::into_owned)
            .collect()),
        Err(error) => match error.downcast::<Error>() {
            Ok(error) => Err(error),
            Err(error) => panic!("{error}"),
        },
    }
}
