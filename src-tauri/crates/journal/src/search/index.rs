//! The index of the texts. Indexing an event costs as much as keeping it, so it is done afterwards, a batch at a time: what is
//! read and what is made of it beside the writing, then one write.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, ffi};

use super::Words;
use crate::text;

/// How many numbers a block has, as a power of two.
const BLOCK: u32 = 10;

/// So many pages are merged at a time: a few milliseconds.
const MERGED: u32 = 64;

/// How much of a payload is looked at, in bytes. What a person reads of an event stands within it.
pub(crate) const READ: u32 = 256 * 1024;

/// Events that are to be indexed.
#[derive(Debug)]
pub(crate) struct Batch {
    from: u32,
    upto: u32,
    /// Their numbers, when they arrived, and their words.
    events: Vec<(u32, i64, Words)>,
}

/// What the index knows of.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Indexed {
    /// The events up to this one.
    pub(crate) upto: u32,
}

impl Indexed {
    /// The indexed numbers from `lowest` to `highest` among which are all events that arrived from `since_ms` on and before
    /// `until_ms`: ranges, both ends included, the newest first.
    pub(crate) fn ranges(
        &self,
        file: &Connection,
        (lowest, highest): (u32, u32),
        since_ms: i64,
        until_ms: i64,
    ) -> rusqlite::Result<Vec<(u32, u32)>> {
        let highest = highest.min(self.upto);
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        let mut blocks = file.prepare_cached(
            "SELECT block FROM blocks WHERE block BETWEEN ?1 AND ?2 AND last_ms >= ?3 AND first_ms < ?4 ORDER BY block DESC",
        )?;
        let mut rows = blocks.query((lowest >> BLOCK, highest >> BLOCK, since_ms, until_ms))?;
        while let Some(row) = rows.next()? {
            let block: u32 = row.get(0)?;
            let (first, last) = (block << BLOCK, (block << BLOCK) | ((1 << BLOCK) - 1));
            match ranges.last_mut() {
                Some(newer) if newer.0 == last + 1 => newer.0 = first,
                _ => ranges.push((first, last)),
            }
        }
        for range in &mut ranges {
            *range = (range.0.max(lowest), range.1.min(highest));
        }
        Ok(ranges)
    }
}

/// How far the index is.
pub(crate) fn indexed(file: &Connection) -> rusqlite::Result<Indexed> {
    let upto = file.prepare_cached("SELECT upto FROM indexed")?.query_row((), |row| row.get(0))?;
    Ok(Indexed { upto })
}

/// The next events to be indexed, at most `limit`; nothing where there are none.
pub(crate) fn read_batch(file: &Connection, limit: u32) -> rusqlite::Result<Option<Batch>> {
    let from = indexed(file)?.upto;
    let mut batch = Batch { from, upto: from, events: Vec::new() };
    let mut events = file.prepare_cached(
        "SELECT seq, at_ms, event_id, substr(payload, 1, ?3) FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let mut rows = events.query((from, limit, READ))?;
    while let Some(row) = rows.next()? {
        let (seq, at_ms): (u32, i64) = (row.get(0)?, row.get(1)?);
        let event_id = row.get_ref(2)?.as_str_or_null()?;
        let payload = row.get_ref(3)?.as_blob()?;
        batch.events.push((seq, at_ms, text::words(event_id, payload)));
        batch.upto = seq;
    }
    Ok((!batch.events.is_empty()).then_some(batch))
}

/// Puts a batch into the index, within a transaction; nothing where it is there already. Events that were deleted since it was
/// read are left out. An index that is damaged is begun anew.
pub(crate) fn write_batch(file: &Connection, batch: &Batch) -> rusqlite::Result<()> {
    if indexed(file)?.upto != batch.from {
        return Ok(());
    }
    match put(file, batch) {
        Err(error) if is_damage(&error) => {
            tracing::warn!(%error, "the index of texts is damaged and is made anew");
            begin_anew(file)
        }
        outcome => outcome,
    }
}

/// Merges some of the parts that the batches left, within a transaction of its own; whether there may be more to merge. What
/// was deleted gives its room back so.
pub(crate) fn merge(file: &Connection) -> rusqlite::Result<bool> {
    let before = file.total_changes();
    file.prepare_cached("INSERT INTO search (search, rank) VALUES ('merge', ?1)")?.execute((MERGED,))?;
    Ok(file.total_changes() - before >= 2)
}

/// Takes events that were deleted out of the index, within the same transaction. FTS5 writes down what it has before every
/// statement that may have to be undone in part, and deleting an event is one: so this comes after all of them.
pub(crate) fn forget(file: &Connection, gone: &[u32]) -> rusqlite::Result<()> {
    let upto = indexed(file)?.upto;
    let mut blocks: BTreeMap<u32, u32> = BTreeMap::new();
    let mut delete = file.prepare_cached("DELETE FROM search WHERE rowid = ?1")?;
    for seq in gone.iter().filter(|seq| **seq <= upto) {
        delete.execute((seq,))?;
        *blocks.entry(seq >> BLOCK).or_default() += 1;
    }
    if !file.prepare_cached("SELECT 1 FROM events WHERE seq <= ?1")?.exists((upto,))? {
        file.execute("INSERT INTO search (search) VALUES ('delete-all')", ())?;
    }
    for (block, events) in blocks {
        file.prepare_cached("UPDATE blocks SET events = events - ?2 WHERE block = ?1")?
            .execute((block, events))?;
        // The newest block gets more.
        file.prepare_cached("DELETE FROM blocks WHERE block = ?1 AND events <= 0 AND block < ?2")?
            .execute((block, upto >> BLOCK))?;
    }
    Ok(())
}

/// Whether it says that the index of texts is not what was written; the rest of the file may be.
fn is_damage(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_CORRUPT_VTAB)
}

