use longwire_contract::{DeliveryState, TargetHealth};
use longwire_tests::{Bot, Run, acked, sandboxed};
use serde_json::Value;

use crate::{QUICK, message};

#[test]
fn a_reader_that_does_not_read_holds_back_its_own_lines_alone() {
    sandboxed(async |_| {
        let good = Bot::start().await;
        let folder = tempfile::tempdir().unwrap();
        let gate = folder.path().join("gate");
        // It reads a line, and the rest once the gate is there.
        let reader = r#"read -r line; echo "$line"; until [ -e "$GATE" ]; do sleep 0.05; done; cat"#;
        let variables = [("GATE", gate.to_str().unwrap())];
        let run = Run::piped(reader, &["--print", "--forward", good.url()], &variables).await;
        let text = "x".repeat(20 << 10);
        let payloads: Vec<_> = (0..40).map(|number| message(number, "oc_1", &text)).collect();
        for (number, payload) in payloads.iter().enumerate() {
            let pushed = run.push("im.message.receive_v1", &format!("e-{number}"), payload.clone());
            let took = acked(pushed).await.took;
            assert!(took < QUICK, "{number}: {took:?}");
        }
        let posted = good.until(payloads.len()).await;
        assert!(posted.iter().map(|posted| &posted.body).eq(payloads.iter()), "all of them, in order");
        // The pipe is full.
        run.target("print", |view| view.health == TargetHealth::Up && view.queued > 20).await;
        std::fs::write(&gate, "").unwrap();
        let last = u32::try_from(payloads.len()).unwrap();
        run.stands(last, "print", DeliveryState::Delivered).await;
        run.process.stdout_line("\"e-39\"");
        let lines = run.process.stdout();
        let ids: Vec<_> = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["header"]["event_id"].clone())
            .collect();
        let expected: Vec<_> = (0..40).map(|number| Value::from(format!("e-{number}"))).collect();
        assert_eq!(ids, expected, "each once, in order");
    });
}
