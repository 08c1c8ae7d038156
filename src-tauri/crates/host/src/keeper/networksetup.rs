//! The network services of a Mac, through its own command line tools.
//!
//! Each tool gets its arguments as they are, never through a shell; the one exception is the batch for an administrator
//! ([`batch`]). Nothing here is for one system only: where the tools are, whatever they are, this drives them.

mod batch;
mod output;
mod services;
mod settings;

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    path::{Path, PathBuf},
    process,
    time::Duration,
};

use longwire_contract::{ProxyEntry, ProxyService, ProxyTable};

use self::{output::Output, services::Listed, settings::Setting};
use super::{Change, Keeper, KeeperError, Rights, effective, line};
use crate::{command::Runner, proxies};

/// The system's own store may be stuck for minutes; a user does not wait that long.
const DEADLINE: Duration = Duration::from_secs(20);

/// How long a person may take to type a password.
const PATIENCE: Duration = Duration::from_secs(300);

/// Where the tools are.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    pub(crate) networksetup: PathBuf,
    pub(crate) scutil: PathBuf,
    pub(crate) route: PathBuf,
    pub(crate) osascript: PathBuf,
}

/// The services, through the tools that `R` runs.
#[derive(Debug)]
pub(crate) struct NetworkSetup<R> {
    tools: Tools,
    deadline: Duration,
    patience: Duration,
    prompt: String,
    runner: R,
}

impl Tools {
    /// Where macOS has them.
    pub(crate) fn of_macos() -> Self {
        Self {
            networksetup: "/usr/sbin/networksetup".into(),
            scutil: "/usr/sbin/scutil".into(),
            route: "/sbin/route".into(),
            osascript: "/usr/bin/osascript".into(),
        }
    }
}

impl<R: Runner> NetworkSetup<R> {
    /// With the usual deadlines. `prompt` is what a person is told who is asked for a password.
    pub(crate) fn new(tools: Tools, prompt: String, runner: R) -> Self {
        Self { tools, deadline: DEADLINE, patience: PATIENCE, prompt, runner }
    }

    /// Every service with its interface.
    fn order(&self) -> Result<Vec<Listed>, KeeperError> {
        let order = self.networksetup(&["-listnetworkserviceorder"])?;
        services::order(&order).ok_or_else(|| not_understood(&self.tools.networksetup, &order))
    }

    /// The interface that the default route takes, where there is a route.
    fn interface(&self) -> Result<Option<String>, KeeperError> {
        let program = &self.tools.route;
        let said = self.run(program, &["-n", "get", "default"], self.deadline)?;
        let route = output::interface(&said.text);
        // It fails where there is no route, in words and with a status that differ from system to system.
        if route.is_none() && !said.failed && !said.errors.contains("not in table") {
            return Err(not_understood(program, &said.text));
        }
        Ok(route)
    }

    /// What programs are told now, a line each.
    fn effective(&self) -> Result<Vec<String>, KeeperError> {
        let program = &self.tools.scutil;
        let said = self.run(program, &["--proxy"], self.deadline)?;
        if said.failed {
            return Err(failed(program, &said));
        }
        let proxies = proxies::of_scutil(&said.text).ok_or_else(|| not_understood(program, &said.text))?;
        Ok(effective::lines(proxies.as_ref()))
    }

    /// Every setting of a service; `None` where it is gone.
    fn entries(&self, service: &str) -> Result<Option<Vec<ProxyEntry>>, KeeperError> {
        let mut entries = Vec::new();
        for setting in Setting::ALL {
            match self.entry(service, setting)? {
                Some(entry) => entries.push(entry),
                None => return Ok(None),
            }
        }
        Ok(Some(entries))
    }

    fn entry(&self, service: &str, setting: &Setting) -> Result<Option<ProxyEntry>, KeeperError> {
        let Some(text) = self.of_service(&[setting.read, service])? else { return Ok(None) };
        let entry = output::entry(setting.kind, &text);
        entry.map(Some).ok_or_else(|| not_understood(&self.tools.networksetup, &text))
    }

    fn bypass(&self, service: &str) -> Result<Option<Vec<String>>, KeeperError> {
        let Some(text) = self.of_service(&["-getproxybypassdomains", service])? else { return Ok(None) };
        let hosts = output::bypass(service, &text);
        hosts.map(Some).ok_or_else(|| not_understood(&self.tools.networksetup, &text))
    }

    /// Runs `networksetup` on the service that is the second argument; `None` where it is gone.
    fn of_service(&self, arguments: &[&str]) -> Result<Option<String>, KeeperError> {
        let said = self.run(&self.tools.networksetup, arguments, self.deadline)?;
        if arguments.get(1).is_some_and(|service| said.is_about_no_service(service)) {
            return Ok(None);
        }
        self.heeded(&said).map(Some)
    }

    /// Runs `networksetup`, which tells an error in its output, sometimes there alone.
    fn networksetup(&self, arguments: &[&str]) -> Result<String, KeeperError> {
        let said = self.run(&self.tools.networksetup, arguments, self.deadline)?;
        self.heeded(&said)
    }

