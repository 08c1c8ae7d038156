//! How this program came onto the machine, and what a newer one would be put in the place of.

use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// How this program came onto the machine.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Installed {
    /// As a bundle of macOS.
    Bundle,
    /// As a bundle of macOS that runs from where nothing can be put in its place: a disk image, or the copy that macOS makes for one
    /// start of what was downloaded and not moved since.
    Unmoved,
    /// As an AppImage: this file.
    Image(PathBuf),
    /// With the system's packages, which bring the next version, too.
    Package,
    /// Neither: it was built here, or unpacked somewhere.
    Otherwise,
}

/// Where packages put programs. What lies below `/usr/local` its user has put there.
const PACKAGES: [&str; 4] = ["/usr", "/nix/store", "/snap", "/app"];
const OWN: &str = "/usr/local";

/// Where macOS mounts disk images; other disks, too, which are rather left alone than tried in vain.
const VOLUMES: &str = "/Volumes";
/// The folder of the copies that macOS makes for one start, below a temporary one.
const COPIES: &str = "AppTranslocation";

impl Installed {
    /// That of the program that runs here.
    pub fn of_this_process() -> Self {
        let Ok(program) = env::current_exe() else { return Self::Otherwise };
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self::of(&program, variable("APPDIR").as_deref(), variable("APPIMAGE"))
    }

    /// A program that an AppImage starts inherits what that one was told: only who runs from within is it.
    fn of(program: &Path, image_folder: Option<&Path>, image: Option<PathBuf>) -> Self {
        // Before all else: what is a bundle can be a package's.
        if is_packaged(program) {
            return Self::Package;
        }
        if let (Some(folder), Some(image)) = (image_folder, image)
            && program.starts_with(folder)
            && image.is_absolute()
        {
            return if is_packaged(&image) { Self::Package } else { Self::Image(image) };
        }
        let bundle = program
            .ancestors()
            .nth(3)
            .filter(|_| program.parent().is_some_and(|folder| folder.ends_with("Contents/MacOS")));
        let Some(bundle) = bundle.filter(|bundle| bundle.extension().is_some_and(|is| is == "app")) else {
            return Self::Otherwise;
        };
        let copied = bundle.components().any(|part| part.as_os_str() == COPIES);
        if copied || bundle.starts_with(VOLUMES) { Self::Unmoved } else { Self::Bundle }
    }
}

fn is_packaged(program: &Path) -> bool {
    PACKAGES.iter().any(|folder| program.starts_with(folder)) && !program.starts_with(OWN)
}

/// A file beside a program, which is to come into its place: with the same rights, and empty at first. It is gone again unless it is
/// put there; what a process that was killed has left of one is in the way of none.
#[derive(Debug)]
pub struct Successor {
    path: PathBuf,
    program: PathBuf,
}

