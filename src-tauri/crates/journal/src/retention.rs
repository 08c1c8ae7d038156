use std::{fs, path::PathBuf};

use longwire_contract::JournalSettings;
use rusqlite::{Connection, OptionalExtension};

use crate::{
    Error, Journal,
    queue::Held,
    reading::{CHUNK, delete},
    search::{self, indexed},
    stats,
};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const MEGABYTE: u64 = 1_000_000;
/// Where it is too much, the oldest go until it is this share of what it may be, so that the next event does not make it too
/// much again.
const DOWN_TO: f64 = 0.95;
/// The part of what the file may take that is left to what waits in the `-wal` file, at most.
const WAITING: u64 = 4;
/// So much free room stays in the file for what comes next, in pages: 4 MB.
const FREE: u64 = 1024;
/// So many pages are given back at a time.
const GIVEN_BACK: u64 = 256;
/// So many events are looked at at a time for whether they may go.
const LOOKED_AT: u32 = 2000;

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Size {
    /// How many events.
    pub events: u32,
    /// What the file takes on the disk, in bytes.
    pub bytes: u64,
    /// When the oldest event arrived, in milliseconds since the Unix epoch.
    pub oldest_ms: Option<u64>,
}

impl Journal {
    /// How much is kept.
    pub async fn size(&self) -> Result<Size, Error> {
        self.read(size).await
    }

    /// Changes how long events are kept, from the next commit on.
    pub async fn set(&self, settings: JournalSettings) -> Result<(), Error> {
        self.set_settings(settings);
        Ok(())
    }

    /// Deletes what is too old or too much: events that no [held](Self::hold) target waits for, keys of duplicates older than 24 hours,
    /// statistics older than 30 days; and gives the room back to the disk. How many events. When the clock went on by more than
    /// 48 hours since it was told last, by this or by [`alive`](Self::alive), and the journal was open all the time, nothing is
    /// too old until the journal has been open for a day more: the clock may be wrong.
    pub async fn retain(&self, now_ms: u64) -> Result<u32, Error> {
        let JournalSettings { days, megabytes, .. } = self.settings();
        let old_ms = now_ms.saturating_sub(u64::from(days).saturating_mul(DAY_MS));
        let bytes = u64::from(megabytes).saturating_mul(MEGABYTE);

        let believed = self.compare_clocks(now_ms).await?;
        let mut deleted = if believed { self.delete_oldest(Some(old_ms), None).await? } else { 0 };
        if self.read(Room::of).await?.used() > bytes {
            let enough = (bytes as f64 * DOWN_TO) as u64;
            deleted += self.delete_oldest(None, Some(enough)).await?;
        }
        if believed {
            self.write(move |file| stats::forget(file, now_ms)).await?;
        }
        self.expire_ids().await?;
        while deleted > 0 && self.write(search::merge).await? {}
        while self.write(give_back).await? {}
        Ok(deleted)
    }

    /// Deletes the oldest events that no held target waits for: those that arrived before `before_ms`, or until no more than
    /// `enough` bytes are used; how many.
    async fn delete_oldest(&self, before_ms: Option<u64>, enough: Option<u64>) -> Result<u32, Error> {
        let (mut after, mut deleted) = (0, 0);
        loop {
            let held = self.held().clone();
            let oldest = self.read(move |file| oldest(file, after, before_ms, &held)).await?;
            let Some(last) = oldest.looked_at else { return Ok(deleted) };
            after = last;
            for chunk in oldest.seqs.chunks(CHUNK) {
                let chunk = chunk.to_vec();
                let (gone, used) =
                    self.erase(move |file| Ok((delete(file, &chunk)?, Room::of(file)?.used()))).await?;
                deleted += gone;
                if enough.is_some_and(|enough| used <= enough) {
                    return Ok(deleted);
                }
            }
        }
    }
}

/// Some of the oldest events.
#[derive(Debug, Default)]
struct Oldest {
    /// Those that may go, in their order.
    seqs: Vec<u32>,
    /// The last one that was looked at; none after the last one of all.
    looked_at: Option<u32>,
}

