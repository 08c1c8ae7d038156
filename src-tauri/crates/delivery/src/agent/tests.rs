mod world;

use std::{
    future::pending,
    time::{Duration, Instant},
};

use longwire_contract::{AttemptOutcome, DeliveryState, EventSelection, JournalSettings};
use longwire_host::clock;
use longwire_journal::{
    Attempt, Deliverable, Insertion, Journal, NewEvent, Options, Record, TargetKey, Then,
};
use serde_json::{Value, json};

use self::world::{After, KEY, Script, World, event, message, text};
use super::{Agent, Trouble, late::Came};
use crate::webhook::Sent;

async fn answer(agent: &Agent, record: &Record) -> Sent {
    agent.answer(record, Came::Now, pending()).await.unwrap()
}

async fn taken(agent: &Agent, record: &Record) -> String {
    let sent = answer(agent, record).await;
    assert_eq!(sent.outcome, AttemptOutcome::Delivered, "{}", sent.detail);
    sent.detail
}

fn no_change(_: &mut super::Model, _: &mut super::Manner) {}

#[tokio::test]
async fn a_message_is_answered_once_with_what_was_said_before() {
    let world = World::new([Script::words(&["He", "llo"]), Script::words(&["Bye"])]).await;
    let agent = world.agent(world.notebook(), no_change);
    assert_eq!(taken(&agent, &text("om_1", "Hi")).await, "answered by fake-1: 7 + 5 tokens");
    assert_eq!(taken(&agent, &text("om_1", "Hi")).await, "answered before");
    taken(&agent, &text("om_2", "Go")).await;
    assert_eq!(world.shown(), ["Hello", "Bye"]);
    let asked = world.seen().asked.clone();
    assert_eq!(world.seen().tokens, 1);
    assert_eq!(asked.len(), 2);
    let said = |role: &str, content: &str| json!({ "role": role, "content": content });
    let expected =
        [said("system", "Be kind."), said("user", "Hi"), said("assistant", "Hello"), said("user", "Go")];
    assert_eq!(asked[1]["messages"], json!(expected));
    assert_eq!(asked[1]["stream_options"]["include_usage"], true);
    let state = agent.state().borrow().clone();
    assert_eq!((state.answering, state.trouble, state.done), (0, None, 2));
    let days = world.notebook().days(String::new()).await.unwrap();
    assert_eq!((days[0].answers, days[0].prompt_tokens, days[0].answer_tokens), (2, 14, 10));
}

#[tokio::test]
async fn what_was_begun_before_a_kill_is_gone_on_with_in_the_same_reply() {
    let half = Script::Says(vec![event("Half")], After::Hangs);
    let world = World::new([half, Script::words(&["Whole"])]).await;
    let (notebook, record) = (world.notebook(), text("om_1", "Hi"));
    let agent = world.agent(notebook.clone(), no_change);
    let shown = async {
        while world.seen().replies.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = agent.answer(&record, Came::Now, pending()) => panic!("it hangs"),
        () = shown => {}
    }
    assert_eq!(agent.state().borrow().answering, 0);
    notebook.close();
    let agent = world.agent(world.notebook(), no_change);
    let other = agent.answer(&text("om_0", "Hi"), Came::Long, pending()).await.unwrap();
    assert_eq!(other.detail, "too old to be answered");
    agent.answer(&record, Came::Long, pending()).await.unwrap();
    assert_eq!(world.seen().replies, [("om_1".to_owned(), vec!["Half".to_owned(), "Whole".to_owned()])]);
    assert_eq!(agent.answer(&text("om_2", "x"), Came::Now, async {}).await, None, "stopped");
}

#[tokio::test]
async fn without_a_key_nothing_is_asked_and_that_is_said_once_an_hour() {
    let world = World::new([]).await;
    let agent = world.agent(world.notebook(), |model, _| model.key = None);
    for id in ["om_1", "om_2"] {
        let sent = answer(&agent, &text(id, "Hi")).await;
        assert_eq!(sent.outcome, AttemptOutcome::NotSendable);
        assert_eq!(sent.detail, "there is no API key");
    }
    assert_eq!(world.shown(), ["unable"]);
    let state = agent.state().borrow().clone();
    assert_eq!((state.trouble, state.done), (Some(Trouble::NoKey), 2));
    let days = world.notebook().days(String::new()).await.unwrap();
    assert_eq!((days[0].answers, days[0].failures), (0, 2));
    // The replay after a key was given is answered, in what was said already.
    world.seen().scripts.push_back(Script::words(&["Hello"]));
    let agent = world.agent(world.notebook(), no_change);
    taken(&agent, &text("om_1", "Hi")).await;
    assert_eq!(world.shown(), ["Hello"]);
}

