//! Nothing outside the data folder changes without a confirmation that names it: every command there is, given by nobody who
//! can be asked, leaves the machine as it was.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do, and ask real programs.
#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used)]

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use longwire_contract::COMMANDS;
use longwire_host::fake::{Mac, Proxy, Script, Service};
use longwire_tests::{
    Certificate, FakeMac, Platform, Process, Sandbox, Start, Tree, longwire, program, sandboxed,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What is not Longwire's: folders of the system's store of CAs.
const SYSTEM: [&str; 3] = ["/etc/ssl/certs", "/usr/local/share/ca-certificates", "/etc/ca-certificates"];

/// A machine with all that could be changed on it: a home with browsers' databases, a system's store, a Mac's services and
/// keychain.
struct World {
    platform: Platform,
    home: TempDir,
    runtime: TempDir,
    mac: FakeMac,
    ca: PathBuf,
}

/// How all of it is.
#[derive(PartialEq)]
struct State {
    files: Tree,
    mac: Mac,
}

impl World {
    async fn new(sandbox: &Sandbox) -> Self {
        FakeMac::install(sandbox);
        SYSTEM.iter().for_each(|folder| sandbox.own(folder));
        let (platform, home) = (Platform::start().await, tempfile::tempdir().unwrap());
        let ca = home.path().join("ca.pem");
        fs::write(&ca, Certificate::new("host.test").ca).unwrap();
        for below in [".local/share/pki/nssdb", ".pki/nssdb", ".mozilla/firefox/abcd.default"] {
            let folder = home.path().join(below);
            fs::create_dir_all(&folder).unwrap();
            let made = Command::new("certutil")
                .args(["-N", "--empty-password", "-d", &format!("sql:{}", folder.display())])
                .status();
            assert!(made.unwrap().success());
        }
        let proxy = Proxy::on("127.0.0.1", 7890);
        let script = Script { on: true, url: Some("http://127.0.0.1:8082/proxy.pac".to_owned()) };
        let wifi = Service { web: proxy.clone(), secure_web: proxy, script, ..Service::new("Wi-Fi", "en0") };
        let mac = FakeMac::new(&Mac { services: vec![wifi], ..Mac::new() });
        Self { platform, home, runtime: tempfile::tempdir().unwrap(), mac, ca }
    }

    /// As this user, with nothing to be read from standard input.
    fn sees(&self, start: Start) -> Start {
        let start = self.mac.seen_by(start).variable("HOME", self.home.path());
        start.variable("XDG_RUNTIME_DIR", self.runtime.path())
    }

    fn longwire<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Start {
        self.sees(longwire(&self.platform.data_dir(), words))
    }

    fn state(&self) -> State {
        let folders = SYSTEM.map(Path::new);
        let mac = Mac { calls: Vec::new(), ..self.mac.state() };
        State { files: Tree::all(folders.into_iter().chain([self.home.path()])), mac }
    }

    /// Holds to it that all is as before.
    fn still(&self, before: &State, after: &str) {
        let now = self.state();
        let changed = before.files.differences(&now.files);
        assert!(changed.is_empty(), "{after} changed {changed:#?}");
        assert!(now.mac == before.mac, "{after} changed {:#?}", now.mac);
        let changes: Vec<_> = self.mac.state().calls.into_iter().filter(|call| call.changes()).collect();
        assert!(changes.is_empty(), "{after} ran {changes:#?}");
    }
}

/// Every command of `longwire` that does something itself, as its help has them: `["ca", "trust"]`.
fn commands(path: &[String]) -> Vec<Vec<String>> {
    let help = path.iter().map(String::as_str).chain(["--help"]);
    let help = Process::start(program("longwire")).arguments(help).run().end().stdout;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = listed.take_while(|line| !line.is_empty()).filter_map(|line| {
        let name = line.strip_prefix("  ")?;
        name.split_whitespace().next().filter(|_| !name.starts_with(' '))
    });
    let below: Vec<_> = names
        .filter(|name| *name != "help")
        .flat_map(|name| commands(&[path, &[name.to_owned()]].concat()))
        .collect();
    if below.is_empty() { vec![path.to_vec()] } else { below }
}

#[test]
fn no_command_changes_anything_that_nobody_confirmed() {
    sandboxed(async |sandbox| {
        let world = World::new(&sandbox).await;
        let (ca, url, root) = (text(&world.ca), world.platform.url(), world.platform.ca_file());
        let secret = world.platform.write_private("secret", Platform::SECRET);
        let road = ["--ca-file", text(&root), "--app-secret-file", text(&secret)];
        let app = [&["--app-id", Platform::APP_ID, "--domain", &url][..], &road].concat();
        let id = Platform::APP_ID;
        // What is given to each, one line a try. A command that is not here fails the test.
        let tries: Vec<(&str, Vec<Vec<&str>>)> = vec![
            ("app add", vec![vec![id, "--domain", &url, "--app-secret-file", text(&secret)]]),
            ("app list", vec![vec![]]),
            ("app check", vec![[&[id][..], &road].concat()]),
            ("app secret", vec![vec![id], vec![id, "--app-secret-file", text(&secret)]]),
            ("app remove", vec![vec![id]]),
            ("ca inspect", vec![vec![ca], vec![ca, "--domain", &url], vec!["platform", "--domain", &url]]),
            (
                "ca trust",
                vec![
                    vec![ca],
                    vec![ca, "--yes"],
                    vec![ca, "--store", "system"],
                    vec![ca, "--store", "keychain", "chromium", "firefox"],
                    vec![ca, "--json"],
                    vec!["platform", "--domain", &url, "--yes"],
                    // Longwire's own data folder is all that this one names.
                    vec![ca, "--app-only", "--yes"],
                ],
            ),
            ("ca list", vec![vec![], vec!["--json"]]),
            ("ca untrust", vec![vec!["--all"], vec!["--all", "--yes"], vec!["00000000", "--yes"]]),
            ("proxy status", vec![vec![], vec!["--json"]]),
            ("proxy off", vec![vec![], vec!["--for", "1m"]]),
            ("proxy restore", vec![vec![], vec!["--repair"], vec!["--repair", "--yes"]]),
            ("proxy watch", vec![vec![]]),
            ("doctor", vec![app.clone(), [&["--json"][..], &app].concat()]),
            ("status", vec![vec![], vec!["--json"]]),
            ("events list", vec![vec![], vec!["--json"]]),
            ("events show", vec![vec!["1"], vec!["1", "--curl"]]),
            ("events tail", vec![vec![]]),
            ("events replay", vec![vec!["1"], vec!["--failed", "--yes"]]),
            ("events export", vec![vec![]]),
            ("events delete", vec![vec!["1"], vec!["--all"], vec!["--all", "--yes"]]),
            (
                "trigger",
                vec![vec!["im.message.receive_v1"], vec!["im.message.receive_v1", "--print"], vec!["--list"]],
            ),
            (
                "target add",
                vec![
                    vec!["http://127.0.0.1:9/", "--name", "bot"],
                    vec!["--exec", "touch ~/ran", "--name", "program"],
                ],
            ),
            ("target list", vec![vec![], vec!["--json"]]),
            ("target edit", vec![vec!["bot", "--events", "im.message.*"]]),
            ("target pause", vec![vec!["bot"]]),
            ("target resume", vec![vec!["bot"]]),
            ("target test", vec![vec!["bot"]]),
            ("target remove", vec![vec!["bot"], vec!["program", "--yes"]]),
            ("agent show", vec![vec![], vec!["--json"]]),
            ("agent edit", vec![vec!["--base-url", "http://127.0.0.1:9/v1", "--model", "m"]]),
            ("agent on", vec![vec![], vec!["--per-day", "7"], vec!["--yes"]]),
            ("agent off", vec![vec![]]),
            ("agent key", vec![vec![], vec!["--key-file", text(&secret)], vec!["--remove"]]),
            ("agent test", vec![vec![], vec!["question", "--model", "m", "--json"]]),
            ("agent usage", vec![vec![], vec!["--days", "7", "--json"]]),
            ("agent forget", vec![vec![], vec!["--yes"]]),
            (
                "service install",
                vec![
                    vec![],
                    vec!["--dry-run"],
                    vec!["--system", "--user", "nobody"],
                    vec!["--yes", "--system"],
                ],
            ),
            ("service uninstall", vec![vec![], vec!["--yes"], vec!["--system", "--yes"]]),
            ("service status", vec![vec![], vec!["--json"], vec!["--system"]]),
            ("settings show", vec![vec![]]),
            ("settings export", vec![vec![], vec!["-"]]),
            ("settings import", vec![vec!["-"], vec!["-", "--yes"], vec![ca], vec![ca, "--yes"]]),
            (
                "settings reset",
                vec![vec![], vec!["--everything"], vec!["--yes"], vec!["--everything", "--yes"]],
            ),
            ("guide", vec![vec![], vec!["tls"]]),
            ("logs", vec![vec![], vec!["--json"], vec!["--follow"]]),
            // Without `--yes` nothing is written: a report is a file among the user's downloads.
            ("report", vec![vec![], vec!["--show"]]),
            ("completions", vec![vec!["bash"]]),
            ("run", vec![app.clone()]),
            ("simulate", vec![vec![]]),
        ];
        let mut there: BTreeSet<String> = commands(&[]).into_iter().map(|words| words.join(" ")).collect();
        // No help names it: Longwire starts it itself.
        there.insert("proxy watch".to_owned());
        let tried: BTreeSet<String> = tries.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(there, tried, "every command there is, and no other");
        let before = world.state();
        for (name, tries) in tries {
            for words in tries {
                let process = world.longwire(name.split(' ').chain(words.iter().copied())).run();
                match name {
                    "run" => {
                        process.stderr_line("connected to");
                        process.signal("INT");
                    }
                    "simulate" => {
                        process.stdout_line("http");
                        process.signal("INT");
                    }
                    _ => {}
                }
                let ended = process.end();
                assert_ne!(ended.code, None, "{name} {words:?}: {}", ended.stderr);
                world.still(&before, &format!("longwire {name} {words:?} ({})", ended.stderr));
            }
        }
    });
}

/// The engine's control socket.
struct Control(BufReader<UnixStream>);

impl Control {
    fn open(data_dir: &Path) -> Self {
        let stream = UnixStream::connect(data_dir.join("control.sock")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self(BufReader::new(stream))
    }

    fn command(&mut self, command: &str, arguments: &Value) -> Value {
        let line = json!({ "command": command, "arguments": arguments });
        writeln!(self.0.get_mut(), "{line}").unwrap();
        let mut answer = String::new();
        self.0.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

#[test]
fn no_command_of_the_control_socket_changes_what_it_is_not_told_by_name() {
    sandboxed(async |sandbox| {
        let world = World::new(&sandbox).await;
        let (url, root) = (world.platform.url(), world.platform.ca_file());
        let secret = world.platform.write_private("secret", Platform::SECRET);
        let words = ["run", "--app-id", Platform::APP_ID, "--domain", &url, "--ca-file", text(&root)];
        let run = world.longwire(words).arguments(["--app-secret-file", text(&secret)]).run();
        run.stderr_line("connected to");
        let before = world.state();
        let mut control = Control::open(&world.platform.data_dir());
        let file = json!({ "source": { "kind": "file", "path": world.ca } });
        let looked = control.command("ca_inspect", &file);
        let sha256 = looked["ok"]["certificates"][0]["sha256"].clone();
        assert_eq!(sha256.as_str().map(str::len), Some(64), "{looked}");
        let nowhere = json!({ "kind": "system", "place": "/somewhere/else" });
        // Whatever a command may be given that does not name what is to be changed.
        let shapes = [
            json!(null),
            json!({}),
            json!({ "app_id": Platform::APP_ID }),
            json!({ "minutes": 5 }),
            json!({ "minutes": 5, "services": [] }),
            json!({ "minutes": 5, "services": ["Another"] }),
            json!({ "minutes": 0, "services": ["Wi-Fi"] }),
            json!({ "sha256": sha256 }),
            json!({ "sha256": sha256, "question": file }),
            json!({ "sha256": sha256, "question": file, "stores": [] }),
            json!({ "sha256": sha256, "question": file, "stores": [nowhere] }),
            json!({ "sha256": "0".repeat(64), "question": file, "stores": [nowhere] }),
            json!({ "language": "zh-CN" }),
        ];
        // One opens a browser, the others write a new file among the user's downloads: none changes what is there.
        let harmless = ["console_open", "events_export", "settings_export"];
        for command in COMMANDS.iter().filter(|command| !harmless.contains(command)) {
            for arguments in &shapes {
                let answer = control.command(command, arguments);
                world.still(&before, &format!("{command} {arguments} ({answer})"));
            }
        }
        run.signal("INT");
        run.end();
        world.still(&before, "the end");
    });
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
