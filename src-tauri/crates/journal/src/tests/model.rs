use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;

use super::*;

/// What can happen to a journal.
#[derive(Clone, Debug)]
enum Step {
    Insert { id: Option<u8>, message: Option<u8>, targets: Vec<usize> },
    Attempted { seq: u32, target: usize, then: u8 },
    Replay { seqs: Vec<u32>, target: Option<usize> },
    Delete { seq: u32 },
    Forget { target: usize },
    Restart { killed: bool },
}

const TARGETS: usize = 3;

fn step() -> impl Strategy<Value = Step> {
    let seq = 1..30_u32;
    let target = 0..TARGETS;
    prop_oneof![
        8 => (
            proptest::option::weighted(0.9, 0..20_u8),
            proptest::option::weighted(0.5, 0..20_u8),
            proptest::collection::vec(target.clone(), 0..3)
        )
            .prop_map(|(id, message, targets)| Step::Insert { id, message, targets }),
        8 => (seq.clone(), target.clone(), 0..3_u8)
            .prop_map(|(seq, target, then)| Step::Attempted { seq, target, then }),
        2 => (proptest::collection::vec(seq.clone(), 1..4), proptest::option::of(target.clone()))
            .prop_map(|(seqs, target)| Step::Replay { seqs, target }),
        1 => seq.prop_map(|seq| Step::Delete { seq }),
        1 => target.prop_map(|target| Step::Forget { target }),
        1 => any::<bool>().prop_map(|killed| Step::Restart { killed }),
    ]
}

/// How it stands with a delivery: its state, how often it was tried since the last replay, and in all.
type Delivery = (DeliveryState, u32, u32);

#[derive(Debug, Default)]
struct Model {
    last: u32,
    seen: HashMap<String, u32>,
    events: BTreeMap<u32, u32>,
    deliveries: BTreeMap<(u32, usize), Delivery>,
}

impl Model {
    fn insert(&mut self, ids: &[String], targets: &[usize]) -> Insertion {
        if let Some(&first) = ids.iter().find_map(|id| self.seen.get(id)) {
            self.events.entry(first).and_modify(|duplicates| *duplicates += 1);
            return Insertion::Duplicate(first);
        }
        self.last += 1;
        self.seen.extend(ids.iter().map(|id| (id.clone(), self.last)));
        self.events.insert(self.last, 0);
        self.deliveries
            .extend(targets.iter().map(|&target| ((self.last, target), (DeliveryState::Queued, 0, 0))));
        Insertion::Kept(self.last)
    }

    fn attempted(&mut self, seq: u32, target: usize, then: Then) {
        let Some((state, attempts, tried)) = self.deliveries.get_mut(&(seq, target)) else { return };
        (*attempts, *tried) = (*attempts + 1, *tried + 1);
        *state = match then {
            _ if *state == DeliveryState::Delivered => *state,
            Then::Delivered => DeliveryState::Delivered,
            Then::Again(_) => DeliveryState::Queued,
            Then::Failed => DeliveryState::Failed,
        };
    }

    fn replay(&mut self, seq: u32, target: Option<usize>) -> u32 {
        if let Some(target) = target
            && self.events.contains_key(&seq)
        {
            self.deliveries.entry((seq, target)).or_insert((DeliveryState::Queued, 0, 0));
        }
        let mut count = 0;
        for ((of, at), (state, attempts, _)) in &mut self.deliveries {
            if *of == seq && target.is_none_or(|target| target == *at) {
                (*state, *attempts) = (DeliveryState::Queued, 0);
                count += 1;
            }
        }
        count
    }
}

