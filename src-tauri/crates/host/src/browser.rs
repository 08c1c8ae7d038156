//! The user's browser and file manager.

use std::{io, path::Path};

/// Has the browser show a page. Only addresses of our own making belong here: what opens them may be any program.
///
/// # Errors
/// Why nothing could be started; a server has no browser.
pub fn open(url: &str) -> io::Result<()> {
    open::that_detached(url)
}

/// Has the file manager show a folder.
///
/// # Errors
/// Why nothing could be started, or that there is no such folder: whatever else is there might be run.
pub fn open_folder(path: &Path) -> io::Result<()> {
    if !std::fs::metadata(path)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    open::that_detached(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_that_is_there_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("program");
        std::fs::write(&file, "").unwrap();
        assert_eq!(open_folder(&file).unwrap_err().kind(), io::ErrorKind::NotADirectory);
        let gone = open_folder(&folder.path().join("gone")).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }
}
