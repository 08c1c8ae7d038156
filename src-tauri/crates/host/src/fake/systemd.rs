//! A systemd, as far as its command line tools show it: what they print, what they change, and how they fail.

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{Answer, Call};

/// The state of one, as far as one unit of its goes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Systemd {
    /// Which version it is.
    pub version: u32,
    /// Where its units are.
    pub folder: PathBuf,
    /// A package brought a unit of the same name, for every user.
    pub packaged: bool,
    /// Users that there are.
    pub users: Vec<String>,
    /// Nobody keeps the bus.
    pub unreachable: bool,
    /// The kernel lets users have namespaces.
    pub isolates: bool,
    /// Whether the user lingers; `None` where they are not logged in.
    pub lingers: Option<bool>,
    /// What of `systemctl` fails.
    pub fails: Option<String>,
    /// The unit as it was when it was last read; `None` where there was none.
    pub loaded: Option<String>,
    /// The unit's process, where it runs.
    pub pid: Option<u32>,
    /// How often it was started by a command.
    pub starts: u32,
    /// What it says of itself.
    pub status: String,
    /// Every call so far.
    pub calls: Vec<Call>,
}

/// Where a package's unit is.
const PACKAGED: &str = "/usr/lib/systemd/user/longwire.service";

impl Default for Systemd {
    fn default() -> Self {
        Self {
            version: 252,
            folder: PathBuf::new(),
            packaged: false,
            users: ["nobody", "daemon"].map(str::to_owned).into(),
            unreachable: false,
            isolates: true,
            lingers: Some(false),
            fails: None,
            loaded: None,
            pid: None,
            starts: 0,
            status: String::new(),
            calls: Vec::new(),
        }
    }
}

impl Systemd {
    /// Runs a tool, by its name or its path.
    pub fn run(&mut self, tool: &str, args: &[String]) -> Answer {
        let tool = tool.rsplit('/').next().unwrap_or_default();
        self.calls.push(Call { tool: tool.to_owned(), args: args.to_vec(), root: false });
        let words: Vec<&str> = args.iter().map(String::as_str).filter(|word| *word != "--user").collect();
        match tool {
            "systemctl" => self.systemctl(&words),
            "systemd-run" if self.isolates && !self.unreachable => Answer::default(),
            "systemd-run" => Answer::complained(217, ""),
            "loginctl" => match self.lingers {
                Some(lingers) => Answer::printed(&format!("Linger={}\n", if lingers { "yes" } else { "no" })),
                None => {
                    Answer::complained(1, "Failed to get user: User ID 1000 is not logged in or lingering\n")
                }
            },
            "id" => match words.last() {
                Some(name) if self.users.iter().any(|user| user == name) => Answer::printed("999\n"),
                name => Answer::complained(1, &format!("id: ‘{}’: no such user\n", name.unwrap_or(&""))),
            },
            _ => Answer::complained(127, "command not found\n"),
        }
    }

    /// What calls of `systemctl` changed something, without its scope.
    pub fn changes(&self) -> Vec<String> {
        let changes = self.calls.iter().filter(|call| call.tool == "systemctl");
        let words = changes.map(|call| {
            let words =
                call.args.iter().filter(|word| !word.starts_with("--") && !word.ends_with(".service"));
            words.cloned().collect::<Vec<_>>().join(" ")
        });
        words.filter(|words| !["", "show"].contains(&words.as_str())).collect()
    }

    fn systemctl(&mut self, words: &[&str]) -> Answer {
        if words == ["--version"] {
            return Answer::printed(&format!(
                "systemd {v} ({v}.38-1~deb12u1)\n+PAM +AUDIT +SELINUX +APPARMOR -GNUTLS\n",
                v = self.version
            ));
        }
        if self.unreachable {
            return Answer::complained(1, "Failed to connect to bus: No medium found\n");
        }
        let verb = words.first().copied().unwrap_or_default();
        if self.fails.as_deref() == Some(verb) {
            return Answer::complained(1, &format!("Failed to {verb} unit: Access denied\n"));
        }
        match verb {
            "show" => self.show(),
            "daemon-reload" => {
                self.loaded =
                    fs::read_to_string(self.unit()).ok().or_else(|| self.packaged.then(String::new));
                Answer::default()
            }
            "enable" | "disable" | "start" | "restart" | "reset-failed" if self.loaded.is_none() => {
                Answer::complained(1, "Failed to do so: Unit file longwire.service does not exist.\n")
            }
            "enable" => self.enable(),
            "disable" => self.disable(words.contains(&"--now")),
            "start" if self.pid.is_some() => Answer::default(),
            "start" | "restart" => {
                self.starts += 1;
                self.pid = Some(4710 + self.starts);
                Answer::default()
            }
            _ => Answer::default(),
        }
    }

    fn show(&self) -> Answer {
        let (active, sub) = if self.pid.is_some() { ("active", "running") } else { ("inactive", "dead") };
        let load = if self.loaded.is_some() || self.pid.is_some() { "loaded" } else { "not-found" };
        let path = match &self.loaded {
            // A package's, which has no text here.
            Some(text) if text.is_empty() => PACKAGED.to_owned(),
            Some(_) => self.unit().display().to_string(),
            None => String::new(),
        };
        let enabled = if self.link().symlink_metadata().is_ok() { "enabled" } else { "disabled" };
        Answer::printed(&format!(
            "Result=success\nNRestarts=0\nMainPID={}\nStatusText={}\nLoadState={load}\nActiveState={active}\nSubState={sub}\n\
             FragmentPath={path}\nUnitFileState={enabled}\n",
            self.pid.unwrap_or_default(),
            self.status
        ))
    }

    fn enable(&self) -> Answer {
        let link = self.link();
        let made = link.parent().map_or(Ok(()), fs::create_dir_all);
        if made.is_ok() && link.symlink_metadata().is_err() && symlink(self.unit(), &link).is_ok() {
            let said = format!("Created symlink {} → {}.\n", link.display(), self.unit().display());
            return Answer { stderr: said, ..Answer::default() };
        }
        Answer::default()
    }

    fn disable(&mut self, now: bool) -> Answer {
        fs::remove_file(self.link()).ok();
        self.link().parent().map(fs::remove_dir);
        if now {
            self.pid = None;
        }
        Answer::default()
    }

    fn unit(&self) -> PathBuf {
        self.folder.join("longwire.service")
    }

    fn link(&self) -> PathBuf {
        self.folder.join("default.target.wants/longwire.service")
    }
}
