use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use tempfile::tempdir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::*;
use crate::ca::{PageError, page};
use crate::route::{Choice, Environment, Router};
use crate::{Credentials, Deadlines, Dialer, Protocol, Proxy};

/// A proxy that intercepts, and answers some addresses itself.
struct Interceptor {
    proxy: Proxy,
    /// The heads of what it was asked, `CONNECT` aside.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Interceptor {
    /// It shows a chain that this CA signed, and answers one address with these bytes; every other one with 502.
    async fn new(
        ca: &Ca,
        address: &'static str,
        answer: impl AsRef<[u8]> + Clone + Send + Sync + 'static,
    ) -> Self {
        let server = server::echoes(ca.sign()).await;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&asked);
        let proxy = server::each(move |mut client| {
            let (answer, book) = (answer.clone(), Arc::clone(&book));
            async move {
                let head = server::request(&mut client).await;
                if head.starts_with("CONNECT ") {
                    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                    let mut server = TcpStream::connect(server).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                    return;
                }
                let hit = head.starts_with(&format!("GET {address} HTTP/1.1\r\n"));
                book.lock().unwrap().push(head);
                let answer =
                    if hit { answer.as_ref() } else { &b"HTTP/1.1 502 Bad Gateway\r\n\r\nno such host"[..] };
                let _ = client.write_all(answer).await;
            }
        })
        .await;
        Self { proxy: Proxy::new(Protocol::Http, "127.0.0.1", proxy.port()), asked }
    }

    fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|head| head.split(' ').nth(1).unwrap().to_owned()).collect()
    }

    async fn page(&self) -> Result<Vec<u8>, PageError> {
        ask(going(Choice::Proxy(self.proxy.clone()))).await
    }
}

fn going(choice: Choice) -> Dialer {
    let router = Router::new(choice, Environment::default(), watch::channel(Arc::default()).1);
    dialer(&[]).with_router(Arc::new(router))
}

async fn ask(dialer: Dialer) -> Result<Vec<u8>, PageError> {
    Ok(page(&dialer, &origin("https://open.platform.invalid")).await?.bytes)
}

fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

#[tokio::test]
async fn the_proxy_that_the_chain_names_is_asked_first_and_in_absolute_form() {
    let ca = Ca::new("mitmproxy");
    let proxy = Interceptor::new(&ca, "http://mitm.it/cert/pem", ok(&ca.pem)).await;
    assert_eq!(proxy.page().await.unwrap(), ca.pem.as_bytes());
    let asked = proxy.asked.lock().unwrap().clone();
    let [head] = &asked[..] else { panic!("{asked:?}") };
    assert!(head.starts_with("GET http://mitm.it/cert/pem HTTP/1.1\r\n"), "{head}");
    let head = head.to_lowercase();
    assert!(head.contains("\r\nhost: mitm.it\r\n") && head.contains("\r\nconnection: close\r\n"), "{head}");
    assert!(!head.contains("authorization"), "{head}");
}

#[tokio::test]
async fn of_a_proxy_that_nobody_knows_only_what_leads_nowhere_is_asked() {
    let ca = Ca::new("Somebody");
    let proxy = Interceptor::new(&ca, "http://mitm.it/cert/pem", ok(&ca.pem)).await;
    let error = proxy.page().await.unwrap_err();
    let PageError::Nothing { proxy: place, cause } = error else { panic!("{error:?}") };
    assert_eq!((place, cause.as_str()), (proxy.proxy.to_string(), "http://burp/cert: HTTP 502"));
    assert_eq!(
        proxy.asked(),
        [
            "http://burp/cert".to_owned(),
            "http://burpsuite/cert".to_owned(),
            "http://zap/OTHER/network/other/rootCaCert/".to_owned(),
            "http://zap/OTHER/core/other/rootcert/".to_owned(),
            format!("http://ipv4.fiddler:{}/FiddlerRoot.cer", proxy.proxy.port()),
        ]
    );
}

#[tokio::test]
async fn burp_is_found_although_its_ca_was_renamed_and_its_answer_is_der() {
    let ca = Ca::new("Our testers");
    let proxy = Interceptor::new(&ca, "http://burp/cert", ok(&ca.der)).await;
    assert_eq!(proxy.page().await.unwrap(), ca.der.as_ref());
}

