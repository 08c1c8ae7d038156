//! `org.gnome.system.proxy`, through `gsettings`: its mode is the one switch.

use std::path::PathBuf;

use longwire_contract::{ProxyEntry, ProxyTable};

use super::{
    Change, Keeper, KeeperError, Rights,
    desktop::{self, NONE},
    effective, line,
};
use crate::{
    command::{self, Said},
    proxies::{
        Desktop,
        gvariant::{self, Value},
    },
};

const NAME: &str = "GNOME";
const SCHEMA: &str = "org.gnome.system.proxy";

/// The settings that the program `gsettings` reads and writes.
#[derive(Debug)]
pub(super) struct Gnome {
    pub(super) desktop: Desktop,
    pub(super) gsettings: PathBuf,
}

impl Gnome {
    /// The mode; `None` where no desktop has brought these settings.
    fn mode(&self) -> Result<Option<String>, KeeperError> {
        let Some(printed) = self.ask(&["get", SCHEMA, "mode"])? else { return Ok(None) };
        match gvariant::parse(&printed) {
            Some(Value::Text(word)) if matches!(word.as_str(), "none" | "manual" | "auto") => Ok(Some(word)),
            _ => Err(self.not_understood(&printed)),
        }
    }

    fn bypass(&self) -> Result<Vec<String>, KeeperError> {
        let printed = self.ask(&["get", SCHEMA, "ignore-hosts"])?.unwrap_or_default();
        match gvariant::parse(&printed) {
            Some(Value::Texts(hosts)) => Ok(hosts),
            _ => Err(self.not_understood(&printed)),
        }
    }

    fn effective(&self) -> Result<Vec<String>, KeeperError> {
        let proxies = self.desktop.read().map_err(|error| self.refused(&error.to_string()))?;
        Ok(effective::lines(proxies.as_ref()))
    }

    fn set(&self, word: &str) -> Result<(), KeeperError> {
        if ![NONE, "manual", "auto"].contains(&word) {
            return Err(self.refused("there is no such mode"));
        }
        // One that is locked is set without a word, and stays as it is.
        if self.ask(&["writable", SCHEMA, "mode"])?.as_deref().map(str::trim) != Some("true") {
            return Err(self.refused("the administrator of this machine has locked the setting"));
        }
        self.ask(&["set", SCHEMA, "mode", &format!("'{word}'")]).map(|_| ())
    }

    /// What the program prints; `None` where it does not know the schema.
    fn ask(&self, arguments: &[&str]) -> Result<Option<String>, KeeperError> {
        let mut command = command::command(&self.gsettings);
        // The words of an error are looked at below.
        command.args(arguments).env("LC_ALL", "C");
        if let Some(config) = &self.desktop.config {
            command.env("XDG_CONFIG_HOME", config);
        }
        let deadline = self.desktop.deadline;
        let Said { status, output, errors } = command::run(&mut command, deadline)
            .map_err(|mute| KeeperError::of_mute(&self.gsettings, mute, deadline))?;
        let errors = String::from_utf8_lossy(&errors);
        if errors.contains("No such schema") || errors.contains("No schemas installed") {
            return Ok(None);
        }
        // It also says so, and ends well, where the settings' own store cannot be reached.
        if !status.success() || errors.contains("failed to commit changes") {
            let cause = line::harmless(&errors);
            return Err(self.refused(if cause.is_empty() { status.to_string() } else { cause }.as_str()));
        }
        let printed = String::from_utf8(output).map_err(|_| self.not_understood("bytes that are no text"))?;
        Ok(Some(printed))
    }

    fn refused(&self, cause: &str) -> KeeperError {
        desktop::refused(&self.gsettings, cause)
    }

    fn not_understood(&self, said: &str) -> KeeperError {
        KeeperError::NotUnderstood { program: self.gsettings.clone(), said: line::harmless(said) }
    }
}

impl Keeper for Gnome {
    fn table(&self) -> Result<ProxyTable, KeeperError> {
        let Some(word) = self.mode()? else { return Ok(ProxyTable::default()) };
        Ok(desktop::table(NAME, &word, self.bypass()?, self.effective()?))
    }

