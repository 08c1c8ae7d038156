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

/// How long launchd may refuse one in the place of another that is gone: its name stays taken for some seconds.
const TAKEN: Duration = Duration::from_secs(20);

/// What `launchctl` ends with where there is no such service.
const NO_SUCH_SERVICE: i32 = 113;
/// What `bootout` ends with where that is on its way (36), and where the agent has gone meanwhile (3).
const GOING: [i32; 2] = [36, 3];
/// What `bootstrap` ends with where the name is taken still.
const BUSY: [i32; 2] = [5, 37];

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

    pub(super) fn plan(&self, wanted: Wanted, outdated: Option<u32>) -> Result<Plan, ServiceError> {
        let before = owned::read(&self.file, plist::MARK)?;
        let text = plist::write(&wanted, &self.logs)?;
        let standing = match before {
            None => Standing::Nothing,
            Some(before) if before == text => Standing::Same,
            Some(_) => Standing::Other,
        };
        let (domain, target) = (self.domain(), self.target());
        // Where it cannot be asked it is asked again by the installation, which tells why not.
        let printed = self.print().ok().flatten();
        let mut view =
            super::view(ServiceKeeper::Launchd, ServiceScope::User, ServiceState::Unknown, &self.file);
        if let Some(said) = &printed {
            printed::read(said, &mut view);
        }
        let restarts = view.pid.is_some() && (standing != Standing::Same || view.pid == outdated);
        let commands = match (standing, &printed) {
            (Standing::Same, Some(_)) => {
                vec![format!("launchctl {} {target}", kickstart(restarts).join(" "))]
            }
            (_, loaded) => {
                let sent = loaded.iter().map(|_| format!("launchctl bootout {target}"));
                let brought = [
                    format!("launchctl enable {target}"),
                    format!("launchctl bootstrap {domain} {}", self.file.display()),
                ];
                sent.chain(brought).collect()
            }
        };
        Ok(Plan {
            file: self.file.clone(),
            text,
            standing,
            folders: vec![self.logs.clone()],
            commands,
            restarts,
            isolated: None,
            wanted,
        })
    }

    pub(super) fn install(&self, plan: &Plan) -> Result<(), ServiceError> {
        let before = owned::read(&self.file, plist::MARK)?;
        let loaded = self.is_loaded()?;
        if plan.standing == Standing::Same && loaded {
            // One that runs runs on, where it is the one that is wanted.
            let target = self.target();
            let words: Vec<&str> =
                kickstart(plan.restarts).iter().copied().chain([target.as_str()]).collect();
            return self.launchctl(&words).map(drop);
        }
        paths::create(&plan.wanted.data_dir)
            .map_err(|error| ServiceError::of_file(&plan.wanted.data_dir, error))?;
        fs::create_dir_all(&self.logs).map_err(|error| ServiceError::of_file(&self.logs, error))?;
        let outcome = self.bring_in(&plan.text, loaded);
        if outcome.is_err() {
            owned::put_back(&self.file, before.as_deref()).ok();
            if before.is_some() && loaded {
                self.bootstrap_in_place().ok();
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
        if loaded { self.bootstrap_in_place() } else { self.bootstrap() }
    }

    /// The same where another one was just sent away.
    fn bootstrap_in_place(&self) -> Result<(), ServiceError> {
        let file = self.file.to_string_lossy();
        let (domain, asked) = (self.domain(), Instant::now());
        let words = ["bootstrap", &domain, &file];
        loop {
            let said = self.run(&words)?;
            let busy = said.status.code().is_some_and(|code| BUSY.contains(&code));
            if said.status.success() || (busy && self.is_loaded()?) {
                return Ok(());
            }
            if !busy || asked.elapsed() > TAKEN {
                return Err(refused(&words, &said));
            }
            thread::sleep(PAUSE);
        }
    }

    fn bootstrap(&self) -> Result<(), ServiceError> {
        let file = self.file.to_string_lossy();
        self.launchctl(&["bootstrap", &self.domain(), &file]).map(drop)
    }

    /// Has launchd end the agent and forget it, and waits until it has: until then another is refused.
    fn send_away(&self) -> Result<(), ServiceError> {
        let target = self.target();
        let words = ["bootout", &target];
        let said = self.run(&words)?;
        if !said.status.success() && !said.status.code().is_some_and(|code| GOING.contains(&code)) {
            return Err(refused(&words, &said));
        }
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

/// What starts an agent that is loaded: one that runs is ended first where another is to run in its place.
fn kickstart(restarts: bool) -> &'static [&'static str] {
    if restarts { &["kickstart", "-k"] } else { &["kickstart"] }
}

fn refused(arguments: &[&str], said: &Said) -> ServiceError {
    let command = format!("launchctl {}", arguments.join(" "));
    let cause = match one_line(&said.errors) {
        silent if silent.is_empty() => said.status.to_string(),
        words => words,
    };
    ServiceError::Refused { command, cause }
}
