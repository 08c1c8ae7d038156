use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::tempdir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::*;
use crate::ca::{lacking, presented, signs};
use crate::judge::{self, Local, Signed};
use crate::route::{Choice, Environment, PacFault, RouteFault, Router};
use crate::{Cause, Dialer, ProxyFault, RootSource, Roots, RootsProblem, Stage};

#[test]
fn what_a_chain_lacks_is_its_root_alone() {
    let root = Ca::new("Corporation root");
    let middle = root.below("Corporation proxies");
    let (alone, with_root) = (root.sign(), root.sign().with(&root));
    let (with_middle, whole) = (middle.sign().with(&middle), middle.sign().with(&middle).with(&root));
    for (identity, wanted) in [
        (alone, Some("Corporation root")),
        (with_root, None),
        (with_middle, Some("Corporation root")),
        (whole, None),
        (middle.sign(), Some("Corporation proxies")),
        (middle.sign().with(&root), Some("Corporation proxies")),
        (Identity::signed_by_itself(leaf_params("127.0.0.1")), None),
        // A root that was made anew under the same name is not the one that signed.
        (root.sign().with(&Ca::new("Corporation root")), Some("Corporation root")),
    ] {
        assert_eq!(lacking(&identity.chain).as_deref(), wanted);
    }
    assert_eq!(lacking(&[]), None);
    assert_eq!(lacking(&[CertificateDer::from(vec![0x30, 0x00])]), None);
}

#[test]
fn a_ca_signs_by_its_key_and_not_by_its_name_whatever_the_time_is() {
    let root = Ca::new("mitmproxy");
    let middle = root.below("A CA below");
    let chain = middle.sign().with(&middle).chain;
    assert!(signs(&root.der, &chain) && signs(&middle.der, &chain));
    assert!(signs(&root.der, &root.sign().chain) && signs(&root.der, &root.sign().with(&root).chain));
    assert!(!signs(&Ca::new("mitmproxy").der, &root.sign().chain));
    assert!(!signs(&middle.der, &root.sign().chain));
    assert!(!signs(&root.der, &middle.sign().chain), "what is between is not there");
    assert!(!signs(&root.der, &[]));

    let mut young = ca_params("Young middle");
    (young.not_before, young.not_after) =
        (rcgen::date_time_ymd(2018, 1, 1), rcgen::date_time_ymd(2019, 1, 1));
    let (young, mut old) = (root.below_with(young), leaf_params("127.0.0.1"));
    (old.not_before, old.not_after) = (rcgen::date_time_ymd(2010, 1, 1), rcgen::date_time_ymd(2020, 1, 1));
    assert!(signs(&root.der, &young.sign_with(old.clone()).with(&young).chain), "valid together for a year");
    // What is sent along needlessly was never valid together with the rest.
    let mut gone = ca_params("An old cross-signature");
    (gone.not_before, gone.not_after) = (rcgen::date_time_ymd(1999, 1, 1), rcgen::date_time_ymd(2000, 1, 1));
    let gone = Ca::new("Gone").below_with(gone);
    assert!(signs(&root.der, &young.sign_with(old).with(&young).with(&gone).chain));
}

#[tokio::test]
async fn the_chain_is_seen_whether_or_not_it_is_trusted_and_nothing_is_sent() {
    let (ca, folder) = (Ca::new("mitmproxy"), tempdir().unwrap());
    let (said, mut heard) = watch::channel(None);
    let identity = ca.sign().with(&ca);
    let chain = identity.chain.clone();
    let address = server::encrypted(server::config(identity), move |mut stream| {
        let said = said.clone();
        async move {
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes).await;
            said.send_replace(Some(bytes));
        }
    })
    .await;
    let origin = origin(format!("https://{address}"));
    let trusting = dialer(&[file(folder.path(), "ca.pem", &ca.pem)]);
    assert_eq!(presented(&trusting, &origin).await.unwrap(), chain);
    assert_eq!(heard.wait_for(Option::is_some).await.unwrap().as_deref(), Some(&b""[..]));

    let stranger = file(folder.path(), "other.pem", Ca::new("A stranger").pem);
    assert_eq!(presented(&dialer(&[stranger]), &origin).await.unwrap(), chain);
    // Nor does it take a root to see it.
    assert_eq!(presented(&dialer(&[]), &origin).await.unwrap(), chain);
    assert_eq!(dialer(&[]).dial(&origin).await.unwrap_err().cause, Cause::NoRoots);
}

#[tokio::test]
async fn a_road_that_does_not_lead_so_far_says_how_far() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let error = presented(&dialer(&[]), &origin(format!("https://{closed}"))).await.unwrap_err();
    assert_eq!((error.stage, error.cause), (Stage::Tcp, Cause::Refused));
}

/// Trusts some CAs everywhere, and others at the end of roads alone.
fn trusting(everywhere: Vec<PathBuf>, origins: Vec<PathBuf>) -> Dialer {
    let roots = Roots::new(RootSource::ExtraOnly, everywhere);
    roots.set_platform(origins);
    Dialer::new(Arc::new(roots))
}

