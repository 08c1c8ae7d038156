//! A planted secret appears nowhere: not in a log at trace level, a reply, a line of output, or the arguments.

// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

use longwire_openplatform::{App, EventKind, Fault, Simulator};
use longwire_tests::longwire;
use secrecy::SecretString;

const APP_ID: &str = "cli_0123456789abcdef";
const PLANTED: &str = "planted-7f3a9c-secret";

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_secret_appears_nowhere() {
    let app = App::new(APP_ID, SecretString::from(PLANTED));
    let platform = Simulator::builder().app(app).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = platform.url();
    let start = |secret: &str| {
        longwire(
            folder.path(),
            ["run", "--app-id", APP_ID, "--domain", &url, "--print", "--log-level", "trace"],
        )
        .variable("LONGWIRE_APP_SECRET", secret)
        .run()
    };
    let run = start(PLANTED);
    run.stderr_line("connected to ws://");
    let mut seen = Vec::new();
    for kind in EventKind::ALL {
        platform.send(*kind).unwrap();
    }
    platform.until(|stats| stats.acked == EventKind::ALL.len() as u64).await;
    // What another process can see, and what the control socket says.
    seen.push(std::fs::read_to_string(format!("/proc/{}/cmdline", run.pid())).unwrap_or_default());
    seen.push(longwire(folder.path(), ["status", "--json"]).run().end().stdout);
    // What is said when things fail, the session's ticket in hand or not.
    for fault in [Fault::Garbage, Fault::TicketRefused, Fault::Busy, Fault::Html] {
        platform.set_fault(Some(fault)).await;
        platform.cut_links();
        run.stderr_line(if fault == Fault::Garbage { "WARN" } else { "next try in" });
    }
    platform.set_fault(None).await;
    run.signal("INT");
    let ended = run.end();
    seen.extend([ended.stdout, ended.stderr]);
    let refused = start("planted-but-wrong").end();
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    seen.extend([refused.stdout, refused.stderr]);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            seen.push(std::fs::read_to_string(path).unwrap());
        }
    }
    for text in &seen {
        assert!(!text.contains("planted-"), "{text}");
        for part in ["access_key", "ticket="] {
            assert!(!text.contains(part), "the session's address is a secret too: {text}");
        }
    }
    assert!(seen.iter().any(|text| text.contains("connected to")), "the log was read");
}