fn begin_anew(file: &Connection) -> rusqlite::Result<()> {
    file.execute("INSERT INTO search (search) VALUES ('delete-all')", ())?;
    file.execute("DELETE FROM blocks", ())?;
    file.execute("UPDATE indexed SET upto = 0", ())?;
    Ok(())
}

fn put(file: &Connection, batch: &Batch) -> rusqlite::Result<()> {
    let mut kind = file.prepare_cached("SELECT type, app FROM events WHERE seq = ?1")?;
    let mut insert = file.prepare_cached("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?;
    let mut blocks: BTreeMap<u32, (i64, i64, u32)> = BTreeMap::new();
    for (seq, at_ms, words) in &batch.events {
        let found = kind.query_row((seq,), |row| Ok(Kind { event_type: row.get(0)?, app: row.get(1)? }));
        if let Some(kind) = found.optional()? {
            insert.execute((seq, format!("{}{}", kind.word(), words.as_str())))?;
            let block = blocks.entry(seq >> BLOCK).or_insert((*at_ms, *at_ms, 0));
            *block = (block.0.min(*at_ms), block.1.max(*at_ms), block.2 + 1);
        }
    }
    let mut add = file.prepare_cached(
        "INSERT INTO blocks VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET events = events + excluded.events,
         first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)",
    )?;
    for (block, (first, last, events)) in blocks {
        add.execute((block, first, last, events))?;
    }
    file.prepare_cached("UPDATE indexed SET upto = ?1")?.execute((batch.upto,))?;
    Ok(())
}

/// An app and a type of its events, by their numbers in the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Kind {
    pub(crate) event_type: i64,
    pub(crate) app: i64,
}

impl Kind {
    /// The word by which the events of this kind are found in the index. No text has one that begins so.
    pub(crate) fn word(self) -> String {
        format!("¶{}t{}", self.app, self.event_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    fn file(events: u32) -> Connection {
        let mut file = Connection::open_in_memory().unwrap();
        schema::bring_up(&mut file).unwrap();
        for seq in 1..=events {
            file.execute(
                "INSERT INTO events VALUES (?1, 1, 1, 0, ?1 * 10, 0, 0, NULL, NULL, NULL, x'', CAST(?2 AS BLOB))",
                (seq, format!("{{\"event\":{{\"text\":\"word{seq}\"}}}}")),
            )
            .unwrap();
        }
        file
    }

    fn step(file: &Connection, limit: u32) -> bool {
        let batch = read_batch(file, limit).unwrap();
        batch.is_some_and(|batch| {
            write_batch(file, &batch).unwrap();
            true
        })
    }

    fn found(file: &Connection) -> i64 {
        file.query_row("SELECT count(*) FROM search WHERE search MATCH '\"word\" *'", (), |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn every_event_is_indexed_once() {
        let file = file(2500);
        let batch = read_batch(&file, 700).unwrap().unwrap();
        write_batch(&file, &batch).unwrap();
        // Of a transaction that was done once more, or of another file.
        write_batch(&file, &batch).unwrap();
        assert_eq!((indexed(&file).unwrap().upto, found(&file)), (700, 700));
        while step(&file, 700) {}
        assert_eq!((indexed(&file).unwrap().upto, found(&file)), (2500, 2500));
        let events: i64 = file.query_row("SELECT sum(events) FROM blocks", (), |row| row.get(0)).unwrap();
        assert_eq!(events, 2500);
    }

    #[test]
    fn a_time_is_looked_for_in_the_blocks_it_can_be_in() {
        let file = file(5000);
        while step(&file, 999) {}
        let ranges = |seqs, since, until| indexed(&file).unwrap().ranges(&file, seqs, since, until).unwrap();
        assert_eq!(ranges((0, u32::MAX), i64::MIN, i64::MAX), [(0, 5000)]);
        assert_eq!(ranges((0, u32::MAX), 20_490, 20_500), [(2048, 3071)]);
        assert_eq!(ranges((2100, 2200), 20_490, 31_000), [(2100, 2200)]);
        assert_eq!(ranges((0, u32::MAX), 60_000, i64::MAX), []);
        // The clock went wrong for a while.
        file.execute("UPDATE blocks SET first_ms = 0 WHERE block = 4", ()).unwrap();
        assert_eq!(ranges((0, u32::MAX), 0, 11), [(4096, 5000), (0, 1023)]);
    }

    #[test]
    fn a_damaged_index_is_made_anew() {
        let file = file(20);
        assert!(step(&file, 10));
        file.execute("DELETE FROM search_data", ()).unwrap();
        while step(&file, 10) {}
        assert_eq!((indexed(&file).unwrap().upto, found(&file)), (20, 20));
    }
}