/// An `https` proxy that leads everybody to one server.
async fn proxy(identity: Identity, server: SocketAddr) -> SocketAddr {
    server::encrypted(server::config(identity), move |mut client| async move {
        server::request(&mut client).await;
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut server = TcpStream::connect(server).await.unwrap();
        let _ = copy_bidirectional(&mut client, &mut server).await;
    })
    .await
}

fn through(dialer: Dialer, choice: &str) -> Dialer {
    let router = Router::new(
        choice.parse::<Choice>().unwrap(),
        Environment::default(),
        watch::channel(Arc::default()).1,
    );
    let router = router.with_roots(Arc::clone(dialer.roots()));
    dialer.with_router(Arc::new(router))
}

#[tokio::test]
async fn a_ca_for_origins_is_believed_at_the_end_of_a_road_and_not_of_a_proxy() {
    let (ca, folder) = (Ca::new("mitmproxy"), tempdir().unwrap());
    let path = file(folder.path(), "ca.pem", &ca.pem);
    let server = server::echoes(ca.sign()).await;
    let there = origin(format!("https://{server}"));
    let https = format!("https://{}", proxy(ca.sign(), server).await);

    trusting(vec![], vec![path.clone()]).dial(&there).await.unwrap();
    let error = through(trusting(vec![], vec![path.clone()]), &https).dial(&there).await.unwrap_err();
    assert_eq!(error.stage, Stage::Proxy);
    assert_eq!(error.cause, Cause::Proxy(ProxyFault::Tls(Box::new(Cause::NoRoots))));
    assert_eq!(error.trace.proxy_chain.len(), 1);
    let stranger = file(folder.path(), "other.pem", Ca::new("A stranger").pem);
    let error = through(trusting(vec![stranger], vec![path.clone()]), &https).dial(&there).await.unwrap_err();
    let untrusted = Cause::UntrustedIssuer { issuer: "mitmproxy".into() };
    assert_eq!(error.cause, Cause::Proxy(ProxyFault::Tls(Box::new(untrusted))));

    // The proxy with a CA that is trusted everywhere, the host behind it with one for origins.
    let company = Ca::new("Company");
    let company_path = file(folder.path(), "company.pem", &company.pem);
    let https = format!("https://{}", proxy(company.sign(), server).await);
    through(trusting(vec![company_path.clone()], vec![path]), &https).dial(&there).await.unwrap();
    let error = through(trusting(vec![company_path], vec![]), &https).dial(&there).await.unwrap_err();
    assert_eq!((error.stage, error.trace.proxy_chain.len()), (Stage::Tls, 1));
}

