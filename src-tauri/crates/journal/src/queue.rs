use longwire_contract::{AttemptOutcome, DeliveryState, DeliveryView, EventSelection, Replayed};
use rusqlite::{Connection, OptionalExtension};

use crate::{Error, Journal, codec};

mod attempts;
mod held;
mod replay;

pub(crate) use held::Held;

/// A target, by the number the journal knows it by. It stays the same as long as the target is not forgotten.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TargetKey(pub i64);

/// An event that waits for a target. Its payload is read when its turn comes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Waiting {
    /// The event.
    pub seq: u32,
    /// What keeps its order: the app and the chat, where it names one.
    pub lane: Option<String>,
    /// How often it was tried, since the last replay.
    pub attempts: u32,
    /// Not before this moment, in milliseconds since the Unix epoch. Where it was replayed, and not tried since, that is when.
    pub not_before_ms: u64,
}

/// An attempt that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The event.
    pub seq: u32,
    /// The target.
    pub target: TargetKey,
    /// Which of its attempts it was, from 1. After a replay it is numbered on from the last one, whatever this says.
    pub number: u32,
    /// When it began, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// The HTTP status, or the exit code of a program.
    pub status: Option<i32>,
    /// The beginning of what it answered.
    pub response: Option<String>,
    /// The technical cause; empty where there is none.
    pub detail: String,
}

/// What becomes of a delivery after an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Then {
    /// The target has it.
    Delivered,
    /// It is tried again at this moment, in milliseconds since the Unix epoch.
    Again(u64),
    /// It is not tried again by itself.
    Failed,
}

/// What there is in a target's queue.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct QueueCount {
    /// Events that wait.
    pub queued: u32,
    /// Events that were not taken.
    pub failed: u32,
}

impl Journal {
    /// The number of a target by its name; a new one where the name is new.
    pub async fn target(&self, name: &str) -> Result<TargetKey, Error> {
        let name = name.to_owned();
        self.write_targets(move |file| {
            let find = file
                .prepare_cached("SELECT id FROM targets WHERE name = ?1")?
                .query_row((&name,), |row| row.get(0))
                .optional()?;
            match find {
                Some(id) => Ok(TargetKey(id)),
                None => file
                    .prepare_cached("INSERT INTO targets (name) VALUES (?1)")?
                    .insert((&name,))
                    .map(TargetKey),
            }
        })
        .await
    }

    /// All targets that the journal knows, in the order of their names, and what there is in their queues.
    pub async fn targets(&self) -> Result<Vec<(TargetKey, String, QueueCount)>, Error> {
        self.read(|file| {
            let mut find = file.prepare_cached("SELECT id, name FROM targets ORDER BY name")?;
            let targets = find.query_map((), |row| {
                let target = TargetKey(row.get(0)?);
                Ok((target, row.get(1)?, count(file, target)?))
            })?;
            targets.collect()
        })
        .await
    }

    /// From now on it is these targets that somebody hands events to. What waits for another one keeps no event from being
    /// deleted when it is too old or too much, and a replay that names no target puts nothing into its queue. Until this is
    /// called, it is all targets. Returns at once; it is not written down.
    pub fn hold(&self, held: Vec<TargetKey>) {
        *self.held() = Held::These(held);
    }

    /// Gives a target another name. Its queue stays its own. A target that had the name before is forgotten.
    pub async fn rename_target(&self, target: TargetKey, name: &str) -> Result<(), Error> {
        let name = name.to_owned();
        self.write_targets(move |file| {
            let earlier: Option<i64> = file
                .prepare_cached(
                    "SELECT id FROM targets WHERE name = ?2 AND id <> ?1
                     AND EXISTS (SELECT 1 FROM targets WHERE id = ?1)",
                )?
                .query_row((target.0, &name), |row| row.get(0))
                .optional()?;
            if let Some(earlier) = earlier {
                forget(file, earlier)?;
            }
            file.execute("UPDATE targets SET name = ?2 WHERE id = ?1", (target.0, &name)).map(drop)
        })
        .await
    }

    /// Forgets a target and its queue.
    pub async fn forget_target(&self, target: TargetKey) -> Result<(), Error> {
        self.write_targets(move |file| forget(file, target.0)).await
    }

