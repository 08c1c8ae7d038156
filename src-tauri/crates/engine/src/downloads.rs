//! New files in the user's folder of downloads.

use std::{
    fmt::Display,
    fs::{self, File},
    io::{BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
};

use longwire_contract::{Fault, FaultCode};
use longwire_host::{files, paths};

/// A file that was not there before. It is gone again unless it is finished: half of one would be taken for the whole.
pub(crate) struct NewFile {
    path: PathBuf,
    output: BufWriter<File>,
    finished: bool,
}

impl NewFile {
    /// Makes one of this name and extension; numbered where one is there.
    ///
    /// # Errors
    /// [`FaultCode::ExportFailed`], as everywhere here.
    pub(crate) fn create(name: &str, extension: &str) -> Result<Self, Fault> {
        let folder =
            paths::downloads().ok_or_else(|| failed(Path::new(""), "the user has no home folder"))?;
        Self::create_in(&folder, name, extension)
    }

    /// The same in another folder.
    pub(crate) fn create_in(folder: &Path, name: &str, extension: &str) -> Result<Self, Fault> {
        let mut number = 1;
        loop {
            let tail = if number == 1 { String::new() } else { format!("-{number}") };
            let path = folder.join(format!("{name}{tail}.{extension}"));
            match files::create_new(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 1000 => number += 1,
                Err(error) => return Err(failed(folder, error)),
                Ok(file) => return Ok(Self { path, output: BufWriter::new(file), finished: false }),
            }
        }
    }

    /// Writes on.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.output.write_all(bytes).map_err(|error| failed(&self.path, error))
    }

    /// Has all of it on the disk, and says where it is.
    pub(crate) fn finish(mut self) -> Result<PathBuf, Fault> {
        let written = self.output.flush().and_then(|()| self.output.get_ref().sync_all());
        written.map_err(|error| failed(&self.path, error))?;
        self.finished = true;
        Ok(self.path.clone())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.finished {
            // What cannot be written to can be removed most of the time; if not, there is nothing more to do.
            fs::remove_file(&self.path).ok();
        }
    }
}

/// Makes a file of this name and extension that has these bytes.
///
/// # Errors
/// [`FaultCode::ExportFailed`]; there is no file then.
pub(crate) fn save(name: &str, extension: &str, bytes: &[u8]) -> Result<PathBuf, Fault> {
    let mut file = NewFile::create(name, extension)?;
    file.write(bytes)?;
    file.finish()
}

fn failed(path: &Path, error: impl Display) -> Fault {
    Fault::new(FaultCode::ExportFailed, &error).with("path", path.display()).with("error", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_stays_and_the_next_one_is_numbered() {
        let folder = tempfile::tempdir().unwrap();
        let saved = |bytes: &[u8]| {
            let mut file = NewFile::create_in(folder.path(), "a", "zip").unwrap();
            file.write(bytes).unwrap();
            file.finish().unwrap()
        };
        assert_eq!(saved(b"one"), folder.path().join("a.zip"));
        assert_eq!(saved(b"two"), folder.path().join("a-2.zip"));
        assert_eq!(fs::read(folder.path().join("a.zip")).unwrap(), b"one");
        let missing = NewFile::create_in(&folder.path().join("missing"), "a", "zip").err().unwrap();
        assert_eq!(missing.code, FaultCode::ExportFailed);
        assert!(missing.values["path"].ends_with("missing"), "{missing:?}");
    }

    #[test]
    fn a_file_that_cannot_be_written_to_the_end_is_gone_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("half.zip");
        for bytes in [&b"little"[..], &[b'a'; 1_000_000]] {
            fs::write(&path, "").unwrap();
            let output = BufWriter::new(File::open(&path).unwrap());
            let mut file = NewFile { path: path.clone(), output, finished: false };
            let fault = file.write(bytes).and_then(|()| file.finish()).unwrap_err();
            assert_eq!(fault.code, FaultCode::ExportFailed);
            assert!(!path.exists(), "{} bytes", bytes.len());
        }
    }
}
