//! Which ids were seen.
//!
//! Ids are random, so that each would go to another page of the file: a hundred events would write two hundred pages, most
//! of what is written at all. The keys of the last events are kept in memory, therefore, and go into the table many at a
//! time, in the table's order. Until then the events themselves hold them in the file, and they are read from there
//! at the start.

use std::collections::HashMap;

use longwire_contract::AppId;
use rusqlite::{Connection, OptionalExtension};

use crate::NewEvent;

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
}

#[derive(Debug)]
struct Going {
    keys: Vec<(i64, u32)>,
    next: usize,
    upto: u32,
}

/// One of the two ids that tell duplicates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Id<'a> {
    /// `event_id` or `uuid`.
    Event(&'a str),
    /// The id of the message it brings.
    Message(&'a str),
}

impl Seen {
    /// What a file knows: the keys that are not in its table yet are read from its events.
    pub(crate) fn read(file: &Connection) -> rusqlite::Result<Self> {
        let merged = file.query_row("SELECT merged FROM journal", (), |row| row.get(0))?;
        let mut seen = Self { recent: HashMap::new(), fresh: Vec::new(), going: None, merged };
        let mut statement = file.prepare(
            "SELECT e.seq, a.name, e.event_id, e.message_id FROM events e JOIN apps a ON a.id = e.app WHERE e.seq > ?1",
        )?;
        let mut rows = statement.query((merged,))?;
        while let Some(row) = rows.next()? {
            let (seq, app) = (row.get(0)?, row.get_ref(1)?.as_str()?);
            for id in ids(row.get_ref(2)?.as_str_or_null()?, row.get_ref(3)?.as_str_or_null()?) {
                seen.recent.entry(id.key(app)).or_insert(seq);
            }
        }
        Ok(seen)
    }

    /// The event that had one of the ids of this one first.
    pub(crate) fn first(&self, file: &Connection, event: &NewEvent) -> rusqlite::Result<Option<u32>> {
        for id in ids_of(event) {
            let key = id.key(event.app_id.as_str());
            let found = match self.recent.get(&key) {
                Some(&seq) => Some(seq),
                None => {
                    let mut find = file.prepare_cached("SELECT seq FROM seen WHERE key = ?1")?;
                    find.query_row((key,), |row| row.get(0)).optional()?
                }
            };
            if let Some(seq) = found
                && id.is_of(file, seq, &event.app_id)?
            {
                return Ok(Some(seq));
            }
        }
        Ok(None)
    }

    /// Notes the ids of an event that was written.
    pub(crate) fn note(&mut self, event: &NewEvent, seq: u32) {
        for id in ids_of(event) {
            let key = id.key(event.app_id.as_str());
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

impl Id<'_> {
    /// What the id is known by. FNV-1a of 128 bits, folded: the ids are random already, and a hit is compared with the event.
    fn key(self, app: &str) -> i64 {
        let (kind, id) = match self {
            Self::Event(id) => (b"e", id),
            Self::Message(id) => (b"m", id),
        };
        let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        for byte in app.bytes().chain([0]).chain(*kind).chain(id.bytes()) {
            hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
        ((hash >> 64) ^ hash) as u64 as i64
    }

    /// Whether that event has this id. One that is gone is taken at the key's word.
    fn is_of(self, file: &Connection, seq: u32, app: &AppId) -> rusqlite::Result<bool> {
        let mut find = file.prepare_cached(
            "SELECT a.name, e.event_id, e.message_id FROM events e JOIN apps a ON a.id = e.app WHERE e.seq = ?1",
        )?;
        let same = find.query_row((seq,), |row| {
            let (column, id) = match self {
                Self::Event(id) => (1, id),
                Self::Message(id) => (2, id),
            };
            Ok(row.get_ref(0)?.as_str()? == app.as_str()
                && row.get_ref(column)?.as_str_or_null()? == Some(id))
        });
        Ok(same.optional()?.unwrap_or(true))
    }
}

fn ids_of(event: &NewEvent) -> impl Iterator<Item = Id<'_>> {
    ids(event.event_id.as_deref(), event.message_id.as_deref())
}

fn ids<'a>(event: Option<&'a str>, message: Option<&'a str>) -> impl Iterator<Item = Id<'a>> {
    event.map(Id::Event).into_iter().chain(message.map(Id::Message))
}
