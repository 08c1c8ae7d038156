use longwire_contract::{DeliveryState, EventQuery, EventSelection};
use rusqlite::Connection;

use super::filter::{Delivery, Filter, Kinds};
use crate::{
    search::{READ, TextQuery, indexed},
    text,
};

/// So many events are read through before the index is asked: few enough not to be felt, and where words are frequent a page
/// of them stands among these. Of a word that is rarer the index has few, which it finds quickly however they are spelled.
const READ_THROUGH: usize = 2000;
/// So many of those with a delivery that is asked for: the index knows nothing of deliveries.
const READ_DELIVERED: usize = 8000;
/// So many at a time.
const STEP: usize = 500;
/// So many kinds can be asked of the index; with more it is asked for the words alone.
const KINDS: usize = 64;
/// From so many on it is no matter how many.
const MANY: i64 = 20_000;

/// The numbers of the events that match, the newest first, at most `limit`.
pub(crate) fn matching(file: &Connection, query: &EventQuery, limit: usize) -> rusqlite::Result<Vec<u32>> {
    match Filter::of(file, query)? {
        Some(filter) => Selection::of(file, &filter)?.newest(limit),
        None => Ok(Vec::new()),
    }
}

/// The numbers of the selected events that are there, in their order.
pub(crate) fn selected(file: &Connection, selection: &EventSelection) -> rusqlite::Result<Vec<u32>> {
    match selection {
        EventSelection::Matching(query) => {
            let mut seqs = matching(file, query, usize::MAX)?;
            seqs.reverse();
            Ok(seqs)
        }
        EventSelection::Seqs(seqs) => {
            let mut seqs = seqs.clone();
            seqs.sort_unstable();
            seqs.dedup();
            let mut there = file.prepare_cached("SELECT 1 FROM events WHERE seq = ?1")?;
            let mut found = Vec::new();
            for seq in seqs {
                if there.exists((seq,))? {
                    found.push(seq);
                }
            }
            Ok(found)
        }
    }
}

/// How to come by the events that a filter wants without looking at many others.
struct Selection<'a> {
    file: &'a Connection,
    filter: &'a Filter,
    way: Way<'a>,
}

enum Way<'a> {
    /// One event after the other.
    All,
    /// By their kinds.
    Kinds(&'a Kinds),
    /// By their deliveries.
    Deliveries(Delivery),
}

impl<'a> Selection<'a> {
    fn of(file: &'a Connection, filter: &'a Filter) -> rusqlite::Result<Self> {
        let mut selection = Self { file, filter, way: Way::All };
        selection.way = match (&filter.kinds, filter.delivery) {
            (None, None) => Way::All,
            (Some(kinds), None) => Way::Kinds(kinds),
            (None, Some(delivery)) => Way::Deliveries(delivery),
            (Some(kinds), Some(delivery)) => {
                if selection.deliveries(delivery)? < selection.events(kinds)? {
                    Way::Deliveries(delivery)
                } else {
                    Way::Kinds(kinds)
                }
            }
        };
        Ok(selection)
    }

