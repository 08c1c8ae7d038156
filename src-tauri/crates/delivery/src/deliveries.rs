use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use futures_util::future::join_all;
use longwire_contract::{AttemptOutcome, AttemptView};
use longwire_dial::Dialer;
use longwire_journal::{Error, Journal, QueueCount, TargetKey};
use tokio::{
    sync::{Mutex, broadcast, oneshot, watch},
    time::{Instant, timeout_at},
};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    Answer, Kind, Target, Toast, Wanted,
    courier::{Ask, Board, Posted, Road, TargetState, Unwritten, Word},
};

/// How many news of settled events may be waiting for one who listens.
const SETTLED: usize = 4096;
/// How long after its deadline an answer is waited for at most: the courier answers by then, with what is told to a user.
const AFTER_DEADLINE: Duration = Duration::from_millis(100);

/// All targets of a journal, each with its courier. Cheap to clone; every clone is the same.
#[derive(Clone, Debug)]
pub struct Deliveries {
    shared: Arc<Shared>,
}

struct Shared {
    journal: Journal,
    dialer: Arc<Dialer>,
    board: Arc<Board>,
    settled: broadcast::Sender<u32>,
    /// In the order of the targets.
    couriers: RwLock<Vec<Posted>>,
    /// What couriers that are gone could not write down. Held while the targets are changed.
    left: Mutex<HashMap<TargetKey, Vec<Unwritten>>>,
    _showing: DropGuard,
}

