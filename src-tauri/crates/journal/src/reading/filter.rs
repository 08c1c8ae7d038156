use longwire_contract::{AppId, DeliveryState, EventQuery};
use rusqlite::{Connection, OptionalExtension};

use crate::{
    codec,
    search::{Kind, TextQuery, indexed},
};

/// What a query asks for, in the numbers of the file.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    /// The lowest and the highest number of interest, both included.
    pub(super) seqs: (u32, u32),
    /// When the events arrived: from, and before.
    pub(super) at_ms: Option<(i64, i64)>,
    /// Of these kinds alone.
    pub(super) kinds: Option<Kinds>,
    /// With such a delivery.
    pub(super) delivery: Option<Delivery>,
    /// With these words.
    pub(super) text: TextQuery,
}

/// Apps and types.
#[derive(Clone, Debug)]
pub(super) struct Kinds {
    apps: Vec<i64>,
    types: Vec<i64>,
}

/// A delivery that an event is to have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delivery {
    pub(super) target: Option<i64>,
    pub(super) state: Option<DeliveryState>,
}

impl Filter {
    /// What a query asks for; nothing where it asks for what the file has never heard of.
    pub(super) fn of(file: &Connection, query: &EventQuery) -> rusqlite::Result<Option<Self>> {
        let text = TextQuery::of(&query.text);
        let Some(kinds) = Kinds::of(file, query, &text.apps)? else { return Ok(None) };
        let target = match &query.target {
            None => None,
            Some(name) => {
                let mut find = file.prepare_cached("SELECT id FROM targets WHERE name = ?1")?;
                let Some(id) = find.query_row((name,), |row| row.get(0)).optional()? else { return Ok(None) };
                Some(id)
            }
        };
        let lowest = query.after.map_or(0, |after| after.saturating_add(1));
        let highest = query.before.map_or(u32::MAX, |before| before.saturating_sub(1));
        let clamped = |ms: u64| i64::try_from(ms).unwrap_or(i64::MAX);
        let timed = query.since_ms.is_some() || query.until_ms.is_some();
        let (since, until) =
            (query.since_ms.map_or(i64::MIN, clamped), query.until_ms.map_or(i64::MAX, clamped));
        let filter = Self {
            seqs: (lowest, highest),
            at_ms: timed.then_some((since, until)),
            kinds: (!kinds.is_all).then_some(kinds.of),
            delivery: (target.is_some() || query.state.is_some())
                .then_some(Delivery { target, state: query.state }),
            text,
        };
        Ok((lowest <= highest && query.before != Some(0) && query.after != Some(u32::MAX)).then_some(filter))
    }

    /// The numbers among which all events are that it wants, both ends included, the newest first.
    pub(super) fn ranges(&self, file: &Connection) -> rusqlite::Result<Vec<(u32, u32)>> {
        let Some((since_ms, until_ms)) = self.at_ms else { return Ok(vec![self.seqs]) };
        let indexed = indexed(file)?;
        let (lowest, highest) = self.seqs;
        let mut ranges = vec![(lowest.max(indexed.upto.saturating_add(1)), highest)];
        ranges.extend(indexed.ranges(file, self.seqs, since_ms, until_ms)?);
        ranges.retain(|(lowest, highest)| lowest <= highest);
        Ok(ranges)
    }

    /// What an event `e` has to fulfil besides the number, as SQL: numbers alone, nothing of it is text from outside.
    pub(super) fn conditions(&self, kinds: bool, delivery: bool) -> String {
        let mut sql = String::new();
        if let Some((since, until)) = self.at_ms {
            sql += &format!(" AND e.at_ms >= {since} AND e.at_ms < {until}");
        }
        if let Some(kinds) = self.kinds.as_ref().filter(|_| kinds) {
            sql += &format!(" AND e.type IN ({}) AND e.app IN ({})", list(&kinds.types), list(&kinds.apps));
        }
        if let Some(delivery) = self.delivery.filter(|_| delivery) {
            sql += &format!(
                " AND EXISTS (SELECT 1 FROM deliveries d WHERE d.seq = e.seq{})",
                delivery.condition()
            );
        }
        sql
    }
}

impl Delivery {
    /// What a delivery `d` has to fulfil, as SQL.
    pub(super) fn condition(self) -> String {
        let mut sql = String::new();
        if let Some(target) = self.target {
            sql += &format!(" AND d.target = {target}");
        }
        if let Some(state) = self.state {
            sql += &format!(" AND d.state = {}", codec::state(state));
        }
        sql
    }
}

/// Kinds, and whether they are all there are.
struct Wanted {
    of: Kinds,
    is_all: bool,
}

impl Kinds {
    fn of(file: &Connection, query: &EventQuery, searched: &[AppId]) -> rusqlite::Result<Option<Wanted>> {
        let app = query.app_id.iter().chain(searched).map(AppId::as_str);
        let wanted: Vec<&str> = app.collect();
        let apps = ids(file, "SELECT id, name FROM apps", |name| wanted.iter().all(|app| *app == name))?;
        let types = ids(file, "SELECT id, name FROM types", |name| {
            query.types.is_empty() || query.types.iter().any(|pattern| is_like(name, pattern))
        })?;
        let is_all = wanted.is_empty() && query.types.is_empty();
        let none = !is_all && (apps.is_empty() || types.is_empty());
        Ok((!none).then_some(Wanted { of: Self { apps, types }, is_all }))
    }

    /// Each of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = Kind> {
        self.types.iter().flat_map(|&event_type| self.apps.iter().map(move |&app| Kind { event_type, app }))
    }

    pub(super) fn len(&self) -> usize {
        self.types.len() * self.apps.len()
    }
}

fn ids(file: &Connection, all: &str, is_wanted: impl Fn(&str) -> bool) -> rusqlite::Result<Vec<i64>> {
    let mut all = file.prepare_cached(all)?;
    let mut rows = all.query(())?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        if is_wanted(row.get_ref(1)?.as_str()?) {
            ids.push(row.get(0)?);
        }
    }
    Ok(ids)
}

/// Whether a type is the one of a pattern, or begins as it does before its `*`.
fn is_like(name: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

fn list(numbers: &[i64]) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}
