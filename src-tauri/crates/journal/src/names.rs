//! Names that come again and again, each kept once and known by a number.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

/// The numbers of the names of one table.
#[derive(Debug)]
pub(crate) struct Names {
    find: &'static str,
    add: &'static str,
    known: HashMap<String, i64>,
}

/// So many names are remembered; more than an honest sender has.
const REMEMBERED: usize = 1024;

impl Names {
    pub(crate) fn apps() -> Self {
        Self {
            find: "SELECT id FROM apps WHERE name = ?1",
            add: "INSERT INTO apps (name) VALUES (?1)",
            known: HashMap::new(),
        }
    }

    pub(crate) fn types() -> Self {
        Self {
            find: "SELECT id FROM types WHERE name = ?1",
            add: "INSERT INTO types (name) VALUES (?1)",
            known: HashMap::new(),
        }
    }

    /// The number of a name; a new one where the name is new.
    pub(crate) fn id(&mut self, file: &Connection, name: &str) -> rusqlite::Result<i64> {
        if let Some(&id) = self.known.get(name) {
            return Ok(id);
        }
        let found = file.prepare_cached(self.find)?.query_row((name,), |row| row.get(0)).optional()?;
        let id = match found {
            Some(id) => id,
            None => file.prepare_cached(self.add)?.insert((name,))?,
        };
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(name.to_owned(), id);
        Ok(id)
    }

    /// Forgets what it knows: the file may know less.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }
}
