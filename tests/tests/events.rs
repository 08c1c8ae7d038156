//! Kept events, targets and triggers, as they are used from a terminal: the real command, the real platform, a bot.

// Helpers of tests fail as tests do, and measure real time.
#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used)]

#[path = "events/bot.rs"]
mod bot;

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use longwire_openplatform::{App, EventKind, EventSpec, Running, Simulator};
use longwire_tests::{Ended, Process, longwire};
use secrecy::SecretString;
use serde_json::Value;

use bot::Bot;

const APP_ID: &str = "cli_0123456789abcdef";

/// One data folder with its platform and its bot.
struct World {
    platform: Running,
    folder: tempfile::TempDir,
    bot: Bot,
}

impl World {
    async fn new() -> Self {
        let app = App::new(APP_ID, SecretString::from("s"));
        let platform = Simulator::builder().app(app).start().await.unwrap();
        Self { platform, folder: tempfile::tempdir().unwrap(), bot: Bot::start() }
    }

    /// `longwire run`, which forwards to the bot, once it is connected.
    fn run(&self) -> Process {
        self.run_with(&["--forward", &self.bot.url()])
    }

    fn run_with(&self, words: &[&str]) -> Process {
        let domain = self.platform.url();
        let words = [&["run", "--app-id", APP_ID, "--domain", &domain], words].concat();
        let run = longwire(self.folder.path(), words).variable("LONGWIRE_APP_SECRET", "s").run();
        run.stderr_line("connected to ws://");
        run
    }

    fn longwire(&self, words: &[&str]) -> Ended {
        longwire(self.folder.path(), words.iter().copied()).run().end()
    }

    /// What a command that succeeds says.
    fn says(&self, words: &[&str]) -> String {
        let ended = self.longwire(words);
        assert_eq!(ended.code, Some(0), "{words:?}: {}{}", ended.stdout, ended.stderr);
        ended.stdout
    }

