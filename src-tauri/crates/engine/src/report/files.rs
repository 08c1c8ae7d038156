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

#[cfg(test)]
mod tests {
    use longwire_contract::{AppView, FaultCode, FindingCode, LogLevel, LogLine};
    use longwire_diagnosis::finding;

    use super::*;
    use crate::settings::{AppSettings, TargetSettings};

    const APP: &str = "cli_0123456789abcdef";

    fn line(text: &str, quoted: bool) -> Arc<Remembered> {
        let line = LogLine {
            seq: 1,
            at_ms: 1_774_785_600_007,
            level: LogLevel::Warn,
            app_id: Some(APP.parse().unwrap()),
            part: "link".into(),
            text: text.into(),
        };
        Arc::new(Remembered { line, quoted })
    }

    fn made(settings: Result<Settings, Fault>, language: Language) -> BTreeMap<String, String> {
        let mut app = AppView::new(APP.parse().unwrap(), 1);
        app.name = "planted name".into();
        let unusable = finding(FindingCode::ProxyUnreachable, "planted.corp refused");
        app.findings = vec![unusable.with("proxy", "http://me:planted@planted.corp:8080")];
        let snapshot = Snapshot {
            version: "1.2.3".into(),
            data_dir: "/home/planted/.local/share/longwire".into(),
            language,
            apps: vec![app],
            ..Snapshot::default()
        };
        let about = About {
            system: "Some OS 7".into(),
            host_name: "planted-laptop".into(),
            user_name: "planted".into(),
            home: Some("/home/planted".into()),
            ..About::default()
        };
        let lines = [line("planted.corp is gone", false), line("what somebody wrote", true)];
        let files = Sources { about, snapshot: &snapshot, settings, lines: &lines }.files();
        files.into_iter().map(|file| (file.name, file.text)).collect()
    }

    fn settings() -> Settings {
        let app = AppSettings { name: "planted name".into(), ..AppSettings::new(APP.parse().unwrap()) };
        let command = ["/home/planted/bot", "--password", "hunter2"].map(str::to_owned).into();
        let target = TargetSettings::new("planted target".into(), TargetAddress::Command(command));
        Settings { apps: vec![app], targets: vec![target], ..Settings::default() }
    }

    #[test]
    fn no_file_holds_what_is_the_users() {
        for language in [Language::English, Language::Chinese] {
            let files = made(Ok(settings()), language);
            assert_eq!(files.len(), 7);
            for (name, text) in &files {
                for theirs in ["planted", "hunter2", "0123456789abcdef", "what somebody wrote"] {
                    assert!(!text.contains(theirs), "{name} {theirs}: {text}");
                }
            }
        }
    }

    #[test]
    fn each_file_says_what_it_is_for() {
        let files = made(Ok(settings()), Language::English);
        assert!(files["versions.txt"].starts_with("Longwire: 1.2.3\nSystem: Some OS 7\n"));
        let log = files["log.txt"].lines().next().unwrap();
        assert_eq!(log, "2026-03-29T12:00:00.007Z WARN  cli_…cdef link: host-1 is gone");
        assert!(files["findings.txt"].starts_with("cli_…cdef (feishu): "), "{}", files["findings.txt"]);
        assert!(files["findings.txt"].contains("host-1:8080"));
        let state: serde_json::Value = serde_json::from_str(&files["state.json"]).unwrap();
        assert_eq!(state["data_dir"], "~/.local/share/longwire");
        assert_eq!(state["apps"][0]["app_id"], "cli_…cdef");
        assert!(files["settings.toml"].contains("\"~/bot\", \"…\""), "{}", files["settings.toml"]);
        assert_eq!(files["doctor.json"], "null\n");
        assert!(files["doctor.txt"].contains("doctor"), "{}", files["doctor.txt"]);
    }

    #[test]
    fn settings_that_cannot_be_read_are_told_and_the_rest_is_there() {
        let files = made(Err(Fault::new(FaultCode::SettingsUnreadable, "line 3: no")), Language::English);
        assert_eq!(files["settings.toml"], "# line 3: no\n");
        assert_eq!(files.len(), 7);
    }

    #[test]
    fn a_command_line_is_left_with_its_program() {
        assert_eq!(program("python3 bot.py --token x"), "python3 …");
        assert_eq!(program("bot"), "bot");
    }
}
