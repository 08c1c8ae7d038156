use std::time::Instant;

use super::*;
use crate::fake::Notifications;

fn note(slot: &str, title: &str) -> Notification {
    let [slot, title, body, open] = [slot, title, "body", "Open"].map(str::to_owned);
    Notification { slot, title, body, open }
}

#[tokio::test]
async fn what_is_told_is_shown_in_order_and_a_click_gives_its_place_back() {
    let fake = Notifications::default();
    let desktop = fake.desktop();
    let mut clicks = desktop.clicks();
    desktop.show(note("a", "1"));
    desktop.try_show(note("b", "2 \u{202e}")).await.unwrap();
    assert_eq!(fake.shown(), [note("a", "1"), note("b", "2")]);
    fake.click("b");
    assert_eq!(clicks.recv().await.unwrap(), "b");
}

#[tokio::test]
async fn a_service_that_hangs_keeps_nobody_waiting_and_the_newest_of_a_place_is_shown_after() {
    let fake = Notifications::default();
    let desktop = fake.desktop();
    let mut trouble = desktop.trouble();
    fake.hang(true);
    let began = Instant::now();
    for number in 0..1000 {
        desktop.show(note("events", &number.to_string()));
    }
    for number in 0..100 {
        desktop.show(note(&format!("app {number}"), "lost"));
    }
    assert!(began.elapsed() < DEADLINE, "{:?}", began.elapsed());
    trouble.wait_for(Option::is_some).await.unwrap();
    assert_eq!(*trouble.borrow(), Some(NotShown::NoAnswer));

    fake.hang(false);
    trouble.wait_for(Option::is_none).await.unwrap();
    desktop.try_show(note("last", "last")).await.unwrap();
    let shown: Vec<_> = fake.shown().into_iter().map(|notification| notification.slot).collect();
    let kept: Vec<_> = (85..100).map(|number| format!("app {number}")).collect();
    assert!(shown.ends_with(&[kept, vec!["last".to_owned()]].concat()), "{shown:?}");
    assert!(shown.len() <= 18, "{shown:?}");
}

#[tokio::test]
async fn a_failure_is_told_and_the_next_notification_is_tried_all_the_same() {
    let fake = Notifications::default();
    let desktop = fake.desktop();
    let trouble = desktop.trouble();
    let refused = NotShown::Refused("no such service".to_owned());
    fake.fail(Some(refused.clone()));
    assert_eq!(desktop.try_show(note("a", "1")).await, Err(refused.clone()));
    assert_eq!(*trouble.borrow(), Some(refused));
    fake.fail(None);
    assert_eq!(desktop.try_show(note("a", "2")).await, Ok(()));
    assert_eq!(*trouble.borrow(), None);
}

#[tokio::test]
async fn one_that_waits_still_is_told_that_it_was_overtaken() {
    let fake = Notifications::default();
    let desktop = fake.desktop();
    fake.hang(true);
    desktop.show(note("first", "hangs"));
    let earlier = tokio::spawn({
        let desktop = desktop.clone();
        async move { desktop.try_show(note("a", "1")).await }
    });
    tokio::task::yield_now().await;
    desktop.show(note("a", "2"));
    assert_eq!(earlier.await.unwrap(), Err(NotShown::Overtaken));
}

#[tokio::test]
async fn the_thread_ends_with_the_last_clone() {
    let fake = Notifications::default();
    let desktop = fake.desktop();
    let clone = desktop.clone();
    drop(desktop);
    clone.try_show(note("a", "1")).await.unwrap();
    drop(clone);
    fake.ended().await;
}
