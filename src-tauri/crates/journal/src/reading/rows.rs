use bytes::Bytes;
use longwire_contract::AppId;
use rusqlite::{Connection, OptionalExtension, types::Type};

use crate::{Record, Row, codec};

/// A payload larger than that is not read for a list, in bytes.
const LISTED: usize = 64 * 1024;

const COLUMNS: &str =
    "e.seq, a.name, e.origin, e.at_ms, t.name, e.event_id, e.message_id, e.chat_id, e.ack_us, e.duplicates";
const TABLES: &str = "events e JOIN apps a ON a.id = e.app JOIN types t ON t.id = e.type WHERE e.seq = ?1";

/// The rows of these events, in the order in which they are named; those that are gone are left out.
pub(super) fn rows(file: &Connection, seqs: &[u32]) -> rusqlite::Result<Vec<Row>> {
    let mut read = file.prepare_cached(&format!(
        "SELECT {COLUMNS}, length(e.payload), CASE WHEN length(e.payload) <= {LISTED} THEN e.payload ELSE x'' END,
         (SELECT max(d.state) FROM deliveries d WHERE d.seq = e.seq) FROM {TABLES}"
    ))?;
    let mut rows = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let row = read.query_row((seq,), |row| {
            let delivery = row.get::<_, Option<u8>>(12)?.map(codec::to_state);
            Ok(Row { record: record(row, Bytes::new(), bytes(row, 11)?)?, bytes: row.get(10)?, delivery })
        });
        rows.extend(row.optional()?);
    }
    Ok(rows)
}

/// These events, in the order in which they are named; those that are gone are left out.
pub(super) fn records(file: &Connection, seqs: &[u32]) -> rusqlite::Result<Vec<Record>> {
    let mut read = file.prepare_cached(&format!("SELECT {COLUMNS}, e.frame, e.payload FROM {TABLES}"))?;
    let mut records = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let found = read.query_row((seq,), |row| record(row, bytes(row, 10)?, bytes(row, 11)?));
        records.extend(found.optional()?);
    }
    Ok(records)
}

fn bytes(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Bytes> {
    Ok(Bytes::copy_from_slice(row.get_ref(column)?.as_blob()?))
}

fn record(row: &rusqlite::Row<'_>, frame: Bytes, payload: Bytes) -> rusqlite::Result<Record> {
    let app: String = row.get(1)?;
    let app_id: AppId = app
        .parse()
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(error)))?;
    Ok(Record {
        seq: row.get(0)?,
        app_id,
        origin: codec::to_origin(row.get(2)?),
        at_ms: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
        event_type: row.get(4)?,
        event_id: row.get(5)?,
        message_id: row.get(6)?,
        chat_id: row.get(7)?,
        ack_us: row.get(8)?,
        duplicates: row.get(9)?,
        frame,
        payload,
    })
}
