//! launchd: an agent of the user's, through `launchctl`.

mod printed;

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use longwire_contract::{ServiceKeeper, ServiceScope, ServiceState, ServiceView};
use rustix::process::getuid;

use super::{LABEL, Plan, ServiceError, Standing, Wanted, one_line, owned, plist};
use crate::{
    command::{Runner, Said},
    paths,
};

/// Where macOS has its tool.
pub(super) const TOOL: &str = "/bin/launchctl";

/// An agent that is asked to end has this long, and a bit.
const DEADLINE: Duration = Duration::from_secs(40);
/// How long one that was sent away may take to be gone, before another may come in its place.
const GONE: Duration = Duration::from_secs(35);
const PAUSE: Duration = Duration::from_millis(200);

/// What `launchctl` ends with where there is no such service.
const NO_SUCH_SERVICE: i32 = 113;

/// An agent of the user's.
#[derive(Debug)]
pub(super) struct Launchd {
    pub(super) runner: Arc<dyn Runner>,
    pub(super) file: PathBuf,
    pub(super) logs: PathBuf,
    pub(super) uid: u32,
}

impl Launchd {
    pub(super) fn of_this_user(runner: Arc<dyn Runner>) -> Result<Self, ServiceError> {
        let home = std::env::home_dir().filter(|home| home.is_absolute()).ok_or(ServiceError::NoHome)?;
        Ok(Self::new(runner, &home, getuid().as_raw()))
    }

    pub(super) fn new(runner: Arc<dyn Runner>, home: &Path, uid: u32) -> Self {
        let library = home.join("Library");
        let file = library.join(format!("LaunchAgents/{LABEL}.plist"));
        Self { runner, file, logs: library.join("Logs/Longwire"), uid }
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn plan(&self, wanted: Wanted) -> Result<Plan, ServiceError> {
        let before = owned::read(&self.file, plist::MARK)?;
        let text = plist::write(&wanted, &self.logs)?;
        let standing = match before {
            None => Standing::Nothing,
            Some(before) if before == text => Standing::Same,
            Some(_) => Standing::Other,
        };
        let domain = self.domain();
        Ok(Plan {
            file: self.file.clone(),
            text,
            standing,
            folders: vec![self.logs.clone()],
            commands: vec![
                format!("launchctl enable {domain}/{LABEL}"),
                format!("launchctl bootstrap {domain} {}", self.file.display()),
            ],
            isolated: None,
            wanted,
        })
    }

    pub(super) fn install(&self, plan: &Plan) -> Result<(), ServiceError> {
        let before = owned::read(&self.file, plist::MARK)?;
        let loaded = self.is_loaded()?;
        if plan.standing == Standing::Same && loaded {
            // One that runs runs on.
            return self.launchctl(&["kickstart", &self.target()]).map(drop);
        }
        paths::create(&plan.wanted.data_dir)
            .map_err(|error| ServiceError::of_file(&plan.wanted.data_dir, error))?;
        fs::create_dir_all(&self.logs).map_err(|error| ServiceError::of_file(&self.logs, error))?;
        let outcome = self.bring_in(&plan.text, loaded);
        if outcome.is_err() {
            owned::put_back(&self.file, before.as_deref()).ok();
            if before.is_some() && loaded {
                self.bootstrap().ok();
            }
            owned::tidy(std::slice::from_ref(&self.logs));
        }
        outcome
    }

    pub(super) fn uninstall(&self) -> Result<bool, ServiceError> {
        let there = owned::read(&self.file, plist::MARK)?.is_some();
        if !there {
            return Ok(false);
        }
        if self.is_loaded()? {
            self.send_away()?;
        }
        owned::remove(&self.file)?;
        for log in [plist::OUTPUT, plist::ERRORS] {
            owned::remove(&self.logs.join(log))?;
        }
        owned::tidy(std::slice::from_ref(&self.logs));
        Ok(true)
    }

    pub(super) fn installed(&self) -> Option<Wanted> {
        plist::read(&owned::read(&self.file, plist::MARK).ok()??)
    }

    pub(super) fn view(&self) -> ServiceView {
        let here = owned::read(&self.file, plist::MARK);
        let absent = if here == Ok(None) { ServiceState::Absent } else { ServiceState::Stopped };
        let mut view = super::view(ServiceKeeper::Launchd, ServiceScope::User, absent, &self.file);
        match self.print() {
            Ok(Some(said)) => printed::read(&said, &mut view),
            Ok(None) => {}
            Err(error) => {
                view.state = ServiceState::Unknown;
                view.error = Some(error.to_string());
            }
        }
        match here {
            Ok(Some(text)) => {
                view.current = plist::read(&text).map(|wanted| {
                    let written = plist::write(&wanted, &self.logs);
                    wanted.program.is_file() && written.is_ok_and(|written| written == text)
                });
            }
            Ok(None) => {}
            Err(error) => view.error = Some(error.to_string()),
        }
        view
    }

    fn bring_in(&self, text: &str, loaded: bool) -> Result<(), ServiceError> {
        owned::write(&self.file, text)?;
        if loaded {
            self.send_away()?;
        }
        // One that its user has switched off stays off otherwise, whatever is bootstrapped.
        self.launchctl(&["enable", &self.target()])?;
        self.bootstrap()
    }

    fn bootstrap(&self) -> Result<(), ServiceError> {
        let file = self.file.to_string_lossy();
        self.launchctl(&["bootstrap", &self.domain(), &file]).map(drop)
    }

    /// Has launchd end the agent and forget it, and waits until it has: until then another is refused.
    fn send_away(&self) -> Result<(), ServiceError> {
        self.launchctl(&["bootout", &self.target()])?;
        let asked = Instant::now();
        while self.is_loaded()? {
            if asked.elapsed() > GONE {
                let command = format!("launchctl bootout {}", self.target());
                return Err(ServiceError::Refused { command, cause: "it is still there".to_owned() });
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn is_loaded(&self) -> Result<bool, ServiceError> {
        self.print().map(|printed| printed.is_some())
    }

    /// What launchd prints of the agent; `None` where it knows none.
    fn print(&self) -> Result<Option<String>, ServiceError> {
        let target = self.target();
        let said = self.run(&["print", &target])?;
        match said.status.code() {
            Some(0) => Ok(Some(String::from_utf8_lossy(&said.output).into_owned())),
            Some(NO_SUCH_SERVICE) => Ok(None),
            _ => Err(refused(&["print", &target], &said)),
        }
    }

    fn launchctl(&self, arguments: &[&str]) -> Result<Said, ServiceError> {
        let said = self.run(arguments)?;
        if said.status.success() { Ok(said) } else { Err(refused(arguments, &said)) }
    }

    fn run(&self, arguments: &[&str]) -> Result<Said, ServiceError> {
        let words: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        let said = self.runner.run(Path::new(TOOL), &words, DEADLINE);
        said.map_err(|mute| ServiceError::of_mute(&format!("launchctl {}", arguments.join(" ")), &mute))
    }

    fn domain(&self) -> String {
        format!("gui/{}", self.uid)
    }

    fn target(&self) -> String {
        format!("{}/{LABEL}", self.domain())
    }
}

fn refused(arguments: &[&str], said: &Said) -> ServiceError {
    let command = format!("launchctl {}", arguments.join(" "));
    let cause = match one_line(&said.errors) {
        silent if silent.is_empty() => said.status.to_string(),
        words => words,
    };
    ServiceError::Refused { command, cause }
}
