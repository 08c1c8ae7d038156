use std::{collections::HashMap, time::Duration};

use longwire_contract::AppId;
use rusqlite::{Connection, OptionalExtension};

use super::Histogram;

pub(super) const MINUTE_MS: u64 = 60_000;

/// So many minutes of apps wait at most to be written down. No more come together unless the disk is full for long.
const WAITING: usize = 4096;

/// What happened in a minute.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Minute {
    /// Events that were kept.
    pub(crate) kept: u32,
    /// Events that could not be.
    pub(crate) refused: u32,
    /// How long the acknowledgement of those that were kept took.
    pub(crate) acks: Histogram,
}

impl Minute {
    pub(super) fn merge(&mut self, other: &Self) {
        self.kept = self.kept.saturating_add(other.kept);
        self.refused = self.refused.saturating_add(other.refused);
        self.acks.merge(&other.acks);
    }
}

/// Minutes that are not written down yet, by app and number.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Minutes(HashMap<(AppId, u64), Minute>);

impl Minutes {
    /// Counts an acknowledgement.
    pub(crate) fn count(&mut self, app: &AppId, at_ms: u64, took: Duration, kept: bool) {
        let key = (app.clone(), at_ms / MINUTE_MS);
        if self.0.len() >= WAITING && !self.0.contains_key(&key) {
            return;
        }
        let minute = self.0.entry(key).or_default();
        if kept {
            minute.kept = minute.kept.saturating_add(1);
            minute.acks.add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        } else {
            minute.refused = minute.refused.saturating_add(1);
        }
    }

    /// Takes those of another one in.
    pub(crate) fn merge(&mut self, other: Self) {
        for (key, minute) in other.0 {
            self.0.entry(key).or_default().merge(&minute);
        }
    }

    /// Those of an app, or of all, from one number to another.
    pub(super) fn iter(&self, app: Option<&AppId>) -> impl Iterator<Item = (u64, &Minute)> {
        self.0
            .iter()
            .filter(move |((of, _), _)| app.is_none_or(|app| app == of))
            .map(|((_, at), minute)| (*at, minute))
    }

    /// Writes them down, beside what was written of the same minutes before.
    pub(crate) fn write(&self, file: &Connection) -> rusqlite::Result<()> {
        let mut find =
            file.prepare_cached("SELECT kept, refused, acks FROM minutes WHERE minute = ?1 AND app = ?2")?;
        let mut put = file.prepare_cached("INSERT OR REPLACE INTO minutes VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for ((app, at), minute) in &self.0 {
            let Ok(at) = i64::try_from(*at) else { continue };
            let mut minute = minute.clone();
            if let Some(before) = find.query_row((at, app.as_str()), |row| read(row, 0)).optional()? {
                minute.merge(&before);
            }
            put.execute((at, app.as_str(), minute.kept, minute.refused, minute.acks.to_bytes()))?;
        }
        Ok(())
    }
}

/// Reads the minutes that are written down, of an app or of all, from one number on up to another.
pub(super) fn each(
    file: &Connection,
    app: Option<&AppId>,
    (first, last): (u64, u64),
    mut take: impl FnMut(u64, &Minute),
) -> rusqlite::Result<()> {
    let mut find = file.prepare_cached(
        "SELECT minute, kept, refused, acks FROM minutes WHERE minute BETWEEN ?1 AND ?2 AND (?3 IS NULL OR app = ?3)",
    )?;
    let mut rows = find.query((clamped(first), clamped(last), app.map(AppId::as_str)))?;
    while let Some(row) = rows.next()? {
        take(u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0), &read(row, 1)?);
    }
    Ok(())
}

/// Forgets the minutes before this moment.
pub(super) fn forget(file: &Connection, before_ms: u64) -> rusqlite::Result<()> {
    file.prepare_cached("DELETE FROM minutes WHERE minute < ?1")?
        .execute((clamped(before_ms / MINUTE_MS),))?;
    Ok(())
}

pub(super) fn clamped(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn read(row: &rusqlite::Row<'_>, from: usize) -> rusqlite::Result<Minute> {
    Ok(Minute {
        kept: row.get(from)?,
        refused: row.get(from + 1)?,
        acks: Histogram::from_bytes(row.get_ref(from + 2)?.as_bytes()?),
    })
}
