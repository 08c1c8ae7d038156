use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::broken;
use crate::process::Failure;

/// A folder that is laid from nothing, for a program that makes a package of it.
pub(super) struct Tree {
    folder: PathBuf,
}

impl Tree {
    /// An empty one in this place, whatever was there.
    pub(super) fn empty(folder: PathBuf) -> Result<Self, Failure> {
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| broken(&folder, &error))?;
        }
        fs::create_dir_all(&folder).map_err(|error| broken(&folder, &error))?;
        Ok(Self { folder })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The place of a file in it, whose folder is there.
    pub(super) fn place(&self, place: &str) -> Result<PathBuf, Failure> {
        let file = self.folder.join(place);
        let folder = file.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(|error| broken(folder, &error))?;
        Ok(file)
    }

    /// Writes a file.
    pub(super) fn write(&self, place: &str, text: &str) -> Result<(), Failure> {
        let file = self.place(place)?;
        fs::write(&file, text).map_err(|error| broken(&file, &error))
    }

    /// Copies a file; anyone may read it, and run it where its owner may.
    pub(super) fn copy(&self, from: &Path, place: &str) -> Result<(), Failure> {
        let to = self.place(place)?;
        fs::copy(from, &to).map_err(|error| broken(from, &error))?;
        let runs = to.metadata().map_err(|error| broken(&to, &error))?.permissions().mode() & 0o100 != 0;
        let mode = if runs { 0o755 } else { 0o644 };
        fs::set_permissions(&to, fs::Permissions::from_mode(mode)).map_err(|error| broken(&to, &error))
    }

    /// Copies all that is in a folder.
    pub(super) fn copy_all(&self, from: &Path, place: &str) -> Result<(), Failure> {
        for entry in fs::read_dir(from).map_err(|error| broken(from, &error))? {
            let entry = entry.map_err(|error| broken(from, &error))?;
            let place = format!("{place}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                self.copy_all(&entry.path(), &place)?;
            } else {
                self.copy(&entry.path(), &place)?;
            }
        }
        Ok(())
    }
}
