use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::*;

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
    super::answer(Question { script, url: &url, host, stop, allowed }, world())
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
    for function in FUNCTIONS.map(|(name, _)| name) {
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
    let answer = super::answer(question, World { lookup: Box::new(lookup), ..world() });
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