#[tokio::test]
async fn a_ca_for_origins_is_not_believed_where_a_pac_script_is_kept() {
    let (ca, folder) = (Ca::new("mitmproxy"), tempdir().unwrap());
    let path = file(folder.path(), "ca.pem", &ca.pem);
    let there = origin(format!("https://{}", server::echoes(ca.sign()).await));
    let keeper = server::encrypted(server::config(ca.sign()), |mut stream| async move {
        server::request(&mut stream).await;
        let script = "function FindProxyForURL(url, host) { return 'DIRECT' }";
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{script}", script.len());
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    let pac = format!("pac+https://{keeper}/proxy.pac");
    through(trusting(vec![path.clone()], vec![]), &pac).dial(&there).await.unwrap();
    let error = through(trusting(vec![], vec![path]), &pac).dial(&there).await.unwrap_err();
    let refused = Cause::Route(RouteFault::Pac(PacFault::Unreachable {
        stage: Stage::Tls,
        cause: Box::new(Cause::NoRoots),
    }));
    assert_eq!(error.cause, refused);
}

#[tokio::test]
async fn cas_for_origins_come_and_go_with_the_next_road_and_with_their_files() {
    let (ca, folder) = (Ca::new("mitmproxy"), tempdir().unwrap());
    let path = file(folder.path(), "ca.pem", "");
    let stranger = file(folder.path(), "other.pem", Ca::new("A stranger").pem);
    let there = origin(format!("https://{}", server::echoes(ca.sign()).await));
    let dialer = trusting(vec![stranger.clone()], vec![]);
    dialer.dial(&there).await.unwrap_err();

    dialer.roots().set_platform(vec![path.clone()]);
    dialer.dial(&there).await.unwrap_err();
    assert!(matches!(&dialer.roots().problems()[..], [RootsProblem::Unusable { .. }]));
    assert_eq!(dialer.roots().check_extra(), dialer.roots().problems());
    fs::write(&path, &ca.pem).unwrap();
    dialer.dial(&there).await.unwrap();
    assert_eq!(dialer.roots().problems(), []);
    fs::write(&path, Ca::new("mitmproxy").pem).unwrap();
    dialer.dial(&there).await.unwrap_err();
    fs::write(&path, &ca.pem).unwrap();
    dialer.dial(&there).await.unwrap();
    dialer.roots().set_platform(vec![]);
    dialer.dial(&there).await.unwrap_err();

    // The same file, moved from one list to the other.
    dialer.roots().set_platform(vec![path.clone()]);
    let https = format!("https://{}", proxy(ca.sign(), server::echoes(ca.sign()).await).await);
    through(dialer.clone(), &https).dial(&there).await.unwrap_err();
    dialer.roots().set_platform(vec![]);
    dialer.roots().set_extra(vec![stranger, path]);
    through(dialer, &https).dial(&there).await.unwrap();
}

#[tokio::test]
async fn cas_for_origins_are_our_own_where_a_chain_is_judged() {
    let (ca, folder) = (Ca::new("mitmproxy"), tempdir().unwrap());
    let path = file(folder.path(), "ca.pem", &ca.pem);
    let dialer = trusting(vec![], vec![path]);
    let told = judge::judge(dialer.roots(), &ca.sign().chain, "127.0.0.1", SystemTime::now()).await.unwrap();
    assert_eq!((told.signed.clone(), told.namesake.clone()), (Signed::Locally { by: Local::Extra }, None));
    assert!(told.file.is_some(), "{told:?}");
    assert!(told.trusted_here());
}

#[tokio::test]
async fn a_namesake_of_whoever_signed_is_told_and_nobody_else() {
    let (folder, known) = (tempdir().unwrap(), Ca::new("mitmproxy"));
    let (other, anew) = (Ca::new("Charles Proxy CA"), Ca::new("mitmproxy"));
    let files: Vec<PathBuf> = [&other, &known]
        .iter()
        .enumerate()
        .map(|(index, ca)| file(folder.path(), &format!("{index}.pem"), &ca.pem))
        .collect();
    let sha256 = crate::certificate::describe(&known.der).unwrap().sha256;
    let middle = anew.below("A CA below");
    for dialer in [trusting(files.clone(), vec![]), trusting(vec![], files)] {
        for (identity, wanted) in [
            (anew.sign(), Some(&sha256)),
            (anew.sign().with(&anew), Some(&sha256)),
            (middle.sign().with(&middle), Some(&sha256)),
            // What is between is not there, so that nobody knows who signed that.
            (middle.sign(), None),
            (Ca::new("Somebody").sign(), None),
            (known.sign(), None),
        ] {
            let judged = judge::judge(dialer.roots(), &identity.chain, "127.0.0.1", SystemTime::now()).await;
            let namesake = judged.unwrap().namesake;
            assert_eq!(namesake.as_ref().map(|namesake| &namesake.sha256), wanted);
        }
    }
}

#[tokio::test]
async fn a_ca_that_may_not_sign_for_this_host_is_no_namesake() {
    let mut limited = ca_params("Limited");
    limited.name_constraints = Some(rcgen::NameConstraints {
        permitted_subtrees: vec![rcgen::GeneralSubtree::DnsName("corp.example".into())],
        excluded_subtrees: vec![],
    });
    let key = rcgen::KeyPair::generate().unwrap();
    let pem = limited.self_signed(&key).unwrap().pem();
    let issuer = rcgen::Issuer::new(limited, key);
    let leaf_key = rcgen::KeyPair::generate().unwrap();
    let leaf = leaf_params("bot.example").signed_by(&leaf_key, &issuer).unwrap();
    let folder = tempdir().unwrap();
    let dialer = trusting(vec![], vec![file(folder.path(), "ca.pem", pem)]);
    let judged = judge::judge(dialer.roots(), &[leaf.der().clone()], "bot.example", SystemTime::now()).await;
    let judged = judged.unwrap();
    assert!(!judged.trusted_here() && judged.namesake.is_none(), "{judged:?}");
}

#[tokio::test]
async fn a_ca_for_origins_counts_where_a_host_is_asked_for_its_time() {
    let (ca, folder) = (Ca::new("mitmproxy"), tempdir().unwrap());
    let mut params = leaf_params("127.0.0.1");
    (params.not_before, params.not_after) =
        (rcgen::date_time_ymd(2021, 1, 1), rcgen::date_time_ymd(2022, 1, 1));
    let address = server::encrypted(server::config(ca.sign_with(params)), |mut stream| async move {
        server::request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nDate: Tue, 15 Jun 2021 12:00:00 GMT\r\n\r\n").await;
    })
    .await;
    let dialer = trusting(vec![], vec![file(folder.path(), "ca.pem", &ca.pem)]);
    let origin = origin(format!("https://{address}"));
    let refused = dialer.dial(&origin).await.unwrap_err();
    assert!(matches!(refused.cause, Cause::Expired { .. }), "{refused}");
    let skew = crate::clock::probe(&dialer, &origin, &refused.trace.chain).await.unwrap();
    assert_eq!(skew.server, UNIX_EPOCH + Duration::from_secs(1_623_758_400));
}
