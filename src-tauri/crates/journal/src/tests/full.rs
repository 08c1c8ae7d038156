use super::*;

async fn limit(journal: &Journal, pages: i64) {
    journal
        .write(move |file| file.query_row(&format!("PRAGMA max_page_count = {pages}"), (), |_| Ok(())))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut health = journal.health();
    limit(&journal, 1).await;
    let large = |id: &str| NewEvent { payload: Bytes::from(vec![b'x'; 50_000]), ..event(Some(id)) };
    let mut kept = 0;
    let refused = loop {
        match journal.insert(large(&format!("{kept}"))).await {
            Ok(Insertion::Kept(_)) => kept += 1,
            other => break other,
        }
        assert!(kept < 100);
    };
    assert_eq!(refused, Err(Error::DiskFull));
    assert_eq!(*health.borrow_and_update(), Health::Failing(Error::DiskFull));
    // Sent again, once there is room: it is no duplicate of what was not kept.
    limit(&journal, 100_000).await;
    assert_eq!(journal.insert(large(&format!("{kept}"))).await, Ok(Insertion::Kept(kept + 1)));
    assert_eq!(*health.borrow_and_update(), Health::Well);
}

#[tokio::test]
async fn an_event_that_is_too_large_for_what_is_left_takes_no_other_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let pages = journal.read(|file| file.query_row("PRAGMA page_count", (), |row| row.get::<_, i64>(0)));
    limit(&journal, pages.await.unwrap() + 20).await;
    let busy = journal.write(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        Ok(())
    });
    let large = NewEvent { payload: Bytes::from(vec![b'x'; 1_000_000]), ..event(Some("large")) };
    let (_, before, large, after) = tokio::join!(
        busy,
        journal.insert(event(Some("a"))),
        journal.insert(large),
        journal.insert(event(Some("b")))
    );
    assert_eq!(large, Err(Error::DiskFull));
    assert_eq!((before, after), (Ok(Insertion::Kept(1)), Ok(Insertion::Kept(2))));
}
