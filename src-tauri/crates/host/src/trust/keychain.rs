//! The login keychain of a Mac, over its own `security`.
//!
//! Always the user's domain, and only TLS: an administrator's domain is every user's, and wants a password twice.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    time::Duration,
};

use longwire_contract::StoreResult;

use super::{
    Ca, Machine, TrustError,
    program::{failure, failure_with, muteness, typed, words},
};
use crate::command::{Runner, Said};

/// Where macOS has it; nothing else decides whether a machine is a Mac.
const PROGRAM: &str = "usr/bin/security";

/// Below the home folder, since macOS 10.12.
const KEYCHAIN: &str = "Library/Keychains/login.keychain-db";

/// What trusting means: as a root, for TLS. Node asks for the basic policy too, and so does what evaluates a bare chain.
const TRUST: [&str; 7] = ["add-trusted-cert", "-r", "trustRoot", "-p", "ssl", "-p", "basic"];

/// The login keychain.
pub(super) struct Keychain<'a> {
    machine: &'a Machine,
    runner: &'a dyn Runner,
    program: PathBuf,
    path: PathBuf,
}

/// What `security` knows of one certificate.
#[derive(Debug)]
struct Standing {
    /// It is in the login keychain.
    in_login: bool,
    /// It is in a keychain, this or another.
    somewhere: bool,
    /// Chains that end in it are trusted.
    trusted: bool,
}

