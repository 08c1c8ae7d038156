//! systemd: a unit of the user's own or of the machine's, through `systemctl`.

mod shown;

use std::{
    env,
    ffi::OsStr,
    fs,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use longwire_contract::{ServiceKeeper, ServiceScope, ServiceState, ServiceView};
use rustix::process::{geteuid, getuid};

use super::{
    CREDENTIALS, Plan, SEALED_CREDENTIALS, STATE, ServiceError, Standing, UNIT, Wanted, one_line, owned,
    unit::{self, Unit},
};
use crate::{
    command::{self, Runner, Said},
    paths,
};

/// A reload of a machine with thousands of units takes seconds; a stop takes as long as the unit's own deadline at most.
const DEADLINE: Duration = Duration::from_secs(60);
/// A question is answered at once, or the keeper is stuck.
const QUESTION: Duration = Duration::from_secs(10);

/// What `show` is asked for.
const PROPERTIES: &str = "--property=LoadState,ActiveState,SubState,MainPID,NRestarts,StatusText,Result,FragmentPath,UnitFileState";

/// A unit of systemd.
#[derive(Debug)]
pub(super) struct Systemd {
    pub(super) scope: ServiceScope,
    pub(super) runner: Arc<dyn Runner>,
    pub(super) tools: Tools,
    pub(super) file: PathBuf,
    /// Folders of root's for credentials: of the whole machine's service.
    pub(super) credentials: Vec<PathBuf>,
    pub(super) root: bool,
    pub(super) uid: u32,
}

/// Where its programs are.
#[derive(Clone, Debug)]
pub(super) struct Tools {
    pub(super) systemctl: PathBuf,
    pub(super) systemd_run: PathBuf,
    pub(super) loginctl: PathBuf,
    pub(super) id: PathBuf,
}

impl Systemd {
    pub(super) fn of_this_machine(
        scope: ServiceScope,
        runner: Arc<dyn Runner>,
    ) -> Result<Self, ServiceError> {
        let path = env::var_os("PATH").unwrap_or_default();
        let find = |name: &str| command::find(name, &path);
        let systemctl = find("systemctl").ok_or(ServiceError::NoKeeper)?;
        // Where one of the others is missing, starting it fails, and that is an answer, too.
        let beside = |name: &str| find(name).unwrap_or_else(|| systemctl.with_file_name(name));
        let tools = Tools {
            systemd_run: beside("systemd-run"),
            loginctl: beside("loginctl"),
            id: beside("id"),
            systemctl: systemctl.clone(),
        };
        let folder = match scope {
            ServiceScope::System => PathBuf::from("/etc/systemd/system"),
            ServiceScope::User => config_home().ok_or(ServiceError::NoHome)?.join("systemd/user"),
        };
        let credentials = match scope {
            ServiceScope::System => vec![CREDENTIALS.into(), SEALED_CREDENTIALS.into()],
            ServiceScope::User => Vec::new(),
        };
        let (root, uid) = (geteuid().is_root(), getuid().as_raw());
        Ok(Self { scope, runner, tools, file: folder.join(UNIT), credentials, root, uid })
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn plan(&self, wanted: Wanted, outdated: Option<u32>) -> Result<Plan, ServiceError> {
        let before = owned::read(&self.file, unit::MARK)?;
        if let Some(user) = &wanted.user {
            self.check_user(user)?;
        }
        let isolated = self.scope == ServiceScope::System || self.can_isolate();
        let text = Unit { scope: self.scope, wanted: wanted.clone(), isolated }.text(self.version()?)?;
        let standing = match before {
            None => Standing::Nothing,
            Some(before) if before == text => Standing::Same,
            Some(_) => Standing::Other,
        };
        let scope = self.flag().map_or(String::new(), |flag| format!("{flag} "));
        let restarts = self.runs_another(standing, outdated);
        Ok(Plan {
            file: self.file.clone(),
            text,
            standing,
            folders: self.credentials.clone(),
            commands: vec![
                format!("systemctl {scope}daemon-reload"),
                format!("systemctl {scope}enable {UNIT}"),
                format!("systemctl {scope}{} --no-block {UNIT}", verb(restarts)),
            ],
            restarts,
            isolated: Some(isolated),
            wanted,
        })
    }

    pub(super) fn install(&self, plan: &Plan) -> Result<(), ServiceError> {
        self.may_change()?;
        let before = owned::read(&self.file, unit::MARK)?;
        let made = self.make_folders(&plan.wanted.data_dir)?;
        let outcome = self.bring_in(plan);
        if outcome.is_err() {
            if before.is_none() {
                self.systemctl(&["disable", "--now", UNIT]).ok();
            }
            owned::put_back(&self.file, before.as_deref()).ok();
            owned::tidy(&made);
            self.tidy();
            self.systemctl(&["daemon-reload"]).ok();
        }
        outcome
    }

    pub(super) fn uninstall(&self) -> Result<bool, ServiceError> {
        let there = owned::read(&self.file, unit::MARK)?;
        if there.is_none() {
            return Ok(false);
        }
        self.may_change()?;
        self.systemctl(&["disable", "--now", UNIT])?;
        owned::remove(&self.file)?;
        self.tidy();
        self.systemctl(&["daemon-reload"])?;
        // One that had failed would be remembered; there is none of this name any more otherwise, which is as well.
        self.systemctl(&["reset-failed", UNIT]).ok();
        Ok(true)
    }

    pub(super) fn installed(&self) -> Option<Unit> {
        Unit::read(&owned::read(&self.file, unit::MARK).ok()??, self.scope)
    }

    pub(super) fn view(&self) -> ServiceView {
        let here = owned::read(&self.file, unit::MARK);
        let mut view = super::view(ServiceKeeper::Systemd, self.scope, ServiceState::Unknown, &self.file);
        view.lingers = self.lingers();
        match self.systemctl(&["show", UNIT, PROPERTIES]) {
            Ok(said) => shown::read(&said, &mut view),
            Err(error) => {
                view.error = Some(error.to_string());
                if here == Ok(None) {
                    view.state = ServiceState::Absent;
                }
            }
        }
        match here {
            Ok(Some(text)) => view.current = self.is_current(&text),
            // One of a package, or of somebody's own.
            Ok(None) => {}
            Err(error) => view.error = Some(error.to_string()),
        }
        view
    }

    /// Whether a unit of this name runs that is not the one that is wanted: of another file, such as a package's, or of another version.
    fn runs_another(&self, standing: Standing, outdated: Option<u32>) -> bool {
        let mut view = super::view(ServiceKeeper::Systemd, self.scope, ServiceState::Unknown, &self.file);
        let Ok(said) = self.systemctl(&["show", UNIT, PROPERTIES]) else { return false };
        shown::read(&said, &mut view);
        let same_file = || match (Path::new(&view.file).canonicalize(), self.file.canonicalize()) {
            (Ok(theirs), Ok(ours)) => theirs == ours,
            _ => false,
        };
        view.pid.is_some() && (standing != Standing::Same || view.pid == outdated || !same_file())
    }

    /// Whether it is as this version would write it, for a program that is there.
    fn is_current(&self, text: &str) -> Option<bool> {
        let unit = Unit::read(text, self.scope)?;
        let version = self.version().ok()?;
        Some(unit.wanted.program.is_file() && unit.text(version).is_ok_and(|written| written == text))
    }

    fn bring_in(&self, plan: &Plan) -> Result<(), ServiceError> {
        if plan.standing != Standing::Same {
            owned::write(&self.file, &plan.text)?;
        }
        self.systemctl(&["daemon-reload"])?;
        self.systemctl(&["enable", UNIT])?;
        self.systemctl(&[verb(plan.restarts), "--no-block", UNIT]).map(drop)
    }

    /// Makes what has to be there before the service starts; those folders that were not there.
    fn make_folders(&self, data_dir: &Path) -> Result<Vec<PathBuf>, ServiceError> {
        match self.scope {
            ServiceScope::User => {
                paths::create(data_dir).map_err(|error| ServiceError::of_file(data_dir, error))?;
            }
            ServiceScope::System if data_dir == Path::new(STATE) || data_dir.is_dir() => {}
            ServiceScope::System => return Err(ServiceError::NoFolder(data_dir.to_owned())),
        }
        let mut made = Vec::new();
        for folder in self.credentials.iter().filter(|folder| !folder.exists()) {
            let parent = folder.parent().filter(|parent| !parent.exists()).map(Path::to_owned);
            // For root alone: systemd reads them, and hands the service copies.
            let making = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
            making.map_err(|error| ServiceError::of_file(folder, error))?;
            made.push(folder.clone());
            made.extend(parent);
        }
        Ok(made)
    }

    /// Takes away the folders that were made for the unit, where nothing is in them.
    fn tidy(&self) {
        let mut folders = self.credentials.clone();
        folders.extend(self.credentials.first().and_then(|folder| folder.parent()).map(Path::to_owned));
        if self.scope == ServiceScope::User {
            folders.extend(self.file.ancestors().skip(1).take(2).map(Path::to_owned));
        }
        owned::tidy(&folders);
    }

    pub(super) fn may_change(&self) -> Result<(), ServiceError> {
        match self.scope {
            ServiceScope::System if !self.root => Err(ServiceError::NotRoot),
            ServiceScope::System => Ok(()),
            // What else it says is told by whatever fails for it.
            ServiceScope::User => match self.systemctl(&["show", UNIT, PROPERTIES]) {
                Err(ServiceError::NoBus(said)) => Err(ServiceError::NoBus(said)),
                _ => Ok(()),
            },
        }
    }

    fn check_user(&self, user: &str) -> Result<(), ServiceError> {
        let unknown =
            || ServiceError::UnknownUser(user.chars().filter(|c| !c.is_control()).take(64).collect());
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
        if user.is_empty() || user.starts_with('-') || !user.chars().all(plain) {
            return Err(unknown());
        }
        let asked = self.runner.run(&self.tools.id, &["-u".as_ref(), user.as_ref()], QUESTION);
        let known = asked.map_err(|mute| ServiceError::of_mute("id", &mute))?.status.success();
        if known { Ok(()) } else { Err(unknown()) }
    }

    /// Whether the user's own keeper can give a unit its own view of the file system: not every kernel lets users have one, and a unit
    /// that asks for it in vain does not start.
    fn can_isolate(&self) -> bool {
        let mut arguments = vec!["--user", "--wait", "--collect", "--quiet"];
        arguments.extend(unit::isolation_of_users().flat_map(|setting| ["-p", setting]));
        arguments.push("true");
        let arguments: Vec<&OsStr> = arguments.into_iter().map(OsStr::new).collect();
        self.runner.run(&self.tools.systemd_run, &arguments, QUESTION).is_ok_and(|said| said.status.success())
    }

    /// Whether the user's services go on after a logout.
    fn lingers(&self) -> Option<bool> {
        if self.scope == ServiceScope::System {
            return None;
        }
        let uid = self.uid.to_string();
        let arguments = ["show-user", &uid, "--property=Linger"].map(OsStr::new);
        let said = self.runner.run(&self.tools.loginctl, &arguments, QUESTION).ok()?;
        match one_line(&said.output).as_str() {
            "Linger=yes" => Some(true),
            "Linger=no" => Some(false),
            _ => None,
        }
    }

    /// Which version it is.
    fn version(&self) -> Result<u32, ServiceError> {
        let said = self.runner.run(&self.tools.systemctl, &["--version".as_ref()], QUESTION);
        let said = said.map_err(|mute| ServiceError::of_mute("systemctl --version", &mute))?;
        let line = one_line(&said.output);
        let number = line.strip_prefix("systemd ").map(|rest| rest.chars().take_while(char::is_ascii_digit));
        let number = number.and_then(|digits| digits.collect::<String>().parse().ok());
        number.ok_or_else(|| ServiceError::Refused { command: "systemctl --version".to_owned(), cause: line })
    }

    fn flag(&self) -> Option<&'static str> {
        (self.scope == ServiceScope::User).then_some("--user")
    }

    fn systemctl(&self, arguments: &[&str]) -> Result<String, ServiceError> {
        let words: Vec<&str> = self.flag().into_iter().chain(arguments.iter().copied()).collect();
        let told = || format!("systemctl {}", words.join(" "));
        let asks = arguments.first() == Some(&"show");
        let words_os: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
        let deadline = if asks { QUESTION } else { DEADLINE };
        let Said { status, output, errors } = self
            .runner
            .run(&self.tools.systemctl, &words_os, deadline)
            .map_err(|mute| ServiceError::of_mute(&told(), &mute))?;
        if status.success() {
            return Ok(String::from_utf8_lossy(&output).into_owned());
        }
        let cause = one_line(&errors);
        // "… to bus: No medium found", "… to user scope bus via local transport: …"
        if self.scope == ServiceScope::User
            && cause.starts_with("Failed to connect to")
            && cause.contains("bus")
        {
            return Err(ServiceError::NoBus(cause));
        }
        Err(ServiceError::Refused { command: told(), cause })
    }
}

/// What starts it: one that runs already runs on, unless another one is to.
fn verb(restarts: bool) -> &'static str {
    if restarts { "restart" } else { "start" }
}

/// The user's folder of settings.
fn config_home() -> Option<PathBuf> {
    let variable = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    variable("XDG_CONFIG_HOME").or_else(|| Some(variable("HOME")?.join(".config")))
}
