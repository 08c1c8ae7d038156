use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::{fs::chown, net::UnixListener},
};

use longwire_host::fake::Mac;
use longwire_tests::{FakeMac, Run, Tree, longwire, sandboxed};
use serde_json::Value;

use crate::fake::User;

#[test]
fn install_status_and_uninstall_twice_over_change_only_what_they_name() {
    let user = User::new();
    // The engine's own log is in the data folder, which is no service's.
    let left = |user: &User| {
        fs::remove_dir_all(user.data_dir()).ok();
        Tree::of(user.home.path())
    };
    let before = left(&user);
    let shown = user.service(&["install", "--dry-run"]);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(shown.stdout.contains("[Service]\nType=notify\n"), "{}", shown.stdout);
    assert!(shown.stderr.contains(user.unit().to_str().unwrap()), "{}", shown.stderr);
    // Nobody is there to be asked.
    let refused = user.service(&["install"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stdout);
    assert!(refused.stderr.contains("--yes") && refused.stdout.is_empty(), "{}", refused.stderr);
    let nothing = user.service(&["uninstall"]);
    assert_eq!(
        (nothing.code, nothing.stdout.trim()),
        (Some(0), "No service is installed."),
        "{}",
        nothing.stderr
    );
    left(&user).same(&before);
    assert_eq!(user.systemd().changes(), [""; 0]);

    let ended = user.service(&["install", "--yes"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("loginctl enable-linger"), "{}", ended.stderr);
    assert_eq!(fs::read_to_string(user.unit()).unwrap(), shown.stdout, "what was shown is what is there");
    let installed = left(&user);
    let named = [
        ".config/systemd",
        ".config/systemd/user",
        ".config/systemd/user/default.target.wants",
        ".config/systemd/user/default.target.wants/longwire.service",
        ".config/systemd/user/longwire.service",
        ".local",
        ".local/share",
    ];
    let changed = before.differences(&installed);
    let outside: Vec<_> =
        changed.iter().filter(|path| !named.iter().any(|name| path.ends_with(name))).collect();
    assert!(outside.is_empty(), "{outside:?}");
    for _ in 0..2 {
        let ended = user.service(&["status", "--json"]);
        let told: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(told["service"]["state"], "running");
        assert_eq!(told["service"]["current"], true);
        assert_eq!(told["engine"], Value::Null);
        assert_eq!(told["disagreements"][0], "silent");
        assert_eq!(ended.code, Some(1));
        let again = user.service(&["install", "--yes"]);
        assert_eq!(again.code, Some(0), "{}", again.stderr);
        assert!(again.stdout.contains("already"), "{}", again.stdout);
    }
    left(&user).same(&installed);
    assert_eq!(user.systemd().starts, 1);
    let refused = user.service(&["uninstall"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stdout);
    assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
    left(&user).same(&installed);
    for said in ["stopped and removed", "No service is installed", "No service is installed"] {
        let ended = user.service(&["uninstall", "--yes"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(ended.stdout.contains(said), "{}", ended.stdout);
    }
    left(&user).same(&before);
}

#[test]
fn a_foreign_unit_stays_and_is_named() {
    let user = User::new();
    fs::create_dir_all(user.unit().parent().unwrap()).unwrap();
    fs::write(user.unit(), "[Service]\nExecStart=/mine\n").unwrap();
    for words in [&["install", "--yes"][..], &["install", "--dry-run"], &["uninstall", "--yes"]] {
        let ended = user.service(words);
        assert_eq!(ended.code, Some(1), "{words:?}: {}", ended.stdout);
        assert!(ended.stderr.contains("was not written by Longwire"), "{}", ended.stderr);
    }
    assert_eq!(fs::read_to_string(user.unit()).unwrap(), "[Service]\nExecStart=/mine\n");
    assert_eq!(user.systemd().changes(), [""; 0]);
}

/// Answers as an engine of an earlier version does, once for each that asks.
fn earlier_version(user: &User) -> u32 {
    let listener = UnixListener::bind(user.data_dir().join("control.sock")).unwrap();
    let hello =
        format!("{{\"ok\":{{\"version\":\"0.0.1\",\"program\":\"longwire run\",\"pid\":{EARLIER}}}}}\n");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            BufReader::new(&stream).read_line(&mut line).unwrap();
            stream.write_all(hello.as_bytes()).unwrap();
        }
    });
    EARLIER
}

const EARLIER: u32 = 98;

#[test]
fn one_of_another_version_is_told_and_started_again_by_another_installation() {
    let user = User::new();
    assert_eq!(user.service(&["install", "--yes"]).code, Some(0));
    let pid = earlier_version(&user);
    user.change(|systemd| systemd.pid = Some(pid));
    let ended = user.service(&["status"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    let told = ended.stdout.lines().last().unwrap();
    assert!(told.contains("0.0.1") && told.contains("longwire service install"), "{}", ended.stdout);
    let json: Value = serde_json::from_str(&user.service(&["status", "--json"]).stdout).unwrap();
    assert_eq!(json["other_version"]["version"], "0.0.1");
    let ended = user.service(&["install", "--yes"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("started again"), "{}", ended.stdout);
    assert_eq!(user.systemd().changes().last().unwrap(), "restart");
    assert_ne!(user.systemd().pid, Some(pid));
}

#[test]
fn a_packages_service_that_runs_gives_way_to_ours_and_is_named_where_there_is_none_of_ours() {
    let user = User::new();
    user.change(|systemd| {
        systemd.packaged = true;
        systemd.loaded = Some(String::new());
        systemd.pid = Some(77);
    });
    let ended = user.service(&["uninstall", "--yes"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    assert!(ended.stderr.contains("systemctl --user disable --now longwire"), "{}", ended.stderr);
    assert_eq!(user.systemd().pid, Some(77));
    assert_eq!(user.service(&["install", "--yes"]).code, Some(0));
    assert_eq!(user.systemd().changes().last().unwrap(), "restart");
    assert_ne!(user.systemd().pid, Some(77), "the old one is gone");
}

#[test]
fn root_makes_nothing_in_the_folder_of_another_user() {
    let user = User::new();
    if chown(user.data_dir(), Some(65534), None).is_err() {
        // Only root can be such a root.
        return;
    }
    let before = Tree::of(&user.data_dir());
    let words = ["app", "add", "cli_0123456789abcdef"];
    let ended =
        longwire(&user.data_dir(), words).variable("LONGWIRE_APP_SECRET", "planted-5d81e0").run().end();
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("sudo -u 'nobody'"), "{}", ended.stderr);
    Tree::of(&user.data_dir()).same(&before);
}

#[tokio::test(flavor = "multi_thread")]
async fn status_says_where_systemd_and_the_engine_disagree_and_where_they_agree() {
    let run = Run::start(&[], &[]).await;
    let user = User::new();
    let words = |words: &[&'static str]| {
        let data_dir = run.data_dir().to_str().unwrap().to_owned();
        let words: Vec<&str> = words.iter().copied().chain(["--data-dir", &data_dir]).collect();
        user.service(&words)
    };
    let ended = words(&["install", "--yes"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let ended = words(&["status"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    let last = ended.stdout.lines().last().unwrap().to_owned();
    assert!(last.starts_with("! ") && last.contains(&run.process.pid().to_string()), "{}", ended.stdout);
    user.change(|systemd| {
        systemd.pid = Some(run.process.pid());
        systemd.status = "cli_0123456789abcdef: Connected".to_owned();
    });
    let ended = words(&["status"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    for part in ["cli_0123456789abcdef: Connected", "● ", "loginctl enable-linger"] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
}

#[test]
fn a_launch_agent_is_installed_and_taken_away_without_a_trace() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let (mac, home) = (FakeMac::new(&Mac::new()), tempfile::tempdir().unwrap());
        fs::create_dir_all(home.path().join("Library/LaunchAgents")).unwrap();
        fs::create_dir_all(home.path().join("Library/Logs")).unwrap();
        let data_dir = home.path().join("data");
        let service = |words: &[&'static str]| {
            let words = ["service"].into_iter().chain(words.iter().copied());
            mac.seen_by(longwire(&data_dir, words)).variable("HOME", home.path()).run().end()
        };
        let left = || {
            fs::remove_dir_all(&data_dir).ok();
            Tree::of(home.path())
        };
        let before = left();
        let shown = service(&["install", "--dry-run"]);
        assert!(shown.stdout.contains("<key>KeepAlive</key>"), "{}{}", shown.stdout, shown.stderr);
        left().same(&before);
        for _ in 0..2 {
            let ended = service(&["install", "--yes"]);
            assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        }
        let agents = mac.state().launchd.agents;
        assert_eq!((agents.len(), agents[0].runs), (1, 1));
        let plist = home.path().join("Library/LaunchAgents/app.longwire.service.plist");
        assert_eq!(fs::read_to_string(plist).unwrap(), shown.stdout);
        let told: Value = serde_json::from_str(&service(&["status", "--json"]).stdout).unwrap();
        assert_eq!(told["service"]["keeper"], "launchd");
        assert_eq!(told["service"]["state"], "running");
        assert_eq!(service(&["install", "--system", "--user", "nobody", "--yes"]).code, Some(2));
        for _ in 0..2 {
            let ended = service(&["uninstall", "--yes"]);
            assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        }
        assert_eq!(mac.state().launchd.agents, []);
        left().same(&before);
    });
}
