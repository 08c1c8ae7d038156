//! The system's proxies set aside in the window and put back, whatever becomes of the app. The Mac is played by a program
//! that stands in for its tools, at their own places in a sandbox; GNOME's settings are real.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do, and ask real programs.
#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used)]

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use longwire_contract::Language;
use longwire_host::fake::{Mac, Proxy, Script, Service};
use longwire_tests::{
    FakeMac, Platform, Sandbox,
    desktop::{Session, Stage, eventually, settings},
    sandboxed, sandboxed_online,
};

/// A Mac, somebody who sits at it, and an app that is connected.
struct Desk {
    mac: FakeMac,
    platform: Platform,
    session: Session,
}

impl Desk {
    async fn new(sandbox: &Sandbox) -> Self {
        FakeMac::install(sandbox);
        let mac = FakeMac::new(&machine());
        let platform = Platform::start().await;
        let mut session = Session::start_in(sandbox, "en_GB.UTF-8").await;
        mac.seen_in(&mut session);
        Self { mac, platform, session }
    }

    async fn open(&self) -> Stage<'_> {
        let secret = self.platform.write_private("secret", Platform::SECRET);
        let own = settings(&self.platform.url(), &secret);
        let settings = format!("ca_files = [\"{}\"]\n{own}", self.platform.ca_file().display());
        Stage::open(&self.session, &settings).await
    }

    /// The settings of the Mac, without what was done to it.
    fn state(&self) -> Mac {
        Mac { calls: Vec::new(), ..self.mac.state() }
    }

    /// Waits until the machine is in this state, and says how long that took.
    async fn becomes(&self, what: &str, state: &Mac) -> Duration {
        let begun = Instant::now();
        eventually(what, async || (self.state() == *state).then_some(())).await;
        begun.elapsed()
    }

    async fn unwatched(&self) {
        eventually("the watchdog ends", async || self.session.watchdogs().is_empty().then_some(())).await;
    }
}

/// A machine as one sees them: settings that are on, off but stored, and never set.
fn machine() -> Mac {
    let (proxy, stored) = (Proxy::on("127.0.0.1", 7890), Proxy { on: false, ..Proxy::on("10.0.0.1", 3128) });
    let script = Script { on: true, url: Some("http://127.0.0.1:8082/proxy.pac".to_owned()) };
    Mac {
        services: vec![
            Service {
                web: proxy.clone(),
                secure_web: proxy.clone(),
                socks: stored,
                bypass: vec!["*.local".to_owned(), "169.254/16".to_owned()],
                ..Service::new("Wi-Fi", "en0")
            },
            Service { script, discovery: true, ..Service::new("公司 VPN (\"1/2\")", "") },
            Service { socks: proxy.clone(), ..Service::new("USB 10/100/1000 LAN", "en7") },
            // What is switched off altogether does no harm, and is left alone.
            Service { enabled: false, socks: proxy, ..Service::new("Thunderbolt Bridge", "bridge0") },
            Service::new("iPhone USB", "en9"),
        ],
        ..Mac::new()
    }
}

/// What is on there, as the window names it: service, setting, value.
const ON: [&str; 5] = [
    "Wi-Fi Web (HTTP) 127.0.0.1:7890",
    "Wi-Fi Secure web (HTTPS) 127.0.0.1:7890",
    "公司 VPN (\"1/2\") PAC script http://127.0.0.1:8082/proxy.pac",
    "公司 VPN (\"1/2\") Auto-discovery",
    "USB 10/100/1000 LAN SOCKS 127.0.0.1:7890",
];

/// The same machine with all that is on switched off.
fn switched_off() -> Mac {
    let mut mac = machine();
    for service in mac.services.iter_mut().filter(|service| service.enabled) {
        for proxy in [&mut service.web, &mut service.secure_web, &mut service.socks] {
            proxy.on = false;
        }
        service.script.on = false;
        service.discovery = false;
    }
    mac
}

/// Sets the proxies aside for five minutes, by clicks.
async fn set_aside(stage: &Stage<'_>) {
    let window = &stage.window;
    window.click("nav-trust").await;
    window.click("lease-ask").await;
    window.click("lease-confirm").await;
    window.has("lease-bar", "data-phase", "held").await;
}

