//! A bot written with the official Python SDK's handler of HTTP events, unchanged, behind a webhook target.

#![cfg(unix)]
// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::time::Duration;

use longwire_contract::{AttemptOutcome, DeliveryState, FindingCode, TargetHealth};
use longwire_openplatform::{EventKind, EventSpec, sample, samples};
use longwire_tests::{Process, Run, acked, peer};
use serde_json::{Value, json};

const KEY: &str = "planted-encrypt-key-0d1f";
const TOKEN: &str = "planted-verification-token-77ab";
/// What the bot says of each event that it answered as one that it has.
const TAKEN: &str = r#"{"answered": 200"#;

/// The bot, and the URL of its webhook.
fn bot(types: &[String]) -> (Process, String) {
    bot_with(KEY, types)
}

/// The same with another Encrypt Key, or none.
fn bot_with(key: &str, types: &[String]) -> (Process, String) {
    let bot = peer("http_bot.py")
        .arguments(types.iter().map(String::as_str))
        .variable("BOT_ENCRYPT_KEY", key)
        .variable("BOT_VERIFICATION_TOKEN", TOKEN)
        .run();
    let listening: Value = serde_json::from_str(&bot.stdout_line("listening")).unwrap();
    let url = format!("http://127.0.0.1:{}/webhook/event", listening["listening"]);
    (bot, url)
}

async fn forward(url: &str) -> Run {
    let secrets = [("LONGWIRE_ENCRYPT_KEY", KEY), ("LONGWIRE_VERIFICATION_TOKEN", TOKEN)];
    Run::start(&["--forward", url], &secrets).await
}

/// The event of that id as the bot's handler got it.
fn received(bot: &Process, event_id: &str) -> Value {
    let line: Value = serde_json::from_str(&bot.stdout_line(&format!("\"{event_id}\""))).unwrap();
    line["received"].clone()
}

/// A pushed payload as the bot is to have it: with its own token.
fn with_token(payload: &[u8]) -> Value {
    let mut event: Value = serde_json::from_slice(payload).unwrap();
    let home = if event["schema"] == "2.0" { &mut event["header"] } else { &mut event };
    home["token"] = TOKEN.into();
    event
}

/// A click on a card's button with that value.
fn card(run: &Run, value: Value) -> longwire_openplatform::Delivery {
    let card = sample("card.action.trigger").unwrap();
    let payload = card.payload(Run::APP_ID, 1_763_800_000_123, &mut fastrand::Rng::new());
    let mut payload: Value = serde_json::from_str(&payload).unwrap();
    payload["event"]["action"]["value"] = value;
    let id = payload["header"]["event_id"].as_str().unwrap();
    run.push(card.event_type, id, payload.to_string())
}

