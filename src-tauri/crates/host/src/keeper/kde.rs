//! `kioslaverc`, where KDE keeps its proxies: their type is the one switch.

mod config;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use config::Setting;
use longwire_contract::{ProxyEntry, ProxyTable};

use super::{
    Change, Keeper, KeeperError, Rights,
    desktop::{self, NONE},
    effective, line,
};
use crate::{
    command, files,
    proxies::{self, Desktop},
};

const NAME: &str = "KDE";
const TYPE: &str = "ProxyType";

/// The words for the types, by their numbers.
const WORDS: [&str; 5] = [NONE, "manual", "pac", "discovery", "environment"];

/// The settings in a user's file, and in those of the system below it.
#[derive(Debug)]
pub(super) struct Kde {
    desktop: Desktop,
    file: PathBuf,
    /// The system's, the most specific first.
    defaults: Vec<PathBuf>,
}

impl Kde {
    /// The settings in this file of the user's own.
    pub(super) fn new(desktop: Desktop, file: PathBuf) -> Self {
        let folders = env::var_os("XDG_CONFIG_DIRS").filter(|folders| !folders.is_empty());
        let folders = folders.unwrap_or_else(|| "/etc/xdg".into());
        let defaults = env::split_paths(&folders).filter(|folder| folder.is_absolute());
        let defaults = defaults.map(|folder| folder.join("kioslaverc")).collect();
        Self { desktop, file, defaults }
    }

    fn setting(&self, key: &str) -> Result<Setting, KeeperError> {
        let texts: Result<Vec<_>, _> =
            self.defaults.iter().rev().chain([&self.file]).map(|file| read(file)).collect();
        Ok(config::setting(&texts?, key))
    }

    fn mode(&self) -> Result<&'static str, KeeperError> {
        let text = self.setting(TYPE)?.text.unwrap_or_default();
        let number = if text.is_empty() { Some(0) } else { text.parse().ok() };
        number.and_then(|number: usize| WORDS.get(number)).copied().ok_or_else(|| self.not_understood(&text))
    }

    /// Hosts that go straight. The list may be turned round: then it names those that do not.
    fn bypass(&self) -> Result<Vec<String>, KeeperError> {
        if self.setting("ReversedException")?.text.as_deref() == Some("true") {
            return Ok(Vec::new());
        }
        let text = self.setting("NoProxyFor")?.text.unwrap_or_default();
        Ok(proxies::entries(&text).collect())
    }

    fn effective(&self) -> Result<Vec<String>, KeeperError> {
        let proxies = self.desktop.read().map_err(|error| self.refused(&error.to_string()))?;
        Ok(effective::lines(proxies.as_ref()))
    }

    fn set(&self, word: &str) -> Result<(), KeeperError> {
        let number = WORDS.iter().position(|known| *known == word);
        let number = number.ok_or_else(|| self.refused("there is no such mode"))?.to_string();
        if self.setting(TYPE)?.locked {
            return Err(self.refused("the administrator of this machine has locked the setting"));
        }
        // KDE's own tool says nothing of why it cannot write.
        if let Err(error) = fs::OpenOptions::new().append(true).open(&self.file)
            && let Some(reason) = closed_to_services(&error, &self.file)
        {
            return Err(self.refused(&reason));
        }
        match self.tool("kwriteconfig6").or_else(|| self.tool("kwriteconfig5")) {
            Some(writer) => self.write_with(&writer, &number)?,
            None => {
                let text = config::with(&read(&self.file)?, TYPE, &number);
                files::replace(&self.file, text.as_bytes())
                    .map_err(|error| self.refused(&error.to_string()))?;
            }
        }
        self.tell();
        Ok(())
    }

    fn write_with(&self, writer: &Path, number: &str) -> Result<(), KeeperError> {
        let mut command = command::command(writer);
        command.arg("--file").arg(&self.file);
        command.args(["--group", config::GROUP, "--key", TYPE, number]);
        let deadline = self.desktop.deadline;
        let said = command::run(&mut command, deadline)
            .map_err(|mute| KeeperError::of_mute(writer, mute, deadline))?;
        if said.status.success() {
            return Ok(());
        }
        let cause = line::harmless(&String::from_utf8_lossy(&said.errors));
        Err(desktop::refused(writer, if cause.is_empty() { said.status.to_string() } else { cause }.as_str()))
    }

    /// Has running programs read the file again. One that is not told reads it when it starts anew.
    fn tell(&self) {
        let Some(sender) = self.tool("dbus-send") else { return };
        let signal = "org.kde.KIO.Scheduler.reparseSlaveConfiguration";
        let mut command = command::command(&sender);
        command.args(["--session", "--type=signal", "/KIO/Scheduler", signal, "string:"]);
        command::run(&mut command, self.desktop.deadline).ok();
    }

    fn tool(&self, name: &str) -> Option<PathBuf> {
        command::find(name, &self.desktop.path)
    }

    fn refused(&self, cause: &str) -> KeeperError {
        desktop::refused(&self.file, cause)
    }

    fn not_understood(&self, said: &str) -> KeeperError {
        KeeperError::NotUnderstood { program: self.file.clone(), said: line::harmless(said) }
    }
}

