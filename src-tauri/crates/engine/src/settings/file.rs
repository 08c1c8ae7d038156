use std::{
    io,
    path::{Path, PathBuf},
};

use longwire_contract::{Fault, FaultCode};
use longwire_host::files;

use super::{Settings, document};

/// `config.toml`. The text on disk is the truth: it is read again before each change, so that what the user
/// wrote meanwhile stays, and a file that cannot be read is never overwritten.
#[derive(Debug)]
pub(crate) struct SettingsFile {
    path: PathBuf,
}

impl SettingsFile {
    pub(crate) fn in_folder(data_dir: &Path) -> Self {
        Self { path: data_dir.join("config.toml") }
    }

    /// The settings, and the keys nobody reads. A file that is not there is one of defaults.
    ///
    /// # Errors
    /// [`FaultCode::SettingsUnreadable`], naming the line.
    pub(crate) fn read(&self) -> Result<(Settings, Vec<document::UnknownKey>), Fault> {
        document::read(&self.text()?).map_err(|mistake| self.unreadable(mistake))
    }

    /// Changes the settings on disk, all or nothing, and gives them back as they are then.
    ///
    /// # Errors
    /// What `change` says; [`FaultCode::SettingsUnreadable`] or [`FaultCode::SettingsUnwritable`]. Nothing was
    /// changed then.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Settings) -> Result<T, Fault>,
    ) -> Result<(Settings, T), Fault> {
        let text = self.text()?;
        let (mut settings, _) = document::read(&text).map_err(|mistake| self.unreadable(mistake))?;
        let outcome = change(&mut settings)?;
        let new = document::write(&text, &settings).map_err(|mistake| self.unreadable(mistake))?;
        if new != text {
            self.replace(&new)?;
        }
        Ok((settings, outcome))
    }

    /// Leaves nothing in it, whatever was there.
    ///
    /// # Errors
    /// [`FaultCode::SettingsUnwritable`]. Nothing was changed then.
    pub(crate) fn forget(&self) -> Result<(), Fault> {
        if self.path.exists() { self.replace("") } else { Ok(()) }
    }

    fn replace(&self, text: &str) -> Result<(), Fault> {
        files::replace(&self.path, text.as_bytes()).map_err(|error| {
            Fault::new(FaultCode::SettingsUnwritable, format!("{}: {error}", self.path.display()))
                .with("path", self.path.display())
                .with("error", error)
        })
    }

    fn text(&self) -> Result<String, Fault> {
        match std::fs::read_to_string(&self.path) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(self.unreadable(error)),
        }
    }

    fn unreadable(&self, error: impl std::fmt::Display) -> Fault {
        Fault::new(FaultCode::SettingsUnreadable, format!("{}: {error}", self.path.display()))
            .with("path", self.path.display())
            .with("error", error)
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::LanguageChoice;

    use super::*;

    #[test]
    fn a_file_with_a_mistake_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "language = zh\n").unwrap();
        let file = SettingsFile::in_folder(folder.path());
        assert_eq!(file.read().unwrap_err().code, FaultCode::SettingsUnreadable);
        let fault = file.change(|_| Ok(())).unwrap_err();
        assert_eq!(fault.code, FaultCode::SettingsUnreadable);
        assert!(fault.detail.contains("line 1"), "{fault}");
        assert_eq!(std::fs::read_to_string(path).unwrap(), "language = zh\n");
    }

    #[test]
    fn a_change_keeps_what_the_user_wrote_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let file = SettingsFile::in_folder(folder.path());
        assert_eq!(file.read().unwrap().0, Settings::default());
        std::fs::write(&path, "# by hand\nca_files = [\"/ca.pem\"]\n").unwrap();
        file.change(|settings| {
            settings.language = LanguageChoice::English;
            Ok(())
        })
        .unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains("# by hand") && text.contains("/ca.pem") && text.contains("en"), "{text}");
    }

    #[test]
    fn a_refused_change_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(folder.path());
        let refused = file.change(|settings| {
            settings.language = LanguageChoice::English;
            Err::<(), _>(Fault::new(FaultCode::AppUnknown, "no"))
        });
        assert_eq!(refused.unwrap_err().code, FaultCode::AppUnknown);
        assert!(!folder.path().join("config.toml").exists());
    }
}
