use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::*;
use crate::origin::Origin;
use crate::proxy::{Credentials, ProxyError};

const FEISHU: &str = "https://open.feishu.cn";

fn origin(text: &str) -> Origin {
    text.parse().unwrap()
}

fn environment(set: &[(&str, &str)]) -> Environment {
    Environment::of(|name| set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned()))
}

fn place(host: &str, port: u16) -> Option<Place> {
    Some(Place { host: host.to_owned(), port, credentials: None })
}

fn mac(set: impl FnOnce(&mut SystemProxies)) -> SystemProxies {
    let mut settings = SystemProxies { source: "macOS".to_owned(), ..SystemProxies::default() };
    set(&mut settings);
    settings
}

fn router(choice: &str, set: &[(&str, &str)], settings: SystemProxies) -> Router {
    // The sender is gone: the settings stay as they were.
    let (_, system) = watch::channel(Arc::new(settings));
    Router::new(choice.parse().unwrap(), environment(set), system)
}

/// A route in a line: its ways, who says so, and the rule.
fn shown(route: &Route) -> String {
    let ways: Vec<String> = route.ways.iter().map(ToString::to_string).collect();
    let source = match &route.why.source {
        Source::Given => "given".to_owned(),
        Source::Environment(name) => name.clone(),
        Source::System(name) => name.clone(),
        Source::Nobody => "nobody".to_owned(),
    };
    let rule = match &route.why.rule {
        None => String::new(),
        Some(Rule::Exception(entry)) => format!(" except {entry}"),
        Some(rule) => format!(" {rule:?}"),
    };
    format!("{} by {source}{rule}", ways.join(", "))
}

async fn route(router: &Router, to: &str) -> String {
    match router.route(&origin(to)).await {
        Ok(route) => shown(&route),
        Err(unrouted) => unrouted.to_string(),
    }
}

async fn others(router: &Router, to: &str) -> Vec<String> {
    router.others(&origin(to)).await.iter().map(shown).collect()
}

#[tokio::test]
async fn nobody_says_anything_and_the_road_is_straight() {
    for router in [Router::direct(), router("auto", &[], SystemProxies::default())] {
        assert_eq!(router.route(&origin(FEISHU)).await, Ok(Route::direct()));
        assert_eq!(route(&router, FEISHU).await, "direct by nobody");
        assert_eq!(route(&router, "https://localhost").await, "direct by nobody");
        assert_eq!(route(&router, "http://localhost:9").await, "direct by nobody ThisMachine");
        assert_eq!(others(&router, FEISHU).await, [""; 0]);
    }
}

#[tokio::test]
async fn the_environment_comes_before_the_system_and_the_user_before_both() {
    let settings = || mac(|it| it.https = place("127.0.0.1", 7890));
    let set = [("HTTP_PROXY", "http://c:3"), ("ALL_PROXY", "socks5://b:2"), ("https_proxy", "a:1")];
    for (choice, set, settings, expected) in [
        ("auto", &set[..], settings(), "http://a:1 by https_proxy"),
        ("auto", &set[..2], settings(), "socks5://b:2 by ALL_PROXY"),
        ("auto", &set[..1], settings(), "http://c:3 by HTTP_PROXY"),
        ("auto", &[], settings(), "http://127.0.0.1:7890 by macOS"),
        ("direct", &set[..], settings(), "direct by given"),
        ("https://d:4", &set[..], settings(), "https://d:4 by given"),
    ] {
        assert_eq!(route(&router(choice, set, settings), FEISHU).await, expected);
    }
}

#[tokio::test]
async fn a_systems_settings_mean_what_a_browser_takes_them_for() {
    let all = |it: &mut SystemProxies| {
        it.http = place("h", 1);
        it.https = place("s", 2);
        it.socks = place("[::1]", 3);
        it.exceptions = vec!["*.local".to_owned(), "169.254/16".to_owned(), "*.feishu.cn".to_owned()];
        it.simple_names_direct = true;
    };
    let and = |change: fn(&mut SystemProxies)| {
        mac(|it| {
            all(it);
            change(it);
        })
    };
    for (settings, to, expected) in [
        (and(|_| {}), "https://open.larksuite.com", "http://s:2 by macOS"),
        (and(|_| {}), FEISHU, "direct by macOS except *.feishu.cn"),
        (and(|_| {}), "https://169.254.1.1", "direct by macOS except 169.254/16"),
        (and(|_| {}), "https://intern", "direct by macOS SimpleName"),
        (and(|it| it.simple_names_direct = false), "https://intern", "http://s:2 by macOS"),
        (and(|_| {}), "https://[2001:db8::1]", "http://s:2 by macOS"),
        (and(|it| it.exceptions_reversed = true), FEISHU, "http://s:2 by macOS"),
        (and(|it| it.exceptions_reversed = true), "https://a.example", "direct by macOS NotListed"),
        (and(|it| it.https = None), "https://a.example", "socks5h://[::1]:3 by macOS"),
        (mac(|it| it.http = place("h", 1)), FEISHU, "direct by nobody"),
        (mac(|it| it.auto_discovery = true), FEISHU, "direct by macOS AutoDiscovery"),
        (and(|it| it.auto_discovery = true), "https://a.example", "http://s:2 by macOS"),
        (
            mac(|it| it.https = place("s", 0)),
            FEISHU,
            "the proxy settings of macOS: port 0 cannot be connected to: name the port the proxy listens on",
        ),
        (
            mac(|it| it.https = place(" ", 1)),
            FEISHU,
            "the proxy settings of macOS: the proxy's address names no host",
        ),
        (
            mac(|it| it.pac = Some("proxy.pac?hunter2".to_owned())),
            FEISHU,
            "the proxy settings of macOS: not the place of a PAC script: write a URL like \
             https://proxy.example.com/proxy.pac or an absolute path",
        ),
    ] {
        assert_eq!(route(&router("auto", &[], settings), to).await, expected);
    }
}