    fn service(&self, name: &str) -> Result<Option<Vec<ProxyEntry>>, KeeperError> {
        if name != NAME {
            return Ok(None);
        }
        Ok(self.mode()?.map(|word| vec![desktop::mode(&word)]))
    }

    /// An administrator's rights make no difference: the settings are the user's own, or locked.
    fn carry_out(&self, changes: &[Change], _: Rights) -> Result<(), KeeperError> {
        changes.iter().try_for_each(|change| self.set(desktop::wanted(NAME, change, &self.gsettings)?))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        env, fs,
        os::unix::fs::PermissionsExt,
        path::Path,
        process::{Command, Stdio},
        time::Duration,
    };

    use longwire_contract::ProxyKind;

    use super::*;
    use crate::keeper::of_desktop;

    /// A GNOME over this script, in a home folder of its own.
    fn gnome(home: &Path, script: &str) -> Box<dyn Keeper> {
        let bin = home.join("bin");
        fs::create_dir_all(&bin).unwrap();
        let file = bin.join("gsettings");
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        of_desktop(Desktop {
            names: "ubuntu:GNOME".to_owned(),
            config: Some(home.join(".config")),
            path: bin.into(),
            deadline: Duration::from_secs(20),
        })
        .unwrap()
    }

    /// The real program, with a session of its own for each call; `None` where it is not there.
    fn real(home: &Path, profile: &str) -> Option<Box<dyn Keeper>> {
        fs::write(home.join("profile"), profile).unwrap();
        let path = env::var("PATH").unwrap();
        let home_path = home.display();
        let keeper = gnome(
            home,
            &format!(
                "PATH='{path}' HOME='{home_path}' XDG_RUNTIME_DIR='{home_path}' DCONF_PROFILE='{home_path}/profile'\n\
                 export PATH HOME XDG_RUNTIME_DIR DCONF_PROFILE; unset DBUS_SESSION_BUS_ADDRESS DISPLAY\n\
                 exec dbus-run-session -- gsettings \"$@\""
            ),
        );
        let there = run(home, &["set", "org.gnome.system.locale", "region", "de_DE.UTF-8"]);
        if there && home.join(".config/dconf/user").is_file() {
            return Some(keeper);
        }
        println!("skipped: needs dbus-run-session, gsettings, dconf and GNOME's schemas");
        None
    }

    fn run(home: &Path, arguments: &[&str]) -> bool {
        let mut command = Command::new(home.join("bin/gsettings"));
        command.args(arguments).env("XDG_CONFIG_HOME", home.join(".config")).stdin(Stdio::null());
        command.output().is_ok_and(|output| output.status.success())
    }

    fn changes(word: &str) -> (Change, Change) {
        let (service, entry) = (NAME.to_owned(), desktop::mode(word));
        (Change::Off { service: service.clone(), entry: entry.clone() }, Change::Back { service, entry })
    }

    #[test]
    fn a_real_gnome_is_read_switched_off_and_put_back() {
        let home = tempfile::tempdir().unwrap();
        let Some(keeper) = real(home.path(), "user-db:user\n") else { return };
        for setting in [
            ["org.gnome.system.proxy.https", "host", "127.0.0.1"],
            ["org.gnome.system.proxy.https", "port", "7890"],
            ["org.gnome.system.proxy", "autoconfig-url", "http://me:secret@pac.example/x"],
            ["org.gnome.system.proxy", "ignore-hosts", "['localhost', 'a b']"],
        ] {
            assert!(run(home.path(), &[&["set"][..], &setting].concat()));
        }
        for (word, effective) in [("manual", "https 127.0.0.1:7890"), ("auto", "pac http://pac.example/x")] {
            assert!(run(home.path(), &["set", "org.gnome.system.proxy", "mode", word]));
            let before = keeper.table().unwrap();
            assert_eq!((before.keeper.as_str(), &before.effective[..]), (NAME, &[effective.to_owned()][..]));
            let service = &before.services[0];
            assert!(service.enabled && service.in_use && service.entries[0].on);
            assert_eq!((service.name.as_str(), service.entries[0].value.as_str()), (NAME, word));
            assert_eq!((service.entries[0].kind, service.bypass.len()), (ProxyKind::Mode, 2));
            let (off, back) = changes(word);
            keeper.carry_out(&[off], Rights::User).unwrap();
            let between = keeper.table().unwrap();
            assert!(!between.services[0].entries[0].on && between.effective.is_empty());
            keeper.carry_out(&[back], Rights::User).unwrap();
            assert_eq!(keeper.table().unwrap(), before);
            assert_eq!(keeper.service(NAME).unwrap(), Some(before.services[0].entries.clone()));
        }
        assert_eq!(keeper.service("Wi-Fi").unwrap(), None);
    }

