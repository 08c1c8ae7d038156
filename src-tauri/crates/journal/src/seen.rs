//! Which ids were seen.
//!
//! Ids are random, so that each would go to another page of the file: a hundred events would write two hundred pages, most
//! of what is written at all. The keys of the last events are kept in memory, therefore, and go into the table many at a
//! time, in the table's order. Until then the events themselves hold them in the file, and they are read from there
//! at the start.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

use crate::NewEvent;

mod filter;

use filter::Filter;

/// From so many keys in memory on they are written down.
const MANY: usize = 32_768;
/// So many are written down at a time: about a millisecond's work.
const SLICE: usize = 512;
/// So old a key has to be, by the journal's clock, before it may be forgotten: 24 hours. The platform sends its last copy
/// after 7 h 5 min. The clock counts the time that the journal is open: a wall clock that jumps, or is put
/// right, costs no key.
const KEPT_S: i64 = 24 * 60 * 60;
/// In so many steps the table is looked through for old keys.
pub(crate) const PARTS: u32 = 64;

/// The keys that were seen.
#[derive(Debug)]
pub(crate) struct Seen {
    recent: HashMap<i64, u32>,
    /// Those that came with the transaction that is under way.
    fresh: Vec<i64>,
    /// Those that are being written down, in order, and up to which event.
    going: Option<Going>,
    /// Up to which event they are written down.
    merged: u32,
    /// The keys in the table.
    filter: Filter,
}

#[derive(Debug)]
struct Going {
    keys: Vec<(i64, u32)>,
    next: usize,
    upto: u32,
}