    /// The lines of JSON that a command prints.
    fn lines(&self, words: &[&str]) -> Vec<Value> {
        self.says(words).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Waits until a command says this.
    fn until_says(&self, words: &[&str], part: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let said = self.says(words);
            if said.contains(part) {
                return said;
            }
            assert!(Instant::now() < deadline, "{words:?} does not say {part:?}: {said}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        text_of(&path)
    }
}

fn text_of(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrived_is_listed_shown_handed_over_again_exported_and_deleted() {
    let world = World::new().await;
    let run = world.run();
    world.platform.send(EventSpec::new(EventKind::MessageText).text("the first one")).unwrap();
    let list = world.until_says(&["events", "list"], "✓ delivered");
    assert!(list.contains("im.message.receive_v1") && list.contains("the first one"), "{list}");
    assert_eq!(world.bot.posted().len(), 1);
    assert_eq!(world.lines(&["events", "list", "--json"])[0]["delivery"], "delivered");

    let shown = world.says(&["events", "show", "1"]);
    for part in ["im.message.receive_v1", "\"message\": {", "✓ delivered", "200", &world.bot.url()] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let raw = world.says(&["events", "show", "1", "--raw"]);
    assert_eq!(serde_json::from_str::<Value>(&raw).unwrap(), world.bot.posted()[0]);
    assert!(world.says(&["events", "show", "1", "--curl"]).starts_with("curl"));
    let none = world.longwire(&["events", "show", "99"]);
    assert!(none.code == Some(1) && none.stderr.contains("no event 99 here"), "{}", none.stderr);
    for command in [&["list"][..], &["tail"], &["export"], &["replay"], &["delete", "--yes"]] {
        let wrong = world.longwire(&[&["events"], command, &["--target", "nosuch"]].concat());
        assert!(wrong.code == Some(2) && wrong.stderr.contains("nosuch"), "{command:?}: {}", wrong.stderr);
    }
    assert_eq!(world.lines(&["events", "list", "--json", "--target", &world.bot.url()]).len(), 1);

    let again = world.says(&["events", "replay", "1"]);
    assert!(again.contains("again: 1"), "{again}");
    world.bot.until(2);
    let edited = world.write("edited.json", &raw.replace("the first one", "the edited one"));
    let sent = world.says(&["events", "replay", "1", "--payload", &edited]);
    assert!(sent.contains("event 2: im.message.receive_v1 → ") && sent.contains("delivered in"), "{sent}");
    assert!(world.bot.posted()[2].to_string().contains("the edited one"));
    let none = world.longwire(&["events", "replay", "--failed"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), ""));
    assert!(none.stderr.contains("No event matches"), "{}", none.stderr);

    let exported = world.lines(&["events", "export"]);
    let seqs: Vec<_> = exported.iter().map(|line| line["longwire"]["seq"].clone()).collect();
    assert_eq!(seqs, [2, 1]);
    assert!(world.lines(&["events", "export", "--type", "card.*"]).is_empty());
    assert_eq!(world.lines(&["events", "list", "--json", "--text", "edited"]).len(), 1);
    assert_eq!(world.lines(&["events", "list", "--json", "--since", "1h", "--limit", "1"])[0]["seq"], 2);

    let asked = world.longwire(&["events", "delete", "1"]);
    assert_eq!(asked.code, Some(2), "nobody can be asked: {}", asked.stderr);
    assert_eq!(world.lines(&["events", "list", "--json"]).len(), 2);
    world.says(&["events", "delete", "1", "--yes"]);
    let left = world.lines(&["events", "list", "--json"]);
    assert_eq!((left.len(), &left[0]["seq"]), (1, &Value::from(2)));
    world.says(&["events", "delete", "--all", "--yes"]);
    assert!(world.longwire(&["events", "list"]).stderr.contains("longwire trigger"));
    run.signal("INT");
    assert_eq!(run.end().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_made_changed_printed_and_handed_over() {
    let world = World::new().await;
    let kind = "im.message.receive_v1";
    let idle = world.longwire(&["trigger", kind]);
    assert!(idle.code == Some(1) && idle.stderr.contains("longwire run"), "{}", idle.stderr);
    let run = world.run();
    let sent = world.says(&["trigger", kind, "--set", "event.message.chat_id=oc_mine"]);
    assert!(sent.starts_with(&format!("event 1: {kind} → ")) && sent.contains("delivered in"), "{sent}");
    assert_eq!(world.bot.posted()[0]["event"]["message"]["chat_id"], "oc_mine");
    let printed = world.says(&["trigger", kind, "--print", "--set", "event.message.chat_type=group"]);
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(printed["event"]["message"]["chat_type"], "group");
    assert_eq!(world.bot.posted().len(), 1, "nothing was sent");
    let unknown = world.longwire(&["trigger", "im.mesage.receive_v1"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains(kind), "the nearest name: {}", unknown.stderr);
    let no_json = world.write("no.json", "[1]");
    assert_eq!(world.longwire(&["trigger", "--payload", &no_json]).code, Some(2));
    world.bot.answers(500);
    let refused = world.longwire(&["trigger", kind]);
    assert!(refused.stdout.contains("500"), "{}", refused.stdout);
    let listed = world.says(&["trigger", "--list"]);
    assert!(listed.lines().any(|line| line == "im") && listed.contains("card.action.trigger"), "{listed}");
    drop(run);
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_come_are_held_back_and_go() {
    let world = World::new().await;
    let second = Bot::start();
    // Without an engine, too.
    world.says(&["target", "add", &second.url(), "--name", "second", "--events", "im.message.*"]);
    let listed = world.says(&["target", "list"]);
    assert!(listed.contains("second") && listed.contains("im.message.*"), "{listed}");
    let twice = world.longwire(&["target", "add", &second.url(), "--name", "second"]);
    assert_eq!(twice.code, Some(1), "{}", twice.stderr);
    for (wrong, said) in [
        (&["target", "add", "http://198.51.100.1/"][..], "--remote"),
        (&["target", "add", &second.url(), "--filter", "a b = = c", "--events", "im."], "im."),
        (&["target", "edit", "second"], "--help"),
    ] {
        let ended = world.longwire(wrong);
        assert!(ended.code == Some(2) && ended.stderr.contains(said), "{wrong:?}: {}", ended.stderr);
    }

    let run = world.run();
    let sent = world.says(&["trigger", "im.message.receive_v1"]);
    assert_eq!(sent.matches("delivered in").count(), 2, "{sent}");
    assert_eq!((world.bot.posted().len(), second.posted().len()), (1, 1));
    world.says(&["trigger", "card.action.trigger"]);
    assert_eq!(second.posted().len(), 1, "of another type");

    world.says(&["target", "pause", "second"]);
    let held = world.says(&["trigger", "im.message.receive_v1"]);
    assert!(held.contains("second: … waiting"), "{held}");
    let status = world.says(&["status"]);
    assert!(status.contains("→ second") && status.contains("Paused  waiting 1"), "{status}");
    assert!(status.contains("Events kept: 3"), "{status}");
    let asked = world.longwire(&["target", "remove", "second"]);
    assert!(asked.code == Some(2) && asked.stderr.contains("second"), "{}", asked.stderr);
    world.says(&["target", "resume", "second"]);
    second.until(2);

    world.says(&["target", "edit", "second", "--rename", "renamed", "--all-events", "--deadline", "5s"]);
    let json: Value = serde_json::from_str(&world.says(&["target", "list", "--json"])).unwrap();
    let view = json.as_array().unwrap().iter().find(|view| view["name"] == "renamed").unwrap();
    assert_eq!((&view["deadline_s"], view["events"].as_array().unwrap().len()), (&Value::from(5), 0));
    second.stop();
    let tested = world.longwire(&["target", "test", "renamed"]);
    assert!(tested.code == Some(1) && tested.stdout.contains('✗'), "{}", tested.stdout);
    world.says(&["target", "remove", "renamed", "--yes"]);
    assert!(!world.says(&["target", "list"]).contains("renamed"));
    drop(run);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_outlasts_the_run_and_a_tail_goes_on_after_it() {
    let world = World::new().await;
    let run = world.run();
    let tail = longwire(world.folder.path(), ["events", "tail", "--from", "1"]).run();
    world.bot.stop();
    let sent = world.says(&["trigger", "im.message.receive_v1"]);
    assert!(sent.contains("… waiting"), "{sent}");
    tail.stdout_line("… waiting");
    // Another one, which is not attempted while the bot is down.
    world.says(&["trigger", "im.message.receive_v1"]);
    let shown = world.until_says(&["events", "show", "2"], "! nobody answers there");
    assert!(shown.contains("next try in") || shown.contains(" ago"), "{shown}");
    let list = world.longwire(&["events", "list", "--state", "waiting"]);
    assert!(list.stderr.contains("nobody answers there"), "{}", list.stderr);
    assert_eq!(
        world.says(&["target", "list"]).matches(&world.bot.url()).count(),
        1,
        "its name is its address"
    );
    tail.stdout_line("… waiting");
    run.signal("INT");
    assert_eq!(run.end().code, Some(0));
    tail.stderr_line("Longwire has ended");
    let queued = world.lines(&["events", "list", "--state", "queued", "--json"]);
    assert_eq!(queued.len(), 2, "read without an engine");

    world.bot.listen();
    let run = world.run();
    world.bot.until(2);
    tail.stderr_line("Longwire is back");
    world.says(&["trigger", "im.chat.updated_v1"]);
    let line = tail.stdout_line("im.chat.updated_v1");
    assert!(line.contains("✓ delivered"), "{line}");
    tail.signal("INT");
    let ended = tail.end();
    assert_eq!((ended.code, ended.stdout.lines().count()), (Some(0), 3), "{}", ended.stdout);

    // What no run names any more goes with its queue.
    world.bot.stop();
    world.says(&["trigger", "im.message.receive_v1"]);
    run.signal("INT");
    assert_eq!(run.end().code, Some(0));
    let run = world.run_with(&[]);
    let list = world.says(&["target", "list"]);
    assert!(list.contains("Not in use now  waiting 1"), "{list}");
    assert_eq!(
        world.longwire(&["target", "remove", &world.bot.url()]).code,
        Some(2),
        "an event waits for it"
    );
    world.says(&["target", "remove", &world.bot.url(), "--yes"]);
    let list = world.says(&["target", "list"]);
    assert!(!list.contains(&world.bot.url()), "{list}");
    assert!(world.lines(&["events", "list", "--state", "waiting", "--json"]).is_empty());
    drop(run);
}
