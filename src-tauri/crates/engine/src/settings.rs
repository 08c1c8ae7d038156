//! The settings file: `config.toml` in the data folder. It holds only what differs from the defaults.

pub(crate) mod document;
mod effect;
mod file;

use std::path::PathBuf;

use longwire_contract::{
    AgentSettings, AppId, Domain, JournalSettings, LanguageChoice, NotifySettings, TargetAddress, Theme,
    UpdateSettings,
};
use longwire_dial::route::Choice;

pub(crate) use document::{DAYS, MEGABYTES, UnknownKey, is_version};
pub(crate) use file::SettingsFile;

/// What the user has set. Its `Default` is the one list of defaults.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Settings {
    /// The language of every view.
    pub(crate) language: LanguageChoice,
    /// How the window looks.
    pub(crate) theme: Theme,
    /// CA files to trust besides the OS's roots.
    pub(crate) ca_files: Vec<PathBuf>,
    /// The apps, in the order they were added.
    pub(crate) apps: Vec<AppSettings>,
    /// Who is handed events, in the order they were added.
    pub(crate) targets: Vec<TargetSettings>,
    /// How long events are kept.
    pub(crate) journal: JournalSettings,
    /// What the desktop is told.
    pub(crate) notify: NotifySettings,
    /// Who answers by itself.
    pub(crate) agent: AgentSettings,
    /// How the user is told of updates.
    pub(crate) updates: UpdateSettings,
}

/// One app, as it is configured. Its secret is elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AppSettings {
    pub(crate) id: AppId,
    pub(crate) name: String,
    pub(crate) domain: Domain,
    /// Held back by the user.
    pub(crate) paused: bool,
    /// Where its secret is read from in place of the secret store.
    pub(crate) secret_file: Option<PathBuf>,
    /// Its proxy. Where that has a user name, the password is in the secret store and not here.
    pub(crate) proxy: Choice,
}

/// A target, as it is configured. Its secrets are elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TargetSettings {
    pub(crate) name: String,
    pub(crate) app_id: Option<AppId>,
    pub(crate) address: TargetAddress,
    pub(crate) events: Vec<String>,
    pub(crate) filters: Vec<String>,
    /// The names of the extra headers, whose values are with the secrets.
    pub(crate) headers: Vec<String>,
    pub(crate) deadline_s: u32,
    /// Whether it may be on another machine.
    pub(crate) remote: bool,
    /// Held back by the user.
    pub(crate) paused: bool,
    /// What the secret store knows its secrets by. It is not asked for those of one that has none.
    pub(crate) secrets: Option<String>,
    /// Where its secrets are read from in place of the secret store.
    pub(crate) secrets_file: Option<PathBuf>,
}

impl Settings {
    pub(crate) fn app(&self, id: &AppId) -> Option<&AppSettings> {
        self.apps.iter().find(|app| app.id == *id)
    }

    pub(crate) fn app_mut(&mut self, id: &AppId) -> Option<&mut AppSettings> {
        self.apps.iter_mut().find(|app| app.id == *id)
    }
}

impl TargetSettings {
    pub(crate) fn new(name: String, address: TargetAddress) -> Self {
        Self {
            name,
            app_id: None,
            address,
            events: Vec::new(),
            filters: Vec::new(),
            headers: Vec::new(),
            deadline_s: 30,
            remote: false,
            paused: false,
            secrets: None,
            secrets_file: None,
        }
    }
}

impl AppSettings {
    pub(crate) fn new(id: AppId) -> Self {
        Self {
            id,
            name: String::new(),
            domain: Domain::default(),
            paused: false,
            secret_file: None,
            proxy: Choice::Auto,
        }
    }
}
