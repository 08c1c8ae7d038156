//! A world in memory: a journal and a target as a test has them, under paused time.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use bytes::Bytes;
use longwire_contract::{AttemptOutcome, DeliveryState, EventOrigin};
use longwire_journal::{Attempt, Error, QueueCount, Record, TargetKey, Then, Waiting};
use tokio::{
    sync::{broadcast, oneshot, watch},
    time::{Instant, sleep},
};

use super::{Ask, Board, Outside, Posted, TargetState, Word};
use crate::{
    Answer, Filter, Kind, Program, Target,
    webhook::{Post, Sent},
};

pub(super) const KEY: TargetKey = TargetKey(1);

/// What the target does with an event: after how long, and what. It is told the event, the attempt, and the time.
type Plan = Box<dyn FnMut((u32, u32, Duration)) -> (Duration, Sent) + Send>;

#[derive(Clone)]
pub(super) struct World(Arc<(Instant, Mutex<Inner>)>);

pub(super) struct Inner {
    pub(super) rows: BTreeMap<u32, Row>,
    pub(super) plan: Plan,
    /// What was handed over: the event, the attempt, and when.
    pub(super) handed: Vec<(u32, u32, Duration)>,
    pub(super) out: usize,
    pub(super) most_out: usize,
    pub(super) written: Vec<(Attempt, Then)>,
    pub(super) broken: Option<Error>,
    pub(super) looks: usize,
    pub(super) counts: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) lane: Option<String>,
    pub(super) event_type: &'static str,
    pub(super) attempts: u32,
    pub(super) not_before_ms: u64,
    pub(super) state: DeliveryState,
}

pub(super) fn sent(outcome: AttemptOutcome, status: u16) -> Sent {
    Sent {
        outcome,
        status: (status != 0).then_some(status),
        took: Duration::ZERO,
        response: None,
        body: Bytes::new(),
        retry_after: None,
        detail: String::new(),
    }
}

pub(super) fn taken() -> Sent {
    sent(AttemptOutcome::Delivered, 200)
}

pub(super) fn refused() -> Sent {
    sent(AttemptOutcome::Unreachable, 0)
}

impl World {
    pub(super) fn new(plan: impl FnMut((u32, u32, Duration)) -> (Duration, Sent) + Send + 'static) -> Self {
        let inner = Inner {
            rows: BTreeMap::new(),
            plan: Box::new(plan),
            handed: Vec::new(),
            out: 0,
            most_out: 0,
            written: Vec::new(),
            broken: None,
            looks: 0,
            counts: 0,
        };
        Self(Arc::new((Instant::now(), Mutex::new(inner))))
    }

    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.1.lock().unwrap()
    }

    /// How long it exists.
    pub(super) fn age(&self) -> Duration {
        self.0.0.elapsed()
    }

    pub(super) fn keep(&self, seq: u32, lane: Option<u32>) {
        let lane = lane.map(|lane| format!("cli/{lane}"));
        let (event_type, state) = ("im.message.receive_v1", DeliveryState::Queued);
        let row = Row { lane, event_type, attempts: 0, not_before_ms: 0, state };
        self.inner().rows.insert(seq, row);
    }

    pub(super) fn keep_callback(&self, seq: u32, wait: Duration) {
        self.keep(seq, Some(1));
        let not_before_ms = self.now_ms() + u64::try_from(wait.as_millis()).unwrap();
        let mut inner = self.inner();
        let row = inner.rows.get_mut(&seq).unwrap();
        (row.event_type, row.not_before_ms) = ("card.action.trigger", not_before_ms);
    }

    pub(super) fn state(&self, seq: u32) -> DeliveryState {
        self.inner().rows[&seq].state
    }

    pub(super) fn all(&self, state: DeliveryState) -> bool {
        self.inner().rows.values().all(|row| row.state == state)
    }

    /// How often the queue was looked at, and counted.
    pub(super) fn reads(&self) -> (usize, usize) {
        let inner = self.inner();
        (inner.looks, inner.counts)
    }

    /// The events in the order in which the target took them.
    pub(super) fn seqs(&self) -> Vec<u32> {
        self.inner().handed.iter().map(|(seq, ..)| *seq).collect()
    }
}

impl Outside for World {
    type Kept = ();

    fn now_ms(&self) -> u64 {
        1_700_000_000_000 + u64::try_from(self.age().as_millis()).unwrap()
    }

    async fn waiting(&self, limit: usize) -> Result<Vec<Waiting>, Error> {
        let rows = {
            let mut inner = self.inner();
            inner.looks += 1;
            inner.broken.clone().map_or(Ok(()), Err)?;
            let queued = inner.rows.iter().filter(|(_, row)| row.state == DeliveryState::Queued);
            let row = |(seq, row): (&u32, &Row)| Waiting {
                seq: *seq,
                lane: row.lane.clone(),
                attempts: row.attempts,
                not_before_ms: row.not_before_ms,
            };
            queued.take(limit).map(row).collect()
        };
        // What is read may be old news when it arrives.
        sleep(Duration::from_millis(2)).await;
        Ok(rows)
    }

