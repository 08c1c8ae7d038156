//! What the writer holds: the file, and what it knows of it without looking.

use std::{
    mem,
    path::{Path, PathBuf},
    time::Instant,
};

use rusqlite::Connection;

use crate::{
    Insertion, NewEvent, OpenError,
    clock::Clock,
    codec, error,
    file::{self, Fault},
    names::Names,
    seen::{Ids, Seen},
    stats,
};

/// So many corrections of what was written wait at most.
const LATE: usize = 4096;

/// The tables, and what is known of them.
pub(crate) struct Store {
    path: PathBuf,
    file: Connection,
    /// Whether a damaged file was set aside and no new one could be begun yet.
    gone: bool,
    apps: Names,
    types: Names,
    seen: Seen,
    clock: Clock,
    /// The targets' numbers and names: a new file has them too.
    targets: Vec<(i64, String)>,
    /// The number of the last event, and of the last one that is committed.
    last: u32,
    committed: u32,
    /// How long it takes from the writing of an event to its commit, as it went lately.
    rest_us: u32,
    /// Events that were acknowledged later than was written with them.
    late: Vec<(u32, u32)>,
}

/// What was written of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    pub(crate) insertion: Insertion,
    /// How long it was under way when it was written.
    under_way_us: u32,
    /// How long it was taken to be under way until it is committed.
    ack_us: u32,
}

