//! The file that describes a service, where it is ours to change.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::ServiceError;
use crate::files;

/// More than any file of ours.
const LONGEST: u64 = 64 * 1024;

/// What stands there: `None` for nothing.
///
/// # Errors
/// [`ServiceError::Foreign`] where it is not ours: no plain file, or without the `mark`.
pub(super) fn read(path: &Path, mark: &str) -> Result<Option<String>, ServiceError> {
    let about = match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ServiceError::of_file(path, error)),
        Ok(about) => about,
    };
    // A link leads to what somebody else looks after, or to /dev/null: masked.
    if !about.is_file() {
        return Err(ServiceError::Foreign(path.to_owned()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| ServiceError::of_file(path, error))?;
    file.take(LONGEST).read_to_end(&mut bytes).map_err(|error| ServiceError::of_file(path, error))?;
    match String::from_utf8(bytes) {
        Ok(text) if text.lines().any(|line| line == mark) => Ok(Some(text)),
        _ => Err(ServiceError::Foreign(path.to_owned())),
    }
}

/// Writes it, whole, for all to read: there is no secret in it.
pub(super) fn write(path: &Path, text: &str) -> Result<(), ServiceError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| ServiceError::of_file(folder, error))?;
    files::replace(path, text.as_bytes()).map_err(|error| ServiceError::of_file(path, error))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
        .map_err(|error| ServiceError::of_file(path, error))
}

/// Puts back what stood there before.
pub(super) fn put_back(path: &Path, before: Option<&str>) -> Result<(), ServiceError> {
    match before {
        Some(text) => write(path, text),
        None => remove(path),
    }
}

/// Takes it away.
pub(super) fn remove(path: &Path) -> Result<(), ServiceError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ServiceError::of_file(path, error)),
        _ => Ok(()),
    }
}

/// Takes away those of these folders that are empty.
pub(super) fn tidy(folders: &[PathBuf]) {
    for folder in folders {
        // One that holds something is needed still.
        fs::remove_dir(folder).ok();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_a_plain_file_with_the_mark_is_ours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/longwire.service");
        assert_eq!(read(&path, "[X]"), Ok(None));
        write(&path, "a\n[X]\n").unwrap();
        assert_eq!(read(&path, "[X]").unwrap().as_deref(), Some("a\n[X]\n"));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o644);
        for foreign in ["", "a [X]\n"] {
            fs::write(&path, foreign).unwrap();
            assert_eq!(read(&path, "[X]"), Err(ServiceError::Foreign(path.clone())), "{foreign:?}");
        }
        remove(&path).unwrap();
        remove(&path).unwrap();
        symlink("/dev/null", &path).unwrap();
        assert_eq!(read(&path, "[X]"), Err(ServiceError::Foreign(path.clone())), "masked");
    }
}