    #[test]
    fn a_real_setting_that_is_locked_is_an_error_that_says_so() {
        let home = tempfile::tempdir().unwrap();
        let source = home.path().join("source");
        fs::create_dir_all(source.join("locks")).unwrap();
        fs::write(source.join("proxy"), "[system/proxy]\nmode='manual'\n").unwrap();
        fs::write(source.join("locks/proxy"), "/system/proxy/mode\n").unwrap();
        let database = home.path().join("database");
        let compiled = Command::new("dconf").arg("compile").args([&database, &source]).output();
        if !compiled.is_ok_and(|output| output.status.success()) {
            println!("skipped: needs dconf");
            return;
        }
        let profile = format!("user-db:user\nfile-db:{}\n", database.display());
        let Some(keeper) = real(home.path(), &profile) else { return };
        let before = keeper.service(NAME).unwrap();
        assert_eq!(before, Some(vec![desktop::mode("manual")]));
        let error = keeper.carry_out(&[changes("manual").0], Rights::User).unwrap_err();
        assert!(error.to_string().contains("locked"), "{error}");
        assert_eq!(keeper.service(NAME).unwrap(), before);
    }

    #[test]
    fn a_store_that_cannot_be_reached_is_an_error_although_the_program_ends_well() {
        let home = tempfile::tempdir().unwrap();
        let script = "case $1 in writable) echo true ;; set) echo '(process:1): dconf-WARNING **: failed to commit changes \
            to dconf: no bus' >&2 ;; esac";
        let error = gnome(home.path(), script).carry_out(&[changes("auto").1], Rights::User).unwrap_err();
        assert!(error.to_string().contains("no bus"), "{error}");
    }

    #[test]
    fn a_desktop_without_the_schema_keeps_nothing() {
        let home = tempfile::tempdir().unwrap();
        let keeper = gnome(home.path(), "echo 'No such schema \"org.gnome.system.proxy\"' >&2; exit 1");
        assert_eq!(keeper.table().unwrap(), ProxyTable::default());
        assert_eq!(keeper.service(NAME).unwrap(), None);
    }

    #[test]
    fn what_is_not_understood_is_an_error_and_no_mode_of_ours_is_set() {
        let home = tempfile::tempdir().unwrap();
        for garbage in ["", "echo none", "echo \"'other'\"", "printf '\\377'"] {
            let read = gnome(home.path(), garbage).table();
            assert!(matches!(read, Err(KeeperError::NotUnderstood { .. })), "{garbage}: {read:?}");
        }
        let failing = gnome(home.path(), "echo 'it is broken' >&2; exit 3").table().unwrap_err();
        assert!(failing.to_string().contains("it is broken"), "{failing}");
        let keeper = gnome(home.path(), "echo true");
        let other = [changes("other").1];
        assert!(matches!(keeper.carry_out(&other, Rights::User), Err(KeeperError::Failed { .. })));
        let mut entry = desktop::mode("auto");
        entry.kind = ProxyKind::Pac;
        let foreign = [Change::Off { service: NAME.to_owned(), entry }];
        assert!(matches!(keeper.carry_out(&foreign, Rights::User), Err(KeeperError::Failed { .. })));
    }
}