impl Successor {
    /// One for this program. A symbolic link stays one: what it points to is meant.
    ///
    /// # Errors
    /// What the system says: its folder cannot be written to, most often.
    pub fn of(program: &Path) -> io::Result<Self> {
        let program = fs::canonicalize(program)?;
        let mut name = std::ffi::OsString::from(".");
        name.push(program.file_name().unwrap_or_default());
        name.push(".longwire-update");
        let path = program.with_file_name(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = File::options().write(true).create_new(true).open(&path)?;
        let successor = Self { path, program };
        file.set_permissions(successor.program.metadata()?.permissions())?;
        Ok(successor)
    }

    /// Where it is, to be written to.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in the program's place, once all of it is on the disk: whatever happens, there is the one program or the other.
    ///
    /// # Errors
    /// What the system says; the program is as it was then.
    pub fn take_over(self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        fs::rename(&self.path, &self.program)?;
        // The name is on the disk only when its folder is. It stands all the same.
        if let Some(folder) = self.program.parent() {
            File::open(folder).and_then(|folder| folder.sync_all()).ok();
        }
        Ok(())
    }
}

impl Drop for Successor {
    fn drop(&mut self) {
        // Nothing has that name once it has been put in place.
        fs::remove_file(&self.path).ok();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn how_a_program_came_is_told_by_where_it_runs() {
        let of = |program: &str, folder: Option<&str>, image: Option<&str>| {
            Installed::of(Path::new(program), folder.map(Path::new), image.map(PathBuf::from))
        };
        let image = "/home/me/Longwire.AppImage";
        let inside = "/tmp/.mount_LongwiXy/usr/bin/longwire-app";
        let translocated =
            "/private/var/folders/x/y/X/AppTranslocation/0-1/d/Longwire.app/Contents/MacOS/longwire-app";
        let cases = [
            (of("/Applications/Longwire.app/Contents/MacOS/longwire-app", None, None), Installed::Bundle),
            (of("/Users/me/Longwire.app/Contents/MacOS/longwire-app", None, None), Installed::Bundle),
            (of("/usr/local/Longwire.app/Contents/MacOS/longwire-app", None, None), Installed::Bundle),
            (of("/nix/store/0a-l/Longwire.app/Contents/MacOS/longwire-app", None, None), Installed::Package),
            (
                of("/Volumes/Longwire/Longwire.app/Contents/MacOS/longwire-app", None, None),
                Installed::Unmoved,
            ),
            (of(translocated, None, None), Installed::Unmoved),
            (of("/Users/AppTranslocations/L.app/Contents/MacOS/longwire-app", None, None), Installed::Bundle),
            (of("/Volumes/Longwire/longwire-app", None, None), Installed::Otherwise),
            (of("/srv/Contents/MacOS/longwire-app", None, None), Installed::Otherwise),
            (of(inside, Some("/tmp/.mount_LongwiXy"), Some(image)), Installed::Image(image.into())),
            (of(inside, Some("/tmp/.mount_LongwiXy"), Some("Longwire.AppImage")), Installed::Otherwise),
            (of(inside, Some("/tmp/.mount_LongwiXy"), Some("/nix/store/0a/L.AppImage")), Installed::Package),
            (of(inside, None, Some(image)), Installed::Otherwise),
            (of("/usr/bin/longwire-app", None, None), Installed::Package),
            // Started from the terminal of another AppImage.
            (of("/usr/bin/longwire-app", Some("/tmp/.mount_Termin"), Some("/x/T")), Installed::Package),
            (of("/usr/local/bin/longwire-app", None, None), Installed::Otherwise),
            (of("/usrlocal/longwire-app", None, None), Installed::Otherwise),
            (of("/home/me/target/release/longwire-app", None, None), Installed::Otherwise),
            (of("longwire-app", None, None), Installed::Otherwise),
        ];
        for (at, (told, expected)) in cases.into_iter().enumerate() {
            assert_eq!(told, expected, "case {at}");
        }
    }

    #[test]
    fn a_program_is_the_old_one_until_it_is_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let (program, link) = (folder.path().join("Longwire.AppImage"), folder.path().join("link"));
        fs::write(&program, "old").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        symlink(&program, &link).unwrap();
        let names = || fs::read_dir(folder.path()).unwrap().count();

        let given_up = Successor::of(&link).unwrap();
        fs::write(given_up.path(), "half").unwrap();
        drop(given_up);
        assert_eq!((fs::read_to_string(&program).unwrap().as_str(), names()), ("old", 2));

        // What one that was killed has left.
        std::mem::forget(Successor::of(&program).unwrap());
        let successor = Successor::of(&link).unwrap();
        assert_eq!(successor.path().metadata().unwrap().len(), 0);
        fs::write(successor.path(), "new").unwrap();
        successor.take_over().unwrap();
        assert_eq!((fs::read_to_string(&program).unwrap().as_str(), names()), ("new", 2));
        assert_eq!(program.metadata().unwrap().mode() & 0o777, 0o755);
        assert!(link.is_symlink());
    }

    #[test]
    fn nothing_is_put_in_the_place_of_what_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let gone = Successor::of(&folder.path().join("gone")).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