/// What tells duplicates of an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ids<'a> {
    app: &'a str,
    /// Each of its ids and what that is known by.
    keys: [Option<(Id<'a>, i64)>; 2],
}

/// One of the two ids that tell duplicates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Id<'a> {
    /// `event_id` or `uuid`.
    Event(&'a str),
    /// The id of the message it brings.
    Message(&'a str),
}

impl Seen {
    /// What a file knows: the keys that are not in its table yet are read from its events.
    pub(crate) fn read(file: &Connection) -> rusqlite::Result<Self> {
        let merged = file.query_row("SELECT merged FROM journal", (), |row| row.get(0))?;
        let mut seen =
            Self { recent: HashMap::new(), fresh: Vec::new(), going: None, merged, filter: Filter::new() };
        let mut statement = file.prepare(
            "SELECT e.seq, a.name, e.event_id, e.message_id FROM events e JOIN apps a ON a.id = e.app WHERE e.seq > ?1",
        )?;
        let mut rows = statement.query((merged,))?;
        while let Some(row) = rows.next()? {
            let (event_id, message_id) =
                (row.get_ref(2)?.as_str_or_null()?, row.get_ref(3)?.as_str_or_null()?);
            let seq = row.get(0)?;
            for (_, key) in Ids::new(row.get_ref(1)?.as_str()?, event_id, message_id).each() {
                seen.recent.entry(key).or_insert(seq);
            }
        }
        Ok(seen)
    }

    /// The event that had one of these ids first.
    pub(crate) fn first(&self, file: &Connection, ids: &Ids<'_>) -> rusqlite::Result<Option<u32>> {
        for (id, key) in ids.each() {
            let found = match self.recent.get(&key) {
                Some(&seq) => Some(seq),
                None if !self.filter.may_have(key) => None,
                None => {
                    let mut find = file.prepare_cached("SELECT seq FROM seen WHERE key = ?1")?;
                    find.query_row((key,), |row| row.get(0)).optional()?
                }
            };
            if let Some(seq) = found
                && id.is_of(file, seq, ids.app)?
            {
                return Ok(Some(seq));
            }
        }
        Ok(None)
    }

    /// Notes the ids of an event that was written.
    pub(crate) fn note(&mut self, ids: &Ids<'_>, seq: u32) {
        for (_, key) in ids.each() {
            self.recent.insert(key, seq);
            self.fresh.push(key);
        }
    }

    /// What was noted is committed.
    pub(crate) fn commit(&mut self) {
        self.fresh.clear();
    }

    /// What was noted since the last commit was not kept.
    pub(crate) fn undo(&mut self) {
        for key in self.fresh.drain(..) {
            self.recent.remove(&key);
        }
    }

    /// Up to which event the keys are written down.
    pub(crate) fn merged(&self) -> u32 {
        self.merged
    }

    /// Whether there is some to write down now, under load.
    pub(crate) fn is_many(&self) -> bool {
        self.going.is_some() || self.recent.len() >= MANY
    }

    /// Whether there is any to write down.
    pub(crate) fn is_any(&self, last: u32) -> bool {
        last > self.merged
    }

    /// Writes down some, of the events up to `last`, as seen at this moment of the journal's clock. Call [`went`](Self::went)
    /// once it is committed.
    pub(crate) fn write_some(&mut self, file: &Connection, last: u32, at_s: i64) -> rusqlite::Result<()> {
        let going = self.going.get_or_insert_with(|| {
            let mut keys: Vec<(i64, u32)> = self.recent.iter().map(|(&key, &seq)| (key, seq)).collect();
            keys.sort_unstable();
            keys.iter().for_each(|(key, _)| self.filter.add(*key));
            Going { keys, next: 0, upto: last }
        });
        let mut add =
            file.prepare_cached("INSERT OR REPLACE INTO seen (key, seq, at_s) VALUES (?1, ?2, ?3)")?;
        for (key, seq) in going.keys.iter().skip(going.next).take(SLICE) {
            add.execute((key, seq, at_s))?;
        }
        if going.next + SLICE >= going.keys.len() {
            let mut set = file.prepare_cached("UPDATE journal SET merged = ?1, clock_s = ?2")?;
            set.execute((going.upto, at_s))?;
        }
        Ok(())
    }

    /// What was written down is committed; whether all is.
    pub(crate) fn went(&mut self) -> bool {
        let Some(going) = &mut self.going else { return true };
        going.next += SLICE;
        if going.next < going.keys.len() {
            return false;
        }
        self.merged = going.upto;
        self.going = None;
        let merged = self.merged;
        self.recent.retain(|_, seq| *seq > merged);
        true
    }

    /// Forgets all keys, for a new file. Those in memory may be of events that waited for a target in the old one, and are now
    /// in no queue: a copy of such an event has to be taken for a new one, and of others it may be.
    pub(crate) fn start_over(&mut self) {
        self.recent.clear();
        self.fresh.clear();
        self.going = None;
        self.merged = 0;
        self.filter = Filter::new();
    }

    /// Whether what is in the table is known well enough to tell of most new ids that they are not.
    pub(crate) fn is_ready(&self) -> bool {
        self.filter.is_complete()
    }

    /// Learns some of what is in the table.
    pub(crate) fn learn_some(&mut self, file: &Connection) -> rusqlite::Result<()> {
        self.filter.read_some(file)
    }

    /// Old keys left the table.
    pub(crate) fn expired(&mut self) {
        self.filter.thin();
    }
}

/// Forgets the old keys in one of the [`PARTS`] of the table.
pub(crate) fn expire(file: &Connection, part: u32) -> rusqlite::Result<()> {
    let width = u64::MAX / u64::from(PARTS) + 1;
    let from = i64::MIN.wrapping_add_unsigned(width.wrapping_mul(u64::from(part)));
    let to = from.saturating_add_unsigned(width - 1);
    file.prepare_cached(
        "DELETE FROM seen WHERE key BETWEEN ?1 AND ?2 AND at_s < (SELECT clock_s FROM journal) - ?3",
    )?
    .execute((from, to, KEPT_S))?;
    Ok(())
}

impl<'a> Ids<'a> {
    pub(crate) fn of(event: &'a NewEvent) -> Self {
        Self::new(event.app_id.as_str(), event.event_id.as_deref(), event.message_id.as_deref())
    }

    fn new(app: &'a str, event: Option<&'a str>, message: Option<&'a str>) -> Self {
        let within = hash(hash(FNV, app.bytes()), [0]);
        let keyed = |id: Id<'a>| (id, id.key(within));
        Self { app, keys: [event.map(Id::Event).map(keyed), message.map(Id::Message).map(keyed)] }
    }

    fn each(&self) -> impl Iterator<Item = (Id<'a>, i64)> {
        self.keys.into_iter().flatten()
    }
}

/// Where FNV-1a of 64 bits begins.
const FNV: u64 = 0xcbf2_9ce4_8422_2325;

fn hash(from: u64, bytes: impl IntoIterator<Item = u8>) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.into_iter().fold(from, step)
}

impl Id<'_> {
    /// What the id is known by, within the hash of its app. FNV-1a, mixed as MurmurHash3 does at its end: the ids are random
    /// already, and a hit is compared with the event. Keys are kept: it stays as it is.
    fn key(self, within: u64) -> i64 {
        let mut hash = match self {
            Self::Event(id) => hash(hash(within, *b"e"), id.bytes()),
            Self::Message(id) => hash(hash(within, *b"m"), id.bytes()),
        };
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        (hash ^ (hash >> 33)).cast_signed()
    }

    /// Whether that event has this id. One that is gone is taken at the key's word.
    fn is_of(self, file: &Connection, seq: u32, app: &str) -> rusqlite::Result<bool> {
        let mut find = file.prepare_cached(
            "SELECT a.name, e.event_id, e.message_id FROM events e JOIN apps a ON a.id = e.app WHERE e.seq = ?1",
        )?;
        let same = find.query_row((seq,), |row| {
            let (column, id) = match self {
                Self::Event(id) => (1, id),
                Self::Message(id) => (2, id),
            };
            Ok(row.get_ref(0)?.as_str()? == app && row.get_ref(column)?.as_str_or_null()? == Some(id))
        });
        Ok(same.optional()?.unwrap_or(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_what_they_are() {
        let keys: Vec<_> = Ids::new("cli_a", Some("1"), Some("1")).each().map(|(_, key)| key).collect();
        assert_eq!(keys, [877_874_811_604_865_055, 3_012_719_470_094_455_794]);
        let other = Ids::new("cli_b", Some("1"), None);
        assert!(other.each().all(|(_, key)| !keys.contains(&key)));
    }
}