    fn heeded(&self, said: &Output) -> Result<String, KeeperError> {
        if said.wants_administrator() {
            Err(KeeperError::Denied)
        } else if said.failed || said.tells_error() {
            Err(failed(&self.tools.networksetup, said))
        } else {
            Ok(said.text.clone())
        }
    }

    /// The commands that make a change.
    fn commands(&self, change: &Change) -> Result<Vec<Vec<String>>, KeeperError> {
        let (Change::Off { service, entry } | Change::Back { service, entry }) = change;
        let setting = Setting::of(entry.kind).ok_or_else(|| self.refused("a service has no such setting"))?;
        let Change::Back { .. } = change else { return Ok(vec![setting.switched(service, false)]) };
        let gone = || self.refused(&format!("{service} is not a recognized network service."));
        let stored = self.entry(service, setting)?.ok_or_else(gone)?;
        let mut commands = Vec::new();
        if (&stored.value, stored.port) != (&entry.value, entry.port)
            && let Some(command) = setting.stored(service, entry)
        {
            if stored.authenticated || entry.authenticated {
                return Err(self.refused("a proxy with a password cannot be stored again"));
            }
            commands.push(command);
        }
        // Storing a value switches it on, so this comes after it.
        commands.push(setting.switched(service, entry.on));
        Ok(commands)
    }

    /// One batch for all of it, so that a person is asked once.
    fn as_administrator(&self, commands: &[Vec<String>]) -> Result<(), KeeperError> {
        if commands.is_empty() {
            return Ok(());
        }
        let script = batch::script(&self.tools.networksetup, commands, process::id());
        let program = &self.tools.osascript;
        let said = self.run(program, &batch::arguments(&script, &self.prompt), self.patience)?;
        if said.failed && said.errors.contains("(-128)") {
            Err(KeeperError::Cancelled)
        } else if said.failed || said.tells_error() {
            Err(failed(program, &said))
        } else {
            Ok(())
        }
    }

    fn run(&self, program: &Path, arguments: &[&str], deadline: Duration) -> Result<Output, KeeperError> {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        let said = self
            .runner
            .run(program, &arguments, deadline)
            .map_err(|mute| KeeperError::of_mute(program, mute, deadline))?;
        Output::new(said).map_err(|bytes| not_understood(program, &String::from_utf8_lossy(&bytes)))
    }

    fn refused(&self, cause: &str) -> KeeperError {
        KeeperError::Failed { program: self.tools.networksetup.clone(), cause: line::harmless(cause) }
    }
}

impl<R: Runner> Keeper for NetworkSetup<R> {
    fn table(&self) -> Result<ProxyTable, KeeperError> {
        let program = &self.tools.networksetup;
        let all = self.networksetup(&["-listallnetworkservices"])?;
        let order = self.order()?;
        let listed = services::listed(&all, order).ok_or_else(|| not_understood(program, &all))?;
        let interface = self.interface()?;
        let used = services::used(&listed, interface.as_deref()).map(str::to_owned);
        let mut services = Vec::new();
        for service in listed {
            // One that vanishes meanwhile is not there any more.
            let Some(entries) = self.entries(&service.name)? else { continue };
            let Some(bypass) = self.bypass(&service.name)? else { continue };
            let in_use = used.as_ref() == Some(&service.name);
            services.push(ProxyService {
                name: service.name,
                enabled: service.enabled,
                in_use,
                entries,
                bypass,
            });
        }
        Ok(ProxyTable { keeper: "macOS".to_owned(), services, effective: self.effective()? })
    }

    fn service(&self, name: &str) -> Result<Option<Vec<ProxyEntry>>, KeeperError> {
        self.entries(name)
    }

    fn location(&self) -> Result<Option<String>, KeeperError> {
        let said = self.networksetup(&["-getcurrentlocation"])?;
        match said.strip_suffix('\n').unwrap_or(&said) {
            name if name.is_empty() || name.contains('\n') => {
                Err(not_understood(&self.tools.networksetup, &said))
            }
            name => Ok(Some(name.to_owned())),
        }
    }

    fn has_location(&self, name: &str) -> Result<bool, KeeperError> {
        Ok(self.networksetup(&["-listlocations"])?.split('\n').any(|line| line == name))
    }

    fn devices(&self) -> Result<BTreeMap<String, String>, KeeperError> {
        Ok(self.order()?.into_iter().map(|service| (service.name, service.device)).collect())
    }

    fn carry_out(&self, changes: &[Change], rights: Rights) -> Result<(), KeeperError> {
        match rights {
            Rights::User => {
                for change in changes {
                    for command in self.commands(change)? {
                        self.networksetup(&command.iter().map(String::as_str).collect::<Vec<_>>())?;
                    }
                }
                Ok(())
            }
            Rights::Administrator => {
                let mut commands = Vec::new();
                for change in changes {
                    commands.extend(self.commands(change)?);
                }
                self.as_administrator(&commands)
            }
        }
    }
}

fn not_understood(program: &Path, said: &str) -> KeeperError {
    KeeperError::NotUnderstood { program: program.to_owned(), said: line::harmless(said) }
}

fn failed(program: &Path, said: &Output) -> KeeperError {
    KeeperError::Failed { program: program.to_owned(), cause: line::harmless(&said.cause()) }
}

#[cfg(test)]
mod tests;
