use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// A small disk, of which most is taken by something else.
pub(crate) struct Disk {
    ballast: PathBuf,
}

impl Disk {
    /// One of so many MiB in place of a folder, with so many of them left. The mounts are the sandbox's own.
    pub(crate) fn at(folder: &Path, size: usize, left: usize) -> Self {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}m"), "tmpfs"])
            .arg(folder)
            .status();
        assert!(mounted.unwrap().success());
        let ballast = folder.join("ballast");
        let mut file = File::create(&ballast).unwrap();
        for _ in left..size {
            file.write_all(&[0; 1 << 20]).unwrap();
        }
        Self { ballast }
    }

    /// Takes away what is in the way.
    pub(crate) fn make_room(&self) {
        fs::remove_file(&self.ballast).unwrap();
    }
}
