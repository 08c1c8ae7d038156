use super::*;

fn attempt(seq: u32, target: TargetKey, number: u32) -> Attempt {
    Attempt {
        seq,
        target,
        number,
        at_ms: 5,
        took_us: 1500,
        outcome: AttemptOutcome::BadStatus,
        status: Some(500),
        response: Some("no".to_owned()),
        detail: "HTTP 500".to_owned(),
    }
}

#[tokio::test]
async fn a_targets_queue_is_in_order_and_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let (bot, other) = (journal.target("bot").await.unwrap(), journal.target("other").await.unwrap());
    assert_eq!(journal.target("bot").await, Ok(bot));
    for id in ["a", "b", "c"] {
        journal
            .insert(NewEvent { chat_id: Some("oc_1".to_owned()), ..to(bot, event(Some(id))) })
            .await
            .unwrap();
    }
    journal.insert(to(other, event(None))).await.unwrap();
    let waiting = journal.waiting(bot, 2).await.unwrap();
    assert_eq!(waiting.iter().map(|waiting| waiting.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(waiting[0].lane.as_deref(), Some("cli_a1b2c3d4e5f60718/oc_1"));
    assert_eq!(journal.waiting(other, 9).await.unwrap()[0].lane, None);

    journal.attempted(attempt(1, bot, 1), Then::Delivered).await.unwrap();
    journal.attempted(attempt(2, bot, 1), Then::Again(77)).await.unwrap();
    journal.attempted(attempt(3, bot, 1), Then::Failed).await.unwrap();
    let waiting = journal.waiting(bot, 9).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].attempts, waiting[0].not_before_ms), (1, 1, 77));
    let count = journal.queue_count(bot).await.unwrap();
    assert_eq!((count.queued, count.failed), (1, 1));
    journal.hasten(bot).await.unwrap();
    assert_eq!(journal.waiting(bot, 9).await.unwrap()[0].not_before_ms, 0);

    journal.rename_target(bot, "robot").await.unwrap();
    assert_eq!(journal.deliveries(3).await.unwrap()[0].target, "robot");
    journal.forget_target(bot).await.unwrap();
    assert_eq!(journal.waiting(bot, 9).await.unwrap(), []);
    assert_eq!(journal.deliveries(3).await.unwrap(), []);
    // Nobody is taken for a target that was forgotten.
    assert_ne!(journal.target("robot").await.unwrap(), bot);
    journal.attempted(attempt(2, bot, 2), Then::Delivered).await.unwrap();
    assert_eq!(journal.waiting(other, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_many_attempts_the_first_and_the_last_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let bot = journal.target("bot").await.unwrap();
    journal.insert(to(bot, event(None))).await.unwrap();
    for number in 1..=14 {
        journal.attempted(attempt(1, bot, number), Then::Again(9)).await.unwrap();
    }
    let view = journal.deliveries(1).await.unwrap().remove(0);
    let numbers: Vec<_> = view.attempts.iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, [1, 2, 7, 8, 9, 10, 11, 12, 13, 14]);
    assert_eq!((view.state, view.retry_at_ms), (DeliveryState::Queued, Some(9)));
    assert_eq!((view.attempts[0].took_ms, view.attempts[0].status), (1.5, Some(500)));
    assert_eq!(view.attempts[0].outcome, AttemptOutcome::BadStatus);
}

#[tokio::test]
async fn a_replay_begins_again_and_counts_on() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let (bot, other) = (journal.target("bot").await.unwrap(), journal.target("other").await.unwrap());
    journal.insert(to(bot, event(None))).await.unwrap();
    journal.attempted(attempt(1, bot, 1), Then::Again(1)).await.unwrap();
    journal.attempted(attempt(1, bot, 2), Then::Delivered).await.unwrap();
    // What the target has, it has: a second try that fails does not put it into the queue again.
    journal.attempted(attempt(1, bot, 3), Then::Again(1)).await.unwrap();
    assert_eq!(journal.waiting(bot, 9).await.unwrap(), []);

    let replayed = journal.replay(EventSelection::Seqs(vec![1, 99]), None, 7).await.unwrap();
    assert_eq!((replayed.events, replayed.deliveries), (1, 1));
    let waiting = journal.waiting(bot, 9).await.unwrap();
    assert_eq!((waiting[0].attempts, waiting[0].not_before_ms), (0, 0));
    journal.attempted(attempt(1, bot, 1), Then::Delivered).await.unwrap();
    let view = journal.deliveries(1).await.unwrap().remove(0);
    assert_eq!(view.attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1, 2, 3, 4]);

    // A target that never had it, on demand alone.
    assert_eq!(journal.waiting(other, 9).await.unwrap(), []);
    let replayed = journal.replay(EventSelection::Seqs(vec![1]), Some(other), 7).await.unwrap();
    assert_eq!((replayed.events, replayed.deliveries), (1, 1));
    let waiting = journal.waiting(other, 9).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].not_before_ms), (1, 7), "when that was asked for");
    journal.hasten(other).await.unwrap();
    assert_eq!(journal.waiting(other, 9).await.unwrap()[0].not_before_ms, 7);
    assert_eq!(journal.deliveries(1).await.unwrap()[1].retry_at_ms, None);
    let replayed = journal.replay(EventSelection::Seqs(vec![1]), Some(TargetKey(77)), 7).await.unwrap();
    assert_eq!((replayed.events, replayed.deliveries), (0, 0));
}

