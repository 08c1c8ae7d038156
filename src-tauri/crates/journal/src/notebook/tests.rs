use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const NOW: u64 = 1_800_000_000_000;
const DAY: u64 = 24 * 60 * 60 * 1000;
const HOUR: u64 = 60 * 60 * 1000;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.db");
    (folder, path)
}

fn app() -> AppId {
    "cli_0123456789abcdef".parse().unwrap()
}

fn key(message: &str) -> MessageKey {
    MessageKey { app: app(), message: message.to_owned() }
}

fn asked(message: &str) -> Asked {
    Asked {
        key: key(message),
        chat: "oc_1".to_owned(),
        person: "ou_1".to_owned(),
        day: "2026-11-23".to_owned(),
        now_ms: NOW,
        per_person: 3,
        per_day: 4,
        memory: 2,
    }
}

fn pair(number: u32) -> Pair {
    Pair { question: format!("question {number}"), answer: format!("answer {number}") }
}

fn go(replies: &[&str], memory: &[Pair]) -> Begun {
    let again = !replies.is_empty();
    Begun::Go { again, replies: replies.iter().map(ToString::to_string).collect(), memory: memory.to_vec() }
}

#[tokio::test]
async fn a_message_is_answered_once_also_after_a_kill() {
    let (_folder, path) = folder();
    let book = Notebook::open(&path).unwrap();
    assert_eq!(book.begin(asked("om_1")).await, Ok(go(&[], &[])));
    book.replied(key("om_1"), 1, "om_r1".to_owned(), NOW).await.unwrap();
    book.replied(key("om_1"), 0, "om_r0".to_owned(), NOW).await.unwrap();
    // One that was killed has closed nothing: what was said to be written down is in the files.
    let copy = tempfile::tempdir().unwrap();
    for name in ["agent.db", "agent.db-wal"] {
        fs::copy(path.with_file_name(name), copy.path().join(name)).unwrap();
    }
    let book = Notebook::open(&copy.path().join("agent.db")).unwrap();
    assert_eq!(book.begin(asked("om_1")).await, Ok(go(&["om_r0", "om_r1"], &[])));
    let tokens = Tokens { prompt: 3, answer: u64::MAX };
    for _ in 0..2 {
        book.answered(asked("om_1"), pair(1), tokens).await.unwrap();
    }
    assert_eq!(book.begin(asked("om_1")).await, Ok(Begun::Done));
    assert_eq!(book.replies(key("om_1")).await, Ok(None));
    assert_eq!(book.begin(asked("om_2")).await, Ok(go(&[], &[pair(1)])));
    let days = book.days("2026-11-23".to_owned()).await.unwrap();
    assert_eq!((days.len(), days[0].answers, days[0].prompt_tokens), (1, 1, 3));
    assert!(days[0].answer_tokens < 1 << 53);
    assert!(book.days("2026-11-24".to_owned()).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_limits_of_a_day_hold_and_a_failure_does_not_count() {
    let (_folder, path) = folder();
    let book = Notebook::open(&path).unwrap();
    let of = |message: &str, person: &str| Asked { person: person.to_owned(), ..asked(message) };
    for message in ["om_1", "om_2", "om_3"] {
        assert_eq!(book.begin(of(message, "ou_1")).await, Ok(go(&[], &[])), "{message}");
    }
    let again = Begun::Go { again: true, replies: Vec::new(), memory: Vec::new() };
    assert_eq!(book.begin(of("om_3", "ou_1")).await, Ok(again));
    let enough = |tell, again| Ok(Begun::Enough { tell, again, replies: Vec::new() });
    assert_eq!(book.begin(of("om_4", "ou_1")).await, enough(true, false));
    assert_eq!(book.begin(of("om_5", "ou_1")).await, enough(false, false));
    let tokens = Tokens { prompt: 3, answer: 2 };
    let failed = async |message: &str, counts| {
        book.failed(key(message), "2026-11-23".to_owned(), counts, tokens).await.unwrap();
    };
    failed("om_1", true).await;
    assert_eq!(book.begin(of("om_5", "ou_1")).await, enough(false, false), "it was refused, and counts");
    failed("om_1", false).await;
    failed("om_1", false).await;
    assert_eq!(book.begin(of("om_5", "ou_1")).await, Ok(go(&[], &[])));
    assert_eq!(book.begin(of("om_6", "ou_2")).await, Ok(go(&[], &[])));
    assert_eq!(book.begin(of("om_7", "ou_3")).await, enough(true, false), "of all");
    let tomorrow = Asked { day: "2026-11-24".to_owned(), now_ms: NOW + DAY, ..of("om_4", "ou_1") };
    let again = Begun::Go { again: true, replies: Vec::new(), memory: Vec::new() };
    assert_eq!(book.begin(tomorrow).await, Ok(again), "it was told before that it is enough");
    book.spent("2026-11-23".to_owned(), tokens).await.unwrap();
    let day = book.days(String::new()).await.unwrap().remove(0);
    assert_eq!((day.failures, day.prompt_tokens, day.answer_tokens), (3, 12, 8));
}

#[tokio::test]
async fn who_has_had_enough_is_told_until_that_stands() {
    let (_folder, path) = folder();
    let book = Notebook::open(&path).unwrap();
    let of = |message: &str| Asked { per_day: 0, ..asked(message) };
    let enough = |tell, again, replies: &[&str]| {
        let replies = replies.iter().map(ToString::to_string).collect();
        Ok(Begun::Enough { tell, again, replies })
    };
    assert_eq!(book.begin(of("om_1")).await, enough(true, false, &[]));
    assert_eq!(book.begin(of("om_2")).await, enough(false, false, &[]), "it is under way");
    // After a kill it comes again.
    book.replied(key("om_1"), 0, "om_r0".to_owned(), NOW).await.unwrap();
    assert_eq!(book.begin(of("om_1")).await, enough(true, true, &["om_r0"]));
    book.untold(key("om_1")).await.unwrap();
    assert_eq!(book.begin(of("om_2")).await, enough(true, false, &[]));
    assert_eq!(book.begin(of("om_1")).await, enough(false, true, &["om_r0"]));
    // What was said goes with the message, also where no model has answered it.
    let later = Asked { day: "2027-01-24".to_owned(), now_ms: NOW + 62 * DAY, ..asked("om_x") };
    book.begin(later).await.unwrap();
    assert_eq!(book.replies(key("om_1")).await, Ok(Some(Vec::new())));
}

#[tokio::test]
async fn what_was_said_is_remembered_for_a_time_and_forgotten_when_asked_to() {
    let (_folder, path) = folder();
    let book = Notebook::open(&path).unwrap();
    for number in 1..=3 {
        let asked = asked(&format!("om_{number}"));
        book.begin(asked.clone()).await.unwrap();
        book.answered(asked, pair(number), Tokens::default()).await.unwrap();
    }
    let of = |message: &str, chat: &str, now_ms: u64| {
        let (chat, per_person, per_day) = (chat.to_owned(), 100, 100);
        Asked { chat, now_ms, per_person, per_day, ..asked(message) }
    };
    assert_eq!(book.begin(of("om_4", "oc_1", NOW)).await, Ok(go(&[], &[pair(2), pair(3)])));
    assert_eq!(book.begin(of("om_5", "oc_2", NOW)).await, Ok(go(&[], &[])));
    assert_eq!(book.begin(of("om_6", "oc_1", NOW + 31 * DAY)).await, Ok(go(&[], &[])));
    book.forget_chat(app(), "oc_2".to_owned()).await.unwrap();
    assert_ne!(book.begin(of("om_7", "oc_1", NOW)).await, Ok(go(&[], &[])));
    book.forget().await.unwrap();
    assert_eq!(book.begin(of("om_8", "oc_1", NOW)).await, Ok(go(&[], &[])));
    book.close();
    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.windows(10).any(|part| part == b"question 2"), "nothing is left of it");
}

#[tokio::test]
async fn a_chat_is_told_once_an_hour_and_a_clock_that_goes_back_does_not_silence_it() {
    let (_folder, path) = folder();
    let book = Notebook::open(&path).unwrap();
    let excuse = |now_ms| book.excuse(app(), "oc_1".to_owned(), Excuse::Unable, now_ms, HOUR);
    for (now_ms, may) in [
        (NOW, true),
        (NOW + HOUR - 1, false),
        (NOW + HOUR, true),
        (NOW + 2 * HOUR - 1, false),
        (NOW - 5 * HOUR, true),
        (NOW - 5 * HOUR, false),
    ] {
        assert_eq!(book.excused(app(), "oc_1".to_owned(), Excuse::Unable, now_ms, HOUR).await, Ok(!may));
        assert_eq!(excuse(now_ms).await, Ok(may), "{now_ms}");
    }
    let text = book.excuse(app(), "oc_1".to_owned(), Excuse::OnlyText, NOW - 5 * HOUR, HOUR);
    assert_eq!(text.await, Ok(true), "that is another thing");
}

#[tokio::test]
async fn what_is_old_goes_and_what_was_answered_stays_known() {
    let (_folder, path) = folder();
    let book = Notebook::open(&path).unwrap();
    book.begin(asked("om_1")).await.unwrap();
    book.settled(key("om_1"), NOW).await.unwrap();
    let later = |days: u64| Asked {
        day: format!("2027-{days:02}"),
        now_ms: NOW + days * DAY,
        ..asked(&format!("om_x{days}"))
    };
    book.begin(later(30)).await.unwrap();
    assert_eq!(book.replies(key("om_1")).await, Ok(None));
    book.begin(later(61)).await.unwrap();
    assert_eq!(book.replies(key("om_1")).await, Ok(Some(Vec::new())));
}

#[tokio::test]
async fn a_closed_notebook_says_so_and_only_its_owner_reads_the_file() {
    let (_folder, path) = folder();
    let book = Notebook::open(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    book.clone().close();
    assert_eq!(book.begin(asked("om_1")).await, Err(Error::Closed));
    book.close();
}

#[tokio::test]
async fn one_that_is_damaged_is_set_aside_and_a_newer_one_is_left_alone() {
    let (_folder, path) = folder();
    fs::write(&path, "this is no notebook, and long enough to be seen as none").unwrap();
    let book = Notebook::open(&path).unwrap();
    book.begin(asked("om_1")).await.unwrap();
    book.close();
    assert!(path.with_file_name("agent.damaged.db").exists());
    let file = Connection::open(&path).unwrap();
    file.execute_batch("PRAGMA user_version = 4").unwrap();
    drop(file);
    let before = fs::read(&path).unwrap();
    assert!(matches!(Notebook::open(&path), Err(OpenError::Failed(why)) if why.contains("newer")));
    assert_eq!(fs::read(&path).unwrap(), before);
    let other = path.with_file_name("other.db");
    Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE messages (x); PRAGMA user_version = 1")
        .unwrap();
    Notebook::open(&other).unwrap().close();
    assert!(path.with_file_name("other.damaged.db").exists());
}

#[tokio::test]
async fn what_it_is_among_the_targets_is_known_again_also_in_a_file_of_before() {
    let (_folder, path) = folder();
    let book = Notebook::open(&path).unwrap();
    book.begin(asked("om_1")).await.unwrap();
    book.settled(key("om_1"), NOW).await.unwrap();
    book.close();
    let file = Connection::open(&path).unwrap();
    file.execute_batch(
        "ALTER TABLE persons DROP COLUMN teller; ALTER TABLE chats DROP COLUMN only_text_ms;
         DROP TABLE target; PRAGMA user_version = 1",
    )
    .unwrap();
    drop(file);
    let book = Notebook::open(&path).unwrap();
    assert_eq!(book.begin(asked("om_1")).await, Ok(Begun::Done), "all of it is still there");
    assert_eq!(book.target().await, Ok(None));
    for (id, name) in [(7, "agent"), (9, "agent 2")] {
        book.set_target(Some((TargetKey(id), name.to_owned()))).await.unwrap();
    }
    book.close();
    let book = Notebook::open(&path).unwrap();
    assert_eq!(book.target().await, Ok(Some((TargetKey(9), "agent 2".to_owned()))));
    book.set_target(None).await.unwrap();
    assert_eq!(book.target().await, Ok(None));
    book.close();
}

#[test]
fn one_that_is_removed_leaves_nothing_of_what_was_said_not_even_what_was_set_aside() {
    let (folder, path) = folder();
    for name in ["agent.db", "agent.db-wal", "agent.damaged.db", "agent.damaged.db-shm", "agenda"] {
        fs::write(folder.path().join(name), "said").unwrap();
    }
    for _ in 0..2 {
        Notebook::remove(&path).unwrap();
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["agenda"]);
    // What cannot be removed is told, and keeps nothing else from being.
    fs::create_dir(&path).unwrap();
    fs::write(folder.path().join("agent.damaged.db"), "said").unwrap();
    assert!(Notebook::remove(&path).is_err());
    assert!(!folder.path().join("agent.damaged.db").exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn whatever_people_and_models_write_comes_back_as_it_was(
        question in ".{0,40}", answer in "(?s).{0,40}", chat in "\\PC{0,20}", message in "\\PC{1,20}",
    ) {
        let (_folder, path) = folder();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let book = Notebook::open(&path).unwrap();
            let pair = Pair { question: format!("{question}\0'; DROP TABLE pairs"), answer };
            let of = |message: &str| Asked { chat: chat.clone(), ..asked(message) };
            book.begin(of(&message)).await.unwrap();
            book.answered(of(&message), pair.clone(), Tokens::default()).await.unwrap();
            assert_eq!(book.begin(of(&format!("{message}2"))).await, Ok(go(&[], &[pair])));
            book.close();
        });
    }
}
