//! News from a real kernel, a real bus and real files: a network namespace, a D-Bus and a home folder of the test's own.
#![cfg(target_os = "linux")]
// All of this file is a test, and its peers are processes.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stdout)]

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use longwire_host::{
    news::{News, Watch, watch_in},
    proxies::Desktop,
};
use tokio::time::timeout;

/// How long news may take; far more than it does.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it takes to be sure that there is no further news: several times what belongs to one change.
const SILENCE: Duration = Duration::from_millis(1200);
/// No bus.
const NOWHERE: &str = "unix:path=/nonexistent/bus";

fn nobody() -> Desktop {
    Desktop { names: String::new(), config: None, path: "".into(), deadline: PATIENCE }
}

async fn assert_silent(watch: &mut Watch, what: &str) {
    if let Ok(news) = timeout(SILENCE, watch.next()).await {
        panic!("{news:?} after {what}");
    }
}

async fn assert_one(watch: &mut Watch, news: News, what: &str) {
    assert_eq!(timeout(PATIENCE, watch.next()).await, Ok(news), "after {what}");
    assert_silent(watch, what).await;
}

// ---- the network ----

const INSIDE: &str = "LONGWIRE_TEST_INSIDE";

/// Runs one test of this file again in a network namespace of its own; `None` where that is not permitted.
fn in_a_namespace(test: &str) -> Option<()> {
    let unshare = |program: &mut Command| {
        program.stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
    };
    let flags = ["--user", "--map-root-user", "--net"];
    let flags =
        if unshare(Command::new("unshare").args(["--net", "true"])) { &flags[2..] } else { &flags[..] };
    if !unshare(Command::new("unshare").args(flags).args(["ip", "link"])) {
        println!("skipped: needs unshare, ip and the permission for a network namespace");
        return None;
    }
    let output = Command::new("unshare")
        .args(flags)
        .arg(env::current_exe().unwrap())
        .args(["--exact", "--nocapture", test])
        .env(INSIDE, "namespace")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    if !output.status.success() {
        std::io::stderr().write_all(&output.stdout).unwrap();
        std::io::stderr().write_all(&output.stderr).unwrap();
    }
    assert!(output.status.success(), "the test inside failed: {}", output.status);
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "it did not run");
    Some(())
}

