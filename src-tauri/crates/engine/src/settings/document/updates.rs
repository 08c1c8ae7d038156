//! `[updates]`: how the user wants to be told of updates.

use longwire_contract::UpdateSettings;
use toml_edit::Table;

use super::{Mistake, Reader, put};
use crate::updates::LONGEST_VERSION;

pub(super) fn read(reader: &mut Reader<'_>, table: &Table) -> Result<UpdateSettings, Mistake> {
    let mut updates = UpdateSettings::default();
    for (key, item) in table.iter() {
        match key {
            "check" => updates.check = reader.truth(item, "check")?,
            "skip" => {
                let form = "skip is a version in quotes";
                let version = reader.string(item, form)?;
                let fits = is_version(version);
                fits.then_some(()).ok_or_else(|| reader.mistake(item.span(), form))?;
                updates.skip = Some(version.to_owned());
            }
            _ => reader.not_known(table, key),
        }
    }
    Ok(updates)
}

pub(super) fn write(table: &mut Table, updates: &UpdateSettings, all: bool) {
    put(table, "check", updates.check, all || !updates.check);
    put(table, "skip", updates.skip.clone().unwrap_or_default(), updates.skip.is_some());
}

/// Whether a text may be a version: what none can be is not kept.
pub(crate) fn is_version(text: &str) -> bool {
    let fits = (1..=LONGEST_VERSION).contains(&text.len());
    fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte))
}
