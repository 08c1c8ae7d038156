use longwire_contract::{FindingCode as F, OtherRoad};
use longwire_dial::{
    Protocol, Proxy, Taken,
    route::{Choice, Environment, Router, Source, Why},
};
use longwire_link::Steps;
use longwire_openplatform::Fault;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use super::*;
use CheckKind as K;

/// A name that no server of names knows (RFC 6761 §6.4).
const UNKNOWN: &str = "open.platform.invalid";

/// How a proxy of the test's own behaves.
#[derive(Clone, Copy)]
enum Behaves {
    /// Leads to this address, whatever it is asked for.
    LeadsTo(std::net::SocketAddr),
    /// Answers every request with these words.
    Says(&'static str),
}

/// A proxy that speaks `CONNECT`, until the test ends.
async fn proxy(behaves: Behaves) -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, behaves));
        }
    });
    Proxy::new(Protocol::Http, "127.0.0.1", port)
}

async fn serve(mut client: TcpStream, behaves: Behaves) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(client.read_u8().await.unwrap());
    }
    match behaves {
        Behaves::LeadsTo(address) => {
            let mut server = TcpStream::connect(address).await.unwrap();
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let _ = copy_bidirectional(&mut client, &mut server).await;
        }
        Behaves::Says(words) => client.write_all(words.as_bytes()).await.unwrap(),
    }
}

/// Nothing listens there.
async fn nobody() -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Proxy::new(Protocol::Http, "127.0.0.1", listener.local_addr().unwrap().port())
}

/// A platform that answers to a name nobody knows, too.
async fn elsewhere() -> (Running, Patient, tempfile::TempDir) {
    let authority = Authority::new().unwrap();
    let platform = Simulator::builder().tls(authority, Leaf::Good).names([UNKNOWN]).start().await.unwrap();
    let (folder, path) = ca_file(&platform);
    let mut patient = patient(&platform, vec![path]);
    let url = format!("https://{UNKNOWN}:{}", platform.address().port());
    patient.origin = Origin::parse(&url).unwrap();
    patient.domain = Domain::Custom(url);
    (platform, patient, folder)
}

/// The same patient, whose way is chosen like this.
fn going(patient: Patient, choice: Choice, variable: Option<(&str, &Proxy)>) -> Patient {
    let environment =
        Environment::of(|name| variable.filter(|(set, _)| *set == name).map(|(_, proxy)| proxy.to_string()));
    let (_, system) = watch::channel(Arc::default());
    let router = Arc::new(Router::new(choice, environment, system));
    Patient { dialer: patient.dialer.clone().with_router(router), ..patient }
}

fn marks(other: &OtherRoad) -> [Mark; 4] {
    [K::Dns, K::Proxy, K::Tcp, K::Tls]
        .map(|kind| other.checks.iter().find(|check| check.kind == kind).unwrap().mark)
}

#[tokio::test]
async fn a_road_through_a_proxy_shows_the_proxys_part() {
    let (platform, patient, _folder) = elsewhere().await;
    let proxy = proxy(Behaves::LeadsTo(platform.address())).await;
    let report = examined(going(patient, Choice::Auto, Some(("HTTPS_PROXY", &proxy)))).await;
    let route = check(&report, K::Route).note.as_ref().unwrap();
    assert_eq!((route.code, route.values["source"].as_str()), (NoteCode::RouteProxy, "HTTPS_PROXY"));
    assert_eq!(route.values["proxy"], proxy.to_string());
    for (kind, wanted, line) in [
        (K::Dns, Mark::Off, NoteCode::LookupAtProxy),
        (K::Proxy, Mark::Ok, NoteCode::TunnelOpen),
        (K::Tcp, Mark::Off, NoteCode::ProxysMatter),
        (K::Tls, Mark::Ok, NoteCode::SignedBy),
        (K::Credentials, Mark::Ok, NoteCode::Accepted),
    ] {
        assert_eq!((mark(&report, kind), note(&report, kind)), (wanted, Some(line)), "{kind:?}");
    }
    assert_eq!(codes(&report), []);
    // The straight road is gone, too, as far as it leads, and is nobody's trouble.
    assert_eq!(report.others.len(), 1);
    assert_eq!(report.others[0].route.code, NoteCode::RouteDirectGiven);
    assert_eq!(marks(&report.others[0]), [Mark::Bad, Mark::Off, Mark::Off, Mark::Off]);
}

