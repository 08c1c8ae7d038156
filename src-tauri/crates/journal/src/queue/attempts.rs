//! The attempts of a delivery.

use longwire_contract::{AttemptView, DeliveryState};
use rusqlite::{Connection, OptionalExtension};

use super::{Attempt, Then};
use crate::codec;

/// Of many attempts so many of the first and of the last ones are kept.
const FIRST: u32 = 2;
const LAST: u32 = 8;

/// Writes down an attempt and what becomes of its delivery.
pub(super) fn write(file: &Connection, attempt: &Attempt, then: Then) -> rusqlite::Result<()> {
    let (state, not_before_ms) = match then {
        Then::Delivered => (DeliveryState::Delivered, 0),
        Then::Again(at_ms) => (DeliveryState::Queued, at_ms),
        Then::Failed => (DeliveryState::Failed, 0),
    };
    let mut set = file.prepare_cached(
        "UPDATE deliveries SET state = iif(state = 0, 0, ?3), attempts = attempts + 1,
         tried = max(tried + 1, ?4), not_before_ms = ?5
         WHERE seq = ?1 AND target = ?2 RETURNING tried",
    )?;
    let delivery =
        (attempt.seq, attempt.target.0, codec::state(state), attempt.number, not_before_ms.cast_signed());
    let Some(number) = set.query_row(delivery, |row| row.get::<_, u32>(0)).optional()? else {
        return Ok(());
    };
    let mut add = file.prepare_cached(
        "INSERT INTO attempts (seq, target, number, at_ms, took_us, outcome, status, response, detail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    add.execute((
        attempt.seq,
        attempt.target.0,
        number,
        attempt.at_ms.cast_signed(),
        attempt.took_us.cast_signed(),
        codec::outcome(attempt.outcome),
        attempt.status,
        &attempt.response,
        &attempt.detail,
    ))?;
    if number > FIRST + LAST {
        let mut thin = file.prepare_cached(
            "DELETE FROM attempts WHERE seq = ?1 AND target = ?2 AND number > ?3 AND number <= ?4",
        )?;
        thin.execute((attempt.seq, attempt.target.0, FIRST, number - LAST))?;
    }
    Ok(())
}

/// The attempts of a delivery, the first one first.
pub(super) fn read(file: &Connection, seq: u32, target: i64) -> rusqlite::Result<Vec<AttemptView>> {
    let mut find = file.prepare_cached(
        "SELECT number, at_ms, took_us, outcome, status, response, detail FROM attempts
         WHERE seq = ?1 AND target = ?2 ORDER BY number",
    )?;
    let attempts = find.query_map((seq, target), |row| {
        Ok(AttemptView {
            number: row.get(0)?,
            at_ms: row.get::<_, i64>(1)?.cast_unsigned(),
            took_ms: row.get::<_, f64>(2)? / 1000.0,
            outcome: codec::to_outcome(row.get(3)?),
            status: row.get(4)?,
            response: row.get(5)?,
            detail: row.get(6)?,
        })
    })?;
    attempts.collect()
}
