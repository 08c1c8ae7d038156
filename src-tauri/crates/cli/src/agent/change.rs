use longwire_contract::{AgentChange, AgentKey, AgentSettings, Fault, FaultCode, Secret, call};
use longwire_engine::{Machine, secret_in_file};
use secrecy::SecretString;

use super::{order, unwilling, view};
use crate::{
    args::{AgentEdit, AgentKeyEntry, AgentManner, AgentOn},
    confirm::Person,
    exit::Exit,
    output::{hint, say},
    printable::one_line,
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
    if !before.settings.on || goes_elsewhere(&before.settings, &settings) {
        hint(&words.filled("cli.agent.leaves", [("address", one_line(&settings.base_url))]));
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

/// `longwire agent edit`: asks where another server is to get the key and what people write.
pub(super) async fn edit(
    edit: AgentEdit,
    machine: &Machine,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    if edit.manner == AgentManner::default() {
        hint(&words.plain("cli.agent.edit_what"));
        return Ok(Exit::Usage);
    }
    let before = view(machine).await?.settings;
    let settings = changed(before.clone(), edit.manner);
    if goes_elsewhere(&before, &settings) {
        hint(&words.filled("cli.agent.leaves", [("address", one_line(&settings.base_url))]));
        if let Some(exit) = unwilling(words, &mut person, edit.yes, "cli.agent.edit") {
            return Ok(exit);
        }
    }
    set(machine, settings).await?;
    say(&words.plain("cli.agent.edited"));
    Ok(Exit::Ok)
}

/// `longwire agent key`: never from the command line, which other users can read.
pub(super) async fn key(entry: AgentKeyEntry, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let key = match (&entry.key_file, entry.remove) {
        (_, true) => Secret::from(SecretString::default()),
        (Some(file), false) => Secret::from(secret_in_file(file).map_err(of_a_key)?),
        (None, false) => secret::ask(&words.plain("cli.agent.ask_key")).map_err(of_a_key)?,
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

/// The same of an API key: the texts of those speak of an App Secret.
fn of_a_key(fault: Fault) -> Fault {
    let code = match fault.code {
        FaultCode::SecretEmpty => FaultCode::AgentKeyEmpty,
        FaultCode::SecretUnreadable => FaultCode::AgentKeyUnreadable,
        code => code,
    };
    Fault { code, ..fault }
}

/// Whether what an agent that is on sends goes to another server then.
fn goes_elsewhere(before: &AgentSettings, now: &AgentSettings) -> bool {
    let server = |settings: &AgentSettings| {
        let address = settings.base_url.trim().to_lowercase();
        let rest = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
    };
    before.on && now.on && server(before) != server(now)
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
    fn only_another_server_of_an_agent_that_is_on_is_asked_about() {
        let of = |on, base_url: &str| AgentSettings { on, base_url: base_url.into(), ..Default::default() };
        let before = of(true, "https://a.example/v1");
        for same in ["https://a.example/v2", " https://A.example/v1/chat/completions", "https://a.example"] {
            assert!(!goes_elsewhere(&before, &of(true, same)), "{same}");
        }
        for other in ["https://b.example/v1", "https://a.example.co/v1", "https://a.example:8443/v1"] {
            assert!(goes_elsewhere(&before, &of(true, other)), "{other}");
            assert!(!goes_elsewhere(&of(false, "https://a.example"), &of(false, other)), "{other}");
        }
    }

    #[test]
    fn a_fault_of_the_key_speaks_of_no_app_secret_and_says_where_else_it_can_be() {
        use longwire_contract::Language;
        for code in [FaultCode::SecretEmpty, FaultCode::SecretUnreadable, FaultCode::AgentKeyStore] {
            let told = of_a_key(Fault::new(code, "x").with("error", "x"));
            for language in [Language::English, Language::Chinese] {
                let said = crate::words::fault(language, &told);
                assert!(said.contains("LONGWIRE_AGENT_KEY") && !said.contains("App Secret"), "{said}");
            }
        }
    }

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