    fn newest(&self, limit: usize) -> rusqlite::Result<Vec<u32>> {
        let mut found = Vec::new();
        let mut left = match self.filter.delivery {
            Some(_) => READ_DELIVERED,
            None => READ_THROUGH,
        };
        let upto = indexed(self.file)?.upto;
        for (lowest, mut highest) in self.filter.ranges(self.file)? {
            if self.filter.text.is_empty() {
                found.extend(self.candidates((lowest, highest), limit - found.len())?);
            }
            while !self.filter.text.is_empty() && lowest <= highest && found.len() < limit {
                if left == 0 && highest <= upto {
                    found.extend(self.indexed((lowest, highest), limit - found.len())?);
                    break;
                }
                let step = if left == 0 { STEP } else { STEP.min(left) };
                let candidates = self.candidates((lowest, highest), step)?;
                let Some(last) = candidates.last().copied() else { break };
                left = left.saturating_sub(candidates.len());
                for seq in candidates {
                    if found.len() < limit && self.matches(&self.filter.text, seq)? {
                        found.push(seq);
                    }
                }
                let Some(next) = last.checked_sub(1) else { break };
                highest = next;
            }
            if found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    /// The newest events that fulfil all but the text.
    fn candidates(&self, (lowest, highest): (u32, u32), limit: usize) -> rusqlite::Result<Vec<u32>> {
        let limit = i64::try_from(limit).unwrap_or(-1);
        match &self.way {
            Way::All => {
                let sql = format!(
                    "SELECT e.seq FROM events e WHERE e.seq BETWEEN ?1 AND ?2{} ORDER BY e.seq DESC LIMIT ?3",
                    self.filter.conditions(false, false)
                );
                seqs(self.file, &sql, (lowest, highest, limit))
            }
            Way::Kinds(kinds) => {
                let sql = format!(
                    "SELECT e.seq FROM events e INDEXED BY events_kinds
                     WHERE e.type = ?4 AND e.app = ?5 AND e.seq BETWEEN ?1 AND ?2{} ORDER BY e.seq DESC LIMIT ?3",
                    self.filter.conditions(false, true)
                );
                let mut found = Vec::new();
                for kind in kinds.iter() {
                    found.extend(seqs(self.file, &sql, (lowest, highest, limit, kind.event_type, kind.app))?);
                }
                Ok(newest_of(found, limit))
            }
            Way::Deliveries(delivery) => {
                let mut found = Vec::new();
                for delivery in self.each_target(*delivery)? {
                    let sql = format!(
                        "SELECT d.seq FROM deliveries d CROSS JOIN events e ON e.seq = d.seq
                         WHERE d.seq BETWEEN ?1 AND ?2{}{} ORDER BY d.seq DESC LIMIT ?3",
                        delivery.condition(),
                        self.filter.conditions(true, false)
                    );
                    found.extend(seqs(self.file, &sql, (lowest, highest, limit))?);
                }
                Ok(newest_of(found, limit))
            }
        }
    }

    /// The newest events that fulfil all, by the index.
    fn indexed(&self, (lowest, highest): (u32, u32), limit: usize) -> rusqlite::Result<Vec<u32>> {
        let mut wanted = self.filter.text.to_match();
        if let Some(kinds) = self.filter.kinds.as_ref().filter(|kinds| kinds.len() <= KINDS) {
            let kinds: Vec<String> = kinds.iter().map(|kind| format!("\"{}\"", kind.word())).collect();
            wanted = format!("({}) AND {wanted}", kinds.join(" OR "));
        }
        let sql = format!(
            "SELECT s.rowid FROM search s CROSS JOIN events e ON e.seq = s.rowid
             WHERE s.words MATCH ?4 AND s.rowid BETWEEN ?1 AND ?2{} ORDER BY s.rowid DESC LIMIT ?3",
            self.filter.conditions(true, true)
        );
        seqs(self.file, &sql, (lowest, highest, i64::try_from(limit).unwrap_or(-1), wanted))
    }

    fn matches(&self, text: &TextQuery, seq: u32) -> rusqlite::Result<bool> {
        let mut read =
            self.file.prepare_cached("SELECT event_id, substr(payload, 1, ?2) FROM events WHERE seq = ?1")?;
        let mut rows = read.query((seq, READ))?;
        let Some(row) = rows.next()? else { return Ok(false) };
        let event_id = row.get_ref(0)?.as_str_or_null()?;
        Ok(text.matches(&text::words(event_id, row.get_ref(1)?.as_blob()?)))
    }

    /// How many events of these kinds there are; not more than [`MANY`].
    fn events(&self, kinds: &Kinds) -> rusqlite::Result<i64> {
        let mut count = self.file.prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM events WHERE type = ?1 AND app = ?2 LIMIT ?3)",
        )?;
        let mut events = 0;
        for kind in kinds.iter() {
            events +=
                count.query_row((kind.event_type, kind.app, MANY - events), |row| row.get::<_, i64>(0))?;
        }
        Ok(events)
    }

    /// How many such deliveries there are; not more than [`MANY`].
    fn deliveries(&self, delivery: Delivery) -> rusqlite::Result<i64> {
        if !matches!(delivery.state, Some(DeliveryState::Queued | DeliveryState::Failed)) {
            // There is no index of those that went well.
            return Ok(MANY);
        }
        let mut deliveries = 0;
        for delivery in self.each_target(delivery)? {
            let sql = format!(
                "SELECT 1 FROM deliveries d WHERE 1{} LIMIT {}",
                delivery.condition(),
                MANY - deliveries
            );
            let mut count = self.file.prepare_cached(&format!("SELECT count(*) FROM ({sql})"))?;
            deliveries += count.query_row((), |row| row.get::<_, i64>(0))?;
        }
        Ok(deliveries)
    }

    /// The same deliveries, by target where an index knows them so.
    fn each_target(&self, delivery: Delivery) -> rusqlite::Result<Vec<Delivery>> {
        if delivery.target.is_some()
            || !matches!(delivery.state, Some(DeliveryState::Queued | DeliveryState::Failed))
        {
            return Ok(vec![delivery]);
        }
        let mut targets = self.file.prepare_cached("SELECT id FROM targets")?;
        targets.query_map((), |row| Ok(Delivery { target: Some(row.get(0)?), ..delivery }))?.collect()
    }
}

fn seqs(file: &Connection, sql: &str, values: impl rusqlite::Params) -> rusqlite::Result<Vec<u32>> {
    file.prepare_cached(sql)?.query_map(values, |row| row.get(0))?.collect()
}

/// The newest of several lists in one.
fn newest_of(mut seqs: Vec<u32>, limit: i64) -> Vec<u32> {
    seqs.sort_unstable_by(|a, b| b.cmp(a));
    seqs.dedup();
    if let Ok(limit) = usize::try_from(limit) {
        seqs.truncate(limit);
    }
    seqs
}