#[tokio::test]
async fn an_exception_of_the_environment_counts_whoever_set_the_proxy() {
    let settings = || mac(|it| it.https = place("s", 2));
    let except = ("no_proxy", "a.example, .feishu.cn:443");
    for (set, settings, to, expected) in [
        (vec![("ALL_PROXY", "b:2"), except], settings(), FEISHU, "direct by no_proxy except .feishu.cn:443"),
        (vec![except], settings(), FEISHU, "direct by no_proxy except .feishu.cn:443"),
        (vec![except], SystemProxies::default(), FEISHU, "direct by nobody"),
        (vec![("ALL_PROXY", "b:2"), except], settings(), "https://b.example", "http://b:2 by ALL_PROXY"),
        (vec![except], settings(), "https://b.example", "http://s:2 by macOS"),
        (vec![("ALL_PROXY", "::"), except], settings(), FEISHU, "direct by no_proxy except .feishu.cn:443"),
    ] {
        assert_eq!(route(&router("auto", &set, settings), to).await, expected);
    }
    assert_eq!(route(&router("http://b:2", &[except], settings()), FEISHU).await, "http://b:2 by given");
}

#[tokio::test]
async fn this_machine_is_reached_through_a_proxy_only_where_the_user_says_so() {
    let settings = || mac(|it| it.socks = place("s", 2));
    let set = [("HTTPS_PROXY", "a:1")];
    for to in ["https://localhost:9", "https://a.localhost", "https://127.8.8.8", "https://[::1]:9"] {
        assert_eq!(route(&router("auto", &set, settings()), to).await, "direct by HTTPS_PROXY ThisMachine");
        assert_eq!(route(&router("auto", &[], settings()), to).await, "direct by macOS ThisMachine");
        assert_eq!(route(&router("http://b:2", &set, settings()), to).await, "http://b:2 by given");
        assert_eq!(others(&router("auto", &set, settings()), to).await, [""; 0]);
    }
    for to in ["http://localhost:9", "ws://127.0.0.1:9"] {
        for (choice, source) in [("auto", "HTTPS_PROXY"), ("http://b:2", "given"), ("direct", "given")] {
            let router = router(choice, &set, settings());
            assert_eq!(route(&router, to).await, format!("direct by {source} ThisMachine"));
            assert_eq!(others(&router, to).await, [""; 0]);
        }
    }
}

#[tokio::test]
async fn a_value_that_names_no_proxy_is_told_by_its_variable_and_not_repeated() {
    for value in ["ftp://u:hunter2@h", "http://u:hunter2@", "http://u:hunter2@h:0", "hunter2 hunter2"] {
        let router = router("auto", &[("ALL_PROXY", value)], mac(|it| it.https = place("s", 2)));
        let unrouted = router.route(&origin(FEISHU)).await.unwrap_err();
        assert_eq!(unrouted.why.source, Source::Environment("ALL_PROXY".to_owned()));
        assert!(matches!(unrouted.fault, RouteFault::NotAProxy(_)), "{unrouted:?}");
        assert!(unrouted.to_string().starts_with("ALL_PROXY: "), "{unrouted}");
        assert!(!format!("{unrouted} {unrouted:?} {router:?}").contains("hunter2"), "{router:?}");
        assert_eq!(others(&router, FEISHU).await, ["http://s:2 by macOS", "direct by given"]);
    }
    let unrouted = Unrouted {
        why: Why { source: Source::Given, pac: None, rule: None },
        fault: ProxyError::NoHost.into(),
    };
    assert_eq!(unrouted.to_string(), "the proxy setting: the proxy's address names no host");
}

