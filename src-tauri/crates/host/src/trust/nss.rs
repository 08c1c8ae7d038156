//! The NSS databases of browsers, over NSS's own `certutil`.

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
};

use longwire_contract::{StoreKind, StoreResult};

use super::{
    Ca, Machine, TrustError,
    certificate::hashes,
    program::{failure, failure_with, muteness, typed, words},
};
use crate::command::{self, Runner, Said};

/// Folders of databases that Chromium and its kin share; since version 146 it is the first.
const CHROMIUM: [&str; 3] = [".local/share/pki/nssdb", ".pki/nssdb", "snap/chromium/current/.pki/nssdb"];

/// Folders of Firefox's profiles: of Linux's own package (today's place and that of old), of a snap, of a flatpak, of a Mac.
const FIREFOX: [&str; 5] = [
    ".config/mozilla/firefox",
    ".mozilla/firefox",
    "snap/firefox/common/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/.mozilla/firefox",
    "Library/Application Support/Firefox/Profiles",
];

/// What brings `certutil`.
const PACKAGES: &str = "libnss3-tools (Debian, Ubuntu), nss-tools (Fedora), nss (Arch, Homebrew) or mozilla-nss-tools (openSUSE)";

/// Trusted to sign the certificates of servers, and for nothing else.
const TRUST: &str = "C,,";

/// The longest name of a certificate; a list of them is to be read.
const LONGEST: usize = 80;

/// One database.
pub(super) struct Database<'a> {
    pub(super) kind: StoreKind,
    pub(super) folder: PathBuf,
    machine: &'a Machine,
    runner: &'a dyn Runner,
    /// What its format is called by: `sql:`, `dbm:`.
    prefix: &'static str,
}

/// A certificate in a database.
struct Entry {
    nickname: String,
    /// Whether it may sign certificates of servers.
    trusted: bool,
}

/// What a database says of one certificate.
#[derive(Debug)]
enum Standing {
    Absent,
    /// It is there, under this name, and may be not trusted.
    Present {
        nickname: String,
        trusted: bool,
    },
    /// It is there beside others that name the same subject, of which a name tells none apart.
    Among {
        trusted: bool,
    },
}

/// Those of this machine.
pub(super) fn databases<'a>(machine: &'a Machine, runner: &'a dyn Runner) -> Vec<Database<'a>> {
    let chromium = CHROMIUM.iter().map(|below| (StoreKind::Chromium, machine.home.join(below)));
    let firefox = FIREFOX.iter().flat_map(|below| {
        let mut profiles: Vec<PathBuf> = fs::read_dir(machine.home.join(below))
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        profiles.sort();
        profiles.into_iter().map(|profile| (StoreKind::Firefox, profile))
    });
    let mut seen = Vec::new();
    let mut databases = Vec::new();
    for (kind, folder) in chromium.chain(firefox) {
        let prefix = match folder.join("cert9.db").is_file() {
            true => "sql:",
            false if folder.join("cert8.db").is_file() => "dbm:",
            false => continue,
        };
        // One may be a link to another.
        let real = fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
        if !seen.contains(&real) {
            seen.push(real);
            databases.push(Database { kind, folder, machine, runner, prefix });
        }
    }
    databases
}

