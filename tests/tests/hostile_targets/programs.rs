use std::{fs, time::Duration};

use longwire_contract::AttemptOutcome;
use longwire_tests::{Bot, Run, acked, sandboxed};
use tokio::time::{sleep, timeout};

use crate::{bounded, first, message, push};

/// What marks a process that the hostile one has started.
const MARK: &str = "98765.4321";

/// How many of them there are.
fn marked() -> usize {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let commands = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    commands.filter(|command| String::from_utf8_lossy(command).contains(MARK)).count()
}

async fn until_marked(count: usize) {
    let there = timeout(Duration::from_secs(30), async {
        while marked() < count {
            sleep(Duration::from_millis(10)).await;
        }
    });
    assert!(there.await.is_ok(), "{} processes", marked());
}

fn add(run: &Run, name: &str, script: &str, deadline: &str) {
    let file = run.write_private(name, script);
    run.done(&["target", "add", "--exec", &format!("sh {file}"), "--name", name, "--deadline", deadline]);
}

#[test]
fn of_a_program_that_forks_and_ignores_being_told_to_end_nothing_is_left() {
    sandboxed(async |_| {
        let (run, good) = (Run::start(&[], &[]).await, Bot::start().await);
        run.done(&["target", "add", good.url(), "--name", "good"]);
        let script = format!("trap '' TERM\nsleep {MARK} &\n(sleep {MARK} & sleep {MARK}) &\nsleep {MARK}\n");
        add(&run, "stubborn", &script, "2s");
        push(&run, &good, 1).await;
        until_marked(4).await;
        // What is under way goes on; there is no second attempt.
        run.done(&["target", "pause", "stubborn"]);
        let attempt = first(&run, 1, "stubborn").await;
        assert_eq!(attempt.outcome, AttemptOutcome::Killed, "{attempt:?}");
        assert!((2000.0..8000.0).contains(&attempt.took_ms), "{attempt:?}");
        assert_eq!(marked(), 0, "at its deadline");

        run.done(&["target", "resume", "stubborn"]);
        until_marked(4).await;
        push(&run, &good, 8).await;
        run.process.signal("INT");
        let ended = run.process.end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!(marked(), 0, "at the end of Longwire");
    });
}

#[test]
fn programs_that_write_without_end_or_never_read_or_fail_are_bounded_and_told() {
    sandboxed(async |_| {
        let (run, good) = (Run::start(&[], &[]).await, Bot::start().await);
        run.done(&["target", "add", good.url(), "--name", "good"]);
        add(&run, "loud", "yes a line that goes on and on and on | head -c 1000000000", "5m");
        add(&run, "deaf", "exec <&-\nexit 0", "30s");
        add(&run, "failing", "cat > /dev/null; echo why it failed >&2; exit 3", "30s");
        let large = message(0, "oc_0", &"x".repeat(8 << 20));
        acked(run.push("im.message.receive_v1", "e-0", large.clone())).await;
        assert_eq!(good.until(1).await[0].body, large.as_bytes());
        let failing = first(&run, 1, "failing").await;
        assert_eq!((failing.outcome, failing.status), (AttemptOutcome::ExitedBadly, Some(3)), "{failing:?}");
        assert_eq!(failing.response.as_deref(), Some("why it failed"));
        let deaf = first(&run, 1, "deaf").await;
        assert_eq!((deaf.outcome, deaf.status), (AttemptOutcome::Delivered, Some(0)), "{deaf:?}");
        // While it writes.
        push(&run, &good, 20).await;
        // After 64 MB nobody listens any more, which ends it.
        let loud = first(&run, 1, "loud").await;
        assert_eq!((loud.outcome, loud.status), (AttemptOutcome::ExitedBadly, Some(141)), "{loud:?}");
        assert!(loud.detail.contains("its pipe was closed"), "{loud:?}");
        assert!(loud.response.unwrap().len() <= 4096);
        let log = fs::metadata(run.data_dir().join("longwire.log")).unwrap().len();
        assert!(log < 1 << 20, "{log} bytes of log");
        // The largest event on its way to four targets.
        bounded(&run, 280);
    });
}
