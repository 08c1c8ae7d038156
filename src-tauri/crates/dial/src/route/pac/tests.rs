use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::functions::World;
use super::sandbox::{self, Question};
use super::*;
use crate::cause::Cause;
use crate::error::Stage;
use crate::roots::RootSource;

/// Long enough for what must succeed on a busy machine.
const AMPLE: Duration = Duration::from_secs(20);
/// Short enough to wait for where it must run out.
const BRIEF: Duration = Duration::from_millis(300);

const SUNDAY: &str = "2026-11-22T14:30:00[Asia/Shanghai]";

fn world() -> World {
    let lookup = |name: &str| -> Vec<IpAddr> {
        let found: &[&str] = match name {
            "open.feishu.cn" => &["2001:db8::7", "10.1.2.3", "10.1.2.4"],
            "six.example" => &["2001:db8::6"],
            _ => &[],
        };
        found.iter().map(|address| address.parse().unwrap()).collect()
    };
    let (now, found) = (SUNDAY.parse().unwrap(), RefCell::new(HashMap::new()));
    World { now, lookup: Box::new(lookup), found }
}

/// What a script answers for a host, in the sandbox alone.
fn answer_within(script: &str, host: &str, allowed: Duration) -> Result<String, PacFault> {
    let deadline = Instant::now() + allowed;
    let url = format!("https://{host}/");
    let stop = Box::new(move || Instant::now() >= deadline);
    sandbox::answer(Question { script, url: &url, host, stop, allowed }, world())
}

fn answer(script: &str) -> Result<String, PacFault> {
    answer_within(script, "open.feishu.cn", AMPLE)
}

fn returning(expression: &str) -> String {
    format!("function FindProxyForURL(url, host) {{ return {expression}; }}")
}

fn value(expression: &str) -> String {
    answer(&returning(&format!("String({expression})")))
        .unwrap_or_else(|fault| panic!("{expression}: {fault}"))
}

