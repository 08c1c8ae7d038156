//! The journal as a whole: what is kept, what is told from it, and what it survives.

use std::path::Path;

use bytes::Bytes;
use longwire_contract::{AttemptOutcome, DeliveryState, EventOrigin, EventSelection, JournalSettings};
use tempfile::TempDir;

use crate::{
    Attempt, Deliverable, Error, Health, Insertion, Journal, NewEvent, OpenError, Opened, Options,
    QueueCount, TargetKey, Then,
};

mod damage;
mod full;
mod killed;
mod model;
mod queue;
mod versions;

pub(crate) fn open(folder: &Path) -> Journal {
    let opened = try_open(folder).unwrap();
    assert_eq!(opened.set_aside, None, "nothing is damaged");
    opened.journal
}

pub(crate) fn try_open(folder: &Path) -> Result<Opened, OpenError> {
    Journal::open(&Options { folder: folder.to_owned(), settings: JournalSettings::default() })
}

pub(crate) fn event(id: Option<&str>) -> NewEvent {
    NewEvent {
        app_id: "cli_a1b2c3d4e5f60718".parse().unwrap(),
        origin: EventOrigin::Platform,
        at_ms: 1_700_000_000_000,
        arrived: std::time::Instant::now(),
        event_type: "im.message.receive_v1".to_owned(),
        event_id: id.map(str::to_owned),
        message_id: None,
        chat_id: None,
        frame: Bytes::from_static(b"frame"),
        payload: Bytes::from_static(b"{}"),
        targets: Vec::new(),
    }
}

pub(crate) fn to(target: TargetKey, event: NewEvent) -> NewEvent {
    NewEvent { targets: vec![Deliverable { target, not_before_ms: None }], ..event }
}

/// Closes the journal as a killed process would: nothing is tidied, the file is copied as it lies there.
pub(crate) fn copy(from: &Path) -> TempDir {
    let to = tempfile::tempdir().unwrap();
    for name in ["journal.db", "journal.db-wal"] {
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.path().join(name)).unwrap();
        }
    }
    to
}

async fn close(journal: Journal) {
    tokio::task::spawn_blocking(|| journal.close()).await.unwrap();
}

#[tokio::test]
async fn an_event_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    assert_eq!(journal.insert(event(Some("a"))).await, Ok(Insertion::Kept(1)));
    assert_eq!(journal.insert(event(Some("b"))).await, Ok(Insertion::Kept(2)));
    assert_eq!(journal.insert(event(Some("a"))).await, Ok(Insertion::Duplicate(1)));
    // Without an id nothing can be told.
    assert_eq!(journal.insert(event(None)).await, Ok(Insertion::Kept(3)));
    assert_eq!(journal.insert(event(None)).await, Ok(Insertion::Kept(4)));
    // The same id at another app is another event.
    let other = NewEvent { app_id: "cli_ffffffffffffffff".parse().unwrap(), ..event(Some("a")) };
    assert_eq!(journal.insert(other).await, Ok(Insertion::Kept(5)));
    let records = journal.records(vec![1, 2]).await.unwrap();
    assert_eq!(records.iter().map(|record| record.duplicates).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(records[0].event_id.as_deref(), Some("a"));
    assert_eq!(records[0].frame, Bytes::from_static(b"frame"));
}

#[tokio::test]
async fn a_message_is_kept_once_whatever_its_event_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let message = |id, message: &str| NewEvent { message_id: Some(message.to_owned()), ..event(Some(id)) };
    assert_eq!(journal.insert(message("a", "om_1")).await, Ok(Insertion::Kept(1)));
    assert_eq!(journal.insert(message("b", "om_1")).await, Ok(Insertion::Duplicate(1)));
    // An event's id is no message's.
    assert_eq!(journal.insert(message("om_1", "a")).await, Ok(Insertion::Kept(2)));
}

#[tokio::test]
async fn duplicates_in_one_transaction_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    // While the writer sleeps, all of these wait, and share the next transaction.
    let busy = journal.write(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        Ok(())
    });
    let same = || journal.insert(event(Some("a")));
    let (_, first, second, third) = tokio::join!(busy, same(), same(), same());
    assert_eq!((first, second), (Ok(Insertion::Kept(1)), Ok(Insertion::Duplicate(1))));
    assert_eq!(third, Ok(Insertion::Duplicate(1)));
}

