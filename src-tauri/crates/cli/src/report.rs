//! `longwire report`: what is the matter, shown and then saved.

use longwire_contract::{Fault, Report as Made, ReportFile, ReportSave, call, words::padded};
use longwire_engine::Machine;

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
    use longwire_contract::Language;

    use super::*;

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
