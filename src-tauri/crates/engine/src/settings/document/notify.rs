//! `[notify]`: what the desktop is told.

use longwire_contract::{NotifyRule, NotifySettings, QuietHours};
use toml_edit::{ArrayOfTables, Item, Table};

use super::{Mistake, Reader, names, put, put_list};

pub(super) fn read(reader: &mut Reader<'_>, table: &Table) -> Result<NotifySettings, Mistake> {
    let mut notify = NotifySettings::default();
    for (key, item) in table.iter() {
        match key {
            "events" => notify.events = reader.truth(item, "events")?,
            "connection" => notify.connection = reader.truth(item, "connection")?,
            "preview" => notify.preview = reader.truth(item, "preview")?,
            "quiet" => {
                let form = "quiet is a time of the day in quotes: \"22:00-08:00\"";
                let text = reader.string(item, form)?;
                notify.quiet = Some(hours(text).ok_or_else(|| reader.mistake(item.span(), form))?);
            }
            "rule" => notify.rules = rules(reader, item)?,
            _ => reader.not_known(table, key),
        }
    }
    Ok(notify)
}

pub(super) fn write(table: &mut Table, notify: &NotifySettings, all: bool) {
    let defaults = NotifySettings::default();
    put(table, "events", notify.events, all || notify.events != defaults.events);
    put(table, "connection", notify.connection, all || notify.connection != defaults.connection);
    put(table, "preview", notify.preview, all || notify.preview != defaults.preview);
    put(table, "quiet", notify.quiet.map(written).unwrap_or_default(), notify.quiet.is_some());
    table.remove("rule");
    if !all && notify.rules == defaults.rules {
        return;
    }
    let mut rules = ArrayOfTables::new();
    for rule in &notify.rules {
        let mut table = Table::new();
        put(&mut table, "app", names(rule.app_id.as_ref()), rule.app_id.is_some());
        put_list(&mut table, "events", &rule.events, !rule.events.is_empty());
        put_list(&mut table, "chats", &rule.chats, !rule.chats.is_empty());
        put(&mut table, "text", rule.text.as_str(), !rule.text.is_empty());
        put(&mut table, "mute", rule.mute, rule.mute);
        rules.push(table);
    }
    match rules.is_empty() {
        // No table at all would say: those that are the default.
        true => put_list(table, "rule", &[], true),
        false => _ = table.insert("rule", Item::ArrayOfTables(rules)),
    }
}

fn rules(reader: &mut Reader<'_>, item: &Item) -> Result<Vec<NotifyRule>, Mistake> {
    if item.as_array().is_some_and(toml_edit::Array::is_empty) {
        return Ok(Vec::new());
    }
    let wrong = || reader.mistake(item.span(), "a rule begins with a line [[notify.rule]]");
    let tables = item.as_array_of_tables().ok_or_else(wrong)?;
    tables.iter().map(|table| rule(reader, table)).collect()
}

fn rule(reader: &mut Reader<'_>, table: &Table) -> Result<NotifyRule, Mistake> {
    let mut rule = NotifyRule::default();
    for (key, item) in table.iter() {
        match key {
            "app" => rule.app_id = Some(reader.word(item, longwire_contract::AppIdError)?),
            "events" => rule.events = reader.strings(item, "events is a list of event types in quotes")?,
            "chats" => rule.chats = reader.strings(item, "chats is a list of chat ids in quotes")?,
            "text" => rule.text = reader.string(item, "text is a text in quotes")?.to_owned(),
            "mute" => rule.mute = reader.truth(item, "mute")?,
            _ => reader.not_known(table, key),
        }
    }
    Ok(rule)
}

fn hours(text: &str) -> Option<QuietHours> {
    let (from, to) = text.split_once('-')?;
    Some(QuietHours { from_minute: minute(from)?, to_minute: minute(to)? })
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

fn written(QuietHours { from_minute, to_minute }: QuietHours) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{}-{}", clock(from_minute), clock(to_minute))
}
