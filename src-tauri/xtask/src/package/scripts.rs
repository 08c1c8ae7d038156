//! What dpkg runs before and after: tried on a folder, with stand-ins for systemd's tools.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// A unit as `longwire service install --system` writes it, as far as the scripts read it.
const OURS: &str =
    "[Service]\nExecStart=\"/usr/bin/longwire\" run\n\n[X-Longwire]\nProgram=/usr/bin/longwire\n";

/// Writes down what it is asked. User 1000 runs the package's program, 1001 another.
const SYSTEMCTL: &str = r#"#!/bin/sh
echo "systemctl $*" >>"$LOG"
case "$*" in
*list-units*)
    echo "user@1000.service loaded active running User Manager for UID 1000"
    echo "user@1001.service loaded active running User Manager for UID 1001"
    ;;
*--machine=1000@*show*) echo "ExecStart={ path=/usr/bin/longwire ; argv[]=/usr/bin/longwire run ; ignore_errors=no }" ;;
*show*) echo "ExecStart={ path=/opt/longwire ; argv[]=/opt/longwire run ; ignore_errors=no }" ;;
esac
"#;

const INVOKE: &str = "#!/bin/sh\necho \"invoke $*\" >>\"$LOG\"\n";

/// A machine with systemd, of which only the folders are there that the scripts look at.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        for folder in ["etc/systemd/system", "etc/longwire/credentials", "run/systemd/system", "bin"] {
            fs::create_dir_all(machine.at(folder)).unwrap();
        }
        for (name, script) in [("systemctl", SYSTEMCTL), ("deb-systemd-invoke", INVOKE)] {
            let file = machine.at("bin").join(name);
            fs::write(&file, script).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        machine
    }

    fn at(&self, place: &str) -> PathBuf {
        self.0.path().join(place)
    }

    fn unit(&self) -> PathBuf {
        self.at("etc/systemd/system/longwire.service")
    }

    /// Runs a script as dpkg does, and gives back what it asked systemd for, without questions.
    fn runs(&self, script: &str, arguments: &[&str]) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/debian");
        let text = fs::read_to_string(folder.join(format!("longwire.{script}"))).unwrap();
        let root = self.0.path().display();
        let text = text.replace("/etc/", &format!("{root}/etc/")).replace("/run/", &format!("{root}/run/"));
        let (file, log) = (self.at("script"), self.at("log"));
        fs::write(&file, text).unwrap();
        fs::remove_file(&log).ok();
        let path = format!("{root}/bin:/usr/bin:/bin");
        let mut command = Command::new("sh");
        command.arg("-eu").arg(&file).args(arguments).env("PATH", path).env("LOG", &log);
        assert!(command.status().unwrap().success(), "{script} {arguments:?}");
        let asked = fs::read_to_string(&log).unwrap_or_default();
        let asks = |line: &&str| !line.contains("list-units") && !line.contains(" show ");
        asked.lines().filter(asks).map(str::to_owned).collect()
    }
}

#[test]
fn a_removal_stops_and_disables_what_runs_the_program() {
    let machine = Machine::new();
    fs::write(machine.unit(), OURS).unwrap();
    assert_eq!(
        machine.runs("prerm", &["remove"]),
        [
            "invoke stop longwire.service",
            "systemctl --quiet disable longwire.service",
            "systemctl --quiet --user --machine=1000@ disable --now longwire.service",
        ]
    );
    assert!(machine.unit().is_file(), "a removal keeps what is configured");
    assert_eq!(machine.runs("prerm", &["upgrade", "0.2.0-1"]), [""; 0]);
}

#[test]
fn an_upgrade_restarts_what_runs_and_an_installation_nothing() {
    let machine = Machine::new();
    fs::write(machine.unit(), OURS).unwrap();
    assert_eq!(
        machine.runs("postinst", &["configure", "0.1.0-1"]),
        [
            "invoke try-restart longwire.service",
            "systemctl --quiet --user --machine=1000@ daemon-reload",
            "systemctl --quiet --user --machine=1000@ --no-block try-restart longwire.service",
        ]
    );
    assert_eq!(machine.runs("postinst", &["configure", ""]), [""; 0]);
    assert_eq!(machine.runs("postinst", &["configure"]), [""; 0]);
}

