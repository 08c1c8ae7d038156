//! `[journal]`: how long events are kept.

use longwire_contract::JournalSettings;
use toml_edit::Table;

use super::{Mistake, Reader, put};

pub(super) fn read(reader: &mut Reader<'_>, table: &Table) -> Result<JournalSettings, Mistake> {
    let mut journal = JournalSettings::default();
    for (key, item) in table.iter() {
        match key {
            "days" => journal.days = reader.number(item, DAYS, "days is a number, 1 to 365")?,
            "megabytes" => {
                journal.megabytes = reader.number(item, MEGABYTES, "megabytes is a number, 10 to 100000")?;
            }
            "power_safe" => journal.power_safe = reader.truth(item, "power_safe")?,
            _ => reader.not_known(table, key),
        }
    }
    Ok(journal)
}

pub(super) fn write(table: &mut Table, journal: &JournalSettings, all: bool) {
    let defaults = JournalSettings::default();
    put(table, "days", i64::from(journal.days), all || journal.days != defaults.days);
    put(table, "megabytes", i64::from(journal.megabytes), all || journal.megabytes != defaults.megabytes);
    put(table, "power_safe", journal.power_safe, all || journal.power_safe);
}

pub(crate) const DAYS: std::ops::RangeInclusive<u32> = 1..=365;
pub(crate) const MEGABYTES: std::ops::RangeInclusive<u32> = 10..=100_000;
