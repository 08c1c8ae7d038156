use rusqlite::Connection;

use super::*;
use crate::schema;

/// A file as a version of Longwire left it that had so many steps, with what it had in it.
fn older(folder: &Path, version: usize) {
    let mut file = Connection::open(folder.join("journal.db")).unwrap();
    file.execute_batch(
        "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = 0x4c574a52; PRAGMA journal_mode = WAL",
    )
    .unwrap();
    schema::bring_up_to(&mut file, version).unwrap();
    file.execute_batch(
        "INSERT INTO apps VALUES (1, 'cli_a1b2c3d4e5f60718'); INSERT INTO types VALUES (1, 'im.message.receive_v1');
         INSERT INTO events VALUES (7, 1, 1, 0, 1700000000000, 50, 0, 'old', NULL, 'oc_1', x'01', CAST('{\"text\":\"hallo\"}' AS BLOB));",
    )
    .unwrap();
    if version >= 2 {
        file.execute_batch(
            "INSERT INTO targets VALUES (3, 'bot'); INSERT INTO deliveries VALUES (7, 3, 1, 2, 2, 0);",
        )
        .unwrap();
    }
}

#[tokio::test]
async fn every_earlier_version_is_brought_up_to_date() {
    for version in 0..=usize::try_from(schema::VERSION).unwrap() {
        let folder = tempfile::tempdir().unwrap();
        if version > 0 {
            older(folder.path(), version);
        }
        let journal = open(folder.path());
        let bot = journal.target("bot").await.unwrap();
        if version > 0 {
            assert_eq!(journal.insert(event(Some("old"))).await, Ok(Insertion::Duplicate(7)), "{version}");
        }
        let next = if version > 0 { 8 } else { 1 };
        assert_eq!(journal.insert(to(bot, event(Some("new")))).await, Ok(Insertion::Kept(next)));
        let waiting = journal.waiting(bot, 9).await.unwrap();
        assert_eq!(waiting.len(), if version >= 2 { 2 } else { 1 }, "{version}");
        assert_eq!(journal.page(Default::default()).await.unwrap().0.len(), if version > 0 { 2 } else { 1 });
        let found = journal.read(schema::version).await;
        assert_eq!(found, Ok(schema::VERSION));
    }
}

#[tokio::test]
async fn a_newer_versions_file_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    close(open(folder.path())).await;
    let path = folder.path().join("journal.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&path).unwrap();
    let refused = try_open(folder.path()).map(drop);
    assert_eq!(refused, Err(OpenError::Newer { found: 99, known: schema::VERSION }));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
