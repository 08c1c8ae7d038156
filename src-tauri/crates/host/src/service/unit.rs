//! The unit that describes the service to systemd.

use std::path::{Path, PathBuf};

use longwire_contract::ServiceScope;

use super::{ServiceError, Wanted, text_of};

/// The data folder of the whole machine's service, which systemd makes and gives to its user.
pub const STATE: &str = "/var/lib/longwire";
/// Where root puts the secrets of the whole machine's service, a file each.
pub const CREDENTIALS: &str = "/etc/longwire/credentials";
/// The same for those that `systemd-creds` has sealed to this machine.
pub const SEALED_CREDENTIALS: &str = "/etc/longwire/credentials.encrypted";

/// What tells our units from others: systemd passes over sections that begin so.
pub(super) const MARK: &str = "[X-Longwire]";

/// The first version that waits longer after each failure.
const STEPS_SINCE: u32 = 254;
/// The first that loads a folder of credentials.
const CREDENTIALS_SINCE: u32 = 250;

/// What the engine and the bots' programs need no part of. Their own code must stay free to be made while they run, so that
/// `MemoryDenyWriteExecute` is not among it: a bot may be JavaScript.
const FILTERS: &str = "\
NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
";

/// A view of the system of its own, in which only the data folder can be written.
const ISOLATION: &[&str] = &[
    "ProtectSystem=strict",
    "ProtectHome=read-only",
    "PrivateTmp=yes",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "CapabilityBoundingSet=",
];

/// What takes no view of the system of its own, for a user whose kernel gives none.
const WITHOUT_VIEW: &str = "\
ProtectHostname=yes
KeyringMode=private
";

/// What a user's own keeper can isolate with at all, where the kernel lets users have namespaces.
const FOR_USERS: &str = "PrivateUsers=yes";

/// What only the whole machine's keeper can do.
const FOR_SYSTEM: &str = "\
PrivateDevices=yes
DevicePolicy=closed
ProtectProc=invisible
RemoveIPC=yes
AmbientCapabilities=
";

/// A unit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Unit {
    pub(super) scope: ServiceScope,
    pub(super) wanted: Wanted,
    /// Whether it has a view of the file system of its own.
    pub(super) isolated: bool,
}

/// The settings that a user's own keeper has to be able to carry out for an isolated unit.
pub(super) fn isolation_of_users() -> impl Iterator<Item = &'static str> {
    [FOR_USERS].into_iter().chain(ISOLATION.iter().copied())
}

impl Unit {
    /// As systemd of this version reads it.
    ///
    /// # Errors
    /// [`ServiceError::Unnameable`].
    pub(super) fn text(&self, version: u32) -> Result<String, ServiceError> {
        let Wanted { program, data_dir, user } = &self.wanted;
        let edit = if self.scope == ServiceScope::System { "edit " } else { "--user edit " };
        let run = format!("ExecStart={} run --data-dir {}\n", quoted(program)?, argument(data_dir)?);
        let mut text = format!(
            "# Written by `longwire service install`; changes belong into a drop-in: `systemctl {edit}longwire.service`.\n",
        );
        text.push_str(&self.sections(version, &run, &quoted(data_dir)?)?);
        text.push_str(&format!("\n{MARK}\nProgram={}\nDataDir={}\n", text_of(program)?, text_of(data_dir)?));
        if let Some(user) = user {
            text.push_str(&format!("User={user}\n"));
        }
        text.push_str(if self.isolated { "Isolated=yes\n" } else { "Isolated=no\n" });
        Ok(text)
    }

