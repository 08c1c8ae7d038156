//! The tables, and how an older file comes to have them.

use rusqlite::Connection;

/// What makes a file of one version one of the next. A step that was released is never changed.
const STEPS: &[&str] = &[
    include_str!("../schema/1.sql"),
    include_str!("../schema/2.sql"),
    include_str!("../schema/3.sql"),
    include_str!("../schema/4.sql"),
    include_str!("../schema/5.sql"),
];

/// The version this program writes.
pub(crate) const VERSION: i64 = STEPS.len() as i64;

/// The version of a file; 0 of one that has nothing in it yet.
pub(crate) fn version(file: &Connection) -> rusqlite::Result<i64> {
    file.query_row("PRAGMA user_version", (), |row| row.get(0))
}

/// Brings a file up to date: all of the steps that it lacks, or, where one fails, none.
pub(crate) fn bring_up(file: &mut Connection) -> rusqlite::Result<()> {
    bring_up_to(file, STEPS.len())
}

/// The steps up to a version.
pub(crate) fn bring_up_to(file: &mut Connection, wanted: usize) -> rusqlite::Result<()> {
    let found = usize::try_from(version(file)?).unwrap_or(usize::MAX);
    if found >= wanted {
        return Ok(());
    }
    let transaction = file.transaction()?;
    for step in &STEPS[found..wanted] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", wanted as i64)?;
    transaction.commit()
}
