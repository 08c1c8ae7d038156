//! The service: Longwire held up by the system's own keeper of services, systemd or launchd.
//!
//! What is installed is one file, which names this program and its data folder and never a secret, and what the keeper itself notes
//! of it. Which keeper it is, is asked of the disk: where macOS's tool is at its place, that is driven. All of it waits for other
//! programs: call it from a thread that may wait.

mod launchd;
mod owned;
mod plist;
mod supervisor;
mod systemd;
mod unit;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use longwire_contract::{ServiceKeeper, ServiceScope, ServiceState, ServiceView};
pub use supervisor::{News, Supervisor};
pub use unit::{CREDENTIALS, SEALED_CREDENTIALS, STATE, packaged};

use self::{launchd::Launchd, systemd::Systemd};
use crate::command::{Mute, Processes, Runner};

/// What launchd calls the service.
pub const LABEL: &str = "app.longwire.service";
/// What systemd calls it.
pub const UNIT: &str = "longwire.service";

/// A service of this machine, there or not.
#[derive(Debug)]
pub struct Service(Kind);

#[derive(Debug)]
enum Kind {
    Systemd(Systemd),
    Launchd(Launchd),
}

/// What is to be held up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// The command `longwire`.
    pub program: PathBuf,
    /// The data folder it is to work on.
    pub data_dir: PathBuf,
    /// The user it runs as, for the whole machine's service.
    pub user: Option<String>,
}

/// What an installation would do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// The file that describes the service.
    pub file: PathBuf,
    /// What will be in it.
    pub text: String,
    /// What stands there now.
    pub standing: Standing,
    /// The folders that are made beside it, where they are missing.
    pub folders: Vec<PathBuf>,
    /// The commands that tell the keeper, as a person would type them.
    pub commands: Vec<String>,
    /// Whether a service that runs is ended and started again: it is not the one that is installed.
    pub restarts: bool,
    /// Whether the service will have a view of the file system of its own, in which only the data folder can be written. Absent where
    /// the keeper offers no such thing.
    pub isolated: Option<bool>,
    wanted: Wanted,
}

/// What stands where the service's file belongs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Nothing.
    Nothing,
    /// The very same.
    Same,
    /// Another one that Longwire wrote.
    Other,
}

/// Why the service was not changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ServiceError {
    /// There is neither systemd nor launchd.
    #[error("neither systemd nor launchd is here")]
    NoKeeper,
    /// launchd holds up the user's own here, and systemd alone the machine's.
    #[error("a service of the whole machine takes systemd")]
    UserOnly,
    /// This login has no keeper of the user's own, as after `su`; what is said of it.
    #[error("the user's systemd cannot be reached: {0}")]
    NoBus(String),
    /// The whole machine's service takes root.
    #[error("the machine's services are root's to change")]
    NotRoot,
    /// There is no such user.
    #[error("there is no user {0}")]
    UnknownUser(String),
    /// The user has no home folder.
    #[error("HOME is not set")]
    NoHome,
    /// The data folder is not there, and is not ours to make.
    #[error("{} is not there", .0.display())]
    NoFolder(PathBuf),
    /// Somebody else put something where the service's file belongs.
    #[error("{} was not written by Longwire", .0.display())]
    Foreign(PathBuf),
    /// A path that cannot stand in such a file.
    #[error("{} cannot be named in the file of a service", .0.display())]
    Unnameable(PathBuf),
    /// A file cannot be read or changed.
    #[error("{}: {cause}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// The keeper refuses.
    #[error("{command}: {cause}")]
    Refused {
        /// What it was told.
        command: String,
        /// What it says, on one line.
        cause: String,
    },
}

impl Service {
    /// That of this machine's keeper; `home` is the user's.
    ///
    /// # Errors
    /// [`ServiceError::NoKeeper`], [`ServiceError::UserOnly`], [`ServiceError::NoHome`].
    pub fn of_this_machine(scope: ServiceScope) -> Result<Self, ServiceError> {
        let runner: Arc<dyn Runner> = Arc::new(Processes);
        if Path::new(launchd::TOOL).is_file() {
            return match scope {
                ServiceScope::System => Err(ServiceError::UserOnly),
                ServiceScope::User => Ok(Self(Kind::Launchd(Launchd::of_this_user(runner)?))),
            };
        }
        Ok(Self(Kind::Systemd(Systemd::of_this_machine(scope, runner)?)))
    }