#[test]
fn the_proxies_are_set_aside_for_a_time_and_put_back_from_the_window() {
    sandboxed(async |sandbox| {
        let mut desk = Desk::new(&sandbox).await;
        for (theme, dark, picture) in [("Adwaita", false, "light"), ("Adwaita:dark", true, "dark")] {
            desk.session.set_variable("GTK_THEME", theme);
            let stage = desk.open().await;
            let (window, tray) = (&stage.window, desk.session.tray_icon().await);
            assert_eq!(window.is_dark().await, dark);
            stage.speak(Language::English).await;
            stage.connected("Connected to platform.test").await;
            let shoot = async |name: &str| stage.shoot_both(&format!("lease-{picture}-{name}")).await;

            // The table: every setting there is anything to be said of.
            window.click("nav-trust").await;
            window.reads("proxy-panel", "kept by macOS").await;
            assert_eq!(window.count("[data-testid='proxy-service']").await, 5);
            let on = window.count("[data-testid='proxy-service']:not(.disabled) [data-on='true']").await;
            assert_eq!(on, ON.len());
            assert_eq!(window.count("[data-testid='proxy-entry'][data-on='false']").await, 1);
            window.shoot(&format!("lease-{picture}-1-page-en")).await;
            window.show("proxy-panel").await;
            shoot("2-table").await;

            // The sheet names what is on, all of it and nothing else; leaving it does nothing.
            window.click("lease-ask").await;
            window.reads("lease-sheet", "for 5 min").await;
            let named = window.texts("[data-testid='will-change'] .what").await;
            assert_eq!(named, ON);
            shoot("3-sheet").await;
            window.escape().await;
            window.hides("[data-testid='lease-sheet']").await;
            assert!(desk.mac.state().calls.iter().all(|call| !call.changes()), "looking changes nothing");
            assert_eq!(desk.session.watchdogs(), [0; 0]);

            set_aside(&stage).await;
            assert_eq!(desk.state(), switched_off(), "and nothing else is touched");
            assert_eq!(desk.session.watchdogs().len(), 1);
            window.reads("lease-bar", "System proxies are off, back in 5 min").await;
            tray.line("System proxies are off · 5 min left").await;
            assert!(tray.line("Put them back now").await.enabled);
            window.show("lease-bar").await;
            shoot("4-held").await;
            window.show("proxy-panel").await;
            shoot("5-held-table").await;
            let then = window.texts("[data-testid='proxy-entry'] .then").await;
            assert_eq!(then.iter().filter(|text| *text == "→ On").count(), ON.len(), "{then:?}");
            window.click("lease-extend").await;
            window.reads("lease-bar", "back in 10 min").await;
            tray.line("10 min left").await;
            stage.speak(Language::Chinese).await;
            tray.line("立即恢复").await;
            stage.speak(Language::English).await;
            window.click("nav-overview").await;
            shoot("6-strip").await;

            // Back, from the window.
            window.click("lease-end").await;
            window.reads("lease-report", "back as they were").await;
            assert_eq!(desk.state(), machine());
            window.hides("[data-testid='lease-bar']").await;
            shoot("7-back").await;
            assert!(
                tray.menu().await.iter().all(|line| !line.label.contains("Put them back")),
                "no lease is left"
            );
            desk.unwatched().await;

            // And from the tray.
            set_aside(&stage).await;
            assert_eq!(desk.state(), switched_off());
            tray.choose("Put them back now").await;
            desk.becomes("the tray puts the proxies back", &machine()).await;
            window.hides("[data-testid='lease-bar']").await;
            desk.unwatched().await;
            stage.window.close().await;
            desk.mac.change(|mac| mac.calls.clear());
        }
    });
}

#[test]
fn what_the_user_changes_meanwhile_survives_and_the_window_says_so() {
    sandboxed(async |sandbox| {
        let desk = Desk::new(&sandbox).await;
        let stage = desk.open().await;
        let window = &stage.window;
        set_aside(&stage).await;
        let (mut wanted, other) = (machine(), Proxy::on("192.0.2.1", 3128));
        wanted.services[0].web = other.clone();
        wanted.services.remove(2);
        desk.mac.change(|mac| {
            mac.services[0].web = other;
            mac.services.remove(2);
        });
        window.click("lease-end").await;
        let told = window.reads("lease-report", "except for what is listed").await;
        assert_eq!(desk.state(), wanted);
        assert!(told.contains("Wi-Fi · Web (HTTP)") && told.contains("changed by someone else"), "{told}");
        assert!(
            told.contains("USB 10/100/1000 LAN · SOCKS") && told.contains("its service is gone"),
            "{told}"
        );
        assert_eq!(window.count("[data-testid='lease-change']").await, 2, "and nothing else: {told}");
        stage.shoot_both("lease-theirs").await;
        // It is told until there is another lease, also where the report is dismissed.
        window.click("report-dismiss").await;
        window.click("nav-overview").await;
        window.reads("notices", "Wi-Fi – Web (HTTP)").await;
        stage.shoot_both("lease-theirs-notice").await;
        stage.window.close().await;
    });
}

#[test]
fn a_killed_app_leaves_the_machine_as_it_was_within_two_seconds() {
    sandboxed(async |sandbox| {
        let desk = Desk::new(&sandbox).await;
        let stage = desk.open().await;
        set_aside(&stage).await;
        assert_eq!(desk.state(), switched_off());
        let was = machine();
        let (killed, back) = tokio::join!(
            async {
                let begun = Instant::now();
                stage.window.kill(&[]).await;
                begun.elapsed()
            },
            desk.becomes("the watchdog puts the proxies back", &was)
        );
        println!("the app was gone {killed:?} after kill -9, the machine as it was {back:?} after");
        assert!(back < Duration::from_secs(2), "{back:?}");
        desk.unwatched().await;

        // It starts again as if nothing had happened.
        let stage = desk.open().await;
        stage.connected("Connected to platform.test").await;
        assert_eq!(stage.window.count("[data-testid='lease-bar']").await, 0);
        assert_eq!(desk.state(), machine());
        stage.window.close().await;
    });
}