    async fn records(&self, seqs: Vec<u32>) -> Result<Vec<Record>, Error> {
        sleep(Duration::from_micros(100)).await;
        let inner = self.inner();
        inner.broken.clone().map_or(Ok(()), Err)?;
        Ok(seqs.iter().filter_map(|seq| inner.rows.get(seq).map(|row| record(*seq, row))).collect())
    }

    async fn count(&self) -> Result<QueueCount, Error> {
        let mut inner = self.inner();
        inner.counts += 1;
        let count =
            |state| u32::try_from(inner.rows.values().filter(|row| row.state == state).count()).unwrap();
        Ok(QueueCount { queued: count(DeliveryState::Queued), failed: count(DeliveryState::Failed) })
    }

    async fn attempted(&self, attempt: Attempt, then: Then) -> Result<(), Error> {
        sleep(Duration::from_millis(1)).await;
        let mut inner = self.inner();
        inner.broken.clone().map_or(Ok(()), Err)?;
        if let Some(row) = inner.rows.get_mut(&attempt.seq) {
            assert_eq!(row.state, DeliveryState::Queued, "{attempt:?}");
            assert_eq!(row.attempts + 1, attempt.number);
            row.attempts = attempt.number;
            match then {
                Then::Delivered => row.state = DeliveryState::Delivered,
                Then::Failed => row.state = DeliveryState::Failed,
                Then::Again(at_ms) => row.not_before_ms = at_ms,
            }
        }
        inner.written.push((attempt, then));
        Ok(())
    }

    async fn hand(
        &self,
        _: &Target,
        (): &mut (),
        post: Post<'_>,
        stop: impl Future<Output = ()> + Send,
    ) -> Option<Sent> {
        let now = self.age();
        let (wait, sent) = {
            let mut inner = self.inner();
            let seq = post.record.seq;
            assert_eq!(inner.rows[&seq].state, DeliveryState::Queued, "{seq} has been settled");
            inner.handed.push((seq, post.number, now));
            inner.out += 1;
            inner.most_out = inner.most_out.max(inner.out);
            (inner.plan)((seq, post.number, now))
        };
        let late = Sent { took: post.deadline, ..self::sent(AttemptOutcome::TimedOut, 0) };
        let sent = if wait > post.deadline { late } else { Sent { took: wait, ..sent } };
        let came = tokio::select! {
            () = sleep(wait.min(post.deadline)) => Some(sent),
            () = stop => None,
        };
        self.inner().out -= 1;
        came
    }
}

fn record(seq: u32, row: &Row) -> Record {
    Record {
        seq,
        app_id: "cli_0123456789abcdef".parse().unwrap(),
        origin: EventOrigin::Platform,
        at_ms: 0,
        event_type: row.event_type.to_owned(),
        event_id: None,
        message_id: None,
        chat_id: None,
        ack_us: 0,
        duplicates: 0,
        frame: Bytes::new(),
        payload: Bytes::from_static(b"{}"),
    }
}

pub(super) fn target() -> Target {
    Target {
        key: KEY,
        name: "bot".to_owned(),
        app_id: None,
        filter: Filter::default(),
        kind: Kind::Command(Program { command: vec!["bot".to_owned()] }),
        deadline: Duration::from_secs(10),
        paused: false,
    }
}

/// A courier at work in a world.
pub(super) struct Bench {
    pub(super) world: World,
    pub(super) posted: Posted,
    pub(super) states: watch::Receiver<Vec<TargetState>>,
    pub(super) settled: broadcast::Receiver<u32>,
}

impl Bench {
    pub(super) fn of(world: &World, target: Target) -> Self {
        Self::with(world, target, Vec::new())
    }

    pub(super) fn with(world: &World, target: Target, unwritten: Vec<super::Unwritten>) -> Self {
        let board = Board::new();
        let states = board.shown();
        tokio::spawn(board.clone().show());
        board.list(&[KEY], |key| TargetState::new(key, target.paused, QueueCount::default(), world.now_ms()));
        let (settled, heard) = broadcast::channel(100_000);
        let rng = fastrand::Rng::with_seed(7);
        let posted = Posted::send(target.into(), world.clone(), board, settled, unwritten, rng);
        Self { world: world.clone(), posted, states, settled: heard }
    }

    pub(super) fn state(&self) -> TargetState {
        self.states.borrow()[0].clone()
    }

    /// Waits until something holds.
    pub(super) async fn until(&self, mut holds: impl FnMut(&World) -> bool) {
        for _ in 0..200_000 {
            if holds(&self.world) {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("it never holds");
    }

    pub(super) async fn ask(&self, seq: u32, patience: Duration) -> Answer {
        let (reply, answer) = oneshot::channel();
        let event_type = self.world.inner().rows[&seq].event_type.to_owned();
        self.posted.tell(Word::Ask(Ask { seq, event_type, deadline: Instant::now() + patience, reply }));
        answer.await.unwrap()
    }
}