#[test]
fn each_function_says_what_browsers_say() {
    for (expression, expected) in [
        ("url + ' ' + host", "https://open.feishu.cn/ open.feishu.cn"),
        ("isPlainHostName('intern')", "true"),
        ("isPlainHostName(host)", "false"),
        ("isPlainHostName('::1')", "false"),
        ("dnsDomainIs(host, '.feishu.cn')", "true"),
        ("dnsDomainIs(host, 'feishu.cn')", "true"),
        ("dnsDomainIs(host, '.larksuite.com')", "false"),
        ("dnsDomainIs('cn', '.feishu.cn')", "false"),
        ("localHostOrDomainIs('open.feishu.cn', 'open.feishu.cn')", "true"),
        ("localHostOrDomainIs('open', 'open.feishu.cn')", "true"),
        ("localHostOrDomainIs('ope', 'open.feishu.cn')", "false"),
        ("localHostOrDomainIs('www.feishu.cn', 'open.feishu.cn')", "false"),
        ("isResolvable(host)", "true"),
        ("isResolvable('six.example')", "false"),
        ("isResolvable('nowhere.example')", "false"),
        ("isResolvableEx('six.example')", "true"),
        ("isResolvableEx('nowhere.example')", "false"),
        ("dnsResolve(host)", "10.1.2.3"),
        ("dnsResolve('192.0.2.1')", "192.0.2.1"),
        ("dnsResolve('nowhere.example')", "null"),
        ("dnsResolve('nowhere.example') === null", "true"),
        ("dnsResolveEx(host)", "2001:db8::7;10.1.2.3;10.1.2.4"),
        ("dnsResolveEx('nowhere.example')", ""),
        ("isInNet(host, '10.1.0.0', '255.255.0.0')", "true"),
        ("isInNet(host, '10.2.0.0', '255.255.0.0')", "false"),
        ("isInNet('10.9.9.9', '10.0.0.0', '255.0.0.0')", "true"),
        ("isInNet('192.0.2.1', '192.0.2.1', '255.255.255.255')", "true"),
        ("isInNet('nowhere.example', '0.0.0.0', '0.0.0.0')", "false"),
        ("isInNet(host, 'ten', '255.0.0.0')", "false"),
        ("isInNet(host)", "false"),
        ("isInNetEx(host, '10.1.2.0/24')", "true"),
        ("isInNetEx(host, '2001:db8::/32')", "true"),
        ("isInNetEx('10.1.2.3', '10.1.3.0/24')", "false"),
        ("isInNetEx(host, 'rubbish')", "false"),
        ("dnsDomainLevels('intern')", "0"),
        ("dnsDomainLevels(host) + 1", "3"),
        ("shExpMatch(host, '*.feishu.cn')", "true"),
        ("shExpMatch(host, 'feishu')", "false"),
        ("shExpMatch(url, 'https://*')", "true"),
        ("shExpMatch('a.c', 'a?c')", "true"),
        ("shExpMatch('abc', 'a.c')", "false"),
        ("shExpMatch(host)", "false"),
        ("weekdayRange('SAT', 'SUN')", "true"),
        ("weekdayRange('MON', 'FRI')", "false"),
        ("dateRange(22)", "true"),
        ("dateRange(1, 'JAN', 2027, 31, 'DEC', 2027)", "false"),
        ("timeRange(14)", "true"),
        ("timeRange(6, 'GMT')", "true"),
        ("timeRange(8, 30, 9, 0)", "false"),
        ("sortIpAddressList('10.0.0.2;2001:db8::1;10.0.0.1')", "2001:db8::1;10.0.0.1;10.0.0.2"),
        ("sortIpAddressList('10.0.0.2;x')", ""),
        ("getClientVersion()", "1.0"),
        ("alert('x')", "undefined"),
        ("alert.name + alert.length", "alert0"),
        ("/^\\d+\\.\\d+\\.\\d+\\.\\d+$/.test(myIpAddress())", "true"),
        ("typeof myIpAddressEx()", "string"),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn the_arguments_may_be_anything() {
    for function in super::functions::FUNCTIONS.map(|(name, _)| name) {
        for args in
            ["", "undefined", "null, null, null", "{}, [], 1e400", "'*', '\\u0000'", "0,0,0,0,0,0,0,0"]
        {
            value(&format!("{function}({args})"));
        }
    }
    assert!(matches!(answer(&returning("dnsResolve('\\ud800')")), Err(PacFault::Threw(_))));
    let fault = answer(&returning("dnsResolve({ toString: function() { throw new Error('mine') } })"));
    assert_eq!(fault, Err(PacFault::Threw("Error: mine".to_owned())));
}

#[test]
fn a_name_is_looked_up_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let lookup = {
        let asked = Arc::clone(&asked);
        move |_: &str| {
            asked.fetch_add(1, Ordering::Relaxed);
            vec![IpAddr::from([10, 0, 0, 1])]
        }
    };
    let script = returning("isResolvable(host) + dnsResolve(host) + isInNet(host, '10.0.0.0', '255.0.0.0')");
    let question = Question {
        script: &script,
        url: "",
        host: "open.feishu.cn",
        stop: Box::new(|| false),
        allowed: AMPLE,
    };
    let answer = sandbox::answer(question, World { lookup: Box::new(lookup), ..world() });
    assert_eq!((answer, asked.load(Ordering::Relaxed)), (Ok("true10.0.0.1true".to_owned()), 1));
}

#[test]
fn a_script_has_nothing_of_the_machine() {
    let globals = value("Object.getOwnPropertyNames(globalThis).join()");
    for name in [
        "require",
        "process",
        "std",
        "os",
        "print",
        "console",
        "fetch",
        "XMLHttpRequest",
        "setTimeout",
        "WebAssembly",
        "scriptArgs",
        "SharedArrayBuffer",
        "Atomics",
        "ArrayBuffer",
        "performance",
    ] {
        assert_eq!(value(&format!("typeof {name}")), "undefined", "{name}");
        assert!(!globals.split(',').any(|global| global == name), "{name}");
    }
    for leaves in [
        "import('fs')",
        "async function f() { await 1 } f()",
        "var o = {}; o.o = o",
        "var g = (function* () { yield g })(); g.next()",
        "new Promise(function(yes) { yes(1) }).then(function() { while (true) {} })",
    ] {
        assert_eq!(
            answer(&format!("{leaves}; function FindProxyForURL() {{}}")).as_deref(),
            Ok(""),
            "{leaves}"
        );
    }
    assert!(answer("import * as fs from 'fs'; function FindProxyForURL() {}").is_err());
}

#[test]
fn an_old_script_runs_and_so_does_a_new_one() {
    for script in [
        "function FindProxyForURL(u, h) { x = 010; with ({ y: 1 }) { return 'DIRECT' } }",
        "var FindProxyForURL = function(u, h) { return 'DIRECT' }",
        "const FindProxyForURL = (u, h) => { let m = new Map([[h, `DIRECT`]]); return m.get(h) ?? null }",
        "\n\n// FindProxyForURL\nFindProxyForURL = function() { return eval('\"DIRECT\"') }",
    ] {
        assert_eq!(answer(script).as_deref(), Ok("DIRECT"), "{script}");
    }
    for nothing in ["null", "undefined", "''"] {
        assert_eq!(answer(&returning(nothing)).as_deref(), Ok(""), "{nothing}");
    }
}

#[test]
fn what_is_no_script_or_no_answer_is_told_apart() {
    let html = "<!DOCTYPE html>\n<html><head><title>Log in</title></head><body>…</body></html>";
    for not_a_script in
        [html, "function FindProxyForURL(", "\u{0}\u{1}\u{2}", "var a = ;", "{\"error\": 404}"]
    {
        let fault = answer(not_a_script).unwrap_err();
        assert!(matches!(&fault, PacFault::NotAScript(_)), "{not_a_script:?}: {fault:?}");
    }
    for no_function in ["", "// nothing", "var FindProxyForURL = 1;", "function findproxyforurl() {}"] {
        assert_eq!(answer(no_function), Err(PacFault::NoFunction), "{no_function:?}");
    }
    for no_answer in ["1", "true", "{}", "['DIRECT']", "host.split", "Symbol('a')", "(function*() {})()"] {
        let fault = answer(&returning(no_answer)).unwrap_err();
        assert!(matches!(&fault, PacFault::Nonsense(_)), "{no_answer}: {fault:?}");
    }
}

#[test]
fn what_a_script_throws_is_told_in_a_line() {
    let throwing = |thrown: &str| format!("function FindProxyForURL() {{ throw {thrown}; }}");
    for (thrown, line) in [
        ("new Error('a\\nb')", "Error: a b"),
        ("new SyntaxError('a')", "SyntaxError: a"),
        ("'text'", "text"),
        ("42", "42"),
        ("undefined", "undefined"),
        ("({ name: 'N', message: 'm' })", "N: m"),
        ("({ a: 1 })", "something that is no text"),
        ("Symbol('a')", "something that is no text"),
        ("({ get message() { throw 1 }, get name() { throw 2 } })", "something that is no text"),
    ] {
        assert_eq!(answer(&throwing(thrown)), Err(PacFault::Threw(line.to_owned())), "{thrown}");
    }
    assert_eq!(
        answer("nowhere(); function FindProxyForURL() {}"),
        Err(PacFault::Threw("ReferenceError: nowhere is not defined".to_owned()))
    );
    let Err(PacFault::Threw(long)) = answer(&throwing("'x'.repeat(1e6)")) else { panic!("not thrown") };
    assert!(long.len() < 300);
}

#[test]
fn a_script_without_end_is_stopped() {
    for body in [
        "while (true) {}",
        "for (;;) { try { while (true) {} } catch (e) {} finally { continue } }",
        "/^(a+)+$/.test('a'.repeat(50) + 'b')",
        "Array.prototype.indexOf.call({ length: 9007199254740991 }, 1)",
        "[2, 1].sort(function() { while (true) {} })",
        "for (var i = 0; ; i++) shExpMatch('a'.repeat(1000), '*a'.repeat(500) + 'b')",
        "throw { get message() { while (true) {} } }",
    ] {
        let began = Instant::now();
        let fault =
            answer_within(&format!("function FindProxyForURL() {{ {body} }}"), "a", BRIEF).unwrap_err();
        let took = began.elapsed();
        let ended = fault == PacFault::TimedOut(BRIEF) || matches!(fault, PacFault::Threw(_));
        assert!(ended && took < AMPLE, "{body}: {fault:?} after {took:?}");
    }
    assert_eq!(answer_within("while (true) {}", "a", BRIEF), Err(PacFault::TimedOut(BRIEF)));
}

#[test]
fn a_script_without_measure_is_refused_memory() {
    for body in [
        "var a = []; while (true) a.push('x'.repeat(1000) + a.length)",
        "var s = 'x'; while (true) s += s",
        "'x'.repeat(1e9)",
        "new Array(1e9).fill(1)",
        "var o = {}; for (var i = 0; ; i++) o['k' + i] = { o: o }",
        "var m = new Map(); for (var i = 0; ; i++) m.set(i, [i])",
        "shExpMatch('x'.repeat(1e9), '*')",
    ] {
        let fault = answer(&format!("function FindProxyForURL() {{ {body} }}")).unwrap_err();
        assert!(matches!(&fault, PacFault::Threw(_)), "{body}: {fault:?}");
    }
}

#[test]
fn a_script_without_bottom_is_stopped() {
    for body in [
        "(function f() { f() })()",
        "(function f() { try { f() } finally { f() } })()",
        "var o = {}; o.toString = function() { return '' + o }; '' + o",
        "JSON.parse('['.repeat(1e6))",
        "var a = []; for (var i = 0; i < 1e6; i++) a = [a]; JSON.stringify(a)",
        "eval('('.repeat(1e6))",
        "new RegExp('('.repeat(1e5) + ')'.repeat(1e5)).test('a')",
        "'a'.replace(/a/, function f() { return 'a'.replace(/a/, f) })",
        "var f = function() {}; for (var i = 0; i < 1e6; i++) f = f.bind(null); f()",
    ] {
        let fault =
            answer_within(&format!("function FindProxyForURL() {{ {body} }}"), "a", BRIEF * 10).unwrap_err();
        assert!(matches!(&fault, PacFault::Threw(_) | PacFault::TimedOut(_)), "{body}: {fault:?}");
    }
    let nested = format!("{}1{}", "[".repeat(400_000), "]".repeat(400_000));
    assert!(answer(&nested).is_err());
}

// From here on with files, servers and threads.

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