#[tokio::test]
async fn an_answer_without_a_certificate_does_not_count() {
    let ca = Ca::new("mitmproxy");
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let endless = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &vec![b' '; 2 << 20]].concat();
    for (answer, cause) in [
        (
            ok("<html><title>If you can see this, traffic is not passing through mitmproxy</title>"),
            "no certificate is in it",
        ),
        (ok(format!("{key}{}", ca.pem)), "private key"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://mitm.it/\r\nContent-Length: 0\r\n\r\n".to_vec(),
            "HTTP 302",
        ),
        (b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n".to_vec(), "HTTP 407"),
        (endless, "too large"),
        (b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), "HTTP"),
        (Vec::new(), "cut off"),
    ] {
        let proxy = Interceptor::new(&ca, "http://mitm.it/cert/pem", answer).await;
        let told = proxy.page().await.unwrap_err().to_string();
        assert!(told.contains("http://mitm.it/cert/pem: ") && told.contains(cause), "{told}");
        assert_eq!(proxy.asked().len(), 6, "the others are asked all the same");
    }
}

#[tokio::test]
async fn credentials_go_along_and_are_not_repeated() {
    let ca = Ca::new("mitmproxy");
    let proxy = Interceptor::new(&ca, "http://mitm.it/cert/pem", ok(&ca.pem)).await;
    let credentials =
        |user: &str| Some(Credentials { user: user.into(), password: SecretString::from("hunter2") });
    let known = proxy.proxy.clone().with_credentials(credentials("user"));
    let page = page(&going(Choice::Proxy(known)), &origin("https://open.platform.invalid")).await.unwrap();
    assert_eq!(page.proxy, proxy.proxy.to_string());
    let head = proxy.asked.lock().unwrap()[0].to_lowercase();
    // "user:hunter2" in base64.
    assert!(head.contains("\r\nproxy-authorization: basic dxnlcjpodw50zxiy\r\n"), "{head}");

    let unsendable = proxy.proxy.clone().with_credentials(credentials("us:er"));
    let told = ask(going(Choice::Proxy(unsendable))).await.unwrap_err().to_string();
    assert!(told.contains("colon") && !told.contains("hunter2") && !told.contains("us:er"), "{told}");
}

#[tokio::test]
async fn a_road_without_an_http_proxy_has_nobody_to_ask() {
    let socks = Proxy::new(Protocol::Socks5h, "127.0.0.1", 1);
    for choice in [Choice::Direct, Choice::Proxy(socks)] {
        assert_eq!(ask(going(choice)).await, Err(PageError::NoProxy));
    }
}

#[tokio::test]
async fn a_proxy_that_is_reached_over_tls_is_asked_over_tls() {
    let (ca, company, folder) = (Ca::new("Our testers"), Ca::new("Company"), tempdir().unwrap());
    let answer = ok(&ca.pem);
    let address = server::encrypted(server::config(company.sign()), move |mut client| {
        let answer = answer.clone();
        async move {
            let head = server::request(&mut client).await;
            if head.starts_with("GET http://burp/cert ") {
                let _ = client.write_all(&answer).await;
            }
        }
    })
    .await;
    let proxy = Choice::Proxy(Proxy::new(Protocol::Https, "127.0.0.1", address.port()));
    let told = ask(going(proxy.clone())).await.unwrap_err();
    assert!(matches!(told, PageError::Nothing { .. }), "one that is not trusted is not asked: {told}");
    let router = Arc::clone(going(proxy).router());
    let trusting = dialer(&[file(folder.path(), "ca.pem", &company.pem)]).with_router(router);
    assert_eq!(ask(trusting).await.unwrap(), ca.pem.as_bytes());
}

#[tokio::test]
async fn a_proxy_that_says_nothing_is_waited_for_once() {
    let address = server::each(|mut stream| async move {
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let short = Duration::from_millis(200);
    let deadlines = Deadlines { dns: short, tcp: short, proxy: short, tls: short, http: short };
    let proxy = Choice::Proxy(Proxy::new(Protocol::Http, "127.0.0.1", address.port()));
    let began = std::time::Instant::now();
    let told = ask(going(proxy).with_deadlines(deadlines)).await.unwrap_err();
    assert!(told.to_string().contains("no answer within 200ms"), "{told}");
    // The handshake, and all the pages together; with room for a busy machine.
    assert!(began.elapsed() < 10 * short, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_proxy_that_cannot_be_spoken_to_is_not_asked_again_and_again() {
    let (count, connections) = watch::channel(0);
    let address = server::each(move |_| {
        count.send_modify(|count| *count += 1);
        async {}
    })
    .await;
    let proxy = Choice::Proxy(Proxy::new(Protocol::Https, "127.0.0.1", address.port()));
    let told = ask(going(proxy)).await.unwrap_err().to_string();
    assert!(told.contains("http://burp/cert: ") && told.contains("cut off"), "{told}");
    assert_eq!(*connections.borrow(), 2, "once for the chain, once for a page");
}
