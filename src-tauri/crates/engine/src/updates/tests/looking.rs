use longwire_contract::{FaultCode, UpdateSettings};

use super::*;

#[tokio::test]
async fn a_newer_version_is_shown_with_its_notes_and_an_older_one_is_none() {
    let world = World::new().await;
    world.server.announces("0.2.0", GENUINE);
    world.updates.check();
    assert_eq!(world.updates.view().state, UpdateState::Checking, "it is seen at once");
    let view = world.until_idle().await;
    let release = view.release.unwrap();
    assert_eq!((release.version.as_str(), release.notes.as_str()), ("0.2.0", "**New**"));
    assert!(view.checked_at_ms.is_some() && view.trouble.is_none());
    let asked = world.server.asked.lock().unwrap()[0].to_lowercase();
    assert!(asked.contains(concat!("user-agent: longwire/", env!("CARGO_PKG_VERSION"), "\r\n")), "{asked}");
    let headers: Vec<_> = asked.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
    let expected = ["user-agent", "accept", "host"];
    assert!(headers.iter().all(|header| expected.contains(header)), "nothing else is told: {asked}");
    for old in ["0.1.0", "0.0.9"] {
        world.server.announces(old, GENUINE);
        let view = world.look().await;
        assert_eq!((view.release, view.trouble), (None, None), "{old}");
    }
}

#[tokio::test]
async fn a_server_may_say_that_there_is_nothing() {
    let world = World::new().await;
    world.server.says(|_| b"HTTP/1.1 204 No Content\r\n\r\n".to_vec());
    let view = world.look().await;
    assert_eq!((view.release, view.trouble), (None, None));
    assert!(view.checked_at_ms.is_some());
}

#[tokio::test]
async fn a_failure_is_told_to_whoever_asked_and_to_nobody_else() {
    let world = World::awake().await;
    later(Duration::from_secs(121)).await;
    world.until(|_| world.server.asked() == 1).await;
    let quiet = world.until_idle().await;
    assert_eq!(quiet, UpdateView::default(), "nobody asked");
    let told = world.look().await.trouble.unwrap();
    assert_eq!(told.code, FaultCode::UpdateUnreachable);
    assert_eq!(told.values["error"], "HTTP 404");
    world.server.announces("0.2.0", GENUINE);
    assert_eq!(world.look().await.trouble, None);
}

#[tokio::test]
async fn it_looks_two_minutes_after_the_start_and_then_once_a_day() {
    let world = World::awake().await;
    world.server.announces("0.2.0", GENUINE);
    later(Duration::from_secs(118)).await;
    assert_eq!(world.server.asked(), 0);
    later(Duration::from_secs(3)).await;
    assert_eq!(world.until(|view| view.release.is_some()).await.release.unwrap().version, "0.2.0");
    assert_eq!(world.server.asked(), 1);
    for _ in 0..47 {
        later(HOUR / 2).await;
    }
    assert_eq!(world.server.asked(), 1, "not within a day");
    world.server.announces("0.3.0", GENUINE);
    later(3 * HOUR).await;
    world.until(|view| view.release.as_ref().is_some_and(|release| release.version == "0.3.0")).await;
    assert_eq!(world.server.asked(), 2);
}

#[tokio::test]
async fn where_nobody_answered_it_looks_again_within_the_hour() {
    let world = World::awake().await;
    later(Duration::from_secs(121)).await;
    world.until(|view| view.state == UpdateState::Checking).await;
    world.until_idle().await;
    world.server.announces("0.2.0", GENUINE);
    later(HOUR - Duration::from_secs(60)).await;
    assert_eq!(world.updates.view().state, UpdateState::Idle);
    later(Duration::from_secs(12 * 60)).await;
    world.until(|view| view.release.is_some()).await;
}

#[tokio::test]
async fn it_looks_only_while_that_is_wanted() {
    let world = World::awake().await;
    world.server.announces("0.2.0", GENUINE);
    world.engine(|snapshot| snapshot.updates.check = false);
    for _ in 0..60 {
        later(HOUR).await;
    }
    assert_eq!(world.server.asked(), 0);
    assert!(world.look().await.release.is_some(), "who asks is answered");
    world.engine(|snapshot| snapshot.updates.check = true);
    later(27 * HOUR).await;
    world.until(|_| world.server.asked() == 2).await;
}

#[tokio::test]
async fn a_version_that_is_skipped_is_found_by_who_asks_for_it() {
    let world = World::awake().await;
    world.server.announces("0.2.0", GENUINE);
    let skip = Some("0.2.0".to_owned());
    world.engine(|snapshot| snapshot.updates = UpdateSettings { check: true, skip });
    later(Duration::from_secs(121)).await;
    let view = world.until(|view| view.checked_at_ms.is_some()).await;
    assert_eq!(view.release, None);
    assert!(world.look().await.release.is_some());
    world.server.announces("0.2.1", GENUINE);
    later(27 * HOUR).await;
    world.until(|view| view.release.as_ref().is_some_and(|release| release.version == "0.2.1")).await;
}

#[tokio::test]
async fn a_look_can_be_stopped_and_what_was_known_stays() {
    let world = World::new().await;
    world.server.announces("0.2.0", GENUINE);
    let known = world.look().await;
    world.server.says(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec());
    world.updates.check();
    world.updates.cancel();
    assert_eq!(world.updates.view(), known);
    world.server.announces("0.3.0", GENUINE);
    assert_eq!(world.look().await.release.unwrap().version, "0.3.0");
}

#[tokio::test]
async fn who_asks_while_it_looks_by_itself_is_told() {
    let world = World::awake().await;
    later(Duration::from_secs(121)).await;
    world.until(|view| view.state == UpdateState::Checking).await;
    assert_eq!(world.look().await.trouble.unwrap().code, FaultCode::UpdateUnreachable);
    assert_eq!(world.server.asked(), 1);
}

#[tokio::test]
async fn what_cannot_be_understood_is_told_in_few_words() {
    let world = World::new().await;
    let long = "x".repeat(300_000);
    let version = format!(r#"{{"version":"9.{}","notes":"","url":"http://127.0.0.1:1/"}}"#, "9".repeat(100));
    for (page, expected) in [
        ("", "not JSON"),
        ("<html>", "not JSON"),
        ("{}", "no version"),
        (r#"{"version":7}"#, "no version"),
        (&long, "larger than 256 kB"),
        (&version, "too long"),
        (&"[".repeat(10_000), "not JSON"),
    ] {
        let body = page.to_owned();
        world.server.says(move |_| answer("200 OK", &[], body.as_bytes()));
        let trouble = world.look().await.trouble.unwrap();
        assert_eq!(trouble.code, FaultCode::UpdateUnreadable, "{trouble:?}");
        assert!(trouble.values["error"].contains(expected), "{trouble:?}");
        assert!(trouble.values["error"].chars().count() <= 161 && trouble.values["host"] == "127.0.0.1");
    }
    let notes = json!({ "version": "0.2.0", "notes": "新".repeat(50_000), "url": "http://127.0.0.1:1/" });
    world.server.says(move |_| answer("200 OK", &[], notes.to_string().as_bytes()));
    assert_eq!(world.look().await.release.unwrap().notes.chars().count(), 8 * 1024 + 1);
}
