use longwire_contract::{EventQuery, EventSelection, EventTypeCount};

use crate::{Error, Journal, Record, Row};

impl Journal {
    /// The events that match, newest first, at most as many as the query wants, and whether there are more.
    pub async fn page(&self, query: EventQuery) -> Result<(Vec<Row>, bool), Error> {
        unimplemented!("{query:?}")
    }

    /// Rows of these events, in the order of their numbers; those that are gone are left out.
    pub async fn rows(&self, seqs: Vec<u32>) -> Result<Vec<Row>, Error> {
        unimplemented!("{seqs:?}")
    }

    /// These events, whole, in the order of their numbers; those that are gone are left out.
    pub async fn records(&self, seqs: Vec<u32>) -> Result<Vec<Record>, Error> {
        unimplemented!("{seqs:?}")
    }

    /// The types of the kept events, the most frequent first.
    pub async fn types(&self) -> Result<Vec<EventTypeCount>, Error> {
        unimplemented!()
    }

    /// Deletes events with all that is known of their deliveries; how many. Their ids still tell duplicates.
    pub async fn delete(&self, events: EventSelection) -> Result<u32, Error> {
        unimplemented!("{events:?}")
    }
}