#[tokio::test]
async fn a_message_that_failed_in_the_night_is_answered_when_it_is_replayed_in_the_morning() {
    let world = World::new([Script::words(&["Hello"])]).await;
    let folder = world.folder.path().to_path_buf();
    let journal = Journal::open(&Options { folder, settings: JournalSettings::default() }).unwrap().journal;
    let key = journal.target("agent").await.unwrap();
    let mut seqs = Vec::new();
    for id in ["om_1", "om_2"] {
        let Ok(Insertion::Kept(seq)) = journal.insert(kept(&text(id, "Hi"), key)).await else { panic!() };
        let attempt = Attempt {
            seq,
            target: key,
            number: 1,
            at_ms: 1,
            took_us: 1,
            outcome: AttemptOutcome::NotSendable,
            status: None,
            response: None,
            detail: String::new(),
        };
        // Nobody asks for the other one: its courier was only stopped.
        let then = if id == "om_1" { Then::Failed } else { Then::Again(1) };
        journal.attempted(attempt, then).await.unwrap();
        seqs.push(seq);
    }
    journal.replay(EventSelection::Seqs(seqs.clone()), None, clock::now_ms()).await.unwrap();
    let deliveries = crate::Deliveries::start(journal.clone(), world::dialer().as_ref().clone());
    let mut settled = deliveries.settled();
    let agent = std::sync::Arc::new(world.agent(world.notebook(), no_change));
    let target = crate::Target {
        key,
        name: "agent".to_owned(),
        app_id: None,
        filter: crate::Filter::default(),
        kind: crate::Kind::Agent(agent),
        deadline: Duration::from_secs(10),
        paused: false,
    };
    deliveries.set(vec![target]).await.unwrap();
    for _ in &seqs {
        settled.recv().await.unwrap();
    }
    let mut details = Vec::new();
    for seq in seqs {
        let mut view = journal.deliveries(seq).await.unwrap().remove(0);
        assert_eq!(view.state, DeliveryState::Delivered);
        details.push(view.attempts.pop().unwrap().detail);
    }
    assert_eq!(details, ["answered by fake-1: 7 + 5 tokens", "too old to be answered"]);
    deliveries.close().await;
    journal.close();
}

/// A message as it is kept for a target, hours ago.
fn kept(record: &Record, target: TargetKey) -> NewEvent {
    NewEvent {
        app_id: record.app_id.clone(),
        origin: record.origin,
        at_ms: clock::now_ms() - 8 * 60 * 60 * 1000,
        arrived: Instant::now(),
        event_type: record.event_type.clone(),
        event_id: None,
        message_id: None,
        chat_id: None,
        frame: record.frame.clone(),
        payload: record.payload.clone(),
        targets: vec![Deliverable { target, not_before_ms: None }],
    }
}

