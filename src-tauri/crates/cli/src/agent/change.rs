use longwire_contract::{AgentChange, AgentKey, AgentSettings, Fault, FaultCode, Secret, call};
use longwire_engine::{Machine, secret_in_file};
use secrecy::SecretString;

use super::{order, unwilling, view};
use crate::{
    args::{AgentEdit, AgentKeyEntry, AgentManner, AgentOn},
    confirm::Person,
    exit::Exit,
    output::{hint, say},
    secret,
    words::Words,
};

/// `longwire agent on`: says what leaves the machine, asks, and switches it on.
pub(super) async fn on(
    on: AgentOn,
    machine: &Machine,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    let before = view(machine).await?;
    let settings = AgentSettings { on: true, ..changed(before.settings.clone(), on.manner) };
    let elsewhere = settings.base_url != before.settings.base_url;
    if !before.settings.on || elsewhere {
        hint(&words.filled("cli.agent.leaves", [("address", settings.base_url.clone())]));
        if let Some(exit) = unwilling(words, &mut person, on.yes, "cli.agent.on") {
            return Ok(exit);
        }
    }
    set(machine, settings).await?;
    let now = view(machine).await?;
    say(&words.filled("cli.agent.switched_on", [("model", now.settings.model)]));
    if matches!(now.key, AgentKey::Absent | AgentKey::Unreadable) {
        hint(&words.plain("cli.agent.lacks_key"));
    }
    Ok(Exit::Ok)
}

/// `longwire agent off`
pub(super) async fn off(machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let before = view(machine).await?;
    set(machine, AgentSettings { on: false, ..before.settings }).await?;
    say(&words.plain("cli.agent.switched_off"));
    Ok(Exit::Ok)
}

/// `longwire agent edit`
pub(super) async fn edit(edit: AgentEdit, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let before = view(machine).await?.settings;
    set(machine, changed(before, edit.manner)).await?;
    say(&words.plain("cli.agent.edited"));
    Ok(Exit::Ok)
}

/// `longwire agent key`: never from the command line, which other users can read.
pub(super) async fn key(entry: AgentKeyEntry, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let key = match (&entry.key_file, entry.remove) {
        (_, true) => Secret::from(SecretString::default()),
        (Some(file), false) => Secret::from(secret_in_file(file)?),
        (None, false) => {
            secret::ask(&words.plain("cli.agent.ask_key")).map_err(|fault| match fault.code {
                // Its text speaks of an App Secret.
                FaultCode::SecretEmpty => Fault::new(FaultCode::BadRequest, "no API key was given"),
                _ => fault,
            })?
        }
    };
    order::<call::ChangeAgent>(machine, &AgentChange { settings: None, key: Some(key) }).await?;
    let there = view(machine).await?;
    say(&words.plain(if entry.remove { "cli.agent.key_removed" } else { "cli.agent.key_kept" }));
    match (there.key, entry.remove) {
        (AgentKey::Environment, _) => hint(&words.plain("cli.agent.key.environment")),
        (_, false) => {
            hint(&words.plain(if there.settings.on { "cli.agent.try" } else { "cli.agent.is_off" }))
        }
        _ => {}
    }
    Ok(Exit::Ok)
}

async fn set(machine: &Machine, settings: AgentSettings) -> Result<(), Fault> {
    order::<call::ChangeAgent>(machine, &AgentChange { settings: Some(settings), key: None }).await
}

/// What is not named stays.
fn changed(before: AgentSettings, manner: AgentManner) -> AgentSettings {
    let groups = match (manner.groups, manner.no_groups) {
        (false, false) => before.groups,
        (groups, _) => groups,
    };
    AgentSettings {
        on: before.on,
        base_url: manner.base_url.unwrap_or(before.base_url),
        model: manner.model.unwrap_or(before.model),
        prompt: manner.prompt.unwrap_or(before.prompt),
        groups,
        memory: manner.memory.unwrap_or(before.memory),
        per_person: manner.per_person.unwrap_or(before.per_person),
        per_day: manner.per_day.unwrap_or(before.per_day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_stays() {
        let before =
            AgentSettings { on: true, model: "qwen-max".into(), groups: false, ..AgentSettings::default() };
        assert_eq!(changed(before.clone(), AgentManner::default()), before);
        let manner =
            AgentManner { groups: true, per_day: Some(7), prompt: Some(String::new()), ..Default::default() };
        let now = changed(before.clone(), manner);
        assert_eq!((now.on, now.groups, now.per_day, now.model.as_str()), (true, true, 7, "qwen-max"));
        let direct = AgentManner { no_groups: true, ..AgentManner::default() };
        assert!(!changed(AgentSettings::default(), direct).groups);
    }
}
