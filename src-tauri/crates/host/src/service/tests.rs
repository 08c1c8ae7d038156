//! Both keepers, over machines in memory and a home in a folder of its own.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use longwire_contract::{ServiceScope, ServiceState};

use super::{launchd::Launchd, systemd::Tools, *};
use crate::fake::{Mac, MacRunner, Systemd as Fake, SystemdRunner};

struct Linux {
    home: tempfile::TempDir,
    fake: Arc<Mutex<Fake>>,
    scope: ServiceScope,
}

impl Linux {
    fn new(scope: ServiceScope) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".config/other")).unwrap();
        let folder = match scope {
            ServiceScope::User => home.path().join(".config/systemd/user"),
            ServiceScope::System => home.path().join("etc/systemd/system"),
        };
        if scope == ServiceScope::System {
            // It is there wherever systemd is.
            fs::create_dir_all(&folder).unwrap();
        }
        let fake = Fake { folder, ..Fake::default() };
        Self { home, fake: Arc::new(Mutex::new(fake)), scope }
    }

    fn service(&self) -> Service {
        let tool = |name: &str| PathBuf::from("/usr/bin").join(name);
        let credentials = ["etc/longwire/credentials", "etc/longwire/credentials.encrypted"];
        let credentials = credentials.map(|folder| self.home.path().join(folder));
        Service(Kind::Systemd(super::systemd::Systemd {
            scope: self.scope,
            runner: Arc::new(SystemdRunner(self.fake.clone())),
            tools: Tools {
                systemctl: tool("systemctl"),
                systemd_run: tool("systemd-run"),
                loginctl: tool("loginctl"),
                id: tool("id"),
            },
            file: self.fake.lock().unwrap().folder.join(UNIT),
            credentials: if self.scope == ServiceScope::System { credentials.into() } else { Vec::new() },
            root: true,
            uid: 1000,
        }))
    }

    fn wanted(&self) -> Wanted {
        let system = self.scope == ServiceScope::System;
        Wanted {
            program: "/bin/sh".into(),
            data_dir: if system { STATE.into() } else { self.home.path().join("data") },
            user: system.then(|| "nobody".to_owned()),
        }
    }

    /// What `systemctl` changed since this was last asked.
    fn changes(&self) -> Vec<String> {
        let mut fake = self.fake.lock().unwrap();
        let changes = fake.changes();
        fake.calls.clear();
        changes
    }
}

