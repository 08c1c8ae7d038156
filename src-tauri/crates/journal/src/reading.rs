//! Reading and deleting what was kept.

mod filter;
mod rows;
mod select;

use longwire_contract::{EventQuery, EventSelection, EventTypeCount};
use rusqlite::Connection;

use crate::{Error, Journal, Record, Row, search};

pub(crate) use select::selected;

/// How many events a page has where the query does not say, and at most.
const PAGE: usize = 100;
const LONGEST_PAGE: usize = 500;
/// So many are deleted at a time: events that arrive meanwhile wait for no more than that.
pub(crate) const CHUNK: usize = 200;

impl Journal {
    /// The events that match, newest first, at most as many as the query wants, and whether there are more.
    pub async fn page(&self, query: EventQuery) -> Result<(Vec<Row>, bool), Error> {
        self.read(move |file| page(file, &query)).await
    }

    /// How many events there are from this moment on.
    pub async fn count_since(&self, since_ms: u64) -> Result<u32, Error> {
        self.read(move |file| count_since(file, since_ms)).await
    }

    /// Rows of these events, in the order of their numbers; those that are gone are left out.
    pub async fn rows(&self, seqs: Vec<u32>) -> Result<Vec<Row>, Error> {
        self.read(move |file| rows::rows(file, &in_order(seqs))).await
    }

    /// These events, whole, in the order of their numbers; those that are gone are left out.
    pub async fn records(&self, seqs: Vec<u32>) -> Result<Vec<Record>, Error> {
        self.read(move |file| rows::records(file, &in_order(seqs))).await
    }

    /// The types of the kept events, the most frequent first.
    pub async fn types(&self) -> Result<Vec<EventTypeCount>, Error> {
        self.read(types).await
    }

    /// Deletes events with all that is known of their deliveries; how many. Their ids still tell duplicates.
    pub async fn delete(&self, events: EventSelection) -> Result<u32, Error> {
        let seqs = self.read(move |file| selected(file, &events)).await?;
        let mut deleted = 0;
        for chunk in seqs.chunks(CHUNK) {
            let chunk = chunk.to_vec();
            deleted += self.erase(move |file| delete(file, &chunk)).await?;
        }
        while deleted > 0 && self.write(search::merge).await? {}
        Ok(deleted)
    }
}

/// Deletes events with all that is known of them, but not what tells duplicates; how many.
pub(crate) fn delete(file: &Connection, seqs: &[u32]) -> rusqlite::Result<u32> {
    let mut delete = file.prepare_cached("DELETE FROM events WHERE seq = ?1")?;
    let mut gone = Vec::with_capacity(seqs.len());
    for seq in seqs {
        if delete.execute((seq,))? > 0 {
            gone.push(*seq);
        }
    }
    search::forget(file, &gone)?;
    Ok(u32::try_from(gone.len()).unwrap_or(u32::MAX))
}

fn page(file: &Connection, query: &EventQuery) -> rusqlite::Result<(Vec<Row>, bool)> {
    let limit = match query.limit {
        0 => PAGE,
        limit => LONGEST_PAGE.min(limit as usize),
    };
    // All of it as of one moment.
    let moment = file.unchecked_transaction()?;
    let mut seqs = select::matching(&moment, query, limit + 1)?;
    let more = seqs.len() > limit;
    seqs.truncate(limit);
    Ok((rows::rows(&moment, &seqs)?, more))
}

fn count_since(file: &Connection, since_ms: u64) -> rusqlite::Result<u32> {
    let query = EventQuery { since_ms: Some(since_ms), ..EventQuery::default() };
    Ok(u32::try_from(select::matching(file, &query, usize::MAX)?.len()).unwrap_or(u32::MAX))
}

fn types(file: &Connection) -> rusqlite::Result<Vec<EventTypeCount>> {
    let mut count = file.prepare_cached(
        "SELECT t.name, c.events FROM (SELECT type, count(*) AS events FROM events GROUP BY type) c
         JOIN types t ON t.id = c.type ORDER BY c.events DESC, t.name",
    )?;
    count.query_map((), |row| Ok(EventTypeCount { event_type: row.get(0)?, events: row.get(1)? }))?.collect()
}

fn in_order(mut seqs: Vec<u32>) -> Vec<u32> {
    seqs.sort_unstable();
    seqs.dedup();
    seqs
}
