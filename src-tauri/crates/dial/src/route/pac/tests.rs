use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::cause::Cause;
use crate::error::Stage;
use crate::roots::RootSource;

/// Long enough for what must succeed on a busy machine.
const AMPLE: Duration = Duration::from_secs(20);
/// Short enough to wait for where it must run out.
const BRIEF: Duration = Duration::from_millis(300);

fn returning(expression: &str) -> String {
    format!("function FindProxyForURL(url, host) {{ return {expression}; }}")
}

fn pac(allowed: Duration) -> Pac {
    Pac::new(Arc::new(Roots::new(RootSource::ExtraOnly, Vec::new())), allowed)
}

async fn asked(pac: &Pac, place: &PacPlace, host: &str) -> Result<String, PacFault> {
    asked_under(pac, place, &Arc::default(), host).await
}

async fn asked_under(
    pac: &Pac,
    place: &PacPlace,
    settings: &Arc<SystemProxies>,
    host: &str,
) -> Result<String, PacFault> {
    let origin = Origin::parse(&format!("https://{host}")).unwrap();
    let ways = pac.ways(place, settings, &origin).await?;
    Ok(ways.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
}

/// Every thread a script ran on has ended.
async fn nobody_thinks(pac: &Pac) {
    let all = u32::try_from(AT_ONCE).unwrap();
    tokio::time::timeout(AMPLE, pac.thinking.acquire_many(all))
        .await
        .expect("a thread is left")
        .unwrap()
        .forget();
}

struct Written {
    _folder: TempDir,
    path: PathBuf,
}

impl Written {
    fn new(script: impl AsRef<[u8]>) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("proxy.pac");
        std::fs::write(&path, script).unwrap();
        Self { _folder: folder, path }
    }

    fn place(&self) -> PacPlace {
        PacPlace::file(&self.path)
    }
}

#[tokio::test]
async fn a_script_picks_by_host_and_sees_no_path() {
    let script = "
        function FindProxyForURL(url, host) {
            if (shExpMatch(host, '*.feishu.cn')) return 'PROXY 127.0.0.1:7890; DIRECT';
            if (host == 'msg.example') return 'SOCKS5 ' + url.replace('https://', '').replace('/', '');
            return 'DIRECT';
        }";
    let file = Written::new(format!("\u{feff}{script}"));
    let pac = pac(AMPLE);
    let place = file.place();
    assert_eq!(asked(&pac, &place, "open.feishu.cn").await.unwrap(), "http://127.0.0.1:7890 direct");
    assert_eq!(
        asked(&pac, &place, "msg.example:8443/a?ticket=t").await.unwrap(),
        "socks5h://msg.example:8443"
    );
    assert_eq!(asked(&pac, &place, "example.com").await.unwrap(), "direct");
    std::fs::write(&file.path, returning("'PROXY b:1'")).unwrap();
    assert_eq!(asked(&pac, &place, "example.com").await.unwrap(), "http://b:1");
}

#[tokio::test]
async fn a_script_remembers_nothing() {
    let file = Written::new("var n = 0; function FindProxyForURL() { n++; return 'PROXY p' + n + ':1' }");
    let (pac, place) = (pac(AMPLE), file.place());
    for _ in 0..3 {
        assert_eq!(asked(&pac, &place, "a.example").await.unwrap(), "http://p1:1");
    }
}

#[tokio::test]
async fn names_are_found_through_the_runtime() {
    let file = Written::new(returning(
        "isInNet('localhost', '127.0.0.0', '255.0.0.0') ? 'PROXY in:1' : 'PROXY out:1'",
    ));
    assert_eq!(asked(&pac(AMPLE), &file.place(), "a.example").await.unwrap(), "http://in:1");
}

#[tokio::test]
async fn past_the_deadline_no_thread_is_left() {
    let file = Written::new("while (true) {}");
    let (pac, place) = (pac(BRIEF), file.place());
    let many = (0..AT_ONCE * 2).map(|_| asked(&pac, &place, "a.example"));
    for fault in futures_util::future::join_all(many).await {
        assert_eq!(fault, Err(PacFault::TimedOut(BRIEF)));
    }
    nobody_thinks(&pac).await;
}

#[tokio::test]
async fn a_script_that_cannot_be_stopped_takes_one_place_and_nobodys_time() {
    let (stubborn, good) = (Written::new("new Array(4e9).join('x')"), Written::new(returning("'DIRECT'")));
    let pac = pac(BRIEF);
    assert_eq!(asked(&pac, &stubborn.place(), "a.example").await, Err(PacFault::TimedOut(BRIEF)));
    assert_eq!(pac.thinking.available_permits(), AT_ONCE - 1);
    assert_eq!(asked(&pac, &good.place(), "a.example").await.unwrap(), "direct");
}