impl Keeper for Kde {
    fn table(&self) -> Result<ProxyTable, KeeperError> {
        Ok(desktop::table(NAME, self.mode()?, self.bypass()?, self.effective()?))
    }

    fn service(&self, name: &str) -> Result<Option<Vec<ProxyEntry>>, KeeperError> {
        if name != NAME {
            return Ok(None);
        }
        Ok(Some(vec![desktop::mode(self.mode()?)]))
    }

    /// An administrator's rights make no difference: the settings are the user's own, or locked.
    fn carry_out(&self, changes: &[Change], _: Rights) -> Result<(), KeeperError> {
        changes.iter().try_for_each(|change| self.set(desktop::wanted(NAME, change, &self.file)?))
    }
}

/// The text of a file; empty where there is none.
fn read(file: &Path) -> Result<String, KeeperError> {
    match fs::read(file) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| KeeperError::NotUnderstood {
            program: file.to_owned(),
            said: "bytes that are no text".to_owned(),
        }),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(String::new())
        }
        Err(error) => Err(desktop::refused(file, &error.to_string())),
    }
}

/// Why a file cannot be written that can be as soon as nobody looks at it as a service does.
fn closed_to_services(error: &io::Error, file: &Path) -> Option<String> {
    let folder = file.parent().unwrap_or(file).display();
    let reason = format!(
        "{folder} is closed to the service, which may write in its data folder alone: `systemctl --user edit longwire` with \
         ReadWritePaths={folder} opens it; so does quitting the service, and switching them off from the app"
    );
    (error.kind() == io::ErrorKind::ReadOnlyFilesystem).then_some(reason)
}

#[cfg(test)]
mod tests {
    use std::{
        os::unix::fs::PermissionsExt,
        process::{Command, Stdio},
        time::Duration,
    };

    use super::*;

    const USER: &str = "[$Version]\nupdate_info=kioslave.upd:kde2.2/r1\n\n[Proxy Settings]\nNoProxyFor=localhost, .example.com\n\
        ProxyType=1\nhttpsProxy=http://127.0.0.1 7890\n\n[Other]\nProxyType=3\n";

