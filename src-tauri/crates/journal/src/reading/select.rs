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
const READ_DELIVERED: usize = 4000;
/// So many at a time.
const STEP: usize = 500;
/// So many kinds can be asked of the index; with more it is asked for the words alone.
const KINDS: usize = 64;
/// From so many on it is no matter how many.
const MANY: i64 = 20_000;

/// The numbers of the events that match, the newest first, at most `limit`.
pub(crate) fn matching(file: &Connection, query: &EventQuery, limit: usize) -> rusqlite::Result<Vec<u32>> {
    let by_delivery = query.state.is_some() || query.target.is_some();
    find(file, query, limit, if by_delivery { READ_DELIVERED } else { READ_THROUGH })
}

/// The same, with so many events read through before the index is asked.
fn find(file: &Connection, query: &EventQuery, limit: usize, read: usize) -> rusqlite::Result<Vec<u32>> {
    match Filter::of(file, query)? {
        Some(filter) => Selection::of(file, &filter)?.newest(limit, read),
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

    fn newest(&self, limit: usize, read: usize) -> rusqlite::Result<Vec<u32>> {
        let (mut found, mut left) = (Vec::new(), read);
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
        let mut found = Vec::new();
        match self.way {
            Way::All => return seqs(self.file, &self.sql_of_all(), (lowest, highest, limit)),
            Way::Kinds(kinds) => {
                let sql = self.sql_of_kind();
                for kind in kinds.iter() {
                    found.extend(seqs(self.file, &sql, (lowest, highest, limit, kind.event_type, kind.app))?);
                }
            }
            Way::Deliveries(delivery) => {
                for delivery in self.each_target(delivery)? {
                    let sql = self.sql_of_delivery(delivery);
                    found.extend(seqs(self.file, &sql, (lowest, highest, limit))?);
                }
            }
        }
        Ok(newest_of(found, limit))
    }

    fn sql_of_all(&self) -> String {
        format!(
            "SELECT e.seq FROM events e WHERE e.seq BETWEEN ?1 AND ?2{} ORDER BY e.seq DESC LIMIT ?3",
            self.filter.conditions(false, false)
        )
    }

    fn sql_of_kind(&self) -> String {
        format!(
            "SELECT e.seq FROM events e INDEXED BY events_kinds
             WHERE e.type = ?4 AND e.app = ?5 AND e.seq BETWEEN ?1 AND ?2{} ORDER BY e.seq DESC LIMIT ?3",
            self.filter.conditions(false, true)
        )
    }

    fn sql_of_delivery(&self, delivery: Delivery) -> String {
        format!(
            "SELECT d.seq FROM deliveries d CROSS JOIN events e ON e.seq = d.seq
             WHERE d.seq BETWEEN ?1 AND ?2{}{} GROUP BY d.seq ORDER BY d.seq DESC LIMIT ?3",
            delivery.condition(),
            self.filter.conditions(true, false)
        )
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        codec,
        reading::delete,
        schema,
        search::{read_batch, write_batch},
    };

    const APPS: [&str; 2] = ["cli_a1b2c3d4e5f60718", "cli_b1b2c3d4e5f60718"];
    const TYPES: [&str; 4] = ["im.message.receive_v1", "im.message.read_v1", "im.chat.updated_v1", ""];
    const WORDS: [&str; 8] =
        ["hello", "help", "he", "会议纪要", "会", "纪要会议", "Bot-2", "ou_7d8a6e6df7621556ce0d21922b676706"];
    const STATES: [DeliveryState; 3] =
        [DeliveryState::Delivered, DeliveryState::Queued, DeliveryState::Failed];

    #[derive(Clone, Debug)]
    struct Model {
        app: usize,
        event_type: usize,
        at_ms: u64,
        words: Vec<usize>,
        deliveries: BTreeMap<usize, usize>,
    }

    fn event() -> impl Strategy<Value = Model> {
        let words = prop::collection::vec(0..WORDS.len(), 0..4);
        let deliveries = prop::collection::btree_map(0..2_usize, 0..3_usize, 0..3);
        (0..2_usize, 0..4_usize, 0..50_u64, words, deliveries).prop_map(
            |(app, event_type, at_ms, words, deliveries)| Model { app, event_type, at_ms, words, deliveries },
        )
    }

    fn query() -> impl Strategy<Value = EventQuery> {
        let one_of =
            |names: &'static [&'static str]| prop::option::weighted(0.3, prop::sample::select(names));
        let types =
            prop::sample::subsequence(vec!["im.message.*", "im.chat.updated_v1", "", "*", "none"], 0..3);
        let bound = || prop::option::weighted(0.2, 0..50_u64);
        let seq = || prop::option::weighted(0.2, 0..70_u32);
        let text = prop::collection::vec(prop::sample::select(&WORDS[..]), 0..3);
        let state = prop::option::weighted(0.3, prop::sample::select(&STATES[..]));
        ((one_of(&APPS), types, one_of(&["a", "b", "c"]), state), (bound(), bound()), (seq(), seq()), text)
            .prop_map(|((app, types, target, state), (since_ms, until_ms), (before, after), text)| {
                EventQuery {
                    app_id: app.map(|app| app.parse().unwrap()),
                    text: text.join(" "),
                    types: types.into_iter().map(str::to_owned).collect(),
                    state,
                    target: target.map(str::to_owned),
                    since_ms,
                    until_ms,
                    before,
                    after,
                    limit: 0,
                }
            })
    }

    fn file(events: &[Model]) -> Connection {
        let mut file = Connection::open_in_memory().unwrap();
        schema::bring_up(&mut file).unwrap();
        file.execute_batch("UPDATE journal SET merged = 1000; INSERT INTO targets VALUES (1, 'a'), (2, 'b')")
            .unwrap();
        for (table, names) in [("apps", &APPS[..]), ("types", &TYPES[..])] {
            for (id, name) in names.iter().enumerate() {
                file.execute(&format!("INSERT INTO {table} VALUES (?1, ?2)"), (id as i64, name)).unwrap();
            }
        }
        for (at, event) in events.iter().enumerate() {
            let words: Vec<&str> = event.words.iter().map(|word| WORDS[*word]).collect();
            let payload = serde_json::json!({ "event": { "text": words.join(" ") } }).to_string();
            file.execute(
                "INSERT INTO events VALUES (?1, ?2, ?3, 0, ?4, 0, 0, NULL, NULL, NULL, x'', ?5)",
                (
                    at as i64 + 1,
                    event.app as i64,
                    event.event_type as i64,
                    event.at_ms as i64,
                    payload.as_bytes(),
                ),
            )
            .unwrap();
            for (target, state) in &event.deliveries {
                file.execute(
                    "INSERT INTO deliveries VALUES (?1, ?2, ?3, 0, 0, 0)",
                    (at as i64 + 1, *target as i64 + 1, codec::state(STATES[*state])),
                )
                .unwrap();
            }
        }
        file
    }

    /// Whether a text holds a word of a query: a Chinese one anywhere, whether or not a space is in it, another one as a whole
    /// or, if it may go on, as a beginning.
    fn holds(event: &Model, word: &str, may_go_on: bool) -> bool {
        let mut held = event.words.iter().map(|held| WORDS[*held]);
        if word.is_ascii() {
            held.any(|held| held == word || word.len() >= 3 && may_go_on && held.starts_with(word))
        } else {
            held.map(|held| if held.is_ascii() { " " } else { held }).collect::<String>().contains(word)
        }
    }

    fn is_wanted(event: &Model, seq: u32, query: &EventQuery) -> bool {
        let words: Vec<&str> = query.text.split(' ').filter(|word| !word.is_empty()).collect();
        let app = query.app_id.as_ref().is_none_or(|app| app.as_str() == APPS[event.app]);
        let of_type = |pattern: &String| match pattern.strip_suffix('*') {
            Some(start) => TYPES[event.event_type].starts_with(start),
            None => TYPES[event.event_type] == pattern,
        };
        let delivered = event.deliveries.iter().any(|(target, state)| {
            query.target.as_ref().is_none_or(|name| name == ["a", "b"][*target])
                && query.state.is_none_or(|wanted| wanted == STATES[*state])
        });
        app && (query.types.is_empty() || query.types.iter().any(of_type))
            && (query.target.is_none() && query.state.is_none() || delivered)
            && query.since_ms.is_none_or(|since| event.at_ms >= since)
            && query.until_ms.is_none_or(|until| event.at_ms < until)
            && query.before.is_none_or(|before| seq < before)
            && query.after.is_none_or(|after| seq > after)
            && words.iter().enumerate().all(|(at, word)| holds(event, word, at + 1 == words.len()))
    }

    fn index(file: &Connection, events: u32) {
        if let Some(batch) = read_batch(file, events).unwrap().filter(|_| events > 0) {
            write_batch(file, &batch).unwrap();
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn what_is_found_is_what_matches_wherever_it_is_looked_for(
            events in prop::collection::vec(event(), 0..60), queries in prop::collection::vec(query(), 12),
            indexed in 0..60_u32, read in 0..20_usize, limit in 1..30_usize,
            gone in prop::collection::btree_set(1..60_u32, 0..20), gone_first: bool,
        ) {
            let file = file(&events);
            let gone: Vec<u32> = gone.into_iter().collect();
            if gone_first {
                delete(&file, &gone).unwrap();
            }
            index(&file, indexed);
            delete(&file, &gone).unwrap();
            for query in queries {
                let expected: Vec<u32> = (1..=events.len() as u32)
                    .rev()
                    .filter(|seq| !gone.contains(seq) && is_wanted(&events[*seq as usize - 1], *seq, &query))
                    .collect();
                let first: Vec<u32> = expected.iter().take(limit).copied().collect();
                prop_assert_eq!(find(&file, &query, limit, read).unwrap(), first, "{:?}", &query);
                let all: Vec<u32> = expected.into_iter().rev().collect();
                prop_assert_eq!(selected(&file, &EventSelection::Matching(query)).unwrap(), all);
            }
            let left = (1..=events.len() as u32).filter(|seq| !gone.contains(seq)).collect::<Vec<_>>();
            let every = EventSelection::Seqs((0..100).rev().chain(0..100).collect());
            prop_assert_eq!(selected(&file, &every).unwrap(), left);
        }

        #[test]
        fn no_text_makes_the_index_fail(text: String, types: Vec<String>) {
            let file = file(&[]);
            index(&file, 1);
            let query = EventQuery { text, types, ..EventQuery::default() };
            prop_assert!(find(&file, &query, 10, 0).unwrap().is_empty());
        }
    }

    /// On none of the ways a table is looked through, or sorted.
    #[test]
    fn no_way_looks_at_all_events() {
        let file = file(&[]);
        let plan = |sql: &str| -> String {
            let mut plan = file.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let lines = plan
                .query_map(rusqlite::params_from_iter([0; 5].iter().take(plan.parameter_count())), |row| {
                    row.get(3)
                });
            lines.unwrap().collect::<Result<Vec<String>, _>>().unwrap().join("; ")
        };
        let failed = Delivery { target: Some(1), state: Some(DeliveryState::Failed) };
        let of_target = Delivery { target: Some(1), state: None };
        let filter =
            Filter::of(&file, &EventQuery { since_ms: Some(1), ..EventQuery::default() }).unwrap().unwrap();
        let timed = Selection::of(&file, &filter).unwrap();
        let filter = Filter::of(&file, &EventQuery::default()).unwrap().unwrap();
        let any = Selection::of(&file, &filter).unwrap();
        for (sql, way) in [
            (any.sql_of_all(), "SEARCH e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
            (timed.sql_of_all(), "SEARCH e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
            (
                any.sql_of_kind(),
                "SEARCH e USING COVERING INDEX events_kinds (type=? AND app=? AND rowid>? AND rowid<?)",
            ),
            (
                timed.sql_of_kind(),
                "SEARCH e USING INDEX events_kinds (type=? AND app=? AND rowid>? AND rowid<?)",
            ),
            (
                any.sql_of_delivery(failed),
                "SEARCH d USING COVERING INDEX deliveries_failed (target=? AND seq>?",
            ),
            (any.sql_of_delivery(of_target), "SEARCH d USING PRIMARY KEY (seq>? AND seq<?)"),
        ] {
            let plan = plan(&sql);
            assert!(plan.starts_with(way) && !plan.contains("SCAN") && !plan.contains("B-TREE"), "{plan}");
        }
    }
}