#[tokio::test]
async fn a_key_that_is_refused_is_not_repeated_to_anybody() {
    let body = json!({ "error": { "message": format!("bad key {KEY}"), "code": "invalid_api_key" } });
    let refusal = Script::Refuses(401, ("x-none", ""), body.to_string());
    let world = World::new([refusal]).await;
    let agent = world.agent(world.notebook(), no_change);
    let sent = answer(&agent, &text("om_1", "Hi")).await;
    assert_eq!((sent.outcome, sent.status), (AttemptOutcome::BadStatus, Some(401)));
    assert!(sent.detail.ends_with("bad key …"), "{}", sent.detail);
    assert!(!format!("{agent:?} {:?}", agent.state().borrow()).contains(KEY));
    assert_eq!(world.seen().asked.len(), 1);
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_is_and_the_answer_comes_later() {
    let busy = Script::Refuses(429, ("retry-after", "2"), "{}".to_owned());
    let world = World::new([busy, Script::words(&["Hello"])]).await;
    let agent = world.agent(world.notebook(), no_change);
    let began = Instant::now();
    taken(&agent, &text("om_1", "Hi")).await;
    assert!(began.elapsed() >= Duration::from_secs(2));
    let replies = world.seen().replies.clone();
    assert_eq!(replies, [("om_1".to_owned(), vec!["thinking".to_owned(), "Hello".to_owned()])]);
}

#[tokio::test]
async fn half_an_answer_stays_with_a_note() {
    let refused = b"data: {\"error\":{\"message\":\"no\",\"code\":\"data_inspection_failed\"}}\n\n".to_vec();
    let world = World::new([Script::Says(vec![event("Half"), refused], After::Ends)]).await;
    let agent = world.agent(world.notebook(), no_change);
    let sent = answer(&agent, &text("om_1", "Hi")).await;
    assert_eq!((sent.outcome, sent.status), (AttemptOutcome::BadStatus, None));
    assert_eq!(world.shown(), ["Half\n\nunable"]);
}

#[tokio::test]
async fn the_status_that_is_told_is_the_one_that_came() {
    for status in [302, 400, 402, 403, 404] {
        let refusal = Script::Refuses(status, ("x-none", ""), "{}".to_owned());
        let world = World::new([refusal]).await;
        let agent = world.agent(world.notebook(), no_change);
        let sent = answer(&agent, &text("om_1", "Hi")).await;
        assert_eq!((sent.outcome, sent.status), (AttemptOutcome::BadStatus, Some(status)));
    }
}

#[tokio::test]
async fn in_groups_it_answers_where_it_is_mentioned_and_itself_never() {
    let world = World::new([Script::words(&["Hello"])]).await;
    let content = json!({ "text": "@_user_1 Hi @_user_2" });
    let mention = |key: &str, id: &str| json!({ "key": key, "name": "N", "id": { "open_id": id } });
    let group = |id: &str, mentions: Value| message(id, "group", "text", &content, &mentions);
    let to_us = json!([mention("@_user_1", "ou_bot"), mention("@_user_2", "ou_2")]);
    let agent = world.agent(world.notebook(), no_change);
    for (record, why) in [
        (group("om_1", json!([mention("@_user_1", "ou_2")])), "the bot is not mentioned"),
        (group("om_2", json!([])), "the bot is not mentioned"),
        (crate::testing::record("{}"), "no message that somebody wrote"),
        (Record { event_type: "im.chat.updated_v1".to_owned(), ..text("om_3", "Hi") }, "no message"),
    ] {
        assert_eq!(taken(&agent, &record).await, why);
    }
    let mut own = text("om_4", "Hi");
    own.payload = String::from_utf8(own.payload.to_vec()).unwrap().replace("\"user\"", "\"app\"").into();
    assert_eq!(taken(&agent, &own).await, "written by a bot");
    assert!(world.seen().asked.is_empty());
    taken(&agent, &group("om_5", to_us.clone())).await;
    assert_eq!(world.seen().asked[0]["messages"][1]["content"], "Hi @N");
    let agent = world.agent(world.notebook(), |_, manner| manner.groups = false);
    assert_eq!(taken(&agent, &group("om_6", to_us)).await, "groups are not answered");
    assert_eq!(world.seen().asked.len(), 1);
}

#[tokio::test]
async fn a_person_has_had_enough_at_some_time_and_is_told_so_once() {
    let world = World::new([Script::words(&["Hello"])]).await;
    let agent = world.agent(world.notebook(), |_, manner| manner.per_person = 1);
    taken(&agent, &text("om_1", "Hi")).await;
    for id in ["om_2", "om_3"] {
        assert_eq!(taken(&agent, &text(id, "Hi")).await, "no more answers today");
    }
    assert_eq!(world.shown(), ["Hello", "enough"]);
}

#[tokio::test]
async fn who_could_not_be_told_that_it_is_enough_is_told_the_next_time() {
    let world = World::new([Script::words(&["Hello"])]).await;
    let agent = world.agent(world.notebook(), |_, manner| manner.per_person = 1);
    taken(&agent, &text("om_1", "Hi")).await;
    world.seen().refusing = Some((400, 230_002, 1));
    assert_eq!(answer(&agent, &text("om_2", "Hi")).await.outcome, AttemptOutcome::BadStatus);
    for id in ["om_3", "om_4"] {
        assert_eq!(taken(&agent, &text(id, "Hi")).await, "no more answers today");
    }
    assert_eq!(world.shown(), ["Hello", "enough"]);
}

#[tokio::test]
async fn what_the_model_refuses_for_what_it_says_counts_and_so_do_its_tokens() {
    let usage =
        b"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}\n\n".to_vec();
    let refused = b"data: {\"error\":{\"message\":\"no\",\"code\":\"data_inspection_failed\"}}\n\n".to_vec();
    let world = World::new([Script::Says(vec![usage, refused], After::Ends)]).await;
    let agent = world.agent(world.notebook(), |_, manner| manner.per_person = 2);
    for id in ["om_1", "om_2"] {
        assert_eq!(answer(&agent, &text(id, "Hi")).await.outcome, AttemptOutcome::BadStatus);
    }
    assert_eq!(taken(&agent, &text("om_3", "Hi")).await, "no more answers today");
    let days = world.notebook().days(String::new()).await.unwrap();
    assert_eq!((days[0].failures, days[0].prompt_tokens, days[0].answer_tokens), (2, 14, 2));
    assert_eq!(world.seen().asked.len(), 2);
}

#[tokio::test]
async fn pictures_are_declined_once_an_hour_and_a_reset_forgets_and_counts() {
    let world = World::new([Script::words(&["Hello"])]).await;
    let agent = world.agent(world.notebook(), |_, manner| manner.per_person = 3);
    let picture = |id: &str| message(id, "p2p", "image", &json!({ "image_key": "k" }), &Value::Null);
    for id in ["om_1", "om_2", "om_3"] {
        assert_eq!(taken(&agent, &picture(id)).await, "no text");
        assert_eq!(taken(&agent, &picture(id)).await, "answered before");
    }
    taken(&agent, &text("om_4", "Hi")).await;
    assert_eq!(taken(&agent, &text("om_5", "/Reset")).await, "forgotten");
    taken(&agent, &text("om_6", "Hi again")).await;
    assert_eq!(taken(&agent, &text("om_7", "/reset")).await, "no more answers today");
    assert_eq!(taken(&agent, &text("om_8", "/reset")).await, "no more answers today");
    assert_eq!(world.shown(), ["only text", "Hello", "forgotten", "Hello", "enough"]);
    assert_eq!(world.seen().asked[1]["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_token_that_has_ended_is_renewed_and_a_busy_platform_is_asked_again() {
    let world = World::new([Script::words(&["Hello"])]).await;
    let agent = world.agent(world.notebook(), no_change);
    taken(&agent, &text("om_1", "Hi")).await;
    world.seen().ended = 1;
    taken(&agent, &text("om_2", "Hi")).await;
    assert_eq!(world.seen().tokens, 2);
    world.seen().refusing = Some((400, 230_020, 2));
    taken(&agent, &text("om_3", "Hi")).await;
    assert_eq!(world.shown(), ["Hello"; 3]);
}

#[tokio::test]
async fn a_platform_that_refuses_the_reply_is_told_of_and_one_that_was_called_back_is_well() {
    let world = World::new([Script::Says(vec![event("Half")], After::Hangs)]).await;
    let agent = world.agent(world.notebook(), no_change);
    world.seen().refusing = Some((400, 230_002, 1));
    let sent = answer(&agent, &text("om_1", "Hi")).await;
    assert_eq!(sent.outcome, AttemptOutcome::BadStatus);
    assert_eq!(sent.detail, "the platform does not take the reply: no (code 230002)");
    world.seen().refusing = Some((400, 230_011, 1));
    let sent = answer(&agent, &text("om_2", "Hi")).await;
    assert_eq!((sent.outcome, sent.detail.as_str()), (AttemptOutcome::Delivered, "the message is gone"));
    assert!(world.shown().is_empty());
    let days = world.notebook().days(String::new()).await.unwrap();
    assert_eq!((days[0].answers, days[0].failures), (0, 1));
}

#[tokio::test]
async fn what_is_wrong_with_one_apps_replies_is_not_mended_by_anothers() {
    let world = World::new([Script::words(&["Hello"])]).await;
    let agent = world.agent(world.notebook(), no_change);
    world.seen().refusing = Some((400, 230_002, 1));
    let other = |id: &str| Record { app_id: "cli_fedcba9876543210".parse().unwrap(), ..text(id, "Hi") };
    answer(&agent, &text("om_1", "Hi")).await;
    taken(&agent, &other("om_2")).await;
    let state = agent.state().borrow().clone();
    let refused = Trouble::ReplyRefused { code: 230_002, message: "no".to_owned() };
    assert_eq!(state.trouble, None);
    assert_eq!(state.replies.into_iter().collect::<Vec<_>>(), [(text("", "").app_id, refused)]);
    taken(&agent, &text("om_3", "Hi")).await;
    assert!(agent.state().borrow().replies.is_empty());
}

#[tokio::test]
async fn a_notebook_that_cannot_be_used_is_told() {
    let busy = Script::Refuses(429, ("retry-after", "2"), "{}".to_owned());
    let world = World::new([busy, Script::words(&["Hello"])]).await;
    let notebook = world.notebook();
    let agent = world.agent(notebook.clone(), no_change);
    let record = text("om_1", "Hi");
    let close = async {
        while world.seen().replies.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        notebook.close();
    };
    let (detail, ()) = tokio::join!(taken(&agent, &record), close);
    assert!(detail.starts_with("answered by"), "{detail}");
    let state = agent.state().borrow().clone();
    assert!(matches!(state.trouble, Some(Trouble::Notebook(_))) && state.done == 1, "{state:?}");
    let sent = answer(&agent, &text("om_2", "Hi")).await;
    assert_eq!((sent.outcome, world.shown().len()), (AttemptOutcome::Broken, 1));
    let state = agent.state().borrow().clone();
    assert!(matches!(state.trouble, Some(Trouble::Notebook(_))) && state.done == 2, "{state:?}");
}

#[tokio::test]
async fn an_update_that_lands_after_the_last_words_does_not_stay() {
    let rest =
        b"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n".to_vec();
    let pause = Vec::new;
    let parts = vec![event("One "), pause(), event("two "), pause(), event("three"), rest];
    let world = World::new([Script::Says(parts, After::Ends)]).await;
    let agent = world.agent(world.notebook(), no_change);
    world.seen().lost = 1;
    taken(&agent, &text("om_1", "Hi")).await;
    let shown = world.seen().replies[0].1.clone();
    let late = shown.iter().position(|text| text.trim() == "One two").unwrap();
    assert!(shown[..late].iter().any(|text| text.contains("three")), "{shown:?}");
    assert_eq!(shown.last().unwrap(), "One two three\n\n…", "which the server had cut off");
}

#[tokio::test]
async fn what_is_left_over_and_gone_does_not_matter() {
    let long = Script::Says(vec![event(&"word ".repeat(4000))], After::Hangs);
    let world = World::new([long, Script::words(&["Short"])]).await;
    let (notebook, record) = (world.notebook(), text("om_1", "Hi"));
    let agent = world.agent(notebook, no_change);
    let shown = async {
        while world.seen().replies.len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    tokio::select! {
        _ = answer(&agent, &record) => panic!("it hangs"),
        () = shown => {}
    }
    world.seen().gone = vec!["om_r1"];
    let detail = taken(&agent, &record).await;
    assert!(detail.starts_with("answered by"), "{detail}");
    assert_eq!(world.shown()[0], "Short");
}

#[tokio::test]
async fn a_message_that_came_long_after_it_was_written_is_late_by_the_platforms_clock() {
    let world = World::new([Script::words(&["Hello"])]).await;
    let half_an_hour = 30 * 60 * 1000;
    let written = |id: &str| {
        let mut record = text(id, "Hi");
        let payload = String::from_utf8(record.payload.to_vec()).unwrap();
        let time = format!(r#""create_time":"{}","message_id""#, clock::now_ms() - half_an_hour);
        record.payload = payload.replace(r#""message_id""#, &time).into();
        record
    };
    let agent = world.agent(world.notebook(), no_change);
    assert_eq!(taken(&agent, &written("om_1")).await, "too old to be answered");
    let again = agent.answer(&written("om_1"), Came::Again, pending()).await.unwrap();
    assert!(again.detail.starts_with("answered by"), "{}", again.detail);
    // Here it is this machine's clock that is ahead.
    world.seen().behind_ms = half_an_hour;
    let agent = world.agent(world.notebook(), no_change);
    let detail = taken(&agent, &written("om_2")).await;
    assert!(detail.starts_with("answered by"), "{detail}");
}

#[tokio::test]
async fn what_is_no_markdown_to_the_platform_is_shown_as_it_is() {
    let world = World::new([Script::words(&["odd ", "text"])]).await;
    world.seen().unfit = Some("odd");
    let agent = world.agent(world.notebook(), no_change);
    taken(&agent, &text("om_1", "Hi")).await;
    assert_eq!(world.shown(), ["odd text"]);
}

#[tokio::test]
async fn a_long_answer_is_split_and_one_without_an_end_is_cut() {
    let line = format!("{}\n\n", "word ".repeat(100));
    let lines = [line.as_str(); 60];
    let world = World::new([
        Script::words(&lines),
        Script::Says(vec![event(&"x".repeat(1 << 16)); 160], After::Ends),
    ]);
    let world = world.await;
    let agent = world.agent(world.notebook(), no_change);
    taken(&agent, &text("om_1", "Hi")).await;
    let shown = world.shown();
    assert_eq!(shown.len(), 3);
    assert_eq!(shown.iter().map(|text| text.matches("word").count()).sum::<usize>(), 6000);
    let detail = taken(&agent, &text("om_2", "Hi")).await;
    assert!(detail.ends_with("cut off"), "{detail}");
    let shown = world.shown();
    assert_eq!(shown.len(), 3 + super::split::PARTS);
    assert!(shown.last().unwrap().ends_with('…'));
}

#[tokio::test]
async fn a_model_is_asked_in_every_way_that_servers_answer() {
    let whole = json!({ "model": "m", "choices": [{ "message": { "content": "你好" }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 2 } });
    let bytes = |text: &str| text.as_bytes().to_vec();
    let split: Vec<_> = event("你好").chunks(1).map(<[u8]>::to_vec).chain([bytes("data: [DONE]")]).collect();
    let crlf = bytes(
        ": ping\r\n\r\ndata:{\"choices\":[{\"delta\":{\"content\":\"你好\"}}]}\r\n\r\ndata: [DONE]\r\n\r\n",
    );
    for script in [
        Script::Says(vec![bytes(&whole.to_string())], After::Ends),
        Script::Says(split, After::Ends),
        Script::Says(vec![crlf], After::Ends),
    ] {
        let world = World::new([script]).await;
        let agent = world.agent(world.notebook(), no_change);
        let said = super::ask(&agent.dialer, &agent.model, "", "Hi").await.unwrap();
        assert_eq!(said.text, "你好");
    }
    for after in [After::Hangs, After::Cut] {
        let world = World::new([Script::words_then(&["你好"], after)]).await;
        let agent = world.agent(world.notebook(), no_change);
        let began = Instant::now();
        let said = super::ask(&agent.dialer, &agent.model, "", "Hi").await.unwrap();
        assert_eq!((said.text.as_str(), said.answer_tokens), ("你好", 5), "all was said");
        assert!(began.elapsed() < Duration::from_secs(10));
    }
    let page = Script::Says(vec![bytes("<html>\n<body>hello")], After::Ends);
    let silent = Script::Says(vec![bytes("data: [DONE]\n\n")], After::Ends);
    let half = Script::Says(vec![event("你")], After::Ends);
    let large = [bytes("{\"choices\":["), vec![b'0'; 1 << 20]].concat();
    let large = Script::Says(large.chunks(1 << 16).map(<[u8]>::to_vec).collect(), After::Hangs);
    for (script, expected) in [
        (page, Trouble::Nonsense("it is not what a model says".to_owned())),
        (silent, Trouble::Nonsense("it says nothing".to_owned())),
        (half, Trouble::Failed("it stopped in the middle".to_owned())),
        (large, Trouble::Nonsense("more than 1048576 bytes at once".to_owned())),
    ] {
        let world = World::new([script]).await;
        let agent = world.agent(world.notebook(), no_change);
        let trouble = super::ask(&agent.dialer, &agent.model, "", "Hi").await.unwrap_err();
        assert_eq!(trouble, expected);
    }
}