    /// What systemd reads of it: `run` are the lines that start the service, `folder` is the data folder.
    fn sections(&self, version: u32, run: &str, folder: &str) -> Result<String, ServiceError> {
        let Wanted { program, data_dir, user } = &self.wanted;
        let system = self.scope == ServiceScope::System;
        let own_state = system && data_dir == Path::new(STATE);
        let target = if system { "multi-user.target" } else { "default.target" };
        // After the target that wants it: neither a start of the machine nor a login waits until the platform is reached.
        let after = if system { "network-online.target multi-user.target" } else { "default.target" };
        let mut text = format!(
            "[Unit]\n\
             Description=Longwire: the long connections of Feishu and Lark bots\n\
             After={after}\n",
        );
        if system {
            text.push_str("Wants=network-online.target\n");
        }
        // One that was removed or moved is not tried for ever. The line takes no quotes and no escapes but this one.
        text.push_str(&format!("ConditionFileIsExecutable={}\n", text_of(program)?.replace('%', "%%")));
        // However often it ends, it is started again.
        text.push_str("StartLimitIntervalSec=0\n\n[Service]\nType=notify\nNotifyAccess=main\n");
        text.push_str(run);
        if let Some(user) = user {
            text.push_str(&format!("User={user}\n"));
        }
        // The end is told to the engine alone, which lets bots finish what they are at.
        text.push_str("KillMode=mixed\nRestart=always\n");
        text.push_str(if version >= STEPS_SINCE {
            "RestartSec=1s\nRestartSteps=6\nRestartMaxDelaySec=1min\n"
        } else {
            "RestartSec=5s\n"
        });
        // The engine asks for more time for as long as it lives and is not connected. A core dump would hold secrets.
        text.push_str(
            "TimeoutStartSec=2min\nTimeoutStopSec=30s\nTimeoutAbortSec=10s\nWatchdogSec=1min\nLimitCORE=0\nUMask=0077\n",
        );
        if own_state {
            text.push_str("StateDirectory=longwire\nStateDirectoryMode=0700\n");
        }
        if system && version >= CREDENTIALS_SINCE {
            text.push_str(&format!("LoadCredential=longwire:{CREDENTIALS}\n"));
            // A name of its own: a second line of the same one would take the first's place.
            text.push_str(&format!("LoadCredentialEncrypted=longwire_sealed:{SEALED_CREDENTIALS}\n"));
        }
        text.push('\n');
        text.push_str(FILTERS);
        if self.isolated {
            if !system {
                text.push_str(&format!("{FOR_USERS}\n"));
            }
            ISOLATION.iter().for_each(|line| text.push_str(&format!("{line}\n")));
            if !own_state {
                text.push_str(&format!("ReadWritePaths={folder}\n"));
            }
        } else {
            text.push_str(WITHOUT_VIEW);
        }
        if system {
            text.push_str(FOR_SYSTEM);
        }
        text.push_str(&format!("\n[Install]\nWantedBy={target}\n"));
        Ok(text)
    }

    /// What a unit of ours says of itself.
    pub(super) fn read(text: &str, scope: ServiceScope) -> Option<Self> {
        let (_, own) = text.split_once(MARK)?;
        let value = |key: &str| own.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        Some(Self {
            scope,
            wanted: Wanted {
                program: PathBuf::from(value("Program")?),
                data_dir: PathBuf::from(value("DataDir")?),
                user: value("User").map(str::to_owned),
            },
            isolated: value("Isolated")? == "yes",
        })
    }
}

/// The unit that a package brings for every user who switches it on, on the data folder that each has where `XDG_DATA_HOME` names no
/// other: systemd has no word for that one. It asks for a view of the file system of its own, and does not start where the kernel gives
/// users none: `longwire service install` looks first, and writes what can be had.
///
/// # Errors
/// [`ServiceError::Unnameable`].
pub fn packaged(program: &Path) -> Result<String, ServiceError> {
    let folder = "%h/.local/share/longwire";
    let wanted = Wanted { program: program.to_owned(), data_dir: PathBuf::new(), user: None };
    let unit = Unit { scope: ServiceScope::User, wanted, isolated: true };
    // Outside of that view (`+`): what is writable in it has to be there before.
    let run = format!(
        "ExecStartPre=+/usr/bin/mkdir -p -m 0700 {folder}\nExecStart={} run --data-dir {folder}\n",
        quoted(program)?
    );
    unit.sections(CREDENTIALS_SINCE, &run, folder)
}

/// A path as one word of a unit's line.
fn quoted(path: &Path) -> Result<String, ServiceError> {
    let text = text_of(path)?;
    // The program of a line is never looked up in variables, and a dollar of it could not be written as itself.
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%")))
}