#[tokio::test]
async fn the_other_roads_are_those_not_taken() {
    let settings = || mac(|it| it.https = place("s", 2));
    let set = [("HTTPS_PROXY", "a:1")];
    for (choice, set, expected) in [
        ("auto", &set[..], &["http://s:2 by macOS", "direct by given"][..]),
        ("auto", &[], &["direct by given"]),
        ("direct", &set, &["http://a:1 by HTTPS_PROXY", "http://s:2 by macOS"]),
        ("http://a:1", &set, &["http://s:2 by macOS", "direct by given"]),
        ("http://c:3", &[], &["http://s:2 by macOS", "direct by given"]),
        ("auto", &[("NO_PROXY", "*"), ("HTTPS_PROXY", "s:2")], &["http://s:2 by HTTPS_PROXY"]),
    ] {
        assert_eq!(others(&router(choice, set, settings()), FEISHU).await, expected, "{choice} {set:?}");
    }
    let only_discovery = router("auto", &[], mac(|it| it.auto_discovery = true));
    assert_eq!(others(&only_discovery, FEISHU).await, [""; 0]);
}

#[tokio::test]
async fn the_systems_settings_are_followed() {
    let (send, system) = watch::channel(Arc::new(SystemProxies::default()));
    let router = Router::new(Choice::Auto, Environment::default(), system);
    let clone = router.clone();
    assert_eq!(route(&clone, FEISHU).await, "direct by nobody");
    send.send(Arc::new(mac(|it| it.https = place("s", 2)))).unwrap();
    assert_eq!(route(&clone, FEISHU).await, "http://s:2 by macOS");
    send.send(Arc::new(SystemProxies::default())).unwrap();
    assert_eq!(route(&clone, FEISHU).await, "direct by nobody");
}

#[tokio::test]
async fn a_script_decides_and_where_it_fails_nothing_else_does() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("proxy.pac");
    let file = format!("file://{}", path.display());
    let script = "function FindProxyForURL(url, host) {
        if (url != 'https://' + host + '/') throw url;
        return host == 'open.feishu.cn' ? 'PROXY p:1; SOCKS q:2; DIRECT' : 'DIRECT' }";
    std::fs::write(&path, script).unwrap();
    let settings = || {
        mac(|it| {
            it.pac = Some(file.clone());
            it.https = place("s", 2);
            it.exceptions = vec!["*".to_owned()];
        })
    };

    let system = router("auto", &[], settings());
    let found = system.route(&origin("https://open.feishu.cn/open-apis?a=b")).await.unwrap();
    assert_eq!(shown(&found), "http://p:1, socks5h://q:2, direct by macOS");
    assert_eq!(found.why.pac, Some(file.clone()));
    assert_eq!(route(&system, "https://a.example").await, "direct by macOS");
    assert_eq!(route(&system, "https://localhost").await, "direct by macOS ThisMachine");
    assert_eq!(others(&system, FEISHU).await, [""; 0]);
    let straight = router("direct", &[], settings());
    assert_eq!(others(&straight, FEISHU).await, ["http://p:1 by macOS", "socks5h://q:2 by macOS"]);

    let given = router(&format!("pac+{file}"), &[("ALL_PROXY", "a:1"), ("NO_PROXY", "*")], settings());
    assert_eq!(route(&given, FEISHU).await, "http://p:1, socks5h://q:2, direct by given");
    assert_eq!(route(&given, "http://localhost:9").await, "direct by given ThisMachine");
    assert_eq!(others(&given, FEISHU).await, ["http://a:1 by ALL_PROXY"]);

    std::fs::write(&path, "while (true) {}").unwrap();
    let brief = Duration::from_millis(200);
    let endless = given.with_pac_deadline(brief);
    let unrouted = endless.route(&origin(FEISHU)).await.unwrap_err();
    let began = Instant::now();
    assert_eq!(others(&endless, FEISHU).await, ["http://a:1 by ALL_PROXY", "direct by given"]);
    assert!(began.elapsed() < brief, "the script is not asked again");
    assert_eq!(unrouted.fault, RouteFault::Pac(PacFault::TimedOut(brief)));
    assert_eq!(unrouted.why, Why { source: Source::Given, pac: Some(file), rule: None });
}

#[test]
fn no_setting_shows_what_may_be_secret() {
    let credentials = Credentials { user: "hunter2".to_owned(), password: "hunter2".into() };
    let settings = mac(|it| {
        it.https = Some(Place { host: "s".to_owned(), port: 2, credentials: Some(credentials) });
        it.pac = Some("http://hunter2@proxy.corp/proxy.pac?hunter2".to_owned());
        it.exceptions = vec!["hunter2".to_owned()];
    });
    let set = [("HTTPS_PROXY", "http://hunter2:hunter2@s:2"), ("NO_PROXY", "hunter2")];
    let router = router("socks5://hunter2:hunter2@s:2", &set, settings);
    assert!(!format!("{router:?}").contains("hunter2"), "{router:?}");
}