impl Deliveries {
    /// Begins with no targets. `dialer` builds the roads to webhooks on other machines; those on this one are reached
    /// straight. To be called where tasks can be started.
    pub fn start(journal: Journal, dialer: Dialer) -> Self {
        let (board, showing) = (Board::new(), CancellationToken::new());
        tokio::spawn(showing.clone().run_until_cancelled_owned(board.clone().show()));
        let shared = Shared {
            journal,
            dialer: Arc::new(dialer),
            board,
            settled: broadcast::Sender::new(SETTLED),
            couriers: RwLock::default(),
            left: Mutex::default(),
            _showing: showing.drop_guard(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Has these targets from now on. The courier of one that stays as it is goes on; that of one that is changed goes on with
    /// what it is now, and what is under way to where it was is given two seconds, as it is for one that is gone. Of two with the
    /// same key, which would empty one queue between them, the first has it, and the other gets nothing.
    ///
    /// # Errors
    /// Those of the journal, which is asked what waits. Nothing is changed then.
    pub async fn set(&self, mut targets: Vec<Target>) -> Result<(), Error> {
        let mut names = HashMap::new();
        targets.retain(|target| match names.entry(target.key) {
            Entry::Vacant(place) => {
                place.insert(target.name.clone());
                true
            }
            Entry::Occupied(first) => {
                tracing::error!("{} has the same queue as {}, and gets nothing", target.name, first.get());
                false
            }
        });
        let mut left = self.shared.left.lock().await;
        let known: Vec<TargetKey> = self.couriers().iter().map(|courier| courier.target.key).collect();
        let mut counts = HashMap::new();
        for target in targets.iter().filter(|target| !known.contains(&target.key)) {
            counts.insert(target.key, self.shared.journal.queue_count(target.key).await?);
        }
        let gone = self.post(targets, &counts, &mut left);
        for (key, unwritten) in end_all(gone).await {
            left.insert(key, unwritten);
        }
        Ok(())
    }

    /// Who wants an event, in the order of the targets.
    pub fn wanting(&self, event: Wanted<'_>) -> Vec<TargetKey> {
        let couriers = self.couriers();
        couriers
            .iter()
            .filter(|courier| courier.target.wants(event))
            .map(|courier| courier.target.key)
            .collect()
    }

    /// Who of them answers a callback: the first that is neither a mere printer nor the agent, and is not held back.
    pub fn answering(&self, wanting: &[TargetKey]) -> Option<TargetKey> {
        let couriers = self.couriers();
        let able = |kind: &Kind| matches!(kind, Kind::Webhook(_) | Kind::Command(_));
        let answers = |target: &Target| !target.paused && able(&target.kind);
        let find = |key: &TargetKey| couriers.iter().find(|courier| courier.target.key == *key);
        wanting.iter().copied().find(|key| find(key).is_some_and(|courier| answers(&courier.target)))
    }

    /// There may be something new in the queues of these.
    pub fn wake(&self, targets: &[TargetKey]) {
        for courier in self.couriers().iter().filter(|courier| targets.contains(&courier.target.key)) {
            courier.wake();
        }
    }

    /// Hands a kept callback to a target, ahead of what waits for it, and waits for the answer until `deadline`. The attempt
    /// goes on after that, up to the target's own deadline, and is written down. The type of the event says what is told where
    /// there is no answer.
    pub async fn answer(&self, target: TargetKey, seq: u32, event_type: &str, deadline: Instant) -> Answer {
        let (reply, answer) = oneshot::channel();
        let heard =
            self.tell(target, Word::Ask(Ask { seq, event_type: event_type.to_owned(), deadline, reply }));
        match timeout_at(deadline + AFTER_DEADLINE, answer).await {
            Ok(Ok(answer)) => answer,
            _ if heard => Toast::Late.answer(event_type),
            _ => Toast::Down.answer(event_type),
        }
    }

    /// How each target stands, in the order of the targets; changes at most ten times a second.
    pub fn states(&self) -> watch::Receiver<Vec<TargetState>> {
        self.shared.board.shown()
    }

    /// Events of which something became, by number.
    pub fn settled(&self) -> broadcast::Receiver<u32> {
        self.shared.settled.subscribe()
    }

    /// Tries a target that is down at once, and all that waits for it.
    ///
    /// # Errors
    /// Those of the journal, which has all of it due.
    pub async fn hasten(&self, target: TargetKey) -> Result<(), Error> {
        self.shared.journal.hasten(target).await?;
        self.tell(target, Word::Hasten);
        Ok(())
    }

    /// Asks a target whether it will take events: see [`TargetReport`](longwire_contract::TargetReport).
    pub async fn test(&self, target: &Target) -> AttemptView {
        let at_ms = longwire_host::clock::now_ms();
        let (outcome, response, detail) = match &target.kind {
            Kind::Webhook(webhook) => return webhook.challenge(&self.shared.dialer, at_ms).await,
            Kind::Command(program) => {
                let found = program.look();
                (found.outcome, found.response, found.detail)
            }
            // What can be tried of the agent is its model: see [`agent::ask`](crate::agent::ask).
            Kind::Print(_) | Kind::Agent(_) => (AttemptOutcome::Delivered, None, String::new()),
        };
        AttemptView { number: 1, at_ms, took_ms: 0.0, outcome, status: None, response, detail }
    }

    /// Ends every courier. What is under way is given up to two seconds.
    pub async fn close(self) {
        let mut left = self.shared.left.lock().await;
        let gone = std::mem::take(&mut *self.posts());
        left.extend(end_all(gone).await);
    }

    /// Has a courier for each of these, in this order; those whose target is gone.
    fn post(
        &self,
        targets: Vec<Target>,
        counts: &HashMap<TargetKey, QueueCount>,
        left: &mut HashMap<TargetKey, Vec<Unwritten>>,
    ) -> Vec<Posted> {
        let mut couriers = self.posts();
        let mut gone = std::mem::take(&mut *couriers);
        let keys: Vec<TargetKey> = targets.iter().map(|target| target.key).collect();
        let now_ms = longwire_host::clock::now_ms();
        self.shared.board.list(&keys, |key| {
            let paused = targets.iter().any(|target| target.key == key && target.paused);
            TargetState::new(key, paused, counts.get(&key).copied().unwrap_or_default(), now_ms)
        });
        for target in targets {
            let target = Arc::new(target);
            let known = gone.iter().position(|courier| courier.target.key == target.key);
            couriers.push(match known.map(|at| gone.remove(at)) {
                Some(mut courier) => {
                    if courier.target != target {
                        courier.target = target.clone();
                        courier.tell(Word::Target(target));
                    }
                    courier
                }
                None => self.send(&target, left.remove(&target.key).unwrap_or_default()),
            });
        }
        gone
    }

    fn send(&self, target: &Arc<Target>, unwritten: Vec<Unwritten>) -> Posted {
        let Shared { journal, dialer, board, settled, .. } = &*self.shared;
        let road = Road { key: target.key, journal: journal.clone(), dialer: dialer.clone() };
        Posted::send(target.clone(), road, board.clone(), settled.clone(), unwritten, fastrand::Rng::new())
    }

    fn tell(&self, target: TargetKey, word: Word) -> bool {
        let couriers = self.couriers();
        let courier = couriers.iter().find(|courier| courier.target.key == target);
        courier.is_some_and(|courier| courier.tell(word))
    }

    fn couriers(&self) -> RwLockReadGuard<'_, Vec<Posted>> {
        // The list is whole whenever it is let go.
        self.shared.couriers.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn posts(&self) -> RwLockWriteGuard<'_, Vec<Posted>> {
        self.shared.couriers.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends couriers, all at once; what each of them could not write down.
async fn end_all(couriers: Vec<Posted>) -> Vec<(TargetKey, Vec<Unwritten>)> {
    let ends = couriers.into_iter().map(|courier| async {
        let key = courier.target.key;
        (key, courier.end().await)
    });
    let mut ends = join_all(ends).await;
    ends.retain(|(_, unwritten)| !unwritten.is_empty());
    ends
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("journal", &self.journal).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use longwire_contract::{EventOrigin, JournalSettings};
    use longwire_dial::{RootSource, Roots};
    use longwire_journal::{Deliverable, NewEvent, Options};

    use super::*;
    use crate::{Closed, Filter, Printing};

    const DEADLINE: Duration = Duration::from_secs(10);

    /// Counts the lines.
    #[derive(Debug, Default)]
    struct Lines(std::sync::Mutex<usize>);

    impl Printing for Lines {
        fn print(&self, _: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<(), Closed>> + Send + '_>> {
            Box::pin(async {
                *self.0.lock().unwrap() += 1;
                Ok(())
            })
        }
    }

    fn target(key: i64, name: &str, kind: Kind) -> Target {
        let (name, filter) = (name.to_owned(), Filter::default());
        Target { key: TargetKey(key), name, app_id: None, filter, kind, deadline: DEADLINE, paused: false }
    }

    fn event(target: TargetKey) -> NewEvent {
        NewEvent {
            app_id: "cli_0123456789abcdef".parse().unwrap(),
            origin: EventOrigin::Trigger,
            at_ms: 1,
            arrived: std::time::Instant::now(),
            event_type: "t".to_owned(),
            event_id: None,
            message_id: None,
            chat_id: None,
            frame: bytes::Bytes::new(),
            payload: bytes::Bytes::from_static(b"{}"),
            targets: vec![Deliverable { target, not_before_ms: None }],
        }
    }

    #[tokio::test]
    async fn of_two_targets_with_one_queue_the_first_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { folder: folder.path().to_path_buf(), settings: JournalSettings::default() };
        let journal = Journal::open(&options).unwrap().journal;
        let dialer = Dialer::new(Arc::new(Roots::new(RootSource::ExtraOnly, Vec::new())));
        let deliveries = Deliveries::start(journal.clone(), dialer);
        let lines = [(); 3].map(|()| Arc::new(Lines::default()));
        let [first, second, other] = lines.clone().map(|lines| Kind::Print(lines));
        let targets = vec![target(1, "first", first), target(1, "second", second), target(2, "other", other)];
        // Also where there is a courier already.
        for round in 1..=2 {
            deliveries.set(targets.clone()).await.unwrap();
            let couriers: Vec<_> =
                deliveries.couriers().iter().map(|courier| courier.target.name.clone()).collect();
            assert_eq!(couriers, ["first", "other"]);
            let mut settled = deliveries.settled();
            journal.insert(event(TargetKey(1))).await.unwrap();
            deliveries.wake(&[TargetKey(1)]);
            settled.recv().await.unwrap();
            assert_eq!(lines.clone().map(|lines| *lines.0.lock().unwrap()), [round, 0, 0]);
        }
        deliveries.close().await;
        journal.close();
    }
}
