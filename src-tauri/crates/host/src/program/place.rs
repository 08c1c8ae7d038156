use std::{
    env,
    ffi::OsStr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::command;

/// Why a program does not run.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotStarted {
    /// None is named.
    #[error("no program is named")]
    Unnamed,
    /// There is none of this name.
    #[error("{0} is not there")]
    NotFound(String),
    /// There is one, which is no program.
    #[error("{0} is no program: it may not be executed")]
    NotExecutable(String),
    /// The system does not start it.
    #[error("{program} cannot be started: {cause}")]
    Failed {
        /// Where it is.
        program: String,
        /// What the system says.
        cause: String,
    },
}

/// Where the program of a command line is: a name is looked for in the folders of `PATH`; a path that is not absolute is one
/// from the home folder, where programs run, and may begin with `~/`.
///
/// # Errors
/// [`NotStarted`]: there is none, or it may not be executed.
pub fn find(command: &[String]) -> Result<PathBuf, NotStarted> {
    find_in(command, &env::var_os("PATH").unwrap_or_default(), &home())
}

/// Where programs run.
pub(super) fn home() -> PathBuf {
    env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_dir()).unwrap_or_else(|| PathBuf::from("/"))
}

fn find_in(line: &[String], path: &OsStr, home: &Path) -> Result<PathBuf, NotStarted> {
    let name =
        line.first().map(|name| name.trim()).filter(|name| !name.is_empty()).ok_or(NotStarted::Unnamed)?;
    let file = if name.contains('/') {
        Some(home.join(name.strip_prefix("~/").unwrap_or(name)))
    } else {
        command::find(name, path)
    };
    let found = file.and_then(|file| file.metadata().ok().map(|metadata| (file, metadata)));
    match found {
        None => Err(NotStarted::NotFound(name.to_owned())),
        Some((file, metadata)) if metadata.is_file() && metadata.permissions().mode() & 0o111 != 0 => {
            Ok(file)
        }
        Some(_) => Err(NotStarted::NotExecutable(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_program_is_where_it_is_said_to_be() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path();
        fs::write(home.join("notes"), "").unwrap();
        std::os::unix::fs::symlink("/bin/sh", home.join("bot")).unwrap();
        let path = std::env::join_paths([home]).unwrap();
        let find = |name: &str| find_in(&[name.to_owned(), "-x".to_owned()], &path, home);
        for name in ["bot", "./bot", "~/bot", home.join("bot").to_str().unwrap()] {
            assert_eq!(find(name).map(|file| file.canonicalize().unwrap()).unwrap(), sh(), "{name}");
        }
        assert_eq!(find("sh"), Err(NotStarted::NotFound("sh".to_owned())));
        assert_eq!(find("./sh"), Err(NotStarted::NotFound("./sh".to_owned())));
        assert_eq!(find("notes"), Err(NotStarted::NotExecutable("notes".to_owned())));
        assert_eq!(find("/"), Err(NotStarted::NotExecutable("/".to_owned())));
        assert_eq!(find(" "), Err(NotStarted::Unnamed));
        assert_eq!(find_in(&[], &path, home), Err(NotStarted::Unnamed));
    }

    fn sh() -> PathBuf {
        Path::new("/bin/sh").canonicalize().unwrap()
    }
}