#[test]
fn what_was_changed_before_a_kill_is_told_at_the_next_start() {
    sandboxed(async |sandbox| {
        let desk = Desk::new(&sandbox).await;
        let stage = desk.open().await;
        set_aside(&stage).await;
        let mut wanted = machine();
        wanted.services[0].web = Proxy::on("192.0.2.1", 3128);
        desk.mac.change(|mac| mac.services[0].web = wanted.services[0].web.clone());
        stage.window.kill(&[]).await;
        desk.becomes("the watchdog puts back what is still ours", &wanted).await;
        desk.unwatched().await;
        let stage = desk.open().await;
        stage.window.reads("notices", "Wi-Fi – Web (HTTP)").await;
        stage.window.close().await;
    });
}

#[test]
fn after_a_power_cut_the_next_start_puts_the_proxies_back_and_says_so() {
    sandboxed(async |sandbox| {
        let desk = Desk::new(&sandbox).await;
        let stage = desk.open().await;
        set_aside(&stage).await;
        stage.window.kill(&desk.session.watchdogs()).await;
        desk.unwatched().await;
        assert_eq!(desk.state(), switched_off(), "nobody is left who could put them back");
        let mut wanted = machine();
        wanted.services[0].web = Proxy::on("192.0.2.1", 3128);
        desk.mac.change(|mac| mac.services[0].web = wanted.services[0].web.clone());

        let stage = desk.open().await;
        desk.becomes("the next start puts the proxies back", &wanted).await;
        stage.window.reads("notices", "The system’s proxies are back").await;
        stage.window.reads("notices", "Wi-Fi – Web (HTTP)").await;
        assert_eq!(stage.window.count("[data-testid='lease-bar']").await, 0);
        stage.shoot_both("lease-power-cut").await;
        stage.window.close().await;
        assert_eq!(desk.session.watchdogs(), [0; 0]);
    });
}

#[test]
fn quitting_from_the_tray_puts_the_proxies_back_before_the_app_ends() {
    sandboxed(async |sandbox| {
        let desk = Desk::new(&sandbox).await;
        let stage = desk.open().await;
        let tray = desk.session.tray_icon().await;
        set_aside(&stage).await;
        assert_eq!(desk.state(), switched_off());
        stage.window.ends(async || tray.choose("Quit Longwire").await).await;
        assert_eq!(desk.state(), machine());
        desk.unwatched().await;
    });
}

/// GNOME's own program, in a session.
fn gsettings(session: &Session, words: &[&str]) -> String {
    let start = session.program(PathBuf::from("gsettings")).arguments(words.iter().copied());
    let ended = start.run().end();
    assert_eq!(ended.code, Some(0), "gsettings {words:?}: {}", ended.stderr);
    ended.stdout.trim().to_owned()
}

#[test]
fn gnomes_proxies_are_set_aside_and_the_wire_turns_green_for_that_time() {
    sandboxed_online(async |sandbox| {
        let platform = Platform::start().await;
        let secret = platform.write_private("secret", Platform::SECRET);
        let own = settings(&platform.url(), &secret);
        let settings = format!("ca_files = [\"{}\"]\n{own}", platform.ca_file().display());
        let mut session = Session::start_in(&sandbox, "en_GB.UTF-8").await;
        session.set_variable("XDG_CURRENT_DESKTOP", "GNOME");
        for (schema, key, value) in [
            // Nothing listens there.
            ("org.gnome.system.proxy.https", "host", "'127.0.0.1'"),
            ("org.gnome.system.proxy.https", "port", "1"),
            ("org.gnome.system.proxy", "mode", "'manual'"),
        ] {
            gsettings(&session, &["set", schema, key, value]);
        }
        let all = || gsettings(&session, &["list-recursively", "org.gnome.system.proxy"]);
        let before = all();
        let stage = Stage::open(&session, &settings).await;
        let window = &stage.window;
        window.has("finding", "data-code", "proxy_unreachable").await;
        set_aside_of_gnome(&stage).await;
        assert_eq!(all(), before.replace("mode 'manual'", "mode 'none'"), "one switch, and nothing else");
        stage.connected("Connected to platform.test").await;
        stage.shoot_both("lease-gnome-green").await;
        window.click("lease-end").await;
        window.reads("lease-report", "back as they were").await;
        assert_eq!(all(), before);
        // What is up is left alone; the next connection goes by what is in force then.
        stage.connected("Connected to platform.test").await;
        stage.window.close().await;
    });
}

async fn set_aside_of_gnome(stage: &Stage<'_>) {
    stage.window.click("nav-trust").await;
    stage.window.reads("proxy-panel", "kept by GNOME").await;
    assert_eq!(stage.window.count("[data-testid='proxy-entry'][data-on='true']").await, 1);
    stage.window.show("proxy-panel").await;
    stage.shoot_both("lease-gnome-table").await;
    set_aside(stage).await;
}
