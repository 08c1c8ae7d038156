//! `longwire report`: what is the matter, shown and then saved.

use std::{cmp::Reverse, time::Duration};

use longwire_contract::{
    AppId, AppRef, Fault, Progress, Report as Made, ReportFile, ReportSave, Snapshot, call, words::padded,
};
use longwire_engine::Machine;
use tokio::time::{Instant, sleep};
use tracing::warn;

use crate::{
    args::Report,
    confirm::{Consent, Person},
    exit::Exit,
    order::Orders,
    output::{hint, say},
    printable::printable,
    words::{Words, size},
};

/// What a second Longwire is told meanwhile.
const PROGRAM: &str = "longwire report";
/// How long the doctor is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long until it is asked again how far it is.
const PAUSE: Duration = Duration::from_millis(100);

/// `longwire report`
pub(crate) async fn report(report: &Report, machine: &Machine) -> Result<Exit, Fault> {
    let words = Words::new(machine.language());
    let mut orders = Orders::open(machine, PROGRAM).await?;
    // One engine makes it and saves it: what is saved is what was shown.
    let outcome = made_and_saved(report, &mut orders, &words, Person::here()).await;
    orders.close().await;
    outcome
}

async fn made_and_saved(
    report: &Report,
    orders: &mut Orders,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    if let Err(fault) = ask_doctor(orders, words, PATIENCE).await {
        // What else there is to say helps all the same.
        warn!(%fault, "the doctor cannot be asked");
    }
    let made = orders.give::<call::MakeReport>(&()).await?;
    if report.show {
        hint(&shown(&made));
    }
    for line in listed(words, &made) {
        hint(&line);
    }
    match person.consent(report.yes, true) {
        Ok(Consent::Given) => {}
        Ok(Consent::Asked) if person.agrees(&words.plain("cli.report.ask")) => {}
        Ok(Consent::Asked) => {
            hint(&words.plain("cli.report.not_saved"));
            return Ok(Exit::Failed);
        }
        Err(_) => {
            hint(&words.plain("cli.report.nobody"));
            return Ok(Exit::Usage);
        }
    }
    let save = ReportSave { id: made.id, without: Vec::new(), note: report.note.clone() };
    let saved = orders.give::<call::SaveReport>(&save).await?;
    say(&saved.path);
    Ok(Exit::Ok)
}