#[tokio::test]
async fn a_script_that_failed_is_not_asked_the_same_again_until_something_changed() {
    let file = Written::new("");
    let (pac, place, settings) = (pac(BRIEF), file.place(), Arc::default());
    for (script, again) in [
        ("while (true) {}", true),
        ("isResolvable('localhost'); while (true) {}", true),
        ("function FindProxyForURL() { throw 'no' }", true),
        ("function FindProxyForURL() { dnsResolve('localhost'); throw 'no' }", false),
        ("<html>", true),
        ("var a;", true),
        (&returning("'PROXY'"), false),
    ] {
        std::fs::write(&file.path, script).unwrap();
        let fault = asked_under(&pac, &place, &settings, "a.example").await.unwrap_err();
        let known = !pac.failed.lock().await.is_empty();
        let began = Instant::now();
        assert_eq!(asked_under(&pac, &place, &settings, "a.example").await, Err(fault.clone()), "{script}");
        assert_eq!(known, again, "{script}: {fault:?}");
        assert!(!again || began.elapsed() < BRIEF, "{script}");
        // A script that fails for one host may know another.
        if matches!(fault, PacFault::TimedOut(_)) {
            let began = Instant::now();
            assert_eq!(asked_under(&pac, &place, &settings, "b.example").await, Err(fault.clone()));
            assert_eq!(asked_under(&pac, &place, &Arc::default(), "a.example").await, Err(fault));
            assert!(began.elapsed() >= BRIEF * 2, "{script}");
        }
        *pac.failed.lock().await = Memory::default();
    }
    std::fs::write(&file.path, "while (true) {}").unwrap();
    asked_under(&pac, &place, &settings, "a.example").await.unwrap_err();
    std::fs::write(&file.path, returning("'DIRECT'")).unwrap();
    assert_eq!(asked_under(&pac, &place, &settings, "a.example").await.unwrap(), "direct");
}