impl Database<'_> {
    /// Why nothing can be added to it.
    pub(super) fn obstacle(&self) -> Option<String> {
        self.program().err().map(|error| error.to_string())
    }

    /// What will be run.
    pub(super) fn does(&self, ca: &Ca) -> Vec<String> {
        let (database, name, file) = (self.database(), nickname(ca), ca.file_name());
        let words = adding(&database, OsStr::new(&name), OsStr::new(&file));
        vec![typed([OsStr::new("certutil")].into_iter().chain(words))]
    }

    pub(super) fn holds(&self, ca: &Ca) -> Result<bool, TrustError> {
        ca.check()?;
        Ok(self.standing(ca)?.is_trusted())
    }

    pub(super) fn add(&self, ca: &Ca) -> Result<StoreResult, TrustError> {
        let file = ca.lend()?;
        let before = self.standing(ca)?;
        if before.is_trusted() {
            return Ok(StoreResult::Already);
        }
        let (database, name) = (self.database(), nickname(ca));
        let added = self.run(&adding(&database, OsStr::new(&name), file.path().as_os_str()));
        let after = self.standing(ca)?;
        if after.is_trusted() {
            return Ok(StoreResult::Added);
        }
        // A database with a password takes the certificate, and then not its trust.
        if let (Standing::Absent, Standing::Present { nickname, .. }) = (&before, &after) {
            self.delete(nickname).ok();
        }
        added?;
        Err(TrustError::Lied(self.program()?))
    }

    pub(super) fn remove(&self, ca: &Ca) -> Result<StoreResult, TrustError> {
        ca.check()?;
        match self.standing(ca)? {
            Standing::Absent => return Ok(StoreResult::Absent),
            Standing::Present { nickname, .. } => self.delete(&nickname)?,
            Standing::Among { .. } => {
                return Err(TrustError::NotOurs(
                    "several certificates there have the same subject; remove it in the browser's settings"
                        .to_owned(),
                ));
            }
        }
        match self.standing(ca)? {
            Standing::Absent => Ok(StoreResult::Removed),
            _ => Err(TrustError::Lied(self.program()?)),
        }
    }

    fn delete(&self, nickname: &str) -> Result<(), TrustError> {
        let database = self.database();
        let options = ["-D".as_ref(), "-d".as_ref(), database.as_os_str(), "-n".as_ref(), nickname.as_ref()];
        self.run(&with_no_password(options)).map(drop)
    }

    fn standing(&self, ca: &Ca) -> Result<Standing, TrustError> {
        let own = nickname(ca);
        let entries = self.entries()?;
        // Firefox keeps what it has seen on its way there, too; that is not trusted, and nothing of ours.
        let ours = entries.iter().filter(|entry| entry.nickname == own);
        let theirs = entries.iter().filter(|entry| entry.nickname != own && entry.trusted);
        // Those that go by one subject with it: how many there are, and how many of them are trusted.
        let (mut alike, mut trusted) = (0, 0);
        for entry in ours.chain(theirs) {
            // All that have the subject in common with the one of this name.
            let named = self.named(&entry.nickname)?;
            if !named.contains(&ca.sha256) {
                continue;
            }
            // Our name is of the hash, so no other one has it.
            if named.len() == 1 || entry.nickname == own {
                return Ok(Standing::Present { nickname: entry.nickname.clone(), trusted: entry.trusted });
            }
            alike = named.len();
            trusted += 1;
        }
        // Which one of several is trusted cannot be told, but that all of them are.
        Ok(if alike == 0 { Standing::Absent } else { Standing::Among { trusted: trusted == alike } })
    }

    fn entries(&self) -> Result<Vec<Entry>, TrustError> {
        let database = self.database();
        let options = ["-L".as_ref(), "-d".as_ref(), database.as_os_str()];
        let said = self.run(&with_no_password(options))?;
        Ok(String::from_utf8_lossy(&said.output).lines().filter_map(Entry::read).collect())
    }

    /// The hashes of what goes by a name.
    fn named(&self, nickname: &str) -> Result<Vec<String>, TrustError> {
        let database = self.database();
        let options = ["-L".as_ref(), "-d".as_ref(), database.as_os_str(), "-n".as_ref(), nickname.as_ref()];
        let options: Vec<&OsStr> = options.into_iter().chain(["-a".as_ref()]).collect();
        match self.run(&with_no_password(options)) {
            Ok(said) => Ok(hashes(&said.output)),
            // Of a name with a colon the first half is taken for a token's.
            Err(TrustError::Failed { cause, .. }) if cause.contains("Could not find cert") => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn run(&self, arguments: &[&OsStr]) -> Result<Said, TrustError> {
        let program = self.program()?;
        let deadline = self.machine.deadline;
        let said = self.runner.run(&program, arguments, deadline).map_err(muteness(&program, deadline))?;
        if said.status.success() {
            return Ok(said);
        }
        let words = words(&said);
        Err(if words.contains("SEC_ERROR_BAD_PASSWORD") {
            failure_with(
                &program,
                &said,
                "a master password protects this database: add it in the browser's settings",
            )
        } else if words.contains("SEC_ERROR_READ_ONLY") {
            failure_with(&program, &said, "the database cannot be written")
        } else if words.contains("SEC_ERROR_LEGACY_DATABASE") {
            failure_with(&program, &said, "the database is of an old format, which this certutil cannot read")
        } else if words.contains("SEC_ERROR_BAD_DATABASE") {
            failure_with(&program, &said, "the browser may have it open: close it and try again")
        } else {
            failure(&program, &said)
        })
    }

    fn program(&self) -> Result<PathBuf, TrustError> {
        command::find("certutil", &self.machine.path)
            .ok_or_else(|| TrustError::Missing(format!("certutil is not installed; it is in {PACKAGES}")))
    }

    fn database(&self) -> OsString {
        let mut database = OsString::from(self.prefix);
        database.push(&self.folder);
        database
    }
}

impl Entry {
    /// A line of the list: a name, padded, and what it is trusted for.
    fn read(line: &str) -> Option<Self> {
        let (nickname, trust) = line.trim_end().rsplit_once(' ')?;
        let uses: Vec<&str> = trust.split(',').collect();
        let known = |c: char| "pPcCTuw".contains(c);
        if uses.len() != 3 || !uses.iter().all(|flags| flags.chars().all(known)) {
            return None;
        }
        Some(Self { nickname: nickname.trim_end().to_owned(), trusted: uses[0].contains('C') })
    }
}

impl Standing {
    fn is_trusted(&self) -> bool {
        match self {
            Self::Absent => false,
            Self::Present { trusted, .. } | Self::Among { trusted } => *trusted,
        }
    }
}

/// What it is called in a database, and nothing else is: a name finds all certificates of one subject.
fn nickname(ca: &Ca) -> String {
    let hash: String = ca.sha256.chars().take(8).collect::<String>().to_lowercase();
    // What stands before a colon would be the name of a token.
    let harmless = |c: char| if c.is_control() || c == ':' { ' ' } else { c };
    let subject: String = ca.subject.chars().map(harmless).collect();
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = subject.chars().take(LONGEST).collect();
    format!("Longwire {} {hash}", short.trim_end())
}

fn adding<'b>(database: &'b OsStr, name: &'b OsStr, file: &'b OsStr) -> Vec<&'b OsStr> {
    let trust = ["-A".as_ref(), "-d".as_ref(), database, "-t".as_ref(), TRUST.as_ref()];
    with_no_password(trust.into_iter().chain(["-n".as_ref(), name, "-i".as_ref(), file]))
}

/// A file without a password in it: else `certutil` asks on the terminal, and waits.
fn with_no_password<'b>(arguments: impl IntoIterator<Item = &'b OsStr>) -> Vec<&'b OsStr> {
    arguments.into_iter().chain(["-f".as_ref(), Path::new("/dev/null").as_os_str()]).collect()
}

#[cfg(test)]
mod tests;
