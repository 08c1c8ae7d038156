use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::message::Message;

/// What a journal says, read from a copy of its file: reading it is no part of what happens to it.
pub(crate) struct Record {
    file: Connection,
    _folder: TempDir,
}

impl Record {
    /// The journal of a folder that no Longwire runs on.
    pub(crate) fn of(data_dir: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["journal.db", "journal.db-wal"] {
            let copied = fs::copy(data_dir.join(name), folder.path().join(name));
            // One that was closed well has nothing beside it, and before the first event there is none at all.
            assert!(copied.is_ok() || !data_dir.join(name).exists(), "{copied:?}");
        }
        let aside = fs::read_dir(data_dir).unwrap().flatten();
        let aside: Vec<_> = aside
            .map(|entry| entry.file_name())
            .filter(|name| name.to_string_lossy().contains("damaged"))
            .collect();
        assert!(aside.is_empty(), "the journal was set aside: {aside:?}");
        Self { file: Connection::open(folder.path().join("journal.db")).unwrap(), _folder: folder }
    }

    /// How often each message is kept.
    pub(crate) fn kept(&self) -> HashMap<Message, u32> {
        let mut kept = HashMap::new();
        for message in self.messages("SELECT event_id FROM events") {
            *kept.entry(message).or_default() += 1;
        }
        kept
    }

    /// The messages that the bot has, as far as the journal knows.
    pub(crate) fn delivered(&self) -> HashSet<Message> {
        if self.number("SELECT count(*) FROM sqlite_schema") == 0 {
            return HashSet::new();
        }
        let delivered = self
            .messages("SELECT e.event_id FROM deliveries d JOIN events e ON e.seq = d.seq WHERE d.state = 0");
        delivered.collect()
    }

    /// How many deliveries there are.
    pub(crate) fn deliveries(&self) -> usize {
        self.number("SELECT count(*) FROM deliveries")
    }

    /// How many copies came of what was kept already.
    pub(crate) fn duplicates(&self) -> usize {
        self.number("SELECT coalesce(sum(duplicates), 0) FROM events")
    }

    fn messages(&self, query: &str) -> impl Iterator<Item = Message> {
        let mut find = self.file.prepare(query).unwrap();
        let ids: Vec<String> = find.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        ids.into_iter().map(|id| Message::of(&id).unwrap())
    }

    fn number(&self, query: &str) -> usize {
        self.file.query_row(query, (), |row| row.get::<_, i64>(0)).unwrap().try_into().unwrap()
    }
}