fn ip(arguments: &str) {
    let output = Command::new("ip").args(arguments.split_whitespace()).output().unwrap();
    assert!(output.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn each_change_of_the_network_is_one_piece_of_news() {
    if env::var_os(INSIDE).is_none() {
        in_a_namespace("each_change_of_the_network_is_one_piece_of_news");
        return;
    }
    run(async {
        let mut watch = watch_in(Some(NOWHERE.to_owned()), nobody());
        assert_silent(&mut watch, "beginning to listen").await;

        ip("link set lo up");
        assert_one(&mut watch, News::NetworkChanged, "the first interface").await;
        ip("addr add 10.9.0.1/24 dev lo");
        assert_one(&mut watch, News::NetworkChanged, "an address").await;
        ip("addr replace 10.9.0.1/24 dev lo valid_lft 3600 preferred_lft 3600");
        ip("addr replace 10.9.0.1/24 dev lo valid_lft 1800 preferred_lft 1800");
        assert_silent(&mut watch, "another lifetime").await;

        ip("link add inner type veth peer name outer");
        ip("link set inner up");
        ip("neigh add 10.9.0.7 lladdr 02:00:00:00:00:07 dev inner nud permanent");
        ip("link set inner mtu 1400");
        assert_silent(&mut watch, "an interface that leads nowhere, and its neighbours").await;

        // As a lease of DHCP brings it: several messages, one change.
        ip("link set outer up");
        ip("addr add 10.8.0.2/24 dev inner");
        ip("route add default via 10.8.0.1 dev inner");
        assert_one(&mut watch, News::NetworkChanged, "a new network").await;
        ip("route replace default via 10.8.0.9 dev inner");
        assert_one(&mut watch, News::NetworkChanged, "another way out").await;
        ip("route replace default via 10.8.0.9 dev inner");
        assert_silent(&mut watch, "the same way out again").await;

        ip("link set outer down");
        ip("link set outer up");
        assert_one(&mut watch, News::NetworkChanged, "a cable pulled for a moment").await;

        if Path::new("/proc/sys/net/ipv6").is_dir() {
            ip("addr add 2001:db8::5/64 dev inner");
            assert_one(&mut watch, News::NetworkChanged, "an address that nobody else turns out to have")
                .await;
            ip("addr replace 2001:db8::5/64 dev inner valid_lft 3600 preferred_lft 3600");
            assert_silent(&mut watch, "another lifetime").await;
            ip("route add default via fe80::1 dev inner");
            assert_one(&mut watch, News::NetworkChanged, "a router").await;
        }
        ip("addr del 10.8.0.2/24 dev inner");
        assert_one(&mut watch, News::NetworkChanged, "an address that is gone").await;
    });
}

#[test]
fn bridges_for_containers_are_no_news_until_the_way_out_goes_over_one() {
    if env::var_os(INSIDE).is_none() {
        in_a_namespace("bridges_for_containers_are_no_news_until_the_way_out_goes_over_one");
        return;
    }
    run(async {
        ip("link set lo up");
        let mut watch = watch_in(Some(NOWHERE.to_owned()), nobody());
        assert_silent(&mut watch, "beginning to listen").await;
        ip("link add docker9 type bridge");
        ip("addr add 172.30.0.1/16 dev docker9");
        ip("link set docker9 up");
        ip("link add port type veth peer name inside");
        ip("link set port master docker9 up");
        ip("link set inside up");
        assert_silent(&mut watch, "a container that starts").await;
        ip("link del port");
        assert_silent(&mut watch, "a container that ends").await;
        ip("link add port type veth peer name inside");
        ip("link set port master docker9 up");
        ip("link set inside up");
        ip("route add default via 172.30.0.2 dev docker9");
        assert_one(&mut watch, News::NetworkChanged, "a way out over the bridge").await;
        ip("link del port");
        assert_one(&mut watch, News::NetworkChanged, "the bridge's last cable").await;
    });
}

#[test]
fn what_happens_before_the_first_look_is_news_too() {
    if env::var_os(INSIDE).is_none() {
        in_a_namespace("what_happens_before_the_first_look_is_news_too");
        return;
    }
    run(async {
        let mut watch = watch_in(Some(NOWHERE.to_owned()), nobody());
        // This task has not waited yet, so that no other has run.
        ip("link set lo up");
        assert_one(&mut watch, News::NetworkChanged, "an interface").await;
    });
}

// ---- waking ----

/// A bus that everybody may use as they like.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow receive_sender="*" eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"#;

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn bus(home: &Path) -> Option<(Killed, String)> {
    let config = home.join("bus.conf");
    fs::write(&config, BUS).unwrap();
    let daemon = Command::new("dbus-daemon")
        .arg(format!("--config-file={}", config.display()))
        .args(["--print-address", "--nofork"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut daemon) = daemon else {
        println!("skipped: needs dbus-daemon");
        return None;
    };
    let mut address = String::new();
    BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
    Some((Killed(daemon), address.trim().to_owned()))
}

async fn peer(address: &str) -> zbus::Connection {
    zbus::connection::Builder::address(address).unwrap().build().await.unwrap()
}

async fn prepare_for_sleep(peer: &zbus::Connection, member: &str, body: bool) {
    peer.emit_signal(
        None::<&str>,
        "/org/freedesktop/login1",
        "org.freedesktop.login1.Manager",
        member,
        &(body,),
    )
    .await
    .unwrap();
}

/// Waits until the bus has been asked for the signals of another.
async fn assert_listened(peer: &zbus::Connection, listeners: usize) {
    let started = Instant::now();
    loop {
        let reply = peer
            .call_method(
                Some("org.freedesktop.DBus"),
                "/org/freedesktop/DBus",
                Some("org.freedesktop.DBus"),
                "ListNames",
                &(),
            )
            .await
            .unwrap();
        let names: Vec<String> = reply.body().deserialize().unwrap();
        if names.iter().filter(|name| name.starts_with(':')).count() == listeners {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "{names:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn logind_tells_of_waking_and_nobody_else_does() {
    let home = tempfile::tempdir().unwrap();
    let Some((_daemon, address)) = bus(home.path()) else { return };
    run(async {
        let logind = peer(&address).await;
        logind.request_name("org.freedesktop.login1").await.unwrap();
        let stranger = peer(&address).await;
        let mut watch = watch_in(Some(address), nobody());
        assert_listened(&logind, 3).await;

        // Listening comes after the connection: the first waking is told until it is heard.
        let started = Instant::now();
        let first = loop {
            prepare_for_sleep(&logind, "PrepareForSleep", true).await;
            prepare_for_sleep(&logind, "PrepareForSleep", false).await;
            if let Ok(news) = timeout(Duration::from_millis(100), watch.next()).await {
                break news;
            }
            assert!(started.elapsed() < PATIENCE, "no news");
        };
        assert_eq!(first, News::Woke);
        assert_silent(&mut watch, "the first waking").await;

        prepare_for_sleep(&logind, "PrepareForSleep", true).await;
        prepare_for_sleep(&stranger, "PrepareForSleep", false).await;
        prepare_for_sleep(&logind, "PrepareForShutdown", false).await;
        logind
            .emit_signal(
                None::<&str>,
                "/org/freedesktop/login1",
                "org.freedesktop.login1.Manager",
                "PrepareForSleep",
                &("false",),
            )
            .await
            .unwrap();
        assert_silent(&mut watch, "going to sleep, and what others say").await;
        prepare_for_sleep(&logind, "PrepareForSleep", false).await;
        assert_one(&mut watch, News::Woke, "waking").await;
    });
}

// ---- the settings ----

const GSETTINGS: &str = "#!/bin/sh
case \"$XDG_CONFIG_HOME\" in /*) ;; *) exit 1 ;; esac
grep -a '^org.gnome.system.proxy' \"$XDG_CONFIG_HOME/dconf/user\" 2>/dev/null || echo \"org.gnome.system.proxy mode 'none'\"
";

fn gnome(home: &Path) -> Desktop {
    let file = home.join("gsettings");
    fs::write(&file, GSETTINGS).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    let path = env::join_paths([home, Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
    Desktop { names: "GNOME".to_owned(), config: Some(home.join(".config")), path, deadline: PATIENCE }
}

/// As dconf and KDE write: beside it, and over it.
fn replace(file: &Path, text: &str) {
    let beside = file.with_extension("new");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, file).unwrap();
}

fn manual(port: u16) -> String {
    format!(
        "org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.https host '127.0.0.1'\n\
         org.gnome.system.proxy.https port {port}\n"
    )
}

#[test]
fn a_setting_of_gnome_that_changes_is_news_and_an_unrelated_one_is_not() {
    let home = tempfile::tempdir().unwrap();
    run(async {
        let desktop = gnome(home.path());
        // The home folder is empty as yet: neither `.config` nor `dconf` is there.
        let mut watch = watch_in(Some(NOWHERE.to_owned()), desktop);
        assert_silent(&mut watch, "beginning to listen").await;
        let folder = home.path().join(".config/dconf");
        fs::create_dir_all(&folder).unwrap();
        let user = folder.join("user");
        replace(&user, &manual(7890));
        assert_one(&mut watch, News::ProxiesChanged, "the first setting").await;
        replace(&user, &format!("{}org.gnome.desktop.background picture 'cat'\n", manual(7890)));
        fs::write(home.path().join(".config/other"), "x").unwrap();
        fs::write(folder.join("other"), "x").unwrap();
        assert_silent(&mut watch, "an unrelated setting").await;
        for port in 7891..7899 {
            replace(&user, &manual(port));
        }
        assert_one(&mut watch, News::ProxiesChanged, "several settings at once").await;
        fs::remove_dir_all(&folder).unwrap();
        assert_one(&mut watch, News::ProxiesChanged, "all settings removed").await;
        fs::create_dir_all(&folder).unwrap();
        fs::write(&user, manual(7890)).unwrap();
        assert_one(&mut watch, News::ProxiesChanged, "settings that are there again").await;
    });
}

#[test]
fn a_real_gnome_tells_of_its_settings() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join(".config");
    // One session for all of them: what keeps the settings lives as long as it.
    let set = |settings: &str| {
        let script = settings.split(';').map(|setting| format!("gsettings set org.gnome.system.{setting};"));
        Command::new("dbus-run-session")
            .args(["--", "sh", "-ec", &script.collect::<String>()])
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", home.path())
            .env("XDG_CONFIG_HOME", &config)
            .env("XDG_RUNTIME_DIR", home.path())
            .stdin(Stdio::null())
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !set("locale region 'de_DE.UTF-8'") || !config.join("dconf/user").is_file() {
        println!("skipped: needs dbus-run-session, gsettings, dconf and GNOME's schemas");
        return;
    }
    let path = env::var_os("PATH").unwrap();
    let desktop =
        Desktop { names: "GNOME".to_owned(), config: Some(config.clone()), path, deadline: PATIENCE };
    assert_eq!(desktop.read(), Ok(None));
    run(async {
        let mut watch = watch_in(Some(NOWHERE.to_owned()), desktop.clone());
        assert_silent(&mut watch, "beginning to listen").await;
        assert!(set("proxy.https host 127.0.0.1;proxy.https port 7890;proxy mode manual"));
        assert_one(&mut watch, News::ProxiesChanged, "a proxy").await;
        assert!(set("locale region 'fr_FR.UTF-8'"));
        assert_silent(&mut watch, "an unrelated setting").await;
    });
    let proxies = desktop.read().unwrap().unwrap();
    let place = proxies.https.unwrap();
    assert_eq!((proxies.source.as_str(), place.host.as_str(), place.port), ("GNOME", "127.0.0.1", 7890));
    assert_eq!(proxies.exceptions, ["localhost", "127.0.0.0/8", "::1"]);
}

#[test]
fn a_setting_of_kde_that_changes_is_news() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config");
    fs::create_dir(&config).unwrap();
    let file = config.join("kioslaverc");
    let text = |kind: u8| format!("[Proxy Settings]\nProxyType={kind}\nhttpsProxy=http://127.0.0.1 7890\n");
    run(async {
        let desktop = Desktop { names: "KDE".to_owned(), config: Some(config.clone()), ..nobody() };
        let mut watch = watch_in(Some(NOWHERE.to_owned()), desktop);
        assert_silent(&mut watch, "beginning to listen").await;
        replace(&file, &text(1));
        assert_one(&mut watch, News::ProxiesChanged, "a proxy switched on").await;
        replace(&file, &format!("{}[Other]\nkey=value\n", text(1)));
        replace(&config.join("kdeglobals"), "[General]\n");
        assert_silent(&mut watch, "an unrelated setting").await;
        replace(&file, &text(0));
        assert_one(&mut watch, News::ProxiesChanged, "a proxy switched off").await;
    });
}

#[test]
fn a_setting_written_before_the_first_look_is_news_too() {
    let home = tempfile::tempdir().unwrap();
    run(async {
        let config = home.path().to_owned();
        let desktop = Desktop { names: "KDE".to_owned(), config: Some(config.clone()), ..nobody() };
        let mut watch = watch_in(Some(NOWHERE.to_owned()), desktop);
        replace(&config.join("kioslaverc"), "[Proxy Settings]\nProxyType=3\n");
        assert_one(&mut watch, News::ProxiesChanged, "a write").await;
    });
}

// ---- the end ----

#[test]
fn nothing_is_left_of_a_watch_that_is_dropped() {
    let home = tempfile::tempdir().unwrap();
    let Some((_daemon, address)) = bus(home.path()) else { return };
    run(async {
        let logind = peer(&address).await;
        logind.request_name("org.freedesktop.login1").await.unwrap();
        // What a runtime makes once, it keeps.
        let desktop = gnome(home.path());
        drop(listening(&logind, &address, &desktop).await);
        assert_listened(&logind, 1).await;
        let (descriptors, tasks) = (descriptors(), tasks());
        for _ in 0..20 {
            drop(listening(&logind, &address, &desktop).await);
        }
        assert_listened(&logind, 1).await;
        let started = Instant::now();
        while (self::descriptors(), self::tasks()) != (descriptors.clone(), tasks) {
            assert!(
                started.elapsed() < PATIENCE,
                "{tasks} tasks were {}, and {descriptors:?} were {:?}",
                self::tasks(),
                self::descriptors()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
}

async fn listening(logind: &zbus::Connection, address: &str, desktop: &Desktop) -> Watch {
    let watch = watch_in(Some(address.to_owned()), desktop.clone());
    assert_listened(logind, 2).await;
    watch
}

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

/// What each descriptor of this process is, without the numbers that tell one socket from the next.
fn descriptors() -> Vec<PathBuf> {
    let all = fs::read_dir("/proc/self/fd").unwrap();
    let mut all: Vec<_> = all
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .map(|link| link.to_string_lossy().split(':').next().unwrap().into())
        .collect();
    all.sort();
    all
}

#[test]
fn a_watch_that_hears_nothing_does_not_run() {
    if env::var_os(INSIDE).is_none() {
        in_a_namespace("a_watch_that_hears_nothing_does_not_run");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    run(async {
        let mut watch = watch_in(None, gnome(home.path()));
        assert_silent(&mut watch, "beginning to listen").await;
        let before = switches();
        assert_silent(&mut watch, "nothing").await;
        let switches = switches() - before;
        // The test's own wait is one or two.
        assert!(switches <= 4, "it ran {switches} times");
    });
}

/// How often any thread of this process has waited for something.
fn switches() -> u64 {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let status = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("status")).ok());
    let voluntary = |status: String| {
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        line.trim().parse::<u64>().ok()
    };
    status.filter_map(voluntary).sum()
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}
