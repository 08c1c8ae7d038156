use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use longwire_host::news::{News, watch_in};
use tokio::time::timeout;

use crate::{PATIENCE, assert_one, assert_silent, nobody, run};

/// A bus that everybody may use as they like.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow receive_sender="*" eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"#;

pub(crate) struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

pub(crate) fn bus(home: &Path) -> Option<(Killed, String)> {
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

pub(crate) async fn peer(address: &str) -> zbus::Connection {
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
pub(crate) async fn assert_listened(peer: &zbus::Connection, listeners: usize) {
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
