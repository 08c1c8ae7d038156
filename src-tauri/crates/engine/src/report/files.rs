//! What is in a report.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use longwire_contract::{
    Fault, Language, NoticeCode, ReportFile, Snapshot,
    text::{text, word},
    words,
};
use longwire_host::{about::About, clock};

use super::{bare, known::Known, redactor::Redactor};
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
        let known = self.known();
        let snapshot = bare::snapshot(self.snapshot, &known);
        let settings = self.settings(&known);
        let doctor = self.doctor();
        let whole = [&self.versions(), &doctor, &settings, &self.log(), &self.findings()].map(String::clone);
        let mut redactor = Redactor::new(&known);
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
        let mut filters: Vec<_> =
            self.snapshot.targets.iter().flat_map(|target| target.filters.clone()).collect();
        let mut services = self.services();
        if let Ok(settings) = &self.settings {
            filters.extend(settings.targets.iter().flat_map(|target| target.filters.clone()));
            apps.extend(settings.apps.iter().map(|app| app.name.clone()));
            targets.extend(settings.targets.iter().map(|target| target.name.clone()));
        }
        let mut seen = Vec::new();
        for names in [&mut apps, &mut targets, &mut services] {
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
            services,
            filters,
        }
    }

    /// The network services that are named, each perhaps more than once.
    fn services(&self) -> Vec<String> {
        let changes = self.snapshot.lease.iter().flat_map(|lease| &lease.changes);
        let mut services: Vec<_> = changes.map(|change| change.service.clone()).collect();
        for notice in &self.snapshot.notices {
            if matches!(notice.code, NoticeCode::ProxiesTheirs | NoticeCode::ProxiesGone) {
                // Each with the kind of its proxy: `Wi-Fi – HTTP, Wi-Fi – HTTPS`.
                let settings = notice.values.values().flat_map(|settings| settings.split(", "));
                let name =
                    |setting: &str| setting.rsplit_once(" – ").map_or(setting, |(name, _)| name).to_owned();
                services.extend(settings.map(name));
            }
        }
        services
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
                let mut finding = finding.clone();
                bare::finding(&mut finding);
                writeln!(out, "- {}", words::finding(self.language(), &finding)).ok();
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

    fn settings(&self, known: &Known) -> String {
        match &self.settings {
            Ok(settings) => transfer::exported(&bare::settings(settings, known)),
            Err(fault) => format!("# {}\n", fault.detail),
        }
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::{
        AppView, FaultCode, FindingCode, LeaseChange, LeasePhase, LeaseState, LeaseView, LogLevel, LogLine,
        Notice, NotifyRule, ProxyEntry, ProxyKind, TargetAddress, TargetView,
    };
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

    fn snapshot(language: Language) -> Snapshot {
        let mut app = AppView::new(APP.parse().unwrap(), 1);
        app.name = "planted name".into();
        let unusable = finding(FindingCode::ProxyUnreachable, "planted.corp refused");
        app.findings = vec![unusable.with("proxy", "http://me:planted@planted.corp:8080")];
        Snapshot {
            version: "1.2.3".into(),
            data_dir: "/home/planted/.local/share/longwire".into(),
            language,
            apps: vec![app],
            ..Snapshot::default()
        }
    }

    fn made(settings: Result<Settings, Fault>, language: Language) -> BTreeMap<String, String> {
        made_of(&snapshot(language), settings, "planted")
    }

    fn made_of(
        snapshot: &Snapshot,
        settings: Result<Settings, Fault>,
        user: &str,
    ) -> BTreeMap<String, String> {
        let about = About {
            system: "Some OS 7".into(),
            host_name: "planted-laptop".into(),
            user_name: user.into(),
            home: Some("/home/planted".into()),
            ..About::default()
        };
        let lines = [line("planted.corp is gone", false), line("what somebody wrote", true)];
        let files = Sources { about, snapshot, settings, lines: &lines }.files();
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

    /// A target of the settings as a view shows it.
    fn target(name: &str, filters: &[String]) -> TargetView {
        let view = serde_json::json!({
            "name": name, "kind": "webhook", "address": "http://127.0.0.1:3000/", "events": [],
            "filters": filters, "headers": [], "deadline_s": 30, "remote": false, "encrypts": false,
            "has_token": false, "given": false, "health": "paused", "since_ms": 1, "queued": 0,
            "failed": 0, "delivered": 0,
        });
        serde_json::from_value(view).unwrap()
    }

    #[test]
    fn what_events_are_compared_with_is_left_out() {
        let filters =
            ["event.sender.name = planted", "event.message.content ~ 张三", "event.a == \"planted\""]
                .map(str::to_owned);
        let rule = NotifyRule {
            events: vec!["im.message.*".into()],
            chats: vec!["planted chat".into()],
            text: "张三".into(),
            ..NotifyRule::default()
        };
        let mut settings = settings();
        settings.targets[0].filters = filters.to_vec();
        settings.notify.rules = vec![rule.clone()];
        let mut snapshot = snapshot(Language::English);
        snapshot.targets = vec![target("planted target", &filters)];
        snapshot.notify.rules = vec![rule];
        let error = format!("{:?} is no condition", filters[2]);
        let values = [("target".to_owned(), "planted target".to_owned()), ("error".to_owned(), error)];
        snapshot.notices = vec![Notice { code: NoticeCode::TargetUnusable, values: values.into() }];
        let files = made_of(&snapshot, Ok(settings), "planted-user");
        for (name, text) in &files {
            assert!(!text.contains("planted") && !text.contains("张三"), "{name}: {text}");
        }
        for name in ["state.json", "settings.toml"] {
            for left in ["\"event.sender.name = …\"", "\"event.message.content ~ …\"", "\"event.a = …\""]
            {
                assert!(files[name].contains(left), "{name} {left}: {}", files[name]);
            }
            assert!(files[name].contains("im.message.*"), "{}", files[name]);
        }
        let state: serde_json::Value = serde_json::from_str(&files["state.json"]).unwrap();
        assert_eq!(state["notify"]["rules"][0]["text"], "…");
        assert_eq!(state["notify"]["rules"][0]["chats"], serde_json::json!(["…"]));
        assert!(files["settings.toml"].contains("text = \"…\""), "{}", files["settings.toml"]);
        assert!(files["settings.toml"].contains("chats = [\"…\"]"), "{}", files["settings.toml"]);
    }

    #[test]
    fn network_services_are_numbered() {
        let entry = ProxyEntry {
            kind: ProxyKind::Web,
            on: true,
            value: "planted.corp".into(),
            port: 1,
            authenticated: false,
        };
        let change = |service: &str| LeaseChange {
            service: service.into(),
            before: entry.clone(),
            state: LeaseState::Off,
        };
        let mut snapshot = snapshot(Language::Chinese);
        snapshot.lease = Some(LeaseView {
            phase: LeasePhase::Stuck,
            since_ms: 1,
            until_ms: 2,
            minutes_left: 3,
            changes: vec![change("张三的 iPhone"), change("Wi-Fi"), change("张三的 iPhone")],
            detail: "Web of 张三的 iPhone: no".into(),
        });
        let left = "张三的 iPhone – HTTP, 李四, home – HTTPS".to_owned();
        let values = [("settings".to_owned(), left)].into();
        snapshot.notices = vec![Notice { code: NoticeCode::ProxiesTheirs, values }];
        let files = made_of(&snapshot, Ok(settings()), "planted");
        for (name, text) in &files {
            assert!(!["张三", "李四", "Wi-Fi"].iter().any(|theirs| text.contains(theirs)), "{name}: {text}");
        }
        let state: serde_json::Value = serde_json::from_str(&files["state.json"]).unwrap();
        let services: Vec<_> = (0..3).map(|at| state["lease"]["changes"][at]["service"].clone()).collect();
        assert_eq!(services, ["service-1", "service-2", "service-1"]);
        assert_eq!(state["lease"]["detail"], "Web of service-1: no");
        assert!(files["findings.txt"].contains("service-1 – HTTP"), "{}", files["findings.txt"]);
    }

    #[test]
    fn a_name_that_is_a_word_of_ours_stays_where_the_word_may_be_meant() {
        for user in ["dev", "longwire", "user"] {
            let mut snapshot = snapshot(Language::English);
            snapshot.apps[0].name = "Feishu".into();
            snapshot.targets = vec![target("webhook", &[]), target("target", &[]), target("飞书", &[])];
            let mut settings = settings();
            settings.apps[0].name = "Feishu".into();
            settings.targets[0].name = "webhook".into();
            let files = made_of(&snapshot, Ok(settings), user);
            assert!(files["findings.txt"].starts_with("cli_…cdef (feishu): "), "{}", files["findings.txt"]);
            let state: serde_json::Value = serde_json::from_str(&files["state.json"]).unwrap();
            assert_eq!(state["apps"][0]["domain"], "feishu");
            assert_eq!(state["apps"][0]["name"], "app-1");
            assert_eq!(state["targets"][0]["kind"], "webhook");
            assert_eq!(state["data_dir"], "~/.local/share/longwire");
            let names: Vec<_> = (0..3).map(|at| state["targets"][at]["name"].clone()).collect();
            assert_eq!(names, ["target-1", "target-2", "target-3"]);
            assert!(files["versions.txt"].starts_with("Longwire: "), "{}", files["versions.txt"]);
            let settings = &files["settings.toml"];
            assert!(
                settings.contains("name = \"app-1\"") && settings.contains("name = \"target-1\""),
                "{settings}"
            );
        }
    }

    #[test]
    fn settings_that_cannot_be_read_are_told_and_the_rest_is_there() {
        let files = made(Err(Fault::new(FaultCode::SettingsUnreadable, "line 3: no")), Language::English);
        assert_eq!(files["settings.toml"], "# line 3: no\n");
        assert_eq!(files.len(), 7);
    }
}