impl Store {
    /// Opens a journal; where the file is damaged, a new one, and the damaged one's new name.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<PathBuf>), OpenError> {
        match Self::of(path) {
            Ok(store) => Ok((store, None)),
            Err(Fault::Damaged(cause)) => {
                let aside = set_aside(path, &cause)?;
                Ok((Self::of(path)?, Some(aside)))
            }
            Err(fault) => Err(fault.into()),
        }
    }

    fn of(path: &Path) -> Result<Self, Fault> {
        let file = file::open(path)?;
        stats::end_last_run(&file)?;
        let seen = Seen::read(&file)?;
        let clock = Clock::read(&file)?;
        let last: u32 = file.query_row("SELECT ifnull(max(seq), 0) FROM events", (), |row| row.get(0))?;
        let last = last.max(seen.merged());
        let mut store = Self {
            path: path.to_owned(),
            file,
            gone: false,
            apps: Names::apps(),
            types: Names::types(),
            seen,
            clock,
            last,
            committed: last,
            rest_us: 0,
            late: Vec::new(),
            targets: Vec::new(),
        };
        store.read_targets()?;
        Ok(store)
    }

    pub(crate) fn file(&self) -> &Connection {
        &self.file
    }

    /// Looks what targets there are.
    pub(crate) fn read_targets(&mut self) -> rusqlite::Result<()> {
        let mut find = self.file.prepare_cached("SELECT id, name FROM targets")?;
        self.targets = find.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Is told what the wall clock says; whether it is to be believed.
    pub(crate) fn compare_clocks(&mut self, now_ms: u64) -> rusqlite::Result<bool> {
        self.clock.compare(&self.file, now_ms)
    }

    /// Begins a transaction.
    pub(crate) fn begin(&mut self) -> rusqlite::Result<()> {
        if self.gone {
            self.find_file()?;
        }
        self.file.prepare_cached("BEGIN IMMEDIATE")?.execute(()).map(drop)
    }

    /// Commits it. Where that fails, it is undone.
    pub(crate) fn commit(&mut self) -> rusqlite::Result<()> {
        if let Err(error) = self.file.prepare_cached("COMMIT").and_then(|mut commit| commit.execute(())) {
            self.undo();
            return Err(error);
        }
        self.seen.commit();
        self.committed = self.last;
        Ok(())
    }

    /// Undoes it, and all that was noted with it.
    pub(crate) fn undo(&mut self) {
        if !self.file.is_autocommit()
            && let Err(error) = self.file.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "the journal cannot undo a transaction");
        }
        self.seen.undo();
        self.apps.forget();
        self.types.forget();
        self.last = self.committed;
    }

    /// Writes an event, unless it is a duplicate.
    pub(crate) fn insert(&mut self, event: &NewEvent) -> rusqlite::Result<Kept> {
        let under_way_us = us_since(event.arrived);
        let ack_us = under_way_us.saturating_add(self.rest_us);
        let kept = |insertion| Kept { insertion, under_way_us, ack_us };
        let ids = Ids::of(event);
        if let Some(first) = self.seen.first(&self.file, &ids)? {
            let mut count =
                self.file.prepare_cached("UPDATE events SET duplicates = duplicates + 1 WHERE seq = ?1")?;
            count.execute((first,))?;
            return Ok(kept(Insertion::Duplicate(first)));
        }
        let app = self.apps.id(&self.file, event.app_id.as_str())?;
        let event_type = self.types.id(&self.file, &event.event_type)?;
        let seq = self.last.saturating_add(1);
        let mut add = self.file.prepare_cached(
            "INSERT INTO events (seq, app, type, origin, at_ms, ack_us, duplicates, event_id, message_id, chat_id,
             frame, payload) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11)",
        )?;
        add.execute((
            seq,
            app,
            event_type,
            codec::origin(event.origin),
            event.at_ms.cast_signed(),
            ack_us,
            &event.event_id,
            &event.message_id,
            &event.chat_id,
            &event.frame[..],
            &event.payload[..],
        ))?;
        for to in &event.targets {
            let mut add = self.file.prepare_cached(
                "INSERT OR IGNORE INTO deliveries (seq, target, state, attempts, tried, not_before_ms)
                 VALUES (?1, ?2, 1, 0, 0, ?3)",
            )?;
            add.execute((seq, to.target.0, to.not_before_ms.unwrap_or(0).cast_signed()))?;
        }
        self.last = seq;
        self.seen.note(&ids, seq);
        Ok(kept(Insertion::Kept(seq)))
    }

    /// Learns from an event that was committed just now how long that takes, and notes it where it took much longer than was
    /// written with the event.
    pub(crate) fn committed(&mut self, kept: &Kept, arrived: Instant) {
        let took_us = us_since(arrived);
        let rest_us = took_us.saturating_sub(kept.under_way_us);
        self.rest_us = self.rest_us / 8 * 7 + rest_us / 8;
        if let Insertion::Kept(seq) = kept.insertion
            && took_us.abs_diff(kept.ack_us) > (kept.ack_us / 2).max(1000)
            && self.late.len() < LATE
        {
            self.late.push((seq, took_us));
        }
    }

    /// Whether there is something to write down that nobody asked for.
    pub(crate) fn is_untidy(&self) -> bool {
        self.seen.is_any(self.committed) || !self.late.is_empty()
    }

    /// Whether so much is to be written down that it cannot wait until all is quiet.
    pub(crate) fn is_pressing(&self) -> bool {
        self.seen.is_many()
    }

    /// Whether it is prepared to tell new ids fast.
    pub(crate) fn is_prepared(&self) -> bool {
        self.seen.is_ready()
    }

    /// Prepares itself to, a little at a time.
    pub(crate) fn prepare_some(&mut self) -> rusqlite::Result<()> {
        self.seen.learn_some(&self.file)
    }

    /// Old ids were forgotten.
    pub(crate) fn expired(&mut self) {
        self.seen.expired();
    }

    /// Writes down the keys of some events, in a transaction of its own; whether those of all are.
    pub(crate) fn tidy_some(&mut self) -> rusqlite::Result<bool> {
        self.begin()?;
        if let Err(error) = self.seen.write_some(&self.file, self.committed, self.clock.now_s()) {
            self.undo();
            return Err(error);
        }
        self.commit()?;
        Ok(self.seen.went())
    }

    /// Writes down all that is not yet.
    pub(crate) fn tidy(&mut self) -> rusqlite::Result<()> {
        while self.seen.is_any(self.committed) {
            self.tidy_some()?;
        }
        if self.late.is_empty() {
            return Ok(());
        }
        let late = mem::take(&mut self.late);
        self.begin()?;
        let correct = |(seq, ack_us): (u32, u32)| {
            let mut set = self.file.prepare_cached("UPDATE events SET ack_us = ?2 WHERE seq = ?1")?;
            set.execute((seq, ack_us)).map(drop)
        };
        if let Err(error) = late.into_iter().try_for_each(correct) {
            self.undo();
            return Err(error);
        }
        self.commit()
    }

    /// Has all that is committed on the disk and in the main file. The -wal file is then begun at its start again.
    pub(crate) fn sync(&self) -> rusqlite::Result<()> {
        self.file.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(()))
    }

    /// Has each commit wait for the disk, or not.
    pub(crate) fn set_power_safe(&self, power_safe: bool) -> rusqlite::Result<()> {
        self.file.pragma_update(None, "synchronous", if power_safe { "FULL" } else { "NORMAL" })
    }

    /// Sets the file aside, which is damaged, and begins a new one that goes on counting. Which events waited for a target
    /// cannot be read from it any more: no id counts as seen, since to hand an event over twice is better than not at all.
    pub(crate) fn begin_anew(&mut self, cause: &str) -> Result<PathBuf, OpenError> {
        self.undo();
        self.file = Connection::open_in_memory().map_err(|error| OpenError::Failed(error.to_string()))?;
        self.gone = true;
        let aside = set_aside(&self.path, cause)?;
        if let Err(error) = self.find_file() {
            tracing::error!(%error, "a new journal cannot be begun yet");
        }
        Ok(aside)
    }

    /// Opens the new file after the old one is gone.
    fn find_file(&mut self) -> rusqlite::Result<()> {
        self.file =
            file::open(&self.path).map_err(|fault| error::other(&OpenError::from(fault).to_string()))?;
        for (id, name) in &self.targets {
            let mut add =
                self.file.prepare_cached("INSERT OR REPLACE INTO targets (id, name) VALUES (?1, ?2)")?;
            add.execute((id, name))?;
        }
        self.gone = false;
        self.late.clear();
        self.seen.start_over();
        self.tidy()
    }
}

fn set_aside(path: &Path, cause: &str) -> Result<PathBuf, OpenError> {
    let aside = file::set_aside(path).map_err(|error| OpenError::Failed(error.to_string()))?;
    tracing::error!(cause, aside = %aside.display(), "the journal is damaged and was set aside");
    Ok(aside)
}

/// How long ago that was, in microseconds.
fn us_since(then: Instant) -> u32 {
    u32::try_from(then.elapsed().as_micros()).unwrap_or(u32::MAX)
}
