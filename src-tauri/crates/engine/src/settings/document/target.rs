//! `[[target]]`: who is handed events.

use longwire_contract::TargetAddress;
use toml_edit::{Array, Table};

use super::{Mistake, Reader, names, put, put_list};
use crate::settings::TargetSettings;

pub(super) fn read(reader: &mut Reader<'_>, table: &Table) -> Result<TargetSettings, Mistake> {
    let wrong = |what: &str| reader.mistake(table.span(), what);
    let address = match (table.get("webhook"), table.get("command")) {
        (Some(url), None) => {
            TargetAddress::Webhook(reader.string(url, "webhook is a URL in quotes")?.to_owned())
        }
        (None, Some(command)) => {
            let command =
                reader.strings(command, "command is a list of texts: the program and its arguments")?;
            TargetAddress::Command(command)
        }
        _ => return Err(wrong("a target has a webhook or a command, and not both")),
    };
    let name = table.get("name").ok_or_else(|| wrong("this target has no name"))?;
    let name = reader.string(name, "name is a text in quotes")?.to_owned();
    let mut target = TargetSettings::new(name, address);
    for (key, item) in table.iter() {
        match key {
            "name" | "webhook" | "command" => {}
            "app" => target.app_id = Some(reader.word(item, longwire_contract::AppIdError)?),
            "events" => target.events = reader.strings(item, "events is a list of event types in quotes")?,
            "filters" => {
                target.filters = reader.strings(item, "filters is a list of conditions in quotes")?
            }
            "headers" => target.headers = reader.strings(item, "headers is a list of names in quotes")?,
            "deadline" => {
                target.deadline_s =
                    reader.number(item, 1..=600, "deadline is a number of seconds, 1 to 600")?
            }
            "remote" => target.remote = reader.truth(item, "remote")?,
            "secrets" => {
                target.secrets = Some(reader.string(item, "secrets is a text in quotes")?.to_owned());
            }
            "paused" => target.paused = reader.truth(item, "paused")?,
            "secrets_file" => {
                target.secrets_file = Some(reader.string(item, "secrets_file is a path in quotes")?.into());
            }
            _ => reader.not_known(table, key),
        }
    }
    Ok(target)
}

pub(super) fn write(table: &mut Table, target: &TargetSettings) {
    let defaults = TargetSettings::new(String::new(), target.address.clone());
    put(table, "name", target.name.as_str(), true);
    let (webhook, command) = match &target.address {
        TargetAddress::Webhook(url) => (url.as_str(), Array::new()),
        TargetAddress::Command(command) => ("", command.iter().collect()),
    };
    put(table, "webhook", webhook, !webhook.is_empty());
    let is_command = !command.is_empty();
    put(table, "command", command, is_command);
    put(table, "app", names(target.app_id.as_ref()), target.app_id.is_some());
    put_list(table, "events", &target.events, !target.events.is_empty());
    put_list(table, "filters", &target.filters, !target.filters.is_empty());
    put_list(table, "headers", &target.headers, !target.headers.is_empty());
    put(table, "deadline", i64::from(target.deadline_s), target.deadline_s != defaults.deadline_s);
    put(table, "remote", target.remote, target.remote);
    put(table, "paused", target.paused, target.paused);
    put(table, "secrets", target.secrets.clone().unwrap_or_default(), target.secrets.is_some());
    let file = target.secrets_file.as_ref().map(|path| path.display().to_string());
    put(table, "secrets_file", file.clone().unwrap_or_default(), file.is_some());
}
