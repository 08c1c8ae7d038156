use std::{
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
};

use super::*;

/// A journal of some size, closed; with events 1 to 300 and their ids, the last of them not written down elsewhere.
async fn filled(folder: &Path) {
    let journal = open(folder);
    let bot = journal.target("bot").await.unwrap();
    for number in 1..=300 {
        let event = NewEvent { payload: Bytes::from(vec![b'x'; 1000]), ..event(Some(&number.to_string())) };
        journal.insert(to(bot, event)).await.unwrap();
    }
    close(journal).await;
}

fn overwrite(path: &Path, from: u64, length: usize) {
    let mut file = File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    let noise: Vec<u8> = (0..length).map(|_| random.u8(..)).collect();
    file.write_all(&noise).unwrap();
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_at_the_start() {
    let cases: [fn(&Path); 5] = [
        |path| fs::write(path, b"this is no journal at all").unwrap(),
        |path| fs::write(path, vec![0; 100_000]).unwrap(),
        |path| overwrite(path, 0, 50),
        |path| overwrite(path, 100, 3000),
        |path| File::options().write(true).open(path).unwrap().set_len(8192).unwrap(),
    ];
    for (number, damage) in cases.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path()).await;
        damage(&folder.path().join("journal.db"));
        let opened = try_open(folder.path()).unwrap();
        let aside = opened.set_aside.unwrap_or_else(|| panic!("case {number} is damage"));
        assert!(aside.exists());
        assert_eq!(*opened.journal.set_aside().borrow(), Some(aside));
        let kept = opened.journal.insert(event(Some("new"))).await;
        assert!(matches!(kept, Ok(Insertion::Kept(_))), "case {number}: {kept:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_anothers_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE events (x)").unwrap();
    let opened = try_open(folder.path()).unwrap();
    assert!(opened.set_aside.is_some());
    opened.journal.insert(event(None)).await.unwrap();
}

#[tokio::test]
async fn damage_that_is_met_later_costs_no_event_that_comes() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).await;
    let path = folder.path().join("journal.db");
    let length = fs::metadata(&path).unwrap().len();
    let journal = open(folder.path());
    let mut aside = journal.set_aside();
    let bot = journal.target("bot").await.unwrap();
    journal.insert(event(Some("just now"))).await.unwrap();
    // All but what holds the schema.
    overwrite(&path, 4096 * 20, usize::try_from(length).unwrap() - 4096 * 20);
    let mut kept = Vec::new();
    for number in 301..=320 {
        match journal.insert(to(bot, event(Some(&number.to_string())))).await.unwrap() {
            Insertion::Kept(seq) => kept.push(seq),
            Insertion::Duplicate(_) => panic!("{number} is new"),
        }
        let _ = journal.records((1..=300).collect()).await;
        journal.erase(|_| Ok(())).await.unwrap();
    }
    assert!(kept.is_sorted() && kept[0] > 301, "numbers go on: {kept:?}");
    assert!(aside.borrow_and_update().as_ref().is_some_and(|aside| aside.exists()), "it was told");
    // Who was known stays known: the targets by their numbers.
    assert_eq!(journal.target("bot").await, Ok(bot));
    assert!(
        journal.waiting(bot, 99).await.unwrap().iter().any(|waiting| waiting.seq == *kept.last().unwrap())
    );
    assert!(matches!(journal.insert(event(Some("320"))).await, Ok(Insertion::Duplicate(_))));
    close(journal).await;
    let journal = open(folder.path());
    let last = *kept.last().unwrap();
    assert_eq!(journal.insert(event(Some("320"))).await, Ok(Insertion::Duplicate(last)));
}

#[tokio::test]
async fn a_copy_of_an_event_that_waited_in_a_damaged_file_is_handed_over() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let bot = journal.target("bot").await.unwrap();
    // Of one the id is in the table, of the other in memory.
    assert_eq!(journal.insert(to(bot, event(Some("a")))).await, Ok(Insertion::Kept(1)));
    journal.erase(|_| Ok(())).await.unwrap();
    assert_eq!(journal.insert(to(bot, event(Some("b")))).await, Ok(Insertion::Kept(2)));
    let damage = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    let met = journal.read(move |_| Err::<(), _>(rusqlite::Error::SqliteFailure(damage, None))).await;
    assert!(matches!(met, Err(Error::Failed(_))), "{met:?}");
    for (id, seq) in [("a", 3), ("b", 4)] {
        assert_eq!(journal.insert(to(bot, event(Some(id)))).await, Ok(Insertion::Kept(seq)));
        assert_eq!(journal.insert(to(bot, event(Some(id)))).await, Ok(Insertion::Duplicate(seq)));
    }
    let waiting = journal.waiting(bot, 9).await.unwrap();
    assert_eq!(waiting.iter().map(|waiting| waiting.seq).collect::<Vec<_>>(), [3, 4]);
}

#[tokio::test]
async fn few_damaged_files_are_left_lying() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..6 {
        fs::write(folder.path().join("journal.db"), b"this is no journal at all").unwrap();
        close(try_open(folder.path()).unwrap().journal).await;
    }
    let names =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut damaged: Vec<_> = names.filter(|name| name.contains("damaged")).collect();
    damaged.sort();
    assert_eq!(damaged, ["journal.damaged-4.db", "journal.damaged-5.db", "journal.damaged-6.db"]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let refused = try_open(&folder.path().join("nowhere")).map(drop);
    assert!(matches!(refused, Err(OpenError::Failed(_))), "{refused:?}");
}
