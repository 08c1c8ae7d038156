use longwire_contract::DeliveryState;
use longwire_openplatform::Failure;
use longwire_tests::{Bot, Run, acked};
use serde_json::{Value, json};

use crate::{QUICK, bounded, message};

/// Events that nobody should send, and that are events all the same.
fn worst() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |depth: usize| {
        format!(
            r#"{{"schema":"2.0","header":{{"event_id":"deep","event_type":"im.message.receive_v1"}},"event":{}0{}}}"#,
            r#"{"a":["#.repeat(depth / 2),
            "]}".repeat(depth / 2)
        )
    };
    let typed = json!({ "schema": "2.0", "header": { "event_id": "typed", "event_type": "t".repeat(300) } });
    [
        ("large", message(1, "oc_1", &"大 large ".repeat(1 << 20).chars().take(6 << 20).collect::<String>())),
        ("deep", deep(10_000)),
        (
            "halves of surrogates",
            r#"{"schema":"2.0","header":{"event_id":"half \ud800","event_type":"im.message.receive_v1"},"event":{"message":{"chat_id":"\udc00","content":"{\"text\":\"\ud83d half\"}","\ud800":"\udfff\ud800"}}}"#.into(),
        ),
        (
            "keys twice",
            r#"{"schema":"2.0","schema":"1.0","header":{"event_id":"one","event_id":"two","event_type":"a.b_v1","event_type":"c.d_v1"},"header":[],"event":{"x":1,"x":2}}"#.into(),
        ),
        (
            "null characters",
            r#"{"schema":"2.0","header":{"event_id":"nul \u0000 id","event_type":"im\u0000.message"},"event":{"text":"before\u0000after","\u0000":"\u0000"}}"#.into(),
        ),
        ("list", "[1, 2, {\"event\": []}]".into()),
        ("number", " 5e400 ".into()),
        ("text", "\"only a text \\ud800\"".into()),
        ("empty", "{}".into()),
        ("long type", typed.to_string()),
        ("of other types", r#"{"schema":2,"header":{"event_id":7,"event_type":{}},"event":"text","uuid":null}"#.into()),
        (
            "controls",
            r#"{"uuid":"\u001b[31m\r\n\u202e","event":{"type":"a\u001b]0;title\u0007","text":"\u001b[2J\u009b31m"}}"#.into(),
        ),
    ]
    .map(|(name, payload)| (name, payload.into_bytes()))
    .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_json_is_kept_handed_over_to_the_byte_and_shown() {
    let (run, good) = (Run::start(&[], &[]).await, Bot::start().await);
    run.done(&["target", "add", good.url(), "--name", "good"]);
    // Somebody who looks into each of them.
    run.done(&["target", "add", "http://127.0.0.1:9/", "--name", "none", "--filter", "event.a.0.a.0.a = 7"]);
    let events = worst();
    for (number, (name, payload)) in events.iter().enumerate() {
        let ack = acked(run.push(name, name, payload.clone())).await;
        assert!(ack.took < 2 * QUICK, "{name}: {:?}", ack.took);
        assert_eq!(good.until(number + 1).await[number].body, payload, "{name}");
    }
    let last = u32::try_from(events.len()).unwrap();
    for (seq, (name, payload)) in (1..=last).zip(&events) {
        run.stands(seq, "good", DeliveryState::Delivered).await;
        let seq = seq.to_string();
        assert_eq!(run.done(&["events", "show", &seq, "--raw"]).into_bytes(), *payload, "{name}");
        let shown = run.done(&["events", "show", &seq]);
        assert!(
            !shown.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\0']),
            "{name} does as it likes: {shown:?}"
        );
        let json: Value = serde_json::from_str(&run.done(&["events", "show", &seq, "--json"])).unwrap();
        assert_eq!(json["payload"].as_str().unwrap().as_bytes(), payload, "{name}");
        let curl = run.done(&["events", "show", &seq, "--curl"]);
        assert!(curl.contains("curl"), "{name}: {curl}");
    }
    let listed = run.done(&["events", "list", "--json"]);
    assert_eq!(listed.lines().count(), events.len());
    let listed = run.done(&["events", "list"]);
    assert!(
        listed.lines().count() == events.len() && !listed.contains(['\u{1b}', '\0', '\u{202e}']),
        "{listed:?}"
    );
    for text in
        ["large", "half", "before", "\u{fffd}", "\"", "'", "%", "*", "a OR b", "NEAR(", "-", "\u{1b}", "大"]
    {
        run.done(&["events", "list", "--json", "--text", text]);
    }
    let found = run.done(&["events", "list", "--json", "--text", "large"]);
    assert_eq!(found.lines().count(), 1, "the large one is searched, too: {found}");
    let exported = run.done(&["events", "export"]);
    assert_eq!(exported.lines().count(), events.len());
    for (line, (name, payload)) in exported.lines().rev().zip(&events) {
        assert!(line.ends_with('}') && line.contains(r#""longwire":{"#), "{name}");
        let payload = String::from_utf8_lossy(payload);
        let body = payload.trim().trim_end_matches('}');
        assert!(line.contains(body), "{name} is exported as it came");
    }
    let seqs: Vec<_> = (1..=last).map(|seq| seq.to_string()).collect();
    let words: Vec<_> =
        ["events", "replay", "--yes"].into_iter().chain(seqs.iter().map(String::as_str)).collect();
    run.done(&words);
    let posted = good.until(2 * events.len()).await;
    for (name, payload) in &events {
        let times = posted.iter().filter(|posted| posted.body == payload).count();
        assert_eq!(times, 2, "{name} is handed over once more");
    }
    bounded(&run, 240);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_text_is_refused_and_the_connection_goes_on() {
    let (run, good) = (Run::start(&[], &[]).await, Bot::start().await);
    run.done(&["target", "add", good.url(), "--name", "good"]);
    let half = br#"{"schema":"2.0","header":{"event_id":"h"#.to_vec();
    let latin = b"{\"header\":{\"event_id\":\"\xff\xfe\",\"event_type\":\"t\"}}".to_vec();
    for payload in [half, latin, b"{\"raw\":\"\0\"}".to_vec(), Vec::new()] {
        let mut delivery = run.push("t", "t", payload);
        let report = delivery.attempts(1).await;
        assert_eq!(report.attempts[0].result, Err(Failure::Code(500)), "the platform is to send it again");
    }
    run.until(|snapshot| snapshot.apps[0].bad_frames == 4).await;
    acked(run.push("im.message.receive_v1", "e-1", message(1, "oc_1", "good"))).await;
    good.until(1).await;
    assert_eq!((run.newest().await, run.platform.stats().links), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_large_events_that_waited_are_handed_over_a_few_at_a_time() {
    let (run, good) = (Run::start(&[], &[]).await, Bot::start().await);
    run.done(&["target", "add", good.url(), "--name", "good"]);
    run.done(&["target", "pause", "good"]);
    let text = "x".repeat(8 << 20);
    let count = 24;
    for number in 0..count {
        let payload = message(number, &format!("oc_{number}"), &text);
        acked(run.push("im.message.receive_v1", &format!("e-{number}"), payload)).await;
    }
    run.done(&["target", "resume", "good"]);
    good.until(count).await;
    bounded(&run, 320);
}