/// The oldest events after this one that no held target waits for, of those that arrived before this moment.
fn oldest(file: &Connection, after: u32, before_ms: Option<u64>, held: &Held) -> rusqlite::Result<Oldest> {
    let before_ms = before_ms.map_or(i64::MAX, |ms| i64::try_from(ms).unwrap_or(i64::MAX));
    let upto = indexed(file)?.upto;
    let mut found = Oldest::default();
    if after >= upto && before_ms != i64::MAX {
        return Ok(found);
    }
    // Events that are not indexed yet are too young to be too old. They can be too much.
    let ranges = match before_ms {
        i64::MAX => vec![(after.saturating_add(1), u32::MAX)],
        before_ms => {
            let mut ranges =
                indexed(file)?.ranges(file, (after.saturating_add(1), upto), i64::MIN, before_ms)?;
            ranges.reverse();
            ranges
        }
    };
    let mut look = file.prepare_cached(
        "SELECT e.seq, e.at_ms < ?4 AND NOT EXISTS (
             SELECT 1 FROM deliveries d WHERE d.seq = e.seq AND d.state = 1 AND d.target IN (
                 SELECT id FROM targets WHERE ?5 IS NULL OR id IN (SELECT value FROM json_each(?5))))
         FROM events e WHERE e.seq BETWEEN ?1 AND ?2 ORDER BY e.seq LIMIT ?3",
    )?;
    let held = held.list();
    let mut left = LOOKED_AT;
    for (lowest, highest) in ranges {
        let mut rows = look.query((lowest, highest, left, before_ms, &held))?;
        while let Some(row) = rows.next()? {
            let seq = row.get(0)?;
            found.looked_at = Some(seq);
            left -= 1;
            if row.get(1)? {
                found.seqs.push(seq);
            }
        }
        if left == 0 {
            break;
        }
    }
    Ok(found)
}

fn size(file: &Connection) -> rusqlite::Result<Size> {
    let events = file
        .prepare_cached(
            "SELECT (SELECT ifnull(sum(events), 0) FROM blocks)
             + (SELECT count(*) FROM events WHERE seq > (SELECT upto FROM indexed))",
        )?
        .query_row((), |row| row.get(0))?;
    let oldest_ms: Option<i64> = file
        .prepare_cached("SELECT at_ms FROM events ORDER BY seq LIMIT 1")?
        .query_row((), |row| row.get(0))
        .optional()?;
    Ok(Size {
        events,
        bytes: Room::of(file)?.taken(),
        oldest_ms: oldest_ms.map(|ms| u64::try_from(ms).unwrap_or(0)),
    })
}

/// What the file takes.
#[derive(Clone, Copy, Debug)]
struct Room {
    page: u64,
    pages: u64,
    free: u64,
    /// What waits in the `-wal` file, in bytes.
    waiting: u64,
}

impl Room {
    fn of(file: &Connection) -> rusqlite::Result<Self> {
        let number =
            |pragma: &str| file.query_row(pragma, (), |row| row.get::<_, i64>(0)).map(i64::unsigned_abs);
        let waiting = file.path().map(|path| PathBuf::from(format!("{path}-wal")));
        Ok(Self {
            page: number("PRAGMA page_size")?,
            pages: number("PRAGMA page_count")?,
            free: number("PRAGMA freelist_count")?,
            waiting: waiting.and_then(|path| fs::metadata(path).ok()).map_or(0, |file| file.len()),
        })
    }

    /// What is taken of the disk, in bytes.
    fn taken(self) -> u64 {
        self.pages * self.page + self.waiting
    }

    /// What is taken and not free to be written anew. Of a small file the `-wal` file would be most, and deleting events makes
    /// that no smaller: no more than a part of it counts.
    fn used(self) -> u64 {
        let used = (self.pages - self.free.min(self.pages)) * self.page;
        used + self.waiting.min(used / WAITING)
    }
}

/// Gives some room back to the disk; whether there is more to give.
fn give_back(file: &Connection) -> rusqlite::Result<bool> {
    let free = Room::of(file)?.free;
    if free <= FREE {
        return Ok(false);
    }
    let mut pages = file.prepare(&format!("PRAGMA incremental_vacuum({})", GIVEN_BACK.min(free - FREE)))?;
    let mut rows = pages.query(())?;
    while rows.next()?.is_some() {}
    // Less is free than before, or none of it can be given back.
    let left = Room::of(file)?.free;
    Ok(left > FREE && left < free)
}