    /// The oldest events that wait for a target, in the order they arrived, those not due yet among them; at most `limit`.
    pub async fn waiting(&self, target: TargetKey, limit: usize) -> Result<Vec<Waiting>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(move |file| {
            let mut find = file.prepare_cached(
                "SELECT d.seq, d.attempts, d.not_before_ms, a.name || '/' || e.chat_id
                 FROM deliveries d INDEXED BY deliveries_queued
                 CROSS JOIN events e ON e.seq = d.seq CROSS JOIN apps a ON a.id = e.app
                 WHERE d.target = ?1 AND d.state = 1 ORDER BY d.seq LIMIT ?2",
            )?;
            let waiting = find.query_map((target.0, limit), |row| {
                Ok(Waiting {
                    seq: row.get(0)?,
                    attempts: row.get(1)?,
                    not_before_ms: row.get::<_, i64>(2)?.cast_unsigned(),
                    lane: row.get(3)?,
                })
            })?;
            waiting.collect()
        })
        .await
    }

    /// What there is in a target's queue.
    pub async fn queue_count(&self, target: TargetKey) -> Result<QueueCount, Error> {
        self.read(move |file| count(file, target)).await
    }

    /// Writes down how an attempt ended and what becomes of the delivery. Of many attempts the first two and the last eight are
    /// kept. Nothing where the event or the target is gone. A delivery that the target has stays delivered until it is replayed.
    pub async fn attempted(&self, attempt: Attempt, then: Then) -> Result<(), Error> {
        self.write(move |file| attempts::write(file, &attempt, then)).await
    }

    /// Puts events into queues once more, as [`ReplayRequest`](longwire_contract::ReplayRequest) says: into this target's;
    /// where none is named, into those of the [held](Self::hold) targets that had them, in the state that the selection names
    /// where it names one.
    ///
    /// Of what goes to a named target, or had failed, it is written down that it was asked for now: whoever tells from its age
    /// that nobody waits for it any more hears that somebody does.
    pub async fn replay(
        &self,
        events: EventSelection,
        target: Option<TargetKey>,
        now_ms: u64,
    ) -> Result<Replayed, Error> {
        let again = match target {
            Some(target) => replay::Again::To(target),
            None => replay::Again::of(&events, self.held().clone()),
        };
        let mut replayed = Replayed::default();
        for seqs in self.chosen(events).await?.chunks(replay::AT_ONCE) {
            let (seqs, again) = (seqs.to_vec(), again.clone());
            let some = self.write(move |file| again.put(file, &seqs, now_ms)).await?;
            replayed.events += some.events;
            replayed.deliveries += some.deliveries;
        }
        Ok(replayed)
    }

    /// Has all that waits for another try at a target due now.
    pub async fn hasten(&self, target: TargetKey) -> Result<(), Error> {
        self.write(move |file| {
            file.prepare_cached(
                "UPDATE deliveries SET not_before_ms = 0
                 WHERE target = ?1 AND state = 1 AND not_before_ms > 0 AND attempts > 0",
            )?
            .execute((target.0,))
            .map(drop)
        })
        .await
    }

    /// What became of an event at each target that wanted it.
    pub async fn deliveries(&self, seq: u32) -> Result<Vec<DeliveryView>, Error> {
        self.read(move |file| {
            let mut find = file.prepare_cached(
                "SELECT t.id, t.name, d.state, iif(d.attempts > 0, d.not_before_ms, 0) FROM deliveries d JOIN targets t ON t.id = d.target
                 WHERE d.seq = ?1 ORDER BY d.target",
            )?;
            let views = find.query_map((seq,), |row| {
                let state = codec::to_state(row.get(2)?);
                let not_before_ms = row.get::<_, i64>(3)?.cast_unsigned();
                let again = state == DeliveryState::Queued && not_before_ms > 0;
                Ok(DeliveryView {
                    target: row.get(1)?,
                    state,
                    retry_at_ms: again.then_some(not_before_ms),
                    attempts: attempts::read(file, seq, row.get(0)?)?,
                })
            })?;
            views.collect()
        })
        .await
    }
}

fn count(file: &Connection, target: TargetKey) -> rusqlite::Result<QueueCount> {
    // Each state has an index of its own, which is found by the number in the statement alone.
    let count = |state: &str| {
        file.prepare_cached(&format!(
            "SELECT count(*) FROM deliveries WHERE target = ?1 AND state = {state}"
        ))?
        .query_row((target.0,), |row| row.get(0))
    };
    Ok(QueueCount { queued: count("1")?, failed: count("2")? })
}

/// Forgets a target, what waits for it and what it did not take.
fn forget(file: &Connection, target: i64) -> rusqlite::Result<()> {
    file.execute("DELETE FROM targets WHERE id = ?1", (target,))?;
    // What it has is much, and nobody's: it goes with its events.
    for state in ["1", "2"] {
        let of_state = format!("target = ?1 AND state = {state}");
        file.execute(
            &format!("DELETE FROM attempts WHERE target = ?1 AND seq IN (SELECT seq FROM deliveries WHERE {of_state})"),
            (target,),
        )?;
        file.execute(&format!("DELETE FROM deliveries WHERE {of_state}"), (target,))?;
    }
    Ok(())
}