impl<'a> Keychain<'a> {
    /// That of this machine, where it is a Mac.
    pub(super) fn of(machine: &'a Machine, runner: &'a dyn Runner) -> Option<Self> {
        let program = machine.root.join(PROGRAM);
        let there = program.is_file();
        there.then(|| Self { machine, runner, program, path: machine.home.join(KEYCHAIN) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What will be run.
    pub(super) fn does(&self, ca: &Ca) -> Vec<String> {
        let file = ca.file_name();
        let program = [self.program.as_os_str()];
        vec![typed(program.into_iter().chain(self.trusting(Path::new(&file))))]
    }

    pub(super) fn holds(&self, ca: &Ca) -> Result<bool, TrustError> {
        let file = ca.lend()?;
        Ok(self.standing(ca, file.path())?.is_held())
    }

    pub(super) fn add(&self, ca: &Ca) -> Result<StoreResult, TrustError> {
        let file = ca.lend()?;
        let before = self.standing(ca, file.path())?;
        if before.is_held() {
            return Ok(StoreResult::Already);
        }
        let said = self.run(self.trusting(file.path()), self.machine.patience);
        // What the store says counts, not what the program says: one that was killed may have been done.
        let after = self.standing(ca, file.path())?;
        if after.is_held() {
            return Ok(StoreResult::Added);
        }
        // The certificate goes in before anybody is asked whether to trust it.
        if after.in_login && !before.in_login {
            self.delete(ca)?;
        }
        let said = said?;
        if said.status.success() {
            return Err(TrustError::Lied(self.program.clone()));
        }
        if is_cancelled(&said) { Ok(StoreResult::Cancelled) } else { Err(self.refusal(&said)) }
    }

    pub(super) fn remove(&self, ca: &Ca) -> Result<StoreResult, TrustError> {
        let file = ca.lend()?;
        let before = self.standing(ca, file.path())?;
        // A record of trust without its certificate, or the reverse, has later readers stumble: both go, whichever there is.
        let arguments = [OsStr::new("remove-trusted-cert"), file.path().as_os_str()];
        let said = self.run(arguments, self.machine.patience)?;
        let had_trust = said.status.success();
        if !had_trust && !is_missing(&said) {
            return if is_cancelled(&said) { Ok(StoreResult::Cancelled) } else { Err(self.refusal(&said)) };
        }
        let had_certificate = before.in_login && self.delete(ca)?;
        let after = self.standing(ca, file.path())?;
        if after.in_login {
            return Err(TrustError::Lied(self.program.clone()));
        }
        if after.trusted {
            return Err(TrustError::NotOurs(
                "this Mac trusts it by an administrator's settings; remove it in Keychain Access, under System".to_owned(),
            ));
        }
        Ok(if had_trust || had_certificate { StoreResult::Removed } else { StoreResult::Absent })
    }

    /// Takes the certificate out of the keychain; whether it was there.
    fn delete(&self, ca: &Ca) -> Result<bool, TrustError> {
        let arguments =
            [OsStr::new("delete-certificate"), "-Z".as_ref(), ca.sha256.as_ref(), self.path.as_os_str()];
        let said = self.run(arguments, self.machine.patience)?;
        match said.status.success() {
            true => Ok(true),
            false if is_missing(&said) => Ok(false),
            false => Err(self.refusal(&said)),
        }
    }

    fn standing(&self, ca: &Ca, file: &Path) -> Result<Standing, TrustError> {
        let trusted = self.is_trusted("basic", file)? || self.is_trusted("ssl", file)?;
        let in_login = self.lists(ca, Some(&self.path))?;
        // Without a keychain it looks in all that the user has on the list.
        let somewhere = in_login || self.lists(ca, None)?;
        Ok(Standing { in_login, somewhere, trusted })
    }

    fn is_trusted(&self, policy: &str, file: &Path) -> Result<bool, TrustError> {
        // -l: what is verified may be a CA itself; -L: nothing is fetched from the network.
        let arguments =
            ["verify-cert".as_ref(), "-c".as_ref(), file.as_os_str(), "-p".as_ref(), policy.as_ref()];
        let options: [&OsStr; 2] = ["-l".as_ref(), "-L".as_ref()];
        let said = self.run(arguments.into_iter().chain(options), self.machine.deadline)?;
        // Its words for no have changed from version to version; only one that was killed has not answered.
        if said.status.code().is_none() { Err(self.refusal(&said)) } else { Ok(said.status.success()) }
    }

    fn lists(&self, ca: &Ca, keychain: Option<&Path>) -> Result<bool, TrustError> {
        let arguments: [&OsStr; 3] = ["find-certificate".as_ref(), "-a".as_ref(), "-Z".as_ref()];
        let said =
            self.run(arguments.into_iter().chain(keychain.map(Path::as_os_str)), self.machine.deadline)?;
        if !said.status.success() {
            return if is_missing(&said) { Ok(false) } else { Err(self.refusal(&said)) };
        }
        let printed = String::from_utf8_lossy(&said.output);
        let mut listed = printed.lines().filter_map(|line| line.strip_prefix("SHA-256 hash:"));
        Ok(listed.any(|hash| hash.trim().eq_ignore_ascii_case(&ca.sha256)))
    }

    fn trusting<'b>(&'b self, file: &'b Path) -> impl Iterator<Item = &'b OsStr> {
        let words = TRUST.iter().map(OsStr::new);
        words.chain(["-k".as_ref(), self.path.as_os_str(), file.as_os_str()])
    }

    fn run<'b>(
        &self,
        arguments: impl IntoIterator<Item = &'b OsStr>,
        deadline: Duration,
    ) -> Result<Said, TrustError> {
        let arguments: Vec<&OsStr> = arguments.into_iter().collect();
        self.runner.run(&self.program, &arguments, deadline).map_err(muteness(&self.program, deadline))
    }

    fn refusal(&self, said: &Said) -> TrustError {
        let words = words(said);
        if words.contains("no user interaction was possible") || words.contains("errSecInternalComponent") {
            let advice = "macOS asks in a window: run this in a session on the Mac's own desktop";
            return failure_with(&self.program, said, advice);
        }
        failure(&self.program, said)
    }
}

impl Standing {
    /// A certificate that is nowhere and yet trusted is a record that somebody left behind: it is to be added.
    fn is_held(&self) -> bool {
        self.trusted && self.somewhere
    }
}

/// Whether the user said no. The text is in the language of the system.
fn is_cancelled(said: &Said) -> bool {
    let words = words(said);
    ["canceled by the user", "cancelled by the user", "(-60006)", "(-128)", "取消"]
        .iter()
        .any(|word| words.contains(word))
}

/// Whether what was to be found or taken out is not there.
fn is_missing(said: &Said) -> bool {
    let words = words(said);
    let missing =
        ["could not be found", "No Trust Settings were found", "Unable to delete certificate matching"];
    said.status.code() == Some(44) || missing.iter().any(|word| words.contains(word))
}

#[cfg(test)]
mod tests;
