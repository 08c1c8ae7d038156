use std::collections::BTreeMap;

use longwire_contract::{AppId, Phase};
use rusqlite::{Connection, OptionalExtension};

use super::{Timeline, minutes::clamped};

/// Longwire tells every minute that it runs. After a longer silence it did not: the machine slept.
const SILENCE_MS: u64 = 180_000;

/// Writes down an app's state from this moment on.
pub(super) fn set(file: &Connection, app: &str, at_ms: u64, phase: Option<Phase>) -> rusqlite::Result<()> {
    let mut put = file.prepare_cached("INSERT INTO phases (app, at_ms, phase) VALUES (?1, ?2, ?3)")?;
    put.execute((app, clamped(at_ms), phase.map(number)))?;
    Ok(())
}

/// Writes down that Longwire still runs; where it did not for a while, the states of that while are none.
pub(super) fn alive(file: &Connection, at_ms: u64) -> rusqlite::Result<()> {
    let before = last_alive(file)?;
    if before != 0 && at_ms > before.saturating_add(SILENCE_MS) {
        for (app, (since_ms, phase)) in open(file)? {
            if since_ms <= before {
                set(file, &app, before, None)?;
                set(file, &app, at_ms, Some(phase))?;
            }
        }
    }
    file.prepare_cached("UPDATE alive SET at_ms = ?1")?.execute((clamped(at_ms),))?;
    Ok(())
}

/// Ends the states that the last run left open, at the last moment at which it is known to have run. To be called before
/// a new run tells of any.
pub(crate) fn end_last_run(file: &Connection) -> rusqlite::Result<()> {
    let alive_ms = last_alive(file)?;
    for (app, (since_ms, _)) in open(file)? {
        set(file, &app, alive_ms.max(since_ms), None)?;
    }
    Ok(())
}

/// The states from one moment on, by app.
pub(super) fn timelines(
    file: &Connection,
    app: Option<&AppId>,
    from_ms: u64,
) -> rusqlite::Result<Vec<Timeline>> {
    let mut first =
        file.prepare_cached("SELECT id FROM phases WHERE app = ?1 AND at_ms <= ?2 ORDER BY id DESC LIMIT 1")?;
    let mut changes =
        file.prepare_cached("SELECT at_ms, phase FROM phases WHERE app = ?1 AND id >= ?2 ORDER BY id")?;
    let mut timelines = Vec::new();
    for name in apps(file)? {
        if app.is_some_and(|app| app.as_str() != name) {
            continue;
        }
        // What was said last of `from_ms` holds whatever was said before.
        let first: Option<i64> = first.query_row((&name, clamped(from_ms)), |row| row.get(0)).optional()?;
        let mut timeline = Timeline::default();
        let mut rows = changes.query((&name, first.unwrap_or(0)))?;
        while let Some(row) = rows.next()? {
            timeline.set(
                u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
                row.get::<_, Option<i64>>(1)?.map(phase),
            );
        }
        timelines.push(timeline);
    }
    Ok(timelines)
}

/// Forgets what was told before this moment, but for the last of each app, which may still hold.
pub(super) fn forget(file: &Connection, before_ms: u64) -> rusqlite::Result<()> {
    for app in apps(file)? {
        let mut delete = file.prepare_cached(
            "DELETE FROM phases WHERE app = ?1 AND at_ms < ?2
             AND id < (SELECT id FROM phases WHERE app = ?1 AND at_ms <= ?2 ORDER BY id DESC LIMIT 1)",
        )?;
        delete.execute((app, clamped(before_ms)))?;
    }
    Ok(())
}

fn last_alive(file: &Connection) -> rusqlite::Result<u64> {
    let at_ms: i64 = file.prepare_cached("SELECT at_ms FROM alive")?.query_row((), |row| row.get(0))?;
    Ok(u64::try_from(at_ms).unwrap_or(0))
}

/// The apps that were ever in a state.
fn apps(file: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut apps = file.prepare_cached("SELECT DISTINCT app FROM phases")?;
    apps.query_map((), |row| row.get(0))?.collect()
}

/// The apps that are in a state as far as was told, since when, and in which.
fn open(file: &Connection) -> rusqlite::Result<BTreeMap<String, (u64, Phase)>> {
    let mut last =
        file.prepare_cached("SELECT at_ms, phase FROM phases WHERE app = ?1 ORDER BY id DESC LIMIT 1")?;
    let mut open = BTreeMap::new();
    for app in apps(file)? {
        let (at_ms, number): (i64, Option<i64>) =
            last.query_row((&app,), |row| Ok((row.get(0)?, row.get(1)?)))?;
        if let Some(number) = number {
            open.insert(app, (u64::try_from(at_ms).unwrap_or(0), phase(number)));
        }
    }
    Ok(open)
}

fn number(phase: Phase) -> i64 {
    match phase {
        Phase::Paused => 0,
        Phase::Connected => 1,
        Phase::Connecting => 2,
        Phase::Waiting => 3,
        Phase::NeedsYou => 4,
    }
}

fn phase(number: i64) -> Phase {
    match number {
        0 => Phase::Paused,
        1 => Phase::Connected,
        3 => Phase::Waiting,
        4 => Phase::NeedsYou,
        _ => Phase::Connecting,
    }
}
