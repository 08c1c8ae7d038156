use std::path::{Path, PathBuf};

use longwire_contract::{AppId, Domain, Fault, FaultCode, Language, Theme};
use longwire_host::{clock, locale, paths, secrets};
use secrecy::SecretString;

use crate::{
    TargetSecrets,
    settings::{Settings, SettingsFile},
};

/// This computer and its user, as far as the engine's callers need to know them.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The data folder. It need not exist.
    pub data_dir: PathBuf,
    /// The language the system speaks.
    pub system_language: Language,
}

impl Machine {
    /// The machine as it is; `data_dir` in place of the data folder's standard place.
    ///
    /// # Errors
    /// [`FaultCode::DataFolder`] where there is no place for one.
    pub fn new(data_dir: Option<&Path>) -> Result<Self, Fault> {
        let data_dir = paths::data_dir(data_dir).map_err(|error| {
            Fault::new(FaultCode::DataFolder, &error).with("path", "").with("error", &error)
        })?;
        Ok(Self { data_dir, system_language: Language::of_locale(&locale::system()) })
    }

    /// The language the user asked for in the settings, else the system's.
    pub fn language(&self) -> Language {
        self.settings().unwrap_or_default().language.resolve(self.system_language)
    }

    /// How the user wants the window to look.
    pub fn theme(&self) -> Theme {
        self.settings().unwrap_or_default().theme
    }

    /// The domain of a configured app, where it is configured.
    ///
    /// # Errors
    /// [`FaultCode::SettingsUnreadable`].
    pub fn app(&self, id: &AppId) -> Result<Option<Domain>, Fault> {
        Ok(self.settings()?.app(id).map(|app| app.domain.clone()))
    }

    /// The configured apps.
    ///
    /// # Errors
    /// [`FaultCode::SettingsUnreadable`].
    pub fn apps(&self) -> Result<Vec<AppId>, Fault> {
        Ok(self.settings()?.apps.into_iter().map(|app| app.id).collect())
    }

    /// Whether this is the data folder of an app that the desktop starts.
    pub fn is_the_apps(&self) -> bool {
        paths::is_standard(&self.data_dir)
    }

    /// Now, in milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> u64 {
        clock::now_ms()
    }

    fn settings(&self) -> Result<Settings, Fault> {
        Ok(SettingsFile::in_folder(&self.data_dir).read()?.0)
    }
}

/// The App Secret in a file that only its owner may read.
///
/// # Errors
/// [`FaultCode::SecretUnreadable`] with the cause, which says what to do and does not repeat the secret.
pub fn secret_in_file(path: &Path) -> Result<SecretString, Fault> {
    secrets::read_file(path).map_err(unreadable)
}

/// The App Secret in `LONGWIRE_APP_SECRET`, where that is set.
///
/// # Errors
/// As [`secret_in_file`].
pub fn secret_in_environment() -> Result<Option<SecretString>, Fault> {
    secrets::read_variable(secrets::VARIABLE).map_err(unreadable)
}

/// The secrets of a bot behind a webhook, in `LONGWIRE_ENCRYPT_KEY` and `LONGWIRE_VERIFICATION_TOKEN`, where those are set.
///
/// # Errors
/// As [`secret_in_file`].
pub fn webhook_secrets_in_environment() -> Result<TargetSecrets, Fault> {
    let read = |variable| secrets::read_variable(variable).map_err(unreadable);
    Ok(TargetSecrets {
        encrypt_key: read("LONGWIRE_ENCRYPT_KEY")?,
        verification_token: read("LONGWIRE_VERIFICATION_TOKEN")?,
        ..TargetSecrets::default()
    })
}

/// What a secret's error means to whoever gave the command.
pub(crate) fn unreadable(error: secrets::Error) -> Fault {
    let fault = |code| Fault::new(code, &error).with("error", &error);
    match &error {
        secrets::Error::Unavailable(_) => fault(FaultCode::NoSecretStore),
        secrets::Error::OpenToOthers(path) => fault(FaultCode::SecretFileOpen).with("path", path.display()),
        secrets::Error::Empty(_) => fault(FaultCode::SecretEmpty),
        secrets::Error::NotText(_) | secrets::Error::TooLong(_) | secrets::Error::Unreadable { .. } => {
            fault(FaultCode::SecretUnreadable)
        }
        secrets::Error::Denied
        | secrets::Error::HandedIn(_)
        | secrets::Error::Locked
        | secrets::Error::TimedOut
        | secrets::Error::Other(_) => fault(FaultCode::SecretStore),
    }
}
