//! Events from the platform to a bot and back, over real sockets.

// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod common;

use std::{
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use longwire_contract::{
    AppDraft, Assignment, AttemptOutcome, DeliveryState, EditedEvent, EventDetail, EventOrigin, EventQuery,
    EventRef, EventSelection, FaultCode, FindingCode, Handler, NoticeCode, Phase, ReplayRequest,
    TargetAddress, TargetDraft, TargetEdit, TargetHealth, TargetRef, TargetSecrets, TriggerRequest,
};
use longwire_engine::{Engine, GivenTarget, Options};
use longwire_host::fake::MemoryStore;
use longwire_openplatform::{App, EventKind, EventSpec, Failure, Running, Simulator};
use secrecy::SecretString;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    time::{Duration, sleep},
};

use common::{options, secret, until};

const APP: &str = "cli_0000000000000001";

/// A bot behind a webhook: what it was posted, and what it answers.
#[derive(Clone, Default)]
struct Bot {
    posted: Arc<Mutex<Vec<Value>>>,
    answer: Arc<Mutex<(u16, String)>>,
    pause: Arc<Mutex<Duration>>,
}

impl Bot {
    async fn listen(&self, address: SocketAddr) -> SocketAddr {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", post(answer)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    async fn start(&self) -> String {
        *self.answer.lock().unwrap() = (200, r#"{"msg":"success"}"#.into());
        format!("http://{}/", self.listen(([127, 0, 0, 1], 0).into()).await)
    }

    fn posted(&self) -> Vec<Value> {
        self.posted.lock().unwrap().clone()
    }

    fn answers(&self, status: u16, body: &str) {
        *self.answer.lock().unwrap() = (status, body.to_owned());
    }
}

async fn answer(State(bot): State<Bot>, body: Bytes) -> (StatusCode, String) {
    bot.posted.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    let pause = *bot.pause.lock().unwrap();
    sleep(pause).await;
    let (status, body) = bot.answer.lock().unwrap().clone();
    (StatusCode::from_u16(status).unwrap(), body)
}

struct Scene {
    folder: tempfile::TempDir,
    store: Arc<MemoryStore>,
    platform: Running,
    engine: Engine,
}

impl Scene {
    async fn new() -> Self {
        let app = App::new(APP, SecretString::from("right"));
        let platform = Simulator::builder().app(app).start().await.unwrap();
        let (folder, store) = (tempfile::tempdir().unwrap(), Arc::<MemoryStore>::default());
        let engine = Engine::open(options(folder.path(), store.clone())).await.unwrap();
        let draft = AppDraft {
            app_id: APP.parse().unwrap(),
            app_secret: Some(secret("right")),
            secret_file: None,
            domain: platform.url().parse().unwrap(),
            name: String::new(),
            proxy: None,
        };
        engine.app_add(draft).await.unwrap();
        let scene = Self { folder, store, platform, engine };
        scene.connected().await;
        scene
    }

    fn options(&self) -> Options {
        options(self.folder.path(), self.store.clone())
    }

    async fn connected(&self) {
        until(&self.engine, |snapshot| snapshot.phase == Phase::Connected).await;
    }

    async fn target(&self, name: &str, url: &str) {
        self.engine.target_add(draft(name, url)).await.unwrap();
    }

    async fn all(&self) -> Vec<longwire_contract::EventView> {
        self.engine.events(EventQuery::default()).await.unwrap().events
    }