/// The same for an argument of a command.
fn argument(path: &Path) -> Result<String, ServiceError> {
    Ok(quoted(path)?.replace('$', "$$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(scope: ServiceScope, data_dir: &str) -> Unit {
        let user = (scope == ServiceScope::System).then(|| "bot".to_owned());
        let wanted = Wanted { program: "/usr/bin/longwire".into(), data_dir: data_dir.into(), user };
        Unit { scope, wanted, isolated: true }
    }

    fn has(text: &str, line: &str) -> bool {
        text.lines().any(|one| one == line)
    }

    #[test]
    fn a_unit_says_what_is_to_run_and_holds_no_more_than_that_version_knows() {
        let unit = unit(ServiceScope::User, "/home/me/.local/share/longwire");
        let old = unit.text(252).unwrap();
        for line in [
            "Type=notify",
            "NotifyAccess=main",
            "Restart=always",
            "RestartSec=5s",
            "StartLimitIntervalSec=0",
            "ConditionFileIsExecutable=/usr/bin/longwire",
            "WatchdogSec=1min",
            "WantedBy=default.target",
            "KillMode=mixed",
            "ReadWritePaths=\"/home/me/.local/share/longwire\"",
            "ExecStart=\"/usr/bin/longwire\" run --data-dir \"/home/me/.local/share/longwire\"",
        ] {
            assert!(has(&old, line), "{line}\n{old}");
        }
        assert!(!old.contains("RestartSteps") && !old.contains("LoadCredential"));
        let new = unit.text(254).unwrap();
        assert!(
            has(&new, "RestartSteps=6")
                && has(&new, "RestartMaxDelaySec=1min")
                && !has(&new, "RestartSec=5s")
        );
    }

    #[test]
    fn the_machines_unit_runs_as_its_user_on_its_own_folder_with_roots_credentials() {
        let text = unit(ServiceScope::System, STATE).text(252).unwrap();
        for line in [
            "User=bot",
            "StateDirectory=longwire",
            "LoadCredential=longwire:/etc/longwire/credentials",
            "LoadCredentialEncrypted=longwire_sealed:/etc/longwire/credentials.encrypted",
            "WantedBy=multi-user.target",
            "CapabilityBoundingSet=",
        ] {
            assert!(has(&text, line), "{line}\n{text}");
        }
        assert!(!text.contains("ReadWritePaths") && !text.contains("PrivateUsers"));
        // Of two with one name, systemd forgets the first.
        let loaded = text.lines().filter_map(|line| line.strip_prefix("LoadCredential")?.split_once('='));
        let mut names: Vec<_> = loaded.filter_map(|(_, what)| what.split(':').next()).collect();
        assert_eq!(names.len(), 2);
        names.dedup();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(!unit(ServiceScope::System, STATE).text(249).unwrap().contains("LoadCredential"));
        let elsewhere = unit(ServiceScope::System, "/srv/bot").text(252).unwrap();
        assert!(has(&elsewhere, "ReadWritePaths=\"/srv/bot\"") && !elsewhere.contains("StateDirectory"));
    }

    #[test]
    fn one_that_cannot_be_isolated_keeps_what_takes_no_namespace() {
        let bare = Unit { isolated: false, ..unit(ServiceScope::User, "/data") }.text(252).unwrap();
        assert!(has(&bare, "NoNewPrivileges=yes") && has(&bare, "RestrictSUIDSGID=yes"));
        assert!(has(&bare, "KeyringMode=private"));
        let needs_view = |line: &&str| *line != "ProtectHostname=yes";
        assert!(isolation_of_users().filter(needs_view).all(|line| !has(&bare, line)), "{bare}");
        assert!(!bare.contains("ReadWritePaths"));
    }

    #[test]
    fn paths_are_one_word_each_and_are_read_back() {
        let odd = "/home/a b/100%/\"q\"/$x\\y";
        let mut unit = unit(ServiceScope::User, odd);
        unit.wanted.program = "/opt/50% \"off\"/longwire".into();
        let text = unit.text(252).unwrap();
        assert!(text.contains(r#"--data-dir "/home/a b/100%%/\"q\"/$$x\\y""#), "{text}");
        assert!(text.contains(r#"ReadWritePaths="/home/a b/100%%/\"q\"/$x\\y""#), "{text}");
        assert!(has(&text, r#"ConditionFileIsExecutable=/opt/50%% "off"/longwire"#), "{text}");
        assert_eq!(Unit::read(&text, ServiceScope::User), Some(unit.clone()));
        let system = self::unit(ServiceScope::System, STATE);
        assert_eq!(Unit::read(&system.text(256).unwrap(), ServiceScope::System), Some(system));
        let broken = self::unit(ServiceScope::User, "/a\nExecStart=/bin/evil");
        assert_eq!(broken.text(252), Err(ServiceError::Unnameable(broken.wanted.data_dir.clone())));
    }

    #[test]
    fn the_one_of_a_package_is_for_every_user() {
        let text = packaged(Path::new("/usr/bin/longwire")).unwrap();
        for line in [
            "ExecStartPre=+/usr/bin/mkdir -p -m 0700 %h/.local/share/longwire",
            "ExecStart=\"/usr/bin/longwire\" run --data-dir %h/.local/share/longwire",
            "ReadWritePaths=%h/.local/share/longwire",
            "ConditionFileIsExecutable=/usr/bin/longwire",
            "NoNewPrivileges=yes",
            "KillMode=mixed",
            "WantedBy=default.target",
        ] {
            assert!(has(&text, line), "{line}\n{text}");
        }
        assert!(isolation_of_users().all(|line| has(&text, line)), "{text}");
        // It is not one that `longwire service uninstall` may take away.
        assert_eq!(Unit::read(&text, ServiceScope::User), None);
    }
}