#[tokio::test]
async fn duplicates_are_told_after_a_restart_and_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    journal.insert(event(Some("a"))).await.unwrap();
    let killed = copy(folder.path());
    close(journal).await;
    for folder in [folder.path(), killed.path()] {
        let journal = open(folder);
        assert_eq!(journal.insert(event(Some("a"))).await, Ok(Insertion::Duplicate(1)));
        assert_eq!(journal.insert(event(Some("b"))).await, Ok(Insertion::Kept(2)));
        close(journal).await;
    }
}

#[tokio::test]
async fn deleted_events_are_told_and_their_numbers_never_given_again() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    journal.insert(event(Some("a"))).await.unwrap();
    journal.insert(event(Some("b"))).await.unwrap();
    assert_eq!(journal.delete(EventSelection::Seqs(vec![1, 2])).await, Ok(2));
    assert_eq!(journal.insert(event(Some("b"))).await, Ok(Insertion::Duplicate(2)));
    let killed = copy(folder.path());
    close(journal).await;
    for folder in [folder.path(), killed.path()] {
        let journal = open(folder);
        assert_eq!(journal.insert(event(Some("a"))).await, Ok(Insertion::Duplicate(1)));
        assert_eq!(journal.insert(event(Some("c"))).await, Ok(Insertion::Kept(3)));
        close(journal).await;
    }
}

#[tokio::test]
async fn events_whose_ids_are_nowhere_else_cannot_be_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    journal.insert(event(Some("a"))).await.unwrap();
    let deleted = journal.write(|file| file.execute("DELETE FROM events", ())).await;
    assert!(matches!(deleted, Err(Error::Failed(_))), "{deleted:?}");
    assert_eq!(journal.records(vec![1]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn ids_are_forgotten_by_the_journals_own_clock_alone() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    // A year later by the wall clock.
    journal.insert(event(Some("a"))).await.unwrap();
    journal.retain(1_700_000_000_000 + 365 * 24 * 3_600_000).await.unwrap();
    assert_eq!(journal.insert(event(Some("a"))).await, Ok(Insertion::Duplicate(1)));
    // Open for 25 hours.
    journal.erase(|_| Ok(())).await.unwrap();
    journal.write(|file| file.execute("UPDATE journal SET clock_s = clock_s + 25 * 3600", ())).await.unwrap();
    journal.expire_ids().await.unwrap();
    let keys =
        journal.read(|file| file.query_row("SELECT count(*) FROM seen", (), |row| row.get::<_, i64>(0)));
    assert_eq!(keys.await, Ok(0));
}

#[tokio::test]
async fn work_that_fails_or_panics_spoils_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let busy = journal.write(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        Ok(())
    });
    let wrong = journal.write(|file| file.execute("no such words", ()));
    let panics = journal.write(|_| -> rusqlite::Result<()> { panic!("a test") });
    let (_, before, wrong, panics, after) =
        tokio::join!(busy, journal.insert(event(Some("a"))), wrong, panics, journal.insert(event(Some("b"))));
    assert_eq!((before, after), (Ok(Insertion::Kept(1)), Ok(Insertion::Kept(2))));
    assert!(matches!(wrong, Err(Error::Failed(_))), "{wrong:?}");
    assert!(matches!(panics, Err(Error::Failed(_))), "{panics:?}");
    assert_eq!(*journal.health().borrow(), Health::Well);
}

#[tokio::test]
async fn closing_answers_what_waits_and_nothing_after() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let (other, last) = (journal.clone(), journal.clone());
    let waits = tokio::spawn(async move { other.insert(event(Some("a"))).await });
    tokio::task::yield_now().await;
    close(journal).await;
    assert_eq!(waits.await.unwrap(), Ok(Insertion::Kept(1)));
    assert_eq!(last.insert(event(Some("b"))).await, Err(Error::Closed));
    assert_eq!(last.read(|_| Ok(())).await, Err(Error::Closed));
    assert!(!folder.path().join("journal.db-wal").exists(), "all is in the one file");
}

#[tokio::test]
async fn only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    journal.insert(event(None)).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
    }
}

#[tokio::test]
async fn how_long_it_took_is_written_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let busy = journal.write(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        Ok(())
    });
    let (_, kept) = tokio::join!(busy, journal.insert(event(Some("a"))));
    kept.unwrap();
    // What it took beyond what was written with it is written later.
    journal.erase(|_| Ok(())).await.unwrap();
    let record = journal.records(vec![1]).await.unwrap().remove(0);
    assert!((45_000..5_000_000).contains(&record.ack_us), "{}", record.ack_us);
}
