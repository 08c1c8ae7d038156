//! The system's store, changed by the system's own program in copies of its folders.

use longwire_contract::Store;
use longwire_tests::{Sandbox, Tree, sandboxed, sandboxed_online};

use super::*;

const CERTIFICATES: &str = "/etc/ssl/certs";
const OURS: &str = "/usr/local/share/ca-certificates";
const HOOKS: &str = "/etc/ca-certificates";
/// Which of the CAs that the system brings along it trusts.
const SETTINGS: &str = "/etc/ca-certificates.conf";
/// What programs read.
const BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The folders of the system's store become the sandbox's own, and are as the system's program leaves them.
fn own_store(sandbox: &Sandbox) -> Tree {
    for folder in [CERTIFICATES, OURS, HOOKS] {
        sandbox.own(folder);
    }
    // A few CAs of the system's are as good as all of them, and sooner done.
    let few = fs::read_to_string(SETTINGS).unwrap();
    let few: Vec<_> = few.lines().filter(|line| line.starts_with("mozilla/")).take(3).collect();
    let file = std::env::temp_dir().join("ca-certificates.conf");
    fs::write(&file, few.join("\n") + "\n").unwrap();
    assert!(Command::new("mount").args(["--bind", text(&file), SETTINGS]).status().unwrap().success());
    // Other packages keep stores of their own by it; what they make is never twice the same.
    fs::remove_dir_all("/etc/ca-certificates/update.d").ok();
    let settled = Command::new("update-ca-certificates").arg("--fresh").output().unwrap();
    assert!(settled.status.success(), "{}", String::from_utf8_lossy(&settled.stderr));
    tree()
}

fn tree() -> Tree {
    Tree::all([CERTIFICATES, OURS, HOOKS].map(Path::new))
}

#[test]
fn the_systems_store_gets_the_ca_by_its_own_program_and_is_left_as_it_was() {
    sandboxed_online(async |sandbox| {
        let before = own_store(&sandbox);
        let bench = Bench::new().await;
        bench.is_red();
        let run = bench.run();
        run.stderr_line("not trusted");
        let ca = bench.mitm.ca_file.clone();
        let outcome = bench.user.trust(text(&ca), &["--store", "system"]);
        assert_eq!(results(&outcome), [(StoreKind::System, StoreResult::Added)]);
        let road = outcome.road.unwrap();
        assert_eq!((road.here, road.system, road.finding), (true, true, None));
        run.stderr_line("connected to wss://platform.test");
        // By the OS's own roots: Longwire's own list has nothing for it, and other programs believe it, too.
        let [listed] = bench.user.list().try_into().unwrap();
        assert_eq!(listed.stores, [Store { kind: StoreKind::System, place: OURS.to_owned() }]);
        bench.is_green();
        let curl = |bench: &Bench| {
            let curl = ["--silent", "--max-time", "20", "--proxy", &bench.mitm.peer.url("http")];
            Process::start("curl".into()).arguments(curl).arguments([&*bench.platform.url()]).run().end().code
        };
        assert_eq!(curl(&bench), Some(0));
        let bundle = fs::read_to_string(BUNDLE).unwrap();
        assert!(bundle.contains(fs::read_to_string(&ca).unwrap().trim()), "it is in {BUNDLE}");
        let added = before.differences(&tree());
        assert!(added.iter().any(|path| path.starts_with(OURS)), "{added:?}");

        let again = bench.user.trust(text(&ca), &["--store", "system"]);
        assert_eq!(results(&again), [(StoreKind::System, StoreResult::Already)]);

        run.signal("INT");
        run.end();
        let outcome = bench.user.untrust(&listed.sha256);
        assert_eq!(results(&outcome), [(StoreKind::System, StoreResult::Removed)]);
        before.same(&tree());
        bench.is_red();
        assert_eq!(curl(&bench), Some(60), "curl's code for a CA that is not trusted");
    });
}