/// Has the doctor walk a road where it has walked none, so that what it finds is in the report; one that takes longer than
/// that is stopped, and what it has found is.
async fn ask_doctor(orders: &mut Orders, words: &Words, patience: Duration) -> Result<(), Fault> {
    let Some(app_id) = unexamined(&orders.give::<call::ReadSnapshot>(&()).await?) else { return Ok(()) };
    let until = Instant::now() + patience;
    hint(&words.plain("doctor.running"));
    orders.give::<call::StartDoctor>(&AppRef { app_id }).await?;
    while is_walking(&orders.give::<call::ReadSnapshot>(&()).await?) {
        if Instant::now() >= until {
            return orders.give::<call::StopDoctor>(&()).await;
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

/// The app that needs its user most, where the doctor has not been asked yet.
fn unexamined(snapshot: &Snapshot) -> Option<AppId> {
    let worst = snapshot.apps.iter().min_by_key(|app| Reverse(app.phase));
    worst.filter(|_| snapshot.doctor.is_none()).map(|app| app.app_id.clone())
}

fn is_walking(snapshot: &Snapshot) -> bool {
    snapshot.doctor.as_ref().is_some_and(|report| report.progress == Progress::Running)
}

/// Each file under its name.
fn shown(report: &Made) -> String {
    let file = |file: &ReportFile| format!("── {} ──\n{}", file.name, printable(&file.text));
    report.files.iter().map(file).collect::<Vec<_>>().join("\n")
}

/// Each file with its size and what it is for.
fn listed(words: &Words, report: &Made) -> Vec<String> {
    let longest = report.files.iter().map(|file| file.name.len()).max().unwrap_or_default();
    let line = |file: &ReportFile| {
        let size = size(file.text.len() as u64);
        format!("{}  {size:>8}  {}", padded(&file.name, longest), words.plain(purpose(&file.name)))
    };
    report.files.iter().map(line).collect()
}

/// The key of the text that says what a file is for.
fn purpose(name: &str) -> &'static str {
    match name {
        "versions.txt" => "report.file.versions",
        "findings.txt" => "report.file.findings",
        "doctor.txt" => "report.file.doctor",
        "doctor.json" => "report.file.doctor_json",
        "state.json" => "report.file.state",
        "settings.toml" => "report.file.settings",
        "log.txt" => "report.file.log",
        _ => "report.file.other",
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, net::TcpListener};

    use longwire_contract::{AppView, Language, Phase};
    use longwire_engine::{Apps, Engine, Options};

    use super::*;

    /// What the report says of the doctor, where the platform is at that port of this machine.
    async fn examined(port: u16, patience: Duration) -> serde_json::Value {
        let folder = tempfile::tempdir().unwrap();
        // A file, so that no keychain is asked.
        let secret = tempfile::NamedTempFile::new().unwrap();
        fs::write(secret.path(), "planted-secret").unwrap();
        let settings = format!(
            "[[app]]\nid = \"cli_0123456789abcdef\"\ndomain = \"http://127.0.0.1:{port}\"\nsecret_file = {:?}\n",
            secret.path()
        );
        fs::write(folder.path().join("config.toml"), settings).unwrap();
        let machine = Machine::new(Some(folder.path())).unwrap();
        let options = Options { apps: Apps::None, system: false, ..Options::new(&machine, PROGRAM) };
        let mut orders = Orders::Own(Box::new(Engine::open(options).await.unwrap()));
        ask_doctor(&mut orders, &Words::utc(Language::English), patience).await.unwrap();
        let made = orders.give::<call::MakeReport>(&()).await.unwrap();
        orders.close().await;
        let file = made.files.iter().find(|file| file.name == "doctor.json").unwrap();
        serde_json::from_str(&file.text).unwrap()
    }

    #[tokio::test]
    async fn the_doctor_is_asked_first_and_waited_for() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let report = examined(port, PATIENCE).await;
        assert_eq!(report["progress"], "done", "{report}");
        assert_eq!(report["findings"][0]["code"], "tcp_refused", "{report}");
    }

    #[tokio::test]
    async fn a_doctor_that_takes_too_long_is_stopped() {
        // It takes connections and never answers.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let report = examined(silent.local_addr().unwrap().port(), Duration::ZERO).await;
        assert_eq!(report["progress"], "cancelled", "{report}");
    }

    #[test]
    fn the_road_of_the_app_that_needs_its_user_most_is_walked() {
        let mut snapshot = Snapshot::default();
        assert_eq!(unexamined(&snapshot), None);
        for (number, phase) in
            [Phase::Connected, Phase::Waiting, Phase::Waiting, Phase::Paused].iter().enumerate()
        {
            let app = AppView::new(format!("cli_{number:016x}").parse().unwrap(), 0);
            snapshot.apps.push(AppView { phase: *phase, ..app });
        }
        assert_eq!(unexamined(&snapshot), Some(snapshot.apps[1].app_id.clone()));
    }

    #[test]
    fn the_files_are_listed_with_their_sizes_and_purposes() {
        let file = |name: &str, text: &str| ReportFile { name: name.into(), text: text.into() };
        let report =
            Made { id: 1, files: vec![file("log.txt", &"x".repeat(1234)), file("settings.toml", "")] };
        let lines = listed(&Words::utc(Language::English), &report);
        assert!(lines[0].starts_with("log.txt          1.2 kB  "), "{lines:?}");
        assert!(lines[1].starts_with("settings.toml       0 B  "), "{lines:?}");
        for line in &lines {
            assert!(!line.contains("report.file"), "{line}");
        }
        assert_eq!(shown(&report).lines().next(), Some("── log.txt ──"));
    }
}
