//! New files in the user's folder of downloads.

use std::{
    fmt::Display,
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use longwire_contract::{Fault, FaultCode};
use longwire_host::{files, paths};

/// Makes a file of this name and extension that was not there before; numbered where one was.
///
/// # Errors
/// [`FaultCode::ExportFailed`].
pub(crate) fn create(name: &str, extension: &str) -> Result<(PathBuf, File), Fault> {
    let folder = paths::downloads().ok_or_else(|| failed(Path::new(""), "the user has no home folder"))?;
    create_in(&folder, name, extension)
}

/// The same in another folder.
pub(crate) fn create_in(folder: &Path, name: &str, extension: &str) -> Result<(PathBuf, File), Fault> {
    let mut number = 1;
    loop {
        let tail = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{name}{tail}.{extension}"));
        match files::create_new(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 1000 => number += 1,
            Err(error) => return Err(failed(folder, error)),
            Ok(file) => return Ok((path, file)),
        }
    }
}

/// Writes all of a file that was just made. It is gone again where that fails.
///
/// # Errors
/// [`FaultCode::ExportFailed`].
pub(crate) fn fill((path, mut file): (PathBuf, File), bytes: &[u8]) -> Result<PathBuf, Fault> {
    match file.write_all(bytes).and_then(|()| file.sync_all()) {
        Ok(()) => Ok(path),
        Err(error) => {
            // What cannot be written to can be removed most of the time; if not, there is nothing more to do.
            fs::remove_file(&path).ok();
            Err(failed(&path, error))
        }
    }
}

pub(crate) fn failed(path: &Path, error: impl Display) -> Fault {
    Fault::new(FaultCode::ExportFailed, &error).with("path", path.display()).with("error", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_stays_and_the_next_one_is_numbered() {
        let folder = tempfile::tempdir().unwrap();
        let path = |bytes: &[u8]| fill(create_in(folder.path(), "a", "zip").unwrap(), bytes).unwrap();
        assert_eq!(path(b"one"), folder.path().join("a.zip"));
        assert_eq!(path(b"two"), folder.path().join("a-2.zip"));
        assert_eq!(fs::read(folder.path().join("a.zip")).unwrap(), b"one");
        let missing = create_in(&folder.path().join("missing"), "a", "zip").unwrap_err();
        assert_eq!(missing.code, FaultCode::ExportFailed);
        assert!(missing.values["path"].ends_with("missing"), "{missing:?}");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_gone_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("half.zip");
        fs::write(&path, "").unwrap();
        let read_only = File::open(&path).unwrap();
        let fault = fill((path.clone(), read_only), b"more").unwrap_err();
        assert_eq!(fault.code, FaultCode::ExportFailed);
        assert!(!path.exists());
    }
}