async fn compare(journal: &Journal, keys: &[TargetKey], model: &Model) {
    let records = journal.records((1..40).collect()).await.unwrap();
    let events: BTreeMap<_, _> = records.iter().map(|record| (record.seq, record.duplicates)).collect();
    assert_eq!(events, model.events);
    for (target, &key) in keys.iter().enumerate() {
        let of_target = |wanted| {
            let mine = model.deliveries.iter().filter(move |((_, at), _)| *at == target);
            mine.filter(move |(_, (state, ..))| *state == wanted)
        };
        let waiting = journal.waiting(key, 99).await.unwrap();
        let waiting: Vec<_> = waiting.iter().map(|waiting| (waiting.seq, waiting.attempts)).collect();
        let wanted: Vec<_> =
            of_target(DeliveryState::Queued).map(|((seq, _), (_, attempts, _))| (*seq, *attempts)).collect();
        assert_eq!(waiting, wanted);
        let count = journal.queue_count(key).await.unwrap();
        assert_eq!(count.queued as usize, wanted.len());
        assert_eq!(count.failed as usize, of_target(DeliveryState::Failed).count());
    }
    for ((seq, target), (state, _, tried)) in &model.deliveries {
        let views = journal.deliveries(*seq).await.unwrap();
        let view = views.iter().find(|view| view.target == target.to_string()).unwrap();
        assert_eq!(view.state, *state);
        assert_eq!(view.attempts.last().map_or(0, |attempt| attempt.number), *tried);
    }
}

async fn run(steps: Vec<Step>) {
    let mut folder = tempfile::tempdir().unwrap();
    let mut journal = open(folder.path());
    let mut keys = Vec::new();
    for target in 0..TARGETS {
        keys.push(journal.target(&target.to_string()).await.unwrap());
    }
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Insert { id, message, targets } => {
                let mut ids = Vec::new();
                ids.extend(id.map(|id| format!("e{id}")));
                ids.extend(message.map(|message| format!("m{message}")));
                let wanted = model.insert(&ids, &targets);
                let event = NewEvent {
                    event_id: id.map(|id| id.to_string()),
                    message_id: message.map(|message| message.to_string()),
                    targets: targets
                        .iter()
                        .map(|&target| Deliverable { target: keys[target], not_before_ms: None })
                        .collect(),
                    ..event(None)
                };
                assert_eq!(journal.insert(event).await, Ok(wanted));
            }
            Step::Attempted { seq, target, then } => {
                let then = [Then::Delivered, Then::Again(9), Then::Failed][usize::from(then)];
                model.attempted(seq, target, then);
                let attempt = Attempt {
                    seq,
                    target: keys[target],
                    number: 1,
                    at_ms: 1,
                    took_us: 1,
                    outcome: AttemptOutcome::TimedOut,
                    status: None,
                    response: None,
                    detail: String::new(),
                };
                journal.attempted(attempt, then).await.unwrap();
            }
            Step::Replay { mut seqs, target } => {
                seqs.sort_unstable();
                seqs.dedup();
                let wanted: Vec<_> = seqs.iter().map(|&seq| model.replay(seq, target)).collect();
                let selection = EventSelection::Seqs(seqs);
                let replayed = journal.replay(selection, target.map(|target| keys[target]), 7).await.unwrap();
                assert_eq!(replayed.deliveries, wanted.iter().sum::<u32>());
                assert_eq!(replayed.events as usize, wanted.iter().filter(|&&count| count > 0).count());
            }
            Step::Delete { seq } => {
                let was = model.events.remove(&seq).is_some();
                model.deliveries.retain(|(of, _), _| *of != seq);
                let deleted = journal.delete(EventSelection::Seqs(vec![seq])).await;
                assert_eq!(deleted, Ok(u32::from(was)));
            }
            Step::Forget { target } => {
                model.deliveries.retain(|(_, at), _| *at != target);
                journal.forget_target(keys[target]).await.unwrap();
                keys[target] = journal.target(&target.to_string()).await.unwrap();
            }
            Step::Restart { killed } => {
                let as_it_lies = copy(folder.path());
                close(journal).await;
                if killed {
                    folder = as_it_lies;
                }
                journal = open(folder.path());
            }
        }
    }
    compare(&journal, &keys, &model).await;
    close(journal).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_journal_is_what_was_done_to_it(steps in proptest::collection::vec(step(), 1..60)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(steps));
    }
}