    /// What an installation would do; `outdated` is the process that works on that data folder and is of another version, where one is.
    /// Nothing is changed.
    ///
    /// # Errors
    /// Why it would not.
    pub fn plan(&self, wanted: Wanted, outdated: Option<u32>) -> Result<Plan, ServiceError> {
        match &self.0 {
            Kind::Systemd(systemd) => systemd.plan(wanted, outdated),
            Kind::Launchd(launchd) => launchd.plan(wanted, outdated),
        }
    }

    /// Whether this process may change services, and somebody is there to tell: before anybody is asked anything.
    ///
    /// # Errors
    /// [`ServiceError::NotRoot`], [`ServiceError::NoBus`].
    pub fn may_change(&self) -> Result<(), ServiceError> {
        match &self.0 {
            Kind::Systemd(systemd) => systemd.may_change(),
            Kind::Launchd(_) => Ok(()),
        }
    }

    /// Does it, and starts the service, without waiting for it to be connected. What has been done is undone where a step fails.
    ///
    /// # Errors
    /// Why it could not.
    pub fn install(&self, plan: &Plan) -> Result<(), ServiceError> {
        match &self.0 {
            Kind::Systemd(systemd) => systemd.install(plan),
            Kind::Launchd(launchd) => launchd.install(plan),
        }
    }

    /// Stops the service and takes away its file; whether there was one. The data folder stays.
    ///
    /// # Errors
    /// Why it could not. [`ServiceError::Foreign`] where somebody else's stands there, which stays.
    pub fn uninstall(&self) -> Result<bool, ServiceError> {
        match &self.0 {
            Kind::Systemd(systemd) => systemd.uninstall(),
            Kind::Launchd(launchd) => launchd.uninstall(),
        }
    }

    /// What the keeper says of it.
    pub fn view(&self) -> ServiceView {
        match &self.0 {
            Kind::Systemd(systemd) => systemd.view(),
            Kind::Launchd(launchd) => launchd.view(),
        }
    }

    /// What the installed service holds up; `None` where there is none of ours.
    pub fn installed(&self) -> Option<Wanted> {
        match &self.0 {
            Kind::Systemd(systemd) => systemd.installed().map(|unit| unit.wanted),
            Kind::Launchd(launchd) => launchd.installed(),
        }
    }

    /// Where the service's file belongs.
    pub fn file(&self) -> &Path {
        match &self.0 {
            Kind::Systemd(systemd) => systemd.file(),
            Kind::Launchd(launchd) => launchd.file(),
        }
    }

    /// Who keeps it.
    pub fn keeper(&self) -> ServiceKeeper {
        match &self.0 {
            Kind::Systemd(_) => ServiceKeeper::Systemd,
            Kind::Launchd(_) => ServiceKeeper::Launchd,
        }
    }
}

/// What there is to say of a service where no keeper can be asked.
pub fn unknown(scope: ServiceScope, error: &ServiceError) -> ServiceView {
    let keeper = match error {
        ServiceError::UserOnly => ServiceKeeper::Launchd,
        _ => ServiceKeeper::None,
    };
    let state = ServiceState::Absent;
    ServiceView { error: Some(error.to_string()), ..view(keeper, scope, state, Path::new("")) }
}

/// A view that says no more than this.
fn view(keeper: ServiceKeeper, scope: ServiceScope, state: ServiceState, file: &Path) -> ServiceView {
    ServiceView {
        keeper,
        scope,
        state,
        file: file.display().to_string(),
        current: None,
        pid: None,
        restarts: None,
        status: None,
        lingers: None,
        error: None,
    }
}

/// A path as text that may stand on a line.
fn text_of(path: &Path) -> Result<&str, ServiceError> {
    let text = path.to_str().filter(|text| !text.chars().any(char::is_control));
    text.ok_or_else(|| ServiceError::Unnameable(path.to_owned()))
}

/// The first lines that a program wrote, as one.
fn one_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let words = said.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(400).collect()
}

impl ServiceError {
    fn of_file(path: &Path, cause: impl fmt::Display) -> Self {
        Self::File { path: path.to_owned(), cause: cause.to_string() }
    }

    fn of_mute(command: &str, mute: &Mute) -> Self {
        let cause = match mute {
            Mute::Failed(error) => error.to_string(),
            Mute::TooSlow => "no answer in time".to_owned(),
        };
        Self::Refused { command: command.to_owned(), cause }
    }
}

#[cfg(test)]
mod tests;
