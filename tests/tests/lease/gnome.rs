//! GNOME's own settings, by the real `gsettings` over a real dconf, on a bus and in a folder of the test's own.

use std::net::{IpAddr, Ipv4Addr};

use longwire_tests::{peers, sandboxed, sandboxed_online};

use super::*;

/// What is logged when the system has other proxies.
const CHANGED: &str = "the system's proxy settings changed";

/// A session of a desktop, with settings of its own.
struct Desktop {
    folder: TempDir,
    bus: Process,
    address: String,
}

impl Desktop {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let daemon = Process::start("dbus-daemon".into());
        let bus =
            Self::on(daemon, folder.path()).arguments(["--session", "--nofork", "--print-address"]).run();
        let address = bus.stdout_line("unix:");
        Self { folder, bus, address }
    }

    fn on(start: Start, folder: &Path) -> Start {
        let start = start.variable("HOME", folder).variable("XDG_CURRENT_DESKTOP", "GNOME");
        let start = start.variable("XDG_CONFIG_HOME", folder.join("config"));
        start.variable("XDG_RUNTIME_DIR", folder).variable("GSETTINGS_BACKEND", "dconf")
    }

    fn sees(&self, start: Start) -> Start {
        Self::on(start, self.folder.path()).variable("DBUS_SESSION_BUS_ADDRESS", &self.address)
    }

    fn gsettings(&self, words: &[&str]) -> String {
        let ended =
            self.sees(Process::start("gsettings".into())).arguments(words.iter().copied()).run().end();
        assert_eq!(ended.code, Some(0), "{words:?}: {}", ended.stderr);
        ended.stdout
    }

    fn set(&self, schema: &str, key: &str, value: &str) {
        self.gsettings(&["set", &format!("org.gnome.system.proxy{schema}"), key, value]);
    }

    fn all(&self) -> String {
        self.gsettings(&["list-recursively", "org.gnome.system.proxy"])
    }

    fn mode(&self) -> String {
        self.gsettings(&["get", "org.gnome.system.proxy", "mode"]).trim().to_owned()
    }

    fn proxy(&self, words: &[&str]) -> Ended {
        let start = longwire(&self.folder.path().join("data"), ["proxy"].iter().chain(words).copied());
        self.sees(start).run().end()
    }
}

#[test]
fn gnomes_mode_is_switched_off_and_comes_back_and_no_host_is_touched() {
    sandboxed(async |_| {
        let desktop = Desktop::start();
        desktop.set(".http", "host", "127.0.0.1");
        desktop.set(".http", "port", "7890");
        desktop.set(".socks", "host", "::1");
        desktop.set("", "autoconfig-url", "http://pac.test/公司.pac");
        desktop.set("", "ignore-hosts", "['localhost', '*.公司']");
        for mode in ["manual", "auto"] {
            desktop.set("", "mode", mode);
            let before = desktop.all();
            let ended = desktop.proxy(&["off", "--yes"]);
            assert_eq!(ended.code, Some(0), "{mode}: {}", ended.stderr);
            assert_eq!(desktop.mode(), "'none'");
            let quoted = format!("'{mode}'");
            assert_eq!(desktop.all().replace("proxy mode 'none'", &format!("proxy mode {quoted}")), before);
            let ended = desktop.proxy(&["restore"]);
            assert_eq!(ended.code, Some(0), "{mode}: {}", ended.stderr);
            assert_eq!(desktop.all(), before);
        }
        // What the user switches meanwhile is theirs.
        assert_eq!(desktop.proxy(&["off", "--yes"]).code, Some(0));
        desktop.set("", "mode", "manual");
        let before = desktop.all();
        assert_eq!(desktop.proxy(&["restore"]).code, Some(0));
        assert_eq!(desktop.all(), before);
        desktop.bus.signal("TERM");
    });
}

#[test]
fn where_a_damaged_backup_leaves_nothing_to_switch_on_a_repair_sets_it_aside_and_says_so() {
    sandboxed(async |_| {
        let desktop = Desktop::start();
        desktop.set("", "mode", "none");
        assert_eq!(desktop.proxy(&["status"]).code, Some(0), "the data folder is made");
        let data = desktop.folder.path().join("data");
        for name in ["proxies.json", "proxies.copy.json"] {
            fs::write(data.join(name), "{").unwrap();
        }
        let before = desktop.all();
        let status = desktop.proxy(&["status"]).stdout;
        assert!(status.contains("longwire proxy restore --repair"), "{status}");
        let ended = desktop.proxy(&["restore"]);
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert!(ended.stderr.contains("cannot be known any more"), "{}", ended.stderr);
        assert!(ended.stderr.contains("sets the damaged files aside"), "{}", ended.stderr);
        assert_eq!(desktop.proxy(&["restore", "--repair"]).code, Some(2), "nobody can be asked");
        assert!(data.join("proxies.json").exists());
        assert_eq!(desktop.proxy(&["restore", "--repair", "--yes"]).code, Some(1), "nothing is as it was");
        assert!(!data.join("proxies.json").exists());
        assert_eq!(desktop.proxy(&["restore"]).code, Some(0), "there is nothing left to put back");
        assert_eq!(desktop.all(), before);
        desktop.bus.signal("TERM");
    });
}

#[test]
fn a_connection_on_auto_goes_straight_for_as_long_as_the_proxies_are_set_aside() {
    sandboxed_online(async |_| {
        let desktop = Desktop::start();
        let platform = Platform::start().await;
        let proxy = peers::tinyproxy(None);
        desktop.set(".https", "host", "127.0.0.1");
        desktop.set(".https", "port", &proxy.port().to_string());
        desktop.set("", "mode", "manual");
        let data = desktop.folder.path().join("data");
        let (url, ca) = (platform.url(), platform.ca_file());
        let words =
            ["run", "--app-id", Platform::APP_ID, "--domain", &url, "--ca-file", ca.to_str().unwrap()];
        let run =
            desktop.sees(longwire(&data, words)).variable("LONGWIRE_APP_SECRET", Platform::SECRET).run();
        run.stderr_line("connected to wss://");
        // Each of its connections in turn, by where it came from: one that is up is not disturbed.
        let links = || {
            let visits = platform.simulator.visits().into_iter();
            let links = visits.filter(|visit| visit.path.starts_with("/ws")).map(|visit| visit.peer.ip());
            links.collect::<Vec<_>>()
        };
        let (outside, here) = (IpAddr::V4(peers::OUTSIDE), IpAddr::V4(Ipv4Addr::LOCALHOST));
        for (words, wanted) in [(&["off", "--yes"][..], here), (&["restore"], outside)] {
            let (before, told) = (links().len(), run.stderr().matches(CHANGED).count());
            assert_eq!(desktop.proxy(words).code, Some(0));
            until("the change is seen", || run.stderr().matches(CHANGED).count() > told);
            platform.simulator.cut_links();
            until("it is connected again", || links().len() > before);
            assert_eq!(links().last(), Some(&wanted), "{words:?}: {}", run.stderr());
        }
        run.signal("INT");
        assert_eq!(run.end().code, Some(0));
        assert_eq!(desktop.mode(), "'manual'");
    });
}
