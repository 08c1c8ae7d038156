use std::{fmt, path::PathBuf, sync::Arc};

use longwire_contract::{AppId, Domain, Language, Secret};
use longwire_dial::route::Environment;
use longwire_host::{
    login_item::LoginItem,
    notification::Desktop,
    secrets::{self, SecretStore},
    service::Supervisor,
    trust::Asking,
};
use secrecy::SecretString;

use crate::{GivenTarget, Machine, Updates, WatchdogCommand, agent::key};

/// How to open an engine.
#[derive(Clone)]
pub struct Options {
    /// The data folder; made where it is missing.
    pub data_dir: PathBuf,
    /// What holds it, as a second one is told: `Longwire`, `longwire run`.
    pub program: String,
    /// The language the system speaks.
    pub system_language: Language,
    /// Where App Secrets are kept.
    pub secrets: Arc<dyn SecretStore>,
    /// The secret of the one app of the settings, in place of the one that is kept.
    pub secret: Option<SecretString>,
    /// The agent's API key, where none is kept.
    pub agent_key: Option<SecretString>,
    /// CA files to trust besides the OS's roots and those of the settings.
    pub ca_files: Vec<PathBuf>,
    /// The proxy of every app, in place of the one that is set for it: `auto`, `direct`, a proxy's URL, or `pac+` and a
    /// script's URL.
    pub proxy: Option<Secret>,
    /// The proxies that environment variables name.
    pub environment: Environment,
    /// Whether the system is asked and changed at all: its proxy settings, its stores of trusted CAs, its news of sleep and
    /// networks.
    pub system: bool,
    /// What puts the system's proxies back when this process is gone; without it they cannot be set aside.
    pub watchdog: Option<WatchdogCommand>,
    /// How the user is asked for an administrator's password, where a CA is to be trusted by the whole system.
    pub asking: Asking,
    /// Which apps to connect.
    pub apps: Apps,
    /// Where notifications are shown; without it nothing is told.
    pub desktop: Option<Desktop>,
    /// What starts this program when its user logs in; without it that cannot be changed.
    pub login: Option<LoginItem>,
    /// The system's keeper of services, where it started this process: it is told how the engine is.
    pub supervisor: Option<Supervisor>,
    /// Who is handed events besides the targets of the settings.
    pub targets: Vec<GivenTarget>,
    /// Whether the system's keeper of services holds this process up. Such an engine takes the data folder over from one that
    /// gives way.
    pub service: bool,
    /// Whether this engine gives way to a service that asks for its data folder: whoever opened it has to close it then, see
    /// [`Engine::asked_to_yield`](crate::Engine::asked_to_yield).
    pub yields: bool,
    /// The updates of this process, where it updates itself: the same for every engine that it opens.
    pub updates: Option<Updates>,
}

impl Options {
    /// The settings' apps, with the secrets the OS keeps; `program` is what a second Longwire is told.
    pub fn new(machine: &Machine, program: &str) -> Self {
        Self {
            data_dir: machine.data_dir.clone(),
            program: program.to_owned(),
            system_language: machine.system_language,
            secrets: secrets::of_this_process(),
            secret: None,
            agent_key: key::in_environment(),
            ca_files: Vec::new(),
            proxy: None,
            environment: Environment::current(),
            system: true,
            watchdog: None,
            asking: Asking::Window,
            apps: Apps::Configured,
            desktop: None,
            login: None,
            supervisor: None,
            targets: Vec::new(),
            service: false,
            yields: false,
            updates: None,
        }
    }
}

/// Which apps an engine connects.
#[derive(Clone, Debug)]
pub enum Apps {
    /// Those of the settings; where there are none, the built-in simulator's.
    ConfiguredOrSimulator,
    /// Those of the settings.
    Configured,
    /// This one, which is in no settings.
    Only(GivenApp),
    /// None: to change the settings while no engine runs.
    None,
}

/// An app given from outside the settings, with its secret.
#[derive(Clone, Debug)]
pub struct GivenApp {
    /// Its App ID.
    pub id: AppId,
    /// Its App Secret; the one in the secret store where absent.
    pub secret: Option<SecretString>,
    /// Where it lives.
    pub domain: Domain,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("data_dir", &self.data_dir)
            .field("program", &self.program)
            .field("apps", &self.apps)
            .finish_non_exhaustive()
    }
}
