//! The system's store of a Linux distribution: a folder that an administrator puts certificates into, and a program that makes
//! what programs read of it.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use longwire_contract::StoreResult;

use super::{
    Asking, Ca, Machine, TrustError,
    certificate::hashes,
    program::{cause, failure, muteness, typed, words},
};
use crate::command::{self, Said};

/// How a distribution does it.
struct Distribution {
    /// The folder that decides which one it is.
    folder: &'static str,
    ending: &'static str,
    /// What is run once a file is there.
    refresh: &'static str,
    /// What is run once a file is gone.
    clear: &'static str,
    /// What programs read; the first that is there.
    bundles: &'static [&'static str],
}

const DISTRIBUTIONS: [Distribution; 4] = [
    // Fedora, RHEL and their kin.
    Distribution {
        folder: "etc/pki/ca-trust/source/anchors",
        ending: "pem",
        refresh: "update-ca-trust extract",
        clear: "update-ca-trust extract",
        bundles: &["etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "etc/pki/tls/certs/ca-bundle.crt"],
    },
    // Debian, Ubuntu and their kin, where only `.crt` counts.
    Distribution {
        folder: "usr/local/share/ca-certificates",
        ending: "crt",
        refresh: "update-ca-certificates",
        // Without the option it leaves links behind that lead nowhere.
        clear: "update-ca-certificates --fresh",
        bundles: &["etc/ssl/certs/ca-certificates.crt"],
    },
    // Arch and its kin.
    Distribution {
        folder: "etc/ca-certificates/trust-source/anchors",
        ending: "crt",
        refresh: "trust extract-compat",
        clear: "trust extract-compat",
        bundles: &["etc/ca-certificates/extracted/tls-ca-bundle.pem", "etc/ssl/certs/ca-certificates.crt"],
    },
    // openSUSE.
    Distribution {
        folder: "usr/share/pki/trust/anchors",
        ending: "pem",
        refresh: "update-ca-certificates",
        clear: "update-ca-certificates",
        bundles: &["var/lib/ca-certificates/ca-bundle.pem", "etc/ssl/ca-bundle.pem"],
    },
];

/// Where programs for administrators are: the `PATH` of others need not name them, and what root runs is not to be its choice.
const SBIN: [&str; 3] = ["usr/sbin", "sbin", "usr/bin"];

/// The certificate comes over standard input, and the file's name as a word of its own: nothing is ever put into a script.
/// Where the second step fails the first is undone.
const ADD: &str = r#"install -m 0644 /dev/stdin "$1" && REFRESH || { rm -f "$1"; exit 1; }"#;
const REMOVE: &str = r#"rm -f "$1" && CLEAR || exit 1"#;

/// The system's store.
pub(super) struct SystemStore<'a> {
    machine: &'a Machine,
    distribution: &'static Distribution,
}

/// Whose word lets it be changed.
enum Right {
    /// We are root.
    Ours,
    /// A program asks for a password.
    Asked(PathBuf),
}

impl<'a> SystemStore<'a> {
    pub(super) fn of(machine: &'a Machine) -> Option<Self> {
        let there = |distribution: &&Distribution| machine.root.join(distribution.folder).is_dir();
        DISTRIBUTIONS.iter().find(there).map(|distribution| Self { machine, distribution })
    }

    /// The folder that certificates are put into.
    pub(super) fn folder(&self) -> PathBuf {
        self.machine.root.join(self.distribution.folder)
    }

    /// Why nothing can be added to it.
    pub(super) fn obstacle(&self, ca: &Ca) -> Option<String> {
        self.right(ca, ADD).err().map(|error| error.to_string())
    }

    pub(super) fn asks(&self) -> bool {
        !self.machine.is_root
    }

    /// What will be run.
    pub(super) fn does(&self, ca: &Ca) -> Vec<String> {
        // Where nobody can be asked it is for the user to run.
        vec![match self.right(ca, ADD) {
            Ok(right) => format!("{} < {}", self.words(&right, ADD, ca), ca.file_name()),
            Err(_) => self.by_hand(ADD, ca),
        }]
    }

    /// What programs trust, whoever put it there.
    pub(super) fn holds(&self, ca: &Ca) -> Result<bool, TrustError> {
        ca.check()?;
        let bundle = self
            .distribution
            .bundles
            .iter()
            .map(|bundle| self.machine.root.join(bundle))
            .find(|path| path.exists());
        let Some(bundle) = bundle else { return Ok(false) };
        let read = fs::read(&bundle).map_err(|error| unreadable(&bundle, &error))?;
        Ok(hashes(&read).contains(&ca.sha256))
    }

    pub(super) fn add(&self, ca: &Ca) -> Result<StoreResult, TrustError> {
        if self.holds(ca)? {
            return Ok(StoreResult::Already);
        }
        self.change(ca, ADD, ca.pem.as_bytes(), StoreResult::Added, true)
    }

    pub(super) fn remove(&self, ca: &Ca) -> Result<StoreResult, TrustError> {
        let ours = self.file(ca).symlink_metadata().is_ok();
        if !ours && !self.holds(ca)? {
            return Ok(StoreResult::Absent);
        }
        if !ours {
            return Err(self.not_ours(ca));
        }
        self.change(ca, REMOVE, b"", StoreResult::Removed, false)
    }

