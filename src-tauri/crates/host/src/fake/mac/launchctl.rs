//! `launchctl`, as far as agents of a user go.

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

use super::{Answer, Mac};

/// What a user's launchd holds up.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Launchd {
    /// Its agents.
    pub agents: Vec<Agent>,
    /// The labels of those that their user has switched off.
    pub disabled: Vec<String>,
    /// Nobody is logged in at the screen.
    pub headless: bool,
    /// It takes no agent.
    pub refuses: bool,
    /// How often an agent that was sent away is found still there.
    pub leaving: u32,
    /// How often the name of one that is gone is taken still.
    pub taken: u32,
}

/// An agent.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Agent {
    /// Its label.
    pub label: String,
    /// The file it was read from.
    pub path: String,
    /// Its program.
    pub program: String,
    /// Its process, where it runs.
    pub pid: Option<u32>,
    /// How often it was started.
    pub runs: u32,
    /// It was sent away, and is found still there so often.
    pub leaves: Option<u32>,
}

pub(super) fn answer(mac: &mut Mac, words: &[&str]) -> Answer {
    let launchd = &mut mac.launchd;
    match words {
        [_, target, ..] if launchd.headless && target.starts_with("gui/") => {
            Answer::complained(125, "Domain does not support specified action\n")
        }
        ["print", target] => print(launchd, target),
        ["enable", target] => {
            launchd.disabled.retain(|label| label != label_of(target));
            Answer::default()
        }
        ["bootstrap", _, file] => bootstrap(launchd, file),
        ["bootout", target] if launchd.leaving > 0 && find(launchd, target).is_some() => {
            let leaving = launchd.leaving;
            find(launchd, target).into_iter().for_each(|agent| agent.leaves = Some(leaving));
            Answer::complained(36, "Boot-out failed: 36: Operation now in progress\n")
        }
        ["bootout", target] => {
            let before = launchd.agents.len();
            launchd.agents.retain(|agent| agent.label != label_of(target));
            if launchd.agents.len() < before {
                return Answer::default();
            }
            Answer::complained(3, "Boot-out failed: 3: No such process\n")
        }
        ["kickstart", "-k", target] => match find(launchd, target) {
            Some(agent) => {
                agent.pid = None;
                agent.start();
                Answer::default()
            }
            None => missing(target),
        },
        ["kickstart", target] => match find(launchd, target) {
            Some(agent) => {
                agent.start();
                Answer::default()
            }
            None => missing(target),
        },
        _ => Answer::complained(64, "Unrecognized subcommand.\n"),
    }
}

impl Agent {
    fn start(&mut self) {
        if self.pid.is_none() {
            self.runs += 1;
            self.pid = Some(4710 + self.runs);
        }
    }
}

fn bootstrap(launchd: &mut Launchd, file: &str) -> Answer {
    let refused = || {
        Answer::complained(
            5,
            "Bootstrap failed: 5: Input/output error\nTry re-running the command as root for richer errors.\n",
        )
    };
    let Ok(text) = fs::read_to_string(Path::new(file)) else { return refused() };
    let string = |after: &str| {
        let (_, rest) = text.split_once(after)?;
        let (_, rest) = rest.split_once("<string>")?;
        rest.split_once("</string>").map(|(value, _)| value.to_owned())
    };
    let (Some(label), Some(program)) = (string("<key>Label</key>"), string("<key>ProgramArguments</key>"))
    else {
        return refused();
    };
    if launchd.taken > 0 {
        launchd.taken -= 1;
        return Answer::complained(37, "Bootstrap failed: 37: Operation already in progress\n");
    }
    let known = launchd.agents.iter().any(|agent| agent.label == label);
    if launchd.refuses || known || launchd.disabled.contains(&label) {
        return refused();
    }
    let mut agent = Agent { label, path: file.to_owned(), program, ..Agent::default() };
    agent.start();
    launchd.agents.push(agent);
    Answer::default()
}

fn print(launchd: &mut Launchd, target: &str) -> Answer {
    launchd.agents.retain_mut(|agent| match &mut agent.leaves {
        Some(0) => false,
        Some(left) => {
            *left -= 1;
            true
        }
        None => true,
    });
    let Some(agent) = find(launchd, target) else { return missing(target) };
    let state = if agent.pid.is_some() { "running" } else { "not running" };
    let Agent { path, program, runs, .. } = agent;
    let pid = agent.pid.map(|pid| format!("\tpid = {pid}\n")).unwrap_or_default();
    Answer::printed(&format!(
        "{target} = {{\n\tactive count = 1\n\tpath = {path}\n\ttype = LaunchAgent\n\tstate = {state}\n\n\tprogram = {program}\n\
         \targuments = {{\n\t\t{program}\n\t\trun\n\t}}\n\n\tdefault environment = {{\n\t\tPATH => /usr/bin:/bin\n\t}}\n\n\
         \tdomain = gui/501 [100004]\n\tminimum runtime = 10\n\texit timeout = 30\n\truns = {runs}\n{pid}\
         \tlast exit code = (never exited)\n\n\tproperties = keepalive | runatload\n}}\n"
    ))
}

fn find<'a>(launchd: &'a mut Launchd, target: &str) -> Option<&'a mut Agent> {
    launchd.agents.iter_mut().find(|agent| agent.label == label_of(target))
}

fn missing(target: &str) -> Answer {
    let uid = target.split('/').nth(1).unwrap_or_default();
    let label = label_of(target);
    let said = format!("Bad request.\nCould not find service \"{label}\" in domain for user gui: {uid}\n");
    Answer::complained(113, &said)
}

fn label_of(target: &str) -> &str {
    target.rsplit('/').next().unwrap_or_default()
}
