//! An autostart entry of the desktop.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use longwire_contract::LoginState;

use super::{
    HIDDEN, LoginError,
    entry::{self, Entry},
};
use crate::files;

/// A program's autostart entry.
#[derive(Clone, Debug)]
pub(super) struct Autostart {
    program: PathBuf,
    /// The user's folder of entries.
    own: PathBuf,
    /// The system's, which the user's comes before.
    system: Vec<PathBuf>,
}

const FILE: &str = "Longwire.desktop";
/// The most that is read of an entry.
const LONGEST: u64 = 64 * 1024;

impl Autostart {
    #[cfg(not(target_os = "macos"))]
    pub(super) fn of_this_process() -> Option<Self> {
        let program = std::env::current_exe().ok()?;
        // What is in an AppImage is at a place that goes with the process; the image itself is what can be started.
        let image =
            variable("APPDIR").filter(|dir| program.starts_with(dir)).and_then(|_| variable("APPIMAGE"));
        Self::of(image.unwrap_or(program))
    }

    /// That of the program of this name beside the one that runs here.
    #[cfg(not(target_os = "macos"))]
    pub(super) fn of_program_beside(name: &str) -> Option<Self> {
        Self::of(std::env::current_exe().ok()?.with_file_name(name))
    }

    #[cfg(not(target_os = "macos"))]
    fn of(program: PathBuf) -> Option<Self> {
        use std::env;

        let config = variable("XDG_CONFIG_HOME").or_else(|| Some(variable("HOME")?.join(".config")))?;
        let system = env::var_os("XDG_CONFIG_DIRS").filter(|dirs| !dirs.is_empty());
        let system = system.unwrap_or_else(|| "/etc/xdg".into());
        let system = env::split_paths(&system).filter(|dir| dir.is_absolute());
        let system = system.map(|dir| dir.join("autostart")).collect();
        Some(Self::new(program, config.join("autostart"), system))
    }

    pub(super) fn new(program: PathBuf, own: PathBuf, system: Vec<PathBuf>) -> Self {
        Self { program, own, system }
    }

    pub(super) fn state(&self) -> Result<LoginState, LoginError> {
        let file = self.file();
        let own = read(&file).map_err(|error| unreadable(&file, error))?;
        let starts = own.map_or_else(|| self.system_starts(), |entry| self.starts(&entry));
        Ok(if starts { LoginState::On } else { LoginState::Off })
    }

    pub(super) fn change(&self, on: bool) -> Result<LoginState, LoginError> {
        match on {
            true => self.write(&self.entry()?)?,
            false if self.system_starts() => self.write(entry::OFF)?,
            false => match fs::remove_file(self.file()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(unreadable(&self.file(), error));
                }
                _ => {}
            },
        }
        self.state()
    }

    pub(super) fn mend(&self) -> Result<bool, LoginError> {
        let file = self.file();
        let Some(entry) = read(&file).map_err(|error| unreadable(&file, error))? else { return Ok(false) };
        let program = entry.program.as_deref().map(Path::new);
        let gone =
            program.is_some_and(|named| self.is_named_so(named) && named.is_absolute() && !named.exists());
        if entry.wanted && gone {
            self.write(&self.entry()?)?;
        }
        Ok(entry.wanted && gone)
    }

    /// Whether an entry starts Longwire: this program, or another copy of it that is there.
    fn starts(&self, entry: &Entry) -> bool {
        let program = entry.program.as_deref().map(Path::new);
        let is_there = |named: &Path| !named.is_absolute() || named.is_file();
        entry.wanted
            && program
                .is_some_and(|named| named == self.program || self.is_named_so(named) && is_there(named))
    }

    fn system_starts(&self) -> bool {
        let mut entries = self.system.iter().filter_map(|folder| read(&folder.join(FILE)).ok().flatten());
        entries.next().is_some_and(|entry| self.starts(&entry))
    }

    fn is_named_so(&self, program: &Path) -> bool {
        program.file_name() == self.program.file_name()
    }

    fn entry(&self) -> Result<String, LoginError> {
        let program = self.program.to_str().ok_or_else(|| LoginError::Unnameable(self.program.clone()))?;
        Ok(entry::write(program, HIDDEN))
    }

    fn write(&self, text: &str) -> Result<(), LoginError> {
        let file = self.file();
        fs::create_dir_all(&self.own).map_err(|error| unreadable(&self.own, error))?;
        files::replace(&file, text.as_bytes()).map_err(|error| unreadable(&file, error))
    }

    fn file(&self) -> PathBuf {
        self.own.join(FILE)
    }
}

/// The path that a variable of the environment names.
#[cfg(not(target_os = "macos"))]
fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute())
}

/// The entry at a place; `None` where there is none.
fn read(path: &Path) -> io::Result<Option<Entry>> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
        // A pipe would be waited for.
        Ok(found) if !found.is_file() => return Err(io::Error::other("it is no file")),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(Some(entry::read(&String::from_utf8_lossy(&bytes))))
}