    /// Runs a script as root, and asks the store whether it is so.
    fn change(
        &self,
        ca: &Ca,
        script: &str,
        input: &[u8],
        done: StoreResult,
        wanted: bool,
    ) -> Result<StoreResult, TrustError> {
        let right = self.right(ca, script)?;
        let said = self.run(&right, script, ca, input);
        if self.holds(ca)? == wanted && self.file(ca).exists() == wanted {
            return Ok(done);
        }
        let said = said?;
        let program = right.program(self.machine);
        match (&right, said.status.code()) {
            (_, Some(0)) if !wanted && !self.file(ca).exists() => Err(self.not_ours(ca)),
            (_, Some(0)) => Err(TrustError::Lied(self.distribution.refresh.into())),
            (Right::Asked(_), Some(126)) if self.machine.asking == Asking::Window => {
                Ok(StoreResult::Cancelled)
            }
            (Right::Asked(_), Some(127)) if self.machine.asking == Asking::Window => {
                Err(TrustError::Failed {
                    program,
                    cause: format!("{}; in a terminal: {}", cause(&said), self.by_hand(script, ca)),
                })
            }
            (Right::Asked(_), _) if words(&said).contains("no password was provided") => {
                Ok(StoreResult::Cancelled)
            }
            _ => Err(failure(&program, &said)),
        }
    }

    fn run(&self, right: &Right, script: &str, ca: &Ca, input: &[u8]) -> Result<Said, TrustError> {
        let words = self.arguments(right, script, ca);
        let (program, arguments) = (&words[0], &words[1..]);
        let program = Path::new(program);
        let in_front = matches!(right, Right::Asked(_)) && self.machine.asking == Asking::Terminal;
        let mut command = if in_front { command::in_front(program) } else { command::command(program) };
        // As root it is our own environment that the script runs in; the others make one of their own.
        command.args(arguments).env("PATH", self.path()).env("LC_ALL", "C");
        self.finish(&mut command, program, input)
    }

    fn finish(&self, command: &mut Command, program: &Path, input: &[u8]) -> Result<Said, TrustError> {
        let patience = self.machine.patience;
        command::run_with(command, input.to_vec(), patience).map_err(muteness(program, patience))
    }

    /// Which program asks, or why none can.
    fn right(&self, ca: &Ca, script: &str) -> Result<Right, TrustError> {
        let refresh = self.distribution.refresh.split(' ').next().unwrap_or_default();
        if command::find(refresh, &self.path()).is_none() {
            return Err(TrustError::Missing(format!("{refresh} is not installed; it is in ca-certificates")));
        }
        if self.machine.is_root {
            return Ok(Right::Ours);
        }
        let asker = match self.machine.asking {
            Asking::Window => "pkexec",
            Asking::Terminal => "sudo",
        };
        let found = command::find(asker, &self.machine.path);
        found.map(Right::Asked).ok_or_else(|| {
            TrustError::Missing(format!(
                "{asker} is not installed; run it yourself: {}",
                self.by_hand(script, ca)
            ))
        })
    }

    /// What a person runs on a terminal.
    fn by_hand(&self, script: &str, ca: &Ca) -> String {
        format!("sudo {} < {}", self.words(&Right::Ours, script, ca), ca.file_name())
    }

    fn words(&self, right: &Right, script: &str, ca: &Ca) -> String {
        let words = self.arguments(right, script, ca);
        // By its name, as one types it.
        let first = Path::new(&words[0]).file_name().unwrap_or(&words[0]);
        typed([first].into_iter().chain(words[1..].iter().map(OsString::as_os_str)))
    }

    fn arguments(&self, right: &Right, script: &str, ca: &Ca) -> Vec<OsString> {
        let asker: Vec<OsString> = match (right, self.machine.asking) {
            (Right::Ours, _) => Vec::new(),
            // Without a desktop that asks it would ask on a terminal, which is not ours to use then.
            (Right::Asked(program), Asking::Window) => {
                vec![program.into(), "--disable-internal-agent".into()]
            }
            (Right::Asked(program), Asking::Terminal) => vec![program.into()],
        };
        let script =
            script.replace("REFRESH", self.distribution.refresh).replace("CLEAR", self.distribution.clear);
        let shell =
            ["/bin/sh".into(), "-c".into(), script.into(), "sh".into(), self.file(ca).into_os_string()];
        asker.into_iter().chain(shell).collect()
    }

    /// Our file of it.
    fn file(&self, ca: &Ca) -> PathBuf {
        self.folder().join(format!("{}.{}", ca.file_stem(), self.distribution.ending))
    }

    fn path(&self) -> OsString {
        let given = std::env::split_paths(&self.machine.path).collect::<Vec<_>>();
        let first = SBIN.iter().map(|below| self.machine.root.join(below));
        std::env::join_paths(first.chain(given)).unwrap_or_else(|_| self.machine.path.clone())
    }

    /// Says who else trusts it, as far as that can be seen.
    fn not_ours(&self, ca: &Ca) -> TrustError {
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        let holder = entries
            .map(|entry| entry.path())
            .filter(|path| *path != self.file(ca) && path.metadata().is_ok_and(|metadata| metadata.is_file()))
            .find(|path| fs::read(path).is_ok_and(|read| hashes(&read).contains(&ca.sha256)));
        TrustError::NotOurs(match holder {
            Some(path) => {
                format!("it is trusted by {} too, which Longwire has not put there", path.display())
            }
            None => "it is trusted by something else than a file that Longwire has put there".to_owned(),
        })
    }
}

impl Right {
    fn program(&self, machine: &Machine) -> PathBuf {
        match self {
            Self::Asked(program) => program.clone(),
            Self::Ours => command::find("sh", &machine.path).unwrap_or_else(|| "/bin/sh".into()),
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> TrustError {
    TrustError::Missing(format!("{} cannot be read: {error}", path.display()))
}

#[cfg(test)]
mod tests;