    /// The event once it stands so.
    async fn settled(&self, seq: u32, state: DeliveryState) -> EventDetail {
        for _ in 0..1000 {
            match self.engine.event(EventRef { seq }).await {
                Ok(detail) if detail.view.delivery == Some(state) => return detail,
                _ => {}
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("event {seq} never stood so: {:?}", self.engine.event(EventRef { seq }).await);
    }
}

fn draft(name: &str, url: &str) -> TargetDraft {
    TargetDraft {
        name: name.into(),
        app_id: None,
        address: TargetAddress::Webhook(url.into()),
        events: vec![],
        filters: vec![],
        deadline_s: None,
        remote: false,
        secrets: TargetSecrets::default(),
    }
}

#[tokio::test]
async fn an_event_is_kept_handed_over_and_found_again() {
    let scene = Scene::new().await;
    let bot = Bot::default();
    scene.target("bot", &bot.start().await).await;
    let spec = EventSpec::new(EventKind::MessageText).text("部署完成 deployed");
    let mut sent = scene.platform.send(spec).unwrap();
    sent.acked().await.unwrap();
    let detail = scene.settled(1, DeliveryState::Delivered).await;
    assert_eq!(detail.deliveries[0].attempts[0].outcome, AttemptOutcome::Delivered);
    assert!(detail.headers.iter().any(|(key, _)| key == "message_id") && !detail.frame.is_empty());
    assert_eq!(bot.posted()[0], serde_json::from_str::<Value>(&detail.payload).unwrap());
    for text in ["部署", "完成", "DEPLOYED", "deploy", &sent.event.event_id] {
        let query = EventQuery { text: text.into(), ..EventQuery::default() };
        assert_eq!(scene.engine.events(query).await.unwrap().events.len(), 1, "{text}");
    }
    let query = EventQuery { text: "undeployed".into(), ..EventQuery::default() };
    assert!(scene.engine.events(query).await.unwrap().events.is_empty());
    scene.engine.close().await;
}

#[tokio::test]
async fn what_the_platform_sends_again_is_taken_and_handed_over_once_also_after_a_restart() {
    let mut scene = Scene::new().await;
    let bot = Bot::default();
    scene.target("bot", &bot.start().await).await;
    let first = scene.platform.send(EventKind::MessageText).unwrap();
    let event = first.event.clone();
    scene.settled(1, DeliveryState::Delivered).await;
    scene.platform.send_event(None, event.clone()).unwrap().acked().await.unwrap();
    assert_eq!(scene.all().await[0].duplicates, 1);
    scene.engine.clone().close().await;
    scene.engine = Engine::open(scene.options()).await.unwrap();
    scene.connected().await;
    scene.platform.send_event(None, event).unwrap().acked().await.unwrap();
    let kept = scene.all().await;
    assert_eq!((kept.len(), kept[0].duplicates, bot.posted().len()), (1, 2, 1));
    scene.engine.close().await;
}

#[tokio::test]
async fn a_bot_that_is_down_gets_what_waited_for_it_in_order() {
    let mut scene = Scene::new().await;
    let bot = Bot::default();
    // A port that was free a moment ago.
    let url = bot.start().await;
    let address: SocketAddr = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    scene.target("bot", &format!("http://{address}/")).await;
    for text in ["one", "two", "three"] {
        scene.engine.trigger(message(text)).await.unwrap();
    }
    until(&scene.engine, |snapshot| {
        let target = &snapshot.targets[0];
        (target.health, target.queued) == (TargetHealth::Down, 3)
    })
    .await;
    until(&scene.engine, |snapshot| {
        snapshot.apps[0].findings.iter().any(|finding| finding.code == FindingCode::TargetDown)
    })
    .await;
    scene.engine.clone().close().await;
    scene.engine = Engine::open(scene.options()).await.unwrap();
    bot.listen(address).await;
    scene.engine.target_resume(TargetRef { name: "bot".into() }).await.unwrap();
    for seq in 1..=3 {
        scene.settled(seq, DeliveryState::Delivered).await;
    }
    let texts: Vec<_> =
        bot.posted().iter().map(|event| event["event"]["message"]["content"].clone()).collect();
    assert_eq!(texts, [r#"{"text":"one"}"#, r#"{"text":"two"}"#, r#"{"text":"three"}"#]);
    drop(url);
    scene.engine.close().await;
}

#[tokio::test]
async fn an_event_that_is_refused_waits_for_a_replay() {
    let scene = Scene::new().await;
    let bot = Bot::default();
    scene.target("bot", &bot.start().await).await;
    bot.answers(400, "no");
    scene.engine.trigger(message("x")).await.unwrap();
    let detail = scene.settled(1, DeliveryState::Failed).await;
    let attempt = &detail.deliveries[0].attempts[0];
    assert_eq!((attempt.outcome, attempt.status), (AttemptOutcome::BadStatus, Some(400)));
    until(&scene.engine, |snapshot| snapshot.targets[0].failed == 1).await;
    bot.answers(200, "");
    let failed = EventQuery { state: Some(DeliveryState::Failed), ..EventQuery::default() };
    let request = ReplayRequest { events: EventSelection::Matching(failed), target: None };
    assert_eq!(scene.engine.events_replay(request.clone()).await.unwrap().events, 1);
    let detail = scene.settled(1, DeliveryState::Delivered).await;
    assert_eq!(detail.deliveries[0].attempts.len(), 2);
    assert_eq!(scene.engine.events_replay(request).await.unwrap_err().code, FaultCode::NoTarget);
    scene.engine.close().await;
}

#[tokio::test]
async fn a_card_shows_what_the_bot_answers_and_a_toast_where_it_does_not() {
    let scene = Scene::new().await;
    let bot = Bot::default();
    scene.target("bot", &bot.start().await).await;
    bot.answers(200, r#"{"toast":{"type":"info","content":"done"}}"#);
    let ack = scene.platform.send(EventKind::CardAction).unwrap().acked().await.unwrap();
    let data: Value = serde_json::from_slice(&ack.data.unwrap()).unwrap();
    assert_eq!(data["toast"]["content"], "done");

    bot.answers(200, "<html>");
    let ack = scene.platform.send(EventKind::CardAction).unwrap().acked().await.unwrap();
    let data: Value = serde_json::from_slice(&ack.data.unwrap()).unwrap();
    assert_eq!(data["toast"]["type"], "error");
    until(&scene.engine, |snapshot| {
        snapshot.apps[0].findings.iter().any(|finding| finding.code == FindingCode::AnswerInvalid)
    })
    .await;

    bot.answers(200, "{}");
    *bot.pause.lock().unwrap() = Duration::from_millis(2700);
    let ack = scene.platform.send(EventKind::CardAction).unwrap().acked().await.unwrap();
    assert!(ack.took < Duration::from_millis(2700), "{:?}", ack.took);
    assert!(ack.data.is_some());
    let detail = scene.settled(3, DeliveryState::Delivered).await;
    assert_eq!(detail.deliveries[0].attempts[0].outcome, AttemptOutcome::AnswerLate);
    assert_eq!(bot.posted().len(), 3, "a click is not handed over twice");
    scene.engine.close().await;
}

#[tokio::test]
async fn made_and_edited_events_take_the_whole_path_under_ids_of_their_own() {
    let scene = Scene::new().await;
    let bot = Bot::default();
    scene.target("bot", &bot.start().await).await;
    let request = TriggerRequest {
        event_type: "im.message.receive_v1".into(),
        set: vec![Assignment { path: "event.message.chat_id".into(), value: "oc_mine".into() }],
        ..TriggerRequest::default()
    };
    let made = scene.engine.trigger(request).await.unwrap();
    let detail = scene.settled(made.seq, DeliveryState::Delivered).await;
    assert_eq!((detail.view.origin, detail.view.chat_id.as_deref()), (EventOrigin::Trigger, Some("oc_mine")));
    let payload = detail.payload.replace("oc_mine", "oc_yours");
    let edited = EditedEvent { seq: made.seq, payload, target: None };
    let edited = scene.engine.event_edited(edited).await.unwrap();
    let detail = scene.settled(edited.seq, DeliveryState::Delivered).await;
    assert_eq!((edited.seq, detail.view.origin), (2, EventOrigin::Edited));
    assert_eq!(bot.posted().len(), 2);
    assert_ne!(bot.posted()[0]["header"]["event_id"], bot.posted()[1]["header"]["event_id"]);

    let unknown = TriggerRequest { event_type: "im.mesage.receive_v1".into(), ..TriggerRequest::default() };
    let fault = scene.engine.trigger(unknown).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::TriggerUnknown);
    assert!(!fault.values["near"].is_empty());
    let broken = TriggerRequest { payload: Some("[1]".into()), ..TriggerRequest::default() };
    assert_eq!(scene.engine.trigger(broken).await.unwrap_err().code, FaultCode::PayloadUnusable);
    scene.engine.close().await;
}

#[tokio::test]
async fn a_target_is_changed_renamed_held_back_and_removed_with_its_secrets() {
    let scene = Scene::new().await;
    let bot = Bot::default();
    let url = bot.start().await;
    let mut first = draft("bot", &url);
    first.secrets.verification_token = Some(secret("planted"));
    scene.engine.target_add(first.clone()).await.unwrap();
    assert_eq!(scene.engine.target_add(first).await.unwrap_err().code, FaultCode::TargetExists);
    assert_eq!(scene.store.accounts().len(), 2);
    scene.engine.trigger(message("x")).await.unwrap();
    scene.settled(1, DeliveryState::Delivered).await;
    assert_eq!(bot.posted()[0]["header"]["token"], "planted");

    scene.engine.target_pause(TargetRef { name: "bot".into() }).await.unwrap();
    scene.engine.trigger(message("y")).await.unwrap();
    let mut edit = edit("bot");
    edit.new_name = Some("other".into());
    edit.events = Some(vec!["im.*".into()]);
    scene.engine.target_edit(edit).await.unwrap();
    assert_eq!(scene.store.accounts().len(), 2, "its secrets moved with it");
    let snapshot = until(&scene.engine, |snapshot| snapshot.targets[0].queued == 1).await;
    assert_eq!(
        (snapshot.targets[0].name.as_str(), snapshot.targets[0].health),
        ("other", TargetHealth::Paused)
    );
    scene.engine.target_resume(TargetRef { name: "other".into() }).await.unwrap();
    scene.settled(2, DeliveryState::Delivered).await;

    let report = scene.engine.target_test(TargetRef { name: "other".into() }).await.unwrap();
    assert!(!report.ok, "this bot does not know the platform's question: {report:?}");
    scene.engine.target_remove(TargetRef { name: "other".into() }).await.unwrap();
    assert_eq!(scene.store.accounts(), [APP]);
    assert!(until(&scene.engine, |snapshot| snapshot.targets.is_empty()).await.notices.is_empty());
    let config = std::fs::read_to_string(scene.folder.path().join("config.toml")).unwrap();
    assert!(!config.contains("planted") && !config.contains("target"), "{config}");
    scene.engine.close().await;
}

#[tokio::test]
async fn what_cannot_be_a_target_is_refused_with_the_reason() {
    let scene = Scene::new().await;
    let refused = async |draft| scene.engine.target_add(draft).await.unwrap_err().code;
    assert_eq!(refused(draft("a", "https://example.com/hook")).await, FaultCode::TargetRemote);
    assert_eq!(refused(draft("a", "not a url")).await, FaultCode::TargetUnusable);
    assert_eq!(refused(draft("a", "http://u:p@127.0.0.1/")).await, FaultCode::TargetUnusable);
    let mut pattern = draft("a", "http://127.0.0.1:1/");
    pattern.events = vec!["im..*x".into()];
    assert_eq!(refused(pattern).await, FaultCode::FilterUnusable);
    let mut slow = draft("a", "http://127.0.0.1:1/");
    slow.deadline_s = Some(601);
    assert_eq!(refused(slow).await, FaultCode::TargetUnusable);
    let missing = scene.engine.target_remove(TargetRef { name: "a".into() }).await.unwrap_err();
    assert_eq!(missing.code, FaultCode::TargetUnknown);
    scene.engine.close().await;
}

#[tokio::test]
async fn a_damaged_journal_is_set_aside_and_told_and_the_connection_goes_on() {
    let mut scene = Scene::new().await;
    scene.engine.trigger(message("x")).await.unwrap();
    scene.engine.clone().close().await;
    std::fs::write(scene.folder.path().join("journal.db"), "this is no database, whatever it may have been")
        .unwrap();
    scene.engine = Engine::open(scene.options()).await.unwrap();
    let snapshot = until(&scene.engine, |snapshot| {
        snapshot.notices.iter().any(|notice| notice.code == NoticeCode::JournalSetAside)
    })
    .await;
    assert!(std::path::Path::new(&snapshot.notices[0].values["path"]).is_file());
    scene.connected().await;
    scene.platform.send(EventKind::MessageText).unwrap().acked().await.unwrap();
    assert_eq!(scene.all().await.len(), 1);
    scene.engine.close().await;
}

fn edit(name: &str) -> TargetEdit {
    TargetEdit {
        name: name.into(),
        new_name: None,
        app: None,
        address: None,
        events: None,
        filters: None,
        deadline_s: None,
        remote: None,
        secrets: TargetSecrets::default(),
    }
}

fn message(text: &str) -> TriggerRequest {
    let content = serde_json::json!({ "text": text }).to_string();
    TriggerRequest {
        event_type: "im.message.receive_v1".into(),
        set: vec![
            Assignment { path: "event.message.content".into(), value: Value::String(content).to_string() },
            Assignment { path: "event.message.chat_id".into(), value: "oc_1".into() },
        ],
        ..TriggerRequest::default()
    }
}

#[tokio::test]
async fn a_journal_that_cannot_be_opened_is_told_and_tried_again() {
    let mut scene = Scene::new().await;
    let bot = Bot::default();
    scene.target("bot", &bot.start().await).await;
    scene.engine.clone().close().await;
    // What stands in its way is no file that could be set aside as one.
    let journal = scene.folder.path().join("journal.db");
    let away = scene.folder.path().join("away.db");
    std::fs::rename(&journal, &away).unwrap();
    std::fs::create_dir(&journal).unwrap();
    scene.engine = Engine::open(scene.options()).await.unwrap();
    scene.connected().await;
    until(&scene.engine, |snapshot| {
        let told = snapshot.notices.iter().any(|notice| notice.code == NoticeCode::JournalUnusable);
        told && snapshot.apps[0].findings.iter().any(|finding| finding.code == FindingCode::NotKept)
    })
    .await;
    let report = scene.platform.send(EventKind::MessageText).unwrap().attempts(1).await;
    assert_eq!(report.attempts[0].result, Err(Failure::Code(500)));
    std::fs::remove_dir(&journal).unwrap();
    std::fs::rename(&away, &journal).unwrap();
    until(&scene.engine, |snapshot| {
        snapshot.notices.is_empty()
            && snapshot.apps[0].findings.iter().all(|f| f.code != FindingCode::NotKept)
    })
    .await;
    scene.platform.send(EventKind::MessageText).unwrap().acked().await.unwrap();
    scene.settled(1, DeliveryState::Delivered).await;
    scene.engine.close().await;
}

#[tokio::test]
async fn a_target_whose_secrets_cannot_be_read_waits_for_them() {
    let mut scene = Scene::new().await;
    let bot = Bot::default();
    let file = scene.folder.path().join("secrets.json");
    std::fs::write(&file, r#"{"verification_token":"planted"}"#).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let mut first = draft("bot", &bot.start().await);
    first.secrets.file = Some(file.display().to_string());
    scene.engine.target_add(first).await.unwrap();
    scene.engine.clone().close().await;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    scene.engine = Engine::open(scene.options()).await.unwrap();
    scene.engine.trigger(message("x")).await.unwrap();
    let fault = scene.engine.target_resume(TargetRef { name: "bot".into() }).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::TargetUnusable);
    assert!(bot.posted().is_empty());
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    scene.engine.target_resume(TargetRef { name: "bot".into() }).await.unwrap();
    scene.settled(1, DeliveryState::Delivered).await;
    assert_eq!(bot.posted()[0]["header"]["token"], "planted");
    assert!(scene.engine.snapshots().borrow().notices.is_empty());
    scene.engine.close().await;
}

#[tokio::test]
async fn a_target_that_is_given_twice_is_handed_events_once() {
    let mut scene = Scene::new().await;
    let bot = Bot::default();
    let url = bot.start().await;
    scene.engine.clone().close().await;
    let given =
        || GivenTarget::Webhook { url: url.clone(), secrets: longwire_engine::TargetSecrets::default() };
    let options = Options { targets: vec![given(), given()], ..scene.options() };
    scene.engine = Engine::open(options).await.unwrap();
    scene.engine.trigger(message("x")).await.unwrap();
    let detail = scene.settled(1, DeliveryState::Delivered).await;
    assert_eq!((detail.deliveries.len(), bot.posted().len()), (1, 1));
    scene.engine.close().await;
}

#[tokio::test]
async fn what_waits_for_a_target_that_is_gone_is_told_and_can_be_removed() {
    let mut scene = Scene::new().await;
    scene.target("old", "http://127.0.0.1:1/").await;
    scene.engine.trigger(message("x")).await.unwrap();
    until(&scene.engine, |snapshot| snapshot.targets[0].health == TargetHealth::Down).await;
    scene.engine.clone().close().await;
    let config = scene.folder.path().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.split("[[target]]").next().unwrap()).unwrap();
    scene.engine = Engine::open(scene.options()).await.unwrap();
    let snapshot = until(&scene.engine, |snapshot| !snapshot.targets.is_empty()).await;
    let gone = &snapshot.targets[0];
    assert_eq!((gone.name.as_str(), gone.health, gone.queued), ("old", TargetHealth::Absent, 1));
    let bot = Bot::default();
    scene.target("new", &bot.start().await).await;
    let request = ReplayRequest { events: EventSelection::Seqs(vec![1]), target: None };
    scene.engine.events_replay(request).await.unwrap();
    until(&scene.engine, |snapshot| snapshot.targets.iter().any(|target| target.delivered == 1)).await;
    assert_eq!(bot.posted().len(), 1, "it goes to who wants it now");
    scene.engine.target_remove(TargetRef { name: "old".into() }).await.unwrap();
    until(&scene.engine, |snapshot| snapshot.targets.len() == 1).await;
    scene.engine.close().await;
}