    /// A KDE with these tools on its path, in a home folder of its own.
    fn kde(home: &Path, tools: &[(&str, &str)]) -> Kde {
        let (bin, config) = (home.join("bin"), home.join(".config"));
        fs::create_dir_all(&bin).unwrap();
        fs::create_dir_all(&config).unwrap();
        for (tool, script) in tools {
            let file = bin.join(tool);
            fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let file = config.join("kioslaverc");
        fs::write(&file, USER).unwrap();
        let desktop = Desktop {
            names: "KDE".to_owned(),
            config: Some(config),
            path: bin.into(),
            deadline: Duration::from_secs(20),
        };
        Kde { desktop, file, defaults: vec![home.join("xdg/kioslaverc")] }
    }

    fn changes(word: &str) -> (Change, Change) {
        let (service, entry) = (NAME.to_owned(), desktop::mode(word));
        (Change::Off { service: service.clone(), entry: entry.clone() }, Change::Back { service, entry })
    }

    fn text(kde: &Kde) -> String {
        fs::read_to_string(&kde.file).unwrap()
    }

    #[test]
    fn a_service_is_told_why_it_cannot_write() {
        let file = Path::new("/home/me/.config/kioslaverc");
        let told = closed_to_services(&io::ErrorKind::ReadOnlyFilesystem.into(), file).unwrap();
        assert!(told.contains("ReadWritePaths=/home/me/.config "), "{told}");
        assert_eq!(closed_to_services(&io::ErrorKind::NotFound.into(), file), None);
    }

    #[test]
    fn each_type_is_read_switched_off_and_put_back_and_all_else_stays() {
        let home = tempfile::tempdir().unwrap();
        let told = home.path().join("told");
        let kde = kde(home.path(), &[("dbus-send", &format!("echo \"$@\" >> '{}'", told.display()))]);
        for (number, word) in WORDS.iter().enumerate().skip(1) {
            let file = USER.replace("ProxyType=1", &format!("ProxyType={number}"));
            fs::write(&kde.file, &file).unwrap();
            let before = kde.table().unwrap();
            assert_eq!(before.services[0].entries, [desktop::mode(word)]);
            assert_eq!(before.services[0].bypass, ["localhost", ".example.com"]);
            let (off, back) = changes(word);
            kde.carry_out(&[off], Rights::User).unwrap();
            assert_eq!(text(&kde), USER.replace("ProxyType=1", "ProxyType=0"));
            assert_eq!(kde.service(NAME).unwrap(), Some(vec![desktop::mode(NONE)]));
            kde.carry_out(&[back], Rights::User).unwrap();
            assert_eq!(text(&kde), file);
        }
        fs::write(&kde.file, USER).unwrap();
        assert_eq!(kde.table().unwrap().effective, ["https 127.0.0.1:7890"]);
        let told = fs::read_to_string(told).unwrap();
        assert_eq!(told.lines().count(), 8);
        assert!(
            told.contains("/KIO/Scheduler org.kde.KIO.Scheduler.reparseSlaveConfiguration string:"),
            "{told}"
        );
        assert_eq!(kde.service("Wi-Fi").unwrap(), None);
    }

    #[test]
    fn a_real_kwriteconfig_changes_the_same_and_keeps_the_rest() {
        let home = tempfile::tempdir().unwrap();
        if command::find("kwriteconfig5", &env::var_os("PATH").unwrap()).is_none() {
            println!("skipped: needs kwriteconfig5");
            return;
        }
        let real = format!(
            "HOME='{0}' XDG_RUNTIME_DIR='{0}' PATH='{1}'; export HOME XDG_RUNTIME_DIR PATH; echo >> '{0}/called'\n\
             exec kwriteconfig5 \"$@\"",
            home.path().display(),
            env::var("PATH").unwrap()
        );
        let kde = kde(home.path(), &[("kwriteconfig5", &real)]);
        let before = kde.table().unwrap();
        let (off, back) = changes("manual");
        kde.carry_out(&[off], Rights::User).unwrap();
        assert!(home.path().join("called").exists());
        assert_eq!(kde.service(NAME).unwrap(), Some(vec![desktop::mode(NONE)]));
        assert!(text(&kde).contains("[Other]\nProxyType=3\n"));
        kde.carry_out(&[back], Rights::User).unwrap();
        assert_eq!(kde.table().unwrap(), before);
    }

    #[test]
    fn a_real_bus_carries_the_signal() {
        let home = tempfile::tempdir().unwrap();
        let heard = home.path().join("heard");
        let inside = "dbus-monitor --session \"interface='org.kde.KIO.Scheduler'\" > \"$0\" & echo $DBUS_SESSION_BUS_ADDRESS; cat";
        let bus = Command::new("dbus-run-session")
            .args(["--", "sh", "-c", inside])
            .arg(&heard)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut bus) = bus else {
            println!("skipped: needs dbus-run-session");
            return;
        };
        let mut address = String::new();
        io::BufRead::read_line(&mut io::BufReader::new(bus.stdout.take().unwrap()), &mut address).unwrap();
        let path = env::var("PATH").unwrap();
        let send =
            format!("DBUS_SESSION_BUS_ADDRESS='{}' PATH='{path}' exec dbus-send \"$@\"", address.trim());
        let kde = kde(home.path(), &[("dbus-send", &send)]);
        // Until the other one listens, nobody hears it.
        let heard =
            || fs::read_to_string(&heard).unwrap_or_default().contains("member=reparseSlaveConfiguration");
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while !heard() {
            assert!(std::time::Instant::now() < until, "nobody hears it");
            kde.carry_out(&[changes("manual").1], Rights::User).unwrap();
        }
        drop(bus.stdin.take());
        bus.wait().unwrap();
    }

    #[test]
    fn a_setting_that_is_locked_is_an_error_that_says_so() {
        let home = tempfile::tempdir().unwrap();
        let kde = kde(home.path(), &[]);
        fs::create_dir(home.path().join("xdg")).unwrap();
        fs::write(&kde.defaults[0], "[Proxy Settings][$i]\nProxyType=2\n").unwrap();
        assert_eq!(
            kde.service(NAME).unwrap(),
            Some(vec![desktop::mode("pac")]),
            "what the user wrote does not count"
        );
        let error = kde.carry_out(&[changes("pac").0], Rights::Administrator).unwrap_err();
        assert!(error.to_string().contains("locked"), "{error}");
        assert_eq!(text(&kde), USER);
    }

    #[test]
    fn what_cannot_be_read_written_or_understood_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        let kde = kde(home.path(), &[("kwriteconfig6", "echo 'cannot write' >&2; exit 1")]);
        let failed = kde.carry_out(&[changes("manual").0], Rights::User).unwrap_err();
        assert!(failed.to_string().contains("cannot write"), "{failed}");
        assert_eq!(text(&kde), USER);
        assert!(kde.carry_out(&[changes("other").1], Rights::User).is_err());
        for bytes in [&b"[Proxy Settings]\nProxyType=7\n"[..], b"[Proxy Settings]\nProxyType=one\n", b"\xff"]
        {
            fs::write(&kde.file, bytes).unwrap();
            assert!(matches!(kde.table(), Err(KeeperError::NotUnderstood { .. })), "{bytes:?}");
        }
        fs::write(&kde.file, "[Proxy Settings]\nReversedException=true\nNoProxyFor=a\nProxyType=\n").unwrap();
        let table = kde.table().unwrap();
        assert_eq!((table.services[0].entries[0].on, table.services[0].bypass.len()), (false, 0));
        fs::remove_file(&kde.file).unwrap();
        assert_eq!(kde.service(NAME).unwrap(), Some(vec![desktop::mode(NONE)]), "no file, no proxies");
        fs::create_dir(&kde.file).unwrap();
        assert!(matches!(kde.table(), Err(KeeperError::Failed { .. })));
    }
}