#[tokio::test]
async fn all_that_failed_at_a_target_goes_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let (bot, other) = (journal.target("bot").await.unwrap(), journal.target("other").await.unwrap());
    let both = [bot, other].map(|target| Deliverable { target, not_before_ms: None });
    for _ in 0..3 {
        journal.insert(NewEvent { targets: both.to_vec(), ..event(None) }).await.unwrap();
    }
    for (seq, target, then) in
        [(1, bot, Then::Failed), (1, other, Then::Failed), (2, bot, Then::Delivered), (3, bot, Then::Failed)]
    {
        journal.attempted(attempt(seq, target, 1), then).await.unwrap();
    }
    let query = longwire_contract::EventQuery {
        state: Some(DeliveryState::Failed),
        target: Some("bot".to_owned()),
        ..Default::default()
    };
    let replayed = journal.replay(EventSelection::Matching(query), None, 7).await.unwrap();
    assert_eq!((replayed.events, replayed.deliveries), (2, 2));
    let seqs = |waiting: Vec<crate::Waiting>| waiting.iter().map(|waiting| waiting.seq).collect::<Vec<_>>();
    let waiting = journal.waiting(bot, 9).await.unwrap();
    assert!(waiting.iter().all(|waiting| waiting.not_before_ms == 7), "{waiting:?}");
    assert_eq!(seqs(waiting), [1, 3]);
    assert_eq!(seqs(journal.waiting(other, 9).await.unwrap()), [2, 3]);
}

#[tokio::test]
async fn all_targets_are_told_with_their_queues() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    assert_eq!(journal.targets().await, Ok(Vec::new()));
    let (b, a) = (journal.target("b").await.unwrap(), journal.target("a").await.unwrap());
    for _ in 0..3 {
        journal.insert(to(b, event(None))).await.unwrap();
    }
    journal.attempted(attempt(1, b, 1), Then::Failed).await.unwrap();
    journal.attempted(attempt(2, b, 1), Then::Delivered).await.unwrap();
    let wanted = vec![
        (a, "a".to_owned(), QueueCount::default()),
        (b, "b".to_owned(), QueueCount { queued: 1, failed: 1 }),
    ];
    assert_eq!(journal.targets().await, Ok(wanted));
}

#[tokio::test]
async fn a_replay_that_names_no_target_goes_to_those_that_are_held() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let (bot, other) = (journal.target("bot").await.unwrap(), journal.target("other").await.unwrap());
    let both = [bot, other].map(|target| Deliverable { target, not_before_ms: None });
    journal.insert(NewEvent { targets: both.to_vec(), ..event(None) }).await.unwrap();
    for target in [bot, other] {
        journal.attempted(attempt(1, target, 1), Then::Failed).await.unwrap();
    }
    journal.hold(vec![bot]);
    let query = longwire_contract::EventQuery { state: Some(DeliveryState::Failed), ..Default::default() };
    for events in [EventSelection::Matching(query), EventSelection::Seqs(vec![1])] {
        let replayed = journal.replay(events, None, 7).await.unwrap();
        assert_eq!((replayed.events, replayed.deliveries), (1, 1));
        assert_eq!(journal.waiting(bot, 9).await.unwrap().len(), 1);
        assert_eq!(journal.waiting(other, 9).await.unwrap(), []);
    }
    journal.hold(Vec::new());
    let replayed = journal.replay(EventSelection::Seqs(vec![1]), None, 7).await.unwrap();
    assert_eq!((replayed.events, replayed.deliveries), (0, 0));
    // Who names it means it.
    let replayed = journal.replay(EventSelection::Seqs(vec![1]), Some(other), 7).await.unwrap();
    assert_eq!((replayed.events, replayed.deliveries), (1, 1));
}

#[tokio::test]
async fn nothing_is_left_of_a_target_whose_name_another_one_gets() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let (bot, old) = (journal.target("bot").await.unwrap(), journal.target("old").await.unwrap());
    for target in [old, old, bot] {
        journal.insert(to(target, event(None))).await.unwrap();
    }
    journal.attempted(attempt(1, old, 1), Then::Again(9)).await.unwrap();
    journal.attempted(attempt(2, old, 1), Then::Failed).await.unwrap();
    // Its own name, and a target that there is not, change nothing.
    journal.rename_target(old, "old").await.unwrap();
    journal.rename_target(TargetKey(77), "old").await.unwrap();
    assert_eq!(journal.targets().await.unwrap().len(), 2);

    journal.rename_target(bot, "old").await.unwrap();
    let queued = QueueCount { queued: 1, failed: 0 };
    assert_eq!(journal.targets().await, Ok(vec![(bot, "old".to_owned(), queued)]));
    let left = journal
        .read(|file| {
            file.query_row(
                "SELECT (SELECT count(*) FROM deliveries), (SELECT count(*) FROM attempts)",
                (),
                |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?)),
            )
        })
        .await;
    assert_eq!(left, Ok((1, 0)));
}