fn data(ack: &longwire_openplatform::Ack) -> Value {
    ack.data.as_ref().map_or(Value::Null, |data| serde_json::from_slice(data).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_event_reaches_it_encrypted_and_signed_and_callbacks_carry_its_answer() {
    let (bot, url) = bot(&["p1:approval_instance".to_owned()]);
    let run = forward(&url).await;
    for (seq, &kind) in (1..).zip(EventKind::ALL) {
        let delivery = run.platform.send(kind).unwrap();
        let (id, payload) = (delivery.event.event_id.clone(), delivery.event.payload.clone());
        let answer = data(&acked(delivery).await);
        // Its classes drop what they do not know: an equal event has the platform's own names, each in its place.
        assert_eq!(received(&bot, &id), with_token(&payload), "{kind:?}");
        match kind {
            EventKind::CardAction => assert_eq!(answer["toast"]["content"], "已收到 button"),
            EventKind::UrlPreview => {
                let title = answer["inline"]["title"].as_str().unwrap();
                assert!(title.starts_with("preview of http"), "{title}");
            }
            _ => assert_eq!(answer, Value::Null, "{kind:?}"),
        }
        let delivery = run.stands(seq, &url, DeliveryState::Delivered).await;
        assert_eq!((delivery.attempts.len(), delivery.attempts[0].status), (1, Some(200)), "{kind:?}");
    }
    assert_eq!(bot.stdout().matches(TAKEN).count(), EventKind::ALL.len(), "{}", bot.stderr());
    let shown = run.done(&["events", "show", "1", "--json"]) + &run.process.stderr();
    assert!(!shown.contains(KEY) && !shown.contains(TOKEN), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_raises_is_handed_the_event_again_and_the_next_of_the_chat_waits() {
    let (bot, url) = bot(&[]);
    let run = forward(&url).await;
    let first = run.platform.send(EventSpec::new(EventKind::MessageText).text("fail once")).unwrap();
    let id = first.event.event_id.clone();
    let mut second: Value = serde_json::from_slice(&first.event.payload).unwrap();
    second["header"]["event_id"] = "second".into();
    second["event"]["message"]["message_id"] = "om_second".into();
    second["event"]["message"]["content"] = json!({ "text": "next" }).to_string().into();
    let took = acked(first).await.took;
    acked(run.push("im.message.receive_v1", "second", second.to_string())).await;
    let delivery = run.stands(1, &url, DeliveryState::Delivered).await;
    let attempts: Vec<_> =
        delivery.attempts.iter().map(|attempt| (attempt.outcome, attempt.status)).collect();
    assert_eq!(
        attempts,
        [(AttemptOutcome::BadStatus, Some(500)), (AttemptOutcome::Delivered, Some(200))],
        "{delivery:?}"
    );
    assert!(delivery.attempts[0].response.as_ref().unwrap().contains("the handler raises"), "{delivery:?}");
    run.stands(2, &url, DeliveryState::Delivered).await;
    received(&bot, "second");
    let said = bot.stdout();
    assert!(said.find(&id).unwrap() < said.find("\"second\"").unwrap(), "in order: {said}");
    assert!(took < Duration::from_secs(1), "an acknowledgement waits for nobody: {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_answered_late_shows_our_toast_and_a_finding() {
    let (bot, url) = bot(&[]);
    let run = forward(&url).await;
    let ack = acked(card(&run, json!({ "sleep": 4 }))).await;
    let toast = &data(&ack)["toast"];
    assert_eq!((&toast["type"], toast["i18n"].is_object()), (&json!("error"), true), "{toast}");
    assert!(!toast["content"].as_str().unwrap().contains("已收到"), "{toast}");
    assert!(ack.took < Duration::from_millis(2950), "{:?}", ack.took);
    run.finds(FindingCode::AnswerLate).await;
    let seq = run.newest().await;
    let delivery = run.stands(seq, &url, DeliveryState::Delivered).await;
    let late = delivery.attempts.iter().map(|attempt| attempt.outcome).collect::<Vec<_>>();
    assert_eq!(late, [AttemptOutcome::AnswerLate], "a click is handed over once: {delivery:?}");
    assert!(delivery.attempts[0].took_ms > 3900.0, "{delivery:?}");
    // A good answer ends it.
    let ack = acked(card(&run, json!({}))).await;
    assert_eq!(data(&ack)["toast"]["content"], "已收到 button");
    run.until(|snapshot| snapshot.apps[0].findings.iter().all(|one| one.code != FindingCode::AnswerLate))
        .await;
    assert_eq!(run.platform.violations(), vec![]);
    drop(bot);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_with_its_secrets_in_a_file_passes_the_challenge_and_wrong_ones_are_refused() {
    let (bot, url) = bot(&[]);
    let run = Run::start(&[], &[]).await;
    let secrets =
        |key: &str, token: &str| json!({ "encrypt_key": key, "verification_token": token }).to_string();
    for (name, key, token) in [
        ("good", KEY, TOKEN),
        ("key", "another key", TOKEN),
        ("token", KEY, "another token"),
        ("bare", "", ""),
    ] {
        let file = run.write_private(name, secrets(key, token));
        run.done(&["target", "add", &url, "--name", name, "--secrets-file", &file]);
        let test = run.command(&["target", "test", name]);
        assert_eq!(test.code, Some(i32::from(name != "good")), "{name}: {}{}", test.stdout, test.stderr);
    }
    let delivery = run.platform.send(EventKind::MessageText).unwrap();
    let (id, payload) = (delivery.event.event_id.clone(), delivery.event.payload.clone());
    acked(delivery).await;
    run.stands(1, "good", DeliveryState::Delivered).await;
    assert_eq!(received(&bot, &id), with_token(&payload));
    for name in ["key", "token", "bare"] {
        let (_, delivery) = run.event(1, name, |delivery| !delivery.attempts.is_empty()).await;
        let attempt = &delivery.attempts[0];
        assert_eq!((attempt.outcome, attempt.status), (AttemptOutcome::BadStatus, Some(500)), "{delivery:?}");
        assert!(attempt.response.is_some(), "{delivery:?}");
        let view = run.target(name, |view| view.health == TargetHealth::Failing).await;
        assert_eq!(view.trouble.and_then(|attempt| attempt.status), Some(500), "{name}");
    }
    assert!(run.command(&["events", "show", "1"]).stdout.contains("500"));
    let config = std::fs::read_to_string(run.data_dir().join("config.toml")).unwrap();
    assert!(!config.contains(KEY) && !config.contains(TOKEN), "{config}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_with_a_verification_token_alone_gets_events_in_the_clear() {
    let (bot, url) = bot_with("", &[]);
    let run = Run::start(&["--forward", &url], &[("LONGWIRE_VERIFICATION_TOKEN", TOKEN)]).await;
    let delivery = run.platform.send(EventKind::MessageText).unwrap();
    let (id, payload) = (delivery.event.event_id.clone(), delivery.event.payload.clone());
    acked(delivery).await;
    assert_eq!(received(&bot, &id), with_token(&payload));
    run.stands(1, &url, DeliveryState::Delivered).await;
    assert!(run.done(&["target", "test", &url]).contains('✓'));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_reads_every_sample_of_the_catalogue() {
    let types = samples().iter().map(|sample| {
        let schema = if sample.event_type.contains('.') { "p2" } else { "p1" };
        format!("{schema}:{}", sample.event_type)
    });
    let (bot, url) = bot(&types.collect::<Vec<_>>());
    let run = forward(&url).await;
    let mut rng = fastrand::Rng::with_seed(7);
    let mut lost = Vec::new();
    for sample in samples() {
        let payload = sample.payload(Run::APP_ID, 1_763_800_000_123, &mut rng);
        let event = with_token(payload.as_bytes());
        let id = if event["schema"] == "2.0" { &event["header"]["event_id"] } else { &event["uuid"] };
        let id = id.as_str().unwrap();
        acked(run.push(sample.event_type, id, payload)).await;
        if received(&bot, id) != event {
            lost.push(sample.name.as_str());
        }
    }
    let view = run.target(&url, |view| view.delivered as usize == samples().len()).await;
    assert_eq!((view.failed, view.queued, view.trouble), (0, 0, None));
    assert_eq!(bot.stdout().matches(TAKEN).count(), samples().len(), "{}", bot.stderr());
    // Its classes hold what they know; a sample with more was written after a newer documentation.
    assert_eq!(lost, [""; 0], "the SDK knows fewer fields of these");
}