/// Everything in a folder, by its path.
fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(tree(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

fn install(service: &Service, wanted: &Wanted) -> Result<Standing, ServiceError> {
    let plan = service.plan(wanted.clone(), None)?;
    service.install(&plan).map(|()| plan.standing)
}

#[test]
fn a_unit_is_installed_once_brought_up_to_date_and_taken_away_without_a_trace() {
    for scope in [ServiceScope::User, ServiceScope::System] {
        let linux = Linux::new(scope);
        let before = tree(linux.home.path());
        let (service, wanted) = (linux.service(), linux.wanted());
        assert_eq!(service.view().state, ServiceState::Absent);
        assert_eq!(install(&service, &wanted), Ok(Standing::Nothing));
        assert_eq!(linux.changes(), ["daemon-reload", "enable", "start"]);
        let installed = tree(linux.home.path());
        assert_eq!(install(&service, &wanted), Ok(Standing::Same));
        assert_eq!(linux.changes().last().unwrap(), "start", "what runs is not disturbed");
        assert_eq!(tree(linux.home.path()), installed);
        let view = service.view();
        assert_eq!((view.state, view.pid, view.current), (ServiceState::Running, Some(4711), Some(true)));
        assert_eq!(view.lingers, (scope == ServiceScope::User).then_some(false));
        assert_eq!(service.installed(), Some(wanted.clone()));
        // Another systemd knows more.
        linux.fake.lock().unwrap().version = 256;
        assert_eq!(service.view().current, Some(false));
        assert_eq!(install(&service, &wanted), Ok(Standing::Other));
        assert_eq!(linux.changes().last().unwrap(), "restart");
        assert_eq!(service.view().current, Some(true));
        assert_eq!(service.uninstall(), Ok(true));
        assert_eq!(service.uninstall(), Ok(false));
        assert_eq!(service.view().state, ServiceState::Absent);
        fs::remove_dir(linux.home.path().join("data")).ok();
        assert_eq!(tree(linux.home.path()), before, "{scope:?}");
    }
}

#[test]
fn what_somebody_else_wrote_is_never_touched() {
    let linux = Linux::new(ServiceScope::User);
    let (service, wanted) = (linux.service(), linux.wanted());
    let file = service.file().to_owned();
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "[Service]\nExecStart=/bin/mine\n").unwrap();
    let foreign = Err(ServiceError::Foreign(file.clone()));
    assert_eq!(install(&service, &wanted).map(drop), foreign);
    assert_eq!(service.uninstall().map(drop), foreign);
    assert_eq!(service.installed(), None);
    assert_eq!(fs::read_to_string(&file).unwrap(), "[Service]\nExecStart=/bin/mine\n");
    fs::remove_file(&file).unwrap();
    symlink("/dev/null", &file).unwrap();
    assert_eq!(install(&service, &wanted).map(drop), foreign, "masked");
    assert_eq!(linux.changes(), [""; 0]);
}

#[test]
fn a_step_that_fails_leaves_all_as_it_was() {
    for verb in ["daemon-reload", "enable", "start"] {
        for scope in [ServiceScope::User, ServiceScope::System] {
            let linux = Linux::new(scope);
            let before = tree(linux.home.path());
            linux.fake.lock().unwrap().fails = Some(verb.to_owned());
            let error = install(&linux.service(), &linux.wanted()).unwrap_err();
            assert!(
                matches!(&error, ServiceError::Refused { command, .. } if command.contains(verb)),
                "{error}"
            );
            fs::remove_dir(linux.home.path().join("data")).ok();
            assert_eq!(tree(linux.home.path()), before, "{verb}");
            assert_eq!(linux.fake.lock().unwrap().pid, None);
        }
    }
    let linux = Linux::new(ServiceScope::User);
    install(&linux.service(), &linux.wanted()).unwrap();
    let text = fs::read_to_string(linux.service().file()).unwrap();
    linux.fake.lock().unwrap().fails = Some("restart".to_owned());
    let other = Wanted { data_dir: linux.home.path().join("other"), ..linux.wanted() };
    install(&linux.service(), &other).unwrap_err();
    assert_eq!(fs::read_to_string(linux.service().file()).unwrap(), text, "the old one again");
    assert_eq!(linux.fake.lock().unwrap().pid, Some(4711), "which runs on");
}

#[test]
fn only_what_can_be_asked_for_is_asked_for() {
    let linux = Linux::new(ServiceScope::User);
    linux.fake.lock().unwrap().isolates = false;
    let plan = linux.service().plan(linux.wanted(), None).unwrap();
    assert_eq!(plan.isolated, Some(false));
    assert!(!plan.text.contains("PrivateUsers") && plan.text.contains("NoNewPrivileges=yes"));
    linux.service().install(&plan).unwrap();
    assert_eq!(linux.service().view().current, Some(true), "it is as it can be here");
    linux.fake.lock().unwrap().unreachable = true;
    let view = linux.service().view();
    assert_eq!(view.state, ServiceState::Unknown);
    assert!(view.error.unwrap().contains("Failed to connect to bus"));
    let system = Linux::new(ServiceScope::System);
    for nobody in ["ghost", "", "-u", "a b", "%n", "x\nExecStart=/bin/evil"] {
        let wanted = Wanted { user: Some(nobody.to_owned()), ..system.wanted() };
        assert!(
            matches!(system.service().plan(wanted, None), Err(ServiceError::UnknownUser(_))),
            "{nobody:?}"
        );
    }
    let nowhere = Wanted { data_dir: system.home.path().join("nowhere"), ..system.wanted() };
    let missing = nowhere.data_dir.clone();
    let before = tree(system.home.path());
    assert_eq!(install(&system.service(), &nowhere), Err(ServiceError::NoFolder(missing)));
    assert_eq!(tree(system.home.path()), before, "nothing was made for it");
}

#[test]
fn what_runs_is_started_again_where_it_is_not_what_is_installed() {
    for scope in [ServiceScope::User, ServiceScope::System] {
        let linux = Linux::new(scope);
        // A package's unit, which runs.
        let running = |fake: &mut Fake| {
            fake.packaged = true;
            fake.loaded = Some(String::new());
            fake.pid = Some(12);
        };
        running(&mut linux.fake.lock().unwrap());
        let (service, wanted) = (linux.service(), linux.wanted());
        assert_eq!(service.view().file, "/usr/lib/systemd/user/longwire.service");
        let plan = service.plan(wanted.clone(), None).unwrap();
        assert!(plan.restarts && plan.commands.last().unwrap().contains("restart"), "{plan:?}");
        service.install(&plan).unwrap();
        assert_eq!(linux.fake.lock().unwrap().pid, Some(4711), "not the one that ran");
        // One of another version, and then the same that is installed.
        let outdated = service.plan(wanted.clone(), Some(4711)).unwrap();
        assert_eq!((outdated.standing, outdated.restarts), (Standing::Same, true));
        service.install(&outdated).unwrap();
        assert_eq!(linux.fake.lock().unwrap().pid, Some(4712));
        let another = service.plan(wanted, Some(4711)).unwrap();
        assert!(!another.restarts, "one that is not the service's is none of its");
        service.install(&another).unwrap();
        assert_eq!(linux.fake.lock().unwrap().pid, Some(4712));
        // Without ours, the package's is there again.
        assert_eq!(service.uninstall(), Ok(true));
        assert_eq!(service.view().state, ServiceState::Stopped);
    }
}

#[test]
fn a_login_without_a_keeper_of_its_own_is_told_before_anything_is_asked() {
    let linux = Linux::new(ServiceScope::User);
    assert_eq!(linux.service().may_change(), Ok(()));
    linux.fake.lock().unwrap().unreachable = true;
    let error = linux.service().may_change().unwrap_err();
    assert_eq!(error, ServiceError::NoBus("Failed to connect to bus: No medium found".to_owned()));
}

#[test]
fn the_machines_service_is_roots_alone() {
    let linux = Linux::new(ServiceScope::System);
    let Service(Kind::Systemd(mut systemd)) = linux.service() else { unreachable!() };
    install(&linux.service(), &linux.wanted()).unwrap();
    linux.changes();
    systemd.root = false;
    let service = Service(Kind::Systemd(systemd));
    assert_eq!(install(&service, &linux.wanted()), Err(ServiceError::NotRoot));
    assert_eq!(service.uninstall(), Err(ServiceError::NotRoot));
    assert_eq!(service.may_change(), Err(ServiceError::NotRoot));
    assert_eq!(linux.changes(), [""; 0]);
    assert_eq!(service.view().state, ServiceState::Running, "anybody may look");
}

fn mac() -> (tempfile::TempDir, Arc<Mutex<Mac>>, Service, Wanted) {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("Library/LaunchAgents")).unwrap();
    fs::create_dir_all(home.path().join("Library/Logs")).unwrap();
    let mac = Arc::new(Mutex::new(Mac::new()));
    let service = Service(Kind::Launchd(Launchd::new(Arc::new(MacRunner(mac.clone())), home.path(), 501)));
    let data_dir = home.path().join("data");
    fs::create_dir(&data_dir).unwrap();
    (home, mac, service, Wanted { program: "/bin/sh".into(), data_dir, user: None })
}

