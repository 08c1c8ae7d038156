//! Events that go out again.

use longwire_contract::{DeliveryState, EventSelection, Replayed};
use rusqlite::Connection;

use super::{Held, TargetKey};
use crate::{Error, Journal, codec};

/// So many events at a time: an event that comes meanwhile waits for a few milliseconds.
pub(super) const AT_ONCE: usize = 1000;

impl Journal {
    /// The numbers of the selected events.
    pub(super) async fn chosen(&self, events: EventSelection) -> Result<Vec<u32>, Error> {
        let mut query = match events {
            EventSelection::Seqs(seqs) => return Ok(seqs),
            EventSelection::Matching(query) => query,
        };
        query.limit = 500;
        let mut seqs = Vec::new();
        loop {
            let (rows, more) = self.page(query.clone()).await?;
            seqs.extend(rows.iter().map(|row| row.record.seq));
            query.before = seqs.last().copied();
            if !more {
                return Ok(seqs);
            }
        }
    }
}

/// To whom they go.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Again {
    /// To this target, whether or not it had them.
    To(TargetKey),
    /// To those of the held targets that had them; in this state alone, and to that target alone, where the selection is of
    /// those.
    Those { state: Option<DeliveryState>, target: Option<String>, held: Held },
}

impl Again {
    /// To whom a selection goes by itself.
    pub(super) fn of(events: &EventSelection, held: Held) -> Self {
        let (state, target) = match events {
            EventSelection::Seqs(_) => (None, None),
            EventSelection::Matching(query) => (query.state, query.target.clone()),
        };
        Self::Those { state, target, held }
    }

    /// Puts these into the queues, those that are gone left out.
    pub(super) fn put(&self, file: &Connection, seqs: &[u32], now_ms: u64) -> rusqlite::Result<Replayed> {
        let now_ms = now_ms.cast_signed();
        let mut replayed = Replayed::default();
        for &seq in seqs {
            let deliveries = match self {
                Self::To(target) => file
                    .prepare_cached(
                        "INSERT INTO deliveries (seq, target, state, attempts, tried, not_before_ms)
                         SELECT e.seq, t.id, 1, 0, 0, ?3 FROM events e, targets t WHERE e.seq = ?1 AND t.id = ?2
                         ON CONFLICT DO UPDATE SET state = 1, attempts = 0, not_before_ms = ?3",
                    )?
                    .execute((seq, target.0, now_ms))?,
                Self::Those { state, target, held } => file
                    .prepare_cached(
                        "UPDATE deliveries SET state = 1, attempts = 0, not_before_ms = iif(state = 2, ?5, 0)
                         WHERE seq = ?1 AND (?2 IS NULL OR state = ?2)
                         AND target IN (SELECT id FROM targets WHERE (?3 IS NULL OR name = ?3)
                             AND (?4 IS NULL OR id IN (SELECT value FROM json_each(?4))))",
                    )?
                    .execute((seq, state.map(codec::state), target, held.list(), now_ms))?,
            };
            replayed.events += u32::from(deliveries > 0);
            replayed.deliveries += u32::try_from(deliveries).unwrap_or(u32::MAX);
        }
        Ok(replayed)
    }
}
