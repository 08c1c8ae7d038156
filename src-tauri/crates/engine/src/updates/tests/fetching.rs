use longwire_contract::{Fault, FaultCode};
use longwire_dial::{Dialer, route::Choice};
use url::Url;

use super::*;
use crate::updates::fetch::{FetchError, Limits, fetch};

const LIMITS: Limits =
    Limits { bytes: 1000, stall: Duration::from_millis(300), whole: Duration::from_secs(60) };

fn dialer() -> Dialer {
    Roads::new(vec![], Environment::default(), watch::channel(Arc::default()).1).dialer(Choice::Auto)
}

async fn get(url: &str, limits: Limits) -> Result<Option<Vec<u8>>, FetchError> {
    fetch(&dialer(), &Url::parse(url).unwrap(), "*/*", limits, &mut |_, _| {}).await
}

async fn refused(url: &str) -> (FaultCode, String) {
    let fault = Fault::from(get(url, LIMITS).await.unwrap_err());
    (fault.code, fault.values["error"].clone())
}

#[tokio::test]
async fn servers_that_lie_or_never_end_are_told_from_each_other() {
    let server = Server::start().await;
    server.says(|path| match path {
        "/short" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc".to_vec(),
        "/long" => b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdefgh".to_vec(),
        "/large" => b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n".to_vec(),
        "/endless" => {
            let chunk = format!("100\r\n{}\r\n", "x".repeat(256));
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(5)).into_bytes()
        }
        "/silent" => b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab".to_vec(),
        "/nonsense" => b"SSH-2.0-OpenSSH\r\n\r\n".to_vec(),
        "/nothing" => Vec::new(),
        "/partial" => answer("206 Partial Content", &[], b"abc"),
        _ => answer("500 Oh", &[], b""),
    });
    let at = |path: &str| format!("{}/{path}", server.url);
    assert_eq!(get(&at("long"), LIMITS).await.unwrap().unwrap(), b"abc");
    let (unreachable, unreadable) = (FaultCode::UpdateUnreachable, FaultCode::UpdateUnreadable);
    for (path, code, words) in [
        ("short", unreachable, "cut off"),
        ("large", unreadable, "larger than"),
        ("endless", unreadable, "larger than"),
        ("silent", unreachable, "said nothing for"),
        ("nonsense", unreachable, "not HTTP"),
        ("nothing", unreachable, "cut off"),
        ("partial", unreachable, "HTTP 206"),
        ("else", unreachable, "HTTP 500"),
    ] {
        let told = refused(&at(path)).await;
        assert!(told.0 == code && told.1.contains(words), "{path}: {told:?}");
    }
    let slow = Limits { whole: Duration::from_millis(200), stall: Duration::from_secs(60), ..LIMITS };
    let error = get(&at("silent"), slow).await.unwrap_err();
    assert!(error.to_string().contains("not done within"), "{error}");
}

#[tokio::test]
async fn it_follows_where_it_is_led_and_not_for_ever_or_into_the_open() {
    let (server, next) = (Server::start().await, Server::start().await);
    let goal = format!("{}/goal?a=1&b=%20", next.url);
    next.says(|path| answer("200 OK", &[], path.as_bytes()));
    server.says(move |path| {
        let to = |place: &str| answer("302 Found", &[("Location", place)], b"");
        match path {
            "/there" => to(&goal),
            "/relative" => to("there"),
            "/open" => to("http://elsewhere.example/"),
            "/nowhere" => answer("301 Moved", &[], b""),
            "/file" => to("file:///etc/passwd"),
            "/user" => to("https://me:planted@elsewhere.example/"),
            _ => to("/again"),
        }
    });
    let at = |path: &str| format!("{}/{path}", server.url);
    for path in ["there", "relative"] {
        assert_eq!(get(&at(path), LIMITS).await.unwrap().unwrap(), b"/goal?a=1&b=%20", "{path}");
    }
    for (path, words) in [
        ("open", "another machine"),
        ("nowhere", "does not say where"),
        ("file", "not one Longwire speaks"),
        ("user", "user name"),
    ] {
        let told = refused(&at(path)).await;
        assert!(told.0 == FaultCode::UpdateUnreachable && told.1.contains(words), "{path}: {told:?}");
        assert!(!told.1.contains("planted"));
    }
    let before = server.asked();
    assert!(refused(&at("again")).await.1.contains("without an end"));
    assert_eq!(server.asked() - before, 6);
}

#[test]
fn no_encrypted_road_leads_to_one_that_is_not() {
    use crate::updates::fetch::may_lead_to;
    let at = |url: &str| url.parse().unwrap();
    let (here, tls) = (at("http://127.0.0.1:1"), at("https://host.example"));
    assert!(may_lead_to(&tls, &tls) && may_lead_to(&here, &tls) && may_lead_to(&here, &here));
    assert!(!may_lead_to(&tls, &here));
}

#[test]
fn an_address_that_cannot_be_asked_is_none_of_updates() {
    let fake = Arc::<Fake>::default();
    for wrong in [
        "",
        "latest.json",
        "http://elsewhere.example/latest.json",
        "ftp://host.example/",
        "https://u:p@h.example/",
    ] {
        assert!(Updates::new(wrong, Arc::new(fake.clone())).is_err(), "{wrong}");
    }
    assert!(Updates::new(" https://host.example/latest.json\n", Arc::new(fake)).is_ok());
}
