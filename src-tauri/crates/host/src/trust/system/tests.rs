use std::{
    os::unix::fs::{PermissionsExt, symlink},
    time::Duration,
};

use longwire_contract::{Store, StoreKind};

use super::*;
use crate::trust::{Stores, samples};

/// A machine of a distribution, with its root folder elsewhere.
struct Box {
    root: tempfile::TempDir,
    distribution: &'static Distribution,
}

impl Box {
    fn new(distribution: &'static Distribution) -> Self {
        let root = tempfile::tempdir().unwrap();
        let this = Self { root, distribution };
        fs::create_dir_all(this.path(distribution.folder)).unwrap();
        let bundle = this.path(distribution.bundles[0]);
        fs::create_dir_all(bundle.parent().unwrap()).unwrap();
        fs::write(&bundle, "# nothing yet\n").unwrap();
        // Nothing else of this machine is in reach.
        fs::create_dir_all(this.path("bin")).unwrap();
        for tool in ["sh", "install", "rm", "cat", "sleep"] {
            symlink(format!("/bin/{tool}"), this.path(&format!("bin/{tool}"))).unwrap();
        }
        // What the real ones do, as far as it goes: all files with the right ending, one after another.
        let program = distribution.refresh.split(' ').next().unwrap();
        let words = |command: &str| command[program.len()..].trim().to_owned();
        this.program(
            &format!("usr/sbin/{program}"),
            &format!(
                "case \"$*\" in '{}' | '{}') ;; *) exit 9 ;; esac\ncat /dev/null {}/*.{} > {} 2> /dev/null\nexit 0",
                words(distribution.refresh),
                words(distribution.clear),
                this.path(distribution.folder).display(),
                distribution.ending,
                bundle.display()
            ),
        );
        this
    }

    fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    fn program(&self, below: &str, script: &str) {
        let file = self.path(below);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A program that asks: it notes what it was told.
    fn asker(&self, name: &str, script: &str) {
        let told = self.path("told");
        self.program(&format!("bin/{name}"), &format!("echo \"$@\" >> {}\n{script}", told.display()));
    }

    fn told(&self) -> String {
        fs::read_to_string(self.path("told")).unwrap_or_default()
    }

    fn machine(&self) -> Machine {
        Machine {
            home: self.path("home/me"),
            root: self.root.path().to_owned(),
            path: self.path("bin").into(),
            is_root: true,
            asking: Asking::Window,
            patience: Duration::from_secs(20),
            deadline: Duration::from_secs(20),
        }
    }

    fn as_root(&self) -> Stores {
        Stores::of(self.machine())
    }

    fn asking(&self, asking: Asking) -> Stores {
        Stores::of(Machine { is_root: false, asking, ..self.machine() })
    }

    fn store(&self) -> Store {
        let place = self.path(self.distribution.folder).display().to_string();
        Store { kind: StoreKind::System, place }
    }

    fn file(&self, ca: &Ca) -> PathBuf {
        self.path(self.distribution.folder).join(format!("{}.{}", ca.file_stem(), self.distribution.ending))
    }
}

const DEBIAN: &Distribution = &DISTRIBUTIONS[1];
/// The rest of its words is run as it is.
const ALLOWS: &str = "while [ \"${1#-}\" != \"$1\" ]; do shift; done\nexec \"$@\"";

#[test]
fn each_distribution_has_its_folder_its_name_and_its_program() {
    for distribution in &DISTRIBUTIONS {
        let machine = Box::new(distribution);
        let (stores, store, ca) = (machine.as_root(), machine.store(), samples::hostile());
        let view = stores.views(&ca).remove(0);
        assert_eq!((view.store, view.obstacle, view.asks), (store.clone(), None, false));
        assert_eq!(stores.holds(&store, &ca), Ok(false));
        assert_eq!(stores.remove(&store, &ca), Ok(StoreResult::Absent));
        assert_eq!(stores.add(&store, &ca), Ok(StoreResult::Added), "{}", distribution.folder);
        let file = machine.file(&ca);
        assert_eq!(fs::read_to_string(&file).unwrap(), ca.pem);
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(stores.holds(&store, &ca), Ok(true));
        assert_eq!(stores.add(&store, &ca), Ok(StoreResult::Already));
        assert_eq!(stores.remove(&store, &ca), Ok(StoreResult::Removed));
        assert_eq!((stores.holds(&store, &ca), file.exists()), (Ok(false), false));
    }
}

#[test]
fn debians_own_program_takes_it_in_and_leaves_nothing_of_it() {
    let machine = Box::new(DEBIAN);
    let real = Path::new("/usr/sbin/update-ca-certificates");
    assert!(real.is_file(), "update-ca-certificates, of ca-certificates");
    let root = machine.root.path().display();
    fs::create_dir_all(machine.path("hooks")).unwrap();
    fs::create_dir_all(machine.path("shipped")).unwrap();
    fs::write(machine.path("shipped/other.crt"), samples::renewed().pem).unwrap();
    fs::write(machine.path("conf"), "other.crt\n").unwrap();
    machine.program(
        "usr/sbin/update-ca-certificates",
        &format!(
            "PATH=/usr/sbin:/usr/bin:/bin exec {} \"$@\" --certsconf {root}/conf --certsdir {root}/shipped \
             --localcertsdir {root}/usr/local/share/ca-certificates --etccertsdir {root}/etc/ssl/certs \
             --hooksdir {root}/hooks",
            real.display()
        ),
    );
    let (stores, store, ca) = (machine.as_root(), machine.store(), samples::hostile());
    assert_eq!(stores.add(&store, &samples::mitmproxy()), Ok(StoreResult::Added));
    let links = || {
        let entries = fs::read_dir(machine.path("etc/ssl/certs")).unwrap().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
        names.sort();
        names
    };
    let before = links();
    assert_eq!(stores.add(&store, &ca), Ok(StoreResult::Added));
    assert!(links().len() > before.len());
    assert_eq!(stores.remove(&store, &ca), Ok(StoreResult::Removed));
    assert_eq!(links(), before);
    assert_eq!(stores.holds(&store, &samples::mitmproxy()), Ok(true));
    assert_eq!(stores.holds(&store, &samples::renewed()), Ok(true));
}

#[test]
fn the_names_of_files_end_as_each_distribution_wants() {
    let endings: Vec<_> = DISTRIBUTIONS.iter().map(|one| (one.folder, one.ending)).collect();
    assert_eq!(
        endings,
        [
            ("etc/pki/ca-trust/source/anchors", "pem"),
            ("usr/local/share/ca-certificates", "crt"),
            ("etc/ca-certificates/trust-source/anchors", "crt"),
            ("usr/share/pki/trust/anchors", "pem"),
        ]
    );
    assert!(
        Stores::of(Machine { root: "/nonexistent".into(), ..Box::new(DEBIAN).machine() })
            .views(&samples::mitmproxy())
            .is_empty()
    );
}

#[test]
fn a_user_is_asked_once_for_both_steps() {
    for (asking, asker) in [(Asking::Window, "pkexec"), (Asking::Terminal, "sudo")] {
        let machine = Box::new(DEBIAN);
        machine.asker(asker, ALLOWS);
        let (stores, store, ca) = (machine.asking(asking), machine.store(), samples::hostile());
        let view = stores.views(&ca).remove(0);
        assert!(view.asks && view.obstacle.is_none(), "{view:?}");
        assert_eq!(stores.add(&store, &ca), Ok(StoreResult::Added));
        let told = machine.told();
        assert_eq!(told.lines().count(), 1, "{told}");
        // What was shown is what was run, but for the quotes and the name of the program.
        let shown = view.does[0].replace('\'', "");
        assert_eq!(shown, format!("{asker} {} < {}", told.trim(), ca.file_name()));
        assert!(!told.contains("HOME"), "the subject is in a command: {told}");
        assert_eq!(stores.remove(&store, &ca), Ok(StoreResult::Removed));
        assert_eq!(machine.told().lines().count(), 2);
    }
}

#[test]
fn a_dialog_that_is_closed_changes_nothing() {
    let machine = Box::new(DEBIAN);
    machine.asker("pkexec", "cat > /dev/null\nexit 126");
    let ca = samples::mitmproxy();
    assert_eq!(machine.asking(Asking::Window).add(&machine.store(), &ca), Ok(StoreResult::Cancelled));
    assert!(!machine.file(&ca).exists());

    machine.as_root().add(&machine.store(), &ca).unwrap();
    assert_eq!(machine.asking(Asking::Window).remove(&machine.store(), &ca), Ok(StoreResult::Cancelled));
    assert_eq!(machine.as_root().holds(&machine.store(), &ca), Ok(true));
}

#[test]
fn a_user_who_is_not_allowed_is_told_another_way() {
    let machine = Box::new(DEBIAN);
    machine.asker("pkexec", "echo 'Error executing command as another user: Not authorized' >&2\nexit 127");
    let error =
        machine.asking(Asking::Window).add(&machine.store(), &samples::mitmproxy()).unwrap_err().to_string();
    assert!(error.contains("Not authorized; in a terminal: sudo sh -c"), "{error}");

    machine.asker("sudo", "echo 'me is not in the sudoers file.' >&2\nexit 1");
    let error = machine
        .asking(Asking::Terminal)
        .add(&machine.store(), &samples::mitmproxy())
        .unwrap_err()
        .to_string();
    assert!(error.contains("not in the sudoers file"), "{error}");

    machine.asker("sudo", "echo 'sudo: no password was provided' >&2\nexit 1");
    let said = machine.asking(Asking::Terminal).add(&machine.store(), &samples::mitmproxy());
    assert_eq!(said, Ok(StoreResult::Cancelled));
}

#[test]
fn where_nothing_asks_the_command_is_given_to_run_by_hand() {
    let machine = Box::new(DEBIAN);
    let ca = samples::mitmproxy();
    for (asking, asker) in [(Asking::Window, "pkexec"), (Asking::Terminal, "sudo")] {
        let stores = machine.asking(asking);
        let view = stores.views(&ca).remove(0);
        let obstacle = view.obstacle.unwrap();
        let by_hand = format!(
            "sudo sh -c 'install -m 0644 /dev/stdin \"$1\" && update-ca-certificates || {{ rm -f \"$1\"; exit 1; }}' sh {} < {}",
            machine.file(&ca).display(),
            ca.file_name()
        );
        assert_eq!(obstacle, format!("{asker} is not installed; run it yourself: {by_hand}"));
        assert_eq!(view.does, [by_hand]);
        assert_eq!(stores.add(&machine.store(), &ca), Err(TrustError::Missing(obstacle)));
    }
}

#[test]
fn without_the_refresh_nothing_is_written() {
    let machine = Box::new(DEBIAN);
    fs::remove_file(machine.path("usr/sbin/update-ca-certificates")).unwrap();
    let stores = machine.as_root();
    let ca = samples::mitmproxy();
    let obstacle = stores.views(&ca).remove(0).obstacle.unwrap();
    assert!(obstacle.contains("update-ca-certificates is not installed"), "{obstacle}");
    assert!(matches!(stores.add(&machine.store(), &ca), Err(TrustError::Missing(_))));
    assert!(!machine.file(&ca).exists());
}

#[test]
fn a_refresh_that_fails_leaves_no_file_behind() {
    let machine = Box::new(DEBIAN);
    machine.program("usr/sbin/update-ca-certificates", "echo 'E: no space left' >&2\nexit 127");
    let ca = samples::mitmproxy();
    let error = machine.as_root().add(&machine.store(), &ca).unwrap_err().to_string();
    assert!(error.contains("E: no space left"), "{error}");
    assert!(!machine.file(&ca).exists());
}

#[test]
fn a_refresh_that_lies_is_found_out() {
    let machine = Box::new(DEBIAN);
    machine.program("usr/sbin/update-ca-certificates", "echo '1 added, 0 removed; done.'");
    let error = machine.as_root().add(&machine.store(), &samples::mitmproxy()).unwrap_err();
    assert_eq!(error, TrustError::Lied("update-ca-certificates".into()));
}

#[test]
fn one_that_hangs_is_given_up() {
    let machine = Box::new(DEBIAN);
    machine.program("usr/sbin/update-ca-certificates", "exec sleep 600");
    let patience = Duration::from_millis(300);
    let stores = Stores::of(Machine { patience, ..machine.machine() });
    let error = stores.add(&machine.store(), &samples::mitmproxy()).unwrap_err();
    assert!(matches!(error, TrustError::TooSlow { deadline, .. } if deadline == patience), "{error}");
}

#[test]
fn what_another_put_there_counts_and_is_not_taken_out() {
    let machine = Box::new(DEBIAN);
    let (stores, store, ca) = (machine.as_root(), machine.store(), samples::mitmproxy());
    let theirs = machine.path(DEBIAN.folder).join("company.crt");
    fs::write(&theirs, &ca.pem).unwrap();
    assert_eq!(stores.holds(&store, &ca), Ok(false), "what was not refreshed is not read");
    // What refreshes for ours brings theirs in, too.
    stores.add(&store, &samples::hostile()).unwrap();
    assert_eq!(stores.add(&store, &ca), Ok(StoreResult::Already));
    machine.asker("pkexec", ALLOWS);
    let error = machine.asking(Asking::Window).remove(&store, &ca).unwrap_err();
    assert!(matches!(&error, TrustError::NotOurs(text) if text.contains("company.crt")), "{error}");
    assert!(theirs.exists());
    assert_eq!(machine.told(), "", "nobody is asked for what is not done");
}

#[test]
fn ours_goes_even_where_another_one_stays() {
    let machine = Box::new(DEBIAN);
    let (stores, store, ca) = (machine.as_root(), machine.store(), samples::mitmproxy());
    stores.add(&store, &ca).unwrap();
    let theirs = machine.path(DEBIAN.folder).join("company.crt");
    fs::write(&theirs, &ca.pem).unwrap();
    let error = stores.remove(&store, &ca).unwrap_err();
    assert!(matches!(error, TrustError::NotOurs(_)), "{error}");
    assert!(!machine.file(&ca).exists() && theirs.exists());
}

#[test]
fn a_file_of_ours_that_no_program_reads_is_taken_out() {
    let machine = Box::new(DEBIAN);
    let (stores, store, ca) = (machine.as_root(), machine.store(), samples::mitmproxy());
    fs::write(machine.file(&ca), &ca.pem).unwrap();
    assert_eq!(stores.holds(&store, &ca), Ok(false));
    assert_eq!(stores.remove(&store, &ca), Ok(StoreResult::Removed));
    assert!(!machine.file(&ca).exists());
}

#[test]
fn a_text_with_more_than_the_certificate_is_not_installed() {
    let machine = Box::new(DEBIAN);
    let ca = samples::mitmproxy();
    let ca = Ca { pem: format!("{}{}", ca.pem, samples::renewed().pem), ..ca };
    assert_eq!(machine.as_root().add(&machine.store(), &ca), Err(TrustError::Mixed));
    assert!(fs::read_dir(machine.path(DEBIAN.folder)).unwrap().next().is_none());
}
