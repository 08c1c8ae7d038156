use longwire_contract::{
    AppView, Fault, Language, Phase, Snapshot, call,
    text::{text, word},
    words,
};
use longwire_engine::{Client, Machine};

use crate::{
    args::Status,
    exit::Exit,
    output::{hint, print_json, say},
    words::values,
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
    for app in &snapshot.apps {
        say(&line(app, language, now_ms));
    }
}

/// One app on one line: its state's shape and name, who and where, since when, and why not.
fn line(app: &AppView, language: Language, now_ms: u64) -> String {
    let shape = match app.phase {
        Phase::Connected => '●',
        Phase::Connecting => '○',
        Phase::Waiting => '◌',
        Phase::NeedsYou => '✗',
        Phase::Paused => '‖',
    };
    let state = text(language, &format!("phase.{}", word(&app.phase)), &values([]));
    let who =
        if app.name.is_empty() { app.app_id.to_string() } else { format!("{} ({})", app.name, app.app_id) };
    let since = duration(now_ms.saturating_sub(app.since_ms));
    let mut line = format!("{shape} {state}  {who}  {}  {since}", app.domain);
    if let Some(finding) = app.blocked_by() {
        line.push_str("  ");
        line.push_str(&words::finding(language, finding));
    }
    line
}

/// A duration in its two largest units: `3d 4h`, `5m 10s`, `7s`.
fn duration(ms: u64) -> String {
    let seconds = ms / 1000;
    let units =
        [(seconds / 86_400, 'd'), (seconds / 3600 % 24, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
    let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(units.len() - 1);
    let shown = units.iter().skip(first).take(2).map(|(count, unit)| format!("{count}{unit}"));
    shown.collect::<Vec<_>>().join(" ")
}

/// 0 where every app is connected or paused; else why the first one is not.
fn exit(snapshot: &Snapshot) -> Exit {
    let down = snapshot.apps.iter().find(|app| !matches!(app.phase, Phase::Connected | Phase::Paused));
    down.map_or(Exit::Ok, |app| app.blocked_by().map_or(Exit::Failed, Exit::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_shows_its_two_largest_units() {
        let cases =
            [(0, "0s"), (7_900, "7s"), (310_000, "5m 10s"), (3_600_000, "1h 0m"), (273_600_000, "3d 4h")];
        for (ms, shown) in cases {
            assert_eq!(duration(ms), shown);
        }
    }
}
