//! What is in a report.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use longwire_contract::{
    Fault, Language, ReportFile, Snapshot, TargetAddress, TargetKind,
    text::{text, word},
    words,
};
use longwire_host::{about::About, clock};

use super::redactor::{Known, Redactor};
use crate::{log::Remembered, settings::Settings, transfer};

/// What a report is made from.
pub(super) struct Sources<'a> {
    pub(super) about: About,
    pub(super) snapshot: &'a Snapshot,
    pub(super) settings: Result<Settings, Fault>,
    /// Oldest first.
    pub(super) lines: &'a [Arc<Remembered>],
}

/// So many lines of the log are in it.
const LINES: usize = 1000;

impl Sources<'_> {
    /// The files, with nothing in them that names the user or may be a secret.
    pub(super) fn files(&self) -> Vec<ReportFile> {
        let snapshot = self.bare_snapshot();
        let settings = self.settings();
        let doctor = self.doctor();
        let whole = [&self.versions(), &doctor, &settings, &self.log(), &self.findings()].map(String::clone);
        let mut redactor = Redactor::new(&self.known());
        let mut state = serde_json::to_value(&snapshot).unwrap_or_default();
        let mut report = serde_json::to_value(&self.snapshot.doctor).unwrap_or_default();
        // Twice: a host that one file tells by its form stands bare in another.
        for text in &whole {
            redactor.learn(text);
        }
        redactor.json(&mut state.clone());
        redactor.json(&mut report.clone());
        redactor.json(&mut state);
        redactor.json(&mut report);
        let [versions, doctor, settings, log, findings] = whole.map(|text| redactor.text(&text));
        let json = |value| serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
        let files = [
            ("versions.txt", versions),
            ("findings.txt", findings),
            ("doctor.txt", doctor),
            ("doctor.json", json(&report)),
            ("state.json", json(&state)),
            ("settings.toml", settings),
            ("log.txt", log),
        ];
        files.into_iter().map(|(name, text)| ReportFile { name: name.to_owned(), text }).collect()
    }

    fn language(&self) -> Language {
        self.snapshot.language
    }

    fn plain(&self, key: &str) -> String {
        text(self.language(), key, &BTreeMap::new())
    }

    fn known(&self) -> Known {
        let mut apps: Vec<_> = self.snapshot.apps.iter().map(|app| app.name.clone()).collect();
        let mut targets: Vec<_> = self.snapshot.targets.iter().map(|target| target.name.clone()).collect();
        if let Ok(settings) = &self.settings {
            apps.extend(settings.apps.iter().map(|app| app.name.clone()));
            targets.extend(settings.targets.iter().map(|target| target.name.clone()));
        }
        let mut seen = Vec::new();
        for names in [&mut apps, &mut targets] {
            names.retain(|name| {
                !name.is_empty() && !seen.contains(name) && {
                    seen.push(name.clone());
                    true
                }
            });
        }
        Known {
            home: self.about.home.as_ref().map(|home| home.display().to_string()).unwrap_or_default(),
            user: self.about.user_name.clone(),
            machine: self.about.host_name.clone(),
            apps,
            targets,
        }
    }

    fn versions(&self) -> String {
        let About { system, kernel, architecture, desktop, .. } = &self.about;
        let made = clock::written(clock::now_ms());
        let language = word(&self.language());
        format!(
            "Longwire: {}\nSystem: {system}\nKernel: {kernel}\nArchitecture: {architecture}\nDesktop: {desktop}\n\
             Language: {language}\nMade: {made}\n",
            self.snapshot.version
        )
    }

    fn doctor(&self) -> String {
        match &self.snapshot.doctor {
            Some(report) => words::report(self.language(), report) + "\n",
            None => self.plain("report.no_doctor") + "\n",
        }
    }

    fn findings(&self) -> String {
        let mut out = String::new();
        for app in &self.snapshot.apps {
            let phase = self.plain(&format!("phase.{}", word(&app.phase)));
            // Writing to a text does not fail.
            writeln!(out, "{} ({}): {phase}", app.app_id, app.domain).ok();
            for finding in &app.findings {
                writeln!(out, "- {}", words::finding(self.language(), finding)).ok();
            }
        }
        for notice in &self.snapshot.notices {
            let key = format!("notice.{}", word(&notice.code));
            writeln!(out, "- {}", text(self.language(), &key, &notice.values)).ok();
        }
        if out.is_empty() { self.plain("report.no_apps") + "\n" } else { out }
    }

    fn log(&self) -> String {
        let mut out = String::new();
        for Remembered { line, quoted } in self.lines.iter().rev().take(LINES).rev().map(AsRef::as_ref) {
            let app = line.app_id.as_ref().map(|id| format!("{id} ")).unwrap_or_default();
            // What a program says may be what it was sent.
            let said =
                if *quoted { "(a line that the program of a target wrote)" } else { line.text.as_str() };
            let level = word(&line.level).to_uppercase();
            writeln!(out, "{} {level:5} {app}{}: {said}", clock::written(line.at_ms), line.part).ok();
        }
        out
    }

    /// Without what bots said and what their programs are given.
    fn bare_snapshot(&self) -> Snapshot {
        let mut snapshot = self.snapshot.clone();
        // It has a file of its own.
        snapshot.doctor = None;
        for target in &mut snapshot.targets {
            if target.kind == TargetKind::Command {
                target.address = program(&target.address);
            }
            if let Some(trouble) = &mut target.trouble {
                trouble.response = None;
            }
        }
        snapshot
    }

    fn settings(&self) -> String {
        let mut settings = match &self.settings {
            Ok(settings) => settings.clone(),
            Err(fault) => return format!("# {}\n", fault.detail),
        };
        for target in &mut settings.targets {
            if let TargetAddress::Command(command) = &mut target.address
                && command.len() > 1
            {
                command.truncate(1);
                command.push("…".to_owned());
            }
        }
        transfer::exported(&settings)
    }
}

/// A command line without its arguments, which may hold anything.
fn program(line: &str) -> String {
    match line.split_once(' ') {
        Some((program, _)) => format!("{program} …"),
        None => line.to_owned(),
    }
}