#[test]
fn a_purge_takes_the_machines_unit_and_leaves_secrets() {
    let machine = Machine::new();
    fs::write(machine.unit(), OURS).unwrap();
    let secret = machine.at("etc/longwire/credentials/cli_a1b2c3d4e5f60718");
    fs::write(&secret, "secret").unwrap();
    assert_eq!(machine.runs("postrm", &["remove"]), [""; 0]);
    assert!(machine.unit().is_file());
    assert_eq!(machine.runs("postrm", &["purge"]), ["systemctl --quiet daemon-reload"]);
    assert!(!machine.unit().exists() && secret.is_file());

    fs::write(machine.unit(), OURS).unwrap();
    fs::remove_file(&secret).unwrap();
    machine.runs("postrm", &["purge"]);
    assert!(!machine.at("etc/longwire").exists(), "empty folders go");
}

#[test]
fn a_purge_takes_what_hangs_on_the_unit_and_fails_at_no_folder() {
    let machine = Machine::new();
    let wants = machine.at("etc/systemd/system/multi-user.target.wants/longwire.service");
    let drop_ins = machine.at("etc/systemd/system/longwire.service.d");
    fs::create_dir_all(wants.parent().unwrap()).unwrap();
    symlink(machine.unit(), &wants).unwrap();
    // `rmdir` takes no link.
    fs::rename(machine.at("etc/longwire"), machine.at("elsewhere")).unwrap();
    symlink(machine.at("elsewhere"), machine.at("etc/longwire")).unwrap();
    for (changes, kept) in [(Some("[Service]\nNice=5\n"), true), (None, false)] {
        fs::write(machine.unit(), OURS).unwrap();
        fs::create_dir_all(&drop_ins).unwrap();
        let file = drop_ins.join("override.conf");
        match changes {
            Some(changes) => fs::write(&file, changes).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        machine.runs("postrm", &["purge"]);
        assert_eq!(drop_ins.exists(), kept, "what an administrator changed stays");
        assert!(!wants.is_symlink());
        assert!(machine.at("etc/longwire").is_symlink());
    }
}

#[test]
fn what_others_wrote_is_theirs() {
    let machine = Machine::new();
    let other_program = OURS.replace("Program=/usr/bin/", "Program=/opt/");
    for foreign in ["[Service]\nExecStart=/usr/bin/longwire run\n", other_program.as_str()] {
        fs::write(machine.unit(), foreign).unwrap();
        // The user's own is another matter, and stands by itself.
        let asked = machine.runs("prerm", &["remove"]);
        assert!(asked.iter().all(|line| line.contains("--user")), "{asked:?}");
        let asked = machine.runs("postinst", &["configure", "0.1.0-1"]);
        assert!(asked.iter().all(|line| line.contains("--user")), "{asked:?}");
        machine.runs("postrm", &["purge"]);
        assert!(machine.unit().is_file());
    }
    let elsewhere = machine.at("elsewhere");
    fs::rename(machine.unit(), &elsewhere).unwrap();
    fs::write(&elsewhere, OURS).unwrap();
    symlink(&elsewhere, machine.unit()).unwrap();
    machine.runs("postrm", &["purge"]);
    assert!(machine.unit().is_symlink(), "a link is somebody's own");
}

/// In a container, an image that is built, a folder of another system.
#[test]
fn nothing_is_started_or_stopped_where_systemd_does_not_run() {
    let machine = Machine::new();
    fs::remove_dir_all(machine.at("run/systemd")).unwrap();
    assert_eq!(machine.runs("prerm", &["remove"]), [""; 0]);
    fs::write(machine.unit(), OURS).unwrap();
    assert_eq!(machine.runs("prerm", &["remove"]), ["systemctl --quiet disable longwire.service"]);
    assert_eq!(machine.runs("postinst", &["configure", "0.1.0-1"]), [""; 0]);
    assert_eq!(machine.runs("postrm", &["purge"]), [""; 0]);
    assert!(!machine.unit().exists());
}