#[tokio::test]
async fn where_the_proxy_is_dead_and_the_straight_road_stands_that_is_found() {
    let platform = encrypted(Leaf::Good).await;
    let (_folder, path) = ca_file(&platform);
    let dead = nobody().await;
    let patient = going(patient(&platform, vec![path]), Choice::Proxy(dead.clone()), None);
    let report = examined(patient).await;
    assert_eq!(codes(&report), [F::ProxyUnreachable, F::DirectWorks]);
    let [unreachable, _] = &report.findings[..] else { panic!() };
    assert_eq!(
        (unreachable.values["proxy"].clone(), unreachable.values["source"].as_str()),
        (dead.to_string(), "given")
    );
    assert_eq!(mark(&report, K::Proxy), Mark::Bad);
    assert_eq!(marks(&report.others[0]), [Mark::Off, Mark::Off, Mark::Ok, Mark::Ok]);
    assert_eq!(platform.visits(), [], "nothing is said on the other road");
}

#[tokio::test]
async fn where_the_straight_road_is_blocked_and_a_proxy_leads_through_that_is_found() {
    let (platform, patient, _folder) = elsewhere().await;
    let proxy = proxy(Behaves::LeadsTo(platform.address())).await;
    let report = examined(going(patient, Choice::Direct, Some(("ALL_PROXY", &proxy)))).await;
    let codes = codes(&report);
    assert!(codes == [F::DnsFailed, F::ProxyWorks] || codes == [F::NoNetwork], "{codes:?}");
    if let Some(works) = report.findings.iter().find(|finding| finding.code == F::ProxyWorks) {
        assert_eq!(works.values["proxy"], proxy.to_string());
        assert_eq!(works.values["proxy_setting"], "auto", "a password that the environment names is kept");
    }
    assert_eq!(marks(&report.others[0]), [Mark::Off, Mark::Ok, Mark::Off, Mark::Ok]);
    assert_eq!(platform.visits(), []);
}

#[tokio::test]
async fn a_proxy_that_an_exception_keeps_from_being_taken_has_to_be_set_for_the_app() {
    let (platform, patient, _folder) = elsewhere().await;
    let proxy = proxy(Behaves::LeadsTo(platform.address())).await;
    let environment = Environment::of(|name| match name {
        "ALL_PROXY" => Some(proxy.to_string()),
        "NO_PROXY" => Some(UNKNOWN.to_owned()),
        _ => None,
    });
    let router = Router::new(Choice::Auto, environment, watch::channel(Arc::default()).1);
    let dialer = patient.dialer.clone().with_router(Arc::new(router));
    let report = examined(Patient { dialer, ..patient }).await;
    assert_eq!(note(&report, K::Route), Some(NoteCode::RouteException));
    if let Some(works) = report.findings.iter().find(|finding| finding.code == F::ProxyWorks) {
        assert_eq!(works.values["proxy_setting"], proxy.to_string());
    } else {
        // A machine without a network says that first.
        assert_eq!(codes(&report), [F::NoNetwork]);
    }
}

#[tokio::test]
async fn what_a_proxy_says_in_place_of_a_tunnel_is_told() {
    const WANTS: &str =
        "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
    const REFUSES: &str = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno";
    for (says, code) in [
        (WANTS, F::ProxyCredentialsWanted),
        (REFUSES, F::ProxyRefused),
        ("SSH-2.0-OpenSSH_9.2\r\n", F::ProxyOtherProtocol),
        ("", F::ProxyBroken),
    ] {
        let (_platform, patient, _folder) = elsewhere().await;
        let proxy = proxy(Behaves::Says(says)).await;
        let report = examined(going(patient, Choice::Proxy(proxy), None)).await;
        assert_eq!(codes(&report), [code]);
        assert_eq!(
            (mark(&report, K::Proxy), note(&report, K::Tls)),
            (Mark::Bad, Some(NoteCode::AfterFailure))
        );
    }
}

