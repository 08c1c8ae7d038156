//! Files that are whole: the old content or the new, never half of one.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// Makes a file that was not there, which only its owner can read (mode 0600).
///
/// # Errors
/// Why it could not: [`io::ErrorKind::AlreadyExists`] where something has this name.
pub fn create_new(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

/// Puts `bytes` in the place of the file at `path`, or makes it. Only its owner can read it (mode 0600).
///
/// The bytes are on the disk before the name is given to them, so that after a crash, a full disk or any error
/// the file is what it was. A symbolic link stays one: what it points to is replaced.
///
/// # Errors
/// Why it could not; the file is then untouched.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), ReplaceError> {
    replace_with(path, |file| file.write_all(bytes))
}

/// Takes all rights to a file or a socket from everyone but its owner (mode 0600).
///
/// # Errors
/// What the system says.
pub fn restrict(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

/// Why a file could not be replaced.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReplaceError {
    /// No room is left, or none for this user.
    #[error("no room on the disk to write {}", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The folder or the disk cannot be written to.
    #[error("{} cannot be written: {cause}", .path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// Anything else.
    #[error("could not write {}: {cause}", .path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
}

impl ReplaceError {
    fn new(path: &Path, error: &io::Error) -> Self {
        let (path, cause) = (path.to_owned(), error.to_string());
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path, cause }
            }
            _ => Self::Other { path, cause },
        }
    }
}

fn replace_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), ReplaceError> {
    let attempt = || {
        let target = fs::canonicalize(path).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(path.to_owned()),
            _ => Err(error),
        })?;
        let folder = match target.parent() {
            Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
            Some(folder) => folder,
            None => return Err(io::Error::from(io::ErrorKind::IsADirectory)),
        };
        let mut temporary = NamedTempFile::with_prefix_in(".longwire-", folder)?;
        write(temporary.as_file_mut())?;
        temporary.as_file().sync_all()?;
        temporary.persist(&target).map_err(|refused| refused.error)?;
        // The new name is on the disk only when its folder is.
        File::open(folder)?.sync_all()
    };
    attempt().map_err(|error| ReplaceError::new(path, &error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_file_is_made_and_replaced_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        replace(&path, b"one").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(names(folder.path()), ["config.toml"], "nothing is left beside it");
    }

    #[test]
    fn a_full_disk_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        replace(&path, b"old").unwrap();
        let error = replace_with(&path, |file| {
            file.write_all(b"half of the n")?;
            Err(io::ErrorKind::StorageFull.into())
        })
        .unwrap_err();
        assert_eq!(error, ReplaceError::Full { path: path.clone() });
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["config.toml"]);
    }

    #[test]
    fn what_the_system_refuses_is_told_apart() {
        let path = Path::new("/data/config.toml");
        let told = |kind: io::ErrorKind| ReplaceError::new(path, &kind.into());
        assert_eq!(told(io::ErrorKind::QuotaExceeded), ReplaceError::Full { path: path.into() });
        assert!(matches!(told(io::ErrorKind::ReadOnlyFilesystem), ReplaceError::ReadOnly { .. }));
        assert!(matches!(told(io::ErrorKind::PermissionDenied), ReplaceError::ReadOnly { .. }));
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        for path in [folder.path().join("missing/config.toml"), file.join("config.toml")] {
            let error = replace(&path, b"new").unwrap_err();
            assert!(matches!(&error, ReplaceError::Other { path: named, .. } if *named == path), "{error:?}");
            assert!(error.to_string().contains("config.toml"), "{error}");
        }
    }

    #[test]
    fn a_symbolic_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("dotfiles.toml"), folder.path().join("config.toml"));
        fs::write(&real, "old").unwrap();
        symlink(&real, &link).unwrap();
        replace(&link, b"new").unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}