#[tokio::test]
async fn a_question_nobody_waits_for_is_not_thought_about() {
    let file = Written::new("while (true) {}");
    let (pac, place) = (pac(Duration::from_secs(3600)), file.place());
    let asking = asked(&pac, &place, "a.example");
    assert!(tokio::time::timeout(BRIEF, asking).await.is_err());
    nobody_thinks(&pac).await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why() {
    let pac = pac(AMPLE);
    let folder = TempDir::new().unwrap();
    let missing = PacPlace::file(folder.path().join("none.pac"));
    let fault = asked(&pac, &missing, "a.example").await.unwrap_err();
    assert!(matches!(&fault, PacFault::Unreadable(fault) if fault.kind == std::io::ErrorKind::NotFound));
    let fault = asked(&pac, &PacPlace::file(folder.path()), "a.example").await.unwrap_err();
    assert!(matches!(fault, PacFault::Unreadable(_)));
    let huge = Written::new(vec![b' '; LARGEST + 1]);
    assert_eq!(asked(&pac, &huge.place(), "a.example").await, Err(PacFault::TooLarge));
    let large = Written::new(format!("{}{}", " ".repeat(LARGEST - 100), returning("'DIRECT'")));
    assert_eq!(asked(&pac, &large.place(), "a.example").await.unwrap(), "direct");
}

/// A server on this machine: how it answers the n-th request, whose head it is told.
struct Server {
    port: u16,
    served: Arc<AtomicUsize>,
}

impl Server {
    async fn start(answer: impl Fn(usize, &str) -> String + Send + Sync + 'static) -> Self {
        Self::start_with(None, answer).await
    }

    async fn start_with(
        tls: Option<TlsAcceptor>,
        answer: impl Fn(usize, &str) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&served);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answer = |head: &str| answer(counter.fetch_add(1, Ordering::SeqCst), head);
                match &tls {
                    None => serve(stream, answer).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            serve(stream, answer).await;
                        }
                    }
                }
            }
        });
        Self { port, served }
    }

    fn place(&self, path: &str) -> PacPlace {
        format!("http://127.0.0.1:{}{path}", self.port).parse().unwrap()
    }

    fn served(&self) -> usize {
        self.served.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: impl Fn(&str) -> String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let _ = stream.write_all(answer(&String::from_utf8_lossy(&head)).as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn ok(script: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{script}", script.len())
}

#[tokio::test]
async fn a_script_is_fetched_once_and_again_when_the_settings_were_sent_anew() {
    let server = Server::start(|n, head| {
        assert!(head.starts_with("GET /a/proxy.pac?b=c HTTP/1.1\r\n"), "{head}");
        assert!(head.to_ascii_lowercase().contains("\r\nhost: 127.0.0.1:"), "{head}");
        ok(&returning(&format!("'PROXY p{n}:1'")))
    })
    .await;
    let (pac, place) = (pac(AMPLE), server.place("/a/proxy.pac?b=c#d"));
    let settings = Arc::new(SystemProxies::default());
    let at_once = (0..5).map(|_| asked_under(&pac, &place, &settings, "a.example"));
    for ways in futures_util::future::join_all(at_once).await {
        assert_eq!(ways.unwrap(), "http://p0:1");
    }
    assert_eq!(server.served(), 1);
    let settings = Arc::new(SystemProxies::default());
    assert_eq!(asked_under(&pac, &place, &settings, "a.example").await.unwrap(), "http://p1:1");
    assert_eq!(asked_under(&pac, &place, &settings, "a.example").await.unwrap(), "http://p1:1");
    let long_ago = tokio::time::Instant::now().checked_sub(KEPT).expect("a machine that runs for minutes");
    pac.kept.lock().await.scripts.get_mut(&place).unwrap().1 = long_ago;
    assert_eq!(asked_under(&pac, &place, &settings, "a.example").await.unwrap(), "http://p2:1");
}

#[tokio::test]
async fn a_redirect_is_followed_but_not_for_ever() {
    let server = Server::start(|_, head| {
        let to =
            |target: &str| format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
        match head.split(' ').nth(1).unwrap() {
            "/old" => to("/new"),
            "/new" => ok(&returning("'DIRECT'")),
            "/loop" => to("/loop"),
            "/file" => to("file:///etc/passwd"),
            "/portal" => to("javascript:1"),
            path => panic!("{path}"),
        }
    })
    .await;
    let pac = pac(AMPLE);
    assert_eq!(asked(&pac, &server.place("/old"), "a.example").await.unwrap(), "direct");
    assert_eq!(asked(&pac, &server.place("/loop"), "a.example").await, Err(PacFault::Status(302)));
    for elsewhere in ["/file", "/portal"] {
        assert_eq!(asked(&pac, &server.place(elsewhere), "a.example").await, Err(PacFault::Status(302)));
    }
}

#[tokio::test]
async fn a_server_without_a_script_is_told_by_what_it_does() {
    let server = Server::start(|_, head| match head.split(' ').nth(1).unwrap() {
        "/none" => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "/portal" => ok("<html><body>Log in</body></html>"),
        "/huge" => ok(&" ".repeat(LARGEST + 1)),
        "/cut" => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfunction".to_owned(),
        "/other" => "SSH-2.0-OpenSSH_9.6\r\n".to_owned(),
        "/endless" => {
            let mut answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
            for _ in 0..40 {
                write!(answer, "8000\r\n{}\r\n", " ".repeat(0x8000)).unwrap();
            }
            answer
        }
        path => panic!("{path}"),
    })
    .await;
    let pac = pac(AMPLE);
    let fault = async |path: &str| asked(&pac, &server.place(path), "a.example").await.unwrap_err();
    assert_eq!(fault("/none").await, PacFault::Status(404));
    assert!(matches!(fault("/portal").await, PacFault::NotAScript(_)));
    assert_eq!(fault("/huge").await, PacFault::TooLarge);
    assert_eq!(fault("/endless").await, PacFault::TooLarge);
    for broken in ["/cut", "/other"] {
        let fault = fault(broken).await;
        assert!(matches!(fault, PacFault::Unreachable { stage: Stage::Http, .. }), "{broken}: {fault:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_or_silent_is_told_by_its_stage() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody: PacPlace = format!("http://{}/", closed.local_addr().unwrap()).parse().unwrap();
    drop(closed);
    let fault = asked(&pac(AMPLE), &nobody, "a.example").await.unwrap_err();
    assert_eq!(fault, PacFault::Unreachable { stage: Stage::Tcp, cause: Box::new(Cause::Refused) });

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place: PacPlace = format!("http://{}/", silent.local_addr().unwrap()).parse().unwrap();
    assert_eq!(asked(&pac(BRIEF), &place, "a.example").await, Err(PacFault::TimedOut(BRIEF)));

    let nowhere: PacPlace = "http://nowhere.invalid/".parse().unwrap();
    let fault = asked(&pac(AMPLE), &nowhere, "a.example").await.unwrap_err();
    assert!(matches!(fault, PacFault::Unreachable { stage: Stage::Dns, .. }), "{fault:?}");
}

#[tokio::test]
async fn over_tls_the_server_must_be_trusted() {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key.serialize_der().try_into().unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let server = Server::start_with(Some(acceptor), |_, _| ok(&returning("'PROXY a:1'"))).await;
    let place: PacPlace = format!("https://localhost:{}/proxy.pac", server.port).parse().unwrap();

    let stranger = asked(&pac(AMPLE), &place, "a.example").await.unwrap_err();
    assert!(matches!(stranger, PacFault::Unreachable { stage: Stage::Tls, .. }), "{stranger:?}");

    let file = Written::new(ca.pem());
    let roots = Arc::new(Roots::new(RootSource::ExtraOnly, vec![file.path.clone()]));
    assert_eq!(asked(&Pac::new(roots, AMPLE), &place, "a.example").await.unwrap(), "http://a:1");
}
