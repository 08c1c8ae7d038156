use longwire_contract::{
    AppId, AppView, Fault, JournalView, Language, Phase, Snapshot, TargetView, call,
    text::{text, word},
    words::finding,
};
use longwire_engine::{Client, Machine};

use crate::{
    agent::in_a_word,
    args::Status,
    exit::Exit,
    guide::more,
    output::{hint, print_json, say},
    target::summary,
    words::{Words, notice, size, values},
};

/// `longwire status`: what the engine that runs on the data folder says.
pub(crate) async fn status(status: &Status, machine: &Machine) -> Result<Exit, Fault> {
    let snapshot = Client::connect(&machine.data_dir).await?.call::<call::ReadSnapshot>(&()).await?;
    if status.json {
        print_json(&snapshot);
    } else {
        print(&snapshot, snapshot.language, machine.now_ms());
    }
    Ok(exit(&snapshot))
}

fn print(snapshot: &Snapshot, language: Language, now_ms: u64) {
    if snapshot.apps.is_empty() {
        hint(&text(language, "cli.no_apps", &values([])));
    }
    let words = Words::new(language);
    for line in lines(snapshot, &words, now_ms) {
        say(&line);
    }
}

/// Each app with the targets that get its events, those that get all apps' events where there are several, what is kept, and
/// what there is to know besides.
fn lines(snapshot: &Snapshot, words: &Words, now_ms: u64) -> Vec<String> {
    let single = snapshot.apps.len() == 1;
    let targets = |of: Option<&AppId>| -> Vec<String> {
        let is_of = |target: &&TargetView| target.app_id.as_ref() == of || single && target.app_id.is_none();
        let told = snapshot.targets.iter().filter(is_of).map(|target| summary(words, target));
        told.map(|line| format!("  {line}")).collect()
    };
    let mut lines = Vec::new();
    for app in &snapshot.apps {
        lines.push(line(app, words, now_ms));
        lines.extend(app.blocked_by().map(|found| format!("  {}", more(words.language(), found))));
        lines.extend(targets(Some(&app.app_id)));
    }
    if !single && snapshot.targets.iter().any(|target| target.app_id.is_none()) {
        lines.push(words.plain("targets.all_apps"));
        lines.extend(targets(None));
    }
    if let Some(kept) = kept(&snapshot.journal, words) {
        lines.push(kept);
    }
    lines.extend(in_a_word(words, &snapshot.agent));
    lines.extend(snapshot.notices.iter().map(|one| format!("! {}", notice(words.language(), one))));
    lines
}

/// How many events are kept, on how much of the disk, since when.
fn kept(journal: &JournalView, words: &Words) -> Option<String> {
    let oldest = words.stamp(journal.oldest_ms?);
    let (events, size) = (journal.events.to_string(), size(journal.bytes));
    Some(words.filled("cli.kept", [("events", events), ("size", size), ("oldest", oldest)]))
}

/// One app on one line: its state's shape and name, who and where, since when, and why not.
pub(crate) fn line(app: &AppView, words: &Words, now_ms: u64) -> String {
    let shape = match app.phase {
        Phase::Connected => '●',
        Phase::Connecting => '○',
        Phase::Waiting => '◌',
        Phase::NeedsYou => '✗',
        Phase::Paused => '‖',
    };
    let state = words.plain(&format!("phase.{}", word(&app.phase)));
    let who =
        if app.name.is_empty() { app.app_id.to_string() } else { format!("{} ({})", app.name, app.app_id) };
    let since = words.duration(now_ms.saturating_sub(app.since_ms));
    let mut line = format!("{shape} {state}  {who}  {}  {since}", app.domain);
    if let Some(found) = app.blocked_by() {
        line.push_str("  ");
        line.push_str(&finding(words.language(), found));
    }
    line
}

/// 0 where every app is connected or paused; else why the first one is not.
fn exit(snapshot: &Snapshot) -> Exit {
    let down = snapshot.apps.iter().find(|app| !matches!(app.phase, Phase::Connected | Phase::Paused));
    down.map_or(Exit::Ok, |app| app.blocked_by().map_or(Exit::Failed, Exit::from))
}

#[cfg(test)]
mod tests {
    use longwire_contract::{Notice, NoticeCode};

    use super::*;
    use crate::target::testing;

    fn target(name: &str, app_id: Option<AppId>) -> TargetView {
        TargetView { name: name.to_owned(), app_id, ..testing::target() }
    }

    #[test]
    fn below_an_app_that_is_not_connected_stands_where_there_is_more() {
        let mut app = AppView::new("cli_a1b2c3d4e5f60718".parse().unwrap(), 0);
        let words = Words::utc(Language::English);
        let of =
            |app: &AppView| lines(&Snapshot { apps: vec![app.clone()], ..Snapshot::default() }, &words, 0);
        assert_eq!(of(&app).len(), 1);
        app.findings.push(longwire_contract::Finding {
            code: longwire_contract::FindingCode::ProxyUnreachable,
            severity: longwire_contract::Severity::Error,
            blocks_connection: true,
            action: None,
            values: values([]),
            detail: String::new(),
        });
        assert_eq!(of(&app)[1..], ["  More: longwire guide proxy"]);
    }

    #[test]
    fn what_there_is_to_know_stands_below() {
        let values = [("target", "bot"), ("error", "no such\nfolder")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let unusable = Notice { code: NoticeCode::TargetUnusable, values };
        let snapshot = Snapshot { notices: vec![unusable], ..Snapshot::default() };
        let told = lines(&snapshot, &Words::utc(Language::English), 0);
        assert_eq!(told.len(), 1, "{told:#?}");
        assert!(told[0].starts_with("! ") && told[0].contains("“bot”"), "{told:#?}");
        assert!(told[0].contains("no such folder"), "on one line: {told:#?}");
    }

    #[test]
    fn targets_stand_under_the_app_whose_events_they_get() {
        let ids: [AppId; 2] = ["cli_0000000000000001", "cli_0000000000000002"].map(|id| id.parse().unwrap());
        let mut snapshot = Snapshot {
            apps: ids.iter().map(|id| AppView::new(id.clone(), 0)).collect(),
            targets: vec![target("all", None), target("second", Some(ids[1].clone()))],
            ..Snapshot::default()
        };
        let words = Words::utc(Language::English);
        let told = lines(&snapshot, &words, 0);
        assert_eq!(told.len(), 5, "{told:#?}");
        assert!(told[2].contains("→ second") && told[4].contains("→ all"), "{told:#?}");
        snapshot.apps.pop();
        snapshot.targets.pop();
        snapshot.journal = JournalView {
            events: 12,
            bytes: 3_400_000,
            oldest_ms: Some(1_769_855_400_000),
            ..JournalView::default()
        };
        let told = lines(&snapshot, &words, 0);
        assert!(told.len() == 3 && told[1].contains("→ all"), "{told:#?}");
        for part in ["12", "3.4 MB", "2026-01-31"] {
            assert!(told[2].contains(part), "{told:#?}");
        }
    }
}
