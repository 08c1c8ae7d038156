use std::{env, ffi::OsString, path::PathBuf, time::Duration};

use super::{Error, Proxies, gnome, kde};
use crate::command;

/// Far above what `gsettings` needs (some 20 ms), and no longer than a user waits.
const DEADLINE: Duration = Duration::from_secs(3);

/// A Linux user's desktop, as far as its proxy settings go.
#[derive(Clone, Debug)]
pub struct Desktop {
    /// `XDG_CURRENT_DESKTOP`: names with colons between them.
    pub names: String,
    /// `XDG_CONFIG_HOME`, or `.config` in the home folder; `None` where there is no home.
    pub config: Option<PathBuf>,
    /// `PATH`, on which `gsettings` is looked for.
    pub path: OsString,
    /// How long another program may take.
    pub deadline: Duration,
}

impl Desktop {
    /// The one this process was started in.
    pub fn of_this_process() -> Self {
        // Both are to be ignored where they are not absolute, says the XDG base directory specification.
        let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        Self {
            names: env::var("XDG_CURRENT_DESKTOP").unwrap_or_default(),
            config: folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config"))),
            path: env::var_os("PATH").unwrap_or_default(),
            deadline: DEADLINE,
        }
    }

    /// What its settings say now; see [`super::read`].
    ///
    /// # Errors
    /// Why they could not be read.
    pub fn read(&self) -> Result<Option<Proxies>, Error> {
        match self.keeper() {
            Some(Keeper::Kde(file)) => kde::read(&file),
            Some(Keeper::Gnome(gsettings)) => gnome::read(&gsettings, self.config.as_deref(), self.deadline),
            None => Ok(None),
        }
    }

    /// The file that is written when a setting changes; `None` where there are no settings.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        match self.keeper()? {
            Keeper::Kde(file) => Some(file),
            // Where `gsettings` keeps what a user set: the database of dconf, all of it.
            Keeper::Gnome(_) => Some(self.config.as_ref()?.join("dconf/user")),
        }
    }

    /// Other desktops than KDE, and programs that set the proxy, use GNOME's settings where there are any.
    pub(crate) fn keeper(&self) -> Option<Keeper> {
        if self.names.split(':').any(|name| name.eq_ignore_ascii_case("KDE")) {
            return Some(Keeper::Kde(self.config.as_ref()?.join("kioslaverc")));
        }
        command::find("gsettings", &self.path).map(Keeper::Gnome)
    }
}

/// What keeps a desktop's settings.
pub(crate) enum Keeper {
    /// The file.
    Kde(PathBuf),
    /// The program.
    Gnome(PathBuf),
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Instant};

    use super::*;
    use crate::proxies::{Place, Source};

    /// A `gsettings` that keeps its values in a file beside it, as `set KEY VALUE` leaves them.
    const STATEFUL: &str = r#"
cd "$(dirname "$0")"
if [ "$1 $2" != "list-recursively org.gnome.system.proxy" ]; then echo "wrong call: $*" >&2; exit 2; fi
[ "$LC_ALL" = C ] || exit 3
echo "org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1']"
cat values
"#;

    fn desktop(home: &Path, names: &str, script: Option<&str>) -> Desktop {
        let bin = home.join("bin");
        fs::create_dir_all(&bin).unwrap();
        if let Some(script) = script {
            let file = bin.join("gsettings");
            fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Desktop {
            names: names.to_owned(),
            config: Some(home.join(".config")),
            path: bin.into(),
            deadline: Duration::from_secs(20),
        }
    }

    #[test]
    fn gnome_is_asked_again_each_time() {
        let home = tempfile::tempdir().unwrap();
        let desktop = desktop(home.path(), "ubuntu:GNOME", Some(STATEFUL));
        let set = |values: &str| fs::write(home.path().join("bin/values"), values).unwrap();
        set("org.gnome.system.proxy mode 'none'\n");
        assert_eq!(desktop.read(), Ok(None));
        set("org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.https host '127.0.0.1'\n\
             org.gnome.system.proxy.https port 7890\n");
        let proxies = desktop.read().unwrap().unwrap();
        assert_eq!((proxies.source, proxies.https), (Source::Gnome, Some(Place::open("127.0.0.1", 7890))));
        assert_eq!(proxies.exceptions.len(), 3);
        assert_eq!(desktop.file(), Some(home.path().join(".config/dconf/user")));
    }

    #[test]
    fn a_desktop_without_the_schema_has_no_settings() {
        let home = tempfile::tempdir().unwrap();
        for words in ["No such schema \"org.gnome.system.proxy\"", "No schemas installed"] {
            let script = format!("echo '{words}' >&2; exit 1");
            assert_eq!(desktop(home.path(), "", Some(&script)).read(), Ok(None), "{words}");
        }
    }

    #[test]
    fn a_gsettings_that_fails_is_told_in_its_own_words() {
        let home = tempfile::tempdir().unwrap();
        let failing = desktop(home.path(), "GNOME", Some("echo; echo 'error while loading' >&2; exit 127"));
        let program = home.path().join("bin/gsettings");
        let cause = "error while loading".to_owned();
        assert_eq!(failing.read(), Err(Error::Failed { program: program.clone(), cause }));
        let silent = desktop(home.path(), "GNOME", Some("kill -SEGV $$"));
        let Err(Error::Failed { cause, .. }) = silent.read() else { panic!("it failed") };
        assert!(cause.contains("signal"), "{cause}");
        let garbage = desktop(home.path(), "GNOME", Some("head -c 50000 /dev/zero"));
        assert_eq!(garbage.read(), Err(Error::NotUnderstood(Source::Gnome)));
        fs::set_permissions(&program, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(silent.read(), Err(Error::Failed { .. })), "it cannot be started");
    }

    #[test]
    fn a_gsettings_that_hangs_has_its_deadline() {
        let home = tempfile::tempdir().unwrap();
        let deadline = Duration::from_millis(300);
        let hanging = Desktop { deadline, ..desktop(home.path(), "GNOME", Some("sleep 600 & wait")) };
        let started = Instant::now();
        let program = home.path().join("bin/gsettings");
        let error = hanging.read().unwrap_err();
        assert_eq!(error, Error::TooSlow { program: program.clone(), deadline });
        assert_eq!(error.to_string(), format!("{} has not answered within 0.3 s", program.display()));
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn kde_is_read_from_its_file_even_where_gsettings_is_there() {
        let home = tempfile::tempdir().unwrap();
        let desktop = desktop(home.path(), "KDE", Some("exit 9"));
        assert_eq!(desktop.read(), Ok(None), "no file, no settings");
        let file = home.path().join(".config/kioslaverc");
        assert_eq!(desktop.file().as_ref(), Some(&file));
        fs::create_dir(home.path().join(".config")).unwrap();
        fs::write(&file, "[Proxy Settings]\nProxyType=1\nhttpsProxy=http://127.0.0.1 7890\n").unwrap();
        let proxies = desktop.read().unwrap().unwrap();
        assert_eq!((proxies.source, proxies.https), (Source::Kde, Some(Place::open("127.0.0.1", 7890))));
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        assert!(matches!(desktop.read(), Err(Error::Unreadable { path, .. }) if path == file));
    }

    #[test]
    fn without_a_desktop_there_is_nothing_to_read_or_to_watch() {
        let home = tempfile::tempdir().unwrap();
        let server = desktop(home.path(), "", None);
        assert_eq!((server.read(), server.file()), (Ok(None), None));
        let homeless = Desktop { config: None, ..desktop(home.path(), "KDE", None) };
        assert_eq!((homeless.read(), homeless.file()), (Ok(None), None));
    }
}