#[test]
fn an_agent_is_installed_once_brought_up_to_date_and_taken_away_without_a_trace() {
    let (home, mac, service, wanted) = mac();
    let before = tree(home.path());
    mac.lock().unwrap().launchd.disabled.push(LABEL.to_owned());
    assert_eq!(service.view().state, ServiceState::Absent);
    assert_eq!(install(&service, &wanted), Ok(Standing::Nothing));
    let view = service.view();
    assert_eq!((view.state, view.pid, view.restarts), (ServiceState::Running, Some(4711), Some(0)));
    assert_eq!(view.current, Some(true));
    assert_eq!(install(&service, &wanted), Ok(Standing::Same));
    assert_eq!(mac.lock().unwrap().launchd.agents[0].runs, 1, "what runs is not disturbed");
    let other = Wanted { program: "/bin/ls".into(), ..wanted.clone() };
    assert_eq!(install(&service, &other), Ok(Standing::Other));
    assert_eq!(mac.lock().unwrap().launchd.agents[0].program, "/bin/ls");
    assert_eq!(service.installed(), Some(other));
    // As the agent itself writes.
    fs::write(home.path().join("Library/Logs/Longwire/service.log"), "x").unwrap();
    assert_eq!(service.uninstall(), Ok(true));
    assert_eq!(service.uninstall(), Ok(false));
    assert_eq!(tree(home.path()), before);
    assert_eq!(mac.lock().unwrap().launchd.agents, []);
}

#[test]
fn an_agent_that_leaves_slowly_is_waited_for() {
    let (home, mac, service, wanted) = mac();
    let before = tree(home.path());
    install(&service, &wanted).unwrap();
    let slow = |mac: &mut Mac| (mac.launchd.leaving, mac.launchd.taken) = (2, 2);
    slow(&mut mac.lock().unwrap());
    let other = Wanted { program: "/bin/ls".into(), ..wanted.clone() };
    let plan = service.plan(other.clone(), None).unwrap();
    assert!(plan.commands[0].starts_with("launchctl bootout gui/501/"), "{:?}", plan.commands);
    service.install(&plan).unwrap();
    assert_eq!(mac.lock().unwrap().launchd.agents[0].program, "/bin/ls");
    let outdated = service.plan(other, Some(4711)).unwrap();
    assert_eq!(outdated.commands, [format!("launchctl kickstart -k gui/501/{LABEL}")]);
    service.install(&outdated).unwrap();
    assert_eq!(mac.lock().unwrap().launchd.agents[0].runs, 2);
    slow(&mut mac.lock().unwrap());
    assert_eq!(service.uninstall(), Ok(true));
    assert_eq!(tree(home.path()), before);
}

#[test]
fn an_agent_that_is_refused_leaves_all_as_it_was() {
    let (home, mac, service, wanted) = mac();
    let before = tree(home.path());
    mac.lock().unwrap().launchd.refuses = true;
    let error = install(&service, &wanted).unwrap_err();
    assert!(error.to_string().contains("Bootstrap failed: 5: Input/output error"), "{error}");
    assert_eq!(tree(home.path()), before);
    mac.lock().unwrap().launchd.headless = true;
    let error = install(&service, &wanted).unwrap_err();
    assert!(error.to_string().contains("Domain does not support"), "{error}");
    assert_eq!(service.view().state, ServiceState::Unknown);
    assert_eq!(tree(home.path()), before);
}