#[test]
fn where_the_systems_program_fails_nothing_is_left_behind() {
    sandboxed_online(async |sandbox| {
        let before = own_store(&sandbox);
        let user = User::new();
        let ca = user.new_ca("ca.pem");
        sandbox.own("/usr/sbin");
        sandbox.put(Path::new("/bin/false"), "/usr/sbin/update-ca-certificates");
        let ended = user.ca(&["trust", text(&ca), "--store", "system", "app", "--yes", "--json"]);
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        let failed = (StoreKind::System, StoreResult::Failed);
        assert_eq!(results(&read(&ended)), [(StoreKind::App, StoreResult::Added), failed]);
        before.same(&tree());
        let [listed] = user.list().try_into().unwrap();
        assert_eq!(listed.stores.len(), 1, "{:?}", listed.stores);
    });
}

/// Who has no rights, on any system.
const NOBODY: &str = "65534";

/// Stands in for `pkexec`: root carries out what it is given, where the mood is `yes`.
const PKEXEC: &str = r#"#!/bin/sh
cd "${0%/*}"
[ "$(cat mood)" = yes ] || exit 126
printf '%s\0' "$@" >words
cat >input
echo >ask
read -r code <answer
exit "$code"
"#;

/// Root, who waits to be asked.
const ROOT: &str = r#"
while read -r _ <ask; do
    code=0
    xargs -0 -a words sh -c 'shift; exec "$@"' pkexec <input || code=$?
    echo "$code" >answer
done"#;

#[test]
fn whoever_is_not_root_is_asked_for_a_password_and_may_say_no() {
    sandboxed(async |sandbox| {
        let before = own_store(&sandbox);
        let user = User::new();
        let ca = user.new_ca("ca.pem");
        let desk = tempfile::tempdir().unwrap();
        let at = |name: &str| desk.path().join(name);
        fs::write(at("pkexec"), PKEXEC).unwrap();
        let shell = |script: &str| Process::start("sh".into()).arguments(["-euc", script, text(desk.path())]);
        // The program itself may be where nobody else can go.
        fs::write(at("longwire"), "").unwrap();
        let prepare = format!(
            "cd \"$0\"; chmod 755 . pkexec; mkfifo ask answer; touch mood words input; mount --bind {} longwire;
             chown -R {NOBODY}:{NOBODY} ask answer mood words input {} {}",
            text(&longwire_tests::program("longwire")),
            text(user.home.path()),
            text(user.data.path()),
        );
        let prepared = shell(&prepare).run().end();
        assert_eq!(prepared.code, Some(0), "{}", prepared.stderr);
        let root = shell(&format!("cd \"$0\"; {ROOT}")).run();
        let path = format!("{}:{}", text(desk.path()), std::env::var("PATH").unwrap());
        let program = at("longwire");
        let longwire = |words: &[&str]| {
            let nobody = ["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", text(&program)];
            let start = Process::start("setpriv".into()).arguments(nobody).arguments(words.iter().copied());
            let start = start.variable("HOME", user.home.path()).variable("PATH", &path);
            start.variable("LONGWIRE_DATA_DIR", user.data.path()).run().end()
        };
        let trust = ["ca", "trust", text(&ca), "--store", "system", "--yes", "--json"];
        let hash = sha256(&ca);
        let untrust = ["ca", "untrust", &hash, "--yes", "--json"];
        fs::write(at("mood"), "no").unwrap();
        let ended = longwire(&trust);
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        let cancelled = [(StoreKind::System, StoreResult::Cancelled)];
        assert_eq!(results(&read(&ended)), cancelled, "{}", ended.stdout);
        before.same(&tree());

        fs::write(at("mood"), "yes").unwrap();
        let ended = longwire(&trust);
        assert_eq!(ended.code, Some(0), "{}{}", ended.stderr, ended.stdout);
        assert_eq!(results(&read(&ended)), [(StoreKind::System, StoreResult::Added)]);
        assert!(fs::read_to_string(BUNDLE).unwrap().contains(fs::read_to_string(&ca).unwrap().trim()));

        fs::write(at("mood"), "no").unwrap();
        let ended = longwire(&untrust);
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert_eq!(results(&read::<Vec<CaOutcome>>(&ended)[0]), cancelled);
        fs::write(at("mood"), "yes").unwrap();
        let ended = longwire(&untrust);
        assert_eq!(ended.code, Some(0), "{}{}", ended.stderr, ended.stdout);
        before.same(&tree());
        drop(root);
    });
}