#[tokio::test]
async fn a_way_that_cannot_be_decided_ends_the_road_and_names_who_is_at_fault() {
    let platform = encrypted(Leaf::Good).await;
    let (folder, path) = ca_file(&platform);
    let script = folder.path().join("proxy.pac");
    std::fs::write(&script, "function FindProxyForURL(url, host) { while (true) {} }").unwrap();
    let pac = format!("pac+file://{}", script.display());
    for (text, code) in [(pac.as_str(), F::PacFailed)] {
        let choice: Choice = text.parse().unwrap();
        let environment = Environment::default();
        let (_, system) = watch::channel(Arc::default());
        let router = Router::new(choice, environment, system).with_pac_deadline(Duration::from_millis(300));
        let patient = patient(&platform, vec![path.clone()]);
        let dialer = patient.dialer.clone().with_router(Arc::new(router));
        let report = examined(Patient { dialer, ..patient }).await;
        assert_eq!(codes(&report)[0], code);
        assert_eq!(report.findings[0].values["source"], "given");
        assert_eq!(
            (mark(&report, K::Route), note(&report, K::Route)),
            (Mark::Bad, Some(NoteCode::RouteFailed))
        );
        for kind in [K::Dns, K::Tls, K::Endpoint, K::Pong] {
            assert_eq!(note(&report, kind), Some(NoteCode::AfterFailure), "{kind:?}");
        }
    }
    let bad = Environment::of(|name| (name == "HTTPS_PROXY").then(|| "ftp://127.0.0.1".to_owned()));
    let (_, system) = watch::channel(Arc::default());
    let (_platform, patient, _folder) = elsewhere().await;
    let router = Router::new(Choice::Auto, bad, system);
    let dialer = patient.dialer.clone().with_router(Arc::new(router));
    let report = examined(Patient { dialer, ..patient }).await;
    assert_eq!(
        (codes(&report)[0], report.findings[0].values["source"].as_str()),
        (F::ProxySettingBad, "HTTPS_PROXY")
    );
}

#[tokio::test]
async fn a_failure_of_the_platform_is_not_blamed_on_the_road() {
    let (platform, patient, _folder) = elsewhere().await;
    let proxy = proxy(Behaves::LeadsTo(platform.address())).await;
    platform.set_fault(Some(Fault::CredentialsWrong)).await;
    let report = examined(going(patient, Choice::Proxy(proxy), None)).await;
    assert_eq!(codes(&report), [F::CredentialsWrong]);
}

#[test]
fn a_websocket_that_went_another_way_than_its_ticket_is_a_warning() {
    let taken = |source| Taken { proxy: None, why: Why { source, pac: None, rule: None } };
    for (other_way, wanted, line) in [
        (None, Mark::Ok, NoteCode::OpenedBy),
        (Some(taken(Source::Environment("NO_PROXY".into()))), Mark::Warn, NoteCode::OpenedStraight),
        // Nobody says so: it is a server on this machine.
        (Some(taken(Source::Nobody)), Mark::Ok, NoteCode::OpenedBy),
    ] {
        let steps = Steps { other_way, upgrade: Some(Duration::from_millis(5)), ..Steps::default() };
        let check = walk::upgraded(&steps, Some("wss://frontier.test"));
        let note = check.note.unwrap();
        assert_eq!((check.mark, check.ms, note.code), (wanted, Some(5.0), line));
        assert_eq!(note.values["host"], "wss://frontier.test");
    }
}

#[tokio::test]
async fn a_way_that_led_nowhere_before_another_one_did_is_a_warning() {
    let platform = encrypted(Leaf::Good).await;
    let (folder, path) = ca_file(&platform);
    let script = folder.path().join("proxy.pac");
    let ways = format!("PROXY 127.0.0.1:{}; DIRECT", nobody().await.port());
    std::fs::write(&script, format!("function FindProxyForURL(url, host) {{ return '{ways}'; }}")).unwrap();
    let choice: Choice = format!("pac+file://{}", script.display()).parse().unwrap();
    let report = examined(going(patient(&platform, vec![path]), choice, None)).await;
    assert_eq!(
        (mark(&report, K::Route), note(&report, K::Route)),
        (Mark::Warn, Some(NoteCode::RoutePacDirect))
    );
    assert_eq!((mark(&report, K::Proxy), mark(&report, K::Tls)), (Mark::Off, Mark::Ok));
    assert_eq!(codes(&report), []);
}