fn unreadable(path: &Path, error: impl std::fmt::Display) -> LoginError {
    LoginError::Entry { path: path.to_owned(), cause: error.to_string() }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    struct Home(tempfile::TempDir);

    impl Home {
        fn new() -> Self {
            let home = Self(tempfile::tempdir().unwrap());
            fs::create_dir_all(home.path("bin")).unwrap();
            fs::write(home.path("bin/longwire-app"), "").unwrap();
            home
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn item(&self) -> Autostart {
            let program = self.path("bin/longwire-app");
            Autostart::new(program, self.path("config/autostart"), vec![self.path("etc/autostart")])
        }

        fn text(&self) -> Option<String> {
            fs::read_to_string(self.path("config/autostart").join(FILE)).ok()
        }

        fn write(&self, folder: &str, text: impl AsRef<[u8]>) {
            fs::create_dir_all(self.path(folder)).unwrap();
            fs::write(self.path(folder).join(FILE), text).unwrap();
        }
    }

    #[test]
    fn it_is_switched_on_and_off_and_leaves_nothing_behind() {
        let (home, item) = (Home::new(), Home::item);
        assert_eq!(item(&home).state(), Ok(LoginState::Off));
        assert_eq!(item(&home).change(true), Ok(LoginState::On));
        let text = home.text().unwrap();
        let exec = format!("Exec={} --hidden\n", home.path("bin/longwire-app").display());
        assert!(text.starts_with("[Desktop Entry]\n") && text.contains(&exec), "{text}");
        assert_eq!(item(&home).change(true), Ok(LoginState::On));
        for _ in 0..2 {
            assert_eq!(item(&home).change(false), Ok(LoginState::Off));
            assert_eq!(fs::read_dir(home.path("config/autostart")).unwrap().count(), 0);
        }
    }

    #[test]
    fn what_the_desktops_own_settings_switch_off_is_off() {
        let home = Home::new();
        home.item().change(true).unwrap();
        let on = home.text().unwrap();
        home.write("config/autostart", on.replace("-enabled=true", "-enabled=false"));
        assert_eq!(home.item().state(), Ok(LoginState::Off));
        home.write("config/autostart", format!("{on}Hidden=true\n"));
        assert_eq!(home.item().state(), Ok(LoginState::Off));
        assert_eq!(home.item().mend(), Ok(false));
        assert_eq!(home.item().change(true), Ok(LoginState::On));
        assert_eq!(home.text().unwrap(), on);
    }

    #[test]
    fn an_entry_of_the_system_is_overruled() {
        let home = Home::new();
        home.write("etc/autostart", entry::write("longwire-app", HIDDEN));
        assert_eq!(home.item().state(), Ok(LoginState::On));
        assert_eq!(home.item().change(false), Ok(LoginState::Off));
        assert_eq!(home.text().unwrap(), entry::OFF);
        assert_eq!(home.item().change(true), Ok(LoginState::On));
    }

    #[test]
    fn an_entry_whose_program_is_gone_starts_nothing_until_it_is_mended() {
        let home = Home::new();
        let old = home.path("old/longwire-app");
        home.write("config/autostart", entry::write(old.to_str().unwrap(), HIDDEN));
        assert_eq!(home.item().state(), Ok(LoginState::Off));
        assert_eq!(home.item().mend(), Ok(true));
        assert_eq!(home.item().state(), Ok(LoginState::On));
        assert_eq!(home.item().mend(), Ok(false));
    }

    #[test]
    fn another_copy_that_is_there_is_left_alone_until_there_is_a_change() {
        let home = Home::new();
        let other = home.path("longwire-app");
        fs::write(&other, "").unwrap();
        home.write("config/autostart", entry::write(other.to_str().unwrap(), HIDDEN));
        assert_eq!((home.item().state(), home.item().mend()), (Ok(LoginState::On), Ok(false)));
        home.item().change(true).unwrap();
        assert!(!home.text().unwrap().contains(other.to_str().unwrap()));
        home.write("config/autostart", entry::write("/bin/sh", HIDDEN));
        assert_eq!((home.item().state(), home.item().mend()), (Ok(LoginState::Off), Ok(false)));
    }

    #[test]
    fn what_is_no_entry_starts_nothing_and_keeps_nobody_waiting() {
        let home = Home::new();
        for odd in [&b""[..], b"\xff\xfe\x00", b"[Desktop Entry]\nExec=\xff\n", &[b'['; 1_000_000]] {
            home.write("config/autostart", odd);
            assert_eq!((home.item().state(), home.item().mend()), (Ok(LoginState::Off), Ok(false)));
        }
        fs::remove_file(home.path("config/autostart").join(FILE)).unwrap();
        fs::create_dir(home.path("config/autostart").join(FILE)).unwrap();
        let error = home.item().state().unwrap_err();
        assert!(error.to_string().contains("it is no file"), "{error}");
        assert!(home.item().change(true).is_err() && home.item().change(false).is_err());
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let home = Home::new();
        // Whoever may write anything is kept out by a file in the folder's place.
        home.write("config/autostart", "");
        let folder = home.path("config/autostart");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
        if fs::write(folder.join("probe"), "").is_err() {
            assert!(home.item().change(true).is_err());
            assert_eq!(home.text().unwrap(), "");
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        fs::write(&folder, "").unwrap();
        let error = home.item().change(true).unwrap_err();
        assert!(error.to_string().contains("autostart"), "{error}");
    }
}
