//! A Mac, as far as its command line tools show it: what they print, what they change, and how they fail.

mod arbitrary;
mod launchctl;
mod networksetup;
mod osascript;
mod route;
mod scutil;
mod security;
mod sh;
mod trouble;

pub use launchctl::{Agent, Launchd};
pub use security::{Certificate, Security, Silence, Trusted};
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
pub use trouble::{At, Trouble, What};

/// The state of one.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Mac {
    /// Its network services, in its own order.
    pub services: Vec<Service>,
    /// The name of the network location that they are of; empty for the one that every Mac has.
    pub location: String,
    /// The network services of the other locations.
    pub elsewhere: BTreeMap<String, Vec<Service>>,
    /// The interface of the default route; `None` where there is no route.
    pub route: Option<String>,
    /// What its keychains hold, and what is trusted.
    pub security: Security,
    /// What holds up agents.
    pub launchd: Launchd,
    /// Only an administrator may change the network's settings.
    pub admin_required: bool,
    /// Whoever is asked for a password says no.
    pub cancels: bool,
    /// What goes wrong, and when.
    pub troubles: Vec<Trouble>,
    /// Every call so far, those inside a batch too.
    pub calls: Vec<Call>,
}

/// A network service, and the proxies it is set to.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Service {
    /// Its name: any text.
    pub name: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// The hardware port it is on.
    pub port: String,
    /// The interface; empty for a VPN.
    pub device: String,
    /// The proxy for `http`.
    pub web: Proxy,
    /// The proxy for `https`.
    pub secure_web: Proxy,
    /// The SOCKS proxy.
    pub socks: Proxy,
    /// The PAC script.
    pub script: Script,
    /// Whether programs look for a PAC script.
    pub discovery: bool,
    /// Hosts that go straight.
    pub bypass: Vec<String>,
}

/// A proxy.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Proxy {
    /// Whether it is on.
    pub on: bool,
    /// Its host; empty where none was ever set.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether it is told a user name and a password.
    pub authenticated: bool,
}

/// A PAC script.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Script {
    /// Whether it is on.
    pub on: bool,
    /// Where it is; `None` where none was ever set.
    pub url: Option<String>,
}

/// One call of a tool.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Call {
    /// The tool.
    pub tool: String,
    /// What it was told.
    pub args: Vec<String>,
    /// Whether an administrator ran it.
    pub root: bool,
}

/// What a tool answers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Answer {
    /// Its exit status.
    pub status: i32,
    /// What it prints.
    pub stdout: String,
    /// What it complains of.
    pub stderr: String,
    /// How it ends.
    pub fate: Fate,
}

/// How a call ends.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Fate {
    /// By itself.
    #[default]
    Ends,
    /// Never.
    Hangs,
    /// With the death of whoever made it.
    Kills,
}

impl Mac {
    /// One with a single service, `Wi-Fi` on `en0`, which the default route takes; nothing is set.
    pub fn new() -> Self {
        let wifi =
            Service { bypass: vec!["*.local".into(), "169.254/16".into()], ..Service::new("Wi-Fi", "en0") };
        Self { services: vec![wifi], route: Some("en0".to_owned()), ..Self::default() }
    }

    /// Runs a tool, by its name or its path.
    pub fn run(&mut self, tool: &str, args: &[String], root: bool) -> Answer {
        let tool = tool.rsplit('/').next().unwrap_or_default();
        self.calls.push(Call { tool: tool.to_owned(), args: args.to_vec(), root });
        match trouble::of_last_call(self) {
            None => self.answer(tool, args, root),
            Some(What::Fails) => {
                Answer::printed("** Error: The operation couldn’t be completed. (OSStatus error -1.)\n")
            }
            Some(What::Garbles) => Answer::printed("\u{fffd}\u{0}Enabled\nPort\n"),
            Some(What::Lies) => {
                let mut other = self.clone();
                let answer = other.answer(tool, args, root);
                self.calls = other.calls;
                answer
            }
            Some(What::Hangs) => Answer { fate: Fate::Hangs, ..Answer::default() },
            Some(What::Vanishes(name)) => {
                self.services.retain(|service| service.name != name);
                self.answer(tool, args, root)
            }
            Some(What::KillsBefore) => Answer { fate: Fate::Kills, ..Answer::default() },
            Some(What::KillsAfter) => Answer { fate: Fate::Kills, ..self.answer(tool, args, root) },
        }
    }

    /// A service, by its name.
    pub fn service(&mut self, name: &str) -> Option<&mut Service> {
        self.services.iter_mut().find(|service| service.name == name)
    }

    /// Switches to another location, with no service where it is new.
    pub fn switch_location(&mut self, name: &str) {
        let services = self.elsewhere.remove(name).unwrap_or_default();
        let left = std::mem::replace(&mut self.services, services);
        self.elsewhere.insert(std::mem::replace(&mut self.location, name.to_owned()), left);
    }

    fn answer(&mut self, tool: &str, args: &[String], root: bool) -> Answer {
        let words: Vec<&str> = args.iter().map(String::as_str).collect();
        match tool {
            "launchctl" => launchctl::answer(self, &words),
            "networksetup" => networksetup::answer(self, &words, root),
            "osascript" => osascript::answer(self, &words),
            "route" => route::answer(self, &words),
            "scutil" => scutil::answer(self, &words),
            "security" => security::answer(self, &words),
            _ => Answer { status: 127, stderr: format!("{tool}: command not found\n"), ..Answer::default() },
        }
    }
}

impl Service {
    /// One that is switched on, and set to nothing.
    pub fn new(name: &str, device: &str) -> Self {
        Self {
            name: name.to_owned(),
            enabled: true,
            port: name.to_owned(),
            device: device.to_owned(),
            ..Self::default()
        }
    }
}

impl Proxy {
    /// One that is on.
    pub fn on(host: &str, port: u16) -> Self {
        Self { on: true, host: host.to_owned(), port, authenticated: false }
    }
}

impl Call {
    /// Whether it is to change something.
    pub fn changes(&self) -> bool {
        match self.tool.as_str() {
            "launchctl" => self.args.first().is_some_and(|verb| verb != "print"),
            "networksetup" => self.args.first().is_some_and(|flag| flag.starts_with("-set")),
            "security" => self.args.first().is_some_and(|verb| {
                ["add-trusted-cert", "remove-trusted-cert", "delete-certificate"].contains(&verb.as_str())
            }),
            _ => false,
        }
    }
}

impl Answer {
    /// It prints this, and all is well.
    pub(super) fn printed(text: &str) -> Self {
        Self { stdout: text.to_owned(), ..Self::default() }
    }

    /// It complains of this.
    pub(super) fn complained(status: i32, text: &str) -> Self {
        Self { status, stderr: text.to_owned(), ..Self::default() }
    }
}
