//! What is left out of a report before it is redacted, since it stands in a place of its own.

use longwire_contract::{AgentSettings, Finding, Guide, NotifySettings, Snapshot, TargetAddress, TargetKind};

use super::known::Known;
use crate::settings::Settings;

/// What stands for it.
const LEFT_OUT: &str = "…";

/// Without names, what bots said, what their programs are given and what events are compared with.
pub(super) fn snapshot(snapshot: &Snapshot, known: &Known) -> Snapshot {
    let mut snapshot = snapshot.clone();
    // It has a file of its own.
    snapshot.doctor = None;
    for app in &mut snapshot.apps {
        app.name = known.stand_in(&app.name);
    }
    for target in &mut snapshot.targets {
        target.name = known.stand_in(&target.name);
        if target.kind == TargetKind::Command {
            target.address = program(&target.address);
        }
        target.filters.iter_mut().for_each(|text| *text = filter(text));
        if let Some(trouble) = &mut target.trouble {
            trouble.response = None;
        }
    }
    rules(&mut snapshot.notify);
    agent(&mut snapshot.agent.settings);
    if let Some(trouble) = &mut snapshot.agent.trouble {
        trouble.response = None;
        trouble.detail = kind(&trouble.detail);
    }
    for target in snapshot.targets.iter_mut().filter(|target| target.kind == TargetKind::Agent) {
        if let Some(trouble) = &mut target.trouble {
            trouble.detail = kind(&trouble.detail);
        }
    }
    snapshot.apps.iter_mut().flat_map(|app| &mut app.findings).for_each(finding);
    for change in snapshot.lease.iter_mut().flat_map(|lease| &mut lease.changes) {
        change.service = known.stand_in(&change.service);
    }
    snapshot
}

/// The same of the settings.
pub(super) fn settings(settings: &Settings, known: &Known) -> Settings {
    let mut settings = settings.clone();
    for app in &mut settings.apps {
        app.name = known.stand_in(&app.name);
    }
    for target in &mut settings.targets {
        target.name = known.stand_in(&target.name);
        if let TargetAddress::Command(command) = &mut target.address
            && command.len() > 1
        {
            command.truncate(1);
            command.push(LEFT_OUT.to_owned());
        }
        target.filters.iter_mut().for_each(|text| *text = filter(text));
    }
    rules(&mut settings.notify);
    agent(&mut settings.agent);
    settings
}

/// What of a finding a model's server said may be what somebody asked it, or the key.
pub(super) fn finding(finding: &mut Finding) {
    if finding.code.guide() == Guide::Agent {
        for said in ["message", "error"] {
            finding.values.entry(said.to_owned()).and_modify(|said| *said = LEFT_OUT.to_owned());
        }
        finding.detail = kind(&finding.detail);
    }
}

/// What its user tells the model is theirs.
fn agent(agent: &mut AgentSettings) {
    if !agent.prompt.is_empty() {
        agent.prompt = LEFT_OUT.to_owned();
    }
}

/// What went wrong, without what somebody said of it.
fn kind(detail: &str) -> String {
    match detail.split_once(": ") {
        Some((kind, _)) => format!("{kind}: {LEFT_OUT}"),
        None => detail.to_owned(),
    }
}

/// A condition without what it compares with: `event.sender.name = …`.
pub(super) fn filter(text: &str) -> String {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '=' | '!' | '~');
    let (place, rest) = text.trim().split_at(text.trim().find(is_end).unwrap_or(text.trim().len()));
    let rest = rest.trim_start();
    let sign = ["!=", "=", "~"].into_iter().find(|sign| rest.starts_with(sign));
    match sign {
        Some(sign) => format!("{place} {sign} {LEFT_OUT}"),
        None if rest.is_empty() => place.to_owned(),
        None => format!("{place} {LEFT_OUT}"),
    }
}

fn rules(notify: &mut NotifySettings) {
    for rule in &mut notify.rules {
        rule.chats.fill(LEFT_OUT.to_owned());
        if !rule.text.is_empty() {
            LEFT_OUT.clone_into(&mut rule.text);
        }
    }
}

/// A command line without its arguments, which may hold anything.
fn program(line: &str) -> String {
    match line.split_once(' ') {
        Some((program, _)) => format!("{program} {LEFT_OUT}"),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_left_with_its_program() {
        assert_eq!(program("python3 bot.py --token x"), "python3 …");
        assert_eq!(program("bot"), "bot");
    }

    #[test]
    fn a_condition_is_left_with_its_place_and_sign() {
        for (text, left) in [
            ("event.sender.name = 张三", "event.sender.name = …"),
            (" a!=1 ", "a != …"),
            ("a~x = y", "a ~ …"),
            ("a == x", "a = …"),
            ("event.message", "event.message"),
            ("a is 张三", "a …"),
            ("", ""),
        ] {
            assert_eq!(filter(text), left, "{text}");
        }
    }
}
