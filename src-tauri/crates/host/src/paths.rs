//! Where Longwire keeps its data.

use std::{
    env,
    ffi::OsString,
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

use rustix::process::geteuid;

/// The variable that moves the data folder.
pub const DATA_DIR_VARIABLE: &str = "LONGWIRE_DATA_DIR";

/// The data folder: `given` (a flag), else `LONGWIRE_DATA_DIR`, else the system's standard place:
/// `~/Library/Application Support/Longwire` on macOS, `$XDG_DATA_HOME/longwire` or `~/.local/share/longwire`
/// elsewhere. Always absolute. It need not exist: see [`create`].
///
/// # Errors
/// [`PathError::NoHome`] where nothing is given and the user has no home folder.
pub fn data_dir(given: Option<&Path>) -> Result<PathBuf, PathError> {
    let chosen = choose(given, &|name| env::var_os(name), cfg!(target_os = "macos"))?;
    std::path::absolute(&chosen)
        .map_err(|error| PathError::NotUsable { path: chosen, cause: error.to_string() })
}

/// Whether this data folder is at the system's standard place, whatever `LONGWIRE_DATA_DIR` says: the one of an app that the
/// desktop starts.
pub fn is_standard(data_dir: &Path) -> bool {
    let variable = |name: &str| env::var_os(name).filter(|_| name != DATA_DIR_VARIABLE);
    choose(None, &variable, cfg!(target_os = "macos")).is_ok_and(|standard| standard == data_dir)
}

/// Where the user's downloads go: what the desktop says (`user-dirs.dirs`), else `~/Downloads`, else the home folder. `None`
/// where the user has none.
pub fn downloads() -> Option<PathBuf> {
    downloads_in(&|name| env::var_os(name))
}

fn downloads_in(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let home = PathBuf::from(variable("HOME").filter(|home| !home.is_empty())?);
    let config = variable("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
    let named = fs::read_to_string(config.join("user-dirs.dirs")).ok().and_then(|text| {
        let value = text.lines().find_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="))?;
        let value = value.trim_matches('"');
        Some(match value.strip_prefix("$HOME/") {
            Some(below) => home.join(below),
            None => PathBuf::from(value),
        })
    });
    let places = [named, Some(home.join("Downloads"))];
    let place = places.into_iter().flatten().find(|place| place.is_absolute() && place.is_dir());
    Some(place.unwrap_or(home))
}

/// Makes a data folder and those above it where they are missing, closed to other users (mode 0700). One that is
/// there keeps its mode.
///
/// # Errors
/// [`PathError::NotUsable`] where it cannot be made, or is a file.
pub fn create(dir: &Path) -> Result<(), PathError> {
    let attempt = || {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        if fs::metadata(dir)?.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
    };
    attempt()
        .map_err(|error: io::Error| PathError::NotUsable { path: dir.to_owned(), cause: error.to_string() })
}

/// Whose a folder is, by name or as `#UID`; `None` where there is no such folder.
pub fn owner(dir: &Path) -> Option<String> {
    let uid = fs::metadata(dir).ok()?.uid();
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    Some(name_of(uid, &passwd).unwrap_or_else(|| format!("#{uid}")))
}

/// The user whose folder this is, where this process is root's and the folder is not: what root makes in it that user could not read.
pub fn owner_beside_root(dir: &Path) -> Option<String> {
    let uid = fs::metadata(dir).ok()?.uid();
    if is_anothers(geteuid().as_raw(), uid) { owner(dir) } else { None }
}

fn is_anothers(process: u32, folder: u32) -> bool {
    process == 0 && folder != 0
}

fn name_of(uid: u32, passwd: &str) -> Option<String> {
    let entries = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let mut of_it = entries.filter(|entry| entry.get(2).and_then(|one| one.parse().ok()) == Some(uid));
    of_it.find_map(|entry| entry.first().filter(|name| !name.is_empty()).map(|name| (*name).to_owned()))
}

/// Why there is no data folder.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PathError {
    /// There is nowhere to put it.
    #[error("HOME is not set, so there is no place for the data folder: set LONGWIRE_DATA_DIR")]
    NoHome,
    /// It cannot be made or entered.
    #[error("the data folder {} cannot be used: {cause}", .path.display())]
    NotUsable {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
}

fn choose(
    given: Option<&Path>,
    variable: &dyn Fn(&str) -> Option<OsString>,
    macos: bool,
) -> Result<PathBuf, PathError> {
    // A variable that is set to nothing is one that is not set.
    let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(dir) = given.map(Path::to_owned).or_else(|| path(DATA_DIR_VARIABLE)) {
        return Ok(dir);
    }
    if macos {
        return Ok(path("HOME").ok_or(PathError::NoHome)?.join("Library/Application Support/Longwire"));
    }
    // The XDG base directory specification has relative values ignored.
    match path("XDG_DATA_HOME").filter(|dir| dir.is_absolute()) {
        Some(dir) => Ok(dir.join("longwire")),
        None => Ok(path("HOME").ok_or(PathError::NoHome)?.join(".local/share/longwire")),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn root_is_kept_from_what_is_anothers_and_nobody_else_is() {
        assert_eq!(
            [(0, 999), (0, 0), (999, 999), (999, 0)].map(|(process, folder)| is_anothers(process, folder)),
            [true, false, false, false]
        );
        let passwd =
            "root:x:0:0::/root:/bin/sh\nbroken\n:x:7:7::/:\nbot:x:999:998:the bot:/var/lib/bot:/bin/false\n";
        assert_eq!(name_of(999, passwd).as_deref(), Some("bot"));
        assert_eq!((name_of(7, passwd), name_of(8, passwd)), (None, None));
        let folder = tempfile::tempdir().unwrap();
        assert!(owner(folder.path()).is_some());
        assert_eq!(owner(&folder.path().join("none")), None);
        // It is this process's own.
        assert_eq!(owner_beside_root(folder.path()), None);
    }

    #[test]
    fn downloads_go_where_the_desktop_says() {
        let home = tempfile::tempdir().unwrap();
        let found = || {
            let home = home.path().as_os_str().to_owned();
            downloads_in(&move |name| (name == "HOME").then(|| home.clone())).unwrap()
        };
        assert_eq!(found(), home.path());
        fs::create_dir_all(home.path().join("Downloads")).unwrap();
        assert_eq!(found(), home.path().join("Downloads"));
        fs::create_dir_all(home.path().join(".config")).unwrap();
        let user_dirs = home.path().join(".config/user-dirs.dirs");
        fs::write(&user_dirs, "# x\nXDG_DOWNLOAD_DIR=\"$HOME/下载\"\n").unwrap();
        assert_eq!(found(), home.path().join("Downloads"), "a folder that is not there is no place");
        fs::create_dir_all(home.path().join("下载")).unwrap();
        assert_eq!(found(), home.path().join("下载"));
        assert_eq!(downloads_in(&|_| None), None);
    }

    fn chosen(given: Option<&str>, variables: &[(&str, &str)], macos: bool) -> Result<String, PathError> {
        let variable = |name: &str| {
            variables.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(value))
        };
        choose(given.map(Path::new), &variable, macos).map(|path| path.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_flag_wins_over_the_variable_and_that_over_the_standard_place() {
        let all = [(DATA_DIR_VARIABLE, "/variable"), ("XDG_DATA_HOME", "/xdg"), ("HOME", "/home/me")];
        assert_eq!(chosen(Some("/flag"), &all, false).unwrap(), "/flag");
        assert_eq!(chosen(None, &all, false).unwrap(), "/variable");
        assert_eq!(chosen(None, &all[1..], false).unwrap(), "/xdg/longwire");
        assert_eq!(chosen(None, &all[2..], false).unwrap(), "/home/me/.local/share/longwire");
        assert_eq!(chosen(None, &all[1..], true).unwrap(), "/home/me/Library/Application Support/Longwire");
    }

    #[test]
    fn empty_and_relative_variables_do_not_count() {
        let empty = [(DATA_DIR_VARIABLE, ""), ("XDG_DATA_HOME", "relative"), ("HOME", "/home/me")];
        assert_eq!(chosen(None, &empty, false).unwrap(), "/home/me/.local/share/longwire");
    }

    #[test]
    fn without_a_home_the_user_is_told_what_to_set() {
        for macos in [false, true] {
            let error = chosen(None, &[("HOME", "")], macos).unwrap_err();
            assert_eq!(error, PathError::NoHome);
            assert!(error.to_string().contains(DATA_DIR_VARIABLE), "{error}");
        }
    }

    #[test]
    fn a_relative_flag_becomes_absolute() {
        assert!(data_dir(Some(Path::new("here"))).unwrap().is_absolute());
    }

    #[test]
    fn a_new_folder_is_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("a/b");
        create(&dir).unwrap();
        create(&dir).unwrap();
        assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_file_in_its_place_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        for dir in [file.clone(), file.join("below")] {
            let error = create(&dir).unwrap_err();
            assert!(matches!(&error, PathError::NotUsable { path, .. } if *path == dir), "{error:?}");
        }
    }
}
