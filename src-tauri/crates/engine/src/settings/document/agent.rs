//! `[agent]`: how the agent answers. Its API key is elsewhere.

use longwire_contract::AgentSettings;
use toml_edit::Table;

use super::{Mistake, Reader, put};
use crate::agent::rules::{LONGEST_PROMPT, MEMORY, PER_DAY, PER_PERSON, is_model, place};

pub(super) fn read(reader: &mut Reader<'_>, table: &Table) -> Result<AgentSettings, Mistake> {
    let mut agent = AgentSettings::default();
    for (key, item) in table.iter() {
        match key {
            "on" => agent.on = reader.truth(item, "on")?,
            "base_url" => {
                let text = reader.string(item, "base_url is an https:// address in quotes")?;
                place(text).map_err(|error| reader.mistake(item.span(), format!("base_url: {error}")))?;
                agent.base_url = text.to_owned();
            }
            "model" => {
                let form = "model is the name of a model in quotes, without blanks";
                let name = reader.string(item, form)?;
                is_model(name).then_some(()).ok_or_else(|| reader.mistake(item.span(), form))?;
                agent.model = name.to_owned();
            }
            "prompt" => {
                let form = "prompt is a text in quotes of at most 20000 characters";
                let text = reader.string(item, form)?;
                let fits = text.chars().count() <= LONGEST_PROMPT;
                fits.then_some(()).ok_or_else(|| reader.mistake(item.span(), form))?;
                agent.prompt = text.to_owned();
            }
            "groups" => agent.groups = reader.truth(item, "groups")?,
            "memory" => agent.memory = reader.number(item, MEMORY, "memory is a number, 0 to 100")?,
            "per_person" => {
                agent.per_person = reader.number(item, PER_PERSON, "per_person is a number, 1 to 10000")?;
            }
            "per_day" => agent.per_day = reader.number(item, PER_DAY, "per_day is a number, 1 to 100000")?,
            _ => reader.not_known(table, key),
        }
    }
    Ok(agent)
}

pub(super) fn write(table: &mut Table, agent: &AgentSettings, all: bool) {
    let defaults = AgentSettings::default();
    put(table, "on", agent.on, all || agent.on != defaults.on);
    put(table, "base_url", agent.base_url.as_str(), all || agent.base_url != defaults.base_url);
    put(table, "model", agent.model.as_str(), all || agent.model != defaults.model);
    put(table, "prompt", agent.prompt.as_str(), all || agent.prompt != defaults.prompt);
    put(table, "groups", agent.groups, all || agent.groups != defaults.groups);
    put(table, "memory", i64::from(agent.memory), all || agent.memory != defaults.memory);
    put(table, "per_person", i64::from(agent.per_person), all || agent.per_person != defaults.per_person);
    put(table, "per_day", i64::from(agent.per_day), all || agent.per_day != defaults.per_day);
}
